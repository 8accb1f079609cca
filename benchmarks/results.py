"""What a run of the benchmarks found: kept as JSON, shown as tables, compared with another."""

from __future__ import annotations

import json
import platform
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from os import cpu_count
from pathlib import Path
from typing import Any, Final

import attrs

from .goals import GOALS, GROUPS, Goal
from .group import MAIN, Group
from .measuring import Samples, Spread, ratios

__all__ = ("Comparison", "Found", "Results", "compare", "goal_table", "group_table", "markdown")

_LIBRARIES: Final = ("aiohttp", "attrs", "msgspec", "orjson", "PyCronofy", "requests")
_TOLERANCE: Final = 1.05
"""So much two runs on one machine differ by, whatever the rounds of each say."""


def _place() -> dict[str, str]:
    """What the figures may hang on."""
    found = {
        "python": platform.python_version(),
        "system": platform.system(),
        "processors": str(cpu_count()),
    }
    for name in _LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


@attrs.frozen
class Found:
    """A goal, and what came of it."""

    goal: Goal
    spread: Spread

    @property
    def is_met(self) -> bool:
        """Whether the median is within the target."""
        return self.spread.median <= self.goal.target


Line = Mapping[str, Sequence[tuple[float, float]]]


@attrs.frozen
class Results:
    """
    What one run measured.

    Attributes:
        groups: Group to variant to figure to what each round gave.
        plots: Plot to line to points.
        place: What the figures hang on: versions and the like.
        is_quick: Whether the run was one of few rounds.
    """

    groups: Mapping[str, Samples] = attrs.field(factory=dict)
    plots: Mapping[str, Line] = attrs.field(factory=dict)
    place: Mapping[str, str] = attrs.field(factory=_place)
    is_quick: bool = False

    def found(self, goals: Iterable[Goal] = GOALS) -> list[Found]:
        """What came of those goals that were measured."""
        return [
            Found(goal, Spread.of(values))
            for goal in goals
            if (values := self._values(goal)) is not None
        ]

    def _values(self, goal: Goal) -> list[float] | None:
        # A saved run may be older than a goal, or than what it is divided by.
        samples = self.groups.get(goal.group, {})
        ours = samples.get(goal.variant, {}).get(goal.figure)
        if ours is None or goal.against is None:
            return ours
        theirs = samples.get(goal.against, {}).get(goal.figure)
        return None if theirs is None else ratios(ours, theirs)

    def save(self, path: Path) -> None:
        """Write everything as JSON, every round of it."""
        path.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(_rounded(attrs.asdict(self, recurse=False)), indent=1)
        path.write_text(text + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> Results:
        """
        Read what `save` wrote.

        Raises:
            ValueError: The file holds no results.
            OSError: It cannot be read.
        """
        kept = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(kept, dict) or kept.keys() != attrs.fields_dict(cls).keys():
            raise ValueError(f"{path} holds no results of the benchmarks: write it with --json")
        return cls(**kept)


def _rounded(value: Any) -> Any:
    """Figures with five digits: no clock tells more."""
    if isinstance(value, float):
        return float(f"{value:.5g}")
    if isinstance(value, Mapping):
        return {name: _rounded(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_rounded(each) for each in value]
    return value


# Showing --------------------------------------------------------------------------------


def _verdict(found: Found) -> str:
    return "met" if found.is_met else "missed"


def _figures(found: Found) -> tuple[str, str, str, str]:
    """Target, median, middle half and rounds, as text."""
    spread = found.spread
    middle = f"{_short(spread.low)} to {_short(spread.high)}"
    return _target(found.goal), _short(spread.median), middle, str(spread.rounds)


def _target(goal: Goal) -> str:
    return f"{goal.target:g} {goal.unit}".rstrip()


def _short(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def goal_table(results: Results) -> str:
    """The goals that were measured, for a terminal."""
    rows = [("goal", "target", "median", "middle half", "rounds", "")]
    rows += [(each.goal.name, *_figures(each), _verdict(each)) for each in results.found()]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(
            text.rjust(width) if 0 < column < 5 else text.ljust(width)
            for column, (text, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )


def group_table(name: str, samples: Samples, group: Group | None = None) -> str:
    """Every variant of a group: ratio to the first, and the value, for a terminal."""
    group = GROUPS[name] if group is None else group
    anchor = samples[next(iter(group.variants))]
    lines = [f"{name}", f"{'':50}{'ratio':>8}{group.unit:>12}"]
    for variant in group.variants:
        for figure, values in samples[variant].items():
            title = variant if figure == MAIN else f"{variant}: {figure}"
            ratio = ""
            if figure in anchor and all(anchor[figure]):
                ratio = f"{Spread.of(ratios(values, anchor[figure])).median:.3f}"
            lines.append(f"  {title:48}{ratio:>8}{Spread.of(values).median:12.4g}")
    return "\n".join(lines)


def markdown(results: Results) -> str:
    """The goals that were measured, and those that were not, for a page of the docs."""
    measured = {each.goal.name: each for each in results.found()}
    lines = [
        "| goal | target | median | middle half | rounds | |",
        "|---|--:|--:|--:|--:|---|",
    ]
    for goal in GOALS:
        found = measured.get(goal.name)
        if found is None:
            lines.append(f"| {goal.claim} | {_target(goal)} | | | | not measured |")
            continue
        figures = " | ".join(_figures(found))
        lines.append(f"| {goal.claim} | {figures} | {_verdict(found)} |")
    place = ", ".join(f"{name} {value}" for name, value in results.place.items())
    return "\n".join([*lines, "", f"{place[0].upper()}{place[1:]}."])


# Comparing ------------------------------------------------------------------------------


@attrs.frozen
class Comparison:
    """
    A goal in two runs.

    Attributes:
        goal: Which.
        before: Its spread in the baseline.
        now: Its spread in the run that is compared with it.
    """

    goal: Goal
    before: Spread
    now: Spread

    @property
    def ratio(self) -> float:
        """The median over that of the baseline; of two nothings it is 1."""
        if self.before.median == self.now.median:
            return 1.0
        return self.now.median / self.before.median if self.before.median else float("inf")

    @property
    def is_worse(self) -> bool:
        """Whether the goal got worse beyond the spread: the middle halves do not even touch."""
        return self.ratio > _TOLERANCE and self.now.low > self.before.high

    @property
    def is_better(self) -> bool:
        """The same the other way round."""
        return self.ratio < 1 / _TOLERANCE and self.now.high < self.before.low

    def __str__(self) -> str:
        verdict = "worse" if self.is_worse else "better" if self.is_better else "same"
        before, now = _short(self.before.median), _short(self.now.median)
        return f"{self.goal.name:22}{before:>10}{now:>10}{self.ratio:>8.2f}  {verdict}"


def compare(baseline: Results, now: Results) -> list[Comparison]:
    """The goals that both runs measured."""
    before = {each.goal.name: each.spread for each in baseline.found()}
    return [
        Comparison(each.goal, before[each.goal.name], each.spread)
        for each in now.found()
        if each.goal.name in before
    ]
