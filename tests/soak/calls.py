"""The calls of a soak: each knows what it must have come to, and looks where it does not."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from cronofy_async import (
    AsyncAccount,
    CronofyError,
    InvalidRequestError,
    ReauthorizationRequiredError,
)
from cronofy_async.core.operation import Operation
from cronofy_async.operations import (
    CloseChannel,
    CreateCalendar,
    CreateChannel,
    DeleteEvent,
    ListCalendars,
    ListChannels,
    ReadEvents,
    ReadFreeBusy,
    UpsertEvent,
)

from .calling import Calling, may_be_done, must
from .place import NOW, Person, Slot

__all__ = ("Caller",)

READ: Final = ReadEvents(tzid="Etc/UTC", include_managed=True)


class Caller(Calling):
    """Makes calls at random, and holds what comes of them against what must; see `Calling`."""

    async def one(self) -> None:
        """Make one call, whichever."""
        chances: list[tuple[Callable[[], Awaitable[None]], int]] = [
            (self._upsert, 30),
            (self._delete, 14),
            (self._read, 14),
            (self._free_busy, 5),
            (self._calendars, 6),
            (self._batch, 6),
            (self._send_many, 3),
            (self._read_many, 2),
            (self._available, 6),
            (self._make_calendar, 5),
            (self._make_channel, 4),
            (self._close_channel, 3),
        ]
        calls, weights = zip(*chances, strict=True)
        (call,) = self._random.choices(calls, weights)
        await call()

    # Events --------------------------------------------------------------------------

    def _free(self, person: Person) -> Slot | None:
        free = [slot for slot in person.slots if not slot.in_use]
        return self._random.choice(free) if free else None

    async def _upsert(self) -> None:
        await self._write_one(deleting=False)

    async def _delete(self) -> None:
        await self._write_one(deleting=True)

    def _writing(
        self, person: Person, slot: Slot, tag: str, *, deleting: bool
    ) -> tuple[Operation[Any], str | None]:
        """A call for an event, and what it holds then."""
        if deleting:
            delete = DeleteEvent(calendar_id=person.calendar_id, event_id=slot.event_id)
            return delete, None
        summary = f"call {tag}"
        upsert = UpsertEvent(
            calendar_id=person.calendar_id,
            event_id=slot.event_id,
            summary=summary,
            start=slot.start,
            end=slot.start + timedelta(minutes=30),
        )
        return upsert, summary

    async def _write_one(self, *, deleting: bool) -> None:
        (person,) = self.place.choose(self._random)
        slot = self._free(person)
        if slot is None:
            return
        tag = self._tag()
        operation, wanted = self._writing(person, slot, tag, deleting=deleting)
        self._begin(slot)
        _, error = await self._call(person, operation, tag)
        await self._end(person, slot, wanted, error)

    def _begin(self, slot: Slot) -> None:
        slot.in_use = True
        slot.touched += 1

    async def _end(
        self, person: Person, slot: Slot, wanted: str | None, error: BaseException | None
    ) -> None:
        """Note what an event holds now; look, if nobody told."""
        if error is None:
            slot.summary = wanted
        elif may_be_done(error):
            before = slot.summary
            slot.summary = await self._surely(person, lambda: self._look(person, slot))
            must(slot.summary in (before, wanted), f"{slot.event_id} holds {slot.summary!r}")
            self.outcomes["events looked up"] += 1
        true = self.place.summary(person, slot)
        must(
            true == slot.summary,
            f"{slot.event_id}: told {slot.summary!r}, true {true!r}: {error!r}",
        )
        slot.touched += 1
        slot.in_use = False

    async def _look(self, person: Person, slot: Slot) -> str | None:
        found = await self.view(person).read(READ).collect()
        return next((each.summary for each in found if each.event_id == slot.event_id), None)

    async def _batch(self) -> None:
        (person,) = self.place.choose(self._random)
        slots = [slot for slot in person.slots if not slot.in_use][: self._random.randrange(1, 9)]
        calls = [
            self._writing(person, slot, self._tag(), deleting=self._random.random() < 0.3)
            for slot in slots
        ]
        for slot in slots:
            self._begin(slot)
        tag = self._tag()
        view = self.view(person, tag)
        work = view.send_all([operation for operation, _ in calls])
        outcomes, error = await self._try("batch", work)
        self.place.take(tag)
        await self._consent_after(person, error)
        for index, (slot, (_, wanted)) in enumerate(zip(slots, calls, strict=True)):
            befell = error if outcomes is None else outcomes[index].error
            await self._consent_after(person, befell)
            await self._end(person, slot, wanted, befell)

    async def _send_many(self) -> None:
        chosen: list[tuple[Person, Slot, str | None]] = []
        calls: list[tuple[AsyncAccount, Operation[Any]]] = []
        for person in self.place.choose(self._random, 6):
            for _ in range(self._random.randrange(1, 4)):
                slot = self._free(person)
                if slot is not None:
                    self._begin(slot)
                    deleting = self._random.random() < 0.3
                    call, wanted = self._writing(person, slot, self._tag(), deleting=deleting)
                    chosen.append((person, slot, wanted))
                    calls.append((self.view(person), call))

        found: dict[int, BaseException | None] = {}

        async def work() -> None:
            async with self.cronofy.send_many(calls) as sending:
                async for sent in sending:
                    must(sent.index not in found, "a call of a fan-out ended twice")
                    found[sent.index] = sent.outcome.error

        _, error = await self._try("send_many", work())
        must(error is not None or len(found) == len(calls), "a call of a fan-out has no outcome")
        must(error is None or isinstance(error, asyncio.CancelledError), f"send_many: {error!r}")
        for index, (person, slot, wanted) in enumerate(chosen):
            befell = found.get(index, error)
            await self._consent_after(person, befell)
            await self._end(person, slot, wanted, befell)

    # Reads ---------------------------------------------------------------------------

    def _before(self, people: Sequence[Person]) -> dict[str, tuple[int, ...]]:
        return {each.sub: tuple(slot.touched for slot in each.slots) for each in people}

    def _check(self, person: Person, before: dict[str, tuple[int, ...]], entries: Any) -> None:
        """Hold what a read gave against what must be there; what was written meanwhile may be."""
        uids = Counter(each.event_uid for each in entries)
        twice = [uid for uid, count in uids.items() if count > 1]
        must(not twice, f"read twice: {twice}")
        told = {each.event_uid: each.summary for each in entries if each.event_id is None}
        must(told == person.stable, f"of {person.stable} there was read {told}")
        managed = {each.event_id: each.summary for each in entries if each.event_id is not None}
        for slot, touched in zip(person.slots, before[person.sub], strict=True):
            if slot.touched == touched and not slot.in_use:
                found = managed.get(slot.event_id)
                must(found == slot.summary, f"{slot.event_id}: {found!r}, not {slot.summary!r}")
        known = {slot.event_id for slot in person.slots}
        must(managed.keys() <= known, f"nobody wrote {managed.keys() - known}")

    async def _read(self) -> None:
        (person,) = self.place.choose(self._random)
        before = self._before([person])
        depth = self._random.randrange(4)
        pager = self.view(person).read(READ).with_prefetch(depth)
        way = self._random.randrange(3)
        work = pager.collect() if way == 0 else self._gather(pager, resuming=way == 1)
        found, error = await self._try("read", work)
        if error is None:
            self._check(person, before, found)
        await self._consent_after(person, error)

    async def _gather(self, pager: Any, *, resuming: bool) -> list[Any]:
        """Read page by page; after an error go on from where it happened."""
        newest: dict[str, Any] = {}
        for attempt in range(8):
            try:
                async with aclosing(pager.pages()) as pages:
                    async for page in pages:
                        for each in page.items:
                            known = newest.setdefault(each.event_uid, each)
                            # What was changed during the read may come again.
                            is_new = known is each or known.updated < each.updated
                            must(is_new or resuming, f"{each} came again")
                            newest[each.event_uid] = each
                break
            except ReauthorizationRequiredError:
                raise
            except CronofyError as error:
                must(error.cursor is not None, f"no cursor: {error!r}")
                if not resuming or attempt == 7:
                    raise
                pager = pager.resume(str(error.cursor))
        return list(newest.values())

    async def _read_many(self) -> None:
        people = self.place.choose(self._random, 12)
        before = self._before(people)
        failed: list[tuple[Person, BaseException | None]] = []
        seen: set[int] = set()
        windows: Any = self._random.choice([None, "auto", 2])
        what = READ
        if windows == 2:
            first = datetime.fromtimestamp(NOW, UTC).date()
            what = ReadEvents(
                tzid="Etc/UTC", include_managed=True, from_=first, to=first + timedelta(days=60)
            )

        async def work() -> None:
            views = [self.view(person) for person in people]
            async with self.cronofy.read_many(what, views, windows=windows) as reading:
                async for outcome in reading:
                    must(outcome.index not in seen, "an account of a fan-out ended twice")
                    seen.add(outcome.index)
                    if outcome.ok:
                        self._check(people[outcome.index], before, outcome.entries)
                    else:
                        failed.append((people[outcome.index], outcome.error))

        _, error = await self._try("read_many", work())
        must(error is None or isinstance(error, asyncio.CancelledError), f"read_many: {error!r}")
        must(error is not None or len(seen) == len(people), "an account has no outcome")
        for person, befell in failed:
            self.outcomes[f"read_many's account {type(befell).__name__}"] += 1
            await self._consent_after(person, befell)

    async def _free_busy(self) -> None:
        (person,) = self.place.choose(self._random)
        before = self._before([person])[person.sub]
        work = self.view(person).read(ReadFreeBusy(tzid="Etc/UTC", include_managed=True)).collect()
        found, error = await self._try("ReadFreeBusy", work)
        if found is not None:
            starts = Counter(each.start for each in found)
            for number in range(len(person.stable)):
                start = datetime.fromtimestamp(NOW, UTC) + timedelta(days=1 + number)
                must(starts[start] == 1, f"{start} is busy {starts[start]} times")
            for slot, touched in zip(person.slots, before, strict=True):
                if slot.touched == touched and not slot.in_use:
                    there = slot.summary is not None
                    must(starts[slot.start] == there, f"{slot.event_id}: {starts[slot.start]}")
        await self._consent_after(person, error)

    async def _calendars(self) -> None:
        (person,) = self.place.choose(self._random)
        found, error = await self._call(person, ListCalendars(), self._tag())
        must(error is not None or found is not None, "somebody has no calendar")

    async def _available(self) -> None:
        people = self.place.choose(self._random, 2)
        start = datetime.fromtimestamp(NOW, UTC) + timedelta(days=2 + self._random.randrange(20))
        work = self.cronofy.availability(
            participants=[each.sub for each in people],
            required_duration=30,
            query_periods=[(start - timedelta(hours=2), start + timedelta(hours=2))],
        )
        found, error = await self._try("availability", work)
        if found is not None:
            for each in found.available_periods or ():
                must(each.end <= start or each.start >= start + timedelta(minutes=30), "is busy")
        # A settled rule of the API: who asks about somebody needs their authorization.
        must(not isinstance(error, InvalidRequestError), f"availability: {error!r}")

    # What must not be repeated ---------------------------------------------------------

    async def _make_calendar(self) -> None:
        (person,) = self.place.choose(self._random)
        tag = self._tag()
        name = f"calendar {tag}"
        call = CreateCalendar(profile_id=person.profile_id, name=name)
        _, error = await self._call(person, call, tag)

        async def look() -> bool:
            listed = await self.view(person).list_calendars()
            return name in [each.calendar_name for each in listed]

        is_there = error is None
        if error is not None and may_be_done(error):
            is_there = await self._surely(person, look)
            self.outcomes["creations looked up"] += 1
        true = self.place.calendars(person, name)
        must(true == is_there, f"{name} is there {true} times: {error!r}")
        if is_there:
            person.named[name] = True
        if len(person.named) > 3:
            self.place.drop(person, next(iter(person.named)))

    async def _make_channel(self) -> None:
        (person,) = self.place.choose(self._random)
        if len(person.urls) > 3:
            return
        tag = self._tag()
        url = f"{self.origin}/told/{tag}"
        channel, error = await self._call(person, CreateChannel(callback_url=url), tag)
        channel_id = None if channel is None else channel.channel_id
        if error is not None and may_be_done(error):
            channel_id = await self._surely(person, lambda: self._channel_at(person, url))
            self.outcomes["creations looked up"] += 1
        true = self.place.channels(person, url)
        must(true == (channel_id is not None), f"{url} is there {true} times: {error!r}")
        if channel_id is not None:
            person.urls[url] = channel_id

    async def _channel_at(self, person: Person, url: str) -> str | None:
        listed = await self.view(person).send(ListChannels())
        return next((each.channel_id for each in listed if each.callback_url == url), None)

    async def _close_channel(self) -> None:
        (person,) = self.place.choose(self._random)
        if not person.urls:
            return
        url, channel_id = person.urls.popitem()
        _, error = await self._call(person, CloseChannel(channel_id=channel_id), self._tag())
        if error is not None and may_be_done(error):
            found = await self._surely(person, lambda: self._channel_at(person, url))
            must(found in (None, channel_id), f"{url} is another channel's")
            if found is not None:
                person.urls[url] = channel_id
        elif error is not None:
            person.urls[url] = channel_id
        true = self.place.channels(person, url)
        must(true == (url in person.urls), f"{url} is there {true} times: {error!r}")
