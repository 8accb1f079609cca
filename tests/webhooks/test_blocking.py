"""The receiver that does not await: its threads, its end, and processes made by forking."""

from __future__ import annotations

import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from cronofy_async.callbacks import Callback
from cronofy_async.webhooks import WebhookLimits, WebhookReceiver

from .signing import SECRET, change, signed


def of(body: bytes) -> Callable[[float], bytes]:
    """Reads a body that is there already."""
    chunks = [body]
    return lambda _: chunks.pop() if chunks else b""


def give(receiver: WebhookReceiver, body: bytes) -> int:
    """Give a receiver a signed callback."""
    return receiver.receive("POST", signed(body), of(body))


class Handler:
    """Notes what it is given; while it is not open it does not come to an end."""

    def __init__(self) -> None:
        self.came: list[str] = []
        self.left: list[tuple[str, Exception | None]] = []
        self.began = threading.Semaphore(0)
        self.open = threading.Event()
        self.open.set()
        self.errors: list[Exception] = []

    def __call__(self, callback: Any) -> None:
        self.came.append(callback.channel.channel_id)
        self.began.release()
        assert self.open.wait(5)
        if self.errors:
            raise self.errors.pop()

    def keep(self, callback: Any, error: Exception | None) -> None:
        """Take what is unfinished."""
        self.left.append((callback.channel.channel_id, error))


@pytest.fixture
def handler() -> Iterator[Handler]:
    """A handler that is open in the end."""
    made = Handler()
    yield made
    made.open.set()


def threads() -> list[threading.Thread]:
    """The receivers' threads."""
    return [each for each in threading.enumerate() if each.name == "cronofy webhooks"]


def test_threads_begin_with_the_first_callback_and_end_with_the_receiver(handler: Handler) -> None:
    """Making a receiver starts nothing, closing it leaves nothing, and its work is done."""
    with WebhookReceiver(SECRET, handler) as receiver:
        assert [] == threads()
        assert 401 == receiver.receive("POST", {}, of(b""))
        assert [] == threads()
        assert 200 == give(receiver, change())
        assert 1 == len(threads())

    assert [] == threads()
    assert ["chn_1"] == handler.came
    assert 503 == give(receiver, change())
    receiver.close()


def test_there_are_as_many_threads_as_there_is_work_but_no_more(handler: Handler) -> None:
    """Handlers run beside each other up to the limit; of one channel only one does."""
    handler.open.clear()
    limits = WebhookLimits(window=0, concurrent=3)
    with WebhookReceiver(SECRET, handler, limits=limits) as receiver:
        assert 200 == give(receiver, change("chn_0"))
        assert handler.began.acquire(timeout=5)
        for number in (0, 1, 2, 3, 4):
            assert 200 == give(receiver, change(f"chn_{number}"))
        for _ in range(2):
            assert handler.began.acquire(timeout=5)
        assert 3 == len(threads())
        assert ["chn_0", "chn_1", "chn_2"] == sorted(handler.came)
        handler.open.set()

    assert [f"chn_{number}" for number in (0, 0, 1, 2, 3, 4)] == sorted(handler.came)


def test_a_handler_that_raises_stops_nothing(handler: Handler) -> None:
    """What it failed on is given to the hook with the error, and the next is handled."""
    handler.errors.append(ZeroDivisionError("on purpose"))
    limits = WebhookLimits(window=0, concurrent=1)
    with WebhookReceiver(SECRET, handler, limits=limits, on_unfinished=handler.keep) as receiver:
        for number in range(3):
            assert 200 == give(receiver, change(f"chn_{number}"))

    assert ["chn_0", "chn_1", "chn_2"] == handler.came
    [(channel, error)] = handler.left
    assert ("chn_0", ZeroDivisionError) == (channel, type(error))


def test_a_hook_that_raises_stops_nothing(handler: Handler) -> None:
    """It is told to the log, and the next is handled."""

    def hook(callback: Callback, error: Exception | None) -> None:
        raise LookupError("the hook's own")

    handler.errors.append(ZeroDivisionError("on purpose"))
    limits = WebhookLimits(window=0, concurrent=1)
    with WebhookReceiver(SECRET, handler, limits=limits, on_unfinished=hook) as receiver:
        for number in range(2):
            assert 200 == give(receiver, change(f"chn_{number}"))

    assert ["chn_0", "chn_1"] == handler.came


