"""Who may turn calls away that are in order: the quota, and faults in batches."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from cronofy_async.core.wire import Request, Response

from .caller import Caller
from .refusals import TooMany
from .state.access import Application

if TYPE_CHECKING:
    from .sandbox import Sandbox

__all__ = ("Gate",)


class Gate:
    """
    Watches over one request.

    Args:
        sandbox: Whose faults and quota count.

    Attributes:
        fault: The name of what struck an entry of the batch that it is.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self.fault: str | None = None

    def admit(self, application: Application) -> None:
        """
        Count a call whose credentials are recognised.

        Raises:
            TooMany: The quota of its application is used up.
        """
        meter, world = self._sandbox.meter, self._sandbox.world
        if meter is None:
            return
        # Decision.QUOTA_COUNTS: a batch comes here once, and what is refused with 401 never.
        wait = meter.take(application.client_id, world.clock.time())
        if wait:
            raise TooMany(math.ceil(wait) if world.choices.quota_retry_after else None)

    def entry(
        self, request: Request, caller: Caller, carry_out: Callable[[], Response]
    ) -> Response:
        """Answer an entry of a batch, as a fault has it if one strikes."""
        faults = self._sandbox.faults
        if not faults.armed:
            return carry_out()
        from .mischief.case import Case
        from .mischief.meetings import Entry

        world = self._sandbox.world
        strike = faults.strike_entry(Entry(world, request, caller))
        if strike is None:
            return carry_out()
        self.fault = strike.action.name
        done = carry_out() if strike.action.carries_out else None
        case = Case(request=request, response=done, operation=None, world=world)
        struck = strike.action.act(case)
        assert struck is not None, "what is done to entries is done to any"
        assert struck.response is not None, "and answers them"
        return struck.response
