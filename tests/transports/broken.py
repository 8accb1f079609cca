"""Answers that are incomplete or malformed, each with its row of the catalogue of faults."""

from __future__ import annotations

import gzip
import zlib

from .servers import Action, Begin, Close, Read, Reset, Send, answer

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"

BROKEN: dict[str, list[Action]] = {
    "reset before the answer": [Read(), Reset()],
    "closed before the answer": [Read(), Close()],
    "reset within the request": [Begin(), Reset()],
    "half a status line": [Read(), Send(b"HTTP/1.1 2")],
    "half a head": [Read(), Send(HEAD + b"Content-Le")],
    "body too short": [Read(), Send(HEAD + b"Content-Length: 12\r\n\r\n[1]")],
    "body too short, reset": [Read(), Send(HEAD + b"Content-Length: 12\r\n\r\n[1]"), Reset()],
    "no body": [Read(), Send(HEAD + b"Content-Length: 2\r\n\r\n")],
    "chunks without an end": [
        Read(),
        Send(HEAD + b"Transfer-Encoding: chunked\r\n\r\n4\r\n[1]\n\r\n"),
    ],
    "half a chunk": [Read(), Send(HEAD + b"Transfer-Encoding: chunked\r\n\r\n9\r\n[1]")],
    "broken chunk size": [Read(), Send(HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n[1]")],
    "two lengths": [Read(), Send(HEAD + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n[1]")],
    "malformed length": [Read(), Send(HEAD + b"Content-Length: two\r\n\r\n{}")],
    "negative length": [Read(), Send(HEAD + b"Content-Length: -2\r\n\r\n{}")],
    "no HTTP": [Read(), Send(b"220 mail.example ESMTP\r\n")],
    "malformed header": [Read(), Send(HEAD + b"x y z\r\n\r\n{}")],
    "another protocol": [
        Read(),
        Send(b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\nhello"),
    ],
    "one huge header": [Read(), Send(answer(b"{}", ("x-huge", "a" * 100_000)))],
    "huge headers together": [Read(), Send(answer(b"{}", *[("x-large", "a" * 3_000)] * 25))],
    "many headers": [Read(), Send(answer(b"{}", *[("x-more", "a")] * 300))],
    "very many headers": [Read(), Send(answer(b"{}", *[("x-more", "a")] * 20_000))],
    "broken gzip": [Read(), Send(answer(b"not gzip", ("content-encoding", "gzip")))],
    "gzip cut short": [
        Read(),
        Send(answer(gzip.compress(b"[1, 2, 3]")[:-9], ("content-encoding", "gzip"))),
    ],
    "gzip, wrong sum": [
        Read(),
        Send(answer(gzip.compress(b"[1]")[:-8] + bytes(8), ("content-encoding", "gzip"))),
    ],
    "gzip and more": [
        Read(),
        Send(answer(gzip.compress(b"[1]") + b"more", ("content-encoding", "gzip"))),
    ],
    "deflate cut short": [
        Read(),
        Send(answer(zlib.compress(b"[1, 2]")[:-5], ("content-encoding", "deflate"))),
    ],
    "unknown encoding": [Read(), Send(answer(b"{}", ("content-encoding", "br")))],
    "gzip twice": [
        Read(),
        Send(answer(gzip.compress(gzip.compress(b"{}")), ("content-encoding", "gzip, gzip"))),
    ],
}


ROWS: dict[int, list[str]] = {
    1: ["reset before the answer", "reset within the request"],
    2: ["closed before the answer"],
    5: ["half a status line", "half a head"],
    6: ["body too short", "body too short, reset", "no body"],
    7: ["chunks without an end", "half a chunk", "broken chunk size"],
    12: ["two lengths", "malformed length", "negative length"],
    13: [
        "broken gzip",
        "gzip cut short",
        "gzip, wrong sum",
        "gzip and more",
        "deflate cut short",
        "unknown encoding",
        "gzip twice",
    ],
    16: ["one huge header", "huge headers together", "many headers", "very many headers"],
    18: ["no HTTP", "malformed header", "another protocol"],
}
"""Which row of the catalogue of faults each belongs to."""
