"""Which function carries out which operation, and what it gives back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeAlias, TypeVar

import attrs

from cronofy_async.core.operation import Operation
from cronofy_async.models.authorization import Scope

from ..caller import Caller
from ..world import World

__all__ = ("HANDLERS", "Entry", "Handler", "Reply", "handles")

T = TypeVar("T")


@attrs.frozen(kw_only=True)
class Reply(Generic[T]):
    """
    An answer with something besides what its operation promises.

    Attributes:
        value: What the operation promises.
        status: `None`: 200, or 202 where there is no value.
        beside: Further keys beside the operation's envelope.
        headers: Further headers.
    """

    value: T
    status: int | None = None
    beside: Mapping[str, Any] = attrs.field(factory=dict)
    headers: Mapping[str, str] = attrs.field(factory=dict)


Handler: TypeAlias = Callable[[World, Caller, Any], T | Reply[T]]


@attrs.frozen(kw_only=True)
class Entry:
    """
    How an operation is carried out.

    Attributes:
        scope: What the authorization must allow; `None`: any scope will do.
        oauth: Whether wrong parameters are told in OAuth's words instead of the API's.
        raw: Whether the handler reads the request itself.
        domain_wide: Whether a service account may ask for it.
        in_utc: Whether its times have to be in UTC.
    """

    handler: Handler[Any]
    scope: Scope | None
    oauth: bool
    raw: bool
    domain_wide: bool
    in_utc: bool


HANDLERS: dict[type[Operation[Any]], Entry] = {}


def handles(
    operation: type[Operation[T]],
    *,
    scope: Scope | None = None,
    oauth: bool = False,
    raw: bool = False,
    domain_wide: bool = False,
    in_utc: bool = False,
) -> Callable[[Handler[T]], Handler[T]]:
    """Register a function as what carries out an operation; the rest as in `Entry`."""

    def register(handler: Handler[T]) -> Handler[T]:
        HANDLERS[operation] = Entry(
            handler=handler,
            scope=scope,
            oauth=oauth,
            raw=raw,
            domain_wide=domain_wide,
            in_utc=in_utc,
        )
        return handler

    return register
