"""What the calls about several meetings in a row take, send, refuse and read."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cronofy_async.core.errors import DecodeError, InvalidArgumentError, RequestParseError
from cronofy_async.core.wire import Request, Response
from cronofy_async.models import (
    AvailableParticipant,
    AvailableSequence,
    Buffer,
    BufferRange,
    Duration,
    Group,
    Member,
    Period,
    RealTimeSequencing,
    SchedulingEvent,
    SchedulingOAuth,
    SequencedAvailabilityQuery,
    SequencedTime,
    SequenceItem,
    TargetCalendar,
)
from cronofy_async.operations import (
    CreateRealTimeSequencing,
    DisableRealTimeSequencing,
    GetRealTimeSequencing,
    QuerySequencedAvailability,
    parse,
)

NINE = datetime(2030, 1, 7, 9, tzinfo=UTC)
ONE = datetime(2030, 1, 7, 13, tzinfo=UTC)
PERIODS = [(NINE, ONE)]
ITEM = SequenceItem(sequence_id="a", participants="acc_a", required_duration=60)
ITEM_BODY: dict[str, Any] = {
    "sequence_id": "a",
    "participants": [{"members": [{"sub": "acc_a"}], "required": "all"}],
    "required_duration": {"minutes": 60},
}
PERIODS_BODY = [{"start": "2030-01-07T09:00:00Z", "end": "2030-01-07T13:00:00Z"}]
BODY = {"sequence": [ITEM_BODY], "query_periods": PERIODS_BODY}
URL = "https://app.cronofy.com/rts/EXAMPLE"


def item(**given: Any) -> SequenceItem:
    """The smallest meeting, with some parameters of its own."""
    smallest: dict[str, Any] = {
        "sequence_id": "a",
        "participants": "acc_a",
        "required_duration": 60,
    }
    return SequenceItem(**{**smallest, **given})


def post(path: str, body: Any) -> Request:
    """A request of somebody else's."""
    return Request("POST", path, body=json.dumps(body).encode())


def answered(body: Any) -> Response:
    """An answer of the service."""
    return Response(200, (), json.dumps(body).encode())


# Sequenced availability ---------------------------------------------------------------


def test_the_smallest_question_says_no_more_than_it_must() -> None:
    """One meeting needs no list, and no option is sent that was not given."""
    operation = QuerySequencedAvailability(sequence=ITEM, query_periods=PERIODS)

    assert BODY == json.loads(operation.to_request().body)
    assert operation == parse(operation.to_request())


def test_a_meeting_takes_the_shorthands_of_a_query() -> None:
    """Subs, minutes and one length of buffer stand for their values."""
    made = item(
        participants=["acc_a", Member(sub="acc_b")],
        required_duration=timedelta(hours=1),
        start_interval=30,
        buffer=Buffer(before=BufferRange(minimum=15, maximum=60), after=5),
        query_periods=Period(NINE, ONE),
        ordinal=2,
    )

    assert (Group(members=["acc_a", "acc_b"]),) == made.participants
    assert Duration(60) == made.required_duration
    assert Duration(30) == made.start_interval
    assert (Period(NINE, ONE),) == made.query_periods
    assert {
        "before": {"minimum": {"minutes": 15}, "maximum": {"minutes": 60}},
        "after": {"minutes": 5},
    } == json.loads(QuerySequencedAvailability(sequence=made).to_request().body)["sequence"][0][
        "buffer"
    ]


def test_each_meeting_may_have_its_own_periods() -> None:
    """Where every meeting says when, nothing needs to be said for all of them."""
    operation = QuerySequencedAvailability(sequence=[item(query_periods=PERIODS)])

    assert operation.query_periods is None
    assert operation == parse(operation.to_request())


