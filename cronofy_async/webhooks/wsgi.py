"""The body of a WSGI request, read with a deadline."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from .intake import CHUNK

__all__ = ("WSGIBody",)

_SOCKETS: Final = ("werkzeug.socket", "gunicorn.socket")
"""Where servers put the connection, on which alone a wait for bytes can end."""

_SMALL: Final = 16
"""Bytes that are asked for at once of an input that gives none before it has them all."""


class WSGIBody:
    """
    The body of a request.

    A server that hands out no socket has to end by itself the wait for a client that sends
    nothing at all; a client that sends a little all the time is cut off in any case.

    Args:
        environ: The environment of the request.
    """

    def __init__(self, environ: Mapping[str, Any]) -> None:
        self._input = environ["wsgi.input"]
        self._socket = next((environ[name] for name in _SOCKETS if name in environ), None)
        try:
            self._left: int | None = max(0, int(environ.get("CONTENT_LENGTH") or ""))
        except ValueError:
            # Without a length there is a body only if the server says that it finds the end.
            self._left = None if environ.get("wsgi.input_terminated") else 0

    def read(self, seconds: float) -> bytes:
        """
        Give the next bytes, or none at the end.

        Raises:
            TimeoutError: None came within so many seconds.
        """
        if self._left == 0:
            return b""
        read1 = getattr(self._input, "read1", None)
        most = CHUNK if read1 else _SMALL
        if self._left is not None:
            most = min(most, self._left)
        chunk = self._timed(read1 or self._input.read, most, seconds)
        if self._left is not None:
            self._left -= len(chunk)
        return chunk

    def _timed(self, read: Any, most: int, seconds: float) -> bytes:
        if self._socket is None:
            return bytes(read(most))
        usual = self._socket.gettimeout()
        self._socket.settimeout(seconds)
        try:
            return bytes(read(most))
        finally:
            self._socket.settimeout(usual)
