"""Which servers are believed that they keep connections."""

from __future__ import annotations

import socket
from types import SimpleNamespace
from typing import Any

from cronofy_transports._network import _has_leftover
from cronofy_transports._reuse import GRACE, HASTY, MEMORY, Promises, has_input
from cronofy_transports.aiohttp import _is_spoilt
from tests.support import FrozenTime

HERE, THERE = "https://api.example", "https://app.example"


def test_an_unknown_server_is_given_a_moment() -> None:
    """Before a server has kept a connection, it gets time to close it; afterwards not."""
    promises = Promises(FrozenTime())

    assert (GRACE, True) == (promises.grace(HERE), promises.are_believed(HERE))

    promises.kept(HERE)
    assert (0.0, GRACE) == (promises.grace(HERE), promises.grace(THERE))


def test_a_hasty_server_is_not_believed_for_a_while() -> None:
    """A server that closes a fresh connection is believed again later, and tested anew."""
    time = FrozenTime()
    promises = Promises(time)
    promises.kept(HERE)
    taken = time.time

    time.time += HASTY / 2
    promises.broken(HERE, taken)

    assert (False, True) == (promises.are_believed(HERE), promises.are_believed(THERE))
    time.time += MEMORY
    assert (True, GRACE) == (promises.are_believed(HERE), promises.grace(HERE))


def test_a_connection_that_ends_late_breaks_no_promise() -> None:
    """A server may close what was idle for a second or more, and is believed as before."""
    time = FrozenTime()
    promises = Promises(time)
    promises.kept(HERE)
    taken = time.time

    time.time += HASTY
    promises.broken(HERE, taken)

    assert (True, 0.0) == (promises.are_believed(HERE), promises.grace(HERE))


def test_what_a_socket_holds() -> None:
    """A socket has input when bytes or the end have come, or when it is gone."""
    here, there = socket.socketpair()
    with here, there:
        assert not has_input(here)
        there.send(b"x")
        assert has_input(here)
        here.recv(1)
        there.close()
        assert has_input(here)

    assert has_input(here)
    assert has_input(None)


def test_a_connection_whose_parser_is_not_found() -> None:
    """Should httpcore2 move its parser, connections are not used twice."""
    parser = SimpleNamespace(trailing_data=(b"", False))
    inner = SimpleNamespace(_h11_state=parser)

    assert not _has_leftover(SimpleNamespace(_connection=SimpleNamespace(_connection=inner)))
    assert _has_leftover(SimpleNamespace(_connection=SimpleNamespace()))


def test_an_aiohttp_connection_that_is_looked_at() -> None:
    """What the parser, the protocol and the socket say counts; a missing parser does not."""

    class Parser:
        def __init__(self, outcome: Any) -> None:
            self.outcome = outcome

        def feed_eof(self) -> Any:
            if isinstance(self.outcome, Exception):
                raise self.outcome
            return self.outcome

    def looked_at(**options: Any) -> bool:
        transport = SimpleNamespace(get_extra_info=lambda _: here)
        protocol: Any = SimpleNamespace(**{"transport": transport, "should_close": False} | options)
        return _is_spoilt(protocol)

    here, there = socket.socketpair()
    with here, there:
        assert not looked_at()
        assert not looked_at(_parser=None)
        assert not looked_at(_parser=Parser(None))
        assert looked_at(_parser=Parser("half an answer"))
        assert looked_at(_parser=Parser(ValueError()))
        assert looked_at(should_close=True)
        assert looked_at(transport=None)
