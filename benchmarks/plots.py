"""What the plots of the docs show, and how it is measured."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence
from typing import Final

import attrs

from . import fanout, fresh, pages, work
from .server import serve
from .svg import Chart, Points

__all__ = ("PLOTS", "Line", "Plot", "measure")

_LATENCY: Final = 0.05
_PAGES: Final = 20


@attrs.frozen
class Line:
    """
    One line of a plot.

    Attributes:
        xs: Where it is measured.
        value: Measures, or tells, its height there.
        rounds: How often; the median counts.
    """

    xs: Sequence[int]
    value: Callable[[int], float]
    rounds: int = 3

    def points(self) -> list[tuple[float, float]]:
        """Measure it."""
        return [(x, statistics.median(self.value(x) for _ in range(self.rounds))) for x in self.xs]


@attrs.frozen
class Plot:
    """A chart and its lines."""

    chart: Chart
    lines: Mapping[str, Line]


def measure(plot: Plot) -> dict[str, Points]:
    """Measure every line of a plot."""
    return {name: line.points() for name, line in plot.lines.items()}


def _limit(xs: Sequence[int], value: Callable[[int], float]) -> Line:
    return Line(xs, value, rounds=1)


def _wall(prepare: Callable[..., work.Work], accounts: int, count: int, concurrent: int) -> float:
    """Seconds of a read of so many accounts, so many pages each."""
    with serve(latency=_LATENCY, pages=count) as origin:
        expected = accounts * count * pages.EVENTS
        return fresh.run(prepare, origin, accounts, concurrent, expected)["wall"]


def _memory(prepare: Callable[..., work.Work], events: int, *arguments: int) -> float:
    """Megabytes by which a process grows at most that reads one account of so many events."""
    with serve(pages=events // pages.EVENTS) as origin:
        return fresh.run(prepare, origin, *arguments, events)["memory"]


def _json(events: int) -> float:
    """Megabytes of JSON of so many events; those after the first 20 pages are like them."""
    lists = [len(pages.events(number * pages.EVENTS)) for number in range(_PAGES)]
    return sum(lists) / len(lists) * events / pages.EVENTS / 1e6


_ACCOUNTS: Final = (1, 2, 5, 10, 20, 50)
_IN_FLIGHT: Final = (1, 2, 4, 8, 16, 32)
_CHAINS: Final = 40
_WINDOWS: Final = (1, 2, 4, 8)
_SHORT: Final = 5
_EVENTS: Final = (1_000, 10_000, 100_000)
_MANY: Final = (*_EVENTS, 1_000_000)


PLOTS: Final[Mapping[str, Plot]] = {
    "accounts": Plot(
        Chart(
            title="Every event of many accounts",
            x="accounts, of 20 pages with 100 events each",
            y="seconds, at 50 ms for each request",
            alt="With cronofy_async 50 accounts take little longer than one, near the limit of "
            "20 times 50 ms; pycronofy in 16 threads takes several times as long.",
            limits=frozenset({"latency limit"}),
        ),
        {
            "cronofy_async": Line(_ACCOUNTS, lambda x: _wall(work.read_accounts, x, _PAGES, x)),
            "pycronofy, 16 threads": Line(
                _ACCOUNTS, lambda x: _wall(work.read_with_pycronofy, x, _PAGES, 16)
            ),
            "latency limit": _limit(_ACCOUNTS, lambda _: _PAGES * _LATENCY),
        },
    ),
    "in-flight": Plot(
        Chart(
            title="Pages in flight",
            x="requests under way at once: Limits(concurrent=...)",
            y=f"seconds for {_CHAINS} accounts of {_SHORT} pages, at 50 ms for each request",
            alt="The time falls in proportion to the requests under way at once, close to the "
            "limit of pages times latency divided by their number.",
            limits=frozenset({"latency limit"}),
            is_log_y=True,
        ),
        {
            "cronofy_async": Line(
                _IN_FLIGHT, lambda x: _wall(work.stream_accounts, _CHAINS, _SHORT, x)
            ),
            "latency limit": _limit(_IN_FLIGHT, lambda x: _CHAINS * _SHORT * _LATENCY / x),
        },
    ),
    "windows": Plot(
        Chart(
            title="One account in several windows",
            x="windows: read_many(..., windows=...)",
            y="seconds for one account of 20 pages, at 50 ms for each request",
            alt="The time falls almost in proportion to the number of windows, close to the limit "
            "of 20 times 50 ms divided by it.",
            limits=frozenset({"latency limit"}),
            is_log_y=True,
        ),
        {
            "cronofy_async": Line(_WINDOWS, fanout.in_windows),
            "latency limit": _limit(_WINDOWS, lambda x: _PAGES * _LATENCY / x),
        },
    ),
    "memory": Plot(
        Chart(
            title="Memory of a read",
            x="events",
            y="megabytes at most, above those before the read",
            alt="Streaming levels off: a million events need little more than 100,000. collect() "
            "needs about the size of the JSON, a list of the events twice as much.",
            limits=frozenset({"JSON received"}),
            is_log_y=True,
        ),
        {
            "streamed": Line(_MANY, lambda x: _memory(work.stream_accounts, x, 1, 1), 1),
            "collect()": Line(_EVENTS, lambda x: _memory(work.read_accounts, x, 1, 1), 1),
            "a list of events": Line(_EVENTS, lambda x: _memory(work.keep_models, x), 1),
            "JSON received": _limit(_MANY, _json),
        },
    ),
}
"""Plot to what it shows; each is a file in docs/plots."""
