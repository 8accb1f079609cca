"""Whom a fan-out is about."""

from __future__ import annotations

from collections.abc import AsyncIterable, Iterable, Sized
from typing import TYPE_CHECKING, Any

import attrs

from ...core.errors import CronofyError, InvalidArgumentError
from .stream import Source

if TYPE_CHECKING:
    from ..clients import AsyncAccount, AsyncCronofy

__all__ = ("Member", "Roll", "check_members", "known_total")


@attrs.frozen
class Member:
    """
    One of the accounts.

    Attributes:
        index: Its place.
        sub: Its id, as far as it is known.
        account: Its view; `None` if there is none.
        error: Why it cannot be asked.
    """

    index: int
    sub: str | None
    account: AsyncAccount | None
    error: CronofyError | None = None


class Roll:
    """
    Views of accounts, and which of them have been called.

    Args:
        client: Makes views of accounts that are given by their ids.
        kind: What views are.
    """

    def __init__(self, client: AsyncCronofy, kind: type[AsyncAccount]) -> None:
        self._client = client
        self._kind = kind
        # Digests: there may be millions of accounts.
        self._called: set[int] = set()

    def pass_over(self, given: Any) -> None:
        """Note an account that was done before."""
        sub = given if isinstance(given, str) else getattr(given, "sub", None)
        if isinstance(sub, str):
            self._called.add(hash(sub))

    def member(self, index: int, given: Any) -> Member:
        """Call an account; it has an error if it cannot be asked."""
        if isinstance(given, str):
            sub: str | None = given
        elif isinstance(given, self._kind):
            sub = given.sub
        else:
            return Member(index, None, None, _no_account(given))
        try:
            account = self._client.account(given) if isinstance(given, str) else given
            if given == "":
                raise InvalidArgumentError("accounts", "have an empty sub", "leave it out")
        except CronofyError as error:
            return Member(index, sub, None, error)
        if sub is not None:
            if hash(sub) in self._called:
                again = InvalidArgumentError("accounts", f"name {sub} again", "give each once")
                return Member(index, sub, account, again)
            self._called.add(hash(sub))
        return Member(index, sub, account)


def _no_account(given: Any) -> InvalidArgumentError:
    return InvalidArgumentError(
        "accounts", f"have a {type(given).__name__}", "give views of accounts, or their subs"
    )


def check_members(accounts: Source[Any], kind: type[AsyncAccount]) -> None:
    """
    Refuse what cannot be accounts, as far as that can be told without going through them.

    Raises:
        InvalidArgumentError: They are no iterable, or a list with something else in it.
    """
    given: Any = accounts
    if isinstance(given, (str, bytes)) or not isinstance(given, (Iterable, AsyncIterable)):
        raise InvalidArgumentError(
            "accounts", f"are a {type(given).__name__}", "give an iterable of accounts"
        )
    if isinstance(given, (list, tuple)):
        for each in given:
            if not isinstance(each, (str, kind)):
                raise _no_account(each)


def known_total(accounts: Source[Any]) -> int | None:
    """How many accounts there are, if that is known."""
    return len(accounts) if isinstance(accounts, Sized) else None
