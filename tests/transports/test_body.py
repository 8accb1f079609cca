"""Decoding within bounds, without a network."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cronofy_transports._body import MAX_RATIO, RATIO_FREE, Body
from cronofy_transports._failures import BadAnswerError

ENCODERS: dict[str, Callable[[bytes], bytes]] = {
    "": bytes,
    "identity": bytes,
    "gzip": gzip.compress,
    "X-GZIP": gzip.compress,
    "deflate": zlib.compress,
    "Identity, deflate": lambda data: zlib.compress(data)[2:-4],
}


def decoded(coding: str, *chunks: bytes, limit: int = 2**24) -> bytes:
    """A body that comes in chunks."""
    body = Body((("content-encoding", coding),) if coding else (), limit)
    for chunk in chunks:
        body.feed(chunk)
    return body.finish()


@given(
    data=st.binary(max_size=300)
    | st.binary(min_size=1, max_size=9).map(lambda part: part * 30_000),
    coding=st.sampled_from(sorted(ENCODERS)),
    cuts=st.lists(st.integers(0, 400), max_size=5),
)
def test_a_body_comes_out_as_it_went_in(data: bytes, coding: str, cuts: list[int]) -> None:
    """Every encoding is undone, wherever the chunks are cut."""
    wire = ENCODERS[coding](data)
    borders = [0, *sorted(cuts), len(wire)]

    chunks = [wire[start:end] for start, end in pairwise(borders)]

    assert data == decoded(coding, *chunks)


@given(
    parts=st.lists(st.binary(max_size=50), min_size=1, max_size=20),
    step=st.integers(1, 40),
)
def test_members_of_gzip_are_joined(parts: list[bytes], step: int) -> None:
    """A body of several gzip members is their contents in a row."""
    wire = b"".join(map(gzip.compress, parts))

    chunks = [wire[start : start + step] for start in range(0, len(wire), step)]

    assert b"".join(parts) == decoded("gzip", *chunks)


@given(data=st.binary(min_size=1, max_size=200), coding=st.sampled_from(["gzip", "deflate"]))
def test_a_body_that_is_cut_short(data: bytes, coding: str) -> None:
    """Compressed data without their end are refused, wherever they end."""
    wire = ENCODERS[coding](data)

    for end in range(1, len(wire)):
        with pytest.raises(BadAnswerError):
            decoded(coding, wire[:end])


@pytest.mark.parametrize("coding", sorted(ENCODERS))
def test_no_body_at_all(coding: str) -> None:
    """An answer may name an encoding and have no body, as those to HEAD do."""
    assert b"" == decoded(coding)


@pytest.mark.parametrize("coding", ["br", "gzip, gzip", "deflate, gzip", "zstd", "\xff"])
def test_an_encoding_that_was_not_asked_for(coding: str) -> None:
    """Only gzip and deflate are undone, and only once."""
    with pytest.raises(BadAnswerError, match="not asked for"):
        decoded(coding, b"{}")


@pytest.mark.parametrize("coding", sorted(ENCODERS))
def test_the_longest_body(coding: str) -> None:
    """The limit counts decoded bytes, and is itself allowed."""
    wire = ENCODERS[coding](b"x" * 1_000)

    assert 1_000 == len(decoded(coding, wire, limit=1_000))
    with pytest.raises(BadAnswerError, match="longer than the 999 bytes"):
        decoded(coding, wire, limit=999)


def test_a_short_body_may_be_very_compressible() -> None:
    """Up to a megabyte the ratio does not matter, beyond it does."""
    fits = gzip.compress(bytes(RATIO_FREE))
    beyond = gzip.compress(bytes(RATIO_FREE + 1))

    assert len(fits) * MAX_RATIO < RATIO_FREE
    assert RATIO_FREE == len(decoded("gzip", fits))
    with pytest.raises(BadAnswerError, match=f"over {MAX_RATIO} times"):
        decoded("gzip", beyond)


def test_a_bomb_is_stopped_before_it_goes_off() -> None:
    """Not more is unpacked than the ratio allows for what has been received."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    wire = b"".join(packer.compress(bytes(2**20)) for _ in range(50)) + packer.flush()
    body = Body((("content-encoding", "gzip"),), 2**30)

    with pytest.raises(BadAnswerError):
        body.feed(wire)

    assert body._size <= MAX_RATIO * len(wire) + 2**16
