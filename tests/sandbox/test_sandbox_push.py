"""Push notifications: what is told to whom, when, how often, and signed by whom."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from itertools import pairwise
from typing import Any

import attrs
import pytest

from cronofy_transports.sandbox import Choices
from cronofy_transports.sandbox.push import Posting

from .wire import Person, Wire, errors, keys

URL = "https://app.example/hook"
TIMES = ("2030-01-03T10:00:00Z", "2030-01-03T11:00:00Z")


def channel(wire: Wire, person: Person, **body: Any) -> dict[str, Any]:
    """Make a channel, and answer its verification well."""
    response = wire.send("POST", "/v1/channels", {"callback_url": URL, **body}, token=person.token)
    assert 200 == response.status
    for posting in wire.sandbox.world.outbox.due():
        wire.sandbox.world.outbox.delivered(posting.delivery_id, ok=True)
    made: dict[str, Any] = response.json()["channel"]
    return made


def due(wire: Wire, after: int = 0) -> list[Posting]:
    """What is to be sent after so many seconds."""
    wire.command("advance", seconds=after)
    return wire.sandbox.world.outbox.due()


def done(wire: Wire, postings: list[Posting], *, ok: bool = True) -> None:
    """Say how deliveries went."""
    for posting in postings:
        wire.sandbox.world.outbox.delivered(posting.delivery_id, ok=ok)


def listed(wire: Wire, person: Person) -> list[str]:
    """The ids of the channels that are open."""
    return [each["channel_id"] for each in wire.get("/v1/channels", person)["channels"]]


# Channels -----------------------------------------------------------------------------


@pytest.mark.parametrize("filters", [None, {}, {"only_managed": False}, "calendars"])
def test_a_channel_echoes_its_filters_and_is_verified(
    wire: Wire, person: Person, filters: Any
) -> None:
    """The answer echoes what was sent, {} for nothing, and the verification says the same."""
    if filters == "calendars":
        filters = {"calendar_ids": [person.calendar_id], "only_managed": True}
    body = {"callback_url": URL, **({} if filters is None else {"filters": filters})}
    made = wire.send("POST", "/v1/channels", body, token=person.token).json()["channel"]
    assert {
        "channel_id": made["channel_id"],
        "callback_url": URL,
        "filters": filters or {},
    } == made
    assert made["channel_id"].startswith("chn_")
    (posting,) = due(wire)
    assert {"notification": {"type": "verification"}, "channel": made} == json.loads(posting.body)
    assert [made] == wire.get("/v1/channels", person)["channels"]


def test_the_same_channel_is_made_once(wire: Wire, person: Person) -> None:
    """An identical channel is the one that there is; another filter makes another."""
    first, same = channel(wire, person), channel(wire, person)
    other = channel(wire, person, filters={"only_managed": True})
    assert first["channel_id"] == same["channel_id"] != other["channel_id"]
    assert [] == due(wire)


def test_a_channel_can_be_closed(wire: Wire, person: Person) -> None:
    """202 without a body, then it is not listed, not known, and told nothing."""
    made = channel(wire, person)
    path = f"/v1/channels/{made['channel_id']}"
    assert 404 == wire.send("DELETE", path, token=wire.person().token).status
    response = wire.send("DELETE", path, token=person.token)
    assert (202, b"") == (response.status, response.body)
    assert [] == listed(wire, person)
    assert 404 == wire.send("DELETE", path, token=person.token).status
    wire.external(person, *TIMES)
    assert [] == due(wire, 10)


@pytest.mark.parametrize(
    ("body", "field", "key"),
    [
        ({}, "callback_url", "errors.required"),
        ({"callback_url": "ftp://x.example"}, "callback_url", "errors.invalid"),
        ({"callback_url": "nonsense"}, "callback_url", "errors.invalid"),
        ({"callback_url": URL, "filters": {"calendar_ids": []}}, "filters.calendar_ids", None),
        (
            {"callback_url": URL, "filters": {"calendar_ids": ["cal_x"]}},
            "filters.calendar_ids",
            "errors.invalid_calendar_ids",
        ),
        (
            {"callback_url": URL, "filters": {"calendars": ["cal_x"]}},
            "filters.calendars",
            "errors.not_recognized",
        ),
    ],
)
def test_a_wrong_channel_is_refused(
    wire: Wire, person: Person, body: Any, field: str, key: str | None
) -> None:
    """The URL must be http or https, calendars must be known, and some if any."""
    response = wire.send("POST", "/v1/channels", body, token=person.token)
    assert {field: [key or "errors.invalid"]} == keys(response)


def test_an_account_has_at_most_128_channels(wire: Wire, person: Person) -> None:
    """One more is refused."""
    for number in range(128):
        channel(wire, person, callback_url=f"{URL}/{number}")
    refused = wire.send("POST", "/v1/channels", {"callback_url": URL}, token=person.token)
    assert errors(refused)


# What is told -------------------------------------------------------------------------


def test_changes_of_a_moment_are_told_together(wire: Wire, person: Person) -> None:
    """One notification has the earliest change, in whole seconds, and can be read from."""
    made = channel(wire, person)
    uid = wire.external(person, *TIMES)
    assert [] == due(wire)
    wire.command("cancel_event", event_uid=uid)
    (posting,) = due(wire, Choices().change_delay)
    body = json.loads(posting.body)
    assert {
        "notification": {"type": "change", "changes_since": "2030-01-01T08:00:00Z"},
        "channel": made,
    } == body
    since = body["notification"]["changes_since"]
    assert [uid] == [
        event["event_uid"]
        for event in wire.events(person, last_modified=since, include_deleted=True)
    ]
    done(wire, [posting])
    assert [] == due(wire, 3600)


def test_an_application_is_not_told_of_what_it_did(wire: Wire, person: Person) -> None:
    """Its own upserts, edits and deletions are silent; what people do to its events is not."""
    channel(wire, person)
    wire.write(person)
    uid = wire.events(person, only_managed=True)[0]["event_uid"]
    wire.command("advance", seconds=10)
    assert [] == due(wire)
    wire.command("move_event", event_uid=uid, start=TIMES[0], end=TIMES[1])
    assert ["change"] == [json.loads(each.body)["notification"]["type"] for each in due(wire, 10)]


def test_another_applications_write_is_a_change(wire: Wire, person: Person) -> None:
    """What one application writes is told to the channels of others."""
    channel(wire, person)
    world = wire.sandbox.world
    other = world.add_application("Other", client_id="other", secret="hush")
    authorization = world.vault.authorize(other, world.accounts[person.sub], "read_write")
    token = world.vault.issue(authorization)
    wire.write(Person(person.sub, token, "", person.calendar_id, ""))
    assert 1 == len(due(wire, 10))


def test_filters_hold(wire: Wire, person: Person) -> None:
    """A channel hears of its calendars only, and of managed events only if it wants so."""
    profile = wire.sandbox.world.accounts[person.sub].profiles[0]
    second = wire.sandbox.world.add_calendar(profile, "Second")
    elsewhere = Person(person.sub, person.token, "", second.calendar_id, "")
    channel(
        wire, person, callback_url=f"{URL}/work", filters={"calendar_ids": [second.calendar_id]}
    )
    channel(wire, person, callback_url=f"{URL}/managed", filters={"only_managed": True})
    wire.external(person, *TIMES)
    assert [] == due(wire, 10)
    wire.external(elsewhere, *TIMES)
    assert [f"{URL}/work"] == [each.url for each in due(wire, 10)]
    wire.write(person)
    uid = wire.events(person, only_managed=True)[0]["event_uid"]
    wire.command("cancel_event", event_uid=uid)
    assert [f"{URL}/managed"] == [each.url for each in due(wire, 10)]


def test_others_hear_nothing(wire: Wire, person: Person) -> None:
    """A channel hears of its own account only, and of nothing once that is revoked."""
    channel(wire, wire.person())
    wire.external(person, *TIMES)
    assert [] == due(wire, 10)
    channel(wire, person)
    wire.command("revoke", sub=person.sub)
    wire.external(person, *TIMES)
    assert [] == due(wire, 10)


def test_a_disconnected_profile_is_told_at_once(wire: Wire, person: Person) -> None:
    """profile_disconnected has no further keys."""
    made = channel(wire, person)
    wire.command("disconnect", profile_id=person.profile_id)
    (posting,) = due(wire)
    assert {"notification": {"type": "profile_disconnected"}, "channel": made} == json.loads(
        posting.body
    )


# Signatures ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("secret", "signature"),
    [
        ("pDY0Oi7TJSP2hfNmZNkm5", "6r2/HjBkqymGegX0wOfifieeUXbbHwtV/LohHS+jv6c="),
        (
            "CRN_NggYusqPGLxwjw5FHOJYOqSrTPNXy8WQf14OID",
            "5DxentQi5YSXODEzTVv06sRwJ3pULIz1KrYv20qxEK0=",
        ),
    ],
)
def test_signatures_are_those_of_the_reference(wire: Wire, secret: str, signature: str) -> None:
    """The well-known body is signed as the documentation says."""
    wire.sandbox.application.secrets[:] = [secret]
    outbox = wire.sandbox.world.outbox
    outbox.post(wire.sandbox.application, URL, "test", {"example": "well-known"})
    (posting,) = outbox.due()
    assert b'{"example":"well-known"}' == posting.body
    assert signature == posting.headers["Cronofy-HMAC-SHA256"]
    assert "application/json; charset=utf-8" == posting.headers["Content-Type"]


def test_every_active_secret_signs(wire: Wire, person: Person) -> None:
    """During a rotation there are two signatures, joined by a comma without a space."""
    channel(wire, person)
    new = wire.command("add_secret")
    wire.external(person, *TIMES)
    (posting,) = due(wire, 10)
    digests = [
        base64.b64encode(hmac.new(key.encode(), posting.body, hashlib.sha256).digest()).decode()
        for key in (wire.secret, new)
    ]
    assert ",".join(digests) == posting.headers["Cronofy-HMAC-SHA256"]


# Failures -----------------------------------------------------------------------------


def test_a_failed_verification_closes_the_channel(wire: Wire, person: Person) -> None:
    """By default once is enough, as the quick start says."""
    wire.send("POST", "/v1/channels", {"callback_url": URL}, token=person.token)
    done(wire, due(wire), ok=False)
    assert [] == listed(wire, person)
    assert [] == due(wire, 86400)


def test_a_verification_can_be_tried_again() -> None:
    """With the dial turned, it is tried for a day like everything else."""
    wire = Wire(Choices(verification_retries=True))
    person = wire.person()
    wire.send("POST", "/v1/channels", {"callback_url": URL}, token=person.token)
    done(wire, due(wire), ok=False)
    assert 1 == len(listed(wire, person))
    assert 1 == len(due(wire, Choices().delivery_first_retry))


def test_a_failed_delivery_is_tried_at_growing_gaps_for_a_day(wire: Wire, person: Person) -> None:
    """Gaps double up to the longest; after 24 hours of failing the channel is closed."""
    channel(wire, person)
    wire.external(person, *TIMES)
    outbox, clock = wire.sandbox.world.outbox, wire.sandbox.world.clock
    start, tried, bodies = clock.now(), [], set()
    while (moment := outbox.next_due()) is not None:
        clock.advance(moment - clock.now())
        for posting in outbox.due():
            tried.append(clock.now() - start)
            bodies.add(posting.body)
            outbox.delivered(posting.delivery_id, ok=False)
    gaps = [after - before for before, after in pairwise(tried)]
    assert [10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600] == gaps[:10]
    assert {3600} == set(gaps[9:])
    assert 86400 <= tried[-1] - tried[0] < 86400 + 3600
    assert 1 == len(bodies)
    tokens = wire.command("grant", sub=person.sub)
    later = attrs.evolve(person, token=tokens["access_token"])
    assert [] == listed(wire, later)


def test_a_retry_covers_what_changed_since(wire: Wire, person: Person) -> None:
    """While one notification fails, further changes wait with it, and go out as one."""
    channel(wire, person)
    wire.external(person, *TIMES)
    first = due(wire, 1)
    wire.external(person, *TIMES)
    done(wire, first, ok=False)
    wire.external(person, *TIMES)
    (retry,) = due(wire, 10)
    assert first[0].body == retry.body
    done(wire, [retry])
    assert [] == due(wire, 86400)


def test_a_change_during_a_delivery_is_told_after_it(wire: Wire, person: Person) -> None:
    """Its receiver may have read already, so a second notification follows."""
    channel(wire, person)
    wire.external(person, *TIMES)
    first = due(wire, 1)
    wire.external(person, *TIMES)
    done(wire, first)
    (second,) = due(wire, 10)
    assert "2030-01-01T08:00:01Z" == json.loads(second.body)["notification"]["changes_since"]


def test_an_answer_to_nothing_changes_nothing(wire: Wire) -> None:
    """Saying how an unknown delivery went is passed over."""
    wire.sandbox.world.outbox.delivered(99, ok=True)
