"""The cookie that tells browsers apart."""

from __future__ import annotations

from http.cookies import CookieError, SimpleCookie
from typing import Final

from cronofy_async.core.wire import Request

__all__ = ("browser_of", "naming")

_NAME: Final = "sandbox_browser"
_YEAR: Final = 365 * 24 * 3600


def browser_of(request: Request) -> str | None:
    """The name of the browser that sent a request, if it was given one."""
    try:
        cookie = SimpleCookie(request.header("cookie")).get(_NAME)
    except CookieError:
        return None
    return cookie.value if cookie is not None and cookie.value.isalnum() else None


def naming(browser: str) -> dict[str, str]:
    """The header that gives a browser its name."""
    return {"set-cookie": f"{_NAME}={browser}; HttpOnly; Max-Age={_YEAR}; Path=/; SameSite=Lax"}
