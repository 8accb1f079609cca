"""What QueryAvailability takes, sends, refuses and reads."""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import pytest

from cronofy_async.core import codec
from cronofy_async.core.errors import DecodeError, InvalidArgumentError, RequestParseError
from cronofy_async.core.wire import Request, Response
from cronofy_async.models import (
    Availability,
    AvailabilityConstraint,
    AvailabilityQuery,
    Buffer,
    BufferRange,
    Duration,
    EventReference,
    EventTags,
    Group,
    Member,
    Period,
    Slot,
    SyncStatus,
    Tag,
)
from cronofy_async.operations import QueryAvailability, parse

NINE = datetime(2030, 1, 7, 9, tzinfo=UTC)
FIVE = datetime(2030, 1, 7, 17, tzinfo=UTC)
DAY = timedelta(days=1)
SMALLEST: dict[str, Any] = {
    "participants": "acc_a",
    "required_duration": 60,
    "query_periods": [(NINE, FIVE)],
}
BODY: dict[str, Any] = {
    "participants": [{"members": [{"sub": "acc_a"}], "required": "all"}],
    "required_duration": {"minutes": 60},
    "query_periods": [{"start": "2030-01-07T09:00:00Z", "end": "2030-01-07T17:00:00Z"}],
}
FULL = QueryAvailability(
    participants=[
        Group(
            members=[
                Member(
                    sub="acc_a",
                    calendar_ids=["cal_1"],
                    available_periods=[(NINE, FIVE)],
                    managed_availability=True,
                    availability_rule_ids=["default"],
                    only_managed_events=True,
                    ignore_tentative=True,
                    buffer=Buffer(before=5),
                    availability_constraints=[
                        AvailabilityConstraint(
                            period="week",
                            limit=3,
                            tzid="Europe/London",
                            tags=EventTags(private=["interview"]),
                        )
                    ],
                ),
                "res_1",
            ],
            required=1,
        ),
        Group(members="acc_b"),
    ],
    required_duration=45,
    query_periods=[(NINE, FIVE)],
    start_interval=15,
    buffer=Buffer(before=30, after=BufferRange(minimum=15, maximum=60)),
    response_format="overlapping_slots",
    max_results=512,
    include_member_statuses=True,
    excluded_events=[EventReference(event_id="mine"), EventReference(event_uid="evt_1")],
)


def query(**given: Any) -> QueryAvailability:
    """The smallest query, with some parameters of its own; `None` takes one out."""
    return QueryAvailability(**{**SMALLEST, **given})


def post(body: dict[str, Any]) -> Request:
    """The request with a body."""
    return Request("POST", "/v1/availability", {}, json.dumps(body).encode())


def sent(operation: QueryAvailability) -> Any:
    """The body that an operation sends."""
    return json.loads(operation.to_request().body)


# Sending ------------------------------------------------------------------------------


def test_the_smallest_query_sends_only_what_was_given() -> None:
    """Nothing is sent for parameters left out, except that everybody is required."""
    assert sent(query()) == BODY


def test_every_parameter_is_sent_under_its_own_name() -> None:
    """The body has each parameter of the reference, durations in minutes and times in UTC."""
    period = {"start": "2030-01-07T09:00:00Z", "end": "2030-01-07T17:00:00Z"}
    assert sent(FULL) == {
        "participants": [
            {
                "members": [
                    {
                        "sub": "acc_a",
                        "calendar_ids": ["cal_1"],
                        "available_periods": [period],
                        "managed_availability": True,
                        "availability_rule_ids": ["default"],
                        "only_managed_events": True,
                        "ignore_tentative": True,
                        "buffer": {"before": {"minutes": 5}},
                        "availability_constraints": [
                            {
                                "period": "week",
                                "limit": 3,
                                "tzid": "Europe/London",
                                "tags": {"private": [{"value": "interview"}]},
                            }
                        ],
                    },
                    {"sub": "res_1"},
                ],
                "required": 1,
            },
            {"members": [{"sub": "acc_b"}], "required": "all"},
        ],
        "required_duration": {"minutes": 45},
        "query_periods": [period],
        "start_interval": {"minutes": 15},
        "buffer": {
            "before": {"minutes": 30},
            "after": {"minimum": {"minutes": 15}, "maximum": {"minutes": 60}},
        },
        "response_format": "overlapping_slots",
        "max_results": 512,
        "include_member_statuses": True,
        "excluded_events": [{"event_id": "mine"}, {"event_uid": "evt_1"}],
    }


