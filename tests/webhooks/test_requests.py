"""Single requests to the receiver itself: what is refused, when, and what is told of it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from typing import Any

import anyio
import pytest

from cronofy_async import InvalidArgumentError
from cronofy_async.callbacks import Callback
from cronofy_async.webhooks import AsyncWebhookReceiver, WebhookLimits

from .signing import SECRET, change, given, notification, signed


async def nothing(callback: Callback) -> None:
    """Handle nothing."""


@pytest.mark.anyio
@pytest.mark.fault(48)
async def test_a_body_that_does_not_come_in_time_is_refused() -> None:
    """Whether a client says nothing or one byte at a time, the deadline holds."""

    async def silent() -> bytes:
        await anyio.sleep_forever()
        return b""

    async def drip() -> bytes:
        await anyio.sleep(0.002)
        return b" "

    limits = WebhookLimits(deadline=0.02)
    async with AsyncWebhookReceiver(SECRET, nothing, limits=limits) as receiver:
        for read in (silent, drip):
            with anyio.fail_after(2):
                assert 408 == await receiver.receive("POST", signed(change()), read)


@pytest.mark.anyio
@pytest.mark.fault(48)
async def test_nothing_is_read_beyond_the_cap() -> None:
    """The chunk that passes the cap is the last that is asked for; a stated length costs none."""
    asked: list[int] = []

    async def endless() -> bytes:
        asked.append(1)
        return b"x" * 1000

    limits = WebhookLimits(body=10_000)
    async with AsyncWebhookReceiver(SECRET, nothing, limits=limits) as receiver:
        assert 413 == await receiver.receive("POST", signed(b"x"), endless)
        assert 11 == len(asked)
        stated = {**signed(b"x"), "content-length": "10001"}
        assert 413 == await receiver.receive("POST", stated, endless)
        assert 11 == len(asked)
        for strange in ("9" * 5000, "-1", "many", ""):
            stated = {**signed(change()), "Content-Length": strange}
            assert 200 == await receiver.receive("POST", stated, given(change()))


@pytest.mark.anyio
async def test_nothing_is_read_of_what_is_refused_by_its_head() -> None:
    """Without a signature, packed, or by another method: the body is not asked for."""

    async def read() -> bytes:
        raise AssertionError("it was read")

    good = signed(change())
    async with AsyncWebhookReceiver(SECRET, nothing) as receiver:
        assert 401 == await receiver.receive("POST", {}, read)
        assert 415 == await receiver.receive("POST", {**good, "content-encoding": "br"}, read)
        assert 405 == await receiver.receive("PUT", good, read)


@pytest.mark.anyio
async def test_repeated_signature_headers_are_one() -> None:
    """Pairs with the header twice, in any case, are read as one list of signatures."""
    body = change()
    [(name, good)] = [pair for pair in signed(body).items() if "HMAC" in pair[0]]

    async with AsyncWebhookReceiver(SECRET, nothing) as receiver:
        pairs = [(name.lower(), "bad"), (name.upper(), good)]
        assert 200 == await receiver.receive("POST", pairs, given(body))


@pytest.mark.anyio
async def test_no_secret_and_no_body_is_told(caplog: pytest.LogCaptureFixture) -> None:
    """Refusals are logged by their reason alone, and the receiver shows no secret."""
    caplog.set_level(logging.DEBUG)
    body = notification("change", "chn_secret_of_the_body")

    async with AsyncWebhookReceiver(SECRET, nothing) as receiver:
        headers = signed(body, "another_secret")
        assert 401 == await receiver.receive("POST", headers, given(body))
        shown = f"{caplog.text} {receiver!r} {vars(receiver)!r}"

    assert "status 401" in caplog.text
    for secret in (SECRET, "another_secret", "chn_secret_of_the_body", *headers.values()):
        assert secret not in shown.replace("application/json", "")


def limits(**numbers: Any) -> WebhookLimits:
    """Limits, for which a type checker would not ask."""
    return WebhookLimits(**numbers)


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (partial(AsyncWebhookReceiver, "", nothing), "secrets"),
        (partial(AsyncWebhookReceiver, [], nothing), "secrets"),
        (partial(AsyncWebhookReceiver, ["good", "not good"], nothing), "secrets"),
        (partial(limits, body=0), "body"),
        (partial(limits, waiting=1.5), "waiting"),
        (partial(limits, concurrent=0), "concurrent"),
        (partial(limits, window=-1), "window"),
        (partial(limits, deadline=float("nan")), "deadline"),
        (partial(limits, closing="soon"), "closing"),
    ],
)
def test_settings_that_cannot_be_right_are_refused(make: Callable[[], Any], field: str) -> None:
    """The error names the setting, before anything is received."""
    with pytest.raises(InvalidArgumentError) as raised:
        make()

    assert field in raised.value.field
