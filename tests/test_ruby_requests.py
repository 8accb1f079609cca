"""
Requests in the form in which the official Ruby client sends them, to the sandbox's process.

The client itself is not run. These are the requests that its source is known to make, as
far as they differ from those of the others: forms for tokens; credentials in the body with
nothing, or a user's token, in the header; arrays as ``name[]``; and a header that it reads.
Source: cronofy-ruby 0.41.2, lib/cronofy/auth.rb and lib/cronofy/client.rb.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest

from cronofy_async.core.wire import Response

from .pycronofy_support import BACK
from .sandbox.remote import Remote, running
from .sandbox.wire import Person

AGENT = "Cronofy Ruby 0.41.2"
FORM = "application/x-www-form-urlencoded"
JSON = "application/json; charset=utf-8"
PERIODS = [{"start": "2030-01-07T09:00:00Z", "end": "2030-01-07T17:00:00Z"}]
EVENT = {
    "event_id": "qTtZdczOccgaPncGJaCiLg",
    "summary": "Board meeting",
    "description": "Discuss plans for the next quarter.",
    "start": "2030-01-07T15:30:00Z",
    "end": "2030-01-07T17:00:00Z",
    "url": "http://example.com",
    "location": {"description": "Board room"},
}


class Ruby:
    """
    Sends what the client would.

    Attributes:
        wire: The sandbox in another process.
        person: Whose tokens it has.
    """

    def __init__(self, wire: Remote) -> None:
        self.wire, self.person = wire, wire.first_person()

    def form(self, path: str, **parameters: str) -> Response:
        """A form with the client's credentials, and nothing in the header."""
        headers = {"User-Agent": AGENT, "Content-Type": FORM}
        body = urlencode({**self.wire.client, **parameters}).encode()
        return self.wire.send("POST", path, body, headers=headers)

    def json(self, method: str, path: str, body: Any, token: str | None) -> Response:
        """JSON, with a token or with nothing in the header."""
        headers = {"User-Agent": AGENT, "Content-Type": JSON}
        return self.wire.send(method, path, body, token=token, headers=headers)

    def get(self, path: str, **query: Any) -> Response:
        """A read; arrays have brackets behind their names."""
        text = urlencode(query, doseq=True)
        headers = {"User-Agent": AGENT}
        return self.wire.send("GET", f"{path}?{text}", token=self.person.token, headers=headers)


@pytest.fixture(scope="module")
def remote(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Remote]:
    """A sandbox as a process of its own, with one person."""
    with running(tmp_path_factory.mktemp("world")) as remote:
        yield remote


@pytest.fixture
def ruby(remote: Remote) -> Ruby:
    """The client, in the world of the start."""
    remote.begin_again(page_size=2)
    return Ruby(remote)


def test_tokens_are_asked_for_in_forms(ruby: Ruby) -> None:
    """A code, a refresh token and a revocation, each as a form without a header."""
    code = ruby.wire.command("authorize", sub=ruby.person.sub, redirect_uri=BACK)
    given = ruby.form("/oauth/token", grant_type="authorization_code", code=code, redirect_uri=BACK)
    assert (200, ruby.person.sub) == (given.status, given.json()["sub"])
    refresh_token = given.json()["refresh_token"]
    renewed = ruby.form("/oauth/token", grant_type="refresh_token", refresh_token=refresh_token)
    assert 200 == renewed.status
    assert 200 == ruby.form("/oauth/token/revoke", token=refresh_token).status
    token = renewed.json()["access_token"]
    assert 401 == ruby.wire.send("GET", "/v1/account", token=token).status


def test_an_application_calendar_is_a_form(ruby: Ruby) -> None:
    """The same for an application calendar, whose tokens come at once."""
    made = ruby.form("/v1/application_calendars", application_calendar_id="room")
    assert (200, "room") == (made.status, made.json()["application_calendar_id"])


def test_events_are_written_read_and_deleted(ruby: Ruby) -> None:
    """JSON bodies also on DELETE, arrays with brackets, pages by their URL."""
    path = f"/v1/calendars/{ruby.person.calendar_id}/events"
    token = ruby.person.token
    for number in range(3):
        event = {**EVENT, "event_id": f"e{number}"}
        assert (202, b"") == answer(ruby.json("POST", path, event, token))
    query = {"tzid": "Etc/UTC", "calendar_ids[]": [ruby.person.calendar_id]}
    first = ruby.get("/v1/events", include_managed="true", **query).json()
    second = ruby.wire.get(first["pages"]["next_page"], ruby.person)
    assert ["e0", "e1", "e2"] == sorted(e["event_id"] for e in first["events"] + second["events"])
    assert (202, b"") == answer(ruby.json("DELETE", path, {"event_id": "e0"}, token))
    assert (202, b"") == answer(ruby.json("DELETE", "/v1/events", {"delete_all": True}, token))
    assert [] == ruby.wire.events(ruby.person, only_managed=True)


