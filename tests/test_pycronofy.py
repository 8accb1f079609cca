"""
The official SDK, as it is, against the sandbox's process: a witness that is not ours.

What pycronofy sends was written against the real service, so a name that our client
and our sandbox had wrong alike would show here. Nothing of it is changed but where it
sends to. Its defects are held to be as the page on migrating tells, each beside what
our client does at the same place.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Iterator

import attrs
import pycronofy  # type: ignore[import-untyped]  # it has no types: one reason to migrate
import pytest
from pycronofy import exceptions as official_errors

from cronofy_async.callbacks import sign

from .pycronofy_calls import Calls, notified
from .pycronofy_support import (
    BACK,
    Both,
    Stub,
    approved,
    both_of,
    event,
    periods,
    pointed_at,
    sent_by_pycronofy,
)
from .sandbox.remote import Remote, running


@pytest.fixture(scope="module")
def remote(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Remote]:
    """A sandbox as a process of its own, with one person."""
    with running(tmp_path_factory.mktemp("world")) as remote:
        yield remote


@pytest.fixture
def both(remote: Remote) -> Iterator[Both]:
    """Both clients, of that person; the world is as it was at the start, with short pages."""
    remote.begin_again(page_size=2, page_lifetime=24 * 3600)
    yield from both_of(remote)


def test_the_quick_start(both: Both) -> None:
    """From the link for consent to a notification, with the answers of each step."""
    client = pointed_at(both.url, **both.wire.client)
    back = approved(client.user_auth_link(BACK, scope="read_write", state="s-1"))
    assert "s-1" == back["state"]
    tokens = client.get_authorization_from_code(back["code"])
    assert {"access_token", "refresh_token", "token_expiration"} == tokens.keys()
    (calendar,) = client.list_calendars()
    member = {"sub": client.account()["account_id"], "calendar_ids": [calendar["calendar_id"]]}

    slots = client.availability(
        {"members": [member]}, 60, available_periods=periods(), response_format="slots"
    )

    assert 8 == len(slots)
    for number, slot in enumerate(slots[:5]):
        times = {"start": slot["start"], "end": slot["end"]}
        client.upsert_event(calendar["calendar_id"], event(f"e{number}", **times))
    events = client.read_events(tzid="Europe/London", only_managed=True)
    assert (1, 3) == (events.current, events.total)
    assert [f"e{number}" for number in range(5)] == sorted(each["event_id"] for each in events)
    with Stub() as receiver:
        client.create_notification_channel(receiver.url, calendar_ids=[calendar["calendar_id"]])
        kinds = [notified(client, receiver)["type"]]
        both.wire.command(
            "create_event",
            calendar_id=calendar["calendar_id"],
            summary="Private",
            start="2030-01-08T09:00:00Z",
            end="2030-01-08T10:00:00Z",
        )
        both.wire.command("advance", seconds=2)
        change = notified(client, receiver)
    assert ["verification", "change"] == [*kinds, change["type"]]
    (changed,) = client.read_events(last_modified=change["changes_since"], include_managed=False)
    assert "Private" == changed["summary"]


@pytest.mark.parametrize("name", sorted(sent_by_pycronofy()))
def test_a_call_has_its_effect(name: str, both: Both) -> None:
    """What a method of pycronofy sends is understood, carried out and answered."""
    check: Callable[[Calls], None] = vars(Calls)[name]
    check(Calls(**attrs.asdict(both, recurse=False)))


# Those that send nothing are asserted here, and beside the defects.
LOCAL = {"user_auth_link", "hmac_valid", "is_authorization_expired", "validate"}


def test_every_public_method_is_called() -> None:
    """What pycronofy has today is called here, or shapes arguments of what is."""
    public = {
        name
        for name, _ in inspect.getmembers(pycronofy.Client, inspect.isfunction)
        if not name.startswith("_")
    }
    shaping = {name for name in public if name.startswith(("map_", "translate_"))}
    assert public == sent_by_pycronofy() | LOCAL | shaping
    assert sent_by_pycronofy() <= vars(Calls).keys()


def test_consent_and_tokens_are_judged_by_the_client_itself(both: Both) -> None:
    """The link names the client; a signature over the very bytes is good; tokens expire."""
    link = both.theirs.user_auth_link(BACK, scope="read_write", state="s-1")
    assert link.startswith(f"{both.url}/oauth/authorize?")
    body = json.dumps({"notification": {"type": "change"}})
    signed = sign(body.encode(), both.wire.secret)
    assert both.theirs.hmac_valid(signed, body)
    assert not both.theirs.hmac_valid(signed, body + " ")
    assert both.theirs.is_authorization_expired()
    with pytest.raises(official_errors.PyCronofyValidationError):
        both.theirs.validate("delete_event", both.cal, None)
