"""Links that add an event to a calendar, over the wire and on their page."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from cronofy_async.core.wire import Response
from cronofy_transports.sandbox import Sandbox

from .browsing import Browser, Page
from .wire import ORIGIN, Person, Wire, errors

BACK = "https://example.org/back?tenant=1"
EVENT = {
    "event_id": "e1",
    "summary": "Board meeting",
    "start": "2030-01-07T09:00:00Z",
    "end": "2030-01-07T10:00:00Z",
}


def create(wire: Wire, **changes: Any) -> Response:
    """Make a link, with the credentials in the body."""
    oauth = {"redirect_uri": BACK, "scope": "read_events create_event", "state": "xyz"}
    body = {**wire.client, "oauth": oauth, "event": EVENT, **changes}
    return wire.send("POST", "/v1/add_to_calendar", body)


def link(wire: Wire, **changes: Any) -> str:
    """The same; gives its URL."""
    response = create(wire, **changes)
    assert (200, response.body) == (response.status, response.body)
    url: str = response.json()["url"]
    return url


def starts(wire: Wire, person: Person) -> list[str]:
    """When the events start that the application wrote to somebody's calendar."""
    return [each["start"] for each in wire.events(person, only_managed=True)]


def exchanged(wire: Wire, code: str) -> dict[str, Any]:
    """The tokens for a code."""
    body = {**wire.client, "grant_type": "authorization_code", "code": code, "redirect_uri": BACK}
    response = wire.send("POST", "/oauth/token", body)
    assert (200, response.body) == (response.status, response.body)
    tokens: dict[str, Any] = response.json()
    return tokens


def test_a_link_is_answered_under_both_names(wire: Wire) -> None:
    """Official clients read its URL as url, or as oauth_url; wrong credentials are refused."""
    response = create(wire)
    assert {"url", "oauth_url"} == response.json().keys()
    assert response.json()["url"] == response.json()["oauth_url"]
    assert response.json()["url"].startswith(ORIGIN)
    assert create(wire, client_secret="x").status in (400, 401)


def test_whoever_takes_it_has_the_event_and_grants_access(wire: Wire) -> None:
    """The browser goes back with a code of the scope that was asked for, and the state."""
    person = wire.person()
    browser = Browser(wire)
    page = Page.of(browser.open(link(wire)))
    assert {person.calendar_id} == set(page.choices)
    answer = browser.submit(page, choice=person.calendar_id, decision="add")
    location = answer.header("location") or ""
    query = parse_qs(urlsplit(location).query)
    assert (302, ["1"], ["xyz"]) == (answer.status, query["tenant"], query["state"])
    assert [EVENT["start"]] == starts(wire, person)
    tokens = exchanged(wire, query["code"][0])
    assert (person.sub, "read_events create_event") == (tokens["sub"], tokens["scope"])


def test_the_command_does_what_the_page_does(wire: Wire) -> None:
    """Many people can take it; without a scope they grant only to create events."""
    url = link(wire, oauth={"redirect_uri": BACK})
    for person in (wire.person(), wire.person()):
        code = wire.command("take_offer", url=url, calendar_id=person.calendar_id)
        assert "create_event" == exchanged(wire, code)["scope"]
        granted = wire.command("grant", sub=person.sub)
        page = wire.send(
            "GET", "/v1/events?tzid=Etc/UTC&only_managed=true", token=granted["access_token"]
        )
        assert [EVENT["start"]] == [each["start"] for each in page.json()["events"]]
    for wrong in ({"url": url, "calendar_id": "x"}, {"url": "x", "calendar_id": "x"}):
        assert 404 == wire.send("POST", "/_sandbox/take_offer", wrong).status


def test_further_calendars_get_it_too(wire: Wire) -> None:
    """Each with what is different about it, and none twice."""
    a, b = wire.person(), wire.person()
    targets = [
        {"sub": a.sub, "calendar_id": a.calendar_id},
        {"sub": b.sub, "calendar_id": b.calendar_id, "event": {"summary": "For B"}},
    ]
    scope = {"redirect_uri": BACK, "scope": "read_write"}
    url = link(wire, target_calendars=targets, oauth=scope)
    wire.command("take_offer", url=url, calendar_id=a.calendar_id)
    assert ["Board meeting"] == [each["summary"] for each in wire.events(a, only_managed=True)]
    assert ["For B"] == [each["summary"] for each in wire.events(b, only_managed=True)]


def test_denying_writes_nothing(wire: Wire) -> None:
    """The browser goes back with OAuth's error; so it does with a made-up calendar."""
    person = wire.person()
    browser = Browser(wire)
    page = Page.of(browser.open(link(wire)))
    for fields, error in (
        ({"decision": "deny"}, "access_denied"),
        ({"decision": "add", "choice": "cal_x"}, "invalid_request"),
    ):
        location = browser.submit(page, **fields).header("location") or ""
        query = parse_qs(urlsplit(location).query)
        assert ([error], ["xyz"]) == (query["error"], query["state"])
    assert [] == starts(wire, person)


def test_its_form_is_only_taken_from_its_page(wire: Wire) -> None:
    """Another browser and a made-up seal are 403, and write nothing."""
    person = wire.person()
    url = link(wire)
    browser = Browser(wire)
    page = Page.of(browser.open(url))
    fields = {"choice": person.calendar_id, "decision": "add"}
    assert 403 == browser.submit(page, seal="0" * 64, **fields).status
    other = Browser(wire)
    other.open(link(wire))
    assert 403 == other.submit(page, **fields).status
    assert [] == starts(wire, person)


def test_there_may_be_nobody_to_take_it(wire: Wire) -> None:
    """Without a calendar to put it into the page says so; an unknown link is 404."""
    wire.person(readonly=True)
    assert "no calendar" in wire.send("GET", link(wire)).body.decode()
    assert 404 == wire.send("GET", "/add_to_calendar/x").status


def test_a_calendar_that_cannot_have_it_says_so(wire: Wire) -> None:
    """An event whose conferencing is not there cannot be written."""
    person = wire.person()
    url = link(wire, event={**EVENT, "conferencing": {"profile_id": "pro_x"}})
    browser = Browser(wire)
    page = Page.of(browser.open(url))
    answer = browser.submit(page, choice=person.calendar_id, decision="add")
    assert 422 == answer.status


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"oauth": {}}, "oauth.redirect_uri"),
        ({"oauth": {"redirect_uri": "https://example.org/#x"}}, "oauth.redirect_uri"),
        ({"oauth": {"redirect_uri": BACK, "scope": "everything"}}, "oauth.scope"),
        ({"event": {**EVENT, "end": "2030-01-07T08:00:00Z"}}, "event.end"),
        ({"event": {**EVENT, "start": "2030-01-07", "end": "2030-01-07"}}, "event.end"),
        ({"event": {"event_id": "e"}}, "event.end event.start event.summary"),
        ({"target_calendars": [{"sub": "acc_x", "calendar_id": "y"}]}, "target_calendars[0].sub"),
    ],
)
def test_a_wrong_link_is_refused(wire: Wire, changes: dict[str, Any], field: str) -> None:
    """The complaint is under the field's path."""
    assert field.split() == sorted(errors(create(wire, **changes)))


def test_in_production_redirect_uris_are_registered(wire: Wire) -> None:
    """A code goes nowhere else."""
    sandbox: Sandbox = wire.sandbox
    sandbox.application.mode = "production"
    assert ["oauth.redirect_uri"] == list(errors(create(wire)))
    sandbox.application.redirect_uris.append(BACK)
    assert 200 == create(wire).status
