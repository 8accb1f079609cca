"""
A line chart as SVG, small enough to be written here.

It follows the reader's light or dark mode, and tells lines apart by marker and label as well as
by colour.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Final
from xml.sax.saxutils import escape

import attrs

__all__ = ("Chart", "Points", "draw")

Points = Sequence[tuple[float, float]]

_WIDTH: Final = 680
_HEIGHT: Final = 380
_LEFT, _RIGHT, _TOP, _BOTTOM = 58, 178, 62, 46
_APART: Final = 15
"""Pixels from one label to the next at least."""

_STYLE: Final = """
svg { --s: #ffffff } .surface { fill: var(--s) } .ink { fill: #1f2328 } .muted { fill: #59636e }
.grid { stroke: #e4e7eb } .axis { stroke: #8c959f }
.a { --c: #2166c4 } .b { --c: #c2500a } .c { --c: #0f7a5c } .d { --c: #8a3fa8 }
.limit { --c: #59636e }
@media (prefers-color-scheme: dark) {
svg { --s: #161b22 } .ink { fill: #e6edf3 } .muted { fill: #9ea7b3 }
.grid { stroke: #2b3138 } .axis { stroke: #6e7681 }
.a { --c: #5ea0f2 } .b { --c: #f0883e } .c { --c: #3fbf8f } .d { --c: #c58be0 }
.limit { --c: #9ea7b3 }
}
text { font: 12px system-ui, sans-serif } .title { font-size: 15px; font-weight: 600 }
.line { fill: none; stroke: var(--c); stroke-width: 2; stroke-linejoin: round }
.limit .line { stroke-dasharray: 5 4 } .mark { fill: var(--c) }
.name { fill: var(--c); stroke: var(--s); stroke-width: 4; paint-order: stroke }
"""
_CLASSES: Final = ("a", "b", "c", "d")
_MARKS: Final[Mapping[str, Callable[[float, float], str]]] = {
    "a": lambda x, y: f'<circle class="mark" cx="{x:.1f}" cy="{y:.1f}" r="4"/>',
    "b": lambda x, y: (
        f'<rect class="mark" x="{x - 3.5:.1f}" y="{y - 3.5:.1f}" width="7" height="7"/>'
    ),
    "c": lambda x, y: f'<path class="mark" d="M{x:.1f} {y - 5:.1f}l4.5 8h-9z"/>',
    "d": lambda x, y: f'<path class="mark" d="M{x:.1f} {y - 5:.1f}l5 5l-5 5l-5 -5z"/>',
}


@attrs.frozen(kw_only=True)
class Chart:
    """
    What a chart says besides its lines.

    Attributes:
        title: What it shows.
        x: What goes to the right, with its unit.
        y: What goes up, with its unit.
        alt: The finding, for those who do not see it.
        limits: The lines that show what cannot be beaten.
        is_log_y: Whether the vertical axis is logarithmic; the horizontal one is always.
    """

    title: str
    x: str
    y: str
    alt: str
    limits: frozenset[str] = frozenset()
    is_log_y: bool = False


def draw(chart: Chart, lines: Mapping[str, Points]) -> str:
    """
    Draw a chart.

    Args:
        chart: What it says.
        lines: Name to points, up to four besides the limits.

    Raises:
        ValueError: There is no point, or one that a logarithm cannot show, or there are more
            lines than can be told apart.
    """
    measured = [name for name in lines if name not in chart.limits]
    if len(measured) > len(_CLASSES):
        raise ValueError(f"{len(measured)} lines cannot be told apart")
    xs = [x for points in lines.values() for x, _ in points]
    ys = [y for points in lines.values() for _, y in points]
    if not xs or min(xs) <= 0 or (chart.is_log_y and min(ys) <= 0):
        raise ValueError("there is nothing to draw, or a value of 0 on a logarithmic axis")
    across = _Scale(min(xs), max(xs), _LEFT, _WIDTH - _RIGHT, is_log=True)
    bottom, top = min(ys) if chart.is_log_y else 0.0, max(ys)
    if chart.is_log_y:
        bottom = _steps(bottom, top)[0]
    up = _Scale(bottom, top, _HEIGHT - _BOTTOM, _TOP, is_log=chart.is_log_y)
    size = f'viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" height="{_HEIGHT}"'
    role = 'role="img" aria-labelledby="title finding"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} {role}>',
        f'<title id="title">{escape(chart.title)}</title>',
        f'<desc id="finding">{escape(chart.alt)}</desc>',
        f"<style>{_STYLE}</style>",
        f'<rect class="surface" width="{_WIDTH}" height="{_HEIGHT}" rx="6"/>',
        f'<text class="ink title" x="16" y="26">{escape(chart.title)}</text>',
        f'<text class="muted" x="16" y="45">{escape(chart.y)}</text>',
        *_axes(chart, across, up, sorted(set(xs))),
    ]
    ends = _spread({name: up(points[-1][1]) for name, points in lines.items()})
    classes = dict(zip(measured, _CLASSES, strict=False))
    names: list[str] = []
    for name, points in lines.items():
        kind = classes.get(name, "limit")
        at = [(across(x), up(y)) for x, y in points]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in at)
        parts.append(f'<g class="{kind}"><polyline class="line" points="{path}"/>')
        parts += [_MARKS[kind](x, y) for x, y in at if kind in _MARKS]
        parts.append("</g>")
        place = f'x="{at[-1][0] + 12:.1f}" y="{ends[name] + 4:.1f}"'
        names.append(f'<text class="name {kind}" {place}>{escape(name)}</text>')
    # Names over lines, whichever line comes last.
    return "\n".join([*parts, *names, "</svg>", ""])


@attrs.frozen
class _Scale:
    """From values to pixels."""

    low: float
    high: float
    start: float
    end: float
    is_log: bool

    def __call__(self, value: float) -> float:
        low, high = self.low, self.high
        if self.is_log:
            value, low, high = math.log(value), math.log(low), math.log(high)
        share = (value - low) / (high - low) if high > low else 0.5
        return self.start + share * (self.end - self.start)


def _axes(chart: Chart, across: _Scale, up: _Scale, xs: Sequence[float]) -> list[str]:
    left, right, base = _LEFT, _WIDTH - _RIGHT, _HEIGHT - _BOTTOM
    parts: list[str] = []
    for value in _steps(up.low, up.high) if chart.is_log_y else _ticks(up.high):
        y = up(value)
        parts.append(f'<line class="grid" x1="{left}" x2="{right}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(
            f'<text class="muted" x="{left - 8}" y="{y + 4:.1f}" text-anchor="end">'
            f"{value:,.10g}</text>"
        )
    parts.append(f'<line class="axis" x1="{left}" x2="{right}" y1="{base}" y2="{base}"/>')
    last = -math.inf
    for value in xs:
        x = across(value)
        if x - last >= 40:
            last = x
            parts.append(
                f'<text class="muted" x="{x:.1f}" y="{base + 18}" text-anchor="middle">'
                f"{value:,.10g}</text>"
            )
    middle = (left + right) / 2
    parts.append(
        f'<text class="muted" x="{middle}" y="{base + 36}" text-anchor="middle">'
        f"{escape(chart.x)}</text>"
    )
    return parts


def _steps(low: float, high: float) -> list[float]:
    """From the last step below a range to the last within it: 1, 2, 5, 10, or powers of ten."""
    first, last = math.floor(math.log10(low)), math.floor(math.log10(high))
    factors = (1,) if last - first > 2 else (1, 2, 5)
    steps = [float(f"{factor}e{power}") for power in range(first, last + 1) for factor in factors]
    below = [step for step in steps if step <= low]
    return below[-1:] + [step for step in steps if low < step <= high]


def _ticks(high: float) -> list[float]:
    """Up to six even steps from 0."""
    rough = high / 5
    power = 10 ** math.floor(math.log10(rough)) if rough > 0 else 1.0
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough)
    return [float(f"{number * step:.10g}") for number in range(int(high / step + 1e-9) + 1)]


def _spread(places: Mapping[str, float]) -> dict[str, float]:
    """The same heights, moved so far apart that labels do not overlap, and none leaves."""
    found: dict[str, float] = {}
    last = -math.inf
    for name, y in sorted(places.items(), key=lambda item: item[1]):
        last = found[name] = max(y, last + _APART)
    ceiling = float(_HEIGHT - _BOTTOM)
    for name in reversed(found):
        found[name] = min(found[name], ceiling)
        ceiling = found[name] - _APART
    return found
