"""No secret in what error trackers and debug logs show: local variables, headers, frames."""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import Awaitable, Callable
from typing import Any

import anyio
import pytest

from cronofy_async import (
    AsyncCronofy,
    Cronofy,
    CronofyError,
    DecodeError,
    InvalidArgumentError,
    RetryPolicy,
)
from cronofy_async.core.wire import Request

from ..support import RecordingTransport
from ..support import answer as prepared
from ..transports.cases import TransportCase, wire_transports
from ..transports.conftest import MakeTransport
from ..transports.servers import Action, FaultServer, Read, Reset, Send, Wait, answer

pytestmark = pytest.mark.anyio

SECRET = "canary-client-secret"
TOKEN = "canary-access-token"
REFRESH = "canary-refresh-token"
CODE = "canary-code-of-consent"
ANSWERED = "canary-in-the-answer"

Call = Callable[[AsyncCronofy], Awaitable[Any]]

CALLS: dict[str, Call] = {
    "account": lambda c: c.account(access_token=TOKEN).list_calendars(),
    "renewal": lambda c: c.account(refresh_token=REFRESH).list_calendars(),
    "code": lambda c: c.request_token(code=CODE, redirect_uri="https://a.example/cb"),
    "revoke": lambda c: c.revoke_by_token(token=REFRESH),
    "application": lambda c: c.upsert_application_calendar(application_calendar_id="x"),
    "pages": lambda c: c.account(access_token=TOKEN).read_events(tzid="Etc/UTC").collect(),
}

ODD_TOKENS = {"access_token": [ANSWERED], "refresh_token": ANSWERED, "expires_in": 5}
FAILURES: dict[str, list[Action]] = {
    "refused": [Read(), Send(answer({"error": "invalid_grant", "x": ANSWERED}, status=400))],
    "forbidden": [Read(), Send(answer(ANSWERED.encode(), status=403))],
    "redirect": [
        Read(),
        Send(answer({}, ("location", f"https://a.example/?code={ANSWERED}"), status=302)),
    ],
    "cookie": [Read(), Send(answer({}, ("set-cookie", ANSWERED), status=403))],
    "unreadable": [Read(), Send(answer(ODD_TOKENS))],
    "no JSON": [Read(), Send(answer(f'{{"access_token": "{ANSWERED}"'.encode()))],
    "too deep": [Read(), Send(answer(f'{{"token": "{ANSWERED}", "x": '.encode() + b"[" * 9999))],
    "no HTTP": [Read(), Send(f"HTTP/1.1 200 OK\r\n{ANSWERED} {ANSWERED}\r\n\r\n".encode())],
    "half a head": [Read(), Send(f"HTTP/1.1 200 OK\r\nset-cookie: {ANSWERED}".encode())],
    "reset": [Read(), Reset()],
    "silence": [Read(), Wait()],
}
UNREADABLE = {"unreadable", "no JSON", "too deep"}
ASKED = [
    (call, failure)
    for call in CALLS
    for failure in FAILURES
    # The answer to a revocation is not read.
    if (call, failure in UNREADABLE) != ("revoke", True)
]


def shown(error: BaseException) -> str:
    """What a tracker shows of an error: its chain, hidden parts too, with all local variables."""
    told: list[str] = []
    waiting: list[BaseException | None] = [error]
    seen: set[int] = set()
    while waiting:
        each = waiting.pop()
        if each is None or id(each) in seen:
            continue
        seen.add(id(each))
        waiting += each.__cause__, each.__context__
        if isinstance(each, BaseExceptionGroup):
            waiting += each.exceptions
        told += [str(each), repr(each), repr(each.args), repr(vars(each))]
        # The frames of tests hold what they gave.
        frames = traceback.TracebackException.from_exception(each, capture_locals=True).stack
        told += [f"{f.name} {f.line} {f.locals}" for f in frames if f.filename != __file__]
    return "\n".join(told)


def client(url: str, transport: Any) -> AsyncCronofy:
    """An application whose calls are sent once."""
    return AsyncCronofy(
        "id",
        SECRET,
        admin_api_key="canary-admin-key",
        api_url=url,
        transport=transport,
        retry=RetryPolicy(attempts=1),
        timeout=5,
    )


