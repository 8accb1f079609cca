"""Faults on demand: which calls they strike, how often, and what they refuse to be."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs
import pytest

from cronofy_async.core.errors import InvalidArgumentError, TransportError
from cronofy_async.core.wire import Request, Response
from cronofy_transports.sandbox import Clock, Fault, Sandbox, mischief
from cronofy_transports.sandbox.mischief import ACTIONS

from .wire import NOW, Person, Wire, errors

ROOT = Path(__file__).parents[2]
CALENDARS = "/v1/calendars"
BUSY = mischief.Status(status=503)


def statuses(wire: Wire, person: Person, count: int) -> list[int]:
    """The answers to so many readings of calendars."""
    return [wire.send("GET", CALENDARS, token=person.token).status for _ in range(count)]


def struck(wire: Wire) -> list[tuple[int, int]]:
    """How many calls each fault has seen and struck."""
    return [(each.seen, each.struck) for each in wire.sandbox.faults]


# Which calls --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "hits"),
    [
        ({}, {"list", "read", "write", "other"}),
        ({"operation": "ListCalendars"}, {"list", "other"}),
        ({"operation": "UpsertEvent"}, {"write"}),
        ({"path": "/v1/events"}, {"read"}),
        ({"path": "/v1/cal"}, {"list", "write", "other"}),
        ({"method": "POST"}, {"write"}),
        ({"account": "{sub}"}, {"list", "read", "write"}),
        ({"account": "{sub}", "method": "GET", "path": "/v1/c"}, {"list"}),
        ({"account": "acc_nobody"}, set()),
    ],
    ids=lambda each: "-".join(sorted(each)) or "nothing",
)
def test_a_fault_strikes_what_all_its_conditions_fit(
    wire: Wire, person: Person, rule: dict[str, str], hits: set[str]
) -> None:
    """Operation, beginning of the path, method and account narrow it down together."""
    other = wire.person()
    given: Any = {name: value.format(sub=person.sub) for name, value in rule.items()}
    wire.sandbox.faults.add(Fault(action=BUSY, **given))
    answers = {
        "list": wire.send("GET", CALENDARS, token=person.token),
        "read": wire.send("GET", "/v1/events?tzid=Etc%2FUTC", token=person.token),
        "write": wire.write(person),
        "other": wire.send("GET", CALENDARS, token=other.token),
    }
    assert hits == {name for name, answer in answers.items() if answer.status == 503}


def test_the_account_is_that_of_the_token_that_is_refreshed(wire: Wire, person: Person) -> None:
    """One account's refresh fails, and the others' goes on."""
    other = wire.person()
    invalid = mischief.Status(status=400, error="invalid_grant")
    wire.sandbox.faults.add(Fault(action=invalid, operation="RefreshToken", account=person.sub))

    def refresh(token: str) -> Response:
        asked = {**wire.client, "grant_type": "refresh_token", "refresh_token": token}
        return wire.send("POST", "/oauth/token", asked)

    refused = refresh(person.refresh_token)
    assert (400, {"error": "invalid_grant"}) == (refused.status, refused.json())
    assert 200 == refresh(other.refresh_token).status
    wire.sandbox.faults.clear()
    assert 200 == refresh(person.refresh_token).status


def test_commands_are_never_struck(wire: Wire) -> None:
    """Whoever set a fault can take it away again."""
    wire.sandbox.faults.add(Fault(action=BUSY))
    wire.command("clear_faults")
    assert [] == list(wire.sandbox.faults)


def test_pages_are_struck_too(wire: Wire) -> None:
    """An outage is one of everything, but a fault with an operation is about the API."""
    wire.sandbox.faults.add(Fault(action=BUSY, operation="ListCalendars"))
    assert 200 == wire.send("GET", "/").status
    wire.sandbox.faults.add(Fault(action=BUSY))
    assert 503 == wire.send("GET", "/").status


# How often ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ({}, "xxxxxxxx"),
        ({"after": 2}, "..xxxxxx"),
        ({"times": 3}, "xxx....."),
        ({"after": 3, "times": 1}, "...x...."),
        ({"every": 3}, "..x..x.."),
        ({"every": 2, "after": 1, "times": 2}, "..x.x..."),
    ],
    ids=str,
)
def test_calls_are_counted(wire: Wire, person: Person, counts: Any, expected: str) -> None:
    """Some pass first, each n-th of the rest is struck, and no more than so many."""
    wire.sandbox.faults.add(Fault(action=BUSY, **counts))
    got = "".join("x" if each == 503 else "." for each in statuses(wire, person, 8))
    assert expected == got
    assert expected.count("x") == struck(wire)[0][1]
    # One that is spent costs later calls nothing.
    assert ("times" not in counts) == wire.sandbox.faults.armed


def test_chance_is_the_same_with_the_same_seed() -> None:
    """A share of the calls is struck, which ones depends on the seed alone."""

    def run(seed: int) -> str:
        sandbox = Sandbox(seed, clock=Clock(lambda: NOW))
        token = sandbox.accounts()[0]["access_token"]
        sandbox.faults.add(Fault(action=BUSY, probability=0.3))
        request = Request("GET", CALENDARS, {"authorization": f"Bearer {token}"})
        return "".join("x" if sandbox.handle(request).status == 503 else "." for _ in range(400))

    first = run(1)
    assert first == run(1)
    assert first != run(2)
    assert 80 < first.count("x") < 160


def test_faults_do_not_change_ids() -> None:
    """The chance of faults is a source of its own."""

    def run(*, faulty: bool) -> str:
        sandbox = Sandbox(3, clock=Clock(lambda: NOW))
        if faulty:
            sandbox.faults.add(Fault(action=mischief.Delay(seconds=1), probability=0.5))
        sandbox.handle(Request("GET", CALENDARS))
        return sandbox.world.ids.token()

    assert run(faulty=False) == run(faulty=True)


def test_a_call_is_struck_once(wire: Wire, person: Person) -> None:
    """The fault that was added first and strikes decides; later ones do not see the call."""
    wire.sandbox.faults.add(Fault(action=mischief.Status(status=502), times=1))
    wire.sandbox.faults.add(Fault(action=mischief.Status(status=504)))
    assert [502, 504, 504] == statuses(wire, person, 3)
    assert [(1, 1), (2, 2)] == struck(wire)


def test_a_fault_can_be_taken_away(wire: Wire, person: Person) -> None:
    """By its id, which is never used again."""
    first = wire.sandbox.faults.add(Fault(action=BUSY))
    wire.sandbox.faults.remove(first)
    assert [200] == statuses(wire, person, 1)
    assert first != wire.sandbox.faults.add(Fault(action=BUSY))
    with pytest.raises(InvalidArgumentError, match="there is no fault 'flt_1'; there are: flt_2"):
        wire.sandbox.faults.remove(first)


def test_a_reset_ends_faults(wire: Wire) -> None:
    """The world begins again in peace."""
    wire.sandbox.faults.add(Fault(action=BUSY))
    wire.sandbox.reset()
    assert (0, False) == (len(wire.sandbox.faults), wire.sandbox.faults.armed)


def test_a_fault_that_finds_nothing_to_do_has_not_struck(wire: Wire, person: Person) -> None:
    """Leading astray from the only page is impossible: the answer is the true one."""
    wire.sandbox.faults.add(Fault(action=mischief.NextPage(form="self"), times=1))
    wire.events(person)
    assert [(1, 0)] == struck(wire)
    assert (None, True) == (
        list(wire.sandbox.journal)[-1].fault,
        wire.sandbox.faults.armed,
    )


# As commands --------------------------------------------------------------------------


def test_faults_are_commands_too(wire: Wire, person: Person) -> None:
    """The parameters of a fault and of its action stand side by side, and come back so."""
    given = {"action": "status", "status": 429, "retry_after": 7, "times": 1, "method": "GET"}
    fault_id = wire.command("add_fault", **given)
    answer = wire.send("GET", CALENDARS, token=person.token)
    assert (429, "7", b"") == (answer.status, answer.header("retry-after"), answer.body)
    (told,) = wire.command("faults")
    expected = {"fault_id": fault_id, "seen": 1, "struck": 1, **given}
    assert expected == {name: told[name] for name in expected}
    wire.command("remove_fault", fault_id=fault_id)
    assert [] == wire.command("faults")


def test_what_is_told_of_a_fault_makes_it_again(wire: Wire) -> None:
    """No parameter of an action has the name of one of the fault."""
    for name, kind in ACTIONS.items():
        fields = {"action", *attrs.fields_dict(kind)}
        others = {*attrs.fields_dict(Fault), "fault_id", "seen", "struck"} - {"action"}
        assert (name, set()) == (name, fields & others)


def test_the_docs_list_every_action() -> None:
    """With all of its parameters."""
    page = (ROOT / "docs" / "sandbox.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| (`.*?`) \|", page, re.MULTILINE)
    listed = {name: set(re.findall(r"`(\w+)`", parameters)) for name, parameters in rows}
    assert {name: set(attrs.fields_dict(kind)) for name, kind in ACTIONS.items()} == {
        name: parameters for name, parameters in listed.items() if name in ACTIONS
    }


BAD: list[tuple[dict[str, Any], str, str]] = [
    ({"action": "statsu"}, "action", "did you mean status"),
    ({"action": "x"}, "action", "there are: status, redirect"),
    ({"action": "status"}, "status", "must be specified"),
    ({"action": "status", "status": 200}, "status", "400 to 599"),
    ({"action": "status", "status": "503"}, "status", "400 to 599"),
    ({"action": "status", "status": 503, "statsu": 1}, "statsu", "it takes"),
    ({"action": "status", "status": 429, "retry_after": "a\r\nb"}, "retry_after", "ASCII"),
    ({"action": "status", "status": 429, "retry_after": 1, "retry_at": 1}, "retry_at", "one of"),
    ({"action": "status", "status": 503, "body": "xml"}, "body", "service, html, none"),
    ({"action": "redirect", "status": 300}, "status", "301"),
    ({"action": "delay", "seconds": -1}, "seconds", "from 0 on"),
    ({"action": "drip", "interval": 0}, "interval", "above 0"),
    ({"action": "drop", "when": "later"}, "when", "before, after"),
    ({"action": "truncate", "share": 1}, "share", "below 1"),
    ({"action": "gzip", "form": "bomb", "size": 2**40}, "size", "number from"),
    ({"action": "total", "more": 0}, "more", "give 1"),
    ({"action": "drop", "operation": "read_event"}, "operation", "did you mean ReadEvents"),
    ({"action": "drop", "operation": "zzz"}, "operation", "such as ReadEvents"),
    ({"action": "drop", "path": "v1"}, "path", "slash"),
    ({"action": "drop", "method": "get"}, "method", "GET, POST"),
    ({"action": "drop", "account": ""}, "account", "leave it out"),
    ({"action": "drop", "after": -1}, "after", "0 or more"),
    ({"action": "drop", "times": 0}, "times", "1 or more"),
    ({"action": "drop", "every": 0}, "every", "1 or more"),
    ({"action": "drop", "probability": 0}, "probability", "above 0"),
    ({"action": "drop", "notification": "change"}, "notification", "leave it out"),
    ({"action": "drop_notifications", "method": "GET"}, "method", "leave it out"),
]


@pytest.mark.parametrize(("given", "field", "remedy"), BAD, ids=lambda each: str(each)[:60])
def test_a_bad_fault_is_refused(
    wire: Wire, given: Mapping[str, Any], field: str, remedy: str
) -> None:
    """In Python and over HTTP alike, with the parameter and what to do about it."""
    with pytest.raises(InvalidArgumentError) as caught:
        wire.sandbox.control.add_fault(**given)
    assert field == caught.value.field
    assert remedy in str(caught.value)
    complaints = errors(wire.send("POST", "/_sandbox/add_fault", given))
    assert [field] == list(complaints)
    assert remedy in complaints[field][0]["description"]
    assert 0 == len(wire.sandbox.faults)


def test_only_actions_are_actions() -> None:
    """A name is for the command; the value is checked at once."""
    with pytest.raises(InvalidArgumentError, match="give an action"):
        Fault(action="status")  # type: ignore[arg-type]  # what is tested


# In batches ---------------------------------------------------------------------------


def batch(wire: Wire, person: Person) -> list[int]:
    """The statuses of two writes and a deletion in one batch."""
    path = f"/v1/calendars/{person.calendar_id}/events"
    times = {"start": "2030-01-02T10:00:00Z", "end": "2030-01-02T11:00:00Z"}
    entries: list[dict[str, Any]] = [
        {
            "method": "POST",
            "relative_url": path,
            "data": {"event_id": event_id, "summary": "Talk", "description": "", **times},
        }
        for event_id in ("e1", "e2")
    ]
    entries.append({"method": "DELETE", "relative_url": path, "data": {"event_id": "e9"}})
    answer = wire.send("POST", "/v1/batch", {"batch": entries}, token=person.token)
    assert 207 == answer.status
    return [each["status"] for each in answer.json()["batch"]]


def test_an_entry_of_a_batch_is_struck_by_its_operation(wire: Wire, person: Person) -> None:
    """It gets the status, and the others are carried out."""
    wire.sandbox.faults.add(Fault(action=BUSY, operation="UpsertEvent", after=1, times=1))
    assert [202, 503, 202] == batch(wire, person)
    assert ["e1"] == [each["event_id"] for each in wire.events(person, include_managed=True)]
    assert ["status"] == [e.fault for e in wire.sandbox.journal if e.operation == "Batch"]


def test_an_entry_may_be_carried_out_all_the_same(wire: Wire, person: Person) -> None:
    """With when=after its status is a lie."""
    action = mischief.Status(status=500, when="after")
    wire.sandbox.faults.add(Fault(action=action, operation="UpsertEvent", times=1))
    assert [500, 202, 202] == batch(wire, person)
    assert 2 == len(wire.events(person, include_managed=True))


@pytest.mark.parametrize(
    "fault",
    [
        Fault(action=BUSY, path="/v1/calendars"),
        Fault(action=mischief.Drop(), operation="UpsertEvent"),
        Fault(action=mischief.Status(status=502, body="html"), operation="UpsertEvent"),
        Fault(action=BUSY, operation="UpsertEvent", account="acc_other"),
    ],
    ids=["no operation", "of the connection", "no JSON", "another account"],
)
def test_entries_are_not_struck_otherwise(wire: Wire, person: Person, fault: Fault) -> None:
    """Faults of the wire have nothing to get hold of in an entry."""
    wire.sandbox.faults.add(fault)
    assert [202, 202, 202] == batch(wire, person)


def test_a_batch_as_a_whole_is_a_call(wire: Wire, person: Person) -> None:
    """It can be lost like any other after it was carried out."""
    wire.sandbox.faults.add(Fault(action=mischief.Drop(when="after"), operation="Batch"))
    with pytest.raises(TransportError):
        batch(wire, person)
    assert 2 == len(wire.events(person, include_managed=True))
