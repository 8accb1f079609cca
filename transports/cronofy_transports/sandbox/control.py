"""
The commands of `Controls` over HTTP: ``POST /_sandbox/<command>`` with a JSON object.

A command's parameters are those of its method. Browsers cannot send these requests
from other pages: JSON as the type of a body needs leave that is never given.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import cache
from typing import Any, ClassVar, Final, get_type_hints

import attrs

from cronofy_async.core import codec
from cronofy_async.core.errors import RequestParseError
from cronofy_async.core.wire import Request, Response
from cronofy_async.models.times import EventTime, Moment

from .controls import Controls
from .leniency import body_of
from .refusals import Invalid, NotFound, Refusal
from .writer import json_response, refusal_response

__all__ = ("Control",)

_RESULT: Final = "result"


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
        """Carry out a command: 200 with its result, 404 for an unknown one or thing, 422."""
        try:
            return json_response(200, {_RESULT: self._result(request)})
        except Refusal as refusal:
            return refusal_response(refusal)

    def _result(self, request: Request) -> Any:
        command = self._command(request.path.removeprefix(self.PREFIX))
        if request.method == "GET":
            if _parameters(command):
                raise Refusal(405)
            return command(self._controls)
        if request.method != "POST":
            raise Refusal(405)
        if not (request.header("content-type") or "").lower().startswith("application/json"):
            raise Refusal(415)
        try:
            given = codec.structure(body_of(request), _parameters_class(command), strict=True)
        except RequestParseError as error:
            raise Invalid.of(error) from None
        return command(self._controls, **attrs.asdict(given, recurse=False))

    def _command(self, name: str) -> Callable[..., Any]:
        found = vars(Controls).get(name)
        if name.startswith("_") or not inspect.isfunction(found):
            raise NotFound
        return found


def _parameters(command: Callable[..., Any]) -> list[inspect.Parameter]:
    return list(inspect.signature(command).parameters.values())[1:]


@cache
def _parameters_class(command: Callable[..., Any]) -> Any:
    """A class that the strict reader can fill, made of a method's parameters."""
    hints = get_type_hints(command, localns={"EventTime": EventTime, "datetime": Moment})
    return attrs.make_class(
        "Parameters",
        {
            each.name: attrs.field(
                type=hints[each.name],
                default=attrs.NOTHING if each.default is each.empty else each.default,
            )
            for each in _parameters(command)
        },
        frozen=True,
        kw_only=True,
    )
