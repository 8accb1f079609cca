"""Where a sandbox can be reached, apart from the web server: that takes a while to load."""

from __future__ import annotations

import os
import socket
from collections.abc import Sequence
from typing import Any, Final

import attrs

__all__ = ("LOOPBACK", "Urls", "listen", "urls_of")

LOOPBACK: Final = "127.0.0.1"

_BACKLOG: Final = 128


@attrs.frozen(kw_only=True)
class Urls:
    """Where a sandbox can be reached."""

    api_url: str
    app_url: str


def listen(host: str, port: int) -> list[socket.socket]:
    """
    Listen on all addresses of a host; connections wait until somebody serves them.

    Args:
        host: A name or an address.
        port: 0 takes one that is free.

    Raises:
        OSError: One of them cannot be listened on.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    listening: list[socket.socket] = []
    try:
        for family, kind, protocol, _, address in dict.fromkeys(found):
            made = socket.socket(family, kind, protocol)
            listening.append(made)
            _bind(made, address)
    except BaseException:
        for each in listening:
            each.close()
        raise
    return listening


def _bind(made: socket.socket, address: Any) -> None:
    # As event loops do it: a port can be listened on again at once, but on Windows, where
    # this would mean that two may have it.
    if os.name == "posix":
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if made.family == socket.AF_INET6:
        made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    try:
        made.bind(address)
        made.listen(_BACKLOG)
    except OSError as error:
        problem = (error.strerror or str(error)).lower()
        raise OSError(
            error.errno, f"error while attempting to bind on address {address!r}: {problem}"
        ) from None


def urls_of(host: str, listening: Sequence[socket.socket]) -> Urls:
    """The URLs that lead to what listens on a host."""
    port = listening[0].getsockname()[1]
    url = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    return Urls(api_url=url, app_url=url)
