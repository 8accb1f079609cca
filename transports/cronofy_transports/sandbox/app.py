"""
The sandbox as one function from a request to a response, without a socket.

It answers as the API host and as the app host alike: below ``/v1`` and ``/oauth`` is
the service, and below ``/_sandbox`` are the strings that the service does not have.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import attrs

from cronofy_async.core.wire import Request, Response

from . import handlers
from .api import Api, Outcome
from .control import Control
from .gate import Gate
from .journal import Entry
from .pages import Pages
from .pages.dashboard import dashboard
from .writer import phrase

if TYPE_CHECKING:
    from .faults import Strike
    from .mischief.case import Struck
    from .sandbox import Sandbox

__all__ = ("CONTROL", "ORIGIN", "App")

log = logging.getLogger("cronofy_transports.sandbox")

ORIGIN: Final = "http://sandbox.localhost"
"""Where a request without an origin is taken to have come to."""

CONTROL: Final = Control.PREFIX
"""How the paths begin that are no part of the service, and never struck."""


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
        """Answer one request, whatever it is, as if there were no faults."""
        shown = dashboard(self._sandbox, request)
        if shown is not None:
            return _with_status(shown)
        if request.path.startswith(CONTROL):
            return _with_status(self._control.answer(request))
        world, journal = self._sandbox.world, self._sandbox.journal
        sequence, at = journal.next_sequence(), world.clock.time()
        gate = self._gate()
        outcome = self._carry_out(request, gate)
        fault = None if gate is None else gate.fault
        journal.write(
            Entry(sequence=sequence, at=at, **_told(request), **_came_of(outcome), fault=fault)
        )
        return _with_status(outcome.response)

    def handle_struck(self, request: Request, strike: Strike) -> Struck:
        """Answer one request that a fault strikes."""
        from .mischief.case import Case, Struck

        world, journal = self._sandbox.world, self._sandbox.journal
        sequence, at = journal.next_sequence(), world.clock.time()
        action = strike.action
        response, operation, came_of = None, None, {}
        if action.carries_out:
            outcome = self._carry_out(request, self._gate())
            operation, came_of = outcome.operation, _came_of(outcome)
            response = _with_status(outcome.response)
        else:
            came_of = self._meant(request)
        case = Case(request=request, response=response, operation=operation, world=world)
        struck = action.act(case)
        if struck is None:
            self._sandbox.faults.miss(strike)
            struck = Struck(response=response)
            fault = None
        else:
            fault = action.name
        if struck.response is not None:
            struck = attrs.evolve(struck, response=_with_status(struck.response))
        came_of["status"] = None if struck.response is None else struck.response.status
        journal.write(
            Entry(
                sequence=sequence,
                at=at,
                **_told(request),
                **came_of,
                fault=fault,
                carried_out=action.carries_out,
                delivered=struck.failure is None,
            )
        )
        return struck

    def _gate(self) -> Gate | None:
        sandbox = self._sandbox
        return Gate(sandbox) if sandbox.meter is not None or sandbox.faults.armed else None

    def _carry_out(self, request: Request, gate: Gate | None) -> Outcome:
        world = self._sandbox.world
        try:
            world.origin = _origin(request)
            world.settle()
            return Pages(world).answer(request) or Api(world, gate).answer(request, world.origin)
        except Exception:
            log.exception("the sandbox failed at %s %s", request.method, request.path)
            return Outcome()

    def _meant(self, request: Request) -> dict[str, Any]:
        """What the journal can say of a request that is not carried out."""
        from .mischief.meetings import Call

        call = Call(self._sandbox.world, request)
        return {"operation": call.operation, "account": call.account}


def _origin(request: Request) -> str:
    parts = urlsplit(request.url)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ORIGIN


def _with_status(response: Response) -> Response:
    """Add the ``Status`` header that the service sends beside the status line."""
    if response.header("status") is not None:
        return response
    text = f"{response.status} {phrase(response.status)}"
    return Response(response.status, (*response.headers, ("status", text)), response.body)


def _told(request: Request) -> dict[str, Any]:
    return {
        "method": request.method,
        "path": request.path,
        "parameters": tuple(dict(request.query)),
    }


def _came_of(outcome: Outcome) -> dict[str, Any]:
    token_of = outcome.caller.token_of if outcome.caller is not None else None
    return {
        "operation": None if outcome.operation is None else outcome.operation.__name__,
        "account": None if token_of is None else token_of.account.sub,
        "status": outcome.response.status,
        "errors": outcome.refused,
    }