def answer(response: Response) -> tuple[int, bytes]:
    """Status and body."""
    return response.status, response.body


def test_people_are_taken_out_with_reject(ruby: Ruby) -> None:
    """Its documentation calls those to be removed from an event reject."""
    path, token = f"/v1/calendars/{ruby.person.calendar_id}/events", ruby.person.token
    people = [{"email": "kai@example.com"}, {"email": "lena@example.com"}]
    for changes in ({"invite": people}, {"reject": people[:1]}):
        event = {**EVENT, "attendees": changes}
        assert 202 == ruby.json("POST", path, event, token).status
    (found,) = ruby.wire.events(ruby.person, only_managed=True)
    assert ["lena@example.com"] == [each["email"] for each in found["attendees"]]


@pytest.mark.parametrize("by_secret", [False, True])
def test_availability_is_asked_with_a_token_or_the_secret(ruby: Ruby, by_secret: bool) -> None:
    """The token if there is one, and else the secret; durations are objects of minutes."""
    body = {
        "participants": [{"members": [{"sub": ruby.person.sub}], "required": "all"}],
        "required_duration": {"minutes": 60},
        "query_periods": PERIODS,
    }
    token = ruby.wire.secret if by_secret else ruby.person.token
    found = ruby.json("POST", "/v1/availability", body, token)
    assert (200, 1) == (found.status, len(found.json()["available_periods"]))


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("/v1/real_time_scheduling", "real_time_scheduling"),
        ("/v1/real_time_sequencing", "real_time_sequencing"),
        ("/v1/add_to_calendar", "oauth_url"),
    ],
)
def test_links_have_the_credentials_in_the_body(ruby: Ruby, path: str, key: str) -> None:
    """Nothing in the header, but for a user's token that means nothing to one of them."""
    group = {"members": [{"sub": ruby.person.sub}], "required": "all"}
    asked = {"participants": [group], "required_duration": {"minutes": 60}}
    target = {"sub": ruby.person.sub, "calendar_id": ruby.person.calendar_id}
    template = {name: EVENT[name] for name in ("event_id", "summary", "description")}
    template["tzid"] = "Europe/London"
    availability: dict[str, Any] = {**asked, "query_periods": PERIODS}
    if key == "real_time_sequencing":
        step = {"sequence_id": "1", "event": template, **asked}
        availability = {"sequence": [step], "query_periods": PERIODS}
    body: dict[str, Any] = {"oauth": {"redirect_uri": BACK, "scope": "create_event"}}
    if key == "oauth_url":
        body["event"] = EVENT
    else:
        body |= {"event": template, "availability": availability, "target_calendars": [target]}
    token = ruby.person.token if key == "oauth_url" else None
    made = ruby.json("POST", path, {**ruby.wire.client, **body}, token)
    assert 2 == made.status // 100, made.body
    assert key in made.json()


def test_an_element_token_is_asked_for_without_a_version(ruby: Ruby) -> None:
    """All other clients say which version they mean."""
    body = {"permissions": ["agenda"], "subs": [ruby.person.sub], "origin": "https://example.com"}
    made = ruby.json("POST", "/v1/element_tokens", body, ruby.wire.secret)
    assert (200, ["agenda"]) == (made.status, made.json()["element_token"]["permissions"])


def test_batches_have_relative_urls(ruby: Ruby) -> None:
    """An entry has method, relative_url and data."""
    url = f"/v1/calendars/{ruby.person.calendar_id}/events"
    entries = [
        {"method": "POST", "relative_url": url, "data": EVENT},
        {"method": "DELETE", "relative_url": url, "data": {"event_id": EVENT["event_id"]}},
    ]
    done = ruby.json("POST", "/v1/batch", {"batch": entries}, ruby.person.token)
    assert [202, 202] == [each["status"] for each in done.json()["batch"]]


def test_a_refusal_has_the_status_header_that_its_messages_are_made_of(ruby: Ruby) -> None:
    """The client puts the header Status into what it raises, beside the errors of a 422."""
    refused = ruby.get("/v1/events")
    assert (422, "422 Unprocessable Entity") == (refused.status, refused.header("status"))
    assert ["tzid"] == list(refused.json()["errors"])


def test_a_person_is_whoever_the_first_token_is_of(ruby: Ruby) -> None:
    """The tokens that all of this is done with are those of the one person."""
    person: Person = ruby.person
    assert person.sub == ruby.get("/v1/account").json()["account"]["account_id"]
