"""The sync client: one background loop, shared by threads, that never hangs."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import subprocess
import sys
import textwrap
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from cronofy_async import (
    Account,
    Cronofy,
    CronofyError,
    RetryPolicy,
    Secret,
    ServerError,
    Tokens,
)
from cronofy_async.client.bridge import Bridge, Job
from cronofy_async.core.wire import Request, Response
from cronofy_async.operations import ListCalendars
from cronofy_transports.sandbox import Sandbox, run_in_thread

from .support import FrozenTime, Prepared, RecordingTransport, answer

CALENDARS = answer(200, {"calendars": [{"calendar_id": "cal_1"}]})


def connect(*answers: Prepared, **options: Any) -> tuple[Account, RecordingTransport]:
    """A view over prepared answers."""
    transport = RecordingTransport(answers)
    cronofy = Cronofy(
        "id", "canary-secret-1", transport=transport, runtime=FrozenTime().runtime(), **options
    )
    return cronofy.account(access_token="canary-tok-1"), transport


def page(number: int, total: int) -> Response:
    """One page of one event."""
    pages: dict[str, Any] = {"current": number, "total": total}
    if number < total:
        pages["next_page"] = f"https://api.cronofy.com/v1/events/pages/{number + 1}"
    return answer(
        200, {"pages": pages, "events": [{"event_uid": f"e{number}", "calendar_id": "c"}]}
    )


def test_calls_block_and_give_the_answer() -> None:
    """A method gives the answer itself."""
    account, _ = connect(CALENDARS, CALENDARS)

    assert ["cal_1"] == [calendar.calendar_id for calendar in account.list_calendars()]
    assert 1 == account.send_raw(ListCalendars()).attempts


def test_errors_come_out_as_they_are() -> None:
    """An error of a call is raised in the calling thread, never wrapped in a group."""
    account, _ = connect(answer(500))
    with pytest.raises(ServerError):
        account.with_options(retry=RetryPolicy(attempts=1)).list_calendars()


def test_pagers_are_plain_iterables() -> None:
    """A pager works in a for loop, by pages, and collected, as often as you like."""
    account, transport = connect(*[page(n, 2) for n in (1, 2)] * 3)
    pager = account.read_events(tzid="Etc/UTC")
    assert [] == transport.requests

    assert ["e1", "e2"] == [event.event_uid for event in pager]
    assert [1, 2] == [each.current for each in pager.pages()]
    assert 2 == len(pager.collect())


def test_a_pager_may_be_left_early() -> None:
    """Leaving the loop asks for no further page, if none is read ahead."""
    account, transport = connect(page(1, 2))
    for event in account.read_events(tzid="Etc/UTC").with_prefetch(0):
        assert "e1" == event.event_uid
        break
    gc.collect()

    assert 1 == len(transport.requests)


def test_threads_share_one_loop() -> None:
    """Calls from many threads run on one background thread."""
    names: set[str] = set()

    def serve(request: Request) -> Response:
        names.add(threading.current_thread().name)
        return CALENDARS

    account, _ = connect(*[serve] * 64)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: account.list_calendars(), range(64)))

    assert 64 == len(found)
    assert {"cronofy_async"} == names


@pytest.mark.asyncio
async def test_refuses_to_freeze_a_running_loop() -> None:
    """Inside an event loop the error says what to use instead, and nothing is sent."""
    account, transport = connect()
    with pytest.raises(RuntimeError, match="use AsyncCronofy"):
        account.list_calendars()
    assert [] == transport.requests
    assert 1 == len(asyncio.all_tasks())


def test_options_make_copies() -> None:
    """A client with other options leaves the first one as it was."""
    transport = RecordingTransport([CALENDARS, CALENDARS])
    with Cronofy("id", "canary-secret-1", transport=transport, timeout=9) as cronofy:
        cronofy.with_options(timeout=3).account(access_token="t").list_calendars()
        cronofy.account(access_token="t").list_calendars()

    assert 3 == pytest.approx(transport.timeouts[0], abs=0.5)
    assert 9 == pytest.approx(transport.timeouts[1], abs=0.5)


def test_a_closed_client_says_so() -> None:
    """A call after the with block is an error, and closing twice is none."""
    with Cronofy("id", "canary-secret-1", transport=RecordingTransport()) as cronofy:
        pass
    cronofy.close()
    with pytest.raises(CronofyError, match="closed"):
        cronofy.account(access_token="t").list_calendars()


def test_reprs_name_the_sync_classes() -> None:
    """The reprs show the classes that the user knows, and no secret."""
    account, _ = connect()

    assert "<Account by token>" == repr(account)
    assert "<Pager of ReadEvents>" == repr(account.read_events(tzid="UTC"))
    assert "<Cronofy at https://api.cronofy.com>" == repr(Cronofy("id", "canary-secret-1"))


def test_ctrl_c_cancels_what_was_waited_for() -> None:
    """Interrupting a waiting call cancels it on the background loop, and raises."""
    cancelled = threading.Event()

    class Endless(RecordingTransport):
        async def send(self, request: Request, *, timeout: float) -> Response:
            threading.Timer(0.01, os.kill, (os.getpid(), signal.SIGINT)).start()
            try:
                await asyncio.sleep(30)
            except asyncio.CancelledError:
                cancelled.set()
                raise
            raise AssertionError("nobody interrupted")

    account = Cronofy("id", "canary-secret-1", transport=Endless()).account(access_token="t")
    with pytest.raises(KeyboardInterrupt):
        account.list_calendars()
    assert cancelled.is_set()


def test_after_the_end_nothing_is_sent() -> None:
    """Once the bridge is stopped, as at the interpreter's exit, a call says so and never hangs."""
    bridge = Bridge()

    async def name() -> str:
        return threading.current_thread().name

    assert "cronofy_async" == bridge.call(name)
    bridge.stop()
    bridge.stop()
    with pytest.raises(RuntimeError, match="shutting down"):
        bridge.call(name)


