"""Answers that are handed out page by page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import attrs

from .access import Authorization

if TYPE_CHECKING:
    from ..choices import Choices
    from ..clock import Clock
    from ..ids import Ids

__all__ = ("Leaf", "Shelf")


@attrs.frozen(kw_only=True, eq=False)
class Roll:
    """
    One answer in full: what matched when it was asked for.

    Attributes:
        kind: What it lists; a page is found only where pages of its kind are.
        entries: Live objects, so that a later page shows them as they are then.
        render: Makes the answer's entry of an object; `None` leaves it out.
        tokens: The names of the pages from the second on.
    """

    kind: str
    authorization: Authorization
    entries: Sequence[Any]
    render: Any
    tokens: tuple[str, ...]
    expires_at: int


@attrs.frozen(kw_only=True)
class Leaf:
    """One page: its entries, its number from 1, how many there are, and the next one's name."""

    items: list[Any]
    current: int
    total: int
    next_token: str | None


class Shelf:
    """Keeps answers that have more than one page until nobody can ask for them any more."""

    def __init__(self, clock: Clock, ids: Ids, choices: Choices) -> None:
        self._clock, self._ids, self._choices = clock, ids, choices
        self._rolls: dict[str, tuple[Roll, int]] = {}

    def first(
        self, kind: str, authorization: Authorization, entries: Sequence[Any], render: Any
    ) -> Leaf:
        """Put an answer on the shelf, and take its first page."""
        self._clear()
        pages = -(-len(entries) // self._choices.page_size)
        roll = Roll(
            kind=kind,
            authorization=authorization,
            entries=entries,
            render=render,
            tokens=tuple(self._ids.page() for _ in range(1, pages)),
            expires_at=self._clock.now() + self._choices.page_lifetime,
        )
        for index, token in enumerate(roll.tokens, start=1):
            self._rolls[token] = roll, index
        return self._leaf(roll, 0)

    def find(self, kind: str, authorization: Authorization, token: str) -> Leaf | None:
        """A further page; `None` if there is none of this name for this authorization."""
        roll, index = self._rolls.get(token, (None, 0))
        if (
            roll is None
            or roll.kind != kind
            or roll.authorization is not authorization
            or roll.expires_at <= self._clock.now()
        ):
            return None
        return self._leaf(roll, index)

    def _leaf(self, roll: Roll, index: int) -> Leaf:
        size = self._choices.page_size
        rendered = (roll.render(entry) for entry in roll.entries[index * size : (index + 1) * size])
        return Leaf(
            items=[item for item in rendered if item is not None],
            current=index + 1,
            total=len(roll.tokens) + 1,
            next_token=roll.tokens[index] if index < len(roll.tokens) else None,
        )

    def _clear(self) -> None:
        # Rolls expire in the order in which they came, so the first good one ends it.
        now = self._clock.now()
        while self._rolls:
            token = next(iter(self._rolls))
            if self._rolls[token][0].expires_at > now:
                return
            del self._rolls[token]
