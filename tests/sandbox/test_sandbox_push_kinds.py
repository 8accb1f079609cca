"""Every kind of callback that the reference has, each produced by what it tells of."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

import pytest
from aiohttp import web

from cronofy_async import callbacks
from cronofy_async.models.notifications import ChannelNotification, NotificationType
from cronofy_transports.sandbox import Choices, serve
from cronofy_transports.sandbox.push import Posting
from cronofy_transports.sandbox.state.accounts import ConferencingProfile

from .wire import Person, Wire, until

URL = "https://app.example/hook"
TIMES = ("2030-01-03T10:00:00Z", "2030-01-03T11:00:00Z")


def due(wire: Wire, after: int = 0, *, ok: bool = True) -> list[Posting]:
    """What is sent within so many seconds; it is answered well, unless told otherwise."""
    wire.command("advance", seconds=after)
    postings = wire.sandbox.world.outbox.due()
    for posting in postings:
        wire.sandbox.world.outbox.delivered(posting.delivery_id, ok=ok)
    return postings


def channel(wire: Wire, person: Person, **body: Any) -> None:
    """Make a channel."""
    made = wire.send("POST", "/v1/channels", {"callback_url": URL, **body}, token=person.token)
    assert 200 == made.status


def zoom(wire: Wire, person: Person) -> None:
    """Connect a conferencing service, and lose it."""
    profile = ConferencingProfile(profile_id="pro_zoom", name="ada", provider_name="zoom")
    wire.sandbox.world.accounts[person.sub].conferencing_profiles.append(profile)
    wire.command("disconnect", profile_id="pro_zoom")


def sync(wire: Wire, person: Person) -> None:
    """Connect a further service, and have it read."""
    profile_id = wire.command(
        "add_profile", sub=person.sub, provider_name="apple", initial_sync_required=True
    )
    wire.command("complete_initial_sync", profile_id=profile_id)


CAUSES: dict[NotificationType, Callable[[Wire, Person], Any]] = {
    NotificationType.VERIFICATION: lambda wire, person: None,
    NotificationType.CHANGE: lambda wire, person: wire.external(person, *TIMES),
    NotificationType.PROFILE_DISCONNECTED: lambda wire, person: wire.command(
        "disconnect", profile_id=person.profile_id
    ),
    NotificationType.CONFERENCING_PROFILE_DISCONNECTED: zoom,
    NotificationType.PROFILE_INITIAL_SYNC_COMPLETED: sync,
    NotificationType.GDPR_REQUESTED: lambda wire, person: wire.command(
        "request_erasure", sub=person.sub
    ),
}
ELSEWHERE = {
    # These are held by test_sandbox_conversations.
    NotificationType.SCHEDULING_CONVERSATION_JOINED,
    NotificationType.SCHEDULING_CONVERSATION_UPDATED,
}


def test_every_type_is_held_here_or_elsewhere() -> None:
    """A type that is added to the model needs a cause."""
    assert set(NotificationType) == CAUSES.keys() | ELSEWHERE


@pytest.mark.parametrize("type_", list(CAUSES))
def test_every_notification_has_its_cause(
    wire: Wire, person: Person, type_: NotificationType
) -> None:
    """It is signed, has the channel, and our own reader takes it for what it is."""
    channel(wire, person)
    if type_ != NotificationType.VERIFICATION:
        due(wire)
    CAUSES[type_](wire, person)
    (posting,) = due(wire, 10)
    signature = posting.headers[callbacks.SIGNATURE_HEADER]
    told = callbacks.read_callback(posting.body, signature, wire.secret)
    assert isinstance(told, ChannelNotification)
    assert (type_, URL) == (told.notification.type, told.channel.callback_url)
    assert (told.notification.changes_since is None) == (type_ != NotificationType.CHANGE)


# Signatures ---------------------------------------------------------------------------


def test_a_retry_is_signed_with_the_secrets_of_its_time(wire: Wire, person: Person) -> None:
    """One secret, both while one is replaced, and the new one afterwards."""

    def signatures(posting: Posting) -> list[str]:
        return posting.headers["Cronofy-HMAC-SHA256"].split(",")

    def sign(secret: str, body: bytes) -> str:
        return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()

    channel(wire, person)
    due(wire)
    wire.external(person, *TIMES)
    old = wire.secret
    (first,) = due(wire, 1, ok=False)
    new = wire.command("add_secret")
    (second,) = due(wire, 10, ok=False)
    wire.command("retire_secret")
    (third,) = due(wire, 20)
    assert first.body == second.body == third.body
    assert [[old], [old, new], [new]] == [
        [secret for secret in (old, new) if sign(secret, each.body) in signatures(each)]
        for each in (first, second, third)
    ]
    assert [1, 2, 1] == [len(signatures(each)) for each in (first, second, third)]


# Timeouts -----------------------------------------------------------------------------


def test_triggers_have_more_time_than_other_callbacks(wire: Wire, person: Person) -> None:
    """7 seconds for an event's transitions, 5 for channels and interactions."""
    hook = {
        "type": "webhook",
        "uri": URL,
        "transitions": [{"before": "event_start", "offset": {"minutes": 30}}],
        "interactions": [{"type": "conferencing_assigned"}],
    }
    channel(wire, person)
    (verification,) = due(wire)
    wire.write(person, subscriptions=[hook], conferencing={"profile_id": "default"})
    (assigned,) = due(wire, 60)
    (trigger,) = due(wire, 2 * 24 * 3600)
    assert [5, 5, 7] == [each.timeout for each in (verification, assigned, trigger)]
    assert ["interactions", "transitions"] == [
        list(json.loads(each.body)["notification"])[1] for each in (assigned, trigger)
    ]
    wire.command("choose", trigger_timeout=9, delivery_timeout=1)
    wire.write(person, "e2", subscriptions=[hook], start=TIMES[0], end=TIMES[1])
    wire.external(person, *TIMES)
    assert [1] == [each.timeout for each in due(wire, 1)]


