"""Whatever happens to a mirror: in the end it is the truth, and consumers saw all of it."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from .life import Life
from .soak import soak

who = st.integers(0, 1)
index = st.integers(0, 30)
hours = st.one_of(
    st.integers(-48, 240), st.sampled_from([-42 * 24, -43 * 24, 200 * 24, 201 * 24, 202 * 24])
)


class Mirrored(RuleBasedStateMachine):
    """Two accounts whose events come in pages of three, and everything that may happen."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.life = Life(Path(self.folder.name))

    @rule(who=who, calendar=who, hour=hours, length=st.integers(0, 50), all_day=st.booleans())
    def create(self, who: int, calendar: int, hour: int, length: int, all_day: bool) -> None:
        self.life.create(who, calendar, hour, length, all_day=all_day)

    @rule(index=index)
    def edit(self, index: int) -> None:
        self.life.edit(index)

    @rule(index=index, hour=hours)
    def move(self, index: int, hour: int) -> None:
        self.life.move(index, hour)

    @rule(index=index)
    def delete(self, index: int) -> None:
        self.life.delete(index)

    @rule(who=who, key=who, hour=hours)
    def upsert(self, who: int, key: int, hour: int) -> None:
        self.life.upsert(who, key, hour)

    @rule(who=who, key=who)
    def remove(self, who: int, key: int) -> None:
        self.life.remove(who, key)

    @rule(seconds=st.sampled_from([1, 60, 119, 120, 121, 3600, 86400, 9 * 86400]))
    def advance(self, seconds: int) -> None:
        self.life.advance(seconds)

    @rule(which=st.lists(index, max_size=4))
    def notify(self, which: list[int]) -> None:
        self.life.notify(which)

    @rule(full=st.booleans())
    def catch_up(self, full: bool) -> None:
        self.life.catch_up(full=full)

    @rule(name=st.sampled_from(["one", "other"]), most=st.integers(1, 9))
    def consume(self, name: str, most: int) -> None:
        self.life.consume(name, most)

    @rule(of_store=st.booleans(), after=st.integers(0, 9))
    def crash(self, of_store: bool, after: int) -> None:
        self.life.crash(of_store=of_store, after=after)

    @rule()
    def restart(self) -> None:
        self.life.restart()

    @rule(who=who)
    def lose_cursor(self, who: int) -> None:
        self.life.lose_cursor(who)

    @rule(requests=st.integers(1, 12))
    def meddle(self, requests: int) -> None:
        self.life.meddle(requests)

    @rule(on=st.booleans())
    def shift(self, on: bool) -> None:
        self.life.shift(on=on)

    @rule(share=st.sampled_from([0.0, 0.2]))
    def lose(self, share: float) -> None:
        self.life.lose(share)

    @rule(kind=index)
    def fault(self, kind: int) -> None:
        self.life.fault(kind)

    @rule(who=who, back=st.booleans())
    def disconnect(self, who: int, back: bool) -> None:
        self.life.disconnect(who, back=back)

    @rule(who=who)
    def revoke(self, who: int) -> None:
        self.life.revoke(who)

    @rule(who=who)
    def consent(self, who: int) -> None:
        self.life.consent(who)

    @rule(who=who, ends=st.booleans())
    def sync_again(self, who: int, ends: bool) -> None:
        self.life.sync_again(who, ends=ends)

    @rule(who=who)
    def delete_calendar(self, who: int) -> None:
        self.life.delete_calendar(who)

    @rule()
    def check(self) -> None:
        self.life.check()

    def teardown(self) -> None:
        try:
            self.life.end()
        finally:
            self.folder.cleanup()


TestMirrored = pytest.mark.slow(Mirrored.TestCase)
TestMirrored.settings = settings(
    max_examples=15,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


@pytest.mark.slow
def test_a_small_soak(tmp_path: Path) -> None:
    """``python -m tests.mirror.soak`` is the same with many more operations."""
    counts = soak(1500, 11, tmp_path, check_every=250)
    assert counts["changes"] > 500
