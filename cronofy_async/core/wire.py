"""What is sent and what comes back, as plain values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NoReturn, Self
from urllib.parse import parse_qsl, urlsplit

import attrs

from .bounds import read_json

__all__ = ("Request", "Response", "Send")

Headers = tuple[tuple[str, str], ...]


class _Unpickled:
    """What may hold tokens and personal data: copied freely, never pickled."""

    __slots__ = ()

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: object) -> Self:
        return self

    def __reduce__(self) -> NoReturn:
        name = type(self).__name__
        raise TypeError(
            f"a {name} is not pickled, as it may hold secrets: store what you need of it"
        )

    def __getstate__(self) -> NoReturn:
        self.__reduce__()


class _Lowered(Headers):
    """Headers whose names are in lower case: a request is copied often on its way."""

    __slots__ = ()


def _headers(pairs: Mapping[str, str] | Iterable[tuple[str, str]]) -> Headers:
    if type(pairs) is _Lowered:
        return pairs
    listed = dict(pairs).items() if isinstance(pairs, Mapping) else pairs
    return _Lowered((str(name).lower(), value) for name, value in listed)


def _header(headers: Headers, name: str) -> str | None:
    wanted = name.lower()
    values = [value for key, value in headers if key == wanted]
    return ", ".join(values) if values else None


@attrs.frozen(repr=False, getstate_setstate=False)
class Request(_Unpickled):
    """
    One HTTP request.

    Operations make requests whose `url` is a path with an optional query
    (``/v1/events?tzid=Etc%2FUTC``); the client puts the origin in front before a
    transport sees it. The repr shows neither headers, query values nor body.
    """

    method: str
    url: str
    headers: Headers = attrs.field(default=(), converter=_headers)
    body: bytes = b""

    @property
    def path(self) -> str:
        """The path, still percent-encoded."""
        return urlsplit(self.url).path

    @property
    def query(self) -> tuple[tuple[str, str], ...]:
        """The query's names and values, decoded, in their order."""
        return tuple(parse_qsl(urlsplit(self.url).query, keep_blank_values=True))

    def header(self, name: str) -> str | None:
        """The value of a header, or `None`; repeated ones are joined by commas."""
        return _header(self.headers, name)

    def replace(self, **changes: Any) -> Request:
        """A copy with some fields changed."""
        return attrs.evolve(self, **changes)

    def with_headers(self, extra: Mapping[str, str]) -> Request:
        """A copy in which each header of *extra* replaces its namesake."""
        added = _headers(extra)
        names = {name for name, _ in added}
        kept = tuple(pair for pair in self.headers if pair[0] not in names)
        return Request(self.method, self.url, _Lowered(kept + added), self.body)

    def bare(self) -> Request:
        """Method, origin and path alone: what may be kept and shown."""
        place = self.url.partition("?")[0].partition("#")[0]
        if place == self.url and not self.headers and not self.body:
            return self
        return Request(self.method, place)

    def __repr__(self) -> str:
        parts = urlsplit(self.url)
        origin = f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
        return f"<Request {self.method} {origin}{parts.path}>"


@attrs.frozen(repr=False, getstate_setstate=False)
class Response(_Unpickled):
    """One HTTP answer with its body read whole. The repr does not show the body."""

    status: int
    headers: Headers = attrs.field(default=(), converter=_headers)
    body: bytes = b""

    @property
    def ok(self) -> bool:
        """Whether the status is 2xx: the one rule of success, for batch entries too."""
        return 200 <= self.status < 300

    def header(self, name: str) -> str | None:
        """The value of a header, or `None`; repeated ones are joined by commas."""
        return _header(self.headers, name)

    def json(self) -> Any:
        """
        The body read as JSON.

        Raises:
            ValueError: The body is not JSON, holds NaN or an integer of more than 20 digits,
                or is nested deeper than 64 levels.
        """
        return read_json(self.body)

    def __repr__(self) -> str:
        return f"<Response {self.status}, {len(self.body)} bytes>"


@attrs.frozen
class Send:
    """
    What an exchange asks its driver to do next.

    Attributes:
        request: The request, without credentials; the driver adds them.
        after: Seconds to wait before sending.
        renew: Whether to get a new access token first, because the last one was refused.
        for_quota: Whether that wait is the service's, as its quota was used up.
    """

    request: Request
    after: float = 0.0
    renew: bool = False
    for_quota: bool = False
