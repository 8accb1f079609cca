"""Many calls in one request, each with its own outcome."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import attrs
import pytest

from cronofy_async.core.errors import (
    APIError,
    DecodeError,
    InvalidArgumentError,
    InvalidRequestError,
    NotFoundError,
    PaymentRequiredError,
    RequestParseError,
    ServerError,
)
from cronofy_async.core.operation import Credential, Operation, Retry
from cronofy_async.core.wire import Request, Response
from cronofy_async.models import BatchAnswerError, Outcome, Userinfo
from cronofy_async.operations import (
    Batch,
    DeleteEvent,
    DeleteExternalEvent,
    EditExternalEvent,
    ListCalendars,
    UpsertEvent,
    all_operations,
    parse,
)


def delete(number: int = 1) -> DeleteEvent:
    """A call that can be put into a batch."""
    return DeleteEvent(calendar_id="cal/1", event_id=f"e{number}")


UPSERT = UpsertEvent(
    calendar_id="c", event_id="e", summary="s", start=date(2030, 1, 7), end=date(2030, 1, 8)
)


@attrs.frozen(kw_only=True)
class Unkeyed(Operation[None]):
    """A call of a kind that no batch has today: one that must not be repeated."""

    method, path, source = "POST", "/v1/unkeyed", "/"
    credential, retry, batchable = Credential.ACCESS_TOKEN, Retry.CREATE, True


def answered(batch: Batch, entries: Any) -> tuple[Outcome[Any], ...]:
    """Read an answer with these entries."""
    return batch.from_response(Response(207, (), json.dumps({"batch": entries}).encode()))


# Packing ---------------------------------------------------------------------------------


def test_a_batch_packs_what_each_call_would_send() -> None:
    """Method, path and body of each, in order; the path is quoted as it would be alone."""
    request = Batch(operations=[delete(), UPSERT]).to_request()

    assert ("POST", "/v1/batch") == (request.method, request.url)
    assert {
        "batch": [
            {
                "method": "DELETE",
                "relative_url": "/v1/calendars/cal%2F1/events",
                "data": {"event_id": "e1"},
            },
            {
                "method": "POST",
                "relative_url": "/v1/calendars/c/events",
                "data": {
                    "event_id": "e",
                    "summary": "s",
                    "start": "2030-01-07",
                    "end": "2030-01-08",
                },
            },
        ]
    } == json.loads(request.body)


@pytest.mark.parametrize(
    ("operations", "field", "words"),
    [
        ([], "operations", "1 to 50"),
        ([delete()] * 51, "operations", "1 to 50"),
        ([delete(), ListCalendars()], "operations[1]", "by itself"),
        ([Batch(operations=[delete()])], "operations[0]", "by itself"),
        ([delete(), delete, delete()], "operations[1]", "by itself"),
    ],
)
def test_what_cannot_be_put_into_a_batch_is_refused(
    operations: list[Any], field: str, words: str
) -> None:
    """Too few, too many, or a call of another kind, named by its place."""
    with pytest.raises(InvalidArgumentError) as caught:
        Batch(operations=operations)

    assert field == caught.value.field
    assert words in caught.value.remedy


def test_fifty_calls_fit() -> None:
    """The bound is inclusive, and any iterable will do."""
    batch = Batch(operations=(delete(number) for number in range(50)))

    assert 50 == len(batch.operations)
    assert batch == parse(batch.to_request())


def test_the_calls_that_fit_are_those_of_the_reference() -> None:
    """Creating, changing and deleting events and available periods, and nothing else."""
    assert {
        "UpsertEvent",
        "EditExternalEvent",
        "DeleteEvent",
        "DeleteExternalEvent",
        "UpsertAvailablePeriod",
        "DeleteAvailablePeriod",
    } == {cls.__name__ for cls in all_operations() if cls.batchable}


def test_a_batch_is_repeated_only_if_each_call_may_be() -> None:
    """One call that makes something new each time keeps the whole batch from being sent again."""
    assert Retry.KEYED == Batch(operations=[delete(), UPSERT]).retry
    assert Retry.CREATE == Batch(operations=[delete(), Unkeyed(), UPSERT]).retry
    assert Retry.CREATE == Batch.retry


# Unpacking -------------------------------------------------------------------------------


def entries(*given: Any, **more: Any) -> Request:
    """A request with these entries."""
    return Request("POST", "/v1/batch", (), json.dumps({"batch": list(given), **more}).encode())


GOOD = {"method": "DELETE", "relative_url": "/v1/calendars/c/events", "data": {"event_id": "e"}}


@pytest.mark.parametrize(
    ("request_", "fields"),
    [
        (Request("POST", "/v1/batch"), [""]),
        (Request("POST", "/v1/batch", (), b"[]"), [""]),
        (Request("POST", "/v1/batch", (), b"[" * 100_000), [""]),
        (Request("POST", "/v1/batch", (), b"{}"), ["batch"]),
        (Request("POST", "/v1/batch", (), b'{"batch": {}}'), ["batch"]),
        (entries(), ["batch"]),
        (entries(*[GOOD] * 51), ["batch"]),
        (entries(GOOD, 7, {**GOOD, "method": None}), ["batch[1]", "batch[2].method"]),
        (entries({"method": "DELETE"}), ["batch[0].relative_url"]),
        (
            entries({**GOOD, "relative_url": "https://evil.test/v1/calendars"}),
            ["batch[0].relative_url"],
        ),
        (entries({**GOOD, "body": {}}), ["batch[0].body"]),
        (entries({**GOOD, "relative_url": "/v1/nothing"}), ["batch[0]"]),
        (entries({"method": "GET", "relative_url": "/v1/calendars"}), ["batch[0]"]),
        (entries(GOOD, {**GOOD, "data": None}), ["batch[1].event_id"]),
        (entries(GOOD, {**GOOD, "data": []}), ["batch[1]"]),
        (
            entries({**GOOD, "data": {"event_id": 1}}, {**GOOD, "method": "POST"}, new=1),
            ["batch[0].event_id", "batch[1].end", "batch[1].start", "batch[1].summary", "new"],
        ),
    ],
)
def test_a_malformed_batch_is_told_what_is_wrong(request_: Request, fields: list[str]) -> None:
    """All complaints at once, each with the place of its entry."""
    with pytest.raises(RequestParseError) as caught:
        parse(request_)
    assert fields == sorted(caught.value.errors)


def test_a_tolerant_reader_keeps_what_is_new() -> None:
    """In the batch itself and in its entries."""
    entry = {**GOOD, "data": {"event_id": "e", "new": 1}}
    batch = parse(entries(entry, newer=2), strict=False)

    assert isinstance(batch, Batch)
    assert {"newer": 2} == batch.extra
    assert {"new": 1} == batch.operations[0].extra


def test_the_entries_of_a_batch_are_requests_of_their_own() -> None:
    """Also those that no operation answers, so that a server can refuse them one by one."""
    other = {"method": "GET", "relative_url": "/v1/nothing"}

    assert (
        Request("DELETE", "/v1/calendars/c/events", (), b'{"event_id": "e"}'),
        Request("GET", "/v1/nothing"),
    ) == Batch.entries(entries(GOOD, other))


# Outcomes --------------------------------------------------------------------------------


def test_each_call_has_its_own_outcome() -> None:
    """Paired in order; a refusal is an error of the right kind with the call it is about."""
    asked = DeleteExternalEvent(calendar_id="c", event_uid="u", include_userinfo=True)
    calls = [delete(), UPSERT, asked, delete(4)]
    refused = {"errors": {"summary": [{"key": "errors.required", "description": "required"}]}}
    outcomes = answered(
        Batch(operations=calls),
        [
            {"status": 202},
            {"status": 422, "data": refused},
            {"status": 202, "data": {"userinfo": {"sub": "acc_1"}}},
            {"status": 404},
        ],
    )

    assert calls == [outcome.operation for outcome in outcomes]
    assert [202, 422, 202, 404] == [outcome.status for outcome in outcomes]
    assert [True, False, True, False] == [outcome.ok for outcome in outcomes]
    assert outcomes[0].result() is None
    assert Userinfo(sub="acc_1") == outcomes[2].result()
    with pytest.raises(InvalidRequestError) as caught:
        outcomes[1].result()
    assert UPSERT == caught.value.operation
    assert "required" == caught.value.errors["summary"][0].description
    with pytest.raises(NotFoundError):
        outcomes[3].result()


@pytest.mark.parametrize(
    ("status", "error"),
    [(200, None), (201, None), (204, None), (402, PaymentRequiredError), (502, ServerError)],
)
def test_success_has_one_rule(status: int, error: type[Exception] | None) -> None:
    """An entry succeeds with 2xx, as any call does; 402 and 502 are failures."""
    (outcome,) = answered(Batch(operations=[delete()]), [{"status": status}])

    assert (error is None) == outcome.ok
    if error is not None:
        assert isinstance(outcome.error, error)


def test_headers_of_an_entry_are_those_of_its_answer() -> None:
    """What the service says of one call is found in its error."""
    entry = {"status": 429, "headers": {"Retry-After": 7, "X-Request-Id": "r1"}}
    (outcome,) = answered(Batch(operations=[delete()]), [entry])

    assert isinstance(outcome.error, APIError)
    assert ("7", "r1") == (
        outcome.error.response.header("retry-after"),
        outcome.error.request_id,
    )


@pytest.mark.parametrize(
    "entry",
    [None, 7, [], {}, {"status": None}, {"status": "202"}, {"status": True}, {"status": 20.2}],
)
def test_an_entry_without_a_status_is_the_failure_of_one_call(entry: Any) -> None:
    """Its neighbours keep their outcomes."""
    outcomes = answered(Batch(operations=[delete(), delete(2)]), [entry, {"status": 202}])

    assert [False, True] == [outcome.ok for outcome in outcomes]
    assert outcomes[0].status is None
    with pytest.raises(DecodeError):
        outcomes[0].result()


def test_an_answer_that_cannot_be_read_is_the_failure_of_one_call() -> None:
    """What was promised is not there, while the status says success."""
    asked = DeleteExternalEvent(calendar_id="c", event_uid="u", include_userinfo=True)
    outcomes = answered(
        Batch(operations=[asked, delete()]),
        [{"status": 202, "data": {"userinfo": {"sub": None}}}, {"status": 202}],
    )

    assert [(202, False), (202, True)] == [(each.status, each.ok) for each in outcomes]


@pytest.mark.parametrize("count", [0, 1, 3])
def test_more_or_fewer_answers_than_calls_are_an_error_that_keeps_them(count: int) -> None:
    """Nothing that was carried out is forgotten, and nothing is passed off as certain."""
    batch = Batch(operations=[delete(), delete(2)])
    with pytest.raises(BatchAnswerError) as caught:
        answered(batch, [{"status": 202}] * count)

    known = min(count, 2)
    assert batch.operations[:known] == tuple(each.operation for each in caught.value.outcomes)
    assert [True] * known == [outcome.ok for outcome in caught.value.outcomes]
    assert isinstance(caught.value, DecodeError)
    assert f"2 calls were answered with {count}" in str(caught.value)


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b'{"batch": null}', b"<html>"])
def test_an_answer_without_a_list_is_an_error(body: bytes) -> None:
    """A 207 that says nothing is never taken for success."""
    with pytest.raises(DecodeError):
        Batch(operations=[delete()]).from_response(Response(207, (), body))


def test_a_refusal_of_the_whole_batch_is_raised() -> None:
    """None of the calls was carried out, so there are no outcomes."""
    batch = Batch(operations=[delete()])
    with pytest.raises(InvalidRequestError) as caught:
        batch.from_response(Response(422, (), b'{"errors": {"batch": []}}'))
    assert batch == caught.value.operation


def test_edits_of_external_events_come_back_as_such() -> None:
    """Calls that share method and path are told apart inside a batch too."""
    edit = EditExternalEvent(
        calendar_id="c", event_uid="u", summary="s", start=date(2030, 1, 7), end=date(2030, 1, 8)
    )
    batch = Batch(operations=[edit, UPSERT, delete()])

    assert batch == parse(batch.to_request())