def test_a_trigger_that_fails_is_tried_again(wire: Wire, person: Person) -> None:
    """At growing gaps, with the same body and the same time to answer."""
    before = {"before": "event_start", "offset": {"minutes": 30}}
    wire.write(person, subscriptions=[{"type": "webhook", "uri": URL, "transitions": [before]}])
    (first,) = due(wire, 26 * 3600, ok=False)
    (second,) = due(wire, 10, ok=False)
    (third,) = due(wire, 20)
    assert (first.body, 7) == (second.body, second.timeout)
    assert (first.body, 7) == (third.body, third.timeout)
    assert [] == due(wire, 24 * 3600)


# Receivers ----------------------------------------------------------------------------


@pytest.mark.asyncio
@pytest.mark.parametrize("status", [404, 410])
async def test_a_receiver_that_is_gone_is_asked_again(status: int) -> None:
    """No answer closes a channel that was verified; only a day of failing does."""
    wire = Wire()
    person = wire.person()
    answers, arrived = [200, status], asyncio.Event()

    async def take(request: web.BaseRequest) -> web.Response:
        await request.read()
        answer = answers.pop(0)
        if not answers:
            arrived.set()
        return web.Response(status=answer)

    runner = web.ServerRunner(web.Server(take))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    outbox = wire.sandbox.world.outbox
    async with serve(wire.sandbox):
        channel(wire, person, callback_url=f"http://127.0.0.1:{runner.addresses[0][1]}/")
        await until(lambda: not outbox.open())
        wire.external(person, *TIMES)
        wire.command("advance", seconds=1)
        async with asyncio.timeout(5):
            await arrived.wait()
        await until(lambda: [each.state for each in outbox.open()] == ["waiting"])
    await runner.cleanup()
    assert 1 == len(wire.get("/v1/channels", person)["channels"])
    assert Choices().delivery_first_retry == (outbox.next_due() or 0) - wire.sandbox.world.now()


# Whose changes ------------------------------------------------------------------------


def test_another_application_that_edits_and_deletes_is_told_of(wire: Wire, person: Person) -> None:
    """Each of its writes is a change for the first one, and silent for itself."""
    world = wire.sandbox.world
    other = world.add_application("Other", client_id="other", secret="hush")
    authorization = world.vault.authorize(other, world.accounts[person.sub], "read_write")
    them = Person(person.sub, world.vault.issue(authorization), "", person.calendar_id, "")
    channel(wire, person, callback_url=f"{URL}/first")
    channel(wire, them, callback_url=f"{URL}/other")
    due(wire)
    for details in ({}, {"summary": "New"}):
        assert 202 == wire.write(them, **details).status
        assert [f"{URL}/first"] == [each.url for each in due(wire, 10)]
    path = f"/v1/calendars/{person.calendar_id}/events"
    assert 202 == wire.send("DELETE", path, {"event_id": "e1"}, token=them.token).status
    assert [f"{URL}/first"] == [each.url for each in due(wire, 10)]


def test_only_managed_hears_of_ones_own_events_that_others_touch(
    wire: Wire, person: Person
) -> None:
    """Not of those of another application, nor of calendars."""
    channel(wire, person, filters={"only_managed": True})
    due(wire)
    wire.write(person)
    (event,) = wire.events(person, only_managed=True)
    wire.external(person, *TIMES)
    wire.command("create_calendar", profile_id=person.profile_id, calendar_name="Team")
    assert [] == due(wire, 10)
    wire.command("change_event", event_uid=event["event_uid"], summary="Theirs")
    assert 1 == len(due(wire, 10))
