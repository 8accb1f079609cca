"""docs/faults.md: every row of the catalogue, and no green cell without a test."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest

from docs.faults import GREEN, RED, ROOT, SAME, cells, page, run

from .catalogue import CATALOGUE, NUMBERS, Row
from .recording import WAYS, Noted

PAGE = (ROOT / "docs" / "faults.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def collected() -> Sequence[Noted]:
    """The marked tests that there are, and what they are marked with."""
    return run("--collect-only")


def signs_of(text: str) -> dict[int, list[str]]:
    """The signs of each row, one for each way."""
    found = re.findall(r"^\| (\d+) \|(.*)\|$", text, re.MULTILINE)
    return {
        int(number): [s.strip() for s in rest.split("|")[-len(WAYS) :]] for number, rest in found
    }


def test_the_catalogue_has_54_rows() -> None:
    """Numbered without a gap, each with what the client must do; blank ones are few and say why."""
    assert [*range(1, 55)] == [row.number for row in CATALOGUE]
    assert all(row.fault and row.must for row in CATALOGUE)
    assert {45, 46, 47, 48, 49, 50, 51} >= {row.number for row in CATALOGUE if row.blank}


def test_marks_name_rows(collected: Sequence[Noted]) -> None:
    """Every mark is a number of the catalogue."""
    assert set() == {number for each in collected for number in each.rows} - NUMBERS


def test_the_page_names_every_row() -> None:
    """In their order, with the words of the catalogue."""
    assert [row.number for row in CATALOGUE] == list(signs_of(PAGE))
    for row in CATALOGUE:
        assert f"| {row.number} | {row.fault} | {row.must} | {row.never} |" in PAGE


def test_no_green_cell_is_without_a_test(collected: Sequence[Noted]) -> None:
    """What the page shows as green has a test on that way; if it says the same, one of no way."""
    signs = signs_of(PAGE)
    for row in CATALOGUE:
        for (way, cell), sign in zip(cells(row, collected).items(), signs[row.number], strict=True):
            if sign.startswith(GREEN):
                assert (row.number, way, sign) == (row.number, way, cell.sign)


def test_the_tests_that_the_page_names_are_there(collected: Sequence[Noted]) -> None:
    """Under the rows that they are marked with."""
    there = {
        (number, each.test.partition("::")[0], each.test.rpartition("::")[2])
        for each in collected
        for number in each.rows
    }
    named: set[tuple[int, str, str]] = set()
    for row in CATALOGUE:
        told = re.search(rf"^\*\*{row.number}\*\* .*\n\n((?:- .*\n?)*)", PAGE, re.MULTILINE)
        for line in told[1].splitlines() if told else ():
            path, *tests = re.findall(r"`([^`]*)`", line)
            named |= {(row.number, path, test) for test in tests}
    assert named
    assert set() == named - there


ROW = Row(1, "a", "b", blank="Not built.")


@pytest.mark.parametrize(
    ("noted", "signs"),
    [
        ([], ["", "", ""]),
        ([(None, "passed")], [f"{GREEN} {SAME}"] * 3),
        ([("aiohttp-asyncio", "passed")], [GREEN, "", ""]),
        ([("aiohttp-asyncio", "passed"), (None, "passed")], [GREEN, *[f"{GREEN} {SAME}"] * 2]),
        ([(way, "passed") for way in WAYS], [GREEN] * 3),
        ([("httpx2-trio", "passed"), ("httpx2-trio", "failed")], ["", "", RED]),
        ([("httpx2-trio", "passed"), (None, "failed")], [RED] * 3),
        ([("httpx2-trio", "skipped")], ["", "", ""]),
        ([("httpx2-trio", "skipped"), ("httpx2-trio", "passed")], ["", "", GREEN]),
    ],
)
def test_a_cell_is_what_its_tests_are(
    noted: list[tuple[str | None, str]], signs: list[str]
) -> None:
    """One that fails makes it red, one that no transport takes part in speaks for all."""
    about = [Noted("tests/x.py::test", (1,), way, outcome) for way, outcome in noted]
    others = [Noted("tests/x.py::other", (2,), way, "failed") for way in WAYS]

    found = cells(ROW, [*about, *others])

    assert [*WAYS] == [*found]
    assert signs == [cell.sign for cell in found.values()]
    assert all(bool(cell.why) == (cell.sign == "") for cell in found.values())


def test_blanks_are_told_with_their_reason() -> None:
    """A page without any run is blank, and says so 54 times."""
    text = page([])
    assert {""} == {sign for signs in signs_of(text).values() for sign in signs}
    assert "0 of 162 are green, 0 red, 162 blank." in text
    for row in CATALOGUE:
        assert f"- **{row.number}** is blank: {row.blank or 'No test shows it.'}" in text
