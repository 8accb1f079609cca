"""
Availability over the wire against a look at every minute, in small random worlds.

``ENGINE_EXAMPLES`` in the environment says how many questions each seed puts, by half.
"""

from __future__ import annotations

import os
from random import Random

import pytest

from .scenes import Scene, seconds

QUESTIONS = 2 * int(os.environ.get("ENGINE_EXAMPLES", "75"))


@pytest.mark.parametrize("seed", range(20))
def test_availability_is_what_every_minute_says(seed: int) -> None:
    """Periods and slots of random questions about random worlds, with who can come."""
    draw = Random(seed)  # nothing secret is drawn
    for _ in range(QUESTIONS // 5):
        scene = Scene(draw)
        for _ in range(5):
            asked = scene.question()
            response = scene.wire.send("POST", "/v1/availability", asked, token=scene.wire.secret)
            assert 200 == response.status, (asked, response.body)
            (listed,) = response.json().values()
            found = [
                (
                    seconds(each["start"]),
                    seconds(each["end"]),
                    tuple(who["sub"] for who in each["participants"]),
                )
                for each in listed
            ]
            assert scene.expected(asked) == found, asked
