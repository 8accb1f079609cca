"""One quota for many machines, in Redis."""

from __future__ import annotations

from typing import Any, Final, TypeVar

from ..core.errors import InvalidArgumentError
from .sharing import Change
from .threads import Worker
from .windows import MINUTE

__all__ = ("RedisQuotaStore",)

R = TypeVar("R")

_PATIENCE: Final = 1.0
_TRIES: Final = 100
_PREFIX: Final = "cronofy_async:quota:"
# What nobody changes for so long does not count any more: a minute, and a pause of another.
_LASTING: Final = int(2 * MINUTE) + 10

_SWAP: Final = """
if (redis.call('GET', KEYS[1]) or '') == ARGV[1] then
  redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
  return 1
end
return 0
"""


class RedisQuotaStore:
    """
    Keeps the quota of all machines that reach one Redis together.

    Give every client the same server: ``AsyncCronofy(quota_store=RedisQuotaStore(url))``.
    Needs the extra ``cronofy_async[redis]``. The clock is the server's. When it is set
    back, requests wait for a minute at the most; when it is set forward, what went out in
    the last minute is forgotten once.

    Args:
        url: For example ``redis://localhost:6379/0``, or ``rediss://`` with TLS; may hold user
            and password.

    Raises:
        InvalidArgumentError: *url* is malformed, or the extra is not installed.
    """

    def __init__(self, url: str) -> None:
        try:
            import redis
            from redis.backoff import NoBackoff
            from redis.retry import Retry
        except ImportError:
            raise InvalidArgumentError(
                "quota_store", "needs redis", "install cronofy_async[redis]"
            ) from None
        try:
            self._redis: Any = redis.Redis.from_url(
                url,
                socket_timeout=_PATIENCE,
                socket_connect_timeout=_PATIENCE,
                # A connection that lay idle may be gone. Who waits longer does so by himself.
                retry=Retry(NoBackoff(), 1),
            )
        except (ValueError, TypeError, AttributeError):
            # The text of the cause may hold the URL, and that a password.
            raise InvalidArgumentError(
                "url", "is no URL of a Redis server", "begin it with redis:// or rediss://"
            ) from None
        self._swap = self._redis.register_script(_SWAP)
        self._worker = Worker("cronofy_async quota")

    async def update(self, key: str, change: Change[R]) -> R:
        """
        Change what is kept under a key, with nobody in between.

        Raises:
            redis.RedisError: The server cannot be used.
            TimeoutError: Others were in between each time.
        """
        return await self._worker.run(lambda: self._update(_PREFIX + key, change))

    def close(self) -> None:
        """Close the connection; the next update opens it again."""
        self._worker.close()
        self._redis.close()

    def _update(self, name: str, change: Change[R]) -> R:
        for _ in range(_TRIES):
            pipe = self._redis.pipeline(transaction=False)
            (seconds, micros), kept = pipe.time().get(name).execute()
            changed, result = change(kept, seconds + micros / 1e6)
            if changed is None:
                return result
            if self._swap(keys=[name], args=[kept or b"", changed, _LASTING]):
                return result
        raise TimeoutError("others changed the quota each time in between")

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"
