"""A world as it was at a moment."""

from __future__ import annotations

import zlib
from typing import Any, Final

import attrs

from ..world import World
from .rows import Rows, freeze, resume, thaw
from .values import dump, load

__all__ = ("Snapshot",)

# Hardly smaller at a higher level, and much slower.
_LEVEL: Final = 1


@attrs.frozen(repr=False, eq=False)
class Snapshot:
    """
    Everything that a sandbox knew at a moment; nothing that happens later changes it.

    It holds tokens and secrets: it is shown by its time alone.

    Attributes:
        time: When it was taken, in seconds since the epoch by the sandbox's clock.
        body: What it holds, packed.
    """

    time: float
    body: bytes

    @classmethod
    def of(cls, world: World) -> Snapshot:
        """What a world is like now."""
        rows, time = freeze(world), world.clock.time()
        text: Any = [time, rows.things, rows.entries]
        return cls(time, zlib.compress(dump(text).encode(), _LEVEL))

    def fill(self, world: World) -> None:
        """
        Make a new world what it was like then; its clock shows that time.

        Raises:
            ValueError: The snapshot is damaged, or of another version of the sandbox.
        """
        try:
            time, things, entries = load(zlib.decompress(self.body).decode())
            thaw(Rows([tuple(each) for each in things], entries), world)
            resume(world)
        # Whatever may be wrong in a file that somebody made.
        except Exception as error:
            raise ValueError(f"the snapshot cannot be read ({error}): take another") from error
        world.clock.put(time)

    def __repr__(self) -> str:
        return f"<Snapshot at {self.time}>"
