"""Real processes share one quota over real stores, whatever befalls one of them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from .quota_process import LIMITS, MOMENT
from .redis_support import redis_server

ROOT = Path(__file__).parents[1]
PROCESSES = 8
SECONDS = 3.2

pytestmark = pytest.mark.slow


@pytest.fixture(params=["sqlite", "redis"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A path, or the URL of a server."""
    if request.param == "sqlite":
        yield str(tmp_path / "quota.db")
    else:
        with redis_server(tmp_path) as url:
            yield url


def read(path: Path) -> list[float]:
    """When a process sent, in seconds of the machine's clock; it may have been killed."""
    raw = path.read_bytes() if path.exists() else b""
    whole = len(raw) // MOMENT.size * MOMENT.size
    return [moment for (moment,) in MOMENT.iter_unpack(raw[:whole])]


TRIES = 3
"""A machine that has other things to do may have none of them send for a while."""


@pytest.mark.fault(53)
def test_processes_keep_one_quota_and_use_it_when_one_is_killed(where: str, tmp_path: Path) -> None:
    """Never more than 50 in a second, at least 95 % of it, and what the dead one had comes back."""
    missed: list[list[str]] = []
    while [] not in missed:
        assert len(missed) < TRIES, missed
        folder = tmp_path / str(len(missed))
        folder.mkdir()
        missed.append(what_is_missed(where, folder))


def what_is_missed(where: str, folder: Path) -> list[str]:
    """Have processes send, and one of them killed; what of the quota nobody used."""
    files = [folder / str(number) for number in range(PROCESSES)]
    command = [sys.executable, "-m", "tests.quota_process"]
    with subprocess.Popen(
        [*command, where, str(PROCESSES), str(SECONDS), str(folder)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, sys.path)])},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as running:
        assert running.stdout is not None
        victim = int(running.stdout.readline().split()[0])
        while len(read(files[0])) < 2:
            assert running.poll() is None
            time.sleep(0.01)
        os.kill(victim, signal.SIGKILL)
        _, complaints = running.communicate(timeout=30)
    assert b"" == complaints

    each = [read(path) for path in files]
    moments = sorted(moment for sent in each for moment in sent)
    quota, death = LIMITS.per_second, max(each[0])
    for first, beyond in zip(moments, moments[quota:], strict=False):
        assert beyond - first >= 1.0
    used = sum(moment - moments[0] < int(SECONDS) for moment in moments)
    after = sum(death < moment < death + 2.2 for moment in moments)
    least = len(moments) / PROCESSES / 4
    amounts = {
        f"{used} were sent": used >= 0.95 * quota * int(SECONDS),
        f"{after} were sent after one was killed": after >= 0.95 * 2 * quota,
        "one sent far less than others": all(len(sent) >= least for sent in each[1:]),
    }
    return [name for name, is_met in amounts.items() if not is_met]
