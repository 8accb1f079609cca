"""Which operations there are, and which one a request is."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import import_module
from typing import Any, Final

from ..core.errors import UnknownOperationError
from ..core.operation import Operation, path_values
from ..core.wire import Request

__all__ = ("CHAPTERS", "all_operations", "parse")

CHAPTERS: Final = (
    "authorization",
    "permissions",
    "enterprise_connect",
    "organizations",
    "applications",
    "identity",
    "calendars",
    "events",
    "event_writes",
    "bulk",
    "attachments",
    "meeting_agents",
    "channels",
    "batch",
    "availability",
    "availability_rules",
    "available_periods",
    "real_time_scheduling",
    "sequenced_availability",
    "real_time_sequencing",
    "smart_invites",
    "bookable_events",
    "scheduling_conversations",
    "scheduling_requests",
    "add_to_calendar",
)
"""The modules of this package that declare operations, in the reference's order."""


@cache
def all_operations() -> tuple[type[Operation[Any]], ...]:
    """Every operation of the API, by chapter, in the order of declaration."""
    found: list[type[Operation[Any]]] = []
    for chapter in CHAPTERS:
        module = import_module(f"{__package__}.{chapter}")
        found += [
            value
            for value in vars(module).values()
            if isinstance(value, type)
            and issubclass(value, Operation)
            and value.__module__ == module.__name__
        ]
    return tuple(found)


def parse(request: Request, *, strict: bool = True) -> Operation[Any]:
    """
    Read a request back as the operation that makes it.

    Args:
        request: A request with a path, or with a URL on any origin; credentials are
            passed over.
        strict: Refuse parameters that the operation does not declare; otherwise keep
            them in its `extra`.

    Returns:
        The operation: ``parse(op.to_request()) == op``.

    Raises:
        UnknownOperationError: No operation has this method and path.
        RequestParseError: The parameters are not the operation's; says which and why.
    """
    return choose(request).from_request(request, strict=strict)


def choose(request: Request) -> type[Operation[Any]]:
    """
    The operation that a request means, by its method, path and telling parameters.

    Raises:
        UnknownOperationError: No operation has this method and path.
    """
    path = request.path
    candidates = [op for op in _routes(request.method) if path_values(op.path, path)]
    candidates += [op for op in _routes(request.method) if op.path == path]
    if not candidates:
        raise UnknownOperationError(request.method, path)
    strictest = min(map(_openness, candidates))
    candidates = [op for op in candidates if _openness(op) == strictest]
    if len(candidates) == 1:
        return candidates[0]
    given = _parameters(request)
    fitting = [op for op in candidates if _fits(op, given)]
    # What a request says of itself counts even where it lacks something.
    named = [op for op in candidates if op.fixed and _has_constants(op, given)]
    # So does a flag with another value, which is then what is wrong.
    named += [op for op in candidates if any(given.get(flag) is not None for flag in _flags(op))]
    # An operation without a telling parameter is the fallback among its namesakes.
    plain = [op for op in candidates if op.selector is None and not op.fixed]
    return next(iter((*fitting, *named, *plain, *candidates)))


def _openness(operation: type[Operation[Any]]) -> tuple[bool, int]:
    """How much a path leaves open; most of all one that has only a beginning."""
    return "{+" in operation.path, operation.path.count("{")


def _fits(operation: type[Operation[Any]], given: Mapping[str, Any]) -> bool:
    if operation.selector is None and not operation.fixed:
        return False
    return _has_constants(operation, given) and (
        operation.selector is None or operation.selector in given
    )


def _flags(operation: type[Operation[Any]]) -> list[str]:
    return [name for name, value in operation.fixed.items() if isinstance(value, bool)]


def _has_constants(operation: type[Operation[Any]], given: Mapping[str, Any]) -> bool:
    return all(
        given.get(name) == value or (name in operation.presumed and given.get(name) is None)
        for name, value in operation.fixed.items()
    )


def _parameters(request: Request) -> Mapping[str, Any]:
    if request.method == "GET":
        return {name.removesuffix("[]"): value for name, value in request.query}
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}


@cache
def _routes(method: str) -> Iterable[type[Operation[Any]]]:
    return tuple(op for op in all_operations() if op.method == method)
