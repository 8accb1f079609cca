"""One journey over every transport, the sandbox in process included, with equal outcomes."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import attrs
import pytest

from cronofy_async import AsyncCronofy, InvalidRequestError, NotFoundError
from cronofy_async.core.transport import Transport
from cronofy_async.models import ChannelFilters
from cronofy_transports.aiohttp import AiohttpTransport
from cronofy_transports.httpx2 import Httpx2Transport
from cronofy_transports.replay import RecordingTransport, ReplayTransport
from cronofy_transports.sandbox import Clock, Sandbox, run_in_thread

NOON = datetime(2030, 1, 7, 12, tzinfo=UTC)
TZID = "Europe/Paris"


def new_sandbox() -> Sandbox:
    """The same sandbox each time: ids from a seed, and a clock that stands still."""
    return Sandbox(seed=11, clock=Clock(lambda: NOON.timestamp()))


@attrs.frozen
class Case:
    """A way to a sandbox."""

    name: str
    backend: str


CASES = [
    Case("aiohttp-asyncio", "asyncio"),
    Case("httpx2-asyncio", "asyncio"),
    Case("httpx2-trio", "trio"),
    Case("sandbox-asyncio", "asyncio"),
    Case("sandbox-trio", "trio"),
    Case("replay-asyncio", "asyncio"),
    Case("replay-trio", "trio"),
]


@pytest.fixture(params=CASES, ids=lambda case: case.name)
def case(request: pytest.FixtureRequest) -> Case:
    """The way under test."""
    param: Case = request.param
    return param


@pytest.fixture
def anyio_backend(case: Case) -> str:
    """The event loop that the way runs on."""
    return case.backend


async def journey(cronofy: AsyncCronofy, token: str, sub: str) -> list[Any]:
    """Do a little of everything; gives what came of it, without what differs by chance."""
    seen: list[Any] = []
    account = cronofy.account(access_token=token)
    calendars = await account.list_calendars()
    seen.append(calendars)
    calendar = next(c for c in calendars if c.calendar_primary and not c.calendar_readonly)
    found = await cronofy.availability(
        participants=sub,
        required_duration=timedelta(hours=1),
        query_periods=[(NOON + timedelta(days=1), NOON + timedelta(days=2))],
        response_format="slots",
    )
    assert found.available_slots
    seen.append(found)
    await account.upsert_event(
        calendar_id=calendar.calendar_id,
        event_id="a/b?c#d é",
        summary="Réunion",
        start=found.available_slots[0].start,
        end=found.available_slots[0].end,
    )
    pager = account.read_events(tzid=TZID, include_managed=True, localized_times=True)
    pages = [page async for page in pager.pages()]
    assert len(pages) > 1
    seen.append([page.items for page in pages])
    seen.append(await account.read_free_busy(tzid=TZID).collect())
    with pytest.raises(NotFoundError) as missing:
        await account.close_channel(channel_id="chn_missing")
    seen.append(missing.value.status)
    with pytest.raises(InvalidRequestError) as refused:
        await account.create_channel(
            callback_url="http://127.0.0.1:9/", filters=ChannelFilters(calendar_ids=["cal_nobody"])
        )
    seen.append(refused.value.errors)
    await account.delete_event(calendar_id=calendar.calendar_id, event_id="a/b?c#d é")
    return seen


async def through(transport: Transport, sandbox: Sandbox, api_url: str | None) -> list[Any]:
    """Walk the journey over a transport."""
    account = sandbox.accounts()[0]
    async with AsyncCronofy(
        sandbox.client_id, sandbox.client_secret, api_url=api_url, transport=transport
    ) as cronofy:
        return await journey(cronofy, account["access_token"], account["sub"])


@asynccontextmanager
async def closing(transport: Transport) -> AsyncGenerator[Transport]:
    """Close a transport in the end."""
    try:
        yield transport
    finally:
        await transport.aclose()


@pytest.mark.anyio
async def test_every_transport_comes_to_the_same(case: Case, tmp_path: Path) -> None:
    """Whatever carries the requests, the outcomes are equal; a recording plays back the same."""
    sandbox, twin = new_sandbox(), new_sandbox()
    async with closing(twin.transport()) as reference:
        expected = await through(reference, twin, None)
    if case.name.startswith("sandbox"):
        async with closing(sandbox.transport()) as transport:
            outcome = await through(transport, sandbox, None)
    elif case.name.startswith("replay"):
        path = tmp_path / "journey.jsonl"
        async with closing(RecordingTransport(sandbox.transport(), path)) as transport:
            await through(transport, sandbox, None)
        assert sandbox.client_secret not in path.read_text(encoding="utf-8")
        replay = ReplayTransport(path)
        outcome = await through(replay, sandbox, None)
        replay.assert_done()
    else:
        made = AiohttpTransport() if case.name.startswith("aiohttp") else Httpx2Transport()
        with run_in_thread(sandbox) as urls:
            async with closing(made) as transport:
                outcome = await through(transport, sandbox, urls.api_url)
        assert urlsplit(urls.api_url).hostname == "127.0.0.1"

    assert expected == outcome
