"""Scheduling requests over the wire, and their page."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest

from cronofy_async import callbacks
from cronofy_async.core.wire import Response

from .browsing import Browser, Page
from .wire import ORIGIN, Person, Wire, errors

PATH = "/v1/scheduling_requests"
HOOK = "https://app.example.com/requests"
SCOPE = "organizational_unit_scheduler"
MARTY = {"email": "marty@example.com", "display_name": "Marty"}
EVENT = {
    "summary": "Driving lessons",
    "description": "Don't forget your camera",
    "location": {"description": "Hill Valley"},
    "duration": {"minutes": 60},
    "locale": "en",
}


@pytest.fixture
def wire() -> Wire:
    """An empty sandbox whose application is an internal one."""
    wire = Wire()
    wire.command("link_to_unit")
    return wire


@pytest.fixture
def doc(wire: Wire) -> Person:
    """Somebody in London who invites."""
    return wire.person()


def create(
    wire: Wire,
    host: Person | None,
    /,
    *,
    token: str | None = None,
    headers: dict[str, str] | None = None,
    **changes: Any,
) -> Response:
    """Ask Marty to choose an hour."""
    body = {
        "host": None if host is None else {"sub": host.sub},
        "recipients": [MARTY],
        "event": EVENT,
        **changes,
    }
    body = {name: value for name, value in body.items() if value is not None}
    return wire.send("POST", PATH, body, token=token or wire.secret, headers=headers)


def asked(wire: Wire, host: Person | None, /, **changes: Any) -> dict[str, Any]:
    """The same; gives the request."""
    response = create(wire, host, **changes)
    assert (200, response.body) == (response.status, response.body)
    made: dict[str, Any] = response.json()["scheduling_request"]
    return made


def query(wire: Wire, *ids: str, headers: dict[str, str] | None = None) -> list[dict[str, Any]]:
    """Read requests."""
    body = {"scheduling_request_ids": list(ids)}
    response = wire.send("POST", f"{PATH}/query", body, token=wire.secret, headers=headers)
    assert (200, response.body) == (response.status, response.body)
    return [each["scheduling_request"] for each in response.json()["scheduling_requests"]]


def now(wire: Wire, made: dict[str, Any]) -> dict[str, Any]:
    """What became of a request."""
    (found,) = query(wire, made["scheduling_request_id"])
    return found


def cancel(wire: Wire, request_id: str, headers: dict[str, str] | None = None) -> Response:
    """Withdraw a request."""
    body = {"scheduling_request_id": request_id}
    return wire.send("POST", f"{PATH}/cancel", body, token=wire.secret, headers=headers)


def choose(wire: Wire, made: dict[str, Any], start: str = "2030-01-02T10:00:00Z") -> bool:
    """Have Marty choose a time."""
    name = "scheduling_request_id"
    return bool(wire.command("choose_request_time", **{name: made[name]}, start=start))


def group(*people: Person, **more: Any) -> dict[str, Any]:
    """Some people of whom some are to take part."""
    return {"name": "Pool", "members": [{"sub": each.sub} for each in people], **more}


def acting(person: Person) -> dict[str, str]:
    """The header that makes a call as somebody."""
    return {"Cronofy-Impersonate": person.sub}


def test_a_request_is_answered_as_documented(wire: Wire, doc: Person) -> None:
    """It is pending, with the pages on which it is chosen and shown."""
    made = asked(wire, doc, buffer={"before": {"minutes": 20}, "after": {"minutes": 15}})
    request_id = made["scheduling_request_id"]
    url = made["primary_select_url"]
    assert request_id.startswith("srq_")
    assert url.startswith(f"{ORIGIN}/r/")
    assert {
        "scheduling_request_id": request_id,
        "slot_selection": "pending",
        "primary_select_url": url,
        "dashboard_url": f"{ORIGIN}/scheduler/requests/{request_id[4:]}",
        "summary": "Driving lessons",
        "duration": {"minutes": 60},
        "buffer": {"before": {"minutes": 20}, "after": {"minutes": 15}},
        "recipient_operations": {"view_url": url},
        "recipients": [{**MARTY, "slot_selector": True, "select_url": url}],
        "event": EVENT,
    } == made
    assert made == now(wire, made)


def test_only_who_is_to_choose_gets_the_page(wire: Wire, doc: Person) -> None:
    """The others are only invited."""
    lou = {"email": "lou@example.com", "slot_selector": True}
    made = asked(wire, doc, recipients=[MARTY, lou], collaborator_groups=[group(doc, required=1)])
    assert [False, True] == ["select_url" in each for each in made["recipients"]]
    assert [group(doc, required=1)] == made["collaborator_groups"]


def test_a_chosen_time_is_booked_and_told(wire: Wire, doc: Person) -> None:
    """The host's calendar has the event with the recipients, and the webhook is signed."""
    wire.command("listen_to_requests", url=HOOK)
    made = asked(wire, doc)
    assert choose(wire, made) is True
    (event,) = wire.events(doc, only_managed=True)
    assert ("Driving lessons", "2030-01-02T10:00:00Z") == (event["summary"], event["start"])
    assert ["marty@example.com"] == [each["email"] for each in event["attendees"]]
    done, url = now(wire, made), made["primary_select_url"]
    assert "complete" == done["slot_selection"]
    assert {
        "view_url": url,
        "reschedule_url": f"{url}?reschedule=true",
        "decline_url": f"{url}?decline=true",
    } == done["recipient_operations"]
    (posting,) = wire.sandbox.world.outbox.due()
    signature = posting.headers[callbacks.SIGNATURE_HEADER]
    assert (HOOK, callbacks.sign(posting.body, wire.secret)) == (posting.url, signature)
    notification = {
        "type": "scheduling_request_time_chosen",
        "triggered_at": "2030-01-01T08:00:00Z",
    }
    assert {"notification": notification, "scheduling_request": done} == json.loads(posting.body)


