"""
Small random worlds with questions about availability, and what each answer has to be.

A world is made by calls: people with calendars, events of every kind, stored hours and
periods, on a night in which the clocks change. The expectation is worked out from the
same description without the sandbox: which minutes each member is busy in, and which
are theirs to give; the oracle of the engine then says what can be offered.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import attrs

from cronofy_transports.sandbox.engine import Group, Intervals, Member, Query

from .oracle import MINUTE, answers
from .wire import Wire

__all__ = ("Scene", "seconds")

NIGHTS = [
    ("Europe/London", datetime(2030, 3, 31, 0, 15, tzinfo=UTC)),
    ("Europe/London", datetime(2030, 10, 27, 0, 15, tzinfo=UTC)),
    ("America/New_York", datetime(2030, 11, 3, 5, 15, tzinfo=UTC)),
    ("Asia/Kathmandu", datetime(2030, 1, 7, 17, 30, tzinfo=UTC)),
]
"""A zone, and the beginning of two hours in which its clocks change or its day ends."""

LENGTH = 120
HOURS = ("00:00", "00:10", "00:35", "00:50", "02:00", "02:15", "02:30", "23:20", "23:50", "24:00")
"""Of none of these is there a doubt in those nights about when it is."""

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@attrs.define
class Happening:
    """An event as the oracle knows it: its minutes, and what of it matters."""

    calendar_id: str
    start: int
    end: int
    mine: bool
    key: dict[str, str]
    free: bool = False
    tentative: bool = False
    tags: frozenset[str] = frozenset()
    gone: bool = False


@attrs.define
class Someone:
    """A person of the world."""

    sub: str
    token: str
    calendars: list[str]
    deleted: set[str]
    zone: str
    events: list[Happening] = attrs.field(factory=list)
    rules: dict[str, dict[str, Any]] = attrs.field(factory=dict)
    periods: list[tuple[int, int]] = attrs.field(factory=list)


class Scene:
    """A world and a question about it, drawn at random."""

    def __init__(self, draw: Random) -> None:
        self.draw, self.wire = draw, Wire()
        self.zone, begins = draw.choice(NIGHTS)
        self.origin = int(begins.timestamp())
        self.people = [self._someone() for _ in range(draw.randint(1, 3))]

    # Making it -----------------------------------------------------------------------

    def _someone(self) -> Someone:
        world, draw = self.wire.sandbox.world, self.draw
        account = world.add_account(email="a@example.com", name="A", zoneinfo=self.zone)
        profile = world.add_profile(
            account, name="a@example.com", provider_name="google", provider_service="gsuite"
        )
        calendars = [
            world.add_calendar(profile, str(number)) for number in range(draw.randint(1, 3))
        ]
        token = self.wire.sandbox.control.grant(account.sub)["access_token"]
        person = Someone(
            account.sub, token, [each.calendar_id for each in calendars], set(), self.zone
        )
        for number in range(draw.randint(0, 5)):
            person.events.append(self._event(person, number))
        if len(calendars) > 1 and draw.random() < 0.15:
            calendars[-1].deleted = True
            person.deleted.add(calendars[-1].calendar_id)
        for number in range(draw.choice([0, 0, 1, 2])):
            self._rule(person, f"rule {number}")
        for number in range(draw.choice([0, 0, 1])):
            start, end = self._stretch(60)
            body = {"available_period_id": f"p{number}", "start": at(start), "end": at(end)}
            self._call(person, "POST", "/v1/available_periods", body)
            person.periods.append((start, end))
        return person

    def _event(self, person: Someone, number: int) -> Happening:
        draw = self.draw
        start, end = self._stretch(30)
        calendar_id = draw.choice(person.calendars)
        times: dict[str, Any] = {"start": at(start), "end": at(end)}
        if draw.random() < 0.08:
            day = datetime.fromtimestamp(start, ZoneInfo(person.zone)).date()
            day += timedelta(days=draw.choice([-1, 0, 1]))
            times = {"start": str(day), "end": str(day + timedelta(days=1))}
            start, end = midnight(day, person.zone), midnight(day + timedelta(days=1), person.zone)
        made = Happening(calendar_id, start, end, mine=draw.random() < 0.5, key={})
        if made.mine:
            self._managed(person, made, f"e{number}", times)
        else:
            self._external(made, times)
        return made

    def _managed(self, person: Someone, made: Happening, event_id: str, times: Any) -> None:
        draw = self.draw
        shown = draw.choice(
            [
                {"transparency": "opaque"},
                {"transparency": "opaque"},
                {"transparency": "transparent"},
                {"extended_transparency": "tentative"},
                {"extended_transparency": "working_elsewhere"},
                {"extended_transparency": "out_of_office"},
            ]
        )
        made.free = not {"transparent", "working_elsewhere"}.isdisjoint(shown.values())
        made.tentative = "tentative" in shown.values()
        made.tags = frozenset(draw.choice([[], ["a"], ["a", "b"]]))
        made.key = {"event_id": event_id}
        tags = {"private": [{"value": each} for each in sorted(made.tags)]}
        path = f"/v1/calendars/{made.calendar_id}/events"
        body = {"event_id": event_id, "summary": "s", **times, **shown, "tags": tags}
        self._call(person, "POST", path, body)
        if draw.random() < 0.1:
            made.gone = True
            self._call(person, "DELETE", path, made.key)

    def _external(self, made: Happening, times: Any) -> None:
        draw = self.draw
        details = {
            "transparency": draw.choice(["opaque", "opaque", "transparent"]),
            "status": draw.choice(["confirmed", "confirmed", "tentative", "cancelled"]),
            "participation_status": draw.choice(
                ["accepted", "needs_action", "tentative", "declined", "unknown"]
            ),
        }
        uid = self.wire.command(
            "create_event", calendar_id=made.calendar_id, summary="s", **times, **details
        )
        said = set(details.values())
        made.free = not said.isdisjoint({"transparent", "cancelled", "declined"})
        made.tentative = "tentative" in said
        made.key = {"event_uid": uid}
        if draw.random() < 0.1:
            made.gone = True
            self.wire.command("cancel_event", event_uid=uid)

    def _rule(self, person: Someone, rule_id: str) -> None:
        draw = self.draw
        week = []
        for day in DAYS:
            first, last = sorted(draw.sample(range(len(HOURS)), 2))
            if draw.random() < 0.9:
                week.append({"day": day, "start_time": HOURS[first], "end_time": HOURS[last]})
        rule: dict[str, Any] = {"availability_rule_id": rule_id, "tzid": self.zone}
        rule["weekly_periods"] = week
        if draw.random() < 0.4:
            rule["calendar_ids"] = [draw.choice(person.calendars)]
        if not set(rule.get("calendar_ids", ())) & person.deleted:
            self._call(person, "POST", "/v1/availability_rules", rule)
            person.rules[rule_id] = rule

    def _stretch(self, longest: int) -> tuple[int, int]:
        start = self.origin + self.draw.randint(-20, LENGTH) * MINUTE
        return start, start + self.draw.randint(1, longest) * MINUTE

    def _call(self, person: Someone, method: str, path: str, body: Any) -> None:
        response = self.wire.send(method, path, body, token=person.token)
        assert response.ok, response.body

    # Asking --------------------------------------------------------------------------

    def question(self) -> dict[str, Any]:
        """A question about some of the people."""
        draw = self.draw
        groups = []
        for _ in range(draw.choice([1, 1, 2])):
            chosen = draw.sample(self.people, draw.randint(1, len(self.people)))
            members = [self._member(each) for each in chosen]
            required = draw.choice(["all", draw.randint(1, len(members))])
            groups.append({"members": members, "required": required})
        asked: dict[str, Any] = {
            "participants": groups,
            "required_duration": {"minutes": draw.choice([5, 10, 20, 30, 45])},
        }
        if draw.random() < 0.2:
            starts = [self._stretch(1)[0] for _ in range(draw.randint(1, 8))]
            asked["query_slots"] = [{"start": at(each)} for each in starts]
        else:
            asked["query_periods"] = [self._period(120) for _ in range(draw.choice([1, 1, 2]))]
            asked["response_format"] = draw.choice(["periods", "slots", "overlapping_slots"])
        if draw.random() < 0.5:
            asked["start_interval"] = {"minutes": draw.choice([5, 10, 15, 20, 30, 60])}
        if draw.random() < 0.4:
            asked["buffer"] = self._buffer()
        if draw.random() < 0.2:
            asked["max_results"] = draw.randint(1, 4)
        known = [event.key for person in self.people for event in person.events]
        if known and draw.random() < 0.3:
            asked["excluded_events"] = draw.sample(known, 1)
        return asked

    def _member(self, person: Someone) -> dict[str, Any]:
        draw = self.draw
        member: dict[str, Any] = {"sub": person.sub}
        if draw.random() < 0.3:
            ids = draw.sample(person.calendars, draw.randint(0, len(person.calendars)))
            member["calendar_ids"] = ids
        if draw.random() < 0.2:
            member["available_periods"] = [self._period(90) for _ in range(draw.randint(1, 2))]
        if draw.random() < 0.4:
            member["managed_availability"] = True
            if draw.random() < 0.3:
                member["availability_rule_ids"] = draw.choice([[], ["rule 0"], ["rule 1", "none"]])
        for flag in ("only_managed_events", "ignore_tentative"):
            if draw.random() < 0.2:
                member[flag] = True
        if draw.random() < 0.2:
            member["buffer"] = self._buffer()
        if draw.random() < 0.2:
            limit: dict[str, Any] = {"period": draw.choice(["day", "week"])}
            limit |= {"limit": draw.randint(1, 2), "tzid": self.zone}
            if draw.random() < 0.5:
                limit["tags"] = {"private": [{"value": "a"}]}
            member["availability_constraints"] = [limit]
        return member

    def _period(self, longest: int) -> dict[str, str]:
        start, end = self._stretch(longest)
        return {"start": at(start), "end": at(end)}

    def _buffer(self) -> dict[str, Any]:
        before, after = (self.draw.randint(0, 12) for _ in range(2))
        plain = {"before": {"minutes": before}, "after": {"minutes": after}}
        return self.draw.choice([plain, {"before": {"minimum": plain["before"]}}])

    # Expecting -----------------------------------------------------------------------

    def expected(self, asked: dict[str, Any]) -> list[tuple[int, int, tuple[str, ...]]]:
        """What a look at every minute finds."""
        slots = asked.get("query_slots")
        interval = asked.get("start_interval")
        return answers(
            Query(
                groups=[
                    Group(
                        members=[self._seat(each, asked) for each in group["members"]],
                        required=None if group["required"] == "all" else group["required"],
                    )
                    for group in asked["participants"]
                ],
                duration=asked["required_duration"]["minutes"] * MINUTE,
                windows=None if slots else spans(asked["query_periods"]),
                starts=[seconds(each["start"]) for each in slots] if slots else None,
                interval=interval and interval["minutes"] * MINUTE,
                format=asked.get("response_format", "periods"),
                max_results=asked.get("max_results"),
            )
        )

    def _seat(self, member: dict[str, Any], asked: dict[str, Any]) -> Member:
        person = next(each for each in self.people if each.sub == member["sub"])
        excluded = asked.get("excluded_events", [])
        buffer = member.get("buffer", asked.get("buffer", {}))
        minutes = range(self.origin - 120 * MINUTE, self.origin + 360 * MINUTE, MINUTE)
        counted = self._calendars(person, member)
        busy = [
            (event.start, event.end)
            for event in person.events
            if event.calendar_id in counted
            and not (event.free or event.gone or event.key in excluded)
            and not (event.tentative and member.get("ignore_tentative"))
            and not (not event.mine and member.get("only_managed_events"))
        ]
        allowed = [
            (minute, minute + MINUTE)
            for minute in minutes
            if self._is_theirs(person, member, minute)
            and not any(
                self._is_full(person, limit, minute, excluded)
                for limit in member.get("availability_constraints", ())
            )
        ]
        return Member(
            sub=person.sub,
            busy=busy,
            before=least(buffer.get("before")),
            after=least(buffer.get("after")),
            windows=allowed,
        )

    def _rules(self, person: Someone, member: dict[str, Any]) -> list[dict[str, Any]]:
        chosen = member.get("availability_rule_ids")
        return [each for key, each in person.rules.items() if chosen is None or key in chosen]

    def _calendars(self, person: Someone, member: dict[str, Any]) -> set[str]:
        ids = member.get("calendar_ids")
        rules = self._rules(person, member) if member.get("managed_availability") else []
        if ids is None and rules and all("calendar_ids" in each for each in rules):
            ids = [calendar for each in rules for calendar in each["calendar_ids"]]
        return set(person.calendars if ids is None else ids) - person.deleted

    def _is_theirs(self, person: Someone, member: dict[str, Any], minute: int) -> bool:
        own = member.get("available_periods")
        if own is not None and not any(s <= minute < e for s, e in spans(own)):
            return False
        if not member.get("managed_availability") or not (person.rules or person.periods):
            return True
        local = datetime.fromtimestamp(minute, ZoneInfo(self.zone))
        clock = f"{local:%H:%M}"
        hours = [
            (each["start_time"], each["end_time"])
            for rule in self._rules(person, member)
            for each in rule["weekly_periods"]
            if each["day"] == DAYS[local.weekday()]
        ]
        return any(start <= minute < end for start, end in person.periods) or any(
            str(start) <= clock < str(end) for start, end in hours
        )

    def _is_full(
        self, person: Someone, limit: dict[str, Any], minute: int, excluded: list[Any]
    ) -> bool:
        first = datetime.fromtimestamp(minute, ZoneInfo(self.zone)).date()
        length = 1
        if limit["period"] == "week":
            first, length = first - timedelta(days=first.weekday()), 7
        start = midnight(first, self.zone)
        end = midnight(first + timedelta(days=length), self.zone)
        wanted = {each["value"] for each in limit.get("tags", {}).get("private", ())}
        held = [
            event
            for event in person.events
            if event.mine
            and not event.gone
            and event.key not in excluded
            and wanted <= event.tags
            and event.start < end
            and event.end > start
        ]
        return len(held) >= int(limit["limit"])


def at(moment: int) -> str:
    """A moment, as the API writes it."""
    return f"{datetime.fromtimestamp(moment, UTC):%Y-%m-%dT%H:%M:%SZ}"


def seconds(text: str) -> int:
    """A moment, from how the API writes it."""
    return int(datetime.fromisoformat(text).timestamp())


def spans(periods: list[dict[str, str]]) -> Intervals:
    """Periods in seconds."""
    return [(seconds(each["start"]), seconds(each["end"])) for each in periods]


def midnight(day: date, zone: str) -> int:
    """When a day begins in a zone."""
    return int(datetime.combine(day, time(), ZoneInfo(zone)).timestamp())


def least(buffer: dict[str, Any] | None) -> int:
    """The least that a buffer asks for."""
    if buffer is None:
        return 0
    return int(buffer.get("minimum", buffer)["minutes"]) * MINUTE
