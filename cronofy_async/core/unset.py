"""
The difference between "not given" and "given as nothing".

On the wire an absent key, ``null``, ``[]`` and ``false`` mean different things.
An optional parameter therefore defaults to `UNSET`, which is never sent.
"""

from __future__ import annotations

from enum import Enum
from typing import Final

__all__ = ("UNSET", "Unset")


class Unset(Enum):
    """The type of `UNSET`; an enum so that type checkers can narrow with ``is``."""

    UNSET = "UNSET"

    def __repr__(self) -> str:
        return "UNSET"

    def __bool__(self) -> bool:
        return False


UNSET: Final = Unset.UNSET