def test_empty_lists_of_a_member_are_sent() -> None:
    """No calendar and no rule is not the same as nothing said about them."""
    member = Member(sub="acc_a", calendar_ids=[], availability_rule_ids=())

    body = sent(query(participants=member))

    assert body["participants"][0]["members"] == [
        {"sub": "acc_a", "calendar_ids": [], "availability_rule_ids": []}
    ]


@pytest.mark.parametrize("operation", [query(), FULL], ids=["smallest", "full"])
def test_a_query_is_read_back(operation: QueryAvailability) -> None:
    """Strict parsing is the inverse of sending."""
    assert operation == parse(operation.to_request())


@pytest.mark.parametrize("operation", [query(), FULL], ids=["smallest", "full"])
def test_converters_leave_what_is_converted_already(operation: QueryAvailability) -> None:
    """A query made from the parameters of another one equals it."""
    names = [field.name for field in attrs.fields(QueryAvailability)]

    assert operation == QueryAvailability(**{name: getattr(operation, name) for name in names})


def test_arguments_are_not_changed() -> None:
    """Lists that were given stay as they are, and are not held on to."""
    given: dict[str, Any] = {
        "participants": [Group(members=["acc_a", "acc_b"], required=1)],
        "query_slots": [NINE, Slot(FIVE)],
        "query_periods": None,
        "excluded_events": [EventReference(event_id="mine")],
    }
    before = deepcopy(given)
    operation = query(**given)
    assert given == before

    body = sent(operation)
    given["participants"].clear()
    given["query_slots"].clear()
    assert sent(operation) == body


# Shorthands ---------------------------------------------------------------------------

A, B = Member(sub="acc_a"), Member(sub="acc_b")
BOTH = (Group(members=(A, B)),)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("acc_a", (Group(members=(A,)),)),
        (A, (Group(members=(A,)),)),
        (["acc_a", "acc_b"], BOTH),
        (("acc_a", B), BOTH),
        ((sub for sub in ("acc_a", "acc_b")), BOTH),
        (Group(members="acc_a", required=1), (Group(members=(A,), required=1),)),
        (Group(members=["acc_a", B]), BOTH),
        ([Group(members=[A]), Group(members=[B])], (Group(members=(A,)), Group(members=(B,)))),
    ],
)
def test_participants_need_no_more_than_subs(given: Any, expected: tuple[Group, ...]) -> None:
    """Subs and members alone are one group of which all are required."""
    assert expected == query(participants=given).participants


@pytest.mark.parametrize("given", [90, timedelta(minutes=90), Duration(90)])
def test_a_duration_is_minutes(given: Any) -> None:
    """An int, a timedelta and a Duration mean the same."""
    assert Duration(90) == query(required_duration=given).required_duration


@pytest.mark.parametrize(
    "given", [Period(NINE, FIVE), [Period(NINE, FIVE)], [(NINE, FIVE)], ([NINE, FIVE],)]
)
def test_a_period_is_a_start_and_an_end(given: Any) -> None:
    """One period needs no list, and a pair of times no Period."""
    assert (Period(NINE, FIVE),) == query(query_periods=given).query_periods
    assert (Period(NINE, FIVE),) == Member(sub="acc_a", available_periods=given).available_periods


