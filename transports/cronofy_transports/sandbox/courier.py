"""
Delivers callbacks over HTTP.

Somebody who can talk to the sandbox chooses where it sends: therefore only to this
machine, unless a host was named when it was started. A name is looked up once, and
the connection goes to what was found and allowed; no redirect is followed.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Awaitable, Callable, Collection
from contextlib import suppress
from ipaddress import IPv6Address, ip_address
from typing import TYPE_CHECKING, Any, Final, Self

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from .keeping.errors import WorldFileError
from .push import Outbox, Posting, Round

if TYPE_CHECKING:
    from .mischief.detours import Detours
    from .sandbox import Sandbox

__all__ = ("Courier",)

log = logging.getLogger("cronofy_transports.sandbox")

_LARGEST: Final = 64 * 1024


class _NotAllowedError(OSError):
    """Callbacks may not go to this host."""


class Courier:
    """
    Sends what is due, for as long as it is open.

    Args:
        sandbox: Whose callbacks they are.
        hosts: Hosts besides this machine that may be sent to.
        look_up: Finds the addresses of a name, as the event loop's `getaddrinfo` does,
            which it is by default.
    """

    def __init__(
        self,
        sandbox: Sandbox,
        hosts: Collection[str] = (),
        look_up: Callable[..., Awaitable[Any]] | None = None,
    ) -> None:
        self._sandbox = sandbox
        self._hosts = frozenset(host.lower() for host in hosts)
        self._look_up = look_up
        self._wake = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._session: aiohttp.ClientSession | None = None
        self._astray: tuple[Outbox, Detours] | None = None

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._sandbox.on_queued = lambda: _wake(loop, self._wake)
        self._start(self._run())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._sandbox.on_queued = lambda: None
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    async def _run(self) -> None:
        while True:
            self._wake.clear()
            with self._sandbox.lock:
                world = self._sandbox.world
                world.settle()
                rounds = self._plan(world.outbox)
                wait = world.seconds_to_next()
                self._keep()
            for each in rounds:
                # A reset puts another outbox in its place, with numbers of its own.
                self._start(self._go(world.outbox, each))
            try:
                async with asyncio.timeout(wait):
                    await self._wake.wait()
            except TimeoutError:
                pass

    def _start(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _plan(self, outbox: Outbox) -> list[Round]:
        """What is to be delivered now, after what faults do to it."""
        postings = outbox.due()
        if self._astray is not None and self._astray[0] is not outbox:
            self._astray = None
        if self._astray is None:
            if not self._sandbox.faults.armed_for_notifications:
                return [Round(posting=each) for each in postings]
            from .mischief.detours import Detours

            self._astray = outbox, Detours(self._sandbox.faults, outbox)
        return self._astray[1].plan(postings)

    async def _go(self, outbox: Outbox, way: Round) -> None:
        try:
            await self._deliver(outbox, way.posting)
            for _ in range(way.times - 1):
                # How a copy goes changes nothing.
                with suppress(TimeoutError, aiohttp.ClientError, OSError, ValueError):
                    url = URL(way.posting.url)
                    await self._post(url, url.host, way.posting)
        finally:
            with self._sandbox.lock:
                for delivery_id in way.behind:
                    outbox.hurry(delivery_id)
                self._keep()

    async def _deliver(self, outbox: Outbox, posting: Posting) -> None:
        ok, host = False, None
        try:
            url = URL(posting.url)
            host = url.host
            status = await self._post(url, host, posting)
            ok = 200 <= status < 300
            problem = f"answered with status {status}"
        except TimeoutError:
            problem = f"did not answer within {posting.timeout} s"
        except (aiohttp.ClientError, OSError, ValueError) as error:
            # What the resolver raises comes wrapped.
            cause = getattr(error, "os_error", error)
            problem = f"could not be reached ({type(cause).__name__})"
            if isinstance(cause, _NotAllowedError):
                problem = "is not on this machine: allow its host with --allow-callback-host"
        finally:
            # One that was cut off, too, has not been delivered.
            with self._sandbox.lock:
                outbox.delivered(posting.delivery_id, ok=ok)
                self._keep()
        if not ok:
            log.warning("a callback to %s %s", host or "a URL without host", problem)

    def _keep(self) -> None:
        try:
            self._sandbox.keep()
        except WorldFileError as error:
            # Nobody waits for an answer here; the next request gets an error.
            log.error("%s", error)

    async def _post(self, url: URL, host: str | None, posting: Posting) -> int:
        # A host that is written as an address is never looked up, so it is checked here.
        if _is_address(host) and not self.may_go_to(host, host):
            raise _NotAllowedError
        async with asyncio.timeout(posting.timeout):
            async with self._open_session().post(
                url, data=posting.body, headers=dict(posting.headers), allow_redirects=False
            ) as answer:
                await answer.content.read(_LARGEST)
                return answer.status

    def _open_session(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = aiohttp.TCPConnector(
                resolver=_Checked(self.may_go_to, self._look_up), force_close=True
            )
            self._session = aiohttp.ClientSession(
                connector=connector, cookie_jar=aiohttp.DummyCookieJar(), trust_env=False
            )
        return self._session

    def may_go_to(self, host: str | None, address: str | None) -> bool:
        """Whether a callback to a host may go to an address that it was found at."""
        return (host or "").lower() in self._hosts or _is_this_machine(address)


def _wake(loop: asyncio.AbstractEventLoop, event: asyncio.Event) -> None:
    try:
        loop.call_soon_threadsafe(event.set)
    except RuntimeError:  # The loop is closed, and with it all that could be delivered.
        return


def _is_address(host: str | None) -> bool:
    try:
        ip_address(host or "")
    except ValueError:
        return False
    return True


def _is_this_machine(address: str | None) -> bool:
    try:
        found = ip_address(address or "")
    except ValueError:
        return False
    if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    return found.is_loopback


class _Checked(AbstractResolver):
    """Looks a host up once, and gives only addresses that callbacks may go to."""

    def __init__(self, may_go_to: Any, look_up: Callable[..., Awaitable[Any]] | None) -> None:
        self._may_go_to = may_go_to
        self._look_up = look_up or asyncio.get_running_loop().getaddrinfo

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        infos = await self._look_up(host, port, family=family, type=socket.SOCK_STREAM)
        allowed = [
            ResolveResult(
                hostname=host,
                host=str(address[0]),
                port=port,
                family=found,
                proto=proto,
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for found, _, proto, _, address in infos
            if self._may_go_to(host, str(address[0]))
        ]
        if not allowed:
            raise _NotAllowedError
        return allowed

    async def close(self) -> None:
        """There is nothing to close."""
