"""What the sandbox pushes over HTTP arrives at the handler, in each framework."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import pytest

from cronofy_async import Cronofy
from cronofy_async.webhooks import WebhookLimits
from cronofy_transports.sandbox import Choices, run_in_thread

from ..sandbox.wire import Person, Wire
from .serving import FRAMEWORKS, flasked, serving

TIMES = ("2030-01-03T10:00:00Z", "2030-01-03T11:00:00Z")


def until(condition: Callable[[], bool]) -> None:
    """Wait, not for long, until something that happens in other threads has happened."""
    give_up = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < give_up
        time.sleep(0.005)


class Service:
    """A sandbox that is served, and somebody in it."""

    def __init__(self, wire: Wire, api_url: str) -> None:
        self.wire, self.api_url = wire, api_url
        self.person: Person = wire.person()

    def subscribe(self, url: str) -> str:
        """Make a channel; gives its id."""
        body = {"callback_url": url}
        answer = self.wire.send("POST", "/v1/channels", body, token=self.person.token)
        self.settle()
        return str(answer.json()["channel"]["channel_id"])

    def channels(self) -> list[str]:
        """The ids of the channels that are open."""
        listed = self.wire.get("/v1/channels", self.person)["channels"]
        return [each["channel_id"] for each in listed]

    def change(self) -> str:
        """Have the person make an event, and let the push for it come; gives the event's uid."""
        uid = self.wire.external(self.person, *TIMES)
        self.advance(1)
        return uid

    def advance(self, seconds: float) -> None:
        """Let time pass in the sandbox, and what is due then be done with."""
        self.wire.command("advance", seconds=seconds)
        self.settle()

    def settle(self) -> None:
        """Wait until nothing is due or on its way."""
        world = self.wire.sandbox.world

        def is_quiet() -> bool:
            with self.wire.sandbox.lock:
                now = world.now()
                return all(
                    each.state == "waiting" and each.due_at > now for each in world.outbox.open()
                )

        until(is_quiet)


@pytest.fixture
def served() -> Iterator[Service]:
    """A sandbox whose tokens outlast a test."""
    wire = Wire(Choices(access_token_lifetime=86400))
    with run_in_thread(wire.sandbox) as urls:
        yield Service(wire, urls.api_url)


@pytest.mark.parametrize("name", FRAMEWORKS)
def test_pushes_arrive_and_are_answered(served: Service, name: str) -> None:
    """A channel is verified and stays open, and a change is handed over with its time."""
    with serving(FRAMEWORKS[name], secrets=(served.wire.secret,)) as handled:
        channel = served.subscribe(handled.url)
        assert "verification" == handled.next().notification.type
        before = datetime.fromtimestamp(served.wire.sandbox.world.now(), UTC)
        served.change()
        told = handled.next()

        assert [channel] == served.channels()
        assert (channel, "change") == (told.channel.channel_id, told.notification.type)
        assert told.notification.changes_since <= before
        assert [] == served.wire.sandbox.world.outbox.open()


@pytest.mark.fault(48)
def test_secrets_rotate_without_a_gap(served: Service) -> None:
    """With old and new secret, every push is taken before, while and after the service changes."""
    old, new = served.wire.secret, served.wire.command("add_secret")
    served.wire.sandbox.application.secrets.remove(new)
    with serving(FRAMEWORKS["asgi"], secrets=(new, old)) as handled:
        served.subscribe(handled.url)
        handled.next()
        served.wire.sandbox.application.secrets.append(new)
        served.change()
        handled.next()
        served.wire.command("retire_secret")
        served.change()
        handled.next()
        assert [] == served.wire.sandbox.world.outbox.open()
    # A receiver of the old one alone refuses, and the service tries again.
    with serving(FRAMEWORKS["asgi"], secrets=(old,)) as handled:
        assert served.subscribe(handled.url) not in served.channels()
        assert handled.came.empty()


