"""How a client is configured, and how one call may differ."""

from __future__ import annotations

import platform
import re
from collections.abc import Mapping
from os import environ
from types import MappingProxyType
from typing import Any, Final, TypeVar

import attrs

from .._version import __version__
from ..core.errors import InvalidArgumentError
from ..core.exchange import RetryPolicy
from ..core.hosts import Hosts
from ..core.numbers import is_finite
from ..core.secret import Secret

__all__ = ("Options", "Settings")

T = TypeVar("T")

USER_AGENT: Final = f"cronofy_async/{__version__} python/{platform.python_version()}"
_OURS: Final = frozenset({"authorization", "host", "content-length", "cookie", "transfer-encoding"})
_HEADER_NAME: Final = re.compile(r"[A-Za-z0-9_-]+")


def _timeout(_: Any, field: attrs.Attribute[float], value: Any) -> None:
    if not (is_finite(value) and value > 0):
        raise InvalidArgumentError(field.name, f"{value!r} is not a time", "give seconds above 0")


def _retry(_: Any, field: attrs.Attribute[RetryPolicy], value: Any) -> None:
    if not isinstance(value, RetryPolicy):
        raise InvalidArgumentError(
            field.name, f"is a {type(value).__name__}", "make it with RetryPolicy(...)"
        )


def _headers(value: Any) -> Mapping[str, str]:
    if not isinstance(value, Mapping):
        raise InvalidArgumentError("headers", f"is a {type(value).__name__}", "give a mapping")
    checked: dict[str, str] = {}
    for name, text in value.items():
        if not (isinstance(name, str) and _HEADER_NAME.fullmatch(name)):
            raise InvalidArgumentError(f"headers[{name!r}]", "is no header name", "rename it")
        lowered = name.lower()
        if lowered in _OURS:
            raise InvalidArgumentError(
                f"headers[{name!r}]", "is set by the client", "leave it out of the headers"
            )
        if not isinstance(text, str):
            raise InvalidArgumentError(
                f"headers[{name!r}]", f"is a {type(text).__name__}", "give text"
            )
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
    retry: RetryPolicy = attrs.field(factory=RetryPolicy, validator=_retry)
    headers: Mapping[str, str] = attrs.field(factory=dict, converter=_headers)


def _text(field: str, value: Any) -> str | None:
    if value is not None and (not isinstance(value, str) or not value):
        raise InvalidArgumentError(
            field, "is empty or not text", "give a string, or leave it out for the environment's"
        )
    return value


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
    has_limits: bool = True
    """Whether clients keep to the service's quota where nothing else is said."""

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

        The URLs in the environment count only where neither a data centre nor a URL is given.

        Raises:
            InvalidArgumentError: One of them is malformed; the error names it.
        """

        def given(name: str) -> str | None:
            # A variable that is set to nothing is how many deployments unset one.
            return env.get(f"CRONOFY_{name}") or None

        def chosen(value: T | None, name: str) -> T | str | None:
            return given(name) if value is None else value

        api, app = _text("api_url", api_url), _text("app_url", app_url)
        center, own_id = _text("data_center", data_center), _text("client_id", client_id)
        if center is None and api is None and app is None:
            api, app = given("API_URL"), given("APP_URL")
        if center is None:
            center = given("DATA_CENTER") or given("DATA_CENTRE")
        if given("LIMITS") not in (None, "off"):
            raise InvalidArgumentError(
                "CRONOFY_LIMITS", "is not off", "unset it, and give limits=Limits(...) for others"
            )
        return cls(
            hosts=Hosts.of(center, api_url=api, app_url=app),
            client_id=chosen(own_id, "CLIENT_ID"),
            client_secret=secret("client_secret", chosen(client_secret, "CLIENT_SECRET")),
            admin_api_key=secret("admin_api_key", chosen(admin_api_key, "ADMIN_API_KEY")),
            access_token=secret("access_token", given("ACCESS_TOKEN")),
            refresh_token=secret("refresh_token", given("REFRESH_TOKEN")),
            has_limits=given("LIMITS") is None,
        )
