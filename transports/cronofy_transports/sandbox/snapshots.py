"""Commands to the sandbox about the world as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .refusals import Invalid, NotFound

if TYPE_CHECKING:
    from .sandbox import Sandbox

__all__ = ("Snapshots",)


class Snapshots:
    """The taking of snapshots and the going back to them; a part of `Controls`."""

    _sandbox: Sandbox

    def snapshot(self, name: str) -> None:
        """Remember the world as it is under a name, in the place of what had that name."""
        if not name:
            raise Invalid.field("name", "must not be empty")
        self._sandbox.remember(name)

    def restore(self, name: str) -> int:
        """
        Make the world what it was when it was remembered; every other one stays remembered.

        Returns:
            What the clock shows then, in seconds since the epoch: that of the snapshot.
        """
        snapshot = self._sandbox.snapshots.get(name)
        if snapshot is None:
            raise NotFound
        try:
            self._sandbox.restore(snapshot)
        except ValueError as error:
            raise Invalid.field("name", f"cannot be gone back to: {error}") from None
        return self._sandbox.world.now()

    def snapshots(self) -> list[dict[str, Any]]:
        """What is remembered, the latest last, and the time of each by the sandbox's clock."""
        return [{"name": name, "time": each.time} for name, each in self._sandbox.snapshots.items()]
