"""Real-time scheduling links over the wire."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cronofy_async.core.wire import Response

from .wire import ORIGIN, Person, Wire, errors

SLOT = "2030-01-07T10:00:00Z"
EVENT = {"event_id": "e1", "summary": "Interview", "tzid": "Europe/London"}


def request(*people: Person, **changes: Any) -> dict[str, Any]:
    """What a link is made of: an hour between 9 and 12 on Monday in each one's calendar."""
    body = {
        "oauth": {"redirect_uri": "https://example.org/back"},
        "event": EVENT,
        "availability": {
            "participants": [{"members": [{"sub": each.sub} for each in people], "required": 1}],
            "required_duration": {"minutes": 60},
            "query_periods": [{"start": "2030-01-07T09:00:00Z", "end": "2030-01-07T12:00:00Z"}],
        },
        "target_calendars": [{"sub": each.sub, "calendar_id": each.calendar_id} for each in people],
        "callback_urls": {"completed_url": "https://example.org/hook"},
        **changes,
    }
    return {name: value for name, value in body.items() if value is not None}


def create(wire: Wire, *people: Person, **changes: Any) -> Response:
    """Make a link with the client secret."""
    return wire.send(
        "POST", "/v1/real_time_scheduling", request(*people, **changes), token=wire.secret
    )


def link(wire: Wire, *people: Person, **changes: Any) -> dict[str, Any]:
    """The same; gives the link."""
    response = create(wire, *people, **changes)
    assert 200 == response.status
    made: dict[str, Any] = response.json()["real_time_scheduling"]
    return made


def status(wire: Wire, made: dict[str, Any]) -> dict[str, Any]:
    """What became of a link."""
    path = f"/v1/real_time_scheduling/{made['real_time_scheduling_id']}"
    found: dict[str, Any] = wire.send("GET", path, token=wire.secret).json()["real_time_scheduling"]
    return found


def choose(wire: Wire, made: dict[str, Any], start: str = SLOT) -> bool:
    """Have a visitor choose a time."""
    name = "real_time_scheduling_id"
    return bool(wire.command("choose_slot", **{name: made[name]}, start=start, tzid="Asia/Tokyo"))


def test_a_link_is_answered_in_all_known_forms(wire: Wire, person: Person) -> None:
    """The answer has the link, its URL once more at the root, and the event."""
    response = create(wire, person)
    body = response.json()
    made = body["real_time_scheduling"]
    assert {
        "real_time_scheduling_id": made["real_time_scheduling_id"],
        "url": made["url"],
        "status": "open",
        "event": {
            "event_id": "e1",
            "summary": "Interview",
            "tzid": "Europe/London",
            "event_private": False,
        },
    } == made
    assert made["url"] == body["url"]
    assert made["real_time_scheduling_id"].startswith("sch_")
    assert made["url"].startswith(f"{ORIGIN}/rts/")
    assert made == status(wire, made)
    token = made["url"].rpartition("/")[2]
    path = f"/v1/real_time_scheduling?token={token}"
    assert made == wire.send("GET", path, token=wire.secret).json()["real_time_scheduling"]


@pytest.mark.parametrize("header", [None, "Bearer undefined", "user"])
def test_credentials_may_be_in_the_body(wire: Wire, person: Person, header: str | None) -> None:
    """Older clients send client_id and client_secret in the body, with any header or none."""
    headers = {} if header is None else {"Authorization": header}
    if header == "user":
        headers = {"Authorization": f"Bearer {person.token}"}
    body = {**request(person), **wire.client}
    response = wire.send("POST", "/v1/real_time_scheduling", body, headers=headers)
    assert 200 == response.status
    wrong = {**body, "client_secret": "x"}
    headers = {"Authorization": f"Bearer {wire.secret}"}
    assert 401 == wire.send("POST", "/v1/real_time_scheduling", wrong, headers=headers).status


def test_a_chosen_time_is_booked_and_told(wire: Wire, person: Person) -> None:
    """The event is written, the link is completed, and the callback has the documented body."""
    made = link(wire, person)
    assert choose(wire, made) is True
    (event,) = wire.events(person, only_managed=True)
    assert ("e1", "Interview", SLOT) == (event["event_id"], event["summary"], event["start"])
    done = status(wire, made)
    times = {
        "start": {"time": SLOT, "tzid": "Europe/London"},
        "end": {"time": "2030-01-07T11:00:00Z", "tzid": "Europe/London"},
    }
    assert ("completed", times) == (
        done["status"],
        {name: done["event"][name] for name in ("start", "end")},
    )
    (posting,) = wire.sandbox.world.outbox.due()
    body = json.loads(posting.body)
    assert "https://example.org/hook" == posting.url
    assert {"participants": [{"sub": person.sub}], "user": {"tzid": "Asia/Tokyo"}}.items() <= (
        body.items()
    )
    assert {"event_id": "e1", "summary": "Interview", **times}.items() <= body["event"].items()
    assert choose(wire, made, "2030-01-07T09:00:00Z") is False


