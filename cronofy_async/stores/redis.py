"""Tokens in Redis, for the processes of many machines."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any, Final

from ..client.runtime import on_trio
from ..client.tokens import LeasingTokenStore, TokenRecord
from ..core.errors import InvalidArgumentError, TokenStoreError
from ..core.secret import Secret
from .sealing import Keys, Seal, Sealed

__all__ = ("RedisTokenStore",)

_SWAP: Final = """
local version = redis.call('HGET', KEYS[1], 'version')
if (version or '') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'version', ARGV[2], 'record', ARGV[3])
return 1
"""
_RESEAL: Final = """
if redis.call('HGET', KEYS[1], 'record') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'record', ARGV[2])
return 1
"""


class RedisTokenStore(LeasingTokenStore):
    """
    A token store in Redis, which any number of machines share; on asyncio alone.

    Tokens are kept for ever: give Redis a database that writes to disk (``appendonly``)
    and evicts nothing. Connections are opened when they are needed and closed at once,
    so there is nothing to close.

    Args:
        url: For instance ``rediss://user:password@host:6379/0``; or a client of
            `redis.asyncio` that you made and will close, which belongs to one event loop.
        prefix: How the keys of its records begin.
        keys: Encrypts the records (extra ``secure``): a key of `new_key`, or several,
            the one for new records first. Records are read with any of them, and also
            if they are not encrypted yet; see `rotate`.
        timeout: Seconds to wait for Redis.

    Raises:
        InvalidArgumentError: The extra ``redis`` is not installed, the URL is none, or a
            key is.
    """

    def __init__(
        self,
        url: str | Secret | Any,
        *,
        prefix: str = "cronofy:tokens:",
        keys: Keys | None = None,
        timeout: float = 5.0,
    ) -> None:
        self._redis = _library()
        # As text, its password would be seen in a traceback with local variables.
        url = Secret(url) if isinstance(url, str) else url
        self._given: Any = None if isinstance(url, Secret) else url
        self._url = url if isinstance(url, Secret) else None
        self._prefix = prefix
        self._seal = Seal(keys)
        self._timeout = timeout
        try:
            if self._url is not None:
                self._client()
        except ValueError:
            # Without the cause: it may show the password.
            raise InvalidArgumentError(
                "url", "is none of Redis", "give redis://host:port/number"
            ) from None

    async def read(self, sub: str) -> TokenRecord | None:
        """
        The record of an account, or `None`.

        Raises:
            TokenStoreError: Redis cannot be reached, or no key fits.
        """
        async with self._connected() as client:
            stored = await self._stored(client, self._prefix + sub)
        return None if stored is None else self._seal.open(sub, stored)

    async def swap(self, sub: str, before: TokenRecord | None, after: TokenRecord) -> bool:
        """
        Put *after* in the place of *before*, unless the record has changed since.

        Raises:
            TokenStoreError: Redis cannot be reached, or does not write.
        """
        expected = "" if before is None else str(before.version)
        sealed = self._seal.close(sub, after)
        async with self._connected() as client:
            key, version = self._prefix + sub, str(after.version)
            return bool(await client.eval(_SWAP, 1, key, expected, version, sealed.data))

    async def rotate(self) -> int:
        """
        Encrypt every record with the first key; the others are not needed any more then.

        Before that, give the new key to every process: ``keys=[new, old]``.

        Returns:
            How many records there are.

        Raises:
            TokenStoreError: A record opens with none of the keys; it is left as it is.
        """
        count = 0
        async with self._connected() as client:
            async for name in client.scan_iter(match=_literally(self._prefix) + "*"):
                key = name if isinstance(name, str) else name.decode()
                sub = key.removeprefix(self._prefix)
                while (stored := await self._stored(client, key)) is not None:
                    sealed = self._seal.close(sub, self._seal.open(sub, stored))
                    if await client.eval(_RESEAL, 1, key, stored.data, sealed.data):
                        count += 1
                        break
        return count

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._prefix}*>"

    async def _stored(self, client: Any, key: str) -> Sealed | None:
        stored = await client.hget(key, "record")
        return None if stored is None else Sealed(stored)

    def _client(self) -> Any:
        assert self._url is not None, "given or made"
        return self._redis.asyncio.Redis.from_url(
            self._url.reveal(),
            socket_timeout=self._timeout,
            socket_connect_timeout=self._timeout,
        )

    @asynccontextmanager
    async def _connected(self) -> AsyncGenerator[Any]:
        if on_trio():
            raise TokenStoreError("redis knows only asyncio: on trio, use SQLiteTokenStore")
        client = self._given if self._given is not None else self._client()
        try:
            yield client
        except (self._redis.RedisError, OSError) as error:
            # Without the cause: what Redis answers may repeat what it was sent.
            raise TokenStoreError(
                f"Redis failed ({type(error).__name__}): see that it runs and can be written to"
            ) from None
        finally:
            if self._given is None:
                await client.aclose()


def _literally(prefix: str) -> str:
    return "".join(f"\\{c}" if c in "*?[]\\" else c for c in prefix)


def _library() -> Any:
    try:
        import redis
        import redis.asyncio  # pyright: ignore[reportUnusedImport] - loads the submodule
    except ImportError:
        raise InvalidArgumentError("url", "needs redis", "install cronofy_async[redis]") from None
    return redis