def test_the_end_waits_for_what_is_under_way() -> None:
    """Work that was begun without waiting is finished before the loop ends."""
    bridge = Bridge()
    done: list[int] = []

    async def work() -> None:
        await asyncio.sleep(0.01)
        done.append(1)

    bridge.soon(work)
    assert [] == done

    async def nothing() -> None:
        pass

    bridge.call(nothing)
    bridge.soon(work)
    bridge.stop()
    assert [1] == done


def test_what_would_end_a_program_ends_only_the_call() -> None:
    """SystemExit inside a call is raised in the thread that waits; the loop goes on."""
    bridge = Bridge()

    async def leave() -> None:
        raise SystemExit(3)

    async def stay() -> str:
        return "here"

    with pytest.raises(SystemExit):
        bridge.call(leave)
    assert "here" == bridge.call(stay)
    bridge.stop()


@pytest.mark.asyncio
async def test_a_call_cancelled_before_its_first_step_is_over() -> None:
    """Nobody waits for a call that was interrupted before it began."""
    began: list[int] = []

    async def work() -> None:
        began.append(1)

    job = Job(work)
    job.start(asyncio.get_running_loop())
    job.cancel()
    await asyncio.sleep(0.01)
    assert [] == began
    assert not job._lock.locked()


def test_an_error_of_a_call_leaves_no_circle() -> None:
    """What a failed call held is freed at once, without the collector."""
    bridge = Bridge()

    class Held:
        pass

    held = Held()
    gone = weakref.ref(held)

    async def fail(it: Held) -> None:
        raise ValueError

    def call(it: Held) -> None:
        with pytest.raises(ValueError):
            bridge.call(lambda: fail(it))

    gc.disable()
    try:
        call(held)
        del held
        # The loop lets go of the task in the turn after its end.
        bridge.call(lambda: asyncio.sleep(0))
        assert gone() is None
    finally:
        gc.enable()
        bridge.stop()


