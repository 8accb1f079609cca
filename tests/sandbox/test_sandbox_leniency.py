"""What the sandbox lets pass, for the clients that need it, and what it does not."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cronofy_async.core.wire import Request
from cronofy_transports.sandbox import leniency

from .leniencies import CASES
from .wire import ORIGIN, Person, Wire, errors, keys

FORM = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}


def test_each_leniency_says_who_needs_it() -> None:
    """The table names a client or the reference for everything in it."""
    listed = [(each.what, each.needed_by) for each in (*leniency.BEFORE, *leniency.AFTER)]
    for what, needed_by in (*listed, *leniency.ELSEWHERE):
        assert what.endswith(".")
        assert any(
            name in needed_by
            for name in ("cronofy-", "pycronofy", "omniauth", "PHP", "the reference")
        )


ALL = [
    *(each.what for each in (*leniency.BEFORE, *leniency.AFTER)),
    *(what for what, _ in leniency.ELSEWHERE),
]


@pytest.mark.parametrize("what", ALL)
def test_each_leniency_is_granted(wire: Wire, person: Person, what: str) -> None:
    """For everything in the table there is a request that is taken because of it."""
    ((method, path, body, headers),) = (
        case for name, case in CASES.items() if what.startswith(name)
    )
    for number in range(101):
        wire.write(person, f"filler {number}")
    week = [{"day": "monday", "start_time": "09:00", "end_time": "17:00"}]
    rule = {"availability_rule_id": "default", "tzid": "Etc/UTC", "weekly_periods": week}
    wire.send("POST", "/v1/availability_rules", rule, token=person.token)
    first = wire.get("/v1/events", person, tzid="Etc/UTC", include_managed=True)
    real = {
        **wire.client,
        "sub": person.sub,
        "code": wire.sandbox.control.authorize(person.sub, "https://example.org/back"),
        "calendar_id": quote(person.calendar_id, safe=""),
        "refresh_token": person.refresh_token,
        "next_page": first["pages"]["next_page"],
    }

    def filled(text: str) -> str:
        for name, value in real.items():
            text = text.replace(f"{{{name}}}", value)
        return text

    content = body.decode() if isinstance(body, bytes) else json.dumps(body)
    given = {"Authorization": f"Bearer {person.token}", "Content-Type": "application/json"}
    given = {name: filled(text) for name, text in {**given, **headers}.items() if text}
    sent = b"" if body is None else filled(content).encode()
    assert wire.send(method, filled(path), sent, headers=given).status in (200, 202)


def test_pycronofys_reads_are_taken(wire: Wire, person: Person) -> None:
    """Capital booleans in the query and a JSON body on a GET."""
    wire.write(person)
    path = "/v1/events?tzid=Etc%2FUTC&include_managed=True&include_deleted=False"
    response = wire.send("GET", path, {}, token=person.token)
    assert 1 == len(response.json()["events"])


def test_a_slash_at_the_end_is_passed_over(wire: Wire, person: Person) -> None:
    """With and without a query."""
    assert 200 == wire.send("GET", "/v1/calendars/", token=person.token).status
    assert 200 == wire.send("GET", "/v1/events/?tzid=Etc%2FUTC", token=person.token).status


def test_a_whole_event_can_be_sent_as_a_form(wire: Wire, person: Person) -> None:
    """Nested names become objects and lists, and text becomes numbers and booleans."""
    form = {
        "event_id": "e1",
        "summary": "100",
        "description": "true",
        "start": "2030-01-02T10:00:00Z",
        "end": "2030-01-02T11:00:00Z",
        "event_private": "true",
        "location[description]": "Board room",
        "reminders[][minutes]": ["30", "0"],
        "attendees[invite][][email]": ["bo@example.com", "cy@example.com"],
        "attendees[invite][][display_name]": "Bo",
    }
    pairs = [
        ("attendees[invite][][email]", "bo@example.com"),
        ("attendees[invite][][display_name]", "Bo"),
        ("attendees[invite][][email]", "cy@example.com"),
        *((name, value) for name, value in form.items() if not name.startswith("attendees")),
    ]
    path = f"/v1/calendars/{person.calendar_id}/events"
    body = urlencode(pairs, doseq=True).encode()
    response = wire.send("POST", path, body, token=person.token, headers=FORM)
    assert (202, b"") == (response.status, response.body)
    (event,) = wire.events(person, only_managed=True)
    assert ("100", "true", True, {"description": "Board room"}) == (
        event["summary"],
        event["description"],
        event["event_private"],
        event["location"],
    )
    assert [("bo@example.com", "Bo"), ("cy@example.com", None)] == [
        (each["email"], each.get("display_name")) for each in event["attendees"]
    ]


def test_text_stays_text_in_json(wire: Wire, person: Person) -> None:
    """Only forms have nothing but text: in JSON "true" is no boolean."""
    assert ["event_private"] == list(errors(wire.write(person, event_private="true")))


@pytest.mark.parametrize("body", [b"%", b"a", b"a=1&a[b]=2&a[][c]=3", b"\xff=1", b"a[=1", b"[]=1"])
def test_a_broken_form_is_refused(wire: Wire, person: Person, body: bytes) -> None:
    """Whatever is in it, the answer is 422 and no fault."""
    path = f"/v1/calendars/{person.calendar_id}/events"
    assert errors(wire.send("POST", path, body, token=person.token, headers=FORM))


@given(
    st.lists(
        st.tuples(
            st.text(alphabet="ab[]", min_size=1, max_size=8), st.text(alphabet="x1", max_size=2)
        ),
        max_size=6,
    )
)
def test_any_form_becomes_an_object(pairs: list[tuple[str, str]]) -> None:
    """No order or nesting of names breaks the reader of forms."""
    request = Request("POST", "/v1/x", FORM, urlencode(pairs).encode())
    for each in leniency.BEFORE:
        request = each.mend(request)
    assert isinstance(json.loads(request.body), dict)


def test_a_delete_may_have_its_parameters_in_the_query(wire: Wire, person: Person) -> None:
    """A boolean in any case counts."""
    body = {
        "available_period_id": "p",
        "start": "2030-01-02T10:00:00Z",
        "end": "2030-01-02T11:00:00Z",
    }
    path = "/v1/available_periods"
    wire.send("POST", path, body, token=person.token)
    assert 202 == wire.send("DELETE", f"{path}?delete_all=True", {}, token=person.token).status
    assert [] == wire.get(path, person)["available_periods"]
    both = f"{path}?available_period_id=p&x[]=1&x[]=2"
    wrong = wire.send("DELETE", both, {"x": "text"}, token=person.token)
    assert ["x"] == list(errors(wrong))


def test_refresh_token_stands_for_token_when_revoking(wire: Wire, person: Person) -> None:
    """cronofy-node's default payload revokes."""
    body = {**wire.client, "refresh_token": person.refresh_token}
    assert 200 == wire.send("POST", "/oauth/token/revoke", body).status
    assert 401 == wire.send("GET", "/v1/account", token=person.token).status


