"""What is told of a test that failed."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from typing import Final

import attrs
import pytest

from ..sandbox.journal import Entry, Journal

__all__ = ("SHOWN", "Shown", "describe", "line", "own_failures")

_MOST: Final = 20


@attrs.define(kw_only=True)
class Shown:
    """
    What there is to tell of a test.

    Attributes:
        journal: The requests that it made.
        callbacks: One line for each callback that it received.
    """

    journal: Journal
    callbacks: list[str] = attrs.field(factory=list)


SHOWN: Final = pytest.StashKey[Shown]()


def describe(item: pytest.Item) -> Iterator[tuple[str, str]]:
    """The sections of a report: the latest requests and callbacks, without secrets."""
    shown = item.stash.get(SHOWN, None)
    if shown is None:
        return
    yield "cronofy sandbox: journal", _latest([line(each) for each in shown.journal])
    if shown.callbacks:
        yield "cronofy sandbox: callbacks", _latest(shown.callbacks)


def _latest(lines: list[str]) -> str:
    left_out = len(lines) - _MOST
    above = [f"... and {left_out} before them"] if left_out > 0 else []
    return "\n".join([*above, *lines[-_MOST:]]) or "no request came"


def line(entry: Entry) -> str:
    """A request in one line."""
    status = "no answer" if entry.status is None else str(entry.status)
    told = f"{entry.sequence:4} {entry.method:6} {entry.path}  {status}"
    if entry.operation is not None:
        told += f"  {entry.operation}"
    if entry.errors:
        told += f"  refused: {', '.join(entry.errors)}"
    if entry.fault is not None:
        told += f"  fault: {entry.fault}"
    return told


def own_failures(journal: Journal) -> list[str]:
    """The requests at which the sandbox failed without having been told to."""
    return [
        line(each)
        for each in journal
        if each.status == HTTPStatus.INTERNAL_SERVER_ERROR and each.fault is None
    ]