@wire_transports
@pytest.mark.parametrize(("call", "failure"), ASKED)
async def test_no_failure_shows_a_secret(
    make: MakeTransport, call: str, failure: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Not with local variables and suppressed causes, and not in the debug log of any library."""
    caplog.set_level(logging.DEBUG)
    with FaultServer(FAILURES[failure]) as server:
        cronofy = client(server.url, make())
        if failure == "silence":
            cronofy = cronofy.with_options(timeout=0.04)
        with pytest.raises(CronofyError) as caught:
            await CALLS[call](cronofy)
        # A renewal goes on without who asked for it.
        await cronofy.aclose()

    assert "canary" not in shown(caught.value)
    assert "canary" not in caplog.text


@wire_transports
@pytest.mark.parametrize("call", CALLS)
async def test_no_cancellation_shows_a_secret(
    make: MakeTransport, case: TransportCase, call: str
) -> None:
    """A call that its caller cuts off passes the cancellation on without what was local to it."""
    met: list[BaseException] = []

    async def cut_off(cronofy: AsyncCronofy) -> None:
        try:
            await CALLS[call](cronofy)
        except BaseException as error:
            met.append(error)
            raise

    with FaultServer([Read(), Wait()]) as server:
        cronofy = client(server.url, make()).with_options(timeout=5)
        async with anyio.create_task_group() as group:
            group.start_soon(cut_off, cronofy)
            while not server.requests:  # noqa: ASYNC110  # another thread's
                await anyio.sleep(0.005)
            group.cancel_scope.cancel()
        assert 1 == len(met) == len(server.requests)
        await cronofy.aclose()
    assert "canary" not in shown(met[0])
    assert met[0].__traceback__ is not None


@wire_transports
async def test_the_callers_own_error_is_left_alone(make: MakeTransport) -> None:
    """Who calls while they handle an error of theirs keeps what was local to it."""

    def fail() -> None:
        mine = "kept"
        raise KeyError(len(mine))

    with FaultServer([Read(), Wait()]) as server:
        cronofy = client(server.url, make())
        try:
            fail()
        except KeyError as error:
            with anyio.move_on_after(0.04):
                await CALLS["account"](cronofy)
            frames = traceback.TracebackException.from_exception(error, capture_locals=True)
            assert "'kept'" in str([frame.locals for frame in frames.stack])


@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_asyncios_debug_mode_shows_no_secret(
    anyio_backend: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Slow callbacks and forgotten tasks are told of without what they hold."""
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, logger="asyncio")
    loop = asyncio.get_running_loop()
    loop.set_debug(True)
    loop.slow_callback_duration = 0.0
    with FaultServer([Read(), Send(answer({}, status=403))]) as server:
        async with client(server.url, None) as cronofy:
            task = asyncio.ensure_future(CALLS["account"](cronofy))
            await asyncio.wait([task])
            assert isinstance(task.exception(), CronofyError)
    assert any("Executing" in record.getMessage() for record in caplog.records)
    assert "canary" not in caplog.text


GIVEN: dict[str, Callable[[type[Any]], Any]] = {
    "client secret": lambda door: door("id", SECRET, data_center="nowhere"),
    "admin key": lambda door: door("id", SECRET, admin_api_key="canary-k", timeout=-1),
    "access token": lambda door: door("id", SECRET).account(
        access_token=TOKEN, refresh_token="malformed token"
    ),
    "code": lambda door: door("id", SECRET).request_token(code=CODE, redirect_uri="ftp://x"),
    "link token": lambda door: door("id", SECRET).authorization_url(
        redirect_uri="ftp://x", scope="a", link_token=TOKEN
    ),
}


@pytest.mark.parametrize("anyio_backend", ["asyncio"])
@pytest.mark.parametrize("door", [AsyncCronofy, Cronofy])
@pytest.mark.parametrize("way", GIVEN)
async def test_a_secret_beside_a_wrong_argument_is_not_shown(
    way: str, door: type[Any], anyio_backend: str
) -> None:
    """What was given as text is no local variable any more when the error is raised."""
    with pytest.raises(InvalidArgumentError) as caught:
        GIVEN[way](door)

    assert "canary" not in shown(caught.value)


def test_a_blocking_call_does_not_keep_what_it_was_given() -> None:
    """The frames of a call that waits hold its operation, and no plain text."""
    refusal = prepared(400, {"error": "invalid_grant"})
    with (
        Cronofy("id", SECRET, transport=RecordingTransport([refusal])) as cronofy,
        pytest.raises(CronofyError) as caught,
    ):
        cronofy.request_token(code=CODE, redirect_uri="https://a.example/cb")

    assert "canary" not in shown(caught.value)


@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_what_cannot_be_read_still_says_where(anyio_backend: str) -> None:
    """Without local variables, the places of a failed reading stay in its traceback."""
    transport = RecordingTransport([prepared(200, ODD_TOKENS)])
    with pytest.raises(DecodeError, match="access_token") as caught:
        await CALLS["code"](client("https://api.example", transport))

    places = [frame.name for frame in traceback.extract_tb(caught.value.__traceback__)]
    assert {"from_response", "decode", "structure"} <= set(places)


def test_what_is_looked_for_would_be_found() -> None:
    """The tests above could fail."""
    request = Request("GET", "/", {"authorization": TOKEN})

    def fail() -> None:
        header = request.header("authorization")
        raise ValueError(len(header or ""))

    with pytest.raises(ValueError, match="19") as caught:
        fail()
    found = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    assert TOKEN in "".join(found.format())
