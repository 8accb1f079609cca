"""What is hardly HTTP or JSON any more: refused, and never told to the log."""

from __future__ import annotations

import json
import logging
import socket
from collections.abc import Generator
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from cronofy_async.core.errors import InvalidArgumentError
from cronofy_transports.sandbox import Clock, Sandbox, run_in_thread
from cronofy_transports.sandbox.app import App

from .wire import NOW, Person, Wire, errors

HOST = "Host: 127.0.0.1"
JSON = {"Content-Type": "application/json"}


class Broken(Sandbox):
    """One that cannot answer at all."""

    @cached_property
    def app(self) -> App:
        """Fail."""
        raise RuntimeError("broken")


@pytest.fixture
def url() -> Generator[str]:
    """Where a sandbox answers."""
    with run_in_thread(Sandbox(7, clock=Clock(lambda: NOW))) as urls:
        yield urls.api_url


@pytest.fixture
def person(wire: Wire) -> Person:
    """Ada, in London."""
    return wire.person()


def say(url: str, *lines: str, wait: bool = True) -> str:
    """Send lines as they are; the status line of the answer, if it is waited for."""
    parts = urlsplit(url)
    with socket.create_connection((parts.hostname, parts.port), timeout=5) as connection:
        connection.sendall("".join(f"{line}\r\n" for line in (*lines, "")).encode())
        return connection.recv(4096).decode().partition("\r\n")[0] if wait else ""


@pytest.mark.parametrize(
    "host",
    ["[127.0.0.1", "127.0.0.1]", "x[.localhost", "127.0.0.1:x", "/_sandbox/?.localhost", "a@[::1]"],
)
def test_a_host_is_a_name_or_an_address_and_nothing_else(
    url: str, host: str, caplog: pytest.LogCaptureFixture
) -> None:
    """It neither breaks the URL that is made of it, nor stands in the place of the path."""
    assert "HTTP/1.1 421 Misdirected Request" == say(url, "GET / HTTP/1.1", f"Host: {host}")
    assert [] == caplog.records


def test_what_is_no_http_is_not_logged(url: str, caplog: pytest.LogCaptureFixture) -> None:
    """It would be quoted, with the token that it may hold."""
    secret = "Authorization: Bearer SECRET\x7f"
    assert "400 Bad Request" in say(url, "GET /v1/account HTTP/1.1", HOST, secret)
    say(url, "POST /v1/channels HTTP/1.1", HOST, "Content-Length: 9", wait=False)
    # Whoever goes away in the middle of a body has been noticed by the time of an answer.
    say(url, "POST /v1/channels HTTP/1.1", HOST, "Content-Length: 0")
    assert [] == caplog.records


def test_what_goes_wrong_with_the_server_itself_is_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Nothing else is kept out of the log."""
    with run_in_thread(Broken()) as urls, caplog.at_level(logging.ERROR):
        assert "500 Internal Server Error" in say(urls.api_url, "GET / HTTP/1.1", HOST)
    assert ["cronofy_transports.sandbox.server"] == [each.name for each in caplog.records]


@pytest.mark.parametrize("body", [b"{'seconds': 5}", b"[]", b'{"seconds": 5', b"\xff"])
def test_a_command_without_an_object_is_not_carried_out(
    wire: Wire, person: Person, body: bytes
) -> None:
    """A slip of the shell's quotes is told as what it is, and resets nothing."""
    answer = wire.send("POST", "/_sandbox/reset", body, headers=JSON)
    assert 422 == answer.status
    assert {"": "must be an object in JSON"} == {
        name: each[0]["description"] for name, each in answer.json()["errors"].items()
    }
    assert person.sub in wire.sandbox.world.accounts


@pytest.mark.parametrize("name", ["limit", "since"])
def test_a_number_that_nobody_has_is_refused(wire: Wire, name: str) -> None:
    """However many digits it has."""
    answer = wire.send("GET", f"/_sandbox/journal?{name}={'9' * 5000}")
    assert (422, [name]) == (answer.status, list(answer.json()["errors"]))


def test_half_a_character_does_not_get_into_a_world(
    wire: Wire, person: Person, tmp_path: Path
) -> None:
    """By no command and by no file: what cannot be written could not be read either."""
    profile = wire.sandbox.world.calendars[person.calendar_id].profile.profile_id
    body = json.dumps({"profile_id": profile, "calendar_name": "\ud800"}).encode()
    answer = wire.send("POST", "/_sandbox/create_calendar", body, headers=JSON)
    assert (422, ["calendar_name"]) == (answer.status, list(answer.json()["errors"]))
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"accounts": [{"email": "a@example.com", "name": "\ud800"}]}))
    with pytest.raises(InvalidArgumentError, match=r"a.json: accounts\[0\].name must be Unicode"):
        Sandbox(world=path)
    path.write_text(json.dumps({"accounts": [{"email": "a@example.com", "name": "\U0001f600"}]}))
    assert 1 == len(Sandbox(world=path).world.accounts)


@pytest.mark.parametrize(
    "start",
    [
        "2030-W02-1",
        "2030-W02-1T09:00:00Z",
        "20300107T090000Z",
        "2030-01-07x09:00:00Z",
        "2030-01-07\u00a009:00:00Z",
        "2030-01-07T09:00:00 Z",
        "2030-01-07T09:00:00.0000001Z",
        "2030-01-07T09:00:00+05:30:15",
    ],
)
def test_a_time_that_only_python_reads_is_refused(wire: Wire, person: Person, start: str) -> None:
    """The service takes ISO 8601 as the reference shows it."""
    end = "2030-01-08" if len(start) == len("2030-01-08") else "2030-01-08T09:00:00Z"
    assert "start" in errors(wire.write(person, start=start, end=end))


@pytest.mark.parametrize("url", ["//[", "//example.com/v1/calendars/x/events", "v1/x", ""])
def test_an_entry_of_a_batch_is_a_path_of_this_host(wire: Wire, person: Person, url: str) -> None:
    """What follows two slashes would be another host, and maybe no host at all."""
    body = {"batch": [{"method": "POST", "relative_url": url, "data": {}}]}
    answer = wire.send("POST", "/v1/batch", body, token=person.token)
    assert ["batch[0].relative_url"] == list(errors(answer))


def test_who_waits_for_the_server_may_ask_for_the_head_alone(url: str) -> None:
    """wait-on, for one, takes nothing but a 200 for a server that is there."""
    assert "HTTP/1.1 200 OK" == say(url, "HEAD / HTTP/1.1", HOST)
    assert "HTTP/1.1 404 Not Found" == say(url, "HEAD /v1/calendars HTTP/1.1", HOST)
