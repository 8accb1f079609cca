"""No account is lost, whatever becomes of its callers: a small version of `safety`."""

from __future__ import annotations

from pathlib import Path

import pytest

from .program import POINTS
from .safety import crash, cut_all
from .service import ROTATIONS, Rotation


@pytest.mark.fault(31)
@pytest.mark.parametrize("rotation", ROTATIONS)
def test_cancelling_at_any_moment_loses_no_account(rotation: Rotation) -> None:
    """Of calls that are cancelled at random moments, each expiry costs one exchange, none lost."""
    tally = cut_all(rotation, 200, seed=1)

    assert tally.during > 20
    assert (0, 0, 0) == (tally.lost, tally.stale, tally.more)
    assert tally.expiries == tally.exchanges


def test_plain_code_loses_accounts() -> None:
    """The same test finds what is lost without a task of the client's own."""
    tally = cut_all("rotating", 100, plain=True)

    assert tally.lost > tally.during / 4


@pytest.mark.slow
@pytest.mark.fault(32)
def test_a_killed_process_is_outlived(tmp_path: Path) -> None:
    """With the sandbox and its grace, another process goes on where one was killed."""
    place = {"path": str(tmp_path / "private" / "tokens.db")}

    assert ("list", True) == crash(place, POINTS[4], "grace")[:2]
