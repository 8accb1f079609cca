"""Signatures of callbacks: which fit, how many are looked at, and what a replay is worth."""

from __future__ import annotations

import base64
import hashlib
import hmac
import itertools

import pytest

from cronofy_async.callbacks import SIGNATURE_HEADER, read_callback, sign, verify
from cronofy_async.core.errors import SignatureError
from cronofy_async.core.secret import Secret
from cronofy_async.models import ChannelNotification

BODY = b'{"notification": {"type": "change", "changes_since": "2030-01-01T00:00:00Z"}, \
"channel": {"channel_id": "chn_1", "callback_url": "https://a.example/h", "filters": {}}}'
OLD, NEW, FOREIGN = (f"canary-{name}-secret" for name in ("old", "new", "foreign"))
SENDERS = {"old": [OLD], "both": [OLD, NEW], "both, newest first": [NEW, OLD], "new": [NEW]}
RECEIVERS = {"old": [OLD], "both": [OLD, NEW], "new": [NEW]}
SEPARATORS = [",", ", ", " , ", ",\t"]


def plainly(body: bytes, secret: str) -> str:
    """A signature as the documentation says it in words, without our function."""
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def fits(header: str | bytes | None, secrets: list[str], body: bytes = BODY) -> bool:
    """Whether a callback verifies."""
    try:
        verify(body, header, secrets)
    except SignatureError:
        return False
    return True


@pytest.mark.parametrize("separator", SEPARATORS)
@pytest.mark.parametrize(("sender", "receiver"), list(itertools.product(SENDERS, RECEIVERS)))
def test_secrets_are_rotated_without_a_gap(sender: str, receiver: str, separator: str) -> None:
    """A callback verifies exactly if its sender and its receiver have one secret in common."""
    header = separator.join(plainly(BODY, secret) for secret in SENDERS[sender])
    expected = bool(set(SENDERS[sender]) & set(RECEIVERS[receiver]))

    assert expected == fits(header, RECEIVERS[receiver])
    assert expected == fits(header.encode(), RECEIVERS[receiver])
    assert not fits(header, [FOREIGN])
    assert not fits(header, RECEIVERS[receiver], BODY + b" ")


@pytest.mark.parametrize("place", range(12))
def test_at_most_eight_signatures_are_looked_at(place: int) -> None:
    """A right one counts up to the eighth place."""
    others = [plainly(BODY, f"{FOREIGN}{number}") for number in range(11)]
    header = ",".join([*others[:place], plainly(BODY, OLD), *others[place:]])

    assert (place < 8) == fits(header, [OLD])


@pytest.mark.parametrize(("length", "good"), [(1024, True), (1025, False)])
def test_at_most_a_kilobyte_is_looked_at(length: int, good: bool) -> None:
    """A longer header is refused, wherever in it a right signature stands."""
    right = plainly(BODY, OLD)

    assert good == fits(right + "," + "x" * (length - len(right) - 1), [OLD])


class CountingSecrets:
    """Secrets that tell how many were asked for."""

    def __init__(self, *secrets: str) -> None:
        self.asked = 0
        self._secrets = secrets

    def __iter__(self) -> CountingSecrets:
        self._rest = iter(self._secrets)
        return self

    def __next__(self) -> Secret:
        found = next(self._rest)
        self.asked += 1
        return Secret(found)


@pytest.mark.parametrize("right", [0, 1, 2])
def test_every_secret_is_tried_wherever_the_right_one_is(right: int) -> None:
    """How long it takes tells nothing about which secret fits."""
    names = [OLD, NEW, FOREIGN]
    secrets = CountingSecrets(*names)
    verify(BODY, plainly(BODY, names[right]), secrets)

    assert 3 == secrets.asked


def test_a_body_without_bytes_has_a_signature_too() -> None:
    """And one of any size."""
    for body in (b"", b"\x00", b"x" * 2**20):
        assert plainly(body, OLD) == sign(body, OLD)
        verify(body, plainly(body, OLD), OLD)


def test_a_replay_says_nothing_new() -> None:
    """
    Only the body is signed, so a replay verifies for ever: it is a hint, and equal each time.

    What may follow from one is to read, from where the application itself has got to.
    """
    header = plainly(BODY, OLD)
    first = read_callback(BODY, header, OLD)
    again = {repr(read_callback(BODY, header, OLD)) for _ in range(1000)}

    assert isinstance(first, ChannelNotification)
    assert {repr(first)} == again
    assert "Cronofy-HMAC-SHA256" == SIGNATURE_HEADER
