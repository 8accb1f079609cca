"""
The commands of `Controls` over HTTP: ``POST /_sandbox/<command>`` with a JSON object.

A command's parameters are those of its method. Pages of other origins cannot command:
JSON as the type of a body needs leave that is never given, GET changes nothing, and
what a browser says comes from elsewhere is refused.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import cache
from typing import Any, ClassVar, Final, get_type_hints

import attrs

from cronofy_async.core import codec
from cronofy_async.core.errors import InvalidArgumentError, RequestParseError
from cronofy_async.core.operation import JSON_TYPE
from cronofy_async.core.wire import Request, Response
from cronofy_async.models.checks import time_zone
from cronofy_async.models.enterprise_connect import ResourceLocation
from cronofy_async.models.times import EventTime, Moment

from .controls import Controls
from .leniency import body_of
from .pages.forms import origin_of
from .refusals import Invalid, NotFound, Refusal
from .writer import json_response, refusal_response

__all__ = ("Control",)

_RESULT: Final = "result"

# What GET may call: it changes nothing that a page elsewhere could want changed.
_READS: Final = (Controls.accounts, Controls.journal)

# Another port of this machine is the same site, and yet another origin.
_OWN_SITES: Final = ("same-origin", "none")

# What is imported for types alone where commands are defined.
_NAMES: Final = {
    "EventTime": EventTime,
    "ResourceLocation": ResourceLocation,
    "datetime": Moment,
}

# Not all commands look at their zone before they change something.
_ZONE: Final = attrs.validators.optional(time_zone)


class Control:
    """
    The HTTP face of commands.

    Args:
        controls: The commands.
    """

    PREFIX: ClassVar[str] = "/_sandbox/"

    def __init__(self, controls: Controls) -> None:
        self._controls = controls

    def answer(self, request: Request) -> Response:
        """
        Carry out a command.

        Returns:
            200 with its result; 403 for pages of other origins; 404 for an unknown command
            or thing; 405 and 415 for another method or type of body; 422 for what is wrong.
        """
        try:
            return json_response(200, {_RESULT: self._result(request)})
        except Refusal as refusal:
            return refusal_response(refusal)

    def _result(self, request: Request) -> Any:
        if _is_foreign(request):
            raise Refusal(403)
        command = self._command(request.path.removeprefix(self.PREFIX))
        if request.method == "GET" and command in _READS:
            return command(self._controls)
        if request.method != "POST":
            raise Refusal(405)
        if _media_type(request.header("content-type")) != _media_type(JSON_TYPE):
            raise Refusal(415)
        try:
            given = codec.structure(body_of(request), _parameters_class(command), strict=True)
            return command(self._controls, **attrs.asdict(given, recurse=False))
        except RequestParseError as error:
            raise Invalid.of(error) from None
        except InvalidArgumentError as error:
            raise Invalid.field(error.field, error.problem) from None

    def _command(self, name: str) -> Callable[..., Any]:
        found = getattr(Controls, name, None)
        if name.startswith("_") or not inspect.isfunction(found):
            raise NotFound
        return found


def _is_foreign(request: Request) -> bool:
    """Whether a browser sends this for a page of another origin."""
    site, origin = request.header("sec-fetch-site"), request.header("origin")
    return (site is not None and site.lower() not in _OWN_SITES) or (
        origin is not None and origin.lower() != origin_of(request).lower()
    )


def _media_type(content_type: str | None) -> str:
    return (content_type or "").partition(";")[0].strip().lower()


def _parameters(command: Callable[..., Any]) -> list[inspect.Parameter]:
    return list(inspect.signature(command).parameters.values())[1:]


@cache
def _parameters_class(command: Callable[..., Any]) -> Any:
    """A class that the strict reader can fill, made of a method's parameters."""
    hints = get_type_hints(command, localns=_NAMES)
    return attrs.make_class(
        "Parameters",
        {
            each.name: attrs.field(
                type=hints[each.name],
                default=attrs.NOTHING if each.default is each.empty else each.default,
                validator=_ZONE if each.name == "tzid" else None,
            )
            for each in _parameters(command)
        },
        frozen=True,
        kw_only=True,
    )
