"""Answers that are handed out page by page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

import attrs

from .access import Authorization

if TYPE_CHECKING:
    from ..choices import Choices
    from ..clock import Clock
    from ..ids import Ids

__all__ = ("Leaf", "Render", "Shelf")

Render: TypeAlias = Callable[[Any, Any], Any]
"""Makes the answer's entry of an object and a view of it; `None` leaves it out."""


class Entries(Protocol):
    """What is handed out: a list, or something that is put in order as it is read."""

    def __len__(self) -> int: ...

    def __getitem__(self, wanted: slice, /) -> Sequence[Any]: ...


@attrs.frozen(kw_only=True, eq=False)
class Roll:
    """
    One answer in full: what matched when it was asked for.

    Attributes:
        kind: What it lists; a page is found only where pages of its kind are.
        entries: Live objects, so that a later page shows them as they are then.
        view: How the answer shows them, as plain data.
        pages: How many pages it has.
        tokens: The names of the pages from the second on, as far as they were told.
        size: Entries of one page; those of further pages are as many as of the first.
    """

    kind: str
    authorization: Authorization
    entries: Entries
    view: Any
    pages: int
    size: int
    expires_at: int
    tokens: list[str] = attrs.field(factory=list)


@attrs.frozen(kw_only=True)
class Leaf:
    """One page: its entries, its number from 1, how many there are, and the next one's name."""

    items: list[Any]
    current: int
    total: int
    next_token: str | None


class Shelf:
    """
    Keeps answers that have more than one page until nobody can ask for them any more.

    Attributes:
        choices: Those that hold now; they may be replaced at any time.
    """

    def __init__(self, clock: Clock, ids: Ids, choices: Choices) -> None:
        self.choices = choices
        self._clock, self._ids = clock, ids
        self._rolls: dict[str, tuple[Roll, int]] = {}

    def first(
        self,
        kind: str,
        authorization: Authorization,
        entries: Entries,
        render: Render,
        view: Any,
    ) -> Leaf:
        """Put an answer on the shelf, and take its first page."""
        self._clear()
        size = self.choices.page_size
        roll = Roll(
            kind=kind,
            authorization=authorization,
            entries=entries,
            view=view,
            pages=max(1, -(-len(entries) // size)),
            size=size,
            expires_at=self._clock.now() + self.choices.page_lifetime,
        )
        return self._leaf(roll, 0, render)

    def find(
        self, kind: str, authorization: Authorization, token: str, render: Render
    ) -> Leaf | None:
        """A further page; `None` if there is none of this name for this authorization."""
        roll, index = self._rolls.get(token, (None, 0))
        if (
            roll is None
            or roll.kind != kind
            or roll.authorization is not authorization
            or roll.expires_at <= self._clock.now()
        ):
            return None
        return self._leaf(roll, index, render)

    def entry_before(self, token: str, renders: Mapping[str, Render]) -> Any:
        """
        The last entry of the page before a further page, as it looks now, if there is one.

        Args:
            token: The name of the further page.
            renders: How entries are shown, by what an answer lists.
        """
        roll, index = self._rolls.get(token, (None, 0))
        if roll is None:
            return None
        first = index * roll.size
        shown = (renders[roll.kind](each, roll.view) for each in roll.entries[first - 1 : first])
        return next(shown, None)

    def second_page(self, token: str) -> str | None:
        """The name of the second page of the answer that a further page is of."""
        roll, _ = self._rolls.get(token, (None, 0))
        return None if roll is None else roll.tokens[0]

    def _leaf(self, roll: Roll, index: int, render: Render) -> Leaf:
        size = roll.size
        entries = roll.entries[index * size : (index + 1) * size]
        rendered = (render(entry, roll.view) for entry in entries)
        return Leaf(
            items=[item for item in rendered if item is not None],
            current=index + 1,
            total=roll.pages,
            next_token=self._token(roll, index + 1) if index + 1 < roll.pages else None,
        )

    def _token(self, roll: Roll, index: int) -> str:
        """The name of a page from the second on, made when it is first told."""
        if len(roll.tokens) < index:
            roll.tokens.append(self._ids.page())
            self._rolls[roll.tokens[-1]] = roll, index
        return roll.tokens[index - 1]

    def _clear(self) -> None:
        # The first good one ends it: what an old roll told of late goes a little later.
        now = self._clock.now()
        while self._rolls:
            token = next(iter(self._rolls))
            if self._rolls[token][0].expires_at > now:
                return
            del self._rolls[token]
