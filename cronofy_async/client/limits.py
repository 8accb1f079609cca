"""How many requests a client sends."""

from __future__ import annotations

from typing import Any

import attrs

from ..core.errors import InvalidArgumentError
from ..core.numbers import positive

__all__ = ("Limits",)


def _yes_or_no(_: Any, field: attrs.Attribute[bool], value: Any) -> None:
    if not isinstance(value, bool):
        raise InvalidArgumentError(field.name, f"is a {type(value).__name__}", "give True or False")


def _burst(limits: Any) -> int:
    # Whether per_second is a number at all is checked after this.
    return max(1, limits.per_second * 9 // 10) if isinstance(limits.per_second, int) else 1


@attrs.frozen(kw_only=True)
class Limits:
    """
    How many requests a client sends, all its accounts together.

    What is left out is what the service allows an application by default. The service
    counts an application's requests, not a client's: share them out if there are several.

    Attributes:
        concurrent: Requests under way at once.
        per_second: Requests in any second.
        burst: Requests without a pause between them after an idle time. Left out: nine
            tenths of *per_second*, as the network squeezes together what was sent apart.
        per_minute: Requests in any minute.
        adaptive: Whether a 429 slows the whole client down. Then nothing goes out for as long
            as the call waits that was refused, which is what ``Retry-After`` asks for; after
            that requests go out at seven tenths of the rate at which they went out before,
            and the whole quota comes back in at most half a minute.

    Raises:
        InvalidArgumentError: One is no whole number above 0, or *burst* is above
            *per_second*; *adaptive* is neither true nor false.

    Source: /developers/api/rate-limits/
    """

    concurrent: int = attrs.field(default=16, validator=positive)
    per_second: int = attrs.field(default=50, validator=positive)
    burst: int = attrs.field(
        default=attrs.Factory(_burst, takes_self=True),
        validator=positive,
    )
    per_minute: int = attrs.field(default=500, validator=positive)

    adaptive: bool = attrs.field(default=True, validator=_yes_or_no)

    def __attrs_post_init__(self) -> None:
        if self.burst > self.per_second:
            raise InvalidArgumentError("burst", "is above per_second", "give at most as many")
