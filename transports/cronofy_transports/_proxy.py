"""The one form of proxy that every transport takes."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit

from cronofy_async.core.errors import InvalidArgumentError

__all__ = ("check_proxy",)


def check_proxy(proxy: str) -> SplitResult:
    """
    Read a proxy's URL.

    Raises:
        InvalidArgumentError: It is no plain HTTP proxy.
    """
    try:
        parts = urlsplit(proxy)
        valid = parts.scheme == "http" and bool(parts.hostname) and parts.port is not None
    except ValueError:
        valid = False
        parts = urlsplit("")
    if not valid or parts.path not in ("", "/") or parts.query or parts.fragment:
        # The URL stays out of the message: it may hold a password.
        raise InvalidArgumentError(
            "proxy", "is not an HTTP proxy", "write it as http://[user:password@]host:port"
        )
    return parts
