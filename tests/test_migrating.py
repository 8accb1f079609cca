"""The page on moving from pycronofy: it leaves nothing out, names what exists, and runs."""

from __future__ import annotations

import inspect
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import pycronofy  # type: ignore[import-untyped]  # it has no types: one reason to migrate
import pytest
from pycronofy import batch, exceptions, pagination, validation

import cronofy_async
from cronofy_async import (
    Account,
    AsyncAccount,
    AsyncCronofy,
    AsyncPager,
    Cronofy,
    Page,
    Pager,
    callbacks,
    models,
    operations,
)
from cronofy_transports.sandbox import Sandbox, run_in_thread

DOCS = Path(__file__).parent.parent / "docs"
PAGE = (DOCS / "migrating.md").read_text(encoding="utf-8")
PROGRAMS = re.findall(r"^```python\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)

OURS: dict[str, tuple[Any, ...]] = {
    "": (cronofy_async,),
    "cronofy": (Cronofy, AsyncCronofy),
    "account": (Account, AsyncAccount),
    "pager": (Pager, AsyncPager),
    "page": (Page,),
    "outcome": (models.Outcome,),
    "callbacks": (callbacks,),
    "models": (models,),
    "operations": (operations,),
}
"""Whose attributes the names on the page are, by what stands before their dot."""

THEIRS: dict[str, Any] = {
    "Client": pycronofy.Client,
    "Pages": pagination.Pages,
    "BatchBuilder": batch.BatchBuilder,
    "The module": pycronofy,
}
"""What the names in the table below a heading are attributes of."""

NOTHING = "—"


def rows(heading: str) -> list[list[str]]:
    """The cells of the table below a heading, without its head."""
    section = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def names(text: str) -> list[str]:
    """The names in a cell: what stands in backticks, without a call's arguments."""
    return [each.partition("(")[0] for each in re.findall(r"`([^`]+)`", text)]


def listed(heading: str) -> list[str]:
    """The names of pycronofy in the table below a heading."""
    return [name for row in rows(heading) for name in names(row[0])]


def found(owner: Any, path: str) -> bool:
    """Whether a dotted path leads to something; fields of attrs classes count."""
    for name in path.split("."):
        fields = attrs.fields_dict(owner) if attrs.has(owner) else {}
        if not hasattr(owner, name) and name not in fields:
            return False
        owner = getattr(owner, name, None)
    return True


@pytest.mark.parametrize("heading", [heading for heading in THEIRS if heading != "The module"])
def test_every_public_method_is_listed_once(heading: str) -> None:
    """Nobody has to guess what became of a method of pycronofy."""
    methods = {
        name
        for name, _ in inspect.getmembers(THEIRS[heading], inspect.isfunction)
        if not name.startswith("_")
    }
    told = listed(heading)

    assert methods == {name for name in told if name != heading}
    assert len(set(told)) == len(told)


def test_the_rest_of_the_module_is_listed() -> None:
    """The functions of the package, its settings and its exceptions have a line each."""
    told = listed("The module")
    raised = {name for name, _ in inspect.getmembers(exceptions, inspect.isclass)}
    functions = {name for name, _ in inspect.getmembers(pycronofy, inspect.isfunction)}
    batches = {"batch.BatchResponse", "batch.BatchEntry"}
    assert {"settings", *functions, *batches, *(f"exceptions.{each}" for each in raised)} == {*told}


@pytest.mark.parametrize("heading", THEIRS)
def test_the_names_of_pycronofy_are_its_own(heading: str) -> None:
    """No line tells of a method that pycronofy does not have."""
    missing = [name for name in listed(heading) if not found(THEIRS[heading], name)]
    assert [heading] * (heading == "Client") == missing


@pytest.mark.parametrize("heading", THEIRS)
def test_every_line_leads_to_something_of_ours(heading: str) -> None:
    """The second column names what to use, on both clients, or says that nothing is needed."""
    for theirs, ours, _ in rows(heading):
        assert names(ours) or ours == NOTHING, theirs
        for name in names(ours):
            prefix, _, rest = name.rpartition(".")
            assert all(found(owner, rest) for owner in OURS[prefix]), name


def test_names_of_ours_elsewhere_exist() -> None:
    """Also what the rest of the page calls by a name of ours is there."""
    prefixes = "|".join(filter(None, OURS))
    mentioned = re.findall(rf"\b({prefixes})\.([A-Za-z_]+)", re.sub(r"\S*\.md\b", "", PAGE))
    # A key of the service's answers.
    mentioned = [each for each in mentioned if each != ("cronofy", "data")]
    wrong = [each for each in mentioned if not all(found(o, each[1]) for o in OURS[each[0]])]
    assert [] == wrong
    errors = {name for name in names(PAGE) if re.fullmatch(r"(?!Py)[A-Z]\w+Error", name)}
    builtin = {"KeyError", "TypeError", "UnboundLocalError", "RecursionError"}
    assert [] == [name for name in errors - builtin if not hasattr(cronofy_async, name)]


def test_the_number_of_checked_methods() -> None:
    """The page counts the rules of `validate` rightly, itself not among them."""
    assert f"checks {len(validation.METHOD_RULES) - 1} of its methods" in PAGE


# The programs


@attrs.frozen
class World:
    """
    What the programs run in.

    Attributes:
        sandbox: The service.
        url: Where it is.
    """

    sandbox: Sandbox
    url: str

    def run(self, program: str, answer: str) -> subprocess.CompletedProcess[str]:
        """Run a program whose question is answered."""
        program = program.replace(
            'client_id="...", client_secret="..."',
            f'client_id="{self.sandbox.client_id}", client_secret="{self.sandbox.client_secret}"',
        )
        paths = os.pathsep.join(filter(None, sys.path))
        return subprocess.run(
            [sys.executable, "-c", program],
            input=answer,
            capture_output=True,
            text=True,
            timeout=30,
            env={**os.environ, "CRONOFY_API_URL": self.url, "PYTHONPATH": paths},
        )

    def code(self) -> str:
        """The code with which somebody comes back from the consent page."""
        sub = self.sandbox.accounts()[0]["sub"]
        return self.sandbox.control.authorize(sub, "https://example.com/back")


@pytest.fixture
def world() -> Iterator[World]:
    """A sandbox with people in it."""
    sandbox = Sandbox(seed=5)
    with run_in_thread(sandbox) as urls:
        yield World(sandbox, urls.api_url)


@pytest.mark.slow
def test_the_program_before(world: World) -> None:
    """What is shown as pycronofy's quick start is a program that works."""
    there = (
        "import pycronofy.settings\n"
        f"pycronofy.settings.API_BASE_URL = pycronofy.settings.APP_BASE_URL = {world.url!r}\n"
    )
    done = world.run(there + PROGRAMS[0], answer=world.code())

    assert (0, "") == (done.returncode, done.stderr)
    assert "Demo" in done.stdout


@pytest.mark.slow
def test_the_program_after(world: World) -> None:
    """Ours is one as well, and writes the event and the channel that the other does."""
    back = f"https://example.com/back?code={world.code()}&state=xyz"
    done = world.run(PROGRAMS[1], answer=back)

    assert (0, "") == (done.returncode, done.stderr)
    assert "Demo" in done.stdout
    made = {entry.operation: entry.status for entry in world.sandbox.journal}
    assert (202, 200) == (made["UpsertEvent"], made["CreateChannel"])


def test_both_programs_are_short() -> None:
    """There are two programs, of which ours is not much longer."""
    theirs, ours = (len(program.splitlines()) for program in PROGRAMS)
    assert theirs <= 25
    assert ours <= 30


@pytest.mark.parametrize("target", re.findall(r"\]\((?!http)([^)#]+)\)", PAGE))
def test_links_lead_somewhere(target: str) -> None:
    """Every file that the page links to is there."""
    assert (DOCS / target).exists()
