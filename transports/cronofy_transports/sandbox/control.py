"""
The commands of `Controls` over HTTP: ``POST /_sandbox/<command>`` with a JSON object.

A command's parameters are those of its method. Pages of other origins cannot command:
JSON as the type of a body needs leave that is never given, GET changes nothing, and
what a browser says comes from elsewhere is refused.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from typing import Any, ClassVar, Final

from cronofy_async.core.operation import JSON_TYPE
from cronofy_async.core.wire import Request, Response

from .commands import perform
from .controls import READS, Controls
from .leniency import body_of, object_of
from .pages.dashboard.places import ROOT
from .pages.forms import origin_of
from .parsing import refuse_texts
from .refusals import Invalid, NotFound, Refusal
from .writer import json_response, refusal_response

__all__ = ("Control",)

_RESULT: Final = "result"

# No more than numbers of requests have: Python reads only so many.
_DIGITS: Final = re.compile(r"[0-9]{1,18}")

# Another port of this machine is the same site, and yet another origin.
_OWN_SITES: Final = ("same-origin", "none")


class Control:
    """
    The HTTP face of commands.

    Args:
        controls: The commands.
    """

    PREFIX: ClassVar[str] = ROOT

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
        name = request.path.removeprefix(self.PREFIX)
        command = self._command(name)
        if request.method == "GET" and name in READS:
            return perform(self._controls, command, _asked(request))
        if request.method != "POST":
            raise Refusal(405)
        if _media_type(request.header("content-type")) != _media_type(JSON_TYPE):
            raise Refusal(415)
        given = body_of(request)
        if not given and object_of(request) is None:
            raise Invalid.field("", "must be an object in JSON")
        refuse_texts(request, in_utc=False)
        return perform(self._controls, command, given)

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


def _asked(request: Request) -> dict[str, Any]:
    """The parameters in a query; what is written in digits is a number."""
    return {
        name: int(value) if _DIGITS.fullmatch(value) else value for name, value in request.query
    }


def _media_type(content_type: str | None) -> str:
    return (content_type or "").partition(";")[0].strip().lower()