def test_a_time_that_is_taken_is_not_to_be_had(wire: Wire, doc: Person) -> None:
    """Nor is one later than two weeks, off the grid, or in the past."""
    made = asked(wire, doc)
    wire.external(doc, "2030-01-02T10:00:00Z", "2030-01-02T11:00:00Z")
    for start in (
        "2030-01-02T10:00:00Z",
        "2030-01-15T08:00:00Z",
        "2030-01-02T12:30:00Z",
        "2030-01-01T07:00:00Z",
    ):
        assert choose(wire, made, start) is False
    assert "pending" == now(wire, made)["slot_selection"]
    assert [] == wire.sandbox.world.outbox.due()


def test_a_host_without_a_calendar_cannot_be_booked(wire: Wire, doc: Person) -> None:
    """As when it was made read-only after the request."""
    made = asked(wire, doc)
    wire.sandbox.world.calendars[doc.calendar_id].readonly = True
    assert choose(wire, made) is False


def test_another_time_can_be_chosen_later(wire: Wire, doc: Person) -> None:
    """The event moves; its own time is no obstacle."""
    made = asked(wire, doc, event={**EVENT, "duration": {"minutes": 120}})
    choose(wire, made)
    assert choose(wire, made, "2030-01-02T12:00:00Z") is True
    assert choose(wire, made, "2030-01-02T12:00:00Z") is True
    (event,) = wire.events(doc, only_managed=True)
    assert "2030-01-02T12:00:00Z" == event["start"]


def test_of_a_group_somebody_who_is_free_hosts(wire: Wire, doc: Person) -> None:
    """When another time suits another one, the event goes over to them."""
    emmett = wire.person()
    wire.external(doc, "2030-01-02T10:00:00Z", "2030-01-02T11:00:00Z")
    wire.external(emmett, "2030-01-02T14:00:00Z", "2030-01-02T15:00:00Z")
    made = asked(wire, None, host_group=group(doc, emmett, required=1))
    choose(wire, made)
    assert [0, 1] == [len(wire.events(each, only_managed=True)) for each in (doc, emmett)]
    choose(wire, made, "2030-01-02T14:00:00Z")
    assert [1, 0] == [len(wire.events(each, only_managed=True)) for each in (doc, emmett)]


def test_collaborators_have_to_be_free_and_are_invited(wire: Wire, doc: Person) -> None:
    """Of each group as many as it requires."""
    a, b = wire.person(), wire.person()
    wire.external(a, "2030-01-02T10:00:00Z", "2030-01-02T11:00:00Z")
    both = asked(wire, doc, collaborator_groups=[group(a, b, required=2)])
    assert choose(wire, both) is False
    one = asked(wire, doc, collaborator_groups=[group(a, b)])
    assert choose(wire, one) is True
    (event,) = wire.events(doc, only_managed=True)
    assert {"marty@example.com", "ada@example.com"} == {
        each["email"] for each in event["attendees"]
    }


def test_stored_hours_count(wire: Wire, doc: Person) -> None:
    """Only the host's working hours are offered."""
    rule = {
        "availability_rule_id": "default",
        "tzid": "Europe/London",
        "weekly_periods": [{"day": "thursday", "start_time": "10:00", "end_time": "11:00"}],
    }
    wire.send("POST", "/v1/availability_rules", rule, token=doc.token)
    made = asked(wire, doc)
    assert choose(wire, made) is False
    assert choose(wire, made, "2030-01-03T10:00:00Z") is True


def test_little_has_to_be_said(wire: Wire, doc: Person) -> None:
    """Without an event it is for an hour called Meeting, with nobody invited."""
    made = asked(wire, doc, recipients=None, event=None)
    assert ("Meeting", {"minutes": 60}) == (made["summary"], made["duration"])
    choose(wire, made)
    assert "Meeting" == wire.events(doc, only_managed=True)[0]["summary"]


def test_a_request_can_be_withdrawn(wire: Wire, doc: Person) -> None:
    """The event goes, the request stays to be read; there is nothing more to choose."""
    made = asked(wire, doc)
    choose(wire, made)
    for _ in range(2):
        response = cancel(wire, made["scheduling_request_id"])
        assert (202, b"") == (response.status, response.body)
    assert [] == wire.events(doc, only_managed=True)
    assert "cancelled" == now(wire, made)["slot_selection"]
    assert choose(wire, made) is False
    assert "cancelled" in wire.send("GET", made["primary_select_url"]).body.decode()
    assert 404 == cancel(wire, "srq_x").status


