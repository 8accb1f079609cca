"""The proxy does to bytes what it is told to, and nothing else."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager

import pytest

from tests.transports.servers import FaultServer, Read, Send, Wait

from .proxy import Bandwidth, Hold, Latency, Limit, Link, Proxy, Slicer

ASK = b"GET / HTTP/1.1\r\n\r\n"
TEXT = bytes(range(256)) * 8


@contextmanager
def asked(link: Link) -> Generator[tuple[socket.socket, Proxy, FaultServer]]:
    """A connection through a proxy on which the service has been asked for the text."""
    with (
        FaultServer([Read(), Send(TEXT), Wait()]) as server,
        Proxy(server.port, link) as proxy,
        socket.create_connection(("127.0.0.1", proxy.port), timeout=20) as connection,
    ):
        connection.sendall(ASK)
        yield connection, proxy, server


def received(connection: socket.socket, size: int = len(TEXT)) -> tuple[bytes, str]:
    """What comes, up to a size, and how it ended if it did."""
    data = b""
    try:
        while len(data) < size:
            chunk = connection.recv(65536)
            if not chunk:
                return data, "FIN"
            data += chunk
    except ConnectionResetError:
        return data, "RST"
    return data, ""


@pytest.mark.parametrize(
    "link",
    [
        Link(),
        Link(down=(Slicer(100),)),
        Link(down=(Latency(0.01),)),
        Link(up=(Slicer(1),), down=(Latency(0.01), Slicer(7))),
    ],
    ids=str,
)
def test_all_bytes_come_in_their_order(link: Link) -> None:
    """However they are cut up and held up."""
    with asked(link) as (connection, _, server):
        assert (TEXT, "") == received(connection)
        assert [ASK] == server.requests


def test_latency_and_bandwidth_take_their_time() -> None:
    """At least as long as was asked for."""
    for link in (Link(down=(Latency(0.05),)), Link(down=(Bandwidth(len(TEXT) * 20),))):
        began = time.monotonic()
        with asked(link) as (connection, _, _):
            assert (TEXT, "") == received(connection)
        assert time.monotonic() - began >= 0.02


@pytest.mark.parametrize(
    ("how", "ends"), [("close", {"FIN"}), ("half", {"FIN"}), ("reset", {"RST"})]
)
@pytest.mark.parametrize("after", [0, 1, 700])
def test_a_limit_is_the_end(how: str, ends: set[str], after: int) -> None:
    """After so many bytes and not one more; a reset may overtake them."""
    link = Link(down=(Limit(after, how),))  # type: ignore[arg-type]  # one of the three
    with asked(link) as (connection, proxy, server):
        data, end = received(connection)
        assert TEXT[:after].startswith(data)
        assert data == TEXT[:after] or how == "reset"
        assert {end} == ends
        if how == "half":
            connection.sendall(ASK)
            assert (1, 1) == (proxy.open, server.open)


def test_a_request_is_cut_as_well() -> None:
    """The service sees its beginning, and then the end."""
    with asked(Link(up=(Limit(5),))) as (connection, proxy, server):
        assert (b"", "FIN") == received(connection)
        # It may not have been accepted yet.
        assert ([], 1) == (server.requests, proxy.connections)


def test_what_is_held_comes_when_it_is_let_go() -> None:
    """And not before."""
    with asked(Link(down=(Hold(),))) as (connection, proxy, _):
        while not proxy.held:
            threading.Event().wait(0.005)
        connection.setblocking(False)
        with pytest.raises(BlockingIOError):
            connection.recv(1)
        proxy.let_go()
        connection.settimeout(20)
        assert (TEXT, "") == received(connection)
