"""The six steps of the quick start, and an application calendar."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final, TypeVar

import attrs

from cronofy_async import AsyncAccount, AsyncCronofy
from cronofy_async.callbacks import read_redirect
from cronofy_async.models import (
    AvailableTime,
    Calendar,
    ChannelNotification,
    Event,
    Member,
    NotificationType,
)

from .receiver import Receiver
from .screen import Screen

__all__ = ("DeviationError", "Journey")

T = TypeVar("T")

TZID: Final = "Europe/Paris"
EVENT_ID: Final = "scheduling_demo_01"
APPLICATION_CALENDAR: Final = "demo-meeting-room"
_PATIENCE: Final = 10.0


class DeviationError(Exception):
    """Something was not as the quick start says."""


def expect(condition: object, expected: str, found: object) -> None:
    """
    Hold the journey to its expectations.

    Raises:
        DeviationError: The condition does not hold; says what was expected and what was found.
    """
    if not condition:
        raise DeviationError(f"expected {expected}, found {found!r}")


def _working_hours() -> list[tuple[datetime, datetime]]:
    """From 9 to 17 UTC on each of the next seven days."""
    morning = datetime.now(UTC).replace(hour=9, minute=0, second=0, microsecond=0)
    days = [morning + timedelta(days=n) for n in range(1, 8)]
    return [(day, day + timedelta(hours=8)) for day in days]


@attrs.define
class Journey:
    """
    The whole way, step by step.

    Attributes:
        cronofy: The application's client.
        screen: Where to show it.
        receiver: Takes the application's redirects and notifications.
        consent: Gets from the URL of the consent page to the URL that comes back.
        external_edit: Changes a calendar as its owner would, in the sandbox; `None` where
            only a person can do that.
        callback_url: Where notifications can be sent to from outside; `None` if nowhere.
    """

    cronofy: AsyncCronofy
    screen: Screen
    receiver: Receiver
    consent: Callable[[str], Awaitable[str]]
    external_edit: Callable[[str], Awaitable[None]] | None
    callback_url: str | None

    async def walk(self) -> None:
        """Walk all of it; raises `DeviationError` at the first step that goes wrong."""
        account, sub = await self._authorize()
        calendar = await self._list_calendars(account)
        slot = await self._query_availability(sub, calendar)
        await self._create_event(account, calendar, slot)
        await self._read_events(account)
        await self._push_notifications(account, calendar)
        await self._application_calendar(sub)

    async def _authorize(self) -> tuple[AsyncAccount, str]:
        self.screen.step(
            "Step 1. Authorize a user",
            "Send the person to the consent page. It sends them back with a code, which is "
            "exchanged for tokens at once.",
        )
        redirect_uri = f"{self.receiver.url}/authorized"
        state = f"demo-{time.monotonic_ns()}"
        url = self.cronofy.authorization_url(
            redirect_uri=redirect_uri, scope="read_write", state=state
        )
        code = read_redirect(await self.consent(url), state=state)
        tokens = await self.cronofy.request_token(code=code, redirect_uri=redirect_uri)
        expect(tokens.sub, "a sub in the tokens", tokens)
        assert tokens.sub is not None
        self.screen.done(f"authorized {tokens.sub} with scope {tokens.scope}")
        account = self.cronofy.account(
            tokens.sub, access_token=tokens.access_token, refresh_token=tokens.refresh_token
        )
        return account, tokens.sub

    async def _list_calendars(self, account: AsyncAccount) -> Calendar:
        self.screen.step(
            "Step 2. List calendars", "All calendars of the account, over all its profiles."
        )
        calendars = await account.list_calendars()
        usable = [c for c in calendars if not (c.calendar_readonly or c.calendar_deleted)]
        expect(usable, "a calendar that can be written to", calendars)
        best = next(
            (
                c
                for c in usable
                if c.calendar_primary and c.calendar_integrated_conferencing_available
            ),
            usable[0],
        )
        self.screen.done(f"{len(calendars)} calendars; the demo uses “{best.calendar_name}”")
        return best

    async def _query_availability(self, sub: str, calendar: Calendar) -> AvailableTime:
        self.screen.step(
            "Step 3. Query availability",
            "When is the person free for an hour on the next days, from 9 to 17 UTC?",
        )
        found = await self.cronofy.availability(
            participants=Member(sub=sub, calendar_ids=[calendar.calendar_id]),
            required_duration=60,
            query_periods=_working_hours(),
            response_format="slots",
        )
        slots = found.available_slots
        expect(slots, "a free slot within a week", found)
        assert slots
        for earlier, later in itertools.pairwise(slots):
            expect(earlier.end <= later.start, "slots that do not overlap", (earlier, later))
        hours = {slot.end - slot.start for slot in slots}
        expect(hours == {timedelta(hours=1)}, "slots of one hour", hours)
        self.screen.done(f"{len(slots)} free hours, the first on {slots[0].start:%A at %H:%M} UTC")
        return slots[0]

    async def _create_event(
        self, account: AsyncAccount, calendar: Calendar, slot: AvailableTime
    ) -> None:
        self.screen.step(
            "Step 4. Create an event",
            "Book the slot, with a conferencing link that is provisioned by itself. The same "
            "event_id again would update the event, not make a second one.",
        )
        await account.upsert_event(
            calendar_id=calendar.calendar_id,
            event_id=EVENT_ID,
            summary="Demo meeting",
            description="Scheduled via the Cronofy API.",
            start=slot.start,
            end=slot.end,
            tzid=TZID,
            conferencing="default",
        )
        self.screen.done("accepted")
        event = await self._until(
            lambda: self._managed(account),
            lambda event: (
                event is not None
                and event.conferencing is not None
                and event.conferencing.join_url is not None
            ),
            "an event with a link to join by",
        )
        assert event is not None
        assert event.conferencing is not None
        expect(event.start == slot.start, f"a start at {slot.start}", event.start)
        self.screen.done(f"its link: {event.conferencing.join_url}")

    async def _managed(self, account: AsyncAccount) -> Event | None:
        events = await account.read_events(tzid=TZID, only_managed=True).collect()
        return next((event for event in events if event.event_id == EVENT_ID), None)

    async def _read_events(self, account: AsyncAccount) -> None:
        self.screen.step(
            "Step 5. Read events",
            "All events of the default window, 42 days back and 201 ahead, page by page.",
        )
        pager = account.read_events(tzid=TZID, include_managed=True, include_deleted=True)
        events: list[Event] = []
        pages = 0
        async for page in pager.pages():
            pages += 1
            events += page.items
        expect(
            any(event.event_id == EVENT_ID for event in events), "our event among all", len(events)
        )
        unique = {(event.calendar_id, event.event_uid) for event in events}
        expect(len(unique) == len(events), "every event once", len(events) - len(unique))
        if self.external_edit is not None:
            expect(pages > 1, "more than one page", pages)
        self.screen.done(f"{len(events)} events in {pages} pages")

    async def _push_notifications(self, account: AsyncAccount, calendar: Calendar) -> None:
        self.screen.step(
            "Step 6. Push notifications",
            "A channel tells when something changes. What changed is then read from there on.",
        )
        if self.callback_url is None:
            self.screen.line(
                "  Skipped: notifications need a URL that is reachable from outside. Forward one "
                "to this program and name it in CRONOFY_DEMO_CALLBACK_URL."
            )
            return
        channel = await account.create_channel(callback_url=self.callback_url)
        try:
            await self._notified(NotificationType.VERIFICATION, channel.channel_id)
            self.screen.done("the channel is verified")
            if self.external_edit is not None:
                await self.external_edit(calendar.calendar_id)
            else:
                self.screen.line("  Now please change something in that calendar yourself.")
            notification = await self._notified(NotificationType.CHANGE, channel.channel_id)
            since = notification.notification.changes_since
            expect(since, "a time since when to read", notification)
            assert since is not None
            changed = await account.read_events(
                tzid=TZID, last_modified=since, include_managed=True, include_deleted=True
            ).collect()
            expect(changed, f"events changed since {since}", changed)
            self.screen.done(f"changed: {', '.join(str(event.summary) for event in changed)}")
        finally:
            await account.close_channel(channel_id=channel.channel_id)

    async def _notified(self, kind: NotificationType, channel_id: str) -> ChannelNotification:
        patience = _PATIENCE if self.external_edit is not None else 300.0
        try:
            async with asyncio.timeout(patience):
                while True:
                    callback = await self.receiver.notifications.get()
                    if (
                        isinstance(callback, ChannelNotification)
                        and callback.channel.channel_id == channel_id
                        and callback.notification.type == kind
                    ):
                        return callback
        except TimeoutError:
            raise DeviationError(f"expected a notification “{kind}” within {patience} s") from None

    async def _application_calendar(self, sub: str) -> None:
        self.screen.step(
            "And an application calendar",
            "A calendar without a person, for instance a meeting room. It has tokens and a sub "
            "like any account, and takes part in availability queries.",
        )
        tokens = await self.cronofy.upsert_application_calendar(
            application_calendar_id=APPLICATION_CALENDAR
        )
        expect(tokens.sub and tokens.sub.startswith("apc_"), "a sub that begins with apc_", tokens)
        assert tokens.sub is not None
        room = self.cronofy.account(
            tokens.sub, access_token=tokens.access_token, refresh_token=tokens.refresh_token
        )
        (calendar,) = await room.list_calendars()
        (first, *_) = await self._suits_both(sub, tokens.sub)
        await room.upsert_event(
            calendar_id=calendar.calendar_id,
            event_id="board-meeting",
            summary="Board meeting",
            start=first.start,
            end=first.end,
            location="Board room",
        )
        left = await self._suits_both(sub, tokens.sub)
        expect(first.start not in [slot.start for slot in left], f"the room taken at {first}", left)
        self.screen.done(
            f"once the room is taken on {first.start:%A at %H:%M}, {len(left)} hours suit both"
        )
        await room.delete_event(calendar_id=calendar.calendar_id, event_id="board-meeting")
        await self.cronofy.revoke_by_sub(sub=tokens.sub)
        self.screen.done("the room is revoked again")

    async def _suits_both(self, sub: str, room: str) -> Sequence[AvailableTime]:
        found = await self.cronofy.availability(
            participants=[sub, room],
            required_duration=60,
            query_periods=_working_hours(),
            response_format="slots",
        )
        expect(found.available_slots, "an hour that suits both", found)
        assert found.available_slots
        return found.available_slots

    async def _until(
        self, look: Callable[[], Awaitable[T]], good: Callable[[T], bool], expected: str
    ) -> T:
        live = self.external_edit is None
        deadline = time.monotonic() + (60.0 if live else _PATIENCE)
        try:
            while not good(found := await look()):
                if time.monotonic() > deadline:
                    raise DeviationError(f"expected {expected}, found {found!r}")
                self.screen.quiet = True
                await asyncio.sleep(2.0 if live else 0.25)
        finally:
            self.screen.quiet = False
        return found
