"""The page for users about security: each test that it names is there, and its program runs."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from cronofy_async import Account, Cronofy
from cronofy_transports.sandbox import Sandbox

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
NAMED = re.findall(r"`(tests/[^`\s]+)`", PAGE)
ROWS = [line for line in PAGE.splitlines() if line.startswith("|")][2:]


@cache
def named_in(path: str) -> set[str]:
    """The tests of a file, as pytest writes them."""
    found = set()
    for node in ast.parse((ROOT / path).read_text(encoding="utf-8")).body:
        inner = node.body if isinstance(node, ast.ClassDef) else [node]
        prefix = f"{node.name}::" if isinstance(node, ast.ClassDef) else ""
        found |= {
            prefix + each.name
            for each in inner
            if isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef))
        }
    return found


@pytest.mark.parametrize("name", NAMED)
def test_a_test_that_the_page_names_is_there(name: str) -> None:
    """A row does not outlive its test."""
    path, _, test = name.partition("::")

    assert test in named_in(path)
    assert test.rpartition("::")[2].startswith("test_")


def test_each_threat_is_held_by_a_test() -> None:
    """No row promises what nothing holds."""
    assert len(ROWS) >= 20
    assert [] == [row for row in ROWS if not re.search(r"`tests/[^`\s]+`", row.split("|")[3])]


def test_the_program_of_the_page_connects_an_account() -> None:
    """From the URL for the browser to an account whose tokens are kept."""
    (program,) = re.findall(r"^```python\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    names: dict[str, Any] = {}
    exec(program, names)
    sandbox, session = Sandbox(1), {}  # type: ignore[var-annotated]  # a session holds anything
    with Cronofy(
        sandbox.client_id, sandbox.client_secret, transport=sandbox.transport()
    ) as cronofy:
        (state,) = parse_qs(urlsplit(names["connect"](cronofy, session)).query)["state"]
        code = sandbox.control.authorize(
            sandbox.accounts()[0]["sub"], names["BACK"], scope="read_write"
        )
        account = names["connected"](cronofy, session, f"?code={code}&state={state}")

        assert isinstance(account, Account)
        assert account.list_calendars()