@pytest.mark.parametrize("given", [NINE, Slot(NINE), [NINE], (Slot(NINE),)])
def test_a_slot_is_a_start(given: Any) -> None:
    """One slot needs no list, and a time no Slot."""
    assert (Slot(NINE),) == query(query_periods=None, query_slots=given).query_slots


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (15, Buffer(before=Duration(15), after=Duration(15))),
        (timedelta(minutes=15), Buffer(before=Duration(15), after=Duration(15))),
        (Buffer(before=0, after=timedelta(hours=1)), Buffer(before=0, after=60)),
        (Buffer(after=BufferRange(maximum=9)), Buffer(after=BufferRange(maximum=Duration(9)))),
        (None, None),
    ],
)
def test_a_buffer_is_one_length_or_two(given: Any, expected: Buffer | None) -> None:
    """One length stands for before and after; a query's and a member's are alike."""
    assert expected == query(buffer=given).buffer
    assert expected == Member(sub="acc_a", buffer=given).buffer


def test_times_of_any_zone_are_kept_in_utc() -> None:
    """Periods compare by moment, also on the night when the clock shows an hour twice."""
    new_york = ZoneInfo("America/New_York")
    before = datetime(2030, 11, 3, 1, 30, tzinfo=new_york)
    after = datetime(2030, 11, 3, 1, 15, fold=1, tzinfo=new_york)

    period = Period(before, after)

    assert timedelta(minutes=45) == period.end - period.start
    assert UTC is period.start.tzinfo


def test_a_tag_is_text() -> None:
    """The labels of a constraint need no Tag."""
    assert (Tag("interview"),) == EventTags(private="interview").private


# Refusals -----------------------------------------------------------------------------

