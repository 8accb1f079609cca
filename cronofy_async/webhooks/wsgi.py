"""What a receiver wants of a WSGI request: some headers, and the body with a deadline."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from socket import SHUT_RD, socket
from threading import Timer
from typing import Any, Final, Self

from .intake import CHUNK, HEADERS

__all__ = ("WSGIBody", "headers_of")

_SOCKETS: Final = ("werkzeug.socket", "gunicorn.socket")
"""Where servers put the connection, on which alone a wait for bytes can be ended."""

_SMALL: Final = 16
"""Bytes that are asked for at once of an input that gives none before it has them all."""


def _variable(header: str) -> str:
    name = header.upper().replace("-", "_")
    return name if name == "CONTENT_LENGTH" else f"HTTP_{name}"


_VARIABLES: Final = {header: _variable(header) for header in HEADERS}
"""Where WSGI, and Django under ASGI too, puts the headers that matter."""


def headers_of(environ: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The headers that matter, out of the environment of a request."""
    found = [(name, environ.get(variable)) for name, variable in _VARIABLES.items()]
    return [(name, value) for name, value in found if value]


class WSGIBody:
    """
    The body of a request; use it in a ``with`` block.

    A server that hands out no socket has to end by itself the wait for a client that sends
    nothing at all; a client that sends a little all the time is cut off in any case.

    Args:
        environ: The environment of the request.
    """

    def __init__(self, environ: Mapping[str, Any]) -> None:
        self._input = environ["wsgi.input"]
        self._socket: Any = next((environ[name] for name in _SOCKETS if name in environ), None)
        self._watch: Timer | None = None
        self._is_late = False
        try:
            self._left: int | None = max(0, int(environ.get("CONTENT_LENGTH") or ""))
        except ValueError:
            # Without a length there is a body only if the server says that it finds the end.
            self._left = None if environ.get("wsgi.input_terminated") else 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._watch is not None:
            self._watch.cancel()

    def read(self, seconds: float) -> bytes:
        """
        Give the next bytes, or none at the end.

        Raises:
            TimeoutError: The body was not there within so many seconds of the first call.
        """
        if self._left == 0:
            return b""
        if self._socket is not None and self._watch is None:
            # gunicorn reads on until it has all, however little is asked for: a timeout of
            # the socket begins anew with each byte.
            self._watch = Timer(seconds, self._cut)
            self._watch.start()
        read1 = getattr(self._input, "read1", None)
        most = CHUNK if read1 or self._watch else _SMALL
        chunk = b""
        try:
            chunk = bytes((read1 or self._input.read)(min(most, self._left or most)))
        except OSError:
            if not self._is_late:
                raise
        if self._is_late:
            raise TimeoutError
        if self._left is not None:
            self._left -= len(chunk)
        return chunk

    def _cut(self) -> None:
        self._is_late = True
        with suppress(OSError):
            # Not by the socket's own method, after which TLS could send no answer.
            socket.shutdown(self._socket, SHUT_RD)
