"""Carrying out the steps of a contest, with the calls that they take."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from itertools import chain
from typing import Any, Final, TypeAlias

import anyio
import attrs

from ..client.clients import AsyncAccount
from ..client.driver import Driver
from ..client.together import together
from ..core.errors import (
    APIError,
    CronofyError,
    NotFoundError,
    OutcomeUnknownError,
    ServerError,
)
from ..core.operation import Operation
from ..models.events import FreeBusy
from ..operations.events import DeleteEvent, ReadFreeBusy
from .bookings import Booking
from .contest import Book, Contest, Look, Place, Release, Sight, Step, Undo, Wait, contest
from .names import Hold
from .sights import Litter, sight

__all__ = ("Attempt", "Terms", "remove")

Call: TypeAlias = tuple[AsyncAccount, Operation[Any]]

_LAST_WISH: Final = 5.0
"""Seconds for which a call that was cut off tries to take its hold back."""


@attrs.frozen(kw_only=True)
class Terms:
    """
    How long to wait for what, in seconds, and what counts.

    Attributes:
        patience: For rivals to settle it.
        lag: Until what was written can be seen.
        hold_for: How long a hold is good. Its owner uses it for half of that time only.
        other_calendars: Whether events in the accounts' other calendars count.
    """

    patience: float
    lag: float
    hold_for: float
    other_calendars: bool


class Attempt:
    """
    One try to get a booking's time.

    Args:
        booking: What to book.
        driver: The client's.
        terms: For how long to wait.
        recheck: Whether everybody is free at that time, as availability has it.
        before: Where the booking was before, if it is to be moved.
    """

    def __init__(
        self,
        booking: Booking[AsyncAccount],
        driver: Driver,
        terms: Terms,
        recheck: Callable[[], Awaitable[bool]],
        before: Booking[AsyncAccount] | None = None,
    ) -> None:
        self._booking, self._before = booking, before
        self._driver, self._terms = driver, terms
        self._recheck: Callable[[], Awaitable[bool]] | None = recheck
        self._hold: Hold | None = None
        self._use_until = 0.0
        self._litter = {each: Litter() for _, each in booking.calendars}

    def now(self) -> float:
        """Seconds since the epoch, by the service's clock as soon as it is known."""
        shown = self._driver.clock.now()
        return self._driver.runtime.now() if shown is None else shown

    async def succeeds(self) -> bool:
        """
        Whether the booking has its time now.

        Raises:
            OutcomeUnknownError: It may or may not have it.
            CronofyError: It has not: a call failed before the event was written, or the
                service refused it.
        """
        terms = self._terms
        flow: Contest = contest(self._booking.event_id, patience=terms.patience, lag=terms.lag)
        try:
            step = next(flow)
            while True:
                step = flow.send(await self._carry_out(step))
        except StopIteration as stop:
            won: bool = stop.value
            return won
        except BaseException:
            await self._leave()
            raise
        finally:
            flow.close()

    async def _leave(self) -> None:
        """Take back a hold that nothing will come of."""
        hold = self._hold
        if hold is not None:
            with anyio.move_on_after(_LAST_WISH, shield=True):
                await self._release(hold)

    async def _carry_out(self, step: Step) -> object:
        match step:
            case Look():
                return await self._look()
            case Place():
                return await self._place()
            case Release():
                await self._release(step.hold)
                return None
            case Book():
                return await self._book(step.hold)
            case Undo():
                await self._undo()
                return None
            case Wait():
                await self._driver.runtime.sleep(step.seconds)
                return None

    async def _look(self) -> Sequence[Sight]:
        recheck, self._recheck = self._recheck, None
        if recheck is None:
            return await self._sights()
        # Once, at the beginning: holds take up no time, so that nothing comes of it later.
        works: list[Callable[[], Awaitable[Any]]] = [self._sights, recheck]
        sights, is_free = await together(works)
        return sights if is_free else [attrs.evolve(each, taken=True) for each in sights]

    async def _sights(self) -> Sequence[Sight]:
        booking = self._booking
        calendars: dict[AsyncAccount, list[str]] = {}
        for account, calendar_id in booking.calendars:
            calendars.setdefault(account, []).append(calendar_id)

        def reading(account: AsyncAccount, ids: list[str]) -> Any:
            async def read() -> list[FreeBusy]:
                call = ReadFreeBusy(
                    tzid=booking.tzid,
                    from_=booking.start,
                    to=booking.end,
                    include_managed=True,
                    include_ids=True,
                    include_free=True,
                )
                if not self._terms.other_calendars:
                    call = attrs.evolve(call, calendar_ids=ids)
                return [entry async for entry in account.read(call)]

            return read

        read = await together([reading(*each) for each in calendars.items()])
        entries = dict(zip(calendars, read, strict=True))
        now = self.now()
        return tuple(
            sight(
                booking,
                calendar_id,
                (
                    each
                    for each in entries[account]
                    if self._terms.other_calendars or each.calendar_id == calendar_id
                ),
                now=now,
                litter=self._litter[calendar_id],
            )
            for account, calendar_id in booking.calendars
        )

    async def _place(self) -> Hold:
        runtime, length = self._driver.runtime, self._terms.hold_for
        hold = Hold.make(self._booking.event_id, self.now() + length, runtime.draw)
        # The other half is for what is on its way, and for clocks that differ.
        self._hold, self._use_until = hold, runtime.monotonic() + length / 2
        failures = await _send(
            (account, self._booking.hold(number, hold))
            for number, (account, _) in enumerate(self._booking.calendars)
        )
        for failure in failures:
            raise failure
        return hold

    async def _release(self, hold: Hold) -> None:
        # One that stays is over soon, and stands in nobody's way then.
        await _send(self._gone(hold, is_booked=False))
        self._hold = None

    def _gone(self, hold: Hold, *, is_booked: bool) -> list[Call]:
        """What takes a hold back, and what was left behind in the same place."""
        calls: list[Call] = []
        for account, calendar_id in self._booking.calendars:
            litter = self._litter[calendar_id]
            useless = {hold.hold_id, *litter.over, *(litter.own if is_booked else ())}
            calls += [
                (account, DeleteEvent(calendar_id=calendar_id, event_id=each))
                for each in sorted(useless)
            ]
        return calls

    async def _book(self, hold: Hold) -> bool:
        left = self._use_until - self._driver.runtime.monotonic()
        if left <= 0:
            return False
        booking = self._booking
        writes: list[Call] = [
            (account, booking.event(number))
            for number, (account, _) in enumerate(booking.calendars)
        ]
        # From here on the event may be there, and what holds its place stays until it is.
        self._hold = None
        failures = await _send(
            [*writes, *self._gone(hold, is_booked=True)], within=left, of=len(writes)
        )
        unknown = [each for each in failures if not _is_refusal(each)]
        if unknown:
            raise _unknown(booking) from unknown[0]
        if failures:
            # All or nothing: the others' events are written, and nobody was told of them.
            await self._undo()
            self._hold = hold
            raise failures[0]
        return True

    async def _undo(self) -> None:
        before = self._before
        if before is None:
            await remove(self._booking)
            return
        failures = await _send(
            (account, before.event(number)) for number, (account, _) in enumerate(before.calendars)
        )
        if failures:
            raise _unknown(before) from failures[0]


