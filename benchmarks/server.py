"""
A server of canned pages with injected latency, in a process of its own.

``python -m benchmarks.server --latency 0.05 --pages 20`` prints its port. Each token is an
account with so many pages of `pages.EVENTS` events; one that asks for a window of days gets
what lies in it, and a little of what reaches into it; a window that begins before 2000 holds
everything. It speaks no more HTTP than its
clients here need, so that it is never what a measurement measures.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import ssl
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from . import pages

__all__ = ("serve",)

_NUMBER: Final = re.compile(rb"^GET /v1/events(?:/pages/(\d+))?[? ]")
_HOST: Final = re.compile(rb"^host: *(\S+)", re.IGNORECASE | re.MULTILINE)
_LENGTH: Final = re.compile(rb"^content-length: *(\d+)", re.IGNORECASE | re.MULTILINE)
_FREE: Final = (
    b'{"available_periods":[{"start":"2030-01-07T09:00:00Z","end":"2030-01-07T10:00:00Z",'
    b'"participants":[{"sub":"acc_5700a00eb0ccd07000000000"}]}]}'
)
_WINDOW: Final = re.compile(rb"^GET /v1/events\?\S*?from=([0-9-]{10})\S*?to=([0-9-]{10})")
_WINDOW_PAGE: Final = re.compile(rb"^GET /v1/events/pages/(\d+)-(\d+)-(\d+)[? ]")
_CHANGED: Final = b"last_modified="
_DISTINCT: Final = 20


class _Bucket:
    """Refuses what is too fast, as the service does: a bucket of tokens."""

    def __init__(self, rate: float, loop: asyncio.AbstractEventLoop) -> None:
        self._rate = rate
        self._loop = loop
        self._tokens = rate
        self._at = loop.time()

    def takes(self) -> bool:
        now = self._loop.time()
        self._tokens = min(self._rate, self._tokens + (now - self._at) * self._rate)
        self._at = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True


class _Connection(asyncio.Protocol):
    def __init__(self, service: _Service) -> None:
        self._service = service
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        while (end := self._received.find(b"\r\n\r\n")) >= 0:
            head, length = self._received[:end], 0
            if stated := _LENGTH.search(head):
                length = int(stated[1])
            if len(self._received) < end + 4 + length:
                return
            self._received = self._received[end + 4 + length :]
            answer = self._service.answer(head)
            asyncio.get_running_loop().call_later(self._service.latency, self._write, answer)

    def _write(self, answer: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(answer)


class _Service:
    def __init__(self, options: argparse.Namespace) -> None:
        self.latency: float = options.latency
        self._total: int = options.pages
        self._bucket = _Bucket(options.rate, asyncio.get_running_loop()) if options.rate else None
        self.refused = 0
        # Events repeat after some pages, but no two of one read are the same: their ids tell.
        self._lists = [pages.events(n * pages.EVENTS) for n in range(min(self._total, _DISTINCT))]
        # Made before anybody waits for them.
        numbers = range(min(self._total, _DISTINCT) * pages.EVENTS + 8)
        self._single = [pages.events(number, 1)[1:-1] for number in numbers]
        self.port = 0
        self._is_secure = options.certificate is not None

    def answer(self, head: bytes) -> bytes:
        if head.startswith(b"GET /refused"):
            return _http(b"200 OK", str(self.refused).encode())
        if self._bucket is not None and not self._bucket.takes():
            self.refused += 1
            return _http(b"429 Too Many Requests", b"{}", b"retry-after: 1\r\n")
        if head.startswith(b"POST /v1/availability "):
            return _http(b"200 OK", _FREE)
        if _CHANGED in head.split(b"\r\n", 1)[0]:
            # Nothing ever changes here.
            return _http(b"200 OK", pages.body(b"[]", 1, 1, None))
        window = _WINDOW.match(head)
        if window is not None and not window[1].startswith(b"19"):
            first, last = (pages.number_on(day.decode()) for day in window.groups())
            return self._of_window(first, last, 1)
        page = _WINDOW_PAGE.match(head)
        if page is not None:
            return self._of_window(*map(int, page.groups()))
        found = _NUMBER.match(head)
        if found is None:
            return _http(b"200 OK", b'{"calendars":[]}')
        number = int(found[1] or 1)
        listed = self._lists[(number - 1) % len(self._lists)]
        if number > len(self._lists):
            listed = listed.replace(b"evt_external_", b"evt_%08d_" % number)
        address = f"{self._origin(head)}/v1/events/pages/{number + 1}"
        body = pages.body(listed, number, self._total, address if number < self._total else None)
        return _http(b"200 OK", body)

    def _origin(self, head: bytes) -> str:
        """Where a client sees this server, which may be behind a proxy if it is secure."""
        host = _HOST.search(head) if self._is_secure else None
        return f"https://{host[1].decode()}" if host else f"http://127.0.0.1:{self.port}"

    def _of_window(self, first: int, last: int, number: int) -> bytes:
        """A page of the events with these numbers, and of a few around them."""
        numbers = range(max(0, first - 4), last + 4)
        total = -(-len(numbers) // pages.EVENTS)
        shown = numbers[(number - 1) * pages.EVENTS : number * pages.EVENTS]
        listed = b"[%b]" % b",".join(self._single[n] for n in shown)
        path = f"/v1/events/pages/{first}-{last}-{number + 1}"
        address = f"http://127.0.0.1:{self.port}{path}"
        return _http(
            b"200 OK", pages.body(listed, number, total, address if number < total else None)
        )


def _http(status: bytes, body: bytes, more: bytes = b"") -> bytes:
    return (
        b"HTTP/1.1 %b\r\ncontent-type: application/json; charset=utf-8\r\n%b"
        b"content-length: %d\r\n\r\n%b" % (status, more, len(body), body)
    )


async def _main(options: argparse.Namespace) -> None:
    service = _Service(options)
    context = None
    if options.certificate is not None:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(options.certificate)
    server = await asyncio.get_running_loop().create_server(
        lambda: _Connection(service), "127.0.0.1", 0, backlog=1000, ssl=context
    )
    service.port = server.sockets[0].getsockname()[1]
    sys.stdout.write(f"{service.port}\n")
    sys.stdout.flush()
    await server.serve_forever()


@contextmanager
def serve(
    *, latency: float = 0.0, pages: int = 20, rate: float = 0.0, certificate: Path | None = None
) -> Generator[str]:
    """
    Run the server as long as the block lasts; gives its origin.

    Args:
        latency: Seconds from a request to its answer.
        pages: How many each account has.
        rate: Requests per second before it refuses; 0 refuses none.
        certificate: A file with its key and certificates, for TLS; left out: plain HTTP.
    """
    command = [sys.executable, "-m", "benchmarks.server"]
    command += ["--latency", str(latency), "--pages", str(pages), "--rate", str(rate)]
    command += ["--certificate", str(certificate)] if certificate is not None else []
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        scheme = "http" if certificate is None else "https"
        yield f"{scheme}://127.0.0.1:{int(process.stdout.readline())}"
    finally:
        process.terminate()
        process.communicate()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.server")
    parser.add_argument("--latency", type=float, default=0.0)
    parser.add_argument("--pages", type=int, default=20)
    parser.add_argument("--rate", type=float, default=0.0)
    parser.add_argument("--certificate")
    asyncio.run(_main(parser.parse_args()))
