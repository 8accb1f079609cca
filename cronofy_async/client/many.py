"""What the async client does for many accounts at once."""

from __future__ import annotations

from collections.abc import AsyncIterable, Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeVar

from ..core.operation import Operation
from ..core.paging import PagedOperation

if TYPE_CHECKING:
    from datetime import timedelta

    from .clients import AsyncAccount, AsyncCronofy
    from .fanout.outcomes import Progress
    from .fanout.reads import AsyncFanOut
    from .fanout.writes import AsyncSendMany, SendProgress

__all__ = ("ManyAccounts",)

T = TypeVar("T")


class ManyAccounts:
    """Reading and writing many accounts; `AsyncCronofy` is one."""

    _view: ClassVar[type[AsyncAccount]]

    @property
    def _client(self) -> AsyncCronofy:
        client: Any = self
        known: AsyncCronofy = client
        return known

    def read_many(
        self,
        operation: PagedOperation[T],
        accounts: Iterable[AsyncAccount | str] | AsyncIterable[AsyncAccount | str],
        *,
        windows: int | timedelta | Literal["auto"] | None = "auto",
        calendars: Literal["each"] | None = None,
        at_once: int | None = None,
        on_progress: Callable[[Progress], object] | None = None,
        state: Mapping[str, Any] | None = None,
    ) -> AsyncFanOut[T]:
        """
        Read the same of many accounts at once; nothing is sent yet.

        Args:
            operation: What to read of each: `ReadEvents`, `ReadFreeBusy` or any other read
                of an account that comes in pages.
            accounts: Views, or subs whose tokens are in the token store; as many as you like,
                awaited or not: they are taken one by one when there is a place.
            windows: In how many windows, or windows how long, an account is read at once:
                each costs about half a page more. ``auto``: only where the account is long
                and there is nothing else to do. `None`: never.
            calendars: ``each``: every calendar by itself, at once.
            at_once: How many accounts; left out: as many as requests may be under way.
            on_progress: Called after each page and each account.
            state: Where another read stopped: what its ``state()`` gave.

        Raises:
            InvalidArgumentError: One of these makes no sense, an account in a list is none,
                or *windows* are given for a read without bounds.
        """
        # Loaded here, as few programs read many accounts.
        from .fanout.plans import Plan
        from .fanout.reads import AsyncFanOut

        plan = Plan.of(
            self._client,
            self._view,
            operation,
            accounts,
            windows=windows,
            calendars=calendars,
            at_once=at_once,
            on_progress=on_progress,
            state=state,
        )
        return AsyncFanOut(plan)

    def send_many(
        self,
        calls: Iterable[Operation[T] | tuple[AsyncAccount | str, Operation[T]]]
        | AsyncIterable[Operation[T] | tuple[AsyncAccount | str, Operation[T]]],
        *,
        at_once: int | None = None,
        in_order: bool = False,
        on_progress: Callable[[SendProgress], object] | None = None,
    ) -> AsyncSendMany[T]:
        """
        Send many calls at once; nothing is sent yet.

        Args:
            calls: Pairs of an account, as its view or its sub, and an operation; an operation
                alone is sent as the application. As many as you like, awaited or not.
            at_once: How many requests; left out: as many as may be under way.
            in_order: Whether what came of the calls comes in their order; otherwise it comes
                as soon as it is known.
            on_progress: Called after each call.

        Raises:
            InvalidArgumentError: One of these makes no sense, or an item of a list is no call.
        """
        from .fanout.plans import check_at_once
        from .fanout.writes import AsyncSendMany

        return AsyncSendMany(
            self._client,
            self._view,
            calls,
            at_once=check_at_once(at_once, self._client),
            in_order=in_order,
            on_progress=on_progress,
        )