def test_older_clients_send_other_names_and_forms() -> None:
    """The old name of periods, an empty list of them and numbers for names are read."""
    body = {
        "available_periods": PERIODS_BODY,
        "sequence": [{**ITEM_BODY, "sequence_id": 1234, "available_periods": [], "buffer": {}}],
    }

    operation = parse(post("/v1/sequenced_availability", body))

    assert (
        QuerySequencedAvailability(
            sequence=item(sequence_id=1234, query_periods=[], buffer=Buffer()),
            query_periods=PERIODS,
        )
        == operation
    )


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"sequence": []}, "sequence", "give one meeting or more"),
        ({"sequence": "a"}, "sequence", "give a list"),
        ({"sequence": [ITEM_BODY]}, "sequence[0]", "make it with SequenceItem(...)"),
        ({"sequence": [ITEM, ITEM]}, "sequence[1].sequence_id", "give each its own"),
        ({"query_periods": None}, "query_periods", "for all meetings or for each"),
        ({"query_periods": []}, "query_periods", "is missing, also in sequence[0]"),
        ({"query_periods": [NINE]}, "query_periods[0]", "give a Period, or (start, end)"),
        (
            {"sequence": [item(query_periods=PERIODS), item(sequence_id="b")], "query_periods": ()},
            "query_periods",
            "also in sequence[1]",
        ),
    ],
)
def test_a_wrong_question_is_refused(given: dict[str, Any], field: str, words: str) -> None:
    """The error names the parameter and says what to do; links refuse the same."""
    parameters: dict[str, Any] = {"sequence": ITEM, "query_periods": PERIODS, **given}
    for make in (QuerySequencedAvailability, SequencedAvailabilityQuery):
        with pytest.raises(InvalidArgumentError) as caught:
            make(**parameters)

        assert field == caught.value.field
        assert words in str(caught.value)


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"sequence_id": ""}, "sequence_id", "is empty or no name"),
        ({"sequence_id": True}, "sequence_id", "is empty or no name"),
        ({"participants": []}, "participants", "give one group or more"),
        ({"required_duration": 0}, "required_duration", "give one minute or more"),
        ({"start_interval": 7}, "start_interval", "use one of 5, 10, 15, 20, 30, 60"),
        ({"buffer": -1}, "buffer", "is negative"),
        ({"event": {"event_id": "e"}}, "event", "make it with SchedulingEvent(...)"),
    ],
)
def test_a_wrong_meeting_is_refused(given: dict[str, Any], field: str, words: str) -> None:
    """A meeting keeps the bounds of a query of its own."""
    with pytest.raises(InvalidArgumentError) as caught:
        item(**given)

    assert field == caught.value.field
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"sequence": [{**ITEM_BODY, "required_duration": {}}]}, "sequence[0].required_duration"),
        ({"sequence": [{"participants": []}]}, "sequence[0].sequence_id"),
        ({"sequence": [ITEM_BODY, ITEM_BODY]}, "sequence[1].sequence_id"),
        ({"response_format": "slots"}, "response_format"),
    ],
)
def test_a_wrong_request_is_refused_by_path(given: dict[str, Any], path: str) -> None:
    """Each complaint stands under the path of its field, however deep."""
    with pytest.raises(RequestParseError) as caught:
        parse(post("/v1/sequenced_availability", {**BODY, **given}))

    assert path in caught.value.errors


def test_an_answer_is_a_list_of_ways() -> None:
    """Each way has a time for every meeting, under the name that was given."""
    operation = QuerySequencedAvailability(sequence=ITEM, query_periods=PERIODS)
    time = {
        "sequence_id": 1,
        "start": "2030-01-07T09:00:00Z",
        "end": "2030-01-07T13:00:00Z",
        "participants": [{"sub": "acc_a"}],
    }

    found = operation.from_response(answered({"sequences": [{"sequence": [time]}]}))

    assert [
        AvailableSequence(
            sequence=(
                SequencedTime(
                    sequence_id=1,
                    start=NINE,
                    end=ONE,
                    participants=(AvailableParticipant(sub="acc_a"),),
                ),
            )
        )
    ] == found
    assert ("acc_a",) == found[0].sequence[0].subs
    assert [] == operation.from_response(answered({"sequences": []}))


def test_an_answer_without_sequences_is_an_error() -> None:
    """Nothing else is taken for an answer that there is no way."""
    operation = QuerySequencedAvailability(sequence=ITEM, query_periods=PERIODS)

    with pytest.raises(DecodeError, match="sequences"):
        operation.from_response(answered({}))


# Real-time sequencing -----------------------------------------------------------------

QUERY = SequencedAvailabilityQuery(sequence=ITEM, query_periods=PERIODS)


def create(**given: Any) -> CreateRealTimeSequencing:
    """The smallest link, with some parameters of its own."""
    smallest: dict[str, Any] = {
        "oauth": "https://example.org/back",
        "event": SchedulingEvent(event_id="e1", summary="Interviews", tzid="Europe/London"),
        "availability": QUERY,
    }
    return CreateRealTimeSequencing(**{**smallest, **given})


