"""The page of the docs that shows the results: its table and its plots."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from .plots import PLOTS
from .results import Results, markdown
from .svg import draw

__all__ = ("between", "write")

_DOCS: Final = Path(__file__).parents[1] / "docs"
_BEGIN: Final = "<!-- written by: python3 run.py bench --write-docs -->"
_END: Final = "<!-- end of what is written -->"


def write(results: Results, docs: Path = _DOCS) -> None:
    """
    Put the table into performance.md, and each plot that was measured into a file.

    Raises:
        ValueError: The page does not say where the table goes; nothing was written.
    """
    page = docs / "performance.md"
    text = between(page.read_text(encoding="utf-8"), markdown(results))
    page.write_text(text, encoding="utf-8")
    folder = docs / "plots"
    folder.mkdir(exist_ok=True)
    for name, lines in results.plots.items():
        drawn = draw(PLOTS[name].chart, lines)
        (folder / f"{name}.svg").write_text(drawn, encoding="utf-8")


def between(page: str, table: str) -> str:
    """
    A page with what stands between the markers replaced.

    Raises:
        ValueError: It has not both markers, in this order.
    """
    head, begin, rest = page.partition(_BEGIN)
    _, end, tail = rest.partition(_END)
    if not (begin and end):
        raise ValueError(f"the page lacks {_BEGIN} or, after it, {_END}")
    return f"{head}{begin}\n\n{table}\n\n{end}{tail}"