def test_closing_does_not_wait_for_ever(handler: Handler) -> None:
    """What is not done in time is given to the hook, and what waits is not begun any more."""
    handler.open.clear()
    limits = WebhookLimits(window=0, closing=0.02, concurrent=1)
    receiver = WebhookReceiver(SECRET, handler, limits=limits, on_unfinished=handler.keep)
    for number in range(3):
        assert 200 == give(receiver, change(f"chn_{number}"))
    assert handler.began.acquire(timeout=5)
    receiver.close()
    receiver.close()
    handler.open.set()
    for thread in threads():
        thread.join(5)

    assert [("chn_0", None), ("chn_1", None), ("chn_2", None)] == handler.left
    assert ["chn_0"] == handler.came


def test_a_handler_may_close_its_receiver() -> None:
    """Closing from within does not wait for itself beyond the time that it has."""
    came: list[Any] = []

    def handle(callback: Callback) -> None:
        came.append(callback)
        receiver.close()

    limits = WebhookLimits(window=0, closing=0.02)
    receiver = WebhookReceiver(SECRET, handle, limits=limits)
    assert 200 == give(receiver, change())
    for thread in threads():
        thread.join(5)

    assert (1, []) == (len(came), threads())
    assert 503 == give(receiver, change())


@pytest.mark.fault(48)
def test_a_body_that_does_not_come_in_time_is_refused(handler: Handler) -> None:
    """Whether nothing comes or a byte at a time, the deadline holds, by the receiver's clock."""
    from cronofy_async.client.runtime import Runtime

    now = [0.0]
    told: list[float] = []

    def drip(seconds: float) -> bytes:
        told.append(seconds)
        now[0] += 1.0
        return b"x"

    def silent(seconds: float) -> bytes:
        raise TimeoutError

    runtime = Runtime(monotonic=lambda: now[0])
    with WebhookReceiver(SECRET, handler, runtime=runtime) as receiver:
        assert 408 == receiver.receive("POST", signed(change()), drip)
        assert [5.0, 4.0, 3.0, 2.0, 1.0] == told
        assert 408 == receiver.receive("POST", signed(change()), silent)


@pytest.mark.fault(48)
def test_nothing_is_read_beyond_the_cap(handler: Handler) -> None:
    """The chunk that passes the cap is the last that is asked for."""
    asked: list[float] = []

    def endless(seconds: float) -> bytes:
        asked.append(seconds)
        return b"x" * 1000

    with WebhookReceiver(SECRET, handler, limits=WebhookLimits(body=10_000)) as receiver:
        assert 413 == receiver.receive("POST", signed(b"x"), endless)
    assert 11 == len(asked)


BEGINNING = """
    import os, sys
    from cronofy_async.webhooks import WebhookLimits, WebhookReceiver
    from tests.webhooks.test_blocking import SECRET, change, give

    def handle(callback):
        os.write(1, f"{callback.channel.channel_id} in {process}\\n".encode())

    process = "parent"
    receiver = WebhookReceiver(SECRET, handle, limits=WebhookLimits(window=60))
"""


def run(program: str) -> list[str]:
    """Run a program after the beginning; gives the lines that it wrote, sorted."""
    program = textwrap.dedent(BEGINNING) + textwrap.dedent(program)
    command = [sys.executable, "-W", "ignore::DeprecationWarning", "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30)
    assert (0, "") == (done.returncode, done.stderr)
    return sorted(done.stdout.splitlines())


def test_a_program_that_ends_hands_over_what_waits() -> None:
    """Without a call of `close`, the exit of the interpreter is the end of the window."""
    assert ["chn_1 in parent"] == run("give(receiver, change())")


@pytest.mark.skipif(not hasattr(sys.modules["os"], "fork"), reason="there is no fork here")
def test_a_forked_process_begins_anew() -> None:
    """What waits is its parent's, while it has a lock and threads of its own."""
    lines = run(
        """
        give(receiver, change("chn_1"))
        with receiver._changed:             # As another thread might, at this moment.
            child = os.fork()
        if not child:
            process = "child"
            assert 200 == give(receiver, change("chn_2"))
            sys.exit()
        assert 0 == os.waitpid(child, 0)[1]
        """
    )

    assert ["chn_1 in parent", "chn_2 in child"] == lines
