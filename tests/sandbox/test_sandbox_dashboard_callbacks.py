"""The dashboard's channels, journal and faults, and notifications by hand."""

from __future__ import annotations

import json
from typing import Any

import attrs
import pytest

from cronofy_async.models.notifications import NotificationType
from cronofy_transports.sandbox.mischief import ACTIONS

from .browsing import Surfer, flaws
from .test_sandbox_conversations import begun
from .wire import Person, Wire, errors

BELOW = "/_sandbox/dashboard/"
HOOK = "https://app.example/hook"


@pytest.fixture
def channel(wire: Wire, person: Person) -> str:
    """The id of a verified channel that hears of everything."""
    return open_channel(wire, person)


def open_channel(wire: Wire, person: Person, **details: Any) -> str:
    """Make a channel and answer its verification."""
    body = {"callback_url": HOOK, **details}
    made = wire.send("POST", "/v1/channels", body, token=person.token).json()["channel"]
    told(wire)
    return str(made["channel_id"])


def told(wire: Wire, *, ok: bool = True) -> list[dict[str, Any]]:
    """What is due to be told; each is answered."""
    outbox = wire.sandbox.world.outbox
    found = []
    for posting in outbox.due():
        outbox.delivered(posting.delivery_id, ok=ok)
        found.append(json.loads(posting.body))
    return found


# Channels -----------------------------------------------------------------------------


@pytest.mark.parametrize("type_", list(NotificationType))
def test_every_documented_notification_has_a_button(
    wire: Wire, person: Person, channel: str, surfer: Surfer, type_: str
) -> None:
    """The channel is told it, as it would be of the real thing; nothing else changes."""
    page = surfer.submit(surfer.open(f"{BELOW}channels"), f"{type_} to")
    assert "The notification is on its way." in page.text
    wire.command("advance", seconds=1)
    (body,) = told(wire)
    assert (type_, channel) == (body["notification"].pop("type"), body["channel"]["channel_id"])
    further = {"change": ["changes_since"]}.get(type_, [])
    if "conversation" in type_:
        further = ["scheduling_conversation_id"]
    assert further == list(body["notification"])
    assert 202 == wire.write(person).status


def test_deliveries_are_listed_with_their_attempts(
    wire: Wire, person: Person, channel: str, surfer: Surfer
) -> None:
    """What waits with its next try, and what came to an end with how it ended."""
    wire.command("notify", channel_id=channel, notification_type="gdpr_requested")
    told(wire, ok=False)
    page = surfer.open(f"{BELOW}channels")
    assert [] == flaws(page)
    waiting, ended = (page.root.all("table")[n].all("tbody")[0].text for n in (1, 2))
    assert f"gdpr_requested {HOOK} 1 2030-01-01 08:00:10 UTC" == waiting
    assert f"verification {HOOK} 1 delivered at 2030-01-01 08:00:00 UTC" == ended
    wire.command("advance", seconds=24 * 3600)
    told(wire, ok=False)
    page = surfer.open(f"{BELOW}channels")
    assert "gdpr_requested 2 given up at 2030-01-02 08:00:00 UTC" in page.text
    assert "State closed" in page.text


def test_a_channel_says_what_it_hears_of(wire: Wire, person: Person, surfer: Surfer) -> None:
    """Its filters in words, and whether it is open; one that is not has no buttons."""
    filters = {"calendar_ids": [person.calendar_id], "only_managed": True}
    made = open_channel(wire, person, filters=filters, scheduling_conversations={"enabled": True})
    page = surfer.open(f"{BELOW}channels")
    for words in ("Account Ada", "State open", "Calendars Work", "told of them"):
        assert words in page.text
    assert "only those that the application made" in page.text
    wire.command("revoke", sub=person.sub)
    page = surfer.open(f"{BELOW}channels")
    assert "its authorization was revoked" in page.text
    assert [] == page.forms()
    wire.send("DELETE", f"/v1/channels/{made}", token=person.token)
    assert errors(notify(wire, made)).keys() == {"channel_id"}