def test_urls_are_built_without_a_loop() -> None:
    """Building a URL starts nothing."""
    cronofy = Cronofy("id-7", "canary-secret-1")
    url = cronofy.authorization_url(redirect_uri="https://a.example/cb", scope="read_write")

    assert "client_id=id-7" in url
    assert Tokens(access_token=Secret("t")) == cronofy.account(access_token="t").tokens


def run_script(script: str, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run a script in a fresh interpreter, at most ten seconds."""
    return subprocess.run(
        [sys.executable, "-X", "dev", "-c", textwrap.dedent(script)],
        capture_output=True,
        text=True,
        timeout=10,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        **options,
    )


PRELUDE = """
import os, signal, sys, threading, time
from cronofy_async import Cronofy
from cronofy_async.core.wire import Response
import asyncio
class Fixed:
    wait = 0
    async def send(self, request, *, timeout):
        await asyncio.sleep(self.wait)
        return Response(200, (), b'{"calendars": []}')
    async def aclose(self): pass
transport = Fixed()
account = Cronofy("id", "s", transport=transport).account(access_token="t")
"""


def script(body: str) -> str:
    """A script after the prelude."""
    return PRELUDE + textwrap.dedent(body)


def test_an_open_client_does_not_keep_the_interpreter_alive() -> None:
    """A program that never closes its client ends, without a warning."""
    done = run_script(script("print(account.list_calendars())"))

    assert ("[]\n", "", 0) == (done.stdout, done.stderr, done.returncode)


@pytest.mark.parametrize(
    "body",
    [
        "pager = iter(account.read_events(tzid='Etc/UTC')); next(pager); print('[]')",
        "account.list_calendars(); print('[]')",
        "import gc; print(account.list_calendars()[:0]); del account; gc.collect()",
        "with Cronofy('i', 's').with_options(timeout=5) as c: print('[]')",
    ],
    ids=["pager left half-way", "account alone", "collected", "copy"],
)
def test_whatever_is_left_open_the_program_ends_in_silence(body: str) -> None:
    """A pager left half-way, a dropped client, a copy: the interpreter ends without a word."""
    sandbox = Sandbox(seed=4)
    with run_in_thread(sandbox) as urls:
        token = sandbox.accounts()[0]["access_token"]
        head = f"""
            import logging
            from cronofy_async import Cronofy
            # Development mode has asyncio remark on slow steps, of which imports are one.
            logging.getLogger("asyncio").setLevel("ERROR")
            account = Cronofy("i", "s", api_url={urls.api_url!r}).account(access_token={token!r})
            """
        done = run_script(textwrap.dedent(head) + body)

    assert ("[]\n", "", 0) == (done.stdout, done.stderr, done.returncode)


def test_a_forked_child_gets_a_loop_of_its_own() -> None:
    """After a fork the child's first call works; it does not hang."""
    done = run_script(
        script(
            """
            account.list_calendars()
            pid = os.fork()
            if pid == 0:
                signal.alarm(5)
                print("child", account.list_calendars(), flush=True)
                os._exit(0)
            print("status", os.waitpid(pid, 0)[1], account.list_calendars())
            """
        )
    )

    assert {"child []", "status 0 []"} == set(done.stdout.splitlines())


def test_ctrl_c_ends_a_call_and_leaves_the_client_working() -> None:
    """Interrupting a waiting call raises at once, cancels it, and spares the next one."""
    done = run_script(
        script(
            """
            transport.wait = 30
            threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
            began = time.monotonic()
            try:
                account.list_calendars()
            except KeyboardInterrupt:
                print("interrupted", time.monotonic() - began < 2)
            transport.wait = 0
            print(account.list_calendars())
            """
        )
    )

    assert ["interrupted True", "[]"] == done.stdout.splitlines()
