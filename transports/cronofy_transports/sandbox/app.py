"""
The sandbox as one function from a request to a response, without a socket.

It answers as the API host and as the app host alike: below ``/v1`` and ``/oauth`` is
the service, and below ``/_sandbox`` are the strings that the service does not have.
"""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from cronofy_async.core.wire import Request, Response

from . import handlers
from .api import Api, Outcome
from .control import Control
from .journal import Entry
from .pages import Pages

if TYPE_CHECKING:
    from .sandbox import Sandbox

__all__ = ("ORIGIN", "App")

log = logging.getLogger("cronofy_transports.sandbox")

ORIGIN: Final = "http://sandbox.localhost"
"""Where a request without an origin is taken to have come to."""


class App:
    """
    The sandbox's answers.

    Args:
        sandbox: Whose they are.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        handlers.load()
        self._sandbox = sandbox
        self._control = Control(sandbox.control)

    def handle(self, request: Request) -> Response:
        """Answer one request, whatever it is."""
        if request.path.startswith(self._control.PREFIX):
            return _with_status(self._control.answer(request))
        world, journal = self._sandbox.world, self._sandbox.journal
        sequence, at = journal.next_sequence(), world.clock.time()
        outcome = Outcome()
        try:
            world.origin = _origin(request)
            world.settle()
            outcome = Pages(world).answer(request) or Api(world).answer(request, world.origin)
        except Exception:
            log.exception("the sandbox failed at %s %s", request.method, request.path)
        journal.write(_entry(sequence, at, request, outcome))
        return _with_status(outcome.response)


def _origin(request: Request) -> str:
    parts = urlsplit(request.url)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ORIGIN


def _with_status(response: Response) -> Response:
    """Add the ``Status`` header that the service sends beside the status line."""
    phrase = HTTPStatus(response.status).phrase
    return Response(
        response.status,
        (*response.headers, ("status", f"{response.status} {phrase}")),
        response.body,
    )


def _entry(sequence: int, at: float, request: Request, outcome: Outcome) -> Entry:
    token_of = outcome.caller.token_of if outcome.caller is not None else None
    return Entry(
        sequence=sequence,
        at=at,
        method=request.method,
        path=request.path,
        parameters=tuple(dict(request.query)),
        operation=None if outcome.operation is None else outcome.operation.__name__,
        account=None if token_of is None else token_of.account.sub,
        status=outcome.response.status,
        errors=outcome.refused,
    )
