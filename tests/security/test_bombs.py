"""Bodies that are meant to harm: deep, long, endless, blown up; each a plain error, soon."""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cronofy_async import DecodeError, TransportError
from cronofy_async.callbacks import read_callback, sign
from cronofy_async.core import bounds, codec
from cronofy_async.core.errors import RequestParseError
from cronofy_async.core.wire import Request, Response
from cronofy_async.models import SmartInvite, TokenSet
from cronofy_async.operations import CreateChannel, ListCalendars, ReadEvents, RefreshToken
from cronofy_transports._body import MAX_BODY

from ..transports.cases import wire_transports
from ..transports.conftest import MakeTransport
from ..transports.servers import FaultServer, Read, Send, answer

SECRET = "canary-secret-of-bombs"


def deep(levels: int, opening: str = "[", closing: str = "]") -> str:
    """Something nested so deep."""
    return opening * levels + "1" + closing * levels


BOMBS = {
    "a level too many": deep(bounds.MAX_DEPTH),
    "deep lists": deep(1_000),
    "very deep lists": deep(200_000),
    "unclosed lists": "[" * 200_000,
    "deep objects": deep(100_000, '{"a":', "}"),
    "a digit too many": "9" * (bounds.MAX_DIGITS + 1),
    "a long number": "9" * 5_000,
    "a very long number": "9" * 1_000_000,
    "a negative long number": "-" + "9" * 30,
    "no number": "NaN",
    "infinity": "Infinity",
    "its negative": "-Infinity",
    "an infinite number": "1e999",
    "half a text": '"' + "\\" * 100_000,
}
HARMLESS = {
    "all the levels": deep(bounds.MAX_DEPTH - 1),
    "all the digits": "9" * bounds.MAX_DIGITS,
    "a negative number": "-" + "9" * bounds.MAX_DIGITS,
    "many digits in a text": f'"{"9" * 5_000}"',
    "many brackets in a text": f'"{"[{" * 500}"',
    "brackets behind a quote": '"\\"' + "[" * 500 + '"',
    "many lists": f"[{','.join(['[]'] * 500)}]",
    "a precise fraction": "0." + "1" * 100,
}

READERS: dict[str, Callable[[bytes], Any]] = {
    "an answer": lambda body: codec.decode(body, TokenSet),
    "an answer with anything in it": lambda body: codec.decode(body, SmartInvite),
    "in an envelope": lambda body: ListCalendars().from_response(Response(200, (), body)),
    "any JSON": codec.load,
    "a raw answer": lambda body: Response(200, (), body).json(),
    "a callback": lambda body: read_callback(body, sign(body, SECRET), SECRET),
}
FORMS = {
    "an answer": '{"access_token": "canary", "expires_in": 5, "x": %s}',
    "an answer with anything in it": '{"smart_invite_id": "x", "removed": %s}',
    "in an envelope": '{"calendars": [], "x": %s}',
    "any JSON": '{"x": %s}',
    "a raw answer": '{"x": %s}',
    "a callback": '{"x": %s}',
}
TYPELESS = {"in an envelope"}
"""Readers that take nothing out of where the bomb lies: it is passed over, or refused."""


@pytest.mark.parametrize("bomb", BOMBS)
@pytest.mark.parametrize("reader", READERS)
def test_a_bomb_is_one_kind_of_error(reader: str, bomb: str) -> None:
    """No recursion, no overflow and no odd value gets out of reading it, and soon."""
    body = (FORMS[reader] % BOMBS[bomb]).encode()
    began = time.perf_counter()
    met: Exception | None = None
    try:
        READERS[reader](body)
    except (DecodeError, ValueError) as error:
        met = error
    wanted = ValueError if reader == "a raw answer" else DecodeError
    assert isinstance(met, wanted) or (met is None and reader in TYPELESS)
    assert "canary" not in str(met)
    # Alone it takes a few milliseconds; the machine may be busy.
    assert time.perf_counter() - began < 2


