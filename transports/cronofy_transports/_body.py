"""Bodies, decoded within bounds."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Final

from cronofy_async.core.wire import Headers

from ._failures import BadAnswerError

__all__ = ("MAX_BODY", "Body")

MAX_BODY: Final = 32 * 1024 * 1024
"""Bytes that a decoded body may have unless a transport is told otherwise."""

MAX_RATIO: Final = 200
"""How many times longer than its compressed form a body may be."""
RATIO_FREE: Final = 1024 * 1024
"""Bytes up to which the ratio does not matter."""
MAX_MEMBERS: Final = 1000
"""Gzip members of one body; each costs a decompressor of its own."""

_STEP: Final = 64 * 1024
_GZIP: Final = zlib.MAX_WBITS | 16
_ZLIB: Final = zlib.MAX_WBITS
_RAW: Final = -zlib.MAX_WBITS


class Body:
    """
    Collects the body of one answer.

    Args:
        headers: The answer's; they name the encoding.
        limit: Bytes that the decoded body may have.

    Raises:
        BadAnswerError: The encoding is none that we accept. `feed` and `finish` raise
            it too: the body is broken, cut short, too long or blown up.
    """

    def __init__(self, headers: Headers, limit: int) -> None:
        self._inflater = _inflater(headers)
        self._limit = limit
        self._parts: list[bytes] = []
        self._size = 0
        self._received = 0

    def feed(self, chunk: bytes) -> None:
        """Take bytes as they come from the wire."""
        self._received += len(chunk)
        if self._inflater is None:
            self._keep(chunk)
            return
        try:
            for part in self._inflater.feed(chunk):
                self._keep(part)
        except zlib.error as error:
            raise BadAnswerError("has a body that cannot be decompressed") from error

    def finish(self) -> bytes:
        """The decoded body, if it is complete."""
        if self._inflater is not None and self._received and not self._inflater.complete:
            raise BadAnswerError("has a body whose compressed data are cut short")
        return self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)

    def _keep(self, part: bytes) -> None:
        self._size += len(part)
        if self._size > self._limit:
            raise BadAnswerError(f"has a body longer than the {self._limit} bytes allowed")
        if self._size > RATIO_FREE and self._size > MAX_RATIO * self._received:
            raise BadAnswerError(f"has a body that unpacks to over {MAX_RATIO} times its size")
        self._parts.append(part)


class _Inflater:
    """Decompresses in small steps, so that bounds are met before the memory is used."""

    def __init__(self, *, gzip: bool) -> None:
        self._gzip = gzip
        self._members = 1
        # What servers call "deflate" may lack the wrapper: only the first two bytes tell.
        self._stream = zlib.decompressobj(_GZIP) if gzip else None
        self._head = b""

    @property
    def complete(self) -> bool:
        return self._stream is not None and self._stream.eof

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        if self._stream is None:
            self._head += chunk
            if len(self._head) < 2:
                return
            chunk, self._head = self._head, b""
            wrapped = chunk[0] & 0x0F == zlib.DEFLATED and (chunk[0] << 8 | chunk[1]) % 31 == 0
            self._stream = zlib.decompressobj(_ZLIB if wrapped else _RAW)
        while True:
            if self._stream.eof and chunk:
                self._members += 1
                if not self._gzip or self._members > MAX_MEMBERS:
                    raise BadAnswerError("has a body with data after its end")
                self._stream = zlib.decompressobj(_GZIP)
            part = self._stream.decompress(chunk, _STEP)
            if part:
                yield part
            chunk = self._stream.unconsumed_tail or self._stream.unused_data
            # A full step may leave output behind although all the input is used up.
            if not chunk and (len(part) < _STEP or self._stream.eof):
                return


def _inflater(headers: Headers) -> _Inflater | None:
    """The decompressor that an answer's headers ask for, if any."""
    stated = ",".join(value for name, value in headers if name == "content-encoding")
    codings = [coding for each in stated.split(",") if (coding := each.strip().lower())]
    wanted = [coding for coding in codings if coding != "identity"]
    if not wanted:
        return None
    if len(wanted) > 1 or wanted[0] not in ("gzip", "x-gzip", "deflate"):
        raise BadAnswerError("is encoded in a way that was not asked for")
    return _Inflater(gzip=wanted[0] != "deflate")