def test_unknown_ids_are_passed_over(wire: Wire, doc: Person) -> None:
    """Those that there are come in the order in which they were asked for."""
    first, second = asked(wire, doc), asked(wire, doc)
    ids = [each["scheduling_request_id"] for each in (second, first)]
    found = query(wire, ids[0], "srq_x", ids[1])
    assert ids == [each["scheduling_request_id"] for each in found]


def test_a_call_can_be_made_as_somebody(wire: Wire, doc: Person) -> None:
    """They are the host, and others' requests are out of sight; strangers are 403."""
    emmett = wire.person()
    made = asked(wire, None, headers=acting(doc))
    request_id = made["scheduling_request_id"]
    choose(wire, made)
    assert 1 == len(wire.events(doc, only_managed=True))
    assert [1, 0] == [len(query(wire, request_id, headers=acting(each))) for each in (doc, emmett)]
    assert 404 == cancel(wire, request_id, acting(emmett)).status
    assert 202 == cancel(wire, request_id, acting(doc)).status
    assert 403 == create(wire, doc, headers={"Cronofy-Impersonate": "acc_x"}).status


def test_a_token_needs_the_scope(wire: Wire, doc: Person) -> None:
    """An account's token with it hosts; one without it is 403, and no credentials are 401."""
    scheduler = wire.person(f"read_write {SCOPE}")
    made = create(wire, None, token=scheduler.token).json()["scheduling_request"]
    choose(wire, made)
    assert 1 == len(wire.events(scheduler, only_managed=True))
    assert 403 == create(wire, None, token=doc.token).status
    assert 401 == create(wire, doc, token="nobody").status


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"host": None}, "host"),
        ({"host": {"sub": "acc_x"}}, "host.sub"),
        ({"host": None, "host_group": {"sub": "sel_x"}}, "host_group.sub"),
        (
            {"host": None, "host_group": {"members": [{"sub": "acc_x"}]}},
            "host_group.members[0].sub",
        ),
        ({"collaborator_groups": [{"sub": "sel_x"}]}, "collaborator_groups[0].sub"),
        ({"collaborator_groups": ["doc"]}, "collaborator_groups[0].required"),
        ({"recipients": [{"email": ""}]}, "recipients[0].email"),
        ({"event": {"duration": {"minutes": 0}}}, "event.duration"),
        ({"event": {"summary": "x" * 1025}}, "event.summary"),
        ({"event": {"description": "x" * 4097}}, "event.description"),
    ],
)
def test_a_wrong_request_is_refused(
    wire: Wire, doc: Person, changes: dict[str, Any], field: str
) -> None:
    """The complaint is under the field's path."""
    if changes.get("collaborator_groups") == ["doc"]:
        changes = {"collaborator_groups": [group(doc, required=2)]}
    assert [field] == list(errors(create(wire, doc, **changes)))


def test_hosts_need_a_calendar_and_leave_to_look(wire: Wire) -> None:
    """One who can write nowhere is refused, and so is one whose time may not be seen."""
    assert ["host"] == list(errors(create(wire, wire.person(readonly=True))))
    assert 403 == create(wire, wire.person("create_event")).status


def test_its_page_chooses_reschedules_and_declines(wire: Wire, doc: Person) -> None:
    """Each in its own form."""
    made = asked(wire, doc)
    browser, url = Browser(wire), made["primary_select_url"]
    page = Page.of(browser.open(url))
    value = next(iter(page.choices))
    second = Page.of(browser.submit(page, choice=value, decision="choose"))
    assert "Booked for" in Page.of(browser.submit(second, decision="confirm")).text
    assert "Booked for" in Page.of(browser.open(url)).text
    other = Page.of(browser.open(f"{url}?reschedule=true"))
    later = list(other.choices)[5]
    browser.submit(other, choice=later, decision="confirm")
    (event,) = wire.events(doc, only_managed=True)
    assert later == str(int(datetime.fromisoformat(event["start"]).timestamp()))
    question = Page.of(browser.open(f"{url}?decline=true"))
    stranger = Browser(wire)
    assert 403 == stranger.submit(question, decision="decline").status
    assert "declined" in Page.of(browser.submit(question, decision="decline")).text
    assert [] == wire.events(doc, only_managed=True)
    assert "declined" == now(wire, made)["slot_selection"]
    assert "declined" in Page.of(browser.open(url)).text


def test_its_page_may_have_nothing_to_choose(wire: Wire, doc: Person) -> None:
    """Because somebody revoked, or there is no such page."""
    made = asked(wire, doc)
    wire.command("revoke", sub=doc.sub)
    assert "no time left" in wire.send("GET", made["primary_select_url"]).body.decode()
    assert 404 == wire.send("GET", "/r/x").status
    command = {"scheduling_request_id": "srq_x", "start": "2030-01-02T10:00:00Z"}
    assert 404 == wire.send("POST", "/_sandbox/choose_request_time", command).status
