"""Availability rules and available periods over the wire, and what they do to availability."""

from __future__ import annotations

from typing import Any

import pytest

from cronofy_async.core.wire import Response

from .asking import MONDAY, ask, at, busy, found, period
from .wire import Person, Wire, errors


def rule(wire: Wire, person: Person, rule_id: str = "default", **changes: Any) -> Response:
    """Store a rule: Mondays from 10 to 12 in London."""
    body = {
        "availability_rule_id": rule_id,
        "tzid": "Europe/London",
        "weekly_periods": [{"day": "monday", "start_time": "10:00", "end_time": "12:00"}],
        **changes,
    }
    return wire.send("POST", "/v1/availability_rules", body, token=person.token)


def available(wire: Wire, person: Person, period_id: str, **times: Any) -> Response:
    """Store an available period."""
    body = {"available_period_id": period_id, **times}
    return wire.send("POST", "/v1/available_periods", body, token=person.token)


def test_stored_rules_and_periods_apply_when_a_member_says_so(wire: Wire, person: Person) -> None:
    """Nothing stored means no limit; rules and periods are added up; ids choose among rules."""

    def free(**member: Any) -> list[str]:
        return found(ask(wire, {"sub": person.sub, "managed_availability": True, **member}))

    assert ["09:00-17:00"] == free()
    rule(wire, person)
    rule(
        wire,
        person,
        "late",
        weekly_periods=[{"day": "monday", "start_time": "16:00", "end_time": "24:00"}],
    )
    available(wire, person, "p", **period("13:00", "14:00"))
    assert ["10:00-12:00", "13:00-14:00", "16:00-17:00"] == free()
    assert ["13:00-14:00", "16:00-17:00"] == free(availability_rule_ids=["late"])
    assert ["13:00-14:00"] == free(availability_rule_ids=[])
    assert ["10:00-11:00"] == free(available_periods=[period("09:00", "11:00")])
    assert ["09:00-17:00"] == found(ask(wire, person))


def test_the_calendars_of_rules_count(wire: Wire, person: Person) -> None:
    """With managed availability events count in the rules' calendars, unless others are named."""
    profile = wire.sandbox.world.accounts[person.sub].profiles[0]
    second = wire.sandbox.world.add_calendar(profile, "Second")
    busy(wire, person, "10:00", "11:00")
    rule(wire, person, calendar_ids=[second.calendar_id])
    member = {"sub": person.sub, "managed_availability": True}
    assert ["10:00-12:00"] == found(ask(wire, member))
    assert ["11:00-12:00"] == found(ask(wire, {**member, "calendar_ids": [person.calendar_id]}))
    rule(wire, person, "other")
    assert ["11:00-12:00"] == found(ask(wire, member))


@pytest.mark.parametrize(
    ("day", "expected"),
    [("2030-03-25", ["10:00-12:00"]), ("2030-04-01", ["09:00-11:00"])],
)
def test_rules_keep_to_the_wall_clock(
    wire: Wire, person: Person, day: str, expected: list[str]
) -> None:
    """After the change of clocks on 31 March the same hours are an hour earlier in UTC."""
    rule(wire, person)
    member = {"sub": person.sub, "managed_availability": True}
    window = period("06:00", "18:00", day)
    assert expected == found(ask(wire, member, query_periods=[window]))


def test_rules_are_stored_listed_and_deleted(wire: Wire, person: Person) -> None:
    """A rule is replaced as a whole; calendar_ids is absent unless it was given."""
    stored = rule(wire, person, calendar_ids=[person.calendar_id])
    assert {
        "availability_rule": {
            "availability_rule_id": "default",
            "tzid": "Europe/London",
            "calendar_ids": [person.calendar_id],
            "weekly_periods": [{"day": "monday", "start_time": "10:00", "end_time": "12:00"}],
        }
    } == stored.json()
    again = rule(wire, person, weekly_periods=[]).json()["availability_rule"]
    assert (False, []) == ("calendar_ids" in again, again["weekly_periods"])
    assert {"availability_rules": [again]} == wire.get("/v1/availability_rules", person)
    path = "/v1/availability_rules/default"
    assert {"availability_rule": again} == wire.get(path, person)
    deleted = wire.send("DELETE", path, {"availability_rule_id": "default"}, token=person.token)
    assert (202, b"") == (deleted.status, deleted.body)
    assert 404 == wire.send("GET", path, token=person.token).status
    assert 404 == wire.send("DELETE", path, token=person.token).status
    assert {"availability_rules": []} == wire.get("/v1/availability_rules", person)


