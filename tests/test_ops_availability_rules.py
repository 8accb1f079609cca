"""What the calls about availability rules take, send, refuse and read."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cronofy_async.core import codec
from cronofy_async.core.errors import DecodeError, InvalidArgumentError, RequestParseError
from cronofy_async.core.wire import Request, Response
from cronofy_async.models import AvailabilityRule, WeeklyPeriod
from cronofy_async.operations import (
    DeleteAvailabilityRule,
    GetAvailabilityRule,
    ListAvailabilityRules,
    UpsertAvailabilityRule,
    parse,
)

MONDAY = WeeklyPeriod("monday", "09:30", "17:30")
SMALLEST: dict[str, Any] = {
    "availability_rule_id": "default",
    "tzid": "America/Chicago",
    "weekly_periods": MONDAY,
}
BODY: dict[str, Any] = {
    "availability_rule_id": "default",
    "tzid": "America/Chicago",
    "weekly_periods": [{"day": "monday", "start_time": "09:30", "end_time": "17:30"}],
}


def upsert(**given: Any) -> UpsertAvailabilityRule:
    """The smallest rule, with some parameters of its own."""
    return UpsertAvailabilityRule(**{**SMALLEST, **given})


def post(body: dict[str, Any]) -> Request:
    """The request with a body."""
    return Request("POST", "/v1/availability_rules", {}, json.dumps(body).encode())


def answered(body: Any, status: int = 200) -> Response:
    """An answer with a body."""
    return Response(status, {}, json.dumps(body).encode())


def test_the_smallest_rule_sends_only_what_was_given() -> None:
    """One period needs no list; calendar_ids is left out, so it is removed from the rule."""
    assert json.loads(upsert().to_request().body) == BODY


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"calendar_ids": "cal_1"},
        {"calendar_ids": ["cal_1", "cal_2"]},
        {"weekly_periods": []},
        {"weekly_periods": [WeeklyPeriod("sunday", "00:00", "24:00"), MONDAY, MONDAY]},
        {"availability_rule_id": "~" * 64},
    ],
)
def test_a_rule_is_read_back(given: dict[str, Any]) -> None:
    """Strict parsing is the inverse of sending, within all bounds."""
    operation = upsert(**given)

    assert operation == parse(operation.to_request())


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"availability_rule_id": ""}, "availability_rule_id", "is empty"),
        ({"availability_rule_id": None}, "availability_rule_id", "not text"),
        ({"availability_rule_id": "x" * 65}, "availability_rule_id", "use at most 64"),
        ({"availability_rule_id": "règle"}, "availability_rule_id", "use ASCII only"),
        ({"tzid": "Chicago"}, "tzid", "give an IANA name"),
        ({"calendar_ids": []}, "calendar_ids", "give one entry or more"),
        ({"calendar_ids": ["cal_1", ""]}, "calendar_ids[1]", "is empty"),
        ({"weekly_periods": "monday"}, "weekly_periods", "str is no list"),
        ({"weekly_periods": [BODY]}, "weekly_periods[0]", "make it with WeeklyPeriod(...)"),
    ],
)
def test_a_wrong_parameter_is_refused(given: dict[str, Any], field: str, words: str) -> None:
    """The error names the parameter and says what to do."""
    with pytest.raises(InvalidArgumentError) as caught:
        upsert(**given)

    assert field == caught.value.field
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("period", "field", "words"),
    [
        (("Monday", "09:30", "17:30"), "day", "use one of sunday, monday"),
        (("monday", "9:30", "17:30"), "start_time", "write it as '09:30'"),
        (("monday", "09:30:00", "17:30"), "start_time", "write it as"),
        (("monday", "24:00", "24:00"), "start_time", "write it as"),
        (("monday", "٠٩:٣٠", "17:30"), "start_time", "write it as"),
        (("monday", "09:30", "17:60"), "end_time", "write it as"),
        (("monday", "09:30", "24:01"), "end_time", "write it as"),
        (("monday", "09:30", "17:30\n"), "end_time", "write it as"),
        (("monday", "09:30", None), "end_time", "write it as"),
        (("monday", "09:30", "09:30"), "end_time", "is not after start_time"),
        (("monday", "22:00", "06:00"), "end_time", "two periods around midnight"),
    ],
)
def test_a_wrong_period_is_refused_by_its_place(period: Any, field: str, words: str) -> None:
    """Hours are HH:MM of one day, and the error says which of the periods is wrong."""
    with pytest.raises(InvalidArgumentError) as caught:
        upsert(weekly_periods=[MONDAY, WeeklyPeriod(*period)])

    assert f"weekly_periods[1].{field}" == caught.value.field
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("given", "path"),
    [
        (
            {"weekly_periods": [{"day": "Monday", "start_time": "09:00", "end_time": "17:00"}]},
            "weekly_periods[0].day",
        ),
        (
            {"weekly_periods": [{"day": "monday", "start_time": "10:00", "end_time": "09:00"}]},
            "weekly_periods[0].end_time",
        ),
        (
            {"weekly_periods": [{"day": "monday", "end_time": "09:00"}]},
            "weekly_periods[0].start_time",
        ),
        ({"weekly_periods": None}, "weekly_periods"),
        ({"calendar_ids": []}, "calendar_ids"),
        ({"calendar_ids": None}, "calendar_ids"),
        ({"priority": 1}, "priority"),
    ],
)
def test_a_wrong_request_is_refused_by_path(given: dict[str, Any], path: str) -> None:
    """Each complaint stands under the path of its field."""
    with pytest.raises(RequestParseError) as caught:
        parse(post({**BODY, **given}))

    assert [path] == list(caught.value.errors)


@pytest.mark.parametrize("cls", [GetAvailabilityRule, DeleteAvailabilityRule])
def test_an_id_is_quoted_in_the_path(cls: Any) -> None:
    """No id leads to another endpoint."""
    operation = cls(availability_rule_id="../a b?c=/ü")

    assert "/v1/availability_rules/..%2Fa%20b%3Fc%3D%2F%C3%BC" == operation.to_request().path
    assert operation == parse(operation.to_request())


def test_an_id_repeated_in_the_body_is_passed_over() -> None:
    """One official client deletes a rule with its id in the path and in the body."""
    request = Request(
        "DELETE", "/v1/availability_rules/default", {}, b'{"availability_rule_id": "default"}'
    )

    assert DeleteAvailabilityRule(availability_rule_id="default") == parse(request)


def test_a_rule_comes_without_its_envelope() -> None:
    """An upsert and a read answer the rule itself; calendar_ids is absent if it is not set."""
    expected = AvailabilityRule(
        availability_rule_id="default", tzid="America/Chicago", weekly_periods=(MONDAY,)
    )
    response = answered({"availability_rule": {**BODY, "x_new": 1}})

    assert expected == upsert().from_response(response)
    assert expected == GetAvailabilityRule(availability_rule_id="default").from_response(response)


def test_rules_come_as_a_list() -> None:
    """A list answers all rules, or none."""
    listed = ListAvailabilityRules().from_response(answered({"availability_rules": [BODY, BODY]}))

    assert [(MONDAY,), (MONDAY,)] == [rule.weekly_periods for rule in listed]
    assert [] == ListAvailabilityRules().from_response(answered({"availability_rules": []}))


def test_a_rule_that_was_read_can_be_written() -> None:
    """The periods of an answer are those that an upsert takes."""
    rule = GetAvailabilityRule(availability_rule_id="default").from_response(
        answered({"availability_rule": BODY})
    )
    assert rule.weekly_periods is not None

    operation = upsert(
        weekly_periods=[*rule.weekly_periods, WeeklyPeriod("friday", "09:00", "12:00")]
    )

    assert MONDAY == operation.weekly_periods[0]


def test_odd_hours_in_an_answer_are_kept() -> None:
    """What we refuse to send is still read: the service decides what it stores."""
    odd = {"day": "monday", "start_time": "22:00", "end_time": "6:00"}
    rule = {**BODY, "weekly_periods": [odd]}
    fast = codec.decoder(AvailabilityRule)
    assert fast is not None

    expected = (WeeklyPeriod("monday", "22:00", "6:00"),)
    assert expected == fast.decode(json.dumps(rule)).weekly_periods
    assert expected == codec.structure(rule, AvailabilityRule).weekly_periods


def test_a_deletion_answers_nothing() -> None:
    """The service accepts with an empty body."""
    operation = DeleteAvailabilityRule(availability_rule_id="default")

    assert operation.from_response(Response(202, {}, b"")) is None


def test_an_answer_without_envelope_is_an_error() -> None:
    """A rule that is not where it should be is not guessed at."""
    with pytest.raises(DecodeError, match="availability_rule"):
        upsert().from_response(answered(BODY))
