"""Faults of bodies over real HTTP: what arrives in the place of the true answer."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Generator

import pytest

from cronofy_transports.sandbox import Clock, Sandbox, run_in_thread

from .lines import Line, get
from .wire import NOW


@pytest.fixture
def line() -> Generator[Line]:
    """A sandbox with people, at a time that stands still."""
    sandbox = Sandbox(7, clock=Clock(lambda: NOW))
    with run_in_thread(sandbox) as urls:
        yield Line(sandbox, urls.api_url)


@pytest.mark.parametrize(
    ("form", "begins", "ends"),
    [
        ("byte_order_mark", b"\xef\xbb\xbf{", b"}"),
        ("not_a_number", b'{"added_by_the_sandbox":NaN,"sub":', b"}"),
        ("deep", b'{"added_by_the_sandbox":[[[[[[]]]]]],"sub":', b"}"),
        ("huge_integer", b'{"added_by_the_sandbox":999999,"sub":', b"}"),
        ("latin_1", b'{"added_by_the_sandbox":"\xe9","sub":', b"}"),
        ("doubled_key", b'{"sub":"acc_', b',"sub":null}'),
        ("text", b"The service", b"present."),
        ("empty", b"", b""),
    ],
)
def test_bodies_that_are_hard_to_read(line: Line, form: str, begins: bytes, ends: bytes) -> None:
    """Status and type are those of the true answer."""
    line.fault("body", form=form, size=6)
    status, headers, body = get(line)
    assert (200, "application/json; charset=utf-8") == (status, headers["content-type"])
    assert (begins, ends) == (body[: len(begins)], body[len(body) - len(ends) :])


def test_half_a_body(line: Line) -> None:
    """It has the length that it says, and is no JSON."""
    _, _, whole = get(line)
    line.fault("body", form="broken_json")
    assert whole[: len(whole) // 2] == get(line)[2]


@pytest.mark.parametrize("form", ["not_a_number", "deep", "doubled_key", "latin_1"])
def test_answers_without_a_body_get_one(line: Line, form: str) -> None:
    """There is always something to stumble over."""
    line.fault("body", form=form, size=2)
    _, _, body = get(line, "/v1/nowhere")
    assert body.startswith(b'{"added_by_the_sandbox":')
    assert body.endswith(b"}")


@pytest.mark.parametrize("value", ["text/plain", "application/json; charset=latin-1", ""])
def test_another_content_type(line: Line, value: str) -> None:
    """Or none at all."""
    line.fault("content_type", value=value)
    status, headers, body = get(line)
    assert (200, value or None) == (status, headers.get("content-type"))
    assert json.loads(body)["calendars"]


def test_broken_compression(line: Line) -> None:
    """Each form fails in its own way."""
    _, _, whole = get(line)

    def packed(form: str) -> bytes:
        line.fault("gzip", form=form, times=1)
        status, headers, body = get(line)
        assert (200, "gzip") == (status, headers["content-encoding"])
        return body

    with pytest.raises(gzip.BadGzipFile, match="Not a gzipped"):
        gzip.decompress(packed("broken"))
    with pytest.raises(EOFError):
        gzip.decompress(packed("cut"))
    with pytest.raises(gzip.BadGzipFile, match="CRC"):
        gzip.decompress(packed("sum"))
    assert whole == zlib.decompressobj(wbits=31).decompress(packed("cut"))[: len(whole)]


def test_a_bomb(line: Line) -> None:
    """It is as big as was asked for, and a thousand times smaller on the way."""
    size = 4 * 1024 * 1024
    line.fault("gzip", form="bomb", size=size)
    body = get(line)[2]
    assert len(body) < size // 500
    unpacked = gzip.decompress(body)
    assert (size, {}) == (len(unpacked), json.loads(unpacked))
