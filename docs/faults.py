"""
``python -m docs.faults``: docs/faults.md, the catalogue of faults with what a run has shown.

Runs every test that is marked with a row of the catalogue, which takes some minutes, and
prints the page. A cell that no test stands for is left blank, with the reason beneath.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import attrs

from tests.faults.catalogue import CATALOGUE, EVER, Row
from tests.faults.recording import WAYS, Noted, read_record

__all__ = ("BLANK", "GREEN", "RED", "SAME", "Cell", "cells", "main", "page", "run")

ROOT = Path(__file__).parents[1]

GREEN: Final = "✅"
RED: Final = "❌"
SAME: Final = "same"
"""What stands beside the sign where the only tests are those that no transport takes part in."""
BLANK: Final = ""

_NO_TEST: Final = "No test shows it."
_SKIPPED: Final = "Its tests were skipped where this page was made."
_POSTS: Final = "10000"


@attrs.frozen
class Cell:
    """
    What a run has shown of a row on one way to the wire.

    Attributes:
        sign: `GREEN` or `RED`, with `SAME` if no transport took part; or `BLANK`.
        why: Why it is blank, if it is.
    """

    sign: str
    why: str = ""


def run(*options: str) -> tuple[Noted, ...]:
    """
    Run the marked tests and give what they have shown.

    Args:
        options: Further ones for pytest, such as ``--collect-only``.

    Raises:
        RuntimeError: They could not be run; that some fail is no error.
    """
    with tempfile.TemporaryDirectory() as folder:
        record = Path(folder) / "record.json"
        command = [sys.executable, "-m", "pytest", "-q", "-m", "fault", "-p", "no:cacheprovider"]
        command += ["-p", "tests.faults.recording", "--fault-record", str(record), *options]
        done = subprocess.run(  # noqa: S603  # ourselves
            [*command, *_files()],
            cwd=ROOT,
            env={**os.environ, "FAULT_POSTS": _POSTS, "PYTEST_ADDOPTS": ""},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode not in (0, 1) or not record.exists():
            raise RuntimeError(f"pytest ended with {done.returncode}:\n{done.stdout[-2000:]}")
        if done.returncode:
            sys.stderr.write(done.stdout[-4000:])
        return read_record(record)


def _files() -> list[str]:
    """Those with marked tests: to collect all takes much longer."""
    paths = sorted((ROOT / "tests").rglob("test_*.py"))
    return [str(each) for each in paths if "mark.fault(" in each.read_text(encoding="utf-8")]


def cells(row: Row, noted: Sequence[Noted]) -> dict[str, Cell]:
    """What the tests of a row say for each way."""
    about = [each for each in noted if row.number in each.rows]
    return {way: _cell(row, about, way) for way in WAYS}


def _cell(row: Row, about: Sequence[Noted], way: str) -> Cell:
    counting = [each for each in about if each.way in (None, way)]
    outcomes = {each.outcome for each in counting}
    if "failed" in outcomes:
        return Cell(RED)
    if not outcomes & {"passed", "collected"}:
        return Cell(BLANK, _SKIPPED if outcomes else row.blank or _NO_TEST)
    own = any(each.way == way and each.outcome != "skipped" for each in counting)
    return Cell(GREEN if own else f"{GREEN} {SAME}")


def page(noted: Sequence[Noted]) -> str:
    """docs/faults.md."""
    found = {row.number: cells(row, noted) for row in CATALOGUE}
    return "\n".join([*_head(found), *_table(found), *_notes(found), *_proofs(noted), ""])


def _head(found: Mapping[int, Mapping[str, Cell]]) -> Iterator[str]:
    signs = [cell.sign for row in found.values() for cell in row.values()]
    green = sum(sign.startswith(GREEN) for sign in signs)
    yield "# Faults"
    yield ""
    yield "What may go wrong between a program and its calendars, what the client does then, and"
    yield "what a run of the tests has shown of it, on each way to the wire. `python3 run.py docs`"
    yield "runs them and writes this page; nothing in it is written by hand."
    yield ""
    yield f"**For every row:** {EVER}"
    yield ""
    yield f"{GREEN}: every test of the row on that way has passed. {GREEN} {SAME}: so have its"
    yield f"tests, in which no transport takes part, so they speak for each. {RED}: one has failed."
    yield "Where nothing stands, the reason stands below the table."
    yield ""
    yield f"{green} of {len(signs)} are green, {signs.count(RED)} red, {signs.count(BLANK)} blank."
    yield ""


def _table(found: Mapping[int, Mapping[str, Cell]]) -> Iterator[str]:
    head = ("#", "Fault", "The client", "Never", *WAYS.values())
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in CATALOGUE:
        signs = [cell.sign for cell in found[row.number].values()]
        yield f"| {' | '.join([str(row.number), row.fault, row.must, row.never, *signs])} |"
    yield ""


def _notes(found: Mapping[int, Mapping[str, Cell]]) -> Iterator[str]:
    blank = {
        row.number: {cell.why for cell in found[row.number].values() if cell.why}
        for row in CATALOGUE
    }
    yield "## What is blank, and what is shown in another way"
    yield ""
    for row in CATALOGUE:
        for why in sorted(blank[row.number]):
            yield f"- **{row.number}** is blank: {why}"
        if row.note:
            yield f"- **{row.number}**: {row.note}"
    yield ""


def _proofs(noted: Sequence[Noted]) -> Iterator[str]:
    yield "## What shows it"
    yield ""
    yield "The tests of each row, by file. Each runs on all of the ways, but for those in which no"
    yield "transport takes part."
    for row in CATALOGUE:
        names = sorted({each.test for each in noted if row.number in each.rows})
        files: dict[str, list[str]] = {}
        for name in names:
            path, _, test = name.partition("::")
            files.setdefault(path, []).append(test.rpartition("::")[2])
        if files:
            yield ""
            yield f"**{row.number}** {row.fault}"
            yield ""
            for path, tests in files.items():
                yield f"- `{path}`: {', '.join(f'`{test}`' for test in tests)}"


def main() -> int:
    """Print the page."""
    sys.stdout.write(page(run()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
