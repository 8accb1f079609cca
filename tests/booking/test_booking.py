"""Booking in the sandbox: once, against rivals, and in several calendars."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import anyio
import attrs
import pytest

from cronofy_async import (
    AsyncCronofy,
    CronofyError,
    InvalidRequestError,
    OutcomeUnknownError,
    ServerError,
)
from cronofy_async.booking import AsyncBooker, SlotTakenError, booking_event_id
from cronofy_async.booking.names import Hold
from cronofy_async.models import EventTemplate, Member
from cronofy_transports.sandbox import mischief

from .bench import bench
from .rooms import room_in

pytestmark = pytest.mark.anyio


KEY_ID = booking_event_id("k")


class TestBooking:
    """Booking a time once."""

    async def test_a_booking_is_one_event(self) -> None:
        """It is in the calendar from its start to its end, and no hold is left."""
        async with bench() as b:
            booking = await b.book(details=EventTemplate(description="Q2"))

            assert [(KEY_ID, b.start)] == b.events()
            (event,) = (each for each in b.room.events() if not each.deleted)
            assert ("Board", "Q2", "opaque") == (
                event.summary,
                event.description,
                event.transparency,
            )
            assert (KEY_ID, b.start, b.end) == (booking.event_id, booking.start, booking.end)

    async def test_it_takes_six_requests(self) -> None:
        """Two looks and availability, the hold, the event with its hold's end, and a last look."""
        async with bench() as b:
            await b.book()

            assert ["ReadFreeBusy"] * 3 == [
                each for each in b.operations() if each == "ReadFreeBusy"
            ]
            assert ["Batch", "QueryAvailability", "UpsertEvent"] == sorted(
                str(each) for each in b.operations() if each != "ReadFreeBusy"
            )

    @pytest.mark.fault(51)
    async def test_the_same_key_again_only_looks(self) -> None:
        """A second call finds the event, writes nothing, and keeps what people changed in it."""
        async with bench() as b:
            first = await b.book()
            (event,) = (each for each in b.room.events() if not each.deleted)
            b.sandbox.control.change_event(event.uid, summary="Renamed")
            before = len(b.operations())
            again = await b.book()

            assert first == attrs.evolve(again, calendars=first.calendars)
            assert {"ReadFreeBusy", "QueryAvailability"} == {*b.operations()[before:]}
            assert ("Renamed", 1) == (event.summary, len(b.events()))

    @pytest.mark.fault(51)
    @pytest.mark.parametrize("when", ["before", "after"])
    @pytest.mark.parametrize("operation", ["UpsertEvent", "Batch", "ReadFreeBusy"])
    @pytest.mark.parametrize("passed", [0, 1, 2])
    async def test_after_a_lost_answer_the_key_books_once(
        self, when: Any, operation: str, passed: int
    ) -> None:
        """Whichever answer is lost, a second call by hand has one event, and no second."""
        async with bench() as b:
            b.fails(operation, mischief.Drop(when=when), after=passed)
            try:
                await b.book()
            except CronofyError:
                await b.book()

            b.time.time += 100
            await b.book()
            busy = [each for each in b.events() if Hold.read(each[0]) is None]
            assert [(KEY_ID, b.start)] == busy

    async def test_nobody_knows_whether_the_event_was_written(self) -> None:
        """The error says what to do, and until that is done the time is kept from others."""
        async with bench() as b:
            b.fails("Batch", mischief.Drop(when="before"))
            with pytest.raises(OutcomeUnknownError, match="book again with the same key"):
                await b.book()
            with pytest.raises(SlotTakenError):
                await b.book("another")

            await b.book()
            assert [(KEY_ID, b.start)] == b.events()

    async def test_a_failure_before_the_event_leaves_nothing(self) -> None:
        """The hold is taken back when the look after it fails."""
        async with bench() as b:
            b.fails("ReadFreeBusy", after=1)
            with pytest.raises(ServerError):
                await b.book()

            assert [] == b.events()

    async def test_to_be_cancelled_leaves_no_hold(self) -> None:
        """A call that is cancelled while it looks takes its hold back."""
        async with bench() as b:
            seen = anyio.Event()

            async def sleep(seconds: float) -> None:
                seen.set()
                await anyio.sleep_forever()

            rival = Hold.make(booking_event_id("x"), b.time.time + 50, lambda: 0.5)
            rival = attrs.evolve(
                rival, hold_id=rival.hold_id.replace(rival.event_id, "bkg-" + "f" * 40)
            )
            account, calendar_id = b.at(b.room)
            b.booker._driver.runtime = attrs.evolve(b.booker._driver.runtime, sleep=sleep)
            await account.upsert_event(
                calendar_id=calendar_id,
                event_id=rival.hold_id,
                summary="Hold",
                start=b.start,
                end=b.end,
                transparency="transparent",
            )
            async with anyio.create_task_group() as group:
                group.start_soon(b.book)
                await seen.wait()
                assert 2 == len(b.events())
                group.cancel_scope.cancel()

            assert [rival.hold_id] == [event_id for event_id, _ in b.events()]

    async def test_a_hold_of_the_dead_is_swept_away(self) -> None:
        """What a killed process left behind is in the way until it is over, and then goes."""
        async with bench() as b:
            hold = Hold.make("bkg-" + "0" * 40, b.time.time + 50, lambda: 0.5)
            account, calendar_id = b.at(b.room)
            await account.upsert_event(
                calendar_id=calendar_id,
                event_id=hold.hold_id,
                summary="Hold",
                start=b.start,
                end=b.end,
                transparency="transparent",
            )
            with pytest.raises(SlotTakenError):
                await b.book()
            b.time.time += 60
            await b.book()

            assert [(KEY_ID, b.start)] == b.events()