def test_rules_outlive_an_authorization(wire: Wire, person: Person) -> None:
    """They belong to the account, and are there again when it is authorized anew."""
    rule(wire, person)
    wire.command("revoke", sub=person.sub)
    tokens = wire.command("grant", sub=person.sub)
    back = Person(person.sub, tokens["access_token"], "", "", "")
    assert 1 == len(wire.get("/v1/availability_rules", back)["availability_rules"])


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"availability_rule_id": "x" * 65}, "availability_rule_id"),
        ({"tzid": "Mars"}, "tzid"),
        ({"calendar_ids": []}, "calendar_ids"),
        ({"calendar_ids": ["cal_x"]}, "calendar_ids"),
        (
            {"weekly_periods": [{"day": "Monday", "start_time": "10:00", "end_time": "12:00"}]},
            "weekly_periods[0].day",
        ),
        (
            {"weekly_periods": [{"day": "monday", "start_time": "12:00", "end_time": "10:00"}]},
            "weekly_periods[0].end_time",
        ),
        (
            {"weekly_periods": [{"day": "monday", "start_time": "9", "end_time": "10:00"}]},
            "weekly_periods[0].start_time",
        ),
    ],
)
def test_a_wrong_rule_is_refused(
    wire: Wire, person: Person, changes: dict[str, Any], field: str
) -> None:
    """The complaint is under the field's path."""
    assert [field] == list(errors(rule(wire, person, **changes)))


def test_available_periods_are_stored_read_and_deleted(wire: Wire, person: Person) -> None:
    """202 without a body for writes; reads filter by days, sort by start and show zones."""
    late = available(wire, person, "b", **period("12:00", "13:00"))
    assert (202, b"") == (late.status, late.body)
    available(
        wire,
        person,
        "a",
        start={"time": at("09:00"), "tzid": "Europe/Paris"},
        end=at("10:00"),
    )
    available(wire, person, "c", **period("12:00", "13:00", "2030-02-01"))
    path = "/v1/available_periods"
    first, second, third = wire.get(path, person)["available_periods"]
    assert {"available_period_id": "a", "start": at("09:00"), "end": at("10:00")} == first
    assert ["b", "c"] == [each["available_period_id"] for each in (second, third)]
    query = {"from_": MONDAY, "to": "2030-01-08", "tzid": "Etc/UTC", "localized_times": True}
    first, second = wire.get(path, person, **query)["available_periods"]
    assert {"time": "2030-01-07T10:00:00+01:00", "tzid": "Europe/Paris"} == first["start"]
    assert {"time": "2030-01-07T10:00:00+00:00", "tzid": "Etc/UTC"} == first["end"]
    deleted = wire.send("DELETE", path, {"available_period_id": "b"}, token=person.token)
    assert (202, b"") == (deleted.status, deleted.body)
    assert 202 == wire.send("DELETE", f"{path}/", {"delete_all": True}, token=person.token).status
    page = wire.get(path, person)
    assert ({"current": 1, "total": 1}, []) == (page["pages"], page["available_periods"])


def test_many_available_periods_come_in_pages(wire: Wire, person: Person) -> None:
    """Further pages lie below their own path."""
    for number in range(101):
        available(wire, person, str(number), **period("09:00", "10:00"))
    first = wire.get("/v1/available_periods", person)
    assert first["pages"]["next_page"].startswith(
        "http://sandbox.localhost/v1/available_periods/pages/"
    )
    assert 1 == len(wire.get(first["pages"]["next_page"], person)["available_periods"])


@pytest.mark.parametrize(
    ("method", "body", "field"),
    [
        ("POST", {"available_period_id": "x" * 65, **period("09:00", "10:00")}, None),
        ("POST", {"available_period_id": "x", **period("10:00", "09:00")}, "end"),
        ("POST", period("09:00", "10:00"), "available_period_id"),
        ("DELETE", {}, None),
        ("DELETE", {"delete_all": False}, "delete_all"),
        ("DELETE", {"delete_all": True, "available_period_id": "x"}, None),
    ],
)
def test_a_wrong_available_period_is_refused(
    wire: Wire, person: Person, method: str, body: Any, field: str | None
) -> None:
    """Ids, order, and exactly one of the two ways to delete."""
    response = wire.send(method, "/v1/available_periods", body, token=person.token)
    assert field in (None, *errors(response))


def test_days_need_a_zone(wire: Wire, person: Person) -> None:
    """from or to without tzid is refused."""
    path = f"/v1/available_periods?from={MONDAY}"
    assert ["tzid"] == list(errors(wire.send("GET", path, token=person.token)))