@pytest.mark.parametrize("value", [None, {}])
def test_nothing_may_be_said_in_several_ways(wire: Wire, person: Person, value: Any) -> None:
    """null stands for a parameter that is left out; an empty buffer for none."""
    query = {
        "participants": [{"members": [{"sub": person.sub}], "required": "all"}],
        "required_duration": {"minutes": 60},
        "query_periods": [{"start": "2030-01-07T09:00:00Z", "end": "2030-01-07T17:00:00Z"}],
        "buffer": value,
    }
    assert 200 == wire.send("POST", "/v1/availability", query, token=wire.secret).status


def test_null_for_what_is_needed_is_still_missing(wire: Wire, person: Person) -> None:
    """A required parameter that is null is refused as missing."""
    assert {"summary": ["errors.required"]} == keys(wire.write(person, summary=None))


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/v1",
        "/v1/nothing",
        "/v1/calendars/x/y/z",
        "/v2/events",
        "/v1/calendars//events",
        "/oauth/nothing",
        f"/v1/{quote('calendars/x', safe='')}",
    ],
)
def test_unknown_paths_are_404(wire: Wire, person: Person, path: str) -> None:
    """With a good token and without."""
    assert 404 == wire.send("GET", path, token=person.token).status or path == "/"
    assert wire.send("PUT", path, token=person.token).status == 404


def test_other_methods_are_404(wire: Wire, person: Person) -> None:
    """A path answers only the methods that it is known for."""
    for method in ("PUT", "PATCH", "DELETE", "OPTIONS"):
        assert 404 == wire.send(method, "/v1/calendars", token=person.token).status


def test_every_answer_has_a_status_header(wire: Wire, person: Person) -> None:
    """The service sends it beside the status line, and one official client reads it."""
    assert "200 OK" == wire.send("GET", "/v1/calendars", token=person.token).header("status")
    assert "401 Unauthorized" == wire.send("GET", "/v1/calendars").header("status")
    created = wire.send("GET", f"{ORIGIN}/v1/calendars", token=person.token)
    assert "application/json; charset=utf-8" == created.header("content-type")