LIST = "is an empty list; give one"
NAIVE = datetime(2030, 1, 7, 9)  # noqa: DTZ001  # what is tested


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"participants": []}, "participants", LIST),
        ({"participants": Group}, "participants", "is no list"),
        ({"participants": {"members": ["acc_a"]}}, "participants", "dict is no list"),
        ({"participants": ["acc_a", Group(members="acc_b")]}, "participants", "mixes groups"),
        ({"participants": [{"sub": "a"}]}, "participants[0].members[0]", "give a sub or a Member"),
        ({"participants": ["acc_a", ""]}, "participants[0].members[1].sub", "is empty"),
        ({"participants": ""}, "participants[0].members[0].sub", "is empty"),
        ({"required_duration": 0}, "required_duration", "give one minute or more"),
        ({"required_duration": -5}, "required_duration", "is negative"),
        ({"required_duration": 1.5}, "required_duration", "float is no duration"),
        ({"required_duration": True}, "required_duration", "bool is no duration"),
        (
            {"required_duration": timedelta(seconds=90)},
            "required_duration",
            "not a whole number of minutes",
        ),
        ({"query_periods": None}, "query_periods", "is missing; give exactly one"),
        ({"query_slots": [NINE]}, "query_periods", "does not go with query_slots"),
        ({"query_periods": []}, "query_periods", LIST),
        ({"query_periods": None, "query_slots": []}, "query_slots", LIST),
        ({"query_periods": (NINE, FIVE)}, "query_periods[0]", "datetime is no period"),
        ({"query_periods": "always"}, "query_periods", "str is no list"),
        ({"query_periods": [(NINE, NINE)]}, "query_periods[0].end", "is not after start"),
        (
            {"query_periods": [(NINE, FIVE), (FIVE, NINE)]},
            "query_periods[1].end",
            "is not after start",
        ),
        ({"query_periods": [(NAIVE, FIVE)]}, "query_periods[0].start", "is a naive datetime"),
        (
            {"query_periods": [(NINE, FIVE.replace(microsecond=1))]},
            "query_periods[0].end",
            "fraction of a second",
        ),
        ({"query_periods": [(NINE.date(), FIVE)]}, "query_periods[0].start", "is no moment"),
        (
            {"query_periods": [(NINE, FIVE), (NINE + 34 * DAY, NINE + 36 * DAY)]},
            "query_periods[1].end",
            "more than 35 days after the earliest start",
        ),
        (
            {"query_periods": None, "query_slots": [NINE, NAIVE]},
            "query_slots[1].start",
            "is a naive datetime",
        ),
        ({"start_interval": 25}, "start_interval", "use one of 5, 10, 15, 20, 30, 60"),
        ({"start_interval": 0}, "start_interval", "use one of 5, 10"),
        ({"buffer": -1}, "buffer", "is negative"),
        ({"response_format": "hours"}, "response_format", "use one of periods, slots"),
        ({"max_results": 0}, "max_results", "give a number from 1 to 512"),
        ({"max_results": 513}, "max_results", "give a number from 1 to 512"),
        ({"max_results": True}, "max_results", "give a number from 1 to 512"),
        ({"excluded_events": ["mine"]}, "excluded_events[0]", "make it with EventReference(...)"),
        ({"excluded_events": "mine"}, "excluded_events", "str is no list"),
    ],
)
def test_a_wrong_parameter_is_refused(given: dict[str, Any], field: str, words: str) -> None:
    """The error names the parameter by its path, and says what to do."""
    with pytest.raises(InvalidArgumentError) as caught:
        query(**given)

    assert field == caught.value.field
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("cls", "given", "field", "words"),
    [
        (Group, {"members": []}, "members", LIST),
        (Group, {"members": ["acc_a", 7]}, "members[1]", "int is no member"),
        (Group, {"members": "acc_a", "required": 0}, "required", "is 0 of 1 members"),
        (Group, {"members": "acc_a", "required": 2}, "required", "is 2 of 1 members"),
        (Group, {"members": "acc_a", "required": True}, "required", "give 'all' or an int"),
        (Group, {"members": "acc_a", "required": "some"}, "required", "give 'all' or an int"),
        (Member, {"sub": ""}, "sub", "is empty"),
        (Member, {"sub": "acc_a", "calendar_ids": ["c", ""]}, "calendar_ids[1]", "is empty"),
        (
            Member,
            {"sub": "acc_a", "availability_rule_ids": [1]},
            "availability_rule_ids[0]",
            "not text",
        ),
        (
            Member,
            {"sub": "acc_a", "available_periods": [(FIVE, NINE)]},
            "available_periods[0].end",
            "is not after start",
        ),
        (
            Member,
            {"sub": "acc_a", "availability_constraints": [{"period": "day"}]},
            "availability_constraints[0]",
            "dict is no AvailabilityConstraint",
        ),
        (AvailabilityConstraint, {"period": "year", "limit": 1}, "period", "use one of day, week"),
        (
            AvailabilityConstraint,
            {"period": "day", "limit": 1, "tzid": "London"},
            "tzid",
            "is not a time zone",
        ),
        (Buffer, {"before": -1}, "before", "is negative"),
        (Buffer, {"after": 0.5}, "after", "float is no duration"),
        (BufferRange, {"minimum": -1}, "minimum", "is negative"),
        (BufferRange, {"maximum": "1"}, "maximum", "str is no duration"),
    ],
)
def test_a_wrong_value_is_refused_where_it_is_made(
    cls: Any, given: dict[str, Any], field: str, words: str
) -> None:
    """Values check themselves, so the error arises at the line that is wrong."""
    with pytest.raises(InvalidArgumentError) as caught:
        cls(**given)

    assert field == caught.value.field
    assert words in str(caught.value)


def test_a_search_may_take_35_days_and_not_a_second_more() -> None:
    """The 35 days count from the earliest start and include their end."""
    last = NINE + 35 * DAY
    operation = query(query_periods=[(NINE + 3 * DAY, last), (NINE, FIVE)])
    assert operation.query_periods is not None
    assert last == operation.query_periods[0].end

    with pytest.raises(InvalidArgumentError, match="35 days"):
        query(query_periods=[(NINE, NINE + 35 * DAY + timedelta(seconds=1))])


def test_the_35_days_are_days_of_24_hours() -> None:
    """A change of clocks in between neither lengthens nor shortens what may be searched."""
    new_york = ZoneInfo("America/New_York")
    start = datetime(2030, 3, 1, tzinfo=new_york)
    longer = datetime(2030, 11, 1, tzinfo=new_york)

    # Clocks are put forward in spring, which leaves an hour, and back in autumn.
    query(query_periods=[(start, start + 35 * DAY)])
    with pytest.raises(InvalidArgumentError, match="35 days"):
        query(query_periods=[(longer, longer + 35 * DAY)])