def notify(wire: Wire, channel: str, type_: str = "change") -> Any:
    """Send the bare command."""
    body = {"channel_id": channel, "notification_type": type_}
    return wire.send("POST", "/_sandbox/notify", body)


def test_only_what_is_documented_can_be_notified(wire: Wire, channel: str) -> None:
    """An unknown type is named as wrong, and an unknown channel is 404."""
    assert errors(notify(wire, channel, "party")).keys() == {"notification_type"}
    assert 404 == notify(wire, "chn_none").status
    assert [] == told(wire)


def test_a_conversation_of_the_account_is_told_of(wire: Wire, person: Person) -> None:
    """The latest one, if there is any."""
    channel = open_channel(wire, person)
    _, latest = begun(wire, person), begun(wire, person)
    told(wire)
    wire.command("notify", channel_id=channel, notification_type="scheduling_conversation_joined")
    (body,) = told(wire)
    told_of = body["notification"]["scheduling_conversation_id"]
    assert latest["scheduling_conversation_id"] == told_of


# The journal --------------------------------------------------------------------------


def numbers(surfer: Surfer, url: str) -> list[int]:
    """The numbers of the requests of a page."""
    page = surfer.open(url)
    assert [] == flaws(page)
    return [int(row.all("th")[0].text) for row in page.root.all("tbody")[0].all("tr")]


def test_the_journal_is_paged_from_the_latest_on(
    wire: Wire, person: Person, surfer: Surfer
) -> None:
    """Fifty to a page; what comes meanwhile does not shift the earlier ones."""
    for _ in range(120):
        wire.send("GET", "/v1/calendars", token=person.token)
    url = f"{BELOW}journal"
    assert list(range(120, 70, -1)) == numbers(surfer, url)
    earlier = surfer.open(url).link("Earlier")
    wire.send("GET", "/v1/calendars")
    assert list(range(70, 20, -1)) == numbers(surfer, earlier)
    last = surfer.open(earlier).link("Earlier")
    assert list(range(20, 0, -1)) == numbers(surfer, last)
    assert 121 == numbers(surfer, surfer.open(last).link("Latest"))[0]
    for odd in ("x", "²", "-5", "9" * 5000):
        assert 121 == numbers(surfer, f"{url}?before={odd}")[0]


def test_the_journal_is_filtered(wire: Wire, person: Person, surfer: Surfer) -> None:
    """By operation, account and status, which are those that there are."""
    wire.send("GET", "/v1/calendars", token=person.token)
    wire.send("GET", "/v1/calendars")
    wire.send("GET", "/v1/events?tzid=nowhere", token=person.token)
    page = surfer.open(f"{BELOW}journal")
    fields = {each.given["name"]: each for each in page.root.all("select")}
    options = {name: [o.text for o in each.all("option")] for name, each in fields.items()}
    assert {
        "operation": ["all", "ListCalendars", "ReadEvents"],
        "account": ["all", "Ada"],
        "status": ["all", "200", "401", "422"],
    } == options
    for asked, found in (
        ({"operation": "ListCalendars"}, [2, 1]),
        ({"account": person.sub}, [3, 1]),
        ({"status": "401"}, [2]),
        ({"operation": "ListCalendars", "status": "200"}, [1]),
    ):
        shown = surfer.submit(page, "Show", **asked)
        rows = shown.root.all("tbody")[0].all("tr")
        assert found == [int(row.all("th")[0].text) for row in rows]
    assert "refused: tzid" in page.text
    assert "none" in surfer.open(f"{BELOW}journal?status=999").text


# Faults -------------------------------------------------------------------------------


