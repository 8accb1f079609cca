"""Where a soak takes place: a sandbox whose every request is told to the call that sent it."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, Literal

import attrs

from cronofy_async.core.wire import Request, Response
from cronofy_transports.sandbox import Choices, Clock, Quota, Sandbox
from cronofy_transports.sandbox.journal import Entry, Journal
from cronofy_transports.sandbox.moments import span

__all__ = ("NOW", "TAG", "Diary", "Person", "Place", "Slot")

NOW = int(datetime(2030, 1, 7, 8, tzinfo=UTC).timestamp())
"""A Monday."""

TAG = "x-soak"
"""The header that says which call of the soak a request belongs to."""

STABLE = 24
"""Events of each person that nobody touches."""

SLOTS = 12
"""Events of each person that are written and deleted all the time."""

QUOTA = Quota()

Rotation = Literal["fixed", "rotating", "rotating_with_grace"]


class Diary(Journal):
    """
    A journal that counts, and keeps little.

    Attributes:
        last: The latest request.
        requests: How many there were.
        struck: How many of them each fault struck.
        kinds: How many of each operation there were.
        most: The most in any second and in any minute of the sandbox's clock.
        refused: 429s of the quota's own.
        lost_exchanges: Exchanges of refresh tokens whose answer did not arrive as it was, or
            that were refused by a fault.
    """

    def __init__(self) -> None:
        super().__init__(1000)
        self.last: Entry | None = None
        self.requests = self.refused = self.lost_exchanges = 0
        self.struck: Counter[str] = Counter()
        self.kinds: Counter[str] = Counter()
        self.most = [0, 0]
        self._recent: tuple[deque[float], ...] = (deque(), deque())

    def write(self, entry: Entry) -> None:
        super().write(entry)
        self.last = entry
        self.requests += 1
        self.kinds[entry.operation or ""] += 1
        if entry.fault is not None:
            self.struck[entry.fault] += 1
            self.lost_exchanges += entry.operation == "RefreshToken"
        if entry.fault == "delay":
            # It came when it was late: no client can know of that.
            return
        for index, (recent, length) in enumerate(zip(self._recent, (1.0, 60.0), strict=True)):
            recent.append(entry.at)
            while recent[0] <= entry.at - length:
                recent.popleft()
            self.most[index] = max(self.most[index], len(recent))
        if entry.status == 429 and entry.fault is None:
            # Where there was room but for those that came late, the client is not to blame.
            full = zip(self._recent, QUOTA.limits, strict=True)
            self.refused += any(len(recent) > most for recent, (_, most) in full)


class Watched(Sandbox):
    """A sandbox that tells calls of their requests."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.diary = Diary()
        self.journal = self.diary
        self.told: dict[str, list[Entry]] = {}

    def answer(self, request: Request) -> Response:
        response = super().answer(request)
        self._tell(request)
        return response

    def answer_struck(self, request: Request, strike: Any) -> Any:
        struck = super().answer_struck(request, strike)
        self._tell(request)
        return struck

    def _tell(self, request: Request) -> None:
        tag = request.header(TAG)
        if tag is not None and self.diary.last is not None:
            self.told.setdefault(tag, []).append(self.diary.last)


@attrs.define(kw_only=True, eq=False)
class Slot:
    """
    One event that is written and deleted, as calls have left it.

    Attributes:
        event_id: Its id.
        hour: When it starts, in hours after `NOW`.
        summary: What it holds; `None`: there is none.
        in_use: Whether a call is at work on it.
        touched: How often one began or ended.
    """

    event_id: str
    hour: int
    summary: str | None = None
    in_use: bool = False
    touched: int = 0

    @property
    def start(self) -> datetime:
        return datetime.fromtimestamp(NOW, UTC) + timedelta(hours=self.hour)


@attrs.define(kw_only=True, eq=False)
class Person:
    """
    Somebody in the sandbox, and what the calls so far must have made of their calendars.

    Attributes:
        stable: The events that nobody touches: their summaries by their uids.
        named: The names of the calendars that were made; whether there is each.
        urls: The callback URLs of the channels that were made; the id of each.
        in_consent: Whether somebody is just giving their consent anew.
    """

    sub: str
    profile_id: str
    calendar_id: str
    stable: dict[str, str]
    slots: list[Slot]
    named: dict[str, bool] = attrs.field(factory=dict)
    urls: dict[str, str] = attrs.field(factory=dict)
    in_consent: bool = False