def test_a_time_that_is_taken_meanwhile_is_not_to_be_had(wire: Wire, person: Person) -> None:
    """Availability is looked at anew when a time is chosen."""
    made = link(wire, person)
    wire.external(person, SLOT, "2030-01-07T10:30:00Z")
    assert choose(wire, made) is False
    assert choose(wire, made, "2030-01-07T06:00:00Z") is False
    assert "open" == status(wire, made)["status"]
    assert choose(wire, made, "2030-01-07T11:00:00Z") is True


def test_minimum_notice_holds(wire: Wire, person: Person) -> None:
    """Times that start too soon are not offered."""
    wire.command("advance", seconds=6 * 86400)
    made = link(wire, person, minimum_notice={"hours": 3})
    # It is eight o'clock on Monday.
    assert choose(wire, made) is False
    assert choose(wire, made, "2030-01-07T11:00:00Z") is True


def test_each_target_calendar_gets_an_event(wire: Wire) -> None:
    """By default everybody's calendar is written to, with what is different about it."""
    a, b = wire.person(), wire.person()
    targets = [
        {"sub": a.sub, "calendar_id": a.calendar_id},
        {"sub": b.sub, "calendar_id": b.calendar_id, "event": {"summary": "For B"}},
    ]
    choose(wire, link(wire, a, b, target_calendars=targets))
    assert ["Interview", "For B"] == [
        wire.events(each, only_managed=True)[0]["summary"] for each in (a, b)
    ]


def test_a_single_event_is_made_by_one_and_invites_the_others(wire: Wire) -> None:
    """Somebody who is free organizes it; the other free ones are its attendees."""
    a, b, c = wire.person(), wire.person(), wire.person()
    wire.external(a, SLOT, "2030-01-07T11:00:00Z")
    targets = [
        {
            "sub": each.sub,
            "calendar_id": each.calendar_id,
            "attendee": {"email": f"{name}@example.com"},
        }
        for name, each in (("a", a), ("b", b), ("c", c))
    ]
    choose(wire, link(wire, a, b, c, target_calendars=targets, event_creation="single"))
    assert [0, 1, 0] == [len(wire.events(each, only_managed=True)) for each in (a, b, c)]
    (event,) = wire.events(b, only_managed=True)
    assert ["c@example.com"] == [each["email"] for each in event["attendees"]]


def test_a_link_can_be_disabled_before_it_is_used(wire: Wire, person: Person) -> None:
    """Disabled is for good; disabling twice is fine, a completed link is refused."""
    made = link(wire, person)
    path = f"/v1/real_time_scheduling/{made['real_time_scheduling_id']}/disable"
    body = {"display_message": "We\nmoved."}
    for _ in range(2):
        response = wire.send("POST", path, body, token=wire.secret)
        assert (200, "disabled") == (
            response.status,
            response.json()["real_time_scheduling"]["status"],
        )
    assert choose(wire, made) is False
    assert "disabled" == status(wire, made)["status"]
    used = link(wire, person)
    choose(wire, used)
    path = path.replace(made["real_time_scheduling_id"], used["real_time_scheduling_id"])
    assert 422 == wire.send("POST", path, body, token=wire.secret).status
    for wrong in ({}, {"display_message": "x" * 501}):
        assert ["display_message"] == list(
            errors(wire.send("POST", path, wrong, token=wire.secret))
        )


def test_unknown_links_are_404(wire: Wire) -> None:
    """By id, by token, and to disable."""
    for method, path in (
        ("GET", "/v1/real_time_scheduling/sch_x"),
        ("GET", "/v1/real_time_scheduling?token=x"),
        ("POST", "/v1/real_time_scheduling/sch_x/disable"),
    ):
        body = {"display_message": "x"} if method == "POST" else None
        assert 404 == wire.send(method, path, body, token=wire.secret).status


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"oauth": None}, "oauth"),
        ({"oauth": {}}, "oauth.redirect_uri"),
        ({"event": None}, "event"),
        ({"event": {"event_id": "e", "tzid": "Etc/UTC"}}, "event.summary"),
        ({"availability": None}, "availability"),
        ({"target_calendars": [{"sub": "acc_x", "calendar_id": "y"}]}, "target_calendars[0].sub"),
        ({"target_calendars": "foreign"}, "target_calendars[0].calendar_id"),
    ],
)
def test_a_wrong_link_is_refused(
    wire: Wire, person: Person, changes: dict[str, Any], field: str
) -> None:
    """The complaint is under the field's path."""
    if changes.get("target_calendars") == "foreign":
        foreign = {"sub": person.sub, "calendar_id": wire.person().calendar_id}
        changes = {"target_calendars": [foreign]}
    assert [field] == list(errors(create(wire, person, **changes)))


