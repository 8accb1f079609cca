"""What faults look at: calls, entries of batches, and notifications."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import attrs

from cronofy_async.core.errors import UnknownOperationError
from cronofy_async.core.wire import Request
from cronofy_async.operations.catalog import choose

from ..leniency import BEFORE, body_of

if TYPE_CHECKING:
    from ..caller import Caller
    from ..push import Delivery
    from ..world import World

__all__ = ("Call", "Entry", "Notification")

# Where a request exchanges a token, or ends it.
_TOKENS = ("refresh_token", "token")


class Call:
    """A request; what nobody asks for is not found out."""

    notification: None = None

    def __init__(self, world: World, request: Request) -> None:
        self._world, self._request = world, request
        self.method, self.path = request.method, request.path

    @property
    def operation(self) -> str | None:
        """The name of what it asks for, if that is an operation."""
        return self._operation

    @property
    def account(self) -> str | None:
        """Whose token it carries, exchanges or ends; expired ones count too."""
        return self._account

    @cached_property
    def _operation(self) -> str | None:
        try:
            return choose(self._mended).__name__
        except UnknownOperationError:
            return None

    @cached_property
    def _account(self) -> str | None:
        kind, _, bearer = (self._request.header("authorization") or "").partition(" ")
        tokens = [bearer.strip()] if kind.lower() == "bearer" else []
        body = body_of(self._mended)
        tokens += [token for name in _TOKENS if isinstance(token := body.get(name), str)]
        for token in tokens:
            for application in self._world.applications.values():
                found = self._world.vault.by_any_token(token, application)
                if found is not None:
                    return found.account.sub
        return None

    @cached_property
    def _mended(self) -> Request:
        mended = self._request
        for leniency in BEFORE:
            mended = leniency.mend(mended)
        return mended


class Entry(Call):
    """An entry of a batch, which has the credentials of the batch."""

    def __init__(self, world: World, request: Request, caller: Caller) -> None:
        super().__init__(world, request)
        self._caller = caller

    @property
    def account(self) -> str | None:
        """Whose batch it is."""
        held = self._caller.token_of
        return None if held is None else held.account.sub


@attrs.frozen
class Notification:
    """A notification or another callback, about to be sent."""

    _delivery: Delivery

    operation: None = attrs.field(default=None, init=False)
    method: None = attrs.field(default=None, init=False)

    @property
    def path(self) -> str:
        """The path of its URL."""
        return urlsplit(self._delivery.url).path or "/"

    @property
    def notification(self) -> str:
        """Its type."""
        return self._delivery.type

    @property
    def account(self) -> str | None:
        """Whose channel is told; callbacks of other kinds belong to nobody."""
        channel = self._delivery.channel
        return None if channel is None else channel.authorization.account.sub
