"""Moving and cancelling bookings in the sandbox, and waiting for their links."""

from __future__ import annotations

from datetime import timedelta

import anyio
import attrs
import pytest

from cronofy_async import (
    AsyncAccount,
    InvalidRequestError,
    OutcomeUnknownError,
    TransportTimeoutError,
)
from cronofy_async.booking import SlotTakenError, booking_event_id
from cronofy_async.models import EventTemplate
from cronofy_transports.sandbox import mischief

from .bench import Bench, bench
from .rooms import room_in

pytestmark = pytest.mark.anyio


KEY_ID = booking_event_id("k")


class TestMoving:
    """Rescheduling and cancelling."""

    async def test_a_booking_moves(self) -> None:
        """The one event is at its new time, and the old one is free."""
        async with bench() as b:
            moved = await b.booker.reschedule(await b.book(), b.end, timedelta(hours=1))
            assert [(KEY_ID, b.end)] == b.events()
            assert b.end + timedelta(hours=1) == moved.end

            await b.book("next")

    async def test_it_moves_to_a_time_that_overlaps_its_own(self) -> None:
        """Its own event is not in its way."""
        async with bench() as b:
            later = b.start + timedelta(minutes=15)
            await b.booker.reschedule(await b.book(), later, timedelta(minutes=30))

            assert [(KEY_ID, later)] == b.events()

    @pytest.mark.fault(50)
    async def test_it_stays_if_the_new_time_is_taken(self) -> None:
        """The old time is not given up for one that somebody else has."""
        async with bench() as b:
            booking = await b.book()
            await b.book("other", start=b.end, end=b.end + timedelta(minutes=30))
            with pytest.raises(SlotTakenError):
                await b.booker.reschedule(booking, b.end, timedelta(minutes=30))

            assert [(KEY_ID, b.start), (booking_event_id("other"), b.end)] == sorted(
                b.events(), key=lambda each: each[1]
            )

    async def test_it_moves_back_if_a_calendar_refuses(self) -> None:
        """All its events are where they were."""
        async with bench() as b:
            second = room_in(b.sandbox, "two")
            booking = await b.book(calendars=[b.at(b.room), b.at(second)])
            b.fails(
                "UpsertEvent",
                mischief.Status(status=422, field="start"),
                account=second.sub,
                after=1,
            )
            with pytest.raises(InvalidRequestError):
                await b.booker.reschedule(booking, b.end, timedelta(minutes=30))

            assert [(KEY_ID, b.start)] == b.events() == b.events(second)

    async def test_to_cancel_twice_is_no_error(self) -> None:
        """An event that is not there is cancelled, and so is one whose calendar is gone."""
        async with bench() as b:
            booking = await b.book()
            await b.booker.cancel(booking)
            assert [] == b.events()
            await b.booker.cancel("k", b.at(b.room))
            b.fails("DeleteEvent", mischief.Status(status=404))
            await b.booker.cancel(booking)

    async def test_nobody_knows_whether_it_is_cancelled(self) -> None:
        """A lost answer is told as such, and cancelling again settles it."""
        async with bench() as b:
            booking = await b.book()
            b.fails("DeleteEvent")
            with pytest.raises(OutcomeUnknownError):
                await b.booker.cancel(booking)
            await b.booker.cancel(booking)

            assert [] == b.events()


class TestLinks:
    """Waiting for the link to meet at."""

    def person(self, b: Bench) -> tuple[AsyncAccount, str]:
        """Somebody whose calendar makes links."""
        world = b.sandbox.world
        account = world.add_account(email="ada@example.com", name="Ada", zoneinfo="Etc/UTC")
        profile = world.add_profile(
            account, name="ada", provider_name="google", provider_service="gsuite"
        )
        calendar = world.add_calendar(profile, "Work", primary=True, conferencing="google_meet")
        token = b.sandbox.control.grant(account.sub)["access_token"]
        return b.cronofy.account(account.sub, access_token=token), calendar.calendar_id

    async def test_the_link_comes_after_a_while(self) -> None:
        """It looks again after growing waits until the link is there."""
        async with bench() as b:
            calendar = self.person(b)
            booking = await b.book(
                calendars=calendar, details=EventTemplate(conferencing="default")
            )
            event = await b.booker.wait_for_link(booking)

            assert event.conferencing is not None
            assert event.conferencing.join_url is not None
            assert [0.5, 1.0, 2.0][: len(b.time.slept)] == b.time.slept

    async def test_it_does_not_wait_for_ever(self) -> None:
        """When the time is over the link is still being made."""
        async with bench() as b:
            b.sandbox.control.choose(conferencing_delay=1000)
            booking = await b.book(
                calendars=self.person(b), details=EventTemplate(conferencing="default")
            )
            with pytest.raises(TransportTimeoutError):
                await b.booker.wait_for_link(booking, timeout=20)

            assert 20 == sum(b.time.slept)

    async def test_without_a_link_there_is_nothing_to_wait_for(self) -> None:
        """An event that asked for none is given at once."""
        async with bench() as b:
            event = await b.booker.wait_for_link(await b.book())

            assert (None, []) == (event.conferencing, b.time.slept)

    async def test_a_notification_makes_it_look_at_once(self) -> None:
        """What is heard ends the wait."""
        async with bench() as b:
            b.sandbox.control.choose(conferencing_delay=1000)
            booking = await b.book(
                calendars=self.person(b), details=EventTemplate(conferencing="default")
            )

            async def sleep(seconds: float) -> None:
                b.booker.hear("another")
                b.sandbox.control.advance(2000)
                b.booker.hear(booking.event_id)
                await anyio.sleep_forever()

            b.cronofy.driver.runtime = attrs.evolve(b.cronofy.driver.runtime, sleep=sleep)
            event = await b.booker.wait_for_link(booking)

            assert event.conferencing is not None
            assert event.conferencing.join_url is not None