class Place:
    """
    A sandbox with people in it.

    Args:
        seed: Of the sandbox.
        people: How many.
        clock: Seconds since the beginning.
        rotation: What becomes of refresh tokens that are used.
        quota: What the sandbox holds the application to.
        token_life: Seconds for which an access token is good.
        page_life: Seconds for which a page can be asked for.
    """

    def __init__(
        self,
        seed: int,
        people: int,
        clock: Callable[[], float],
        *,
        rotation: Rotation = "rotating",
        quota: Quota | None = None,
        token_life: int = 900,
        page_life: int = 3600,
    ) -> None:
        self.sandbox = Watched(
            seed,
            clock=Clock(lambda: NOW + clock()),
            choices=Choices(
                page_size=8,
                refresh_tokens=rotation,
                access_token_lifetime=token_life,
                page_lifetime=page_life,
            ),
            people=False,
            quota=quota,
        )
        self.people = [self._person(number) for number in range(people)]

    @property
    def diary(self) -> Diary:
        """What was asked."""
        return self.sandbox.diary

    def _person(self, number: int) -> Person:
        world = self.sandbox.world
        account = world.add_account(email=f"p{number}@example.com", zoneinfo="Etc/UTC")
        profile = world.add_profile(
            account,
            name=f"p{number}@example.com",
            provider_name="google",
            provider_service="gsuite",
            # So that a call that is carried out twice makes two calendars.
            unique_names=False,
        )
        calendar = world.add_calendar(profile, "Work", primary=True)
        stable: dict[str, str] = {}
        for index in range(STABLE):
            start = datetime.fromtimestamp(NOW, UTC) + timedelta(days=1 + index)
            event = world.add_event(
                calendar,
                summary=f"stable {index}",
                **span(start, start + timedelta(minutes=30), "Etc/UTC"),
            )
            stable[event.uid] = event.summary
        slots = [Slot(event_id=f"slot-{n}", hour=24 * n + 30 + n % 7) for n in range(SLOTS)]
        return Person(
            sub=account.sub,
            profile_id=profile.profile_id,
            calendar_id=calendar.calendar_id,
            stable=stable,
            slots=slots,
        )

    # The truth -----------------------------------------------------------------------

    def summary(self, person: Person, slot: Slot) -> str | None:
        """What an event holds in truth; `None`: there is none."""
        found = self._managed(person, slot.event_id)
        assert len(found) <= 1, f"{slot.event_id} is there {len(found)} times"
        return found[0].summary if found and not found[0].deleted else None

    def _managed(self, person: Person, event_id: str) -> list[Any]:
        book = self.sandbox.world.calendars[person.calendar_id].events
        return [each for each in book if each.event_id == event_id]

    def calendars(self, person: Person, name: str) -> int:
        """How many calendars of a name there are in truth."""
        profiles = self.sandbox.world.accounts[person.sub].profiles
        return sum(
            each.name == name and not each.deleted
            for profile in profiles
            for each in profile.calendars
        )

    def channels(self, person: Person, url: str) -> int:
        """How many open channels with a callback URL there are in truth."""
        found = self.sandbox.world.channels.get(person.sub, [])
        return sum(each.callback_url == url and not each.closed for each in found)

    def drop(self, person: Person, name: str) -> None:
        """Have a calendar never have been, so that the world does not grow."""
        world = self.sandbox.world
        for profile in world.accounts[person.sub].profiles:
            for calendar in [each for each in profile.calendars if each.name == name]:
                profile.calendars.remove(calendar)
                del world.calendars[calendar.calendar_id]
        del person.named[name]

    def take(self, tag: str) -> list[Entry]:
        """The requests of a call, which are then forgotten."""
        return self.sandbox.told.pop(tag, [])

    def meddle(self) -> None:
        """Change an event that somebody's calls have written."""
        world = self.sandbox.world
        for person in self.people:
            for slot in person.slots:
                for event in self._managed(person, slot.event_id):
                    world.change_event(event, summary="meddled", deleted=False)
                    return

    def differences(self) -> list[str]:
        """Where the truth is another than calls have told."""
        wrong: list[str] = []
        for person in self.people:
            told = {slot.event_id: slot.summary for slot in person.slots}
            true = {slot.event_id: self.summary(person, slot) for slot in person.slots}
            wrong += [
                f"{person.sub} {name}: told {told[name]!r}, true {true[name]!r}"
                for name in told
                if told[name] != true[name]
            ]
            book = self.sandbox.world.calendars[person.calendar_id].events
            if len(book) != len(person.stable) + sum(
                bool(self._managed(person, slot.event_id)) for slot in person.slots
            ):
                wrong.append(f"{person.sub}: events that nobody wrote")
            for name, there in person.named.items():
                if self.calendars(person, name) != there:
                    wrong.append(f"{person.sub} {name}: {self.calendars(person, name)} calendars")
            for url in person.urls:
                if self.channels(person, url) != 1:
                    wrong.append(f"{person.sub} {url}: {self.channels(person, url)} channels")
            channels = self.sandbox.world.channels.get(person.sub, [])
            if len(person.urls) != sum(not each.closed for each in channels):
                wrong.append(f"{person.sub}: channels that nobody made")
        return wrong

    def choose(self, random: Random, count: int = 1) -> list[Person]:
        """Some people, no one twice."""
        return random.sample(self.people, min(count, len(self.people)))
