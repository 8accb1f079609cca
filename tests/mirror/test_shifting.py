"""Reads whose pages shift: what slips past the border of a page is found all the same."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from cronofy_async.mirror import AsyncEventMirror

from .failing import ShiftingWire
from .scene import Scene, at

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("anyio_backend", ["asyncio"])]


class Between:
    """Has something happen before the second request for events, once."""

    def __init__(self, scene: Scene, what: Any) -> None:
        self.wire = ShiftingWire(scene.sandbox, Random(0))
        self.wire.shifts = True
        self.wire.meddle = self._meddle
        scene.wire = self.wire
        scene.cronofy = scene.client()
        self._scene, self._what, self._asked = scene, what, 0

    def begin(self) -> None:
        """From now on requests count."""
        self.wire.meddling, self._asked = 2, 0

    def _meddle(self) -> None:
        self._asked += 1
        if self._asked == 2:
            self._scene.control.advance(1)
            self._what()


async def _catch_up(mirror: AsyncEventMirror, *, full: bool) -> None:
    for outcome in await mirror.catch_up(full=full):
        assert outcome.ok, outcome


@pytest.mark.parametrize("what", ["delete", "move away", "move behind"])
@pytest.mark.parametrize("full", [True, False])
async def test_what_slips_past_a_border_is_read_again(scene: Scene, what: str, full: bool) -> None:
    """Of seven events on three pages the first one goes while the second page is asked for."""
    uids: list[str] = []

    def happen() -> None:
        if what == "delete":
            scene.control.cancel_event(uids[0])
        else:
            scene.control.move_event(uids[0], **at(24 * 300 if what == "move away" else 200))

    between = Between(scene, happen)
    mirror = await scene.mirrored()
    scene.control.advance(600)
    uids += [scene.event(f"Event {number}", number) for number in range(7)]
    # So long that reading what changed since the beginning does not bring all of them again.
    scene.control.advance(600)
    between.begin()
    await _catch_up(mirror, full=full)
    await scene.is_right(mirror)
    await _catch_up(mirror, full=False)
    await scene.is_right(mirror)
