"""The receiver of callbacks, as a suite uses it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from threading import Timer
from typing import Any, assert_type

import anyio
import anyio.lowlevel
import pytest

from cronofy_async.callbacks import SIGNATURE_HEADER, Callback, read_callback, sign
from cronofy_async.models import ChannelNotification, RealTimeSchedulingCompleted
from cronofy_transports.pytest_plugin import (
    CronofyAccount,
    CronofyApp,
    CronofyClock,
    CronofySandbox,
    CronofyWebhooks,
    ReceivedWebhook,
)
from cronofy_transports.pytest_plugin.served import let_arrive
from cronofy_transports.sandbox import Choices, Clock
from cronofy_transports.sandbox.push import Outbox

from ..sandbox.fetching import fetch

MONDAY = datetime(2030, 1, 7, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def listening(cronofy_account: CronofyAccount, cronofy_webhooks: CronofyWebhooks) -> CronofyAccount:
    """An account with a channel that is verified."""
    cronofy_account.client.create_channel(callback_url=cronofy_webhooks.url)
    cronofy_webhooks.wait_for("verification")
    return cronofy_account


def types(webhooks: CronofyWebhooks) -> list[str | None]:
    """The types of all that came."""
    return [each.type for each in webhooks]


def test_a_change_is_waited_for_in_no_time(
    listening: CronofyAccount, cronofy_webhooks: CronofyWebhooks, cronofy_clock: CronofyClock
) -> None:
    """Several changes come as one callback, for which only the sandbox's clock moves on."""
    before = cronofy_clock.freeze()
    listening.create_event("Dentist", MONDAY, MONDAY + HOUR)
    listening.create_event("Baker", MONDAY, MONDAY + HOUR)
    change = cronofy_webhooks.wait_for(ChannelNotification)
    assert "change" == change.type
    assert change.callback.notification.changes_since is not None
    assert before < cronofy_clock.now() <= before + timedelta(seconds=2)
    cronofy_webhooks.settle()
    assert ["verification", "change"] == types(cronofy_webhooks)
    assert 2 == len(cronofy_webhooks)


def test_the_application_is_not_told_of_what_it_did(
    listening: CronofyAccount, cronofy_webhooks: CronofyWebhooks
) -> None:
    """Once all has settled, nothing came but the verification."""
    listening.client.upsert_event(
        calendar_id=listening.calendar_id,
        event_id="booking",
        summary="Booking",
        start=MONDAY,
        end=MONDAY + HOUR,
    )
    cronofy_webhooks.settle()

    assert ["verification"] == types(cronofy_webhooks)


def test_each_callback_is_waited_for_once(
    listening: CronofyAccount, cronofy_webhooks: CronofyWebhooks
) -> None:
    """A second wait gives the next one of the kind, be it there already or not."""
    for summary in ("Dentist", "Baker"):
        listening.create_event(summary, MONDAY, MONDAY + HOUR)
        cronofy_webhooks.settle()
    first, second = (cronofy_webhooks.wait_for("change") for _ in range(2))

    assert first is not second
    assert list(cronofy_webhooks)[1:] == [first, second]


def test_what_does_not_come_fails_the_test(
    listening: CronofyAccount, cronofy_webhooks: CronofyWebhooks
) -> None:
    """The failure names what was waited for, and what came in its place."""
    with pytest.raises(pytest.fail.Exception, match=r"no callback change .*came: verification"):
        cronofy_webhooks.wait_for("change", timeout=0.01)
    with pytest.raises(pytest.fail.Exception, match=r"no callback RealTimeSchedulingCompleted"):
        cronofy_webhooks.wait_for(RealTimeSchedulingCompleted, timeout=0.01)


def test_a_callback_can_be_handed_on(
    listening: CronofyAccount, cronofy_webhooks: CronofyWebhooks, cronofy_app: CronofyApp
) -> None:
    """Body and headers are as they came, so that your own handler can verify them again."""
    received = next(iter(cronofy_webhooks))
    signature = received.headers.get(SIGNATURE_HEADER)

    assert received.callback == read_callback(received.body, signature, cronofy_app.client_secret)
    with pytest.raises(Exception, match="signature"):
        read_callback(received.body, signature, "another")


@pytest.mark.cronofy(now=MONDAY)
def test_a_receiver_that_fails_is_tried_again(
    listening: CronofyAccount, cronofy_webhooks: CronofyWebhooks, cronofy_clock: CronofyClock
) -> None:
    """A callback that was refused comes again when the sandbox's time has come for it."""
    cronofy_webhooks.status = 503
    listening.create_event("Dentist", MONDAY, MONDAY + HOUR)
    assert 503 == cronofy_webhooks.wait_for("change").status
    cronofy_webhooks.settle()
    assert 2 == len(cronofy_webhooks)
    cronofy_webhooks.status = 200
    cronofy_clock.advance(10)
    assert 200 == cronofy_webhooks.wait_for("change").status


