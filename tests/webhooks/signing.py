"""Callbacks as Cronofy sends them."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

from cronofy_async.callbacks import SIGNATURE_HEADER, sign

SECRET = "CRN_of_the_tests"


def change(channel_id: str = "chn_1", since: str | None = "2030-01-01T00:00:00Z") -> bytes:
    """The body of a channel's change."""
    return notification("change", channel_id, **({} if since is None else {"changes_since": since}))


def notification(type_: str, channel_id: str = "chn_1", **more: Any) -> bytes:
    """The body of a channel's notification."""
    channel = {"channel_id": channel_id, "callback_url": "https://a.example", "filters": {}}
    return json.dumps({"notification": {"type": type_, **more}, "channel": channel}).encode()


def signed(body: bytes, *secrets: str) -> dict[str, str]:
    """The headers of a body, with a signature for each secret."""
    signatures = [sign(body, secret) for secret in secrets or (SECRET,)]
    return {"Content-Type": "application/json", SIGNATURE_HEADER: ",".join(signatures)}


def given(body: bytes) -> Callable[[], Awaitable[bytes]]:
    """Reads a body that is there already, for a receiver that awaits."""
    chunks = [body]

    async def read() -> bytes:
        return chunks.pop() if chunks else b""

    return read
