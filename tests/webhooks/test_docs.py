"""The programs of docs/webhooks.md do what the page says."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from cronofy_async.callbacks import read_callback, sign
from cronofy_async.webhooks import WebhookLimits
from cronofy_transports.sandbox import run_in_thread

from ..sandbox.wire import Wire
from .serving import ask, serve_aiohttp, serve_django, serve_uvicorn, serve_werkzeug
from .signing import SECRET, change, signed

PAGE = Path(__file__).parents[2] / "docs" / "webhooks.md"
TEXT = PAGE.read_text(encoding="utf-8")
PROGRAMS = dict(re.findall(r"^```python\n# ([\w-]+)\n(.*?)^```", TEXT, re.DOTALL | re.MULTILINE))


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """The client secret is where the programs look for it."""
    monkeypatch.setenv("CRONOFY_CLIENT_SECRET", SECRET)


def run(name: str) -> dict[str, Any]:
    """What a program defines."""
    names: dict[str, Any] = {"__name__": name}
    exec(PROGRAMS[name], names)
    return names


@contextmanager
def _blocking(names: Mapping[str, Any]) -> Generator[str]:
    serve: Any = (
        partial(serve_werkzeug, names["app"])
        if "app" in names
        else partial(serve_django, names["urlpatterns"])
    )
    with serve() as url:
        yield url
    # What the exit of the interpreter does otherwise.
    names["receiver"].close()


SERVERS: Mapping[str, Any] = {
    "fastapi": lambda names: serve_uvicorn(names["app"]),
    "asgi": lambda names: serve_uvicorn(names["app"]),
    "aiohttp": lambda names: serve_aiohttp(lambda: names["app"]),
    "flask": _blocking,
    "django": _blocking,
    "django-asgi": lambda names: serve_uvicorn(names["application"]),
}


@pytest.mark.parametrize("name", SERVERS)
def test_a_callback_is_answered_and_handled(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The program of each framework takes what is signed, and prints it by its end."""
    names = run(name)
    with SERVERS[name](names) as url:
        assert 200 == ask(url, change(), signed(change()))[0]
        assert 401 == ask(url, change(), {})[0]
        assert 404 == ask(url.replace("/cronofy", "/else"), b"", {})[0] or name == "asgi"

    out = capsys.readouterr().out
    assert out.startswith("told: ChannelNotification(")
    assert 1 == out.count("told:")


def test_the_function_reads_on_from_its_own_cursor(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Called with a change it reads what changed since the last time, and not again."""
    wire = Wire()
    person = wire.person()
    uid = wire.external(person, "2030-01-03T10:00:00Z", "2030-01-03T11:00:00Z")
    told = read_callback(change(), sign(change(), SECRET), SECRET)

    async def story(names: dict[str, Any]) -> None:
        async with names["cronofy"] as cronofy:
            names["accounts"]["chn_1"] = cronofy.account(access_token=person.token)
            names["cursors"]["chn_1"] = datetime(2029, 1, 1, tzinfo=UTC)
            await names["handle"](told)
            assert f"changed: {uid}\n" == capsys.readouterr().out
            # The sandbox's time is ahead of ours: its event would be new for ever.
            assert names["cursors"]["chn_1"] < datetime.now(UTC)
            names["cursors"]["chn_1"] = datetime(2030, 2, 1, tzinfo=UTC)
            await names["handle"](told)
            assert "" == capsys.readouterr().out

    with run_in_thread(wire.sandbox) as urls:
        for name, value in {**wire.client, "api_url": urls.api_url}.items():
            monkeypatch.setenv(f"CRONOFY_{name.upper()}", value)
        asyncio.run(story(run("handler")))


def test_the_limits_are_taken() -> None:
    """The program with limits makes a receiver."""
    assert run("limits")["receiver"]


def test_every_program_is_run() -> None:
    """The page has no program without a name, and none that no test runs."""
    assert TEXT.count("```python\n") == len(PROGRAMS)
    assert {*SERVERS, "handler", "limits"} == set(PROGRAMS)


def test_the_numbers_are_those_of_the_code() -> None:
    """What the page says of limits is what they are when nothing is said."""
    limits = WebhookLimits()

    assert "longer than 64 kB" in TEXT
    assert "not there after 5 seconds" in TEXT
    assert "up to 8 are handled" in TEXT
    assert "1,000 callbacks wait" in TEXT
    assert "waits for a second" in TEXT
    assert "within 10 seconds" in TEXT
    assert (64 * 1024, 5.0, 1.0, 1000, 8, 10.0) == (
        limits.body,
        limits.deadline,
        limits.window,
        limits.waiting,
        limits.concurrent,
        limits.closing,
    )