def test_a_rotation_of_secrets_is_believed(
    listening: CronofyAccount, cronofy_webhooks: CronofyWebhooks
) -> None:
    """What is signed with a second secret, or with it alone, is verified too."""
    control = listening.app.sandbox.control
    control.add_secret()
    listening.create_event("Dentist", MONDAY, MONDAY + HOUR)
    cronofy_webhooks.wait_for("change")
    control.retire_secret()
    listening.create_event("Baker", MONDAY, MONDAY + HOUR)
    cronofy_webhooks.wait_for("change")


@pytest.mark.parametrize(
    ("body", "secret", "problem"),
    [(b"{}", "another", "no signature"), (b"[]", None, "no JSON object")],
)
def test_what_is_not_to_be_believed_is_refused(
    cronofy_webhooks: CronofyWebhooks,
    cronofy_app: CronofyApp,
    body: bytes,
    secret: str | None,
    problem: str,
) -> None:
    """What is not signed, or cannot be read, is answered with 401 and kept apart."""
    signature = sign(body, secret or cronofy_app.client_secret)
    status, *_ = fetch(
        cronofy_webhooks.url, method="POST", body=body, headers={SIGNATURE_HEADER: signature}
    )

    assert (401, 0) == (status, len(cronofy_webhooks))
    (rejected,) = cronofy_webhooks.rejected
    assert problem in rejected
    # Otherwise this test would fail.
    cronofy_webhooks.rejected.clear()


@pytest.mark.parametrize(("method", "path"), [("GET", ""), ("POST", "0")])
def test_other_requests_are_nobody_s(
    cronofy_webhooks: CronofyWebhooks, method: str, path: str
) -> None:
    """The receiver has one address for each test, which takes callbacks alone."""
    status, *_ = fetch(cronofy_webhooks.url + path, method=method, body=b"")

    assert 404 == status


def test_a_body_that_is_too_long_is_refused(cronofy_webhooks: CronofyWebhooks) -> None:
    """No callback is longer than a megabyte."""
    status, *_ = fetch(cronofy_webhooks.url, method="POST", body=bytes(1024 * 1024 + 1))

    assert (413, []) == (status, cronofy_webhooks.rejected)


@pytest.mark.anyio
async def test_waiting_leaves_the_event_loop_alone(
    cronofy_app: CronofyApp, cronofy_account: CronofyAccount, cronofy_webhooks: CronofyWebhooks
) -> None:
    """In an asynchronous test the application goes on while a callback is waited for."""
    seen: list[str | None] = []

    async def wait() -> None:
        seen.append((await cronofy_webhooks.wait_for_async("verification")).type)
        seen.append((await cronofy_webhooks.wait_for_async(ChannelNotification)).type)

    async with cronofy_app.async_client() as cronofy, anyio.create_task_group() as tasks:
        tasks.start_soon(wait)
        await anyio.lowlevel.checkpoint()
        account = cronofy.account(**cronofy_account.tokens)
        await account.create_channel(callback_url=cronofy_webhooks.url)
        cronofy_account.create_event("Dentist", MONDAY, MONDAY + HOUR)

    assert ["verification", "change"] == seen


def test_the_kind_decides_the_type(
    listening: CronofyAccount, cronofy_webhooks: CronofyWebhooks
) -> None:
    """A class as the kind makes the callback one of that class, for type checkers too."""
    for _ in range(2):
        listening.create_event("Dentist", MONDAY, MONDAY + HOUR)
        cronofy_webhooks.settle()
    any_: Any = assert_type(cronofy_webhooks.wait_for("change"), ReceivedWebhook[Callback])
    typed = assert_type(
        cronofy_webhooks.wait_for(ChannelNotification), ReceivedWebhook[ChannelNotification]
    )

    assert isinstance(typed.callback, ChannelNotification)
    assert isinstance(any_.callback, ChannelNotification)


def test_what_is_on_its_way_arrives_before_the_end(
    cronofy_sandbox: CronofySandbox, cronofy_webhooks: CronofyWebhooks
) -> None:
    """A world ends when callbacks to its test have arrived; what goes elsewhere is not awaited."""
    outbox = Outbox(Clock(), Choices(), lambda _: ({}, b""))
    for url in ("http://127.0.0.1:9/", cronofy_webhooks.url):
        outbox.post(cronofy_sandbox.sandbox.application, url, "test", {})
    elsewhere, here = outbox.due()
    arrival = Timer(0.02, lambda: outbox.delivered(here.delivery_id, ok=True))
    arrival.start()
    let_arrive(outbox, cronofy_sandbox.server.receiver.origin)

    assert [elsewhere.delivery_id] == [each.delivery_id for each in outbox.open()]
    arrival.join()
