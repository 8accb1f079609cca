"""
What makes a method of `Controls` a command: the same reading, errors and lock for all callers.

Parameters are read strictly by the method's own annotations, whether they come from
Python or as JSON, so what HTTP refuses is refused in this process too, in the same words.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache, wraps
from typing import Any, Final, TypeVar, get_type_hints

import attrs

from cronofy_async.core.errors import FieldError, InvalidArgumentError, RequestParseError

from .refusals import Invalid, Refusal

__all__ = ("CommandError", "catalogue", "commands", "perform")

T = TypeVar("T")

_KINDS: Final = inspect.Parameter


class CommandError(Refusal, InvalidArgumentError):
    """
    A parameter of a command is wrong; over HTTP the same is a 422.

    Attributes:
        errors: Complaints by the parameter's dotted name.
        field: The first of them.
        problem: What is wrong with it, and what to do.
    """

    def __init__(self, errors: Mapping[str, Sequence[FieldError]]) -> None:
        same = Invalid(errors)
        Refusal.__init__(self, same.status, same.body)
        self.errors, self._sentence = errors, str(same)
        self.field, complaints = next(iter(errors.items()))
        self.problem, _, self.remedy = complaints[0].description.partition("; ")

    def __str__(self) -> str:
        return self._sentence


def commands(cls: type[T]) -> type[T]:
    """Make every public method of a class with a sandbox a command."""
    for name, function in inspect.getmembers(cls, inspect.isfunction):
        if not name.startswith("_"):
            setattr(cls, name, _command(function))
    return cls


def _command(function: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(function)
    def command(self: Any, *args: Any, **kwargs: Any) -> Any:
        bound = _signature(function).bind(self, *args, **kwargs)
        _, *given = bound.arguments.items()
        further = next((p.name for p in _parameters(function) if p.kind == _KINDS.VAR_KEYWORD), "")
        raw: dict[str, Any] = {}
        for name, value in given:
            raw.update(value if name == further else {name: value})
        return perform(self, function, raw)

    return command


def perform(controls: Any, command: Callable[..., Any], raw: Mapping[str, Any]) -> Any:
    """
    Carry out a command.

    Args:
        controls: Whose command it is.
        command: The method.
        raw: Its parameters, each as JSON has it or as Python does.

    Raises:
        CommandError: A parameter is unknown, missing or wrong.
        Refusal: There is no such thing, or it cannot be done.
        WorldFileError: What it changed cannot be written to the file of the world.
    """
    function = inspect.unwrap(command)
    sandbox = controls._sandbox  # noqa: SLF001  # all parts of `Controls` have it
    try:
        given = _read(function, raw)
        with sandbox.lock:
            try:
                sandbox.world.settle()
                return function(controls, **given)
            finally:
                sandbox.keep()
    except CommandError:
        raise
    except Invalid as error:
        raise CommandError(error.errors) from None
    except InvalidArgumentError as error:
        raise CommandError(_complaint(error.field, f"{error.problem}; {error.remedy}")) from None


def catalogue(cls: type) -> dict[str, dict[str, Any]]:
    """The commands of a class by name: what each does, and the defaults of its parameters."""
    return {
        name: {
            "description": (inspect.getdoc(function) or "").partition("\n\n")[0],
            "parameters": {
                each.name: "required" if each.default is each.empty else _shown(each)
                for each in _parameters(inspect.unwrap(function))
                if each.kind != _KINDS.VAR_KEYWORD
            },
        }
        for name, function in inspect.getmembers(cls, inspect.isfunction)
        if not name.startswith("_")
    }


# Reading ------------------------------------------------------------------------------


def _read(function: Callable[..., Any], raw: Mapping[str, Any]) -> dict[str, Any]:
    if not raw and not _parameters(function):
        return {}
    # Loaded at the first command, as it costs a while.
    from cronofy_async.core import codec
    from cronofy_async.core.unset import UNSET

    parameters = _parameters_class(function)
    names = {field.name for field in attrs.fields(parameters)}
    further: dict[str, Any] = {}
    if any(each.kind == _KINDS.VAR_KEYWORD for each in _parameters(function)):
        further = {name: value for name, value in raw.items() if name not in names}
    plain = {
        name: _plain(name, value)
        for name, value in raw.items()
        if name not in further and value is not UNSET
    }
    try:
        given = codec.structure(plain, parameters, strict=True)
    except RequestParseError as error:
        raise CommandError(error.errors) from None
    return {**attrs.asdict(given, recurse=False), **further}


def _plain(name: str, value: Any) -> Any:
    """A value as JSON has it."""
    from cronofy_async.core import codec

    if isinstance(value, datetime):
        # Whoever calls from Python means the second that a moment is in.
        value = value.replace(microsecond=0)
    try:
        return codec.unstructure(value)
    except TypeError:
        kind = type(value).__name__
        raise CommandError(_complaint(name, f"must not be a {kind}")) from None


def _complaint(field: str, description: str) -> dict[str, tuple[FieldError, ...]]:
    from cronofy_async.core.errors import INVALID

    return {field: (FieldError(INVALID, description),)}


_signature = cache(inspect.signature)


def _parameters(function: Callable[..., Any]) -> list[inspect.Parameter]:
    return list(_signature(function).parameters.values())[1:]


def _shown(parameter: inspect.Parameter) -> Any:
    from cronofy_async.core.unset import UNSET

    return "unchanged" if parameter.default is UNSET else parameter.default


@cache
def _parameters_class(function: Callable[..., Any]) -> Any:
    """A class that the strict reader can fill, made of a method's parameters."""
    from cronofy_async.models.checks import time_zone

    hints = get_type_hints(function, localns=_names())
    # Not all commands look at their zone before they change something.
    zone = attrs.validators.optional(time_zone)
    return attrs.make_class(
        "Parameters",
        {
            each.name: attrs.field(
                type=hints[each.name],
                default=attrs.NOTHING if each.default is each.empty else each.default,
                validator=zone if each.name in ("tzid", "zone") else None,
            )
            for each in _parameters(function)
            if each.kind != _KINDS.VAR_KEYWORD
        },
        frozen=True,
        kw_only=True,
    )


def _names() -> dict[str, Any]:
    """What is imported for types alone where commands are defined."""
    from cronofy_async.core.unset import Unset
    from cronofy_async.models import enterprise_connect, event_details, events, times

    from . import worlds

    return {
        "Attendee": events.Attendee,
        "Description": worlds.DescribedWorld,
        "EventConferencing": events.EventConferencing,
        "EventTime": times.EventTime,
        "Location": events.Location,
        "Recurrence": event_details.Recurrence,
        "ResourceLocation": enterprise_connect.ResourceLocation,
        "Unset": Unset,
        "datetime": times.Moment,
    }