def test_the_availability_of_a_link_is_judged_as_a_question(wire: Wire, person: Person) -> None:
    """Its complaints are those of an availability query, one level deeper."""
    availability = request(person)["availability"]
    past = [{"start": "2029-01-07T09:00:00Z", "end": "2029-01-07T12:00:00Z"}]
    refused = create(wire, person, availability={**availability, "query_periods": past})
    assert ["availability.query_periods[0].end"] == list(errors(refused))


def test_a_page_without_times_says_so(wire: Wire, person: Person) -> None:
    """When nothing is left, or nobody can be asked any more, the page still answers."""
    made = link(wire, person)
    wire.external(person, "2030-01-07T09:00:00Z", "2030-01-07T12:00:00Z")
    assert "no time left" in wire.send("GET", made["url"]).body.decode()
    wire.command("revoke", sub=person.sub)
    assert "no time left" in wire.send("GET", made["url"]).body.decode()


def test_the_older_callback_url_is_called(wire: Wire, person: Person) -> None:
    """callback_url counts where callback_urls has no completed_url, and is not needed."""
    choose(wire, link(wire, person, callback_urls=None, callback_url="https://old.example/hook"))
    (posting,) = wire.sandbox.world.outbox.due()
    assert "https://old.example/hook" == posting.url
    quiet = link(wire, person, callback_urls=None, event={**EVENT, "event_id": "e2"})
    assert choose(wire, quiet, "2030-01-07T11:00:00Z") is True
    assert [] == wire.sandbox.world.outbox.due()


def test_a_link_may_have_no_target_calendar(wire: Wire, person: Person) -> None:
    """Then a choice is only told."""
    for creation in ("default", "single"):
        made = link(wire, person, target_calendars=None, event_creation=creation)
        assert choose(wire, made) is True
    assert [] == wire.events(person, only_managed=True)


def test_a_single_event_is_made_even_if_no_owner_takes_part(wire: Wire, person: Person) -> None:
    """Then the first target calendar has it."""
    a, b = wire.person(), wire.person()
    targets = [{"sub": each.sub, "calendar_id": each.calendar_id} for each in (a, b)]
    choose(wire, link(wire, person, target_calendars=targets, event_creation="single"))
    assert [1, 0] == [len(wire.events(each, only_managed=True)) for each in (a, b)]


def test_an_event_that_cannot_be_written_leaves_the_link_open(wire: Wire, person: Person) -> None:
    """The choice is refused, and another can be made."""
    event = {**EVENT, "conferencing": {"profile_id": "pro_gone"}}
    made = link(wire, person, event=event)
    command = {"real_time_scheduling_id": made["real_time_scheduling_id"], "start": SLOT}
    assert 422 == wire.send("POST", "/_sandbox/choose_slot", command).status
    assert "open" == status(wire, made)["status"]


def test_all_target_calendars_are_written_to_or_none(wire: Wire, person: Person) -> None:
    """One that does not take its event keeps the others from having theirs."""
    other = wire.person(conferencing=None)
    targets = [
        {"sub": person.sub, "calendar_id": person.calendar_id},
        {
            "sub": other.sub,
            "calendar_id": other.calendar_id,
            "event": {"conferencing": {"profile_id": "integrated"}},
        },
    ]
    made = link(wire, person, other, target_calendars=targets)
    command = {"real_time_scheduling_id": made["real_time_scheduling_id"], "start": SLOT}
    assert 422 == wire.send("POST", "/_sandbox/choose_slot", command).status
    assert [] == wire.events(person, only_managed=True) + wire.events(other, only_managed=True)


@pytest.mark.parametrize("state", ["open", "completed", "disabled"])
def test_a_link_has_a_page(wire: Wire, person: Person, state: str) -> None:
    """The page says what became of the link; an unknown one is 404."""
    made = link(wire, person)
    if state == "completed":
        choose(wire, made)
    if state == "disabled":
        path = f"/v1/real_time_scheduling/{made['real_time_scheduling_id']}/disable"
        wire.send("POST", path, {"display_message": "<We> moved"}, token=wire.secret)
    page = wire.send("GET", made["url"])
    text = page.body.decode()
    assert 200 == page.status
    assert "Interview" in text
    assert ("&lt;We&gt; moved" in text) is (state == "disabled")
    assert ("2030-01-07 10:00" in text) is (state != "disabled")
    assert 404 == wire.send("GET", f"{ORIGIN}/rts/nothing").status
