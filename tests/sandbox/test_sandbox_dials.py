"""How tokens behave, and dials that are turned while the sandbox runs."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from cronofy_async.core.errors import InvalidArgumentError
from cronofy_async.core.wire import Response
from cronofy_transports.sandbox import Choices

from .wire import Wire, errors


def refresh(wire: Wire, token: str) -> Response:
    """Exchange a refresh token."""
    body = {**wire.client, "grant_type": "refresh_token", "refresh_token": token}
    return wire.send("POST", "/oauth/token", body)


def refreshed(wire: Wire, token: str) -> str:
    """The refresh token that another is exchanged for."""
    response = refresh(wire, token)
    assert (200, response.body) == (response.status, response.body)
    found: str = response.json()["refresh_token"]
    return found


def reads(wire: Wire, token: str) -> int:
    """The status of a read with an access token."""
    return wire.send("GET", "/v1/calendars", token=token).status


# Refresh tokens -----------------------------------------------------------------------


def test_a_rotated_token_has_its_grace() -> None:
    """The old one is good, with the same answer, for as long as the dial says."""
    wire = Wire(Choices(refresh_tokens="rotating_with_grace", refresh_token_grace=30))
    old = wire.person().refresh_token
    new = refreshed(wire, old)
    assert old != new
    wire.command("advance", seconds=29)
    assert new == refreshed(wire, old)
    wire.command("advance", seconds=1)
    refused = refresh(wire, old)
    assert (400, {"error": "invalid_grant"}) == (refused.status, refused.json())
    assert 200 == refresh(wire, new).status


def test_the_grace_is_over_once_the_new_token_is_used() -> None:
    """Of three tokens in a row, only the last two are good."""
    wire = Wire(Choices(refresh_tokens="rotating_with_grace", refresh_token_grace=3600))
    first = wire.person().refresh_token
    second = refreshed(wire, first)
    third = refreshed(wire, second)
    assert 400 == refresh(wire, first).status
    assert third == refreshed(wire, second)


def test_a_grace_of_nothing_is_none() -> None:
    """As with rotating."""
    wire = Wire(Choices(refresh_tokens="rotating_with_grace", refresh_token_grace=0))
    first = wire.person().refresh_token
    assert first != refreshed(wire, first)
    assert 400 == refresh(wire, first).status


def test_revoking_ends_former_tokens_too() -> None:
    """A token in its grace revokes like any other, and is good for nothing then."""
    wire = Wire(Choices(refresh_tokens="rotating_with_grace"))
    person = wire.person()
    new = refreshed(wire, person.refresh_token)
    body = {**wire.client, "token": person.refresh_token}
    assert 200 == wire.send("POST", "/oauth/token/revoke", body).status
    assert [400, 400, 401] == [
        refresh(wire, person.refresh_token).status,
        refresh(wire, new).status,
        reads(wire, person.token),
    ]


def test_refresh_tokens_can_be_invalidated() -> None:
    """Access tokens stay good until they expire, and a new grant is given another one."""
    wire = Wire()
    person = wire.person()
    wire.command("invalidate_refresh_token", sub=person.sub)
    assert {"error": "invalid_grant"} == refresh(wire, person.refresh_token).json()
    assert 200 == reads(wire, person.token)
    tokens = wire.command("grant", sub=person.sub)
    assert 200 == refresh(wire, tokens["refresh_token"]).status
    unknown = wire.send("POST", "/_sandbox/invalidate_refresh_token", {"sub": "acc_x"})
    assert 404 == unknown.status


# Access tokens ------------------------------------------------------------------------


def test_access_tokens_can_expire_now() -> None:
    """All of one account, of nobody else, and the refresh token gets another."""
    wire = Wire()
    person, other = wire.person(), wire.person()
    second = wire.command("grant", sub=person.sub)["access_token"]
    assert 2 == wire.command("expire_tokens", sub=person.sub)
    assert [401, 401, 200] == [reads(wire, each) for each in (person.token, second, other.token)]
    assert 0 == wire.command("expire_tokens", sub=person.sub)
    token = refresh(wire, person.refresh_token).json()["access_token"]
    assert 200 == reads(wire, token)


def test_short_expiry() -> None:
    """The dial is what expires_in says, and what holds."""
    wire = Wire()
    person = wire.person()
    wire.command("choose", access_token_lifetime=2)
    tokens = refresh(wire, person.refresh_token).json()
    assert 2 == tokens["expires_in"]
    wire.command("advance", seconds=2)
    assert [401, 200] == [reads(wire, each) for each in (tokens["access_token"], person.token)]


def test_reading_the_accounts_changes_nothing() -> None:
    """A token that is good is given again, and only an expired one is replaced."""
    wire = Wire()
    person = wire.person()

    def token() -> str:
        found: str = wire.send("GET", "/_sandbox/accounts").json()["result"][0]["access_token"]
        return found

    assert person.token == token() == token() == wire.sandbox.accounts()[0]["access_token"]
    wire.command("expire_tokens", sub=person.sub)
    new = token()
    assert new != person.token
    assert new == token()


# Turning dials ------------------------------------------------------------------------


def test_dials_are_turned_while_the_sandbox_runs() -> None:
    """Whoever looks at a choice sees the new one at once; a reset turns all back."""
    wire = Wire(Choices(page_size=50))
    person = wire.person()
    assert {"refresh_tokens": "fixed"} == wire.command("choose", refresh_tokens="rotating")
    assert person.refresh_token != refreshed(wire, person.refresh_token)
    wire.command("choose", change_delay=60, unknown_parameters="ignore")
    wire.send("POST", "/v1/channels", {"callback_url": "https://a.example/"}, token=person.token)
    wire.sandbox.world.outbox.due()
    wire.external(person, "2030-01-03T10:00:00Z", "2030-01-03T11:00:00Z")
    world = wire.sandbox.world
    assert world.now() + 60 == world.outbox.next_due()
    assert 200 == wire.send("GET", "/v1/calendars?what=ever", token=person.token).status
    assert 60 == wire.send("GET", "/_sandbox/dials").json()["result"]["change_delay"]
    wire.command("reset")
    assert (1, "fixed", 50) == (
        wire.sandbox.world.choices.change_delay,
        wire.sandbox.world.choices.refresh_tokens,
        wire.sandbox.world.outbox.choices.page_size,
    )


def test_a_list_that_has_begun_keeps_the_size_of_its_pages() -> None:
    """No entry is passed over or shown twice when the dial is turned in between."""
    wire = Wire(Choices(page_size=2))
    person = wire.person()
    for number in range(1, 8):
        wire.external(person, f"2030-01-0{number}T10:00:00Z", f"2030-01-0{number}T11:00:00Z")
    page = wire.get("/v1/events", person, tzid="Etc/UTC")
    wire.command("choose", page_size=3)
    found = [each["start"][9] for each in page["events"]]
    while "next_page" in page["pages"]:
        page = wire.get(page["pages"]["next_page"], person)
        found += [each["start"][9] for each in page["events"]]
    assert list("1234567") == found
    assert 3 == wire.get("/v1/events", person, tzid="Etc/UTC")["pages"]["total"]


@pytest.mark.parametrize(
    ("choices", "field"),
    [
        ({"page_size": 0}, "page_size"),
        ({"page_size": "many"}, "page_size"),
        ({"refresh_tokens": "sometimes"}, "refresh_tokens"),
        ({"refresh_token_grace": -1}, "refresh_token_grace"),
        ({"delivery_first_retry": 0}, "delivery_first_retry"),
        ({"colour": "red"}, "colour"),
        ({"access_token_lifetime": 10, "page_size": True}, "page_size"),
    ],
)
def test_wrong_choices_are_refused_and_change_nothing(choices: dict[str, Any], field: str) -> None:
    """Each is named, none of the others is taken."""
    wire = Wire()
    before = wire.sandbox.world.choices
    assert [field] == list(errors(wire.send("POST", "/_sandbox/choose", choices)))
    assert before is wire.sandbox.world.choices


def test_choices_are_checked_where_they_are_made() -> None:
    """By the same bounds."""
    with pytest.raises(InvalidArgumentError, match="page_size: 0 is too little; give 1 or more"):
        Choices(page_size=0)


def test_a_command_waits_for_whoever_holds_the_lock() -> None:
    """A test may act while another thread is being answered."""
    wire = Wire()
    person = wire.person()
    done = threading.Event()

    def act() -> None:
        wire.sandbox.control.expire_tokens(person.sub)
        done.set()

    with wire.sandbox.lock:
        thread = threading.Thread(target=act)
        thread.start()
        assert not done.wait(0.03)
    thread.join()
    assert done.is_set()