# Requests of others -------------------------------------------------------------------


@pytest.mark.parametrize("strict", [True, False])
def test_the_old_name_of_query_periods_is_read(strict: bool) -> None:
    """Clients of before June 2020 say available_periods; it is sent on by its new name."""
    body = {
        ("available_periods" if name == "query_periods" else name): v for name, v in BODY.items()
    }

    operation = QueryAvailability.from_request(post(body), strict=strict)

    assert query() == operation
    assert sent(operation) == BODY


@pytest.mark.parametrize("strict", [True, False])
def test_of_both_names_the_new_one_counts(strict: bool) -> None:
    """A client that sends both, as one does, is taken by query_periods."""
    body = {**BODY, "available_periods": [{"start": "2031-01-01T00:00:00Z", "end": "x"}]}

    assert query() == QueryAvailability.from_request(post(body), strict=strict)


def test_a_group_without_required_requires_all() -> None:
    """One official client leaves the key out."""
    body = {**BODY, "participants": [{"members": [{"sub": "acc_a"}]}]}

    assert query() == parse(post(body))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"buffer": {}}, {"buffer": Buffer()}),
        ({"buffer": {"before": {"hours": 1}}}, {"buffer": Buffer(before=60)}),
        (
            {"buffer": {"before": {"minimum": {"minutes": 5}}}},
            {"buffer": Buffer(before=BufferRange(minimum=5))},
        ),
        ({"start_interval": None, "buffer": None, "max_results": None}, {}),
        ({"required_duration": {"hours": 1}}, {}),
        ({"query_periods": [{"start": "2030-01-07 09:00:00Z", "end": "2030-01-07 17:00:00Z"}]}, {}),
        (
            {
                "query_periods": [
                    {"start": "2030-01-07T09:00:00.000Z", "end": "2030-01-07T17:00:00.000Z"}
                ]
            },
            {},
        ),
    ],
)
def test_what_other_clients_send_is_read(given: dict[str, Any], expected: dict[str, Any]) -> None:
    """Empty buffers, nulls, hours, blanks in times and fractions of nothing are understood."""
    assert query(**expected) == parse(post({**BODY, **given}))


@pytest.mark.parametrize(
    ("given", "path", "words"),
    [
        (
            {"participants": [{"members": [{"sub": "a"}, {}]}]},
            "participants[0].members[1].sub",
            "must be specified",
        ),
        (
            {"participants": [{"members": [{"sub": ""}]}]},
            "participants[0].members[0].sub",
            "is empty",
        ),
        (
            {"participants": [{"members": [{"sub": "a", "colour": 1}]}]},
            "participants[0].members[0].colour",
            "not a known",
        ),
        (
            {"participants": [{"members": [{"sub": "a"}], "required": 2}]},
            "participants[0].required",
            "is 2 of 1",
        ),
        (
            {"participants": [{"members": [{"sub": "a"}], "required": "any"}]},
            "participants[0].required",
            "form",
        ),
        ({"participants": [{"members": []}]}, "participants[0].members", "is an empty list"),
        ({"participants": "acc_a"}, "participants", "must be a list"),
        ({"required_duration": {"minutes": 0}}, "required_duration", "one minute or more"),
        ({"required_duration": 60}, "required_duration", "must be an object"),
        (
            {"query_periods": [{"start": "2030-01-07T09:00:00Z", "end": "2030-01-07T08:00:00Z"}]},
            "query_periods[0].end",
            "is not after start",
        ),
        (
            {"query_periods": [{"start": "2030-01-07T09:00:00", "end": "2030-01-07T17:00:00Z"}]},
            "query_periods[0].start",
            "offset",
        ),
        (
            {
                "query_periods": [
                    {"start": "2030-01-07T09:00:00.500Z", "end": "2030-01-07T17:00:00Z"}
                ]
            },
            "query_periods[0].start",
            "fraction",
        ),
        ({"query_slots": [{"start": "2030-01-07T09:00:00Z"}]}, "query_periods", "exactly one"),
        ({"start_interval": {"minutes": 7}}, "start_interval", "use one of"),
        ({"response_format": "hours"}, "response_format", "must be one of"),
        ({"max_results": 513}, "max_results", "1 to 512"),
        ({"max_results": "10"}, "max_results", "must be an integer"),
        ({"include_member_statuses": "yes"}, "include_member_statuses", "must be a boolean"),
        ({"buffer": {"before": {"minutes": -1}}}, "buffer.before", "form"),
        ({"ignored_extended_transparency": []}, "ignored_extended_transparency", "not a known"),
    ],
)
def test_a_wrong_request_is_refused_by_path(given: dict[str, Any], path: str, words: str) -> None:
    """Each complaint stands under the path of its field, in the service's shape."""
    with pytest.raises(RequestParseError) as caught:
        parse(post({**BODY, **given}))

    assert [path] == list(caught.value.errors)
    assert words in caught.value.errors[path][0].description


