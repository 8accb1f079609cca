"""``python -m cronofy_transports.sandbox``: the sandbox as a process of its own."""

from __future__ import annotations

import argparse
import json
import signal
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from .addresses import LOOPBACK, Urls, listen, urls_of
from .keeping.errors import WorldFileError
from .quota import PER_MINUTE, PER_SECOND, Quota
from .refusals import Refusal
from .sandbox import Sandbox

if TYPE_CHECKING:
    import socket

__all__ = ("main",)

_ENDING: Final = (signal.SIGTERM, signal.SIGINT)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a sandbox until SIGTERM or SIGINT; gives back the exit status."""
    options = _parser().parse_args(arguments)
    try:
        sandbox = Sandbox(
            options.seed,
            quota=Quota() if options.quota else None,
            world=options.world,
            db=options.db,
        )
    except WorldFileError as error:
        print(error, file=sys.stderr)
        return 1
    except (Refusal, OSError, ImportError) as error:
        print(f"cannot load the world: {error}", file=sys.stderr)
        return 2
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    try:
        with sandbox:
            _run(sandbox, options)
    except OSError as error:
        print(f"cannot listen on {options.host}:{options.port}: {error.strerror}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m cronofy_transports.sandbox",
        description="Run a local sandbox of the Cronofy service until it is interrupted.",
    )
    parser.add_argument("--host", default=LOOPBACK, help=f"address to listen on ({LOOPBACK})")
    parser.add_argument("--port", type=_port, default=0, help="port to listen on (0: any)")
    parser.add_argument(
        "--quota",
        action="store_true",
        help=f"answer 429 beyond the documented {PER_SECOND} requests a second"
        f" and {PER_MINUTE} a minute",
    )
    parser.add_argument(
        "--world",
        action="append",
        default=[],
        metavar="FILE",
        help="begin with the world of this .json or .ics file in place of people (repeatable)",
    )
    parser.add_argument("--seed", type=int, help="make all ids and secrets the same in each run")
    parser.add_argument(
        "--db", metavar="FILE", help="keep the world in this file, and go on with what is in it"
    )
    parser.add_argument(
        "--ready-json",
        action="store_true",
        help="print one line of JSON with URLs and credentials when it can be reached",
    )
    parser.add_argument(
        "--allow-callback-host",
        action="append",
        default=[],
        metavar="HOST",
        help="deliver callbacks to this host too, not only to this machine (repeatable)",
    )
    parser.add_argument(
        "--allow-name",
        action="append",
        default=[],
        metavar="NAME",
        help="answer under this host name too, not only under those of this machine (repeatable)",
    )
    return parser


def _port(text: str) -> int:
    if not (text.isdecimal() and len(text) < 6 and int(text) < 65536):
        raise argparse.ArgumentTypeError(f"{text!r} is no port: give a number from 0 to 65535")
    return int(text)


def _run(sandbox: Sandbox, options: argparse.Namespace) -> None:
    listening = listen(options.host, options.port)
    urls = urls_of(options.host, listening)
    if options.host != LOOPBACK and not _is_loopback(options.host):
        print(f"note: whoever reaches {options.host} has the run of this sandbox", file=sys.stderr)
    _when_told(lambda: sys.exit(0))
    print(_ready(sandbox, urls) if options.ready_json else _greeting(sandbox, urls), flush=True)
    # Connections wait from now on, while what serves them is loaded: that takes a while.
    import asyncio

    asyncio.run(_serve(sandbox, options, listening))


async def _serve(
    sandbox: Sandbox, options: argparse.Namespace, listening: Sequence[socket.socket]
) -> None:
    import asyncio

    from .server import serve

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    # Not loop.add_signal_handler, which Windows does not have.
    _when_told(lambda: loop.call_soon_threadsafe(stop.set))
    async with serve(
        sandbox,
        host=options.host,
        callback_hosts=options.allow_callback_host,
        names=options.allow_name,
        listening=listening,
    ):
        # What answering needs besides can wait for the first request, or for idleness.
        loop.call_soon(sandbox.warm_up)
        await stop.wait()


def _when_told(end: Callable[[], object]) -> None:
    for number in _ENDING:
        signal.signal(number, lambda *_: end())


def _is_loopback(host: str) -> bool:
    # Loaded for those alone who name a host, as it costs a while.
    from cronofy_async.core.hosts import is_loopback

    return is_loopback(host)


def _ready(sandbox: Sandbox, urls: Urls) -> str:
    return json.dumps(
        {
            "api_url": urls.api_url,
            "app_url": urls.app_url,
            "client_id": sandbox.client_id,
            "client_secret": sandbox.client_secret,
            "accounts": sandbox.accounts(),
        }
    )


def _greeting(sandbox: Sandbox, urls: Urls) -> str:
    lines = [
        "A sandbox of the Cronofy service; stop it with Ctrl-C.",
        "",
        f"  API and app URL  {urls.api_url}",
        f"  client id        {sandbox.client_id}",
        f"  client secret    {sandbox.client_secret}",
        "",
    ]
    for account in sandbox.accounts():
        lines += [
            f"  {account['sub']}",
            f"    access token   {account['access_token']}",
            *(
                f"    calendar       {calendar['calendar_id']}  {calendar['calendar_name']}"
                for calendar in account["calendars"]
            ),
        ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