def test_the_smallest_link_says_no_more_than_it_must() -> None:
    """No option is sent that was not given."""
    assert {
        "oauth": {"redirect_uri": "https://example.org/back"},
        "event": {"event_id": "e1", "summary": "Interviews", "tzid": "Europe/London"},
        "availability": BODY,
    } == json.loads(create().to_request().body)


def test_a_link_takes_the_question_of_an_operation() -> None:
    """What was asked with QuerySequencedAvailability can be offered by a link, unchanged."""
    asked = QuerySequencedAvailability(sequence=ITEM, query_periods=PERIODS)

    assert create() == create(availability=asked)


def test_the_shorthands_of_a_link_are_its_values() -> None:
    """One calendar needs no list, and an int is minutes."""
    target = TargetCalendar(sub="acc_a", calendar_id="cal_1")
    made = create(target_calendars=target, minimum_notice=90)

    assert SchedulingOAuth(redirect_uri="https://example.org/back") == made.oauth
    assert (target,) == made.target_calendars
    assert Duration(90) == made.minimum_notice


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"oauth": "example.org"}, "redirect_uri", "is no http or https URL"),
        ({"event": ITEM}, "event", "make it with SchedulingEvent(...)"),
        ({"availability": BODY}, "availability", "make it with SequencedAvailabilityQuery(...)"),
        (
            {
                "availability": QuerySequencedAvailability(
                    sequence=ITEM, query_periods=PERIODS, extra={"x_new": 1}
                )
            },
            "availability",
            "give them in the extra of this call",
        ),
        ({"target_calendars": ["cal_1"]}, "target_calendars[0]", "make it with TargetCalendar"),
        ({"callback_url": "ftp://example.org"}, "callback_url", "is no http or https URL"),
        ({"selection_mode": ""}, "selection_mode", "is empty"),
        ({"minimum_notice": -1}, "minimum_notice", "is negative"),
        ({"tzid": "Paris"}, "tzid", "is not a time zone"),
    ],
)
def test_a_wrong_link_is_refused(given: dict[str, Any], field: str, words: str) -> None:
    """The error names the parameter and says what to do."""
    with pytest.raises(InvalidArgumentError) as caught:
        create(**given)

    assert field == caught.value.field
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"real_time_sequencing_id": ""}, "real_time_sequencing_id", "is empty"),
        ({"display_message": ""}, "display_message", "is empty"),
        ({"display_message": "x" * 501}, "display_message", "use at most 500"),
    ],
)
def test_a_wrong_message_is_refused(given: dict[str, Any], field: str, words: str) -> None:
    """A link is closed with a message of 1 to 500 characters."""
    parameters: dict[str, Any] = {"real_time_sequencing_id": "seq_1", "display_message": "x" * 500}
    with pytest.raises(InvalidArgumentError) as caught:
        DisableRealTimeSequencing(**{**parameters, **given})

    assert field == caught.value.field
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            {"real_time_sequencing": {"real_time_sequencing_id": "seq_1", "url": URL}},
            RealTimeSequencing(real_time_sequencing_id="seq_1", url=URL),
        ),
        (
            {"url": URL, "real_time_sequencing": {"real_time_sequencing_id": "seq_1"}},
            RealTimeSequencing(real_time_sequencing_id="seq_1", url=URL),
        ),
        ({"url": URL}, RealTimeSequencing(url=URL)),
        ({"oauth_url": URL}, RealTimeSequencing(url=URL)),
    ],
)
def test_a_new_link_is_read_in_every_form(body: Any, expected: RealTimeSequencing) -> None:
    """Older answers hold nothing but the URL."""
    assert expected == create().from_response(answered(body))


@pytest.mark.parametrize("body", [{}, [], {"real_time_sequencing": {}}])
def test_an_answer_without_link_is_an_error(body: Any) -> None:
    """A link that cannot be opened is none."""
    with pytest.raises(DecodeError):
        create().from_response(answered(body))


def test_the_status_of_a_link_is_read() -> None:
    """Asking for a link and closing it give the same answer."""
    body = {"real_time_sequencing": {"real_time_sequencing_id": "seq_1", "status": "disabled"}}
    get = GetRealTimeSequencing(real_time_sequencing_id="seq_1")
    disable = DisableRealTimeSequencing(real_time_sequencing_id="seq_1", display_message="Gone.")

    assert "/v1/real_time_sequencing/seq_1" == get.to_request().url
    assert "/v1/real_time_sequencing/seq_1/disable" == disable.to_request().url
    assert get.from_response(answered(body)) == disable.from_response(answered(body))
    assert "disabled" == get.from_response(answered(body)).status