async def remove(booking: Booking[AsyncAccount]) -> None:
    """
    Take the events of a booking away; one that is not there is away.

    Raises:
        OutcomeUnknownError: Some may still be there.
    """
    failures = await _send(
        (account, DeleteEvent(calendar_id=calendar_id, event_id=booking.event_id))
        for account, calendar_id in booking.calendars
    )
    for failure in failures:
        if _is_refusal(failure):
            raise failure
        raise _unknown(booking) from failure


def _unknown(booking: Booking[Any]) -> OutcomeUnknownError:
    return OutcomeUnknownError(
        f"{booking.key}: it may or may not be booked",
        "book again with the same key, or cancel it",
    )


async def _send(
    calls: Iterable[Call], *, within: float | None = None, of: int | None = None
) -> list[CronofyError]:
    """
    Send calls, those of one account in one request, in their order.

    Args:
        calls: The calls, with whose they are.
        within: Seconds that they may take.
        of: Only failures of the first so many matter.

    Returns:
        What befell those that failed; a deletion of what does not exist did not.
    """
    listed = list(calls)
    groups: dict[AsyncAccount, list[int]] = {}
    for index, (account, _) in enumerate(listed):
        groups.setdefault(account, []).append(index)

    def sending(account: AsyncAccount, indices: list[int]) -> Callable[[], Any]:
        async def send() -> list[tuple[int, CronofyError]]:
            view = account if within is None else account.with_options(timeout=within)
            operations = [listed[index][1] for index in indices]
            if len(operations) > 1:
                outcomes = await view.send_all(operations)
                pairs = zip(indices, (outcome.error for outcome in outcomes), strict=True)
                return [(index, error) for index, error in pairs if error is not None]
            try:
                await view.send(operations[0])
            except CronofyError as error:
                return [(indices[0], error)]
            return []

        return send

    failed = await together([sending(*each) for each in groups.items()])
    most = len(listed) if of is None else of
    return [
        error
        for index, error in sorted(chain(*failed), key=lambda pair: pair[0])
        if index < most and not _is_done(listed[index][1], error)
    ]


def _is_done(operation: Operation[Any], error: CronofyError) -> bool:
    return isinstance(operation, DeleteEvent) and isinstance(error, NotFoundError)


def _is_refusal(error: CronofyError) -> bool:
    """Whether the service has certainly not carried out what it was asked."""
    return (
        isinstance(error, APIError)
        and not isinstance(error, ServerError)
        and all(each.status is not None and each.status < 500 for each in error.history)
    )