@pytest.mark.parametrize("thing", HARMLESS)
@pytest.mark.parametrize("reader", READERS)
def test_what_only_looks_like_one_is_read(reader: str, thing: str) -> None:
    """The bounds themselves are allowed, and text may hold whatever it likes."""
    READERS[reader]((FORMS[reader] % HARMLESS[thing]).encode())


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_in_a_page_is_an_error_or_left_out(bomb: str) -> None:
    """A page is read with its other events, or not at all."""
    event = {"calendar_id": "c", "event_uid": "e", "summary": "Talk"}
    body = json.dumps({"pages": {"current": 1}, "events": [event, {**event, "location": 0}]})
    page = body.replace("0}", BOMBS[bomb] + "}").encode()
    try:
        read = ReadEvents(tzid="Etc/UTC").from_response(Response(200, (), page))
    except DecodeError:
        return
    assert [None, None] == [each.location for each in read.items]


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_does_not_hide_a_status(bomb: str) -> None:
    """What cannot be read of a refusal is left out of its error."""
    body = ('{"error": "x", "errors": %s}' % BOMBS[bomb]).encode()  # noqa: UP031  # as FORMS
    with pytest.raises(Exception, match="status 422"):
        RefreshToken(refresh_token="canary").from_response(Response(422, (), body))


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_in_a_request_is_refused_too(bomb: str) -> None:
    """The sandbox, or a server of yours, reads requests within the same bounds."""
    body = (f'{{"callback_url": {BOMBS[bomb]}}}').encode()
    with pytest.raises(RequestParseError):
        CreateChannel.from_request(Request("POST", "/v1/channels", (), body))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**25), 10**25) | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@settings(max_examples=100)
@given(json_values | st.integers(55, 75).map(lambda n: json.loads(deep(n))))
def test_the_quick_look_misses_nothing(value: Any) -> None:
    """Whatever is beyond the bounds looks so at once; the rest is read as ever."""
    body = json.dumps(value).encode()
    try:
        read = bounds.read_json(body)
    except ValueError:
        strange = b"NaN" in body or b"Infinity" in body
        assert strange or bounds.may_exceed(body)
        return
    assert json.loads(body) == read


@pytest.mark.parametrize(
    "body", [b'"' * 1_000_000 + b"[" * 100, b'"\\' * 500_000 + b"[" * 100, b"[" * 1_000_000]
)
def test_the_quick_look_is_quick(body: bytes) -> None:
    """A megabyte of quotes takes no longer than one of anything else."""
    began = time.perf_counter()
    bounds.may_exceed(body)
    assert time.perf_counter() - began < 2


@wire_transports
@pytest.mark.anyio
async def test_a_body_ends_at_32_megabytes(make: MakeTransport) -> None:
    """One byte more is an error."""
    assert 32 * 1024 * 1024 == MAX_BODY
    content = answer(bytes(MAX_BODY + 1))
    with (
        FaultServer([Read(), Send(content)]) as server,
        pytest.raises(TransportError, match="33554432 bytes"),
    ):
        await make().send(Request("GET", server.url), timeout=20)


@wire_transports
@pytest.mark.anyio
@pytest.mark.parametrize(
    ("zeros", "good"), [(1024 * 1024, True), (1024 * 1024 + 1, False), (2**24, False)]
)
async def test_a_ratio_of_200_is_allowed_above_a_megabyte(
    make: MakeTransport, zeros: int, good: bool
) -> None:
    """What unpacks to a thousand times its size is stopped where it is no small thing any more."""
    content = gzip.compress(bytes(zeros), 9)
    assert zeros / len(content) > 900
    with FaultServer([Read(), Send(answer(content, ("content-encoding", "gzip")))]) as server:
        if good:
            got = await make().send(Request("GET", server.url), timeout=20)
            assert zeros == len(got.body)
            return
        with pytest.raises(TransportError, match="200 times its size"):
            await make().send(Request("GET", server.url), timeout=20)
