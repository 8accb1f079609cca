"""A sandbox over real HTTP, and plain sockets to it."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import attrs

from cronofy_transports.sandbox import Sandbox

from .fetching import fetch

__all__ = ("CALENDARS", "Line", "Received", "get", "received")

CALENDARS = "/v1/calendars"


class Line:
    """
    A sandbox over HTTP, and plain sockets to it.

    Args:
        sandbox: Who answers.
        url: Where.
        stop: Ends it.
    """

    def __init__(self, sandbox: Sandbox, url: str, stop: Callable[[], None] = lambda: None) -> None:
        self.sandbox, self.url, self.stop = sandbox, url, stop
        self.account = sandbox.accounts()[0]
        self.token = self.account["access_token"]

    def fault(self, action: str, **parameters: Any) -> str:
        """Have something go wrong."""
        return self.sandbox.control.add_fault(action, **parameters)

    def open(self) -> socket.socket:
        """A connection."""
        parts = urlsplit(self.url)
        return socket.create_connection((parts.hostname, parts.port), timeout=5)

    def ask(self, line: socket.socket, path: str = CALENDARS, *further: str) -> None:
        """Send one request."""
        fields = ("Host: 127.0.0.1", f"Authorization: Bearer {self.token}", *further)
        line.sendall("\r\n".join((f"GET {path} HTTP/1.1", *fields, "", "")).encode())

    def read(self, path: str = CALENDARS) -> Received:
        """Everything that arrives after one request on a connection that the server ends."""
        with self.open() as line:
            self.ask(line, path)
            return received(line)

    @property
    def last(self) -> tuple[str | None, int | None, bool, bool]:
        """What the journal says of the last request: fault, status, carried out, delivered."""
        entry = list(self.sandbox.journal)[-1]
        return entry.fault, entry.status, entry.carried_out, entry.delivered


@attrs.frozen
class Received:
    """
    What came.

    Attributes:
        ended: ``FIN`` or ``RST``.
    """

    data: bytes
    ended: str

    @property
    def head(self) -> bytes:
        """Up to the empty line."""
        return self.data.partition(b"\r\n\r\n")[0]

    @property
    def body(self) -> bytes:
        """After it."""
        return self.data.partition(b"\r\n\r\n")[2]


def received(line: socket.socket) -> Received:
    """Read until the other side ends it."""
    data = b""
    while True:
        try:
            chunk = line.recv(65536)
        except ConnectionResetError:
            return Received(data, "RST")
        if not chunk:
            return Received(data, "FIN")
        data += chunk


def get(line: Line, path: str = CALENDARS) -> tuple[int, dict[str, str], bytes]:
    """One request by an ordinary client."""
    return fetch(line.url + path, headers={"Authorization": f"Bearer {line.token}"})
