"""
``python -m tests.mirror.soak``: a mirror lives through many operations under mixed faults.

Now and then, and in the end, everything calms down and the mirror is compared with the truth,
event for event, and so is what two consumers have made of its changes.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path
from random import Random
from typing import Final

from .life import Life

__all__ = ("soak",)

FAULTS: Final = 0.1
"""The share of the operations that are something going wrong."""

_HOURS: Final = (-45 * 24, 205 * 24)


def soak(operations: int, seed: int, folder: Path, *, check_every: int = 250) -> dict[str, int]:
    """
    Have a mirror live through so many operations; gives how often what happened.

    Raises:
        AssertionError: The mirror, or what a consumer made of it, was wrong.
    """
    random = Random(seed)
    life = Life(folder, people=3, page_size=7, most=40)
    counts: dict[str, int] = {}
    try:
        for number in range(1, operations + 1):
            # In every other stretch nothing happens that only a read of everything can show:
            # it is then reading what changed that has to be right.
            stretch = number // check_every % 2
            is_fault = random.random() < FAULTS
            name = _fault(life, random, silent=bool(stretch)) if is_fault else _step(life, random)
            counts[name] = counts.get(name, 0) + 1
            if number % check_every == 0:
                life.check()
                counts["checks"] = counts.get("checks", 0) + 1
        life.check()
        counts["events"] = sum(len(life.scene.truth(each)) for each in life.scene.people)
        counts["changes"] = sum(len(each.numbers) for each in life.copies.values())
        return counts
    finally:
        life.close()


def _hour(random: Random) -> int:
    # Most things happen about now; some where the window begins and ends.
    return random.choice((random.randint(-48, 240), random.randint(*_HOURS)))


def _step(life: Life, random: Random) -> str:
    """Do something ordinary."""
    who = random.randrange(len(life.scene.people))
    name = random.choices(list(_STEPS), list(_STEPS.values()))[0]
    if name == "create":
        life.create(
            who,
            random.randrange(2),
            _hour(random),
            random.randint(0, 60),
            all_day=random.random() < 0.3,
        )
    elif name == "edit":
        life.edit(random.randrange(1000))
    elif name == "move":
        life.move(random.randrange(1000), _hour(random))
    elif name == "delete":
        life.delete(random.randrange(1000))
    elif name == "upsert":
        life.upsert(who, random.randrange(6), _hour(random))
    elif name == "remove":
        life.remove(who, random.randrange(6))
    elif name == "advance":
        life.advance(random.choice((1, 1, 30, 90, 600, 3600, 7 * 3600)))
    elif name == "notify":
        # Replayed, in another order, and some never.
        life.notify([random.randrange(20) for _ in range(random.randrange(4))])
    elif name == "catch up":
        life.catch_up(full=random.random() < 0.1)
    else:
        life.consume(random.choice(("one", "other")), random.randrange(20))
    return name


_STEPS: Final = {
    "create": 24,
    "edit": 20,
    "move": 12,
    "delete": 8,
    "upsert": 10,
    "remove": 4,
    "advance": 10,
    "notify": 6,
    "catch up": 2,
    "consume": 4,
}


def _fault(life: Life, random: Random, *, silent: bool) -> str:
    """Have something go wrong."""
    who = random.randrange(len(life.scene.people))
    possible = _FAULTS | _SILENT if silent else _FAULTS
    name = random.choices(list(possible), list(possible.values()))[0]
    if name == "page fault":
        life.fault(random.randrange(100))
    elif name == "lost requests":
        life.lose(random.choice((0.0, 0.1, 0.3)))
    elif name == "shifting pages":
        life.shift(on=random.random() < 0.5)
    elif name == "meddling":
        life.meddle(random.randrange(30))
    elif name == "crash":
        life.crash(of_store=random.random() < 0.5, after=random.randrange(12))
    elif name == "restart":
        life.restart()
    elif name == "lost cursor":
        life.lose_cursor(who)
    elif name == "disconnect":
        life.disconnect(who, back=random.random() < 0.5)
    elif name == "revoke":
        life.revoke(who)
    elif name == "consent":
        life.consent(who)
    elif name == "initial sync":
        life.sync_again(who, ends=random.random() < 0.7)
    else:
        life.delete_calendar(who)
    return name


_FAULTS: Final = {
    "page fault": 30,
    "lost requests": 10,
    "shifting pages": 10,
    "meddling": 15,
    "crash": 20,
    "restart": 4,
    "lost cursor": 3,
    "disconnect": 8,
    "revoke": 3,
    "consent": 6,
}
_SILENT: Final = {"initial sync": 6, "calendar deleted": 2}


def main() -> int:
    """Run it."""
    parser = argparse.ArgumentParser(prog="python -m tests.mirror.soak", description=__doc__)
    parser.add_argument("--operations", type=int, default=200_000)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--first-seed", type=int, default=0)
    options = parser.parse_args()
    for seed in range(options.first_seed, options.first_seed + options.seeds):
        began = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            counts = soak(options.operations, seed, Path(folder))
        told = ", ".join(f"{name} {count}" for name, count in counts.items())
        print(f"seed {seed}: right after {time.monotonic() - began:.0f} s: {told}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
