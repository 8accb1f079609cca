"""Where the service lives, and which URLs are its own."""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import ip_address
from typing import Final, Literal
from urllib.parse import urlsplit

import attrs

from .errors import InvalidArgumentError, UnsafeURLError
from .wire import Request

__all__ = ("DATA_CENTERS", "Hosts")

DATA_CENTERS: Final = ("us", "de", "uk", "au", "ca", "sg")
"""The six data centres; each is an instance of its own. Source: /developers/data-centers/"""

_DEFAULT_PORTS: Final = {"https": 443, "http": 80}
# What a browser or a URL library might rewrite is refused rather than interpreted.
_FORBIDDEN: Final = re.compile(r"[\x00-\x20\x7f-\U0010ffff\\]")


@attrs.frozen
class Hosts:
    """
    The origins of one data centre.

    Attributes:
        api: Takes API calls, for example ``https://api.cronofy.com``.
        app: Shows pages to people, for example ``https://app.cronofy.com``.
    """

    api: str
    app: str

    @classmethod
    def of(
        cls,
        data_center: str | None = None,
        *,
        api_url: str | None = None,
        app_url: str | None = None,
    ) -> Hosts:
        """
        The hosts of a data centre, or of explicit base URLs.

        Args:
            data_center: One of `DATA_CENTERS` in any case; left out: ``us``.
            api_url: Stands in for the data centre's API host, for instance a sandbox.
            app_url: The same for the host of its pages; left out: *api_url*.

        Raises:
            InvalidArgumentError: The data centre is unknown, or a URL is not an
                origin, or is plain http to another machine.
        """
        name = (data_center or "us").strip().lower()
        if name not in DATA_CENTERS:
            known = ", ".join(DATA_CENTERS)
            raise InvalidArgumentError("data_center", "is not a data centre", f"use one of {known}")
        suffix = "" if name == "us" else f"-{name}"
        return cls(
            api=_origin("api_url", api_url) if api_url else f"https://api{suffix}.cronofy.com",
            app=_origin("app_url", app_url or api_url)
            if app_url or api_url
            else f"https://app{suffix}.cronofy.com",
        )

    def resolve(self, request: Request, host: Literal["api", "app"] = "api") -> Request:
        """
        Put the origin in front of a request's path.

        Raises:
            UnsafeURLError: The request has a whole URL already, on an origin that is not the API's.
        """
        path = request.url if request.url.startswith("/") else self.relative(request.url)
        return request.replace(url=(self.app if host == "app" else self.api) + path)

    def relative(self, url: str) -> str:
        """
        The path and query of a URL that the service gave, if it is on the API's origin.

        Raises:
            UnsafeURLError: It leads elsewhere, so no token may go there.
        """
        problem = None
        if _FORBIDDEN.search(url):
            problem = "holds characters that no URL has"
        else:
            try:
                parts = urlsplit(url)
                own = urlsplit(self.api)
                if parts.username is not None or parts.password is not None:
                    problem = "holds user information"
                elif _port_origin(parts.scheme, parts.hostname, parts.port) != _port_origin(
                    own.scheme, own.hostname, own.port
                ):
                    problem = "is on another origin"
                elif not parts.path.startswith("/") or _climbs(parts.path):
                    problem = "has no plain path"
                else:
                    return parts.path + (f"?{parts.query}" if parts.query else "")
            except ValueError:
                problem = "is not a URL"
        # The URL may hold what the server likes: only its origin is worth telling, and safe.
        raise UnsafeURLError(f"a URL given by the server {problem}; only {self.api} gets our token")


def is_loopback(host: str | None) -> bool:
    """Whether a host name can only be this machine."""
    if host is None:
        return False
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _port_origin(
    scheme: str, host: str | None, port: int | None
) -> tuple[str, str | None, int | None]:
    return scheme, host, port if port is not None else _DEFAULT_PORTS.get(scheme)


def _climbs(path: str) -> bool:
    segments = path.lower().replace("%2e", ".").replace("%2f", "/").replace("%5c", "/").split("/")
    return "." in segments or ".." in segments


@lru_cache(maxsize=64)
def _origin(field: str, url: str | None) -> str:
    remedy = "give an origin such as https://api.cronofy.com or http://127.0.0.1:8080"
    try:
        parts = urlsplit(url or "")
        port = parts.port
    except ValueError:
        raise InvalidArgumentError(field, "is not a URL", remedy) from None
    if (
        parts.scheme not in _DEFAULT_PORTS
        or not parts.hostname
        or parts.username is not None
        or parts.path not in ("", "/")
        or parts.query
        or parts.fragment
        or _FORBIDDEN.search(url or "")
    ):
        raise InvalidArgumentError(field, "is not an origin", remedy)
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise InvalidArgumentError(
            field, "would send tokens unencrypted over a network", "use https"
        )
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    default = port is None or port == _DEFAULT_PORTS[parts.scheme]
    return f"{parts.scheme}://{host}" + ("" if default else f":{port}")