@pytest.mark.fault(48)
@pytest.mark.parametrize("name", ["asgi", "flask"])
def test_a_push_that_comes_many_times_is_handled_once(served: Service, name: str) -> None:
    """Fifty copies, one after the other, are one hand-over in a window."""
    limits = WebhookLimits(window=30)
    with serving(FRAMEWORKS[name], limits, (served.wire.secret,)) as handled:
        served.subscribe(handled.url)
        served.wire.command(
            "add_fault", action="duplicate_notifications", copies=50, notification="change", times=1
        )
        served.change()
        until(lambda: not served.wire.sandbox.world.outbox.open())

    kinds = [handled.next().notification.type for _ in range(2)]
    assert ["verification", "change"] == kinds
    assert handled.came.empty()


@pytest.mark.fault(48)
def test_pushes_out_of_order_are_told_since_the_earliest(served: Service) -> None:
    """Of two changes that come the wrong way round, the hand-over covers both."""
    with serving(FRAMEWORKS["asgi"], WebhookLimits(window=30), (served.wire.secret,)) as handled:
        served.subscribe(handled.url)
        served.wire.command("add_fault", action="delay_notifications", seconds=100, times=1)
        earliest = served.wire.sandbox.world.now()
        served.change()
        served.advance(50)
        served.change()
        served.advance(100)

    told = [handled.next() for _ in range(2)][-1]
    assert told.notification.changes_since.timestamp() <= earliest
    assert handled.came.empty()


class Follower:
    """
    An application that reads on from its own cursor whenever it is told of a change.

    Args:
        service: What it reads from.
    """

    def __init__(self, service: Service, cronofy: Cronofy) -> None:
        self._account = cronofy.account(access_token=service.person.token)
        self._cursor = datetime.fromtimestamp(service.wire.sandbox.world.now(), UTC)
        self.events: set[str] = set()

    def read_on(self, _: Any) -> None:
        """Read what changed since the last time."""
        found = self._account.read_events(tzid="Etc/UTC", last_modified=self._cursor).collect()
        self.events |= {str(event.event_uid) for event in found}
        updated = [event.updated for event in found if event.updated is not None]
        self._cursor = max([self._cursor, *updated])


@pytest.mark.fault(49)
def test_after_an_hour_of_outage_nothing_is_missed(served: Service) -> None:
    """The service tries again until the receiver is back, and the cursor covers all of the hour."""
    secrets = (served.wire.secret,)
    with Cronofy("id", "secret", api_url=served.api_url) as cronofy:
        follower = Follower(served, cronofy)
        with serving(flasked, secrets=secrets) as handled:
            channel = served.subscribe(handled.url)
            assert "verification" == handled.next().notification.type
            expected = {served.change()}
            follower.read_on(handled.next())
            assert expected == follower.events
        for _ in range(6):
            expected.add(served.change())
            served.advance(599)
        assert expected != follower.events
        again = partial(flasked, port=urlsplit(handled.url).port or 0)
        with serving(again, secrets=secrets) as handled:
            served.advance(3600)
            told = handled.next()
            follower.read_on(told)

            assert expected == follower.events
            assert [channel] == served.channels()
            assert [] == served.wire.sandbox.world.outbox.open()
            assert handled.came.empty()


@pytest.mark.fault(49)
def test_a_handler_that_is_stuck_costs_no_push(served: Service) -> None:
    """While there is no room the service is asked to come again, and later finds all handled."""
    people = [served.person, served.wire.person(), served.wire.person()]
    limits = WebhookLimits(window=0, waiting=1, concurrent=1)
    with serving(flasked, limits, (served.wire.secret,)) as handled:
        for served.person in people:
            served.subscribe(handled.url)
            assert "verification" == handled.next().notification.type
        with handled.hold():
            for person in people:
                served.wire.external(person, *TIMES)
            served.advance(1)
            first = handled.next()
            refused = [each for each in served.wire.sandbox.world.outbox.open() if each.attempts]
            # One, or two if the handler had not taken the first when the others came.
            assert 1 <= len(refused) <= 2
        told = {first.channel.channel_id}
        for _ in people:
            # What was taken has begun before the service comes again: so there is room for one.
            while len(told) < len(people) - len(served.wire.sandbox.world.outbox.open()):
                told.add(handled.next().channel.channel_id)
            served.advance(3600)

        assert len(people) == len(told)
        assert [] == served.wire.sandbox.world.outbox.open()
