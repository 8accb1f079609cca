"""``python -m cronofy_transports.demo``."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing, asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import aiohttp

from cronofy_async import AsyncCronofy, CronofyError
from cronofy_transports.aiohttp import AiohttpTransport

from . import __doc__ as about
from .consent import approve_by_form, approve_in_browser
from .journey import DeviationError, Journey
from .receiver import receiving
from .screen import Screen, ShownTransport

_NEEDED: Final = ("CRONOFY_CLIENT_ID", "CRONOFY_CLIENT_SECRET")


@asynccontextmanager
async def sandbox_process() -> AsyncGenerator[dict[str, Any]]:
    """Run the sandbox as a process of its own; gives what it says when it is ready."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "cronofy_transports.sandbox",
        *("--port", "0", "--ready-json", "--seed", "1"),
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        line = await process.stdout.readline()
        if not line:
            raise DeviationError("expected the sandbox to start; it ended instead")
        yield json.loads(line)
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def in_sandbox(screen: Screen) -> None:
    """Walk the quick start against the sandbox."""
    async with sandbox_process() as ready:
        screen.line(f"The sandbox is ready at {ready['api_url']}.")
        async with (
            receiving(ready["client_secret"], screen) as receiver,
            aclosing(AiohttpTransport()) as wire,
            AsyncCronofy(
                ready["client_id"],
                ready["client_secret"],
                api_url=ready["api_url"],
                app_url=ready["app_url"],
                transport=ShownTransport(wire, screen),
            ) as cronofy,
        ):

            async def external_edit(calendar_id: str) -> None:
                await edit_as_owner(ready["api_url"], calendar_id, screen)

            await Journey(
                cronofy=cronofy,
                screen=screen,
                receiver=receiver,
                consent=lambda url: approve_by_form(url, screen),
                external_edit=external_edit,
                callback_url=f"{receiver.url}/notifications",
            ).walk()


async def edit_as_owner(api_url: str, calendar_id: str, screen: Screen) -> None:
    """Put an event into a calendar as its owner would, in the provider's own program."""
    start = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(days=3)
    event = {
        "calendar_id": calendar_id,
        "summary": "Lunch with Ada",
        "start": f"{start:%Y-%m-%dT%H:%M:%SZ}",
        "end": f"{start + timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}",
    }
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{api_url}/_sandbox/create_event", json=event) as answer,
    ):
        if answer.status >= 300:
            raise DeviationError(f"expected an external edit to work, found status {answer.status}")
    screen.line(f"  {screen.styled('⌂', 'blue')} the calendar's owner adds “Lunch with Ada”")


async def live(screen: Screen) -> None:
    """Walk the quick start against the real service."""
    missing = [name for name in _NEEDED if not os.environ.get(name)]
    if missing:
        raise DeviationError(
            f"expected {' and '.join(missing)} in the environment: create an application in the "
            "developer dashboard and set them (and CRONOFY_DATA_CENTER outside of the US)"
        )
    async with (
        receiving(os.environ["CRONOFY_CLIENT_SECRET"], screen) as receiver,
        aclosing(AiohttpTransport()) as wire,
        AsyncCronofy(transport=ShownTransport(wire, screen), timeout=60) as cronofy,
    ):
        screen.line(f"Notifications and redirects arrive at {receiver.url}.")
        await Journey(
            cronofy=cronofy,
            screen=screen,
            receiver=receiver,
            consent=lambda url: approve_in_browser(url, receiver, screen),
            external_edit=None,
            callback_url=os.environ.get("CRONOFY_DEMO_CALLBACK_URL"),
        ).walk()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the demo; 0 if all was as expected."""
    parser = argparse.ArgumentParser(
        prog="python -m cronofy_transports.demo",
        description=about,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--live", action="store_true", help="use the real service")
    options = parser.parse_args(arguments)
    screen = Screen()
    began = time.monotonic()
    try:
        asyncio.run(live(screen) if options.live else in_sandbox(screen))
    except (DeviationError, CronofyError, TimeoutError, RuntimeError) as error:
        screen.failed(str(error) or type(error).__name__)
        return 1
    except KeyboardInterrupt:
        return 130
    took = time.monotonic() - began
    screen.line()
    screen.done(f"all as expected: {screen.requests} requests in {took:.1f} seconds")
    return 0


if __name__ == "__main__":
    sys.exit(main())
