"""Faults of answers: pages that lead astray, and JSON that nobody expects."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from cronofy_async import AsyncCronofy, RetryPolicy
from cronofy_async.core.errors import CronofyError, PageExpiredError
from cronofy_transports.sandbox import Choices, Fault, mischief

from .wire import ORIGIN, Person, Wire

EVENTS = "/v1/events"
PAGES = "/v1/events/pages/"


@pytest.fixture
def wire() -> Wire:
    """An empty sandbox with small pages."""
    return Wire(Choices(page_size=3))


@pytest.fixture
def person(wire: Wire) -> Person:
    """Somebody with ten events, on four pages."""
    made = wire.person()
    for day in range(2, 12):
        text = f"2030-01-{day:02}"
        wire.external(made, f"{text}T10:00:00Z", f"{text}T11:00:00Z", summary=text)
    return made


def read(wire: Wire, person: Person, path: str = EVENTS) -> Any:
    """One page."""
    return wire.get(path, person, **({"tzid": "Etc/UTC"} if path == EVENTS else {}))


def days(page: Any) -> list[int]:
    """What is on a page."""
    return [int(each["summary"][-2:]) for each in page["events"]]


def walk(wire: Wire, person: Person, most: int = 9) -> list[Any]:
    """The pages in the order in which they lead from one to the next."""
    pages = [read(wire, person)]
    while "next_page" in pages[-1]["pages"] and len(pages) < most:
        pages.append(read(wire, person, pages[-1]["pages"]["next_page"]))
    return pages


def fault(wire: Wire, action: Any, **rule: Any) -> None:
    """Have something go wrong."""
    wire.sandbox.faults.add(Fault(action=action, **rule))


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("doubled", [[2, 2, 3, 4], [5, 6, 7], [8, 9, 10], [11]]),
        ("repeated", [[2, 3, 4], [4, 5, 6, 7], [8, 9, 10], [11]]),
        ("reversed", [[4, 3, 2], [5, 6, 7], [8, 9, 10], [11]]),
    ],
)
def test_entries_where_they_do_not_belong(
    wire: Wire, person: Person, form: Any, expected: list[list[int]]
) -> None:
    """Twice on one page, on two pages, or the other way round; none is ever missing."""
    fault(wire, mischief.Entries(form=form), times=1)
    assert expected == [days(page) for page in walk(wire, person)]


def test_an_entry_that_comes_again_is_as_it_is_now(wire: Wire, person: Person) -> None:
    """What was changed between two pages is told of anew."""
    fault(wire, mischief.Entries(form="repeated"), operation="ReadEventsPage")
    first = read(wire, person)
    moved = first["events"][2]
    wire.command(
        "move_event",
        event_uid=moved["event_uid"],
        start="2030-01-20T10:00:00Z",
        end="2030-01-20T11:00:00Z",
    )
    again = read(wire, person, first["pages"]["next_page"])["events"][0]
    assert moved["event_uid"] == again["event_uid"]
    assert ("2030-01-04T10:00:00Z", "2030-01-20T10:00:00Z") == (moved["start"], again["start"])


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        (mischief.NextPage(form="host"), "http://elsewhere.example/v1/events/pages/{token}"),
        (mischief.NextPage(form="host", host="a.b:81"), "http://a.b:81/v1/events/pages/{token}"),
        (mischief.NextPage(form="scheme"), "https://sandbox.localhost/v1/events/pages/{token}"),
        (mischief.NextPage(form="port"), "http://sandbox.localhost:444/v1/events/pages/{token}"),
        (mischief.NextPage(form="self"), "http://sandbox.localhost/v1/events?tzid=Etc%2FUTC"),
        (mischief.NextPage(form="none"), None),
    ],
    ids=lambda each: getattr(each, "form", ""),
)
def test_the_next_page_is_elsewhere(
    wire: Wire, person: Person, action: Any, expected: str | None
) -> None:
    """On another host, port or scheme, at itself, or nowhere."""
    fault(wire, action)
    page = read(wire, person)
    (token,) = wire.sandbox.world.shelf._rolls
    assert (None if expected is None else expected.format(token=token)) == page["pages"].get(
        "next_page"
    )


def test_pages_in_a_circle(wire: Wire, person: Person) -> None:
    """The third leads back to the second, for ever."""
    fault(wire, mischief.NextPage(form="cycle"))
    pages = walk(wire, person, 7)
    assert [1, 2, 3, 2, 3, 2, 3] == [page["pages"]["current"] for page in pages]
    assert {4} == {page["pages"]["total"] for page in pages}


def test_a_last_page_that_leads_on(wire: Wire, person: Person) -> None:
    """To itself, though it says that it is the last."""
    fault(wire, mischief.NextPage(form="beyond"))
    pages = walk(wire, person, 5)
    assert [1, 2, 3, 4, 4] == [page["pages"]["current"] for page in pages]
    assert pages[3] == pages[4]


@pytest.mark.parametrize(("more", "total"), [(1, 5), (-1, 3), (-9, 1)])
def test_the_count_of_pages_lies(wire: Wire, person: Person, more: int, total: int) -> None:
    """There are four."""
    fault(wire, mischief.Total(more=more))
    assert total == read(wire, person)["pages"]["total"]


@pytest.mark.parametrize("operation", ["ListCalendars", "GetUserinfo", "UpsertEvent"])
def test_what_has_no_pages_is_left_alone(wire: Wire, person: Person, operation: str) -> None:
    """Such a call does not even count."""
    fault(wire, mischief.Entries(), operation=operation)
    wire.get("/v1/calendars", person)
    wire.get("/v1/userinfo", person)
    wire.write(person)
    assert [0] == [each.seen for each in wire.sandbox.faults]


CLIENT: list[tuple[Any, dict[str, Any], str]] = [
    (mischief.NextPage(form="host"), {}, "UnsafeURLError"),
    (mischief.NextPage(form="scheme"), {}, "UnsafeURLError"),
    (mischief.NextPage(form="port"), {}, "UnsafeURLError"),
    (mischief.NextPage(form="self"), {}, "PaginationError"),
    (mischief.NextPage(form="cycle"), {}, "PaginationError"),
    (mischief.NextPage(form="beyond"), {}, "10 events"),
    (mischief.Total(more=1), {}, "10 events"),
    (mischief.Entries(form="repeated"), {}, "10 events"),
    (mischief.Status(status=404), {"path": PAGES}, PageExpiredError.__name__),
    (mischief.Status(status=410), {"path": PAGES, "after": 1}, PageExpiredError.__name__),
    (mischief.Unexpected(form="fields"), {}, "10 events"),
    (mischief.Unexpected(form="values"), {}, "10 events"),
    (mischief.Unexpected(form="nulls"), {}, "10 events"),
    (mischief.Unexpected(form="missing"), {}, "10 events"),
]


@pytest.mark.asyncio
@pytest.mark.parametrize(("action", "rule", "outcome"), CLIENT, ids=lambda each: str(each)[:60])
async def test_what_our_client_makes_of_it(
    wire: Wire, person: Person, action: Any, rule: dict[str, Any], outcome: str
) -> None:
    """It never leaves the origin or runs in circles, and reads what it does not know."""
    fault(wire, action, **rule)
    client = AsyncCronofy(
        wire.sandbox.client_id,
        wire.secret,
        api_url=ORIGIN,
        transport=wire.sandbox.transport(),
        retry=RetryPolicy(attempts=1),
    )
    async with client as cronofy:
        account = cronofy.account(access_token=person.token)
        try:
            got = f"{len([each async for each in account.read_events(tzid='Etc/UTC')])} events"
        except CronofyError as error:
            got = type(error).__name__
    assert outcome == got
    assert {"GET"} == {each.method for each in wire.sandbox.journal}


# What nobody expects ------------------------------------------------------------------


def one(wire: Wire, person: Person) -> Any:
    """The first event."""
    return read(wire, person)["events"][0]


def test_new_fields(wire: Wire, person: Person) -> None:
    """Every object has one more, and keeps its own."""
    true = one(wire, person)
    fault(wire, mischief.Unexpected(form="fields"))
    got = one(wire, person)
    assert {"a": [1, None]} == got.pop("added_by_the_sandbox")
    assert true.keys() == got.keys()
    assert "added_by_the_sandbox" in read(wire, person)["pages"]


def test_new_values(wire: Wire, person: Person) -> None:
    """Words out of a set are new ones; free text, times and ids stay."""
    true = one(wire, person)
    fault(wire, mischief.Unexpected(form="values"))
    got = one(wire, person)
    changed = {name for name in true if true[name] != got[name]}
    assert {"status", "participation_status", "transparency"} <= changed
    assert {"added_by_the_sandbox"} == {got[name] for name in changed if isinstance(got[name], str)}
    assert not changed & {"summary", "start", "end", "event_uid", "calendar_id", "updated"}


def test_lists_that_are_null(wire: Wire, person: Person) -> None:
    """Those of the entries; the list of entries itself is there."""
    true = one(wire, person)
    fault(wire, mischief.Unexpected(form="nulls"))
    got = one(wire, person)
    lists = {name for name, value in true.items() if isinstance(value, list)}
    assert {"attendees"} <= lists
    assert lists == {name for name in got if got[name] is None and true[name] is not None}


def test_fields_that_are_missing(wire: Wire, person: Person) -> None:
    """Those that our models do not insist on."""
    true = one(wire, person)
    fault(wire, mischief.Unexpected(form="missing"))
    got = one(wire, person)
    assert {"calendar_id", "event_uid"} <= got.keys() < true.keys()
    assert all(true[name] == got[name] for name in got)


def test_answers_that_are_no_success_are_left_alone(wire: Wire, person: Person) -> None:
    """A 404 has nothing in it that could be unexpected."""
    fault(wire, mischief.Unexpected(form="fields"))
    assert 404 == wire.send("GET", PAGES + "0" * 16, token=person.token).status
    assert [(1, 0)] == [(each.seen, each.struck) for each in wire.sandbox.faults]


def test_a_changed_answer_is_still_json(wire: Wire, person: Person) -> None:
    """Two readers agree on what it says."""
    fault(wire, mischief.Unexpected(form="fields"))
    query = f"{EVENTS}?tzid=Etc%2FUTC"
    body = wire.send("GET", query, token=person.token).body
    assert json.loads(body) == msgspec.json.decode(body)
