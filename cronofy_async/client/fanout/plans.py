"""What a fan-out is to do, checked before anything is sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

import attrs

from ...core.collected import Collected
from ...core.errors import CronofyError, InvalidArgumentError
from ...core.operation import Credential
from ...core.paging import PagedOperation
from .gathering import Collecting, Way, read_account
from .ledger import Ledger
from .members import Member, check_members
from .outcomes import AccountOutcome, Progress, Tally
from .stream import Places, Source

if TYPE_CHECKING:
    from ..clients import AsyncAccount, AsyncCronofy

__all__ = ("Plan", "check_at_once", "outcome_of")

_MOST_AT_ONCE: Final = 1000


@attrs.frozen(kw_only=True)
class Plan:
    """
    What to read of whom.

    Attributes:
        client: Makes views of accounts that are given by their ids.
        kind: What views are.
        accounts: Whom.
        way: What, and how.
        at_once: How many accounts are under way at once.
        on_progress: Called after each page and each account.
        state: Where another read stopped.
    """

    client: AsyncCronofy
    kind: type[AsyncAccount]
    accounts: Source[Any]
    way: Way
    at_once: int
    on_progress: Callable[[Progress], object] | None = None
    state: Mapping[str, Any] | None = None

    @classmethod
    def of(
        cls,
        client: AsyncCronofy,
        kind: type[AsyncAccount],
        operation: PagedOperation[Any],
        accounts: Source[Any],
        *,
        windows: Any,
        calendars: Any,
        at_once: int | None,
        on_progress: Callable[[Progress], object] | None,
        state: Mapping[str, Any] | None,
    ) -> Plan:
        """
        Make a plan.

        Raises:
            InvalidArgumentError: Something of it makes no sense.
        """
        given: Any = operation
        if not isinstance(given, PagedOperation) or given.credential != Credential.ACCESS_TOKEN:
            raise InvalidArgumentError(
                "operation",
                "is no read of an account that comes in pages",
                "give for example ReadEvents(...), ReadFreeBusy(...) or ReadAvailablePeriods(...)",
            )
        check_members(accounts, kind)
        now = Ledger(given, client.driver.runtime.now(), state).now
        way = Way(operation=given, windows=windows, calendars=calendars, now=now)
        way.check()
        return cls(
            client=client,
            kind=kind,
            accounts=accounts,
            way=way,
            at_once=check_at_once(at_once, client),
            on_progress=on_progress,
            state=state,
        )


def check_at_once(at_once: int | None, client: AsyncCronofy) -> int:
    """
    How much may be under way at once; left out: as many as requests may be.

    Raises:
        InvalidArgumentError: It is no number, or too small or large.
    """
    if at_once is None:
        return client.driver.concurrent
    if isinstance(at_once, bool) or not isinstance(at_once, int):
        raise InvalidArgumentError(
            "at_once", f"is a {type(at_once).__name__}", "give a whole number"
        )
    if not 1 <= at_once <= _MOST_AT_ONCE:
        raise InvalidArgumentError("at_once", f"is {at_once}", f"give 1 to {_MOST_AT_ONCE}")
    return at_once


async def outcome_of(
    way: Way, member: Member, tally: Tally, places: Places
) -> AccountOutcome[AsyncAccount, Any]:
    """Read one account, whatever comes of it."""
    collecting = Collecting(way.operation, tally)
    error = member.error
    if error is None and member.account is not None:
        try:
            await read_account(member.account, way, collecting, places)
        except CronofyError as befell:
            error = befell
    entries: Collected[Any] = collecting.collected()
    return AccountOutcome(
        index=member.index,
        sub=member.sub,
        account=member.account,
        entries=entries,
        error=error,
    )
