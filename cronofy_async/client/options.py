"""How a client is configured, and how one call may differ."""

from __future__ import annotations

import math
import platform
from collections.abc import Mapping
from os import environ
from types import MappingProxyType
from typing import Any, Final

import attrs

from .._version import __version__
from ..core.errors import InvalidArgumentError
from ..core.exchange import RetryPolicy
from ..core.hosts import Hosts
from ..core.secret import Secret

__all__ = ("Options", "Settings")

USER_AGENT: Final = f"cronofy_async/{__version__} python/{platform.python_version()}"
_OURS: Final = frozenset({"authorization", "host", "content-length", "cookie", "transfer-encoding"})


def _timeout(_: Any, field: attrs.Attribute[float], value: float) -> None:
    if not (math.isfinite(value) and value > 0):
        raise InvalidArgumentError(field.name, f"{value} is not a time", "give seconds above 0")


def _headers(value: Mapping[str, str]) -> Mapping[str, str]:
    checked: dict[str, str] = {}
    for name, text in value.items():
        lowered = name.lower()
        if lowered in _OURS:
            raise InvalidArgumentError(
                f"headers[{name!r}]", "is set by the client", "leave it out of the headers"
            )
        if not lowered or not lowered.replace("-", "").replace("_", "").isalnum():
            raise InvalidArgumentError(f"headers[{name!r}]", "is no header name", "rename it")
        if not (text.isascii() and text.isprintable()):
            raise InvalidArgumentError(
                f"headers[{name!r}]", "is not printable ASCII", "encode its value"
            )
        checked[lowered] = text
    return MappingProxyType(checked)


@attrs.frozen(kw_only=True)
class Options:
    """
    What may differ from call to call.

    Attributes:
        timeout: Seconds for one call, with all its attempts and waits.
        retry: When a request is sent again.
        headers: Sent with each request besides our own.
    """

    timeout: float = attrs.field(default=30.0, validator=_timeout)
    retry: RetryPolicy = attrs.field(factory=RetryPolicy)
    headers: Mapping[str, str] = attrs.field(factory=dict, converter=_headers)


def secret(field: str, value: str | Secret | None) -> Secret | None:
    """
    Take a secret as text or `Secret`.

    Raises:
        InvalidArgumentError: It cannot be one; the error does not show it.
    """
    if value is None:
        return None
    try:
        return Secret(value)
    except (TypeError, ValueError) as error:
        raise InvalidArgumentError(field, str(error), "copy it from where it was given") from None


@attrs.frozen(kw_only=True)
class Settings:
    """Who we are and where the service is; explicit arguments win over the environment."""

    hosts: Hosts
    client_id: str | None = None
    client_secret: Secret | None = None
    admin_api_key: Secret | None = None
    access_token: Secret | None = None
    refresh_token: Secret | None = None

    @classmethod
    def gather(
        cls,
        *,
        client_id: str | None = None,
        client_secret: str | Secret | None = None,
        admin_api_key: str | Secret | None = None,
        data_center: str | None = None,
        api_url: str | None = None,
        app_url: str | None = None,
        env: Mapping[str, str] = environ,
    ) -> Settings:
        """
        Settings out of arguments and environment variables.

        Raises:
            InvalidArgumentError: One of them is malformed; the error names it.
        """

        def given(name: str) -> str | None:
            # A variable that is set to nothing is how many deployments unset one.
            return env.get(f"CRONOFY_{name}") or None

        return cls(
            hosts=Hosts.of(
                data_center or given("DATA_CENTER") or given("DATA_CENTRE"),
                api_url=api_url or given("API_URL"),
                app_url=app_url or given("APP_URL"),
            ),
            client_id=client_id or given("CLIENT_ID"),
            client_secret=secret("client_secret", client_secret or given("CLIENT_SECRET")),
            admin_api_key=secret("admin_api_key", admin_api_key or given("ADMIN_API_KEY")),
            access_token=secret("access_token", given("ACCESS_TOKEN")),
            refresh_token=secret("refresh_token", given("REFRESH_TOKEN")),
        )