def test_all_that_is_missing_is_said_at_once() -> None:
    """A request without anything learns of every required parameter."""
    with pytest.raises(RequestParseError) as caught:
        parse(post({}))

    assert {"participants", "required_duration"} == set(caught.value.errors)


def test_parameters_of_later_versions_are_passed_through() -> None:
    """What this version does not know is sent from extra, and kept by a tolerant reader."""
    operation = query(extra={"x_new": [1]})

    assert sent(operation) == {**BODY, "x_new": [1]}
    assert operation == QueryAvailability.from_request(operation.to_request(), strict=False)


# Answers ------------------------------------------------------------------------------

ENTRY = {
    "start": "2030-01-07T10:00:00+01:00",
    "end": "2030-01-07T17:00:00Z",
    "participants": [{"sub": "acc_a"}, {"sub": "acc_b", "x_new": 1}],
}


def read(body: Any) -> Availability:
    """The answer with a body."""
    return query().from_response(Response(200, {}, json.dumps(body).encode()))


@pytest.mark.parametrize("key", ["available_periods", "available_slots"])
def test_results_are_whichever_came(key: str) -> None:
    """Periods and slots have the same form: aware times in UTC, and who is free."""
    availability = read({key: [ENTRY]})

    (found,) = availability.results
    assert getattr(availability, key) == (found,)
    assert (NINE, FIVE) == (found.start, found.end)
    assert UTC is found.start.tzinfo
    assert ("acc_a", "acc_b") == found.subs


def test_the_fast_and_the_tolerant_reader_agree() -> None:
    """The same answer comes out whichever way it is read."""
    raw = {"available_slots": [ENTRY], "member_statuses": [{"sub": "a", "sync_status": "new"}]}
    fast = codec.decoder(Availability)
    assert fast is not None

    assert codec.structure(raw, Availability) == fast.decode(json.dumps(raw))


@pytest.mark.parametrize("key", ["available_periods", "available_slots"])
def test_no_result_is_no_error(key: str) -> None:
    """When nobody is free the list is there, and empty."""
    availability = read({key: []})

    assert () == availability.results
    assert () == getattr(availability, key)


def test_member_statuses_may_be_new_ones() -> None:
    """A status that this version does not know keeps its text."""
    listed = [{"sub": "a", "sync_status": "active"}, {"sub": "b", "sync_status": "asleep"}]

    statuses = read({"available_slots": [], "member_statuses": listed}).member_statuses

    assert statuses is not None
    assert [SyncStatus.ACTIVE, "asleep"] == [each.sync_status for each in statuses]


@pytest.mark.parametrize("body", [[], {}, {"available_slots": None}, {"available_slots": [{}]}])
def test_an_answer_that_is_none_is_an_error(body: Any) -> None:
    """What holds neither periods nor slots is not taken for an answer in which nobody is free."""
    with pytest.raises(DecodeError):
        read(body)


def test_a_query_is_a_value_too() -> None:
    """Its parameters can be held without the call, and compare and hash by what they are."""
    value = AvailabilityQuery(**SMALLEST)

    assert value == AvailabilityQuery(**SMALLEST)
    assert hash(value) == hash(AvailabilityQuery(**SMALLEST))
    assert value != query()