class TestTaken:
    """Somebody else has the time."""

    @pytest.mark.fault(50)
    async def test_who_is_late_is_told_with_other_times(self) -> None:
        """The error has times that are free, and nothing is left in the calendar."""
        async with bench(alternatives=2) as b:
            await b.book()
            with pytest.raises(SlotTakenError) as caught:
                await b.book("late")

            free = [b.end, b.end + timedelta(minutes=30)]
            assert free == [each.start for each in caught.value.alternatives]
            assert [(KEY_ID, b.start)] == b.events()
            assert "late" in str(caught.value)

    @pytest.mark.fault(50)
    async def test_an_event_that_appears_just_then_wins(self) -> None:
        """Somebody's event that came while ours was written makes us take ours back."""
        async with bench() as b:
            cut = b.sandbox.handle

            class Way:
                async def send(self, request: Any, *, timeout: float) -> Any:
                    answer = cut(request)
                    if request.path.endswith("/batch") and len(b.events()) == 1:
                        b.take()
                    return answer

                async def aclose(self) -> None:
                    """Nothing to close."""

            cronofy = AsyncCronofy(
                b.sandbox.client_id,
                b.sandbox.client_secret,
                transport=Way(),
                runtime=b.time.runtime(),
                limits=None,
            )
            account = cronofy.account(b.room.sub, access_token=b.room.token)
            with pytest.raises(SlotTakenError):
                await AsyncBooker(cronofy).book(
                    "k", (account, b.room.calendar_id), b.start, b.end, summary="Board"
                )

            assert [None] == [event_id for event_id, _ in b.events()]

    async def test_whole_days_are_in_the_zone_that_is_said(self) -> None:
        """A day off takes the time from its midnight to the next in the given zone."""
        async with bench() as b:
            day = b.start.date()
            b.sandbox.control.create_event(
                b.room.calendar_id, "Off", day, day + timedelta(days=1), transparency="opaque"
            )
            with pytest.raises(SlotTakenError):
                await b.book()

    async def test_availability_is_asked_once_more(self) -> None:
        """Somebody who only takes part, and is not free, keeps it from being booked."""
        async with bench() as b:
            other = room_in(b.sandbox, "two")
            b.take(other)
            with pytest.raises(SlotTakenError):
                await b.book(participants=[b.room.sub, Member(sub=other.sub)])

            assert [] == b.events()

    async def test_that_it_is_taken_is_told_even_if_no_others_are_found(self) -> None:
        """A failing search for other times does not hide the answer."""
        async with bench() as b:
            await b.book()
            b.fails("QueryAvailability", after=1, times=None)
            with pytest.raises(SlotTakenError) as caught:
                await b.book("late")

            assert () == caught.value.alternatives


class TestSeveral:
    """A booking in several calendars."""

    async def test_all_or_nothing(self) -> None:
        """If one of them is taken, none has an event."""
        async with bench() as b:
            second = room_in(b.sandbox, "two")
            both = [b.at(b.room), b.at(second)]
            b.take(second)
            with pytest.raises(SlotTakenError):
                await b.book(calendars=both)
            assert [] == b.events()

            await b.book("free", calendars=both, start=b.end, end=timedelta(minutes=30))
            assert [(booking_event_id("free"), b.end)] == b.events()
            assert (booking_event_id("free"), b.end) in b.events(second)

    async def test_a_part_that_is_refused_takes_the_rest_back(self) -> None:
        """A calendar that refuses the event leaves none in the others."""
        async with bench() as b:
            second = room_in(b.sandbox, "two")
            b.fails(
                "UpsertEvent",
                mischief.Status(status=422, field="summary"),
                account=second.sub,
                after=1,
            )
            with pytest.raises(InvalidRequestError):
                await b.book(calendars=[b.at(b.room), b.at(second)])

            assert ([], []) == (b.events(), b.events(second))

    async def test_a_part_that_was_cut_off_is_completed(self) -> None:
        """A booking that was written in part becomes whole with the same key."""
        async with bench() as b:
            second = room_in(b.sandbox, "two")
            both = [b.at(b.room), b.at(second)]
            b.fails("Batch", mischief.Drop(when="before"), account=second.sub)
            with pytest.raises(OutcomeUnknownError):
                await b.book(calendars=both)
            assert (1, 0) == tuple(
                sum(Hold.read(event_id) is None for event_id, _ in b.events(room))
                for room in (b.room, second)
            )

            await b.book(calendars=both)
            assert [(KEY_ID, b.start)] == b.events()
            assert (KEY_ID, b.start) in b.events(second)

    async def test_other_calendars_count_unless_told_otherwise(self) -> None:
        """An event in another calendar of the account is in the way, or not."""
        for counts in (True, False):
            async with bench(other_calendars=counts) as b:
                world = b.sandbox.world
                (profile,) = world.accounts[b.room.sub].profiles
                beside = world.add_calendar(profile, "Beside").calendar_id
                b.sandbox.control.create_event(beside, "Mine", b.start, b.end)
                if counts:
                    with pytest.raises(SlotTakenError):
                        await b.book()
                else:
                    await b.book()

                assert counts == (b.events() == [])
