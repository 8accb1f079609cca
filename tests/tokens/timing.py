"""Time for clients that wait for each other, on any event loop."""

from __future__ import annotations

from cronofy_async.client.runtime import checkpoint

from ..support import FrozenTime


class TurningTime(FrozenTime):
    """
    Time that passes by a hundredth of a second whenever a sleeper has a turn of the loop.

    Unlike `FrozenTime`, a sleeper does not wake before the others had their turns.
    """

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        end = self.time + seconds
        while self.time < end:
            self.time += 0.01
            await checkpoint()