def test_a_fault_is_added_strikes_and_is_removed(
    wire: Wire, person: Person, surfer: Surfer
) -> None:
    """The list says what it does, to which calls, and how often it did; the journal names it."""
    url = f"{BELOW}faults"
    added = {"parameter_status": "503", "operation": "ListCalendars", "times": "2"}
    page = surfer.submit(surfer.open(url), "Add the fault", **added)
    assert "The fault was added." in page.text
    statuses = [wire.send("GET", "/v1/calendars", token=person.token).status for _ in range(3)]
    assert [503, 503, 200] == statuses
    row = surfer.open(url).root.all("tbody")[0].all("tr")[0]
    assert "flt_1 status, status 503 operation ListCalendars, times 2 2 2, spent" in row.text
    assert "fault: status" in surfer.open(f"{BELOW}journal").text
    page = surfer.submit(surfer.open(url), "Remove flt_1")
    assert 0 == len(wire.sandbox.faults)
    for _ in range(2):
        surfer.submit(surfer.open(url), "Add the fault", **added)
    page = surfer.submit(surfer.open(url), "Remove all")
    assert "All faults were removed." in page.text
    assert 0 == len(wire.sandbox.faults)


@pytest.mark.parametrize("value", ["0", "2.5", "-1", "inf", "NaN", "soon"])
def test_a_parameter_is_taken_as_it_is_written(wire: Wire, surfer: Surfer, value: str) -> None:
    """A number where it is one, and otherwise text."""
    page = surfer.open(f"{BELOW}faults")
    added = {"parameter_status": "429", "parameter_retry_after": value}
    surfer.submit(page, "Add the fault", **added)
    assert value == wire.send("GET", "/v1/calendars").header("retry-after")


@pytest.mark.parametrize("name", list(ACTIONS))
def test_every_action_has_its_form(wire: Wire, surfer: Surfer, name: str) -> None:
    """With a field for each of its parameters, and for those of the calls that it goes with."""
    page = surfer.submit(surfer.open(f"{BELOW}faults"), "Choose", action=name)
    assert [] == flaws(page)
    fields = page.form("Add the fault").fields
    parameters = {each.name for each in attrs.fields(ACTIONS[name])}
    assert parameters == {each[10:] for each in fields if each.startswith("parameter_")}
    assert name == fields["action"]
    assert ACTIONS[name].of_notifications is ("notification" in fields)
    assert ACTIONS[name].of_notifications is ("operation" not in fields)


@pytest.mark.parametrize(
    "fields",
    [
        {"parameter_status": "x"},
        {"parameter_status": "200"},
        {"parameter_status": "NaN"},
        {"parameter_status": "503", "times": "x"},
        {"parameter_status": "503", "times": "0"},
        {"parameter_status": "503", "probability": "2"},
        {"parameter_status": "503", "path": "no"},
        {"parameter_none": "1"},
        {"action": "nothing"},
    ],
)
def test_a_wrong_fault_is_said(wire: Wire, surfer: Surfer, fields: dict[str, str]) -> None:
    """On the same page, with what was entered, and nothing is added."""
    page = surfer.submit(surfer.open(f"{BELOW}faults"), "Add the fault", **fields)
    assert (422, []) == (page.status, flaws(page))
    assert [each for each in page.root.all("p") if each.given.get("role") == "alert"]
    assert 0 == len(wire.sandbox.faults)


@pytest.mark.parametrize(
    ("sent", "state"),
    [
        ({"per_second": "5", "per_minute": "9"}, "limited to 5 a second and 9 a minute."),
        ({"per_second": "", "per_minute": "1"}, "limited to 1 a minute."),
        ({"per_second": "", "per_minute": ""}, "There is no quota."),
    ],
)
def test_a_quota_is_set(wire: Wire, surfer: Surfer, sent: dict[str, str], state: str) -> None:
    """What is left empty is not limited."""
    page = surfer.submit(surfer.open(f"{BELOW}faults"), "Set the quota", **sent)
    assert state in page.text
    assert 422 == surfer.submit(page, "Set the quota", per_second="0").status
