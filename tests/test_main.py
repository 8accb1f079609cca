"""The listing of operations, and what is made from it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from cronofy_async.__main__ import listing, main, markdown
from cronofy_async.client.endpoints import AccountEndpoints, ApplicationEndpoints
from cronofy_async.core.operation import Credential
from cronofy_async.operations import all_operations

ROOT = Path(__file__).parent.parent


def test_every_operation_is_listed_with_its_method() -> None:
    """Each operation stands in the listing once, and is a method of a client."""
    rows = list(listing())

    assert [operation.__name__ for operation in all_operations()] == [row.name for row in rows]
    assert [] == [row.name for row in rows if not row.methods]
    assert len(rows) == len({row.name for row in rows})


def test_every_operation_names_its_page() -> None:
    """Each operation says which page of the documentation it was made from."""
    for operation in all_operations():
        assert operation.source.startswith("/developers/"), operation.__name__
        assert operation.__doc__, operation.__name__
        assert "Source:" in operation.__doc__, operation.__name__


ACCOUNT = {Credential.ACCESS_TOKEN, Credential.SECRET_OR_TOKEN}


def test_every_method_is_where_its_credential_is() -> None:
    """Calls for one account are methods of a view, all others of the application."""
    for table, expected in ((AccountEndpoints, ACCOUNT), (ApplicationEndpoints, set(Credential))):
        for base in table.__mro__:
            for name, row in vars(base).items():
                if hasattr(row, "operation"):
                    credential = row.operation.credential
                    assert credential in expected, name
                    if table is ApplicationEndpoints:
                        assert credential is not Credential.ACCESS_TOKEN, name


def test_json_is_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    """The listing as JSON has what a program asks for."""
    assert 0 == main(["operations", "--json"])
    rows = json.loads(capsys.readouterr().out)
    (row,) = [row for row in rows if row["name"] == "ReadEvents"]

    assert {
        "name": "ReadEvents",
        "methods": ["account.read_events"],
        "method": "GET",
        "path": "/v1/events",
        "credential": "access_token",
        "paged": True,
        "batchable": False,
        "answer": "pages of Event",
        "stability": "stable",
        "source": "/developers/api/events/read-events/",
    } == row


def test_markdown_is_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    """The listing is a table unless JSON is asked for, and says how many rows it has."""
    assert 0 == main(["operations"])
    assert capsys.readouterr().out == markdown(list(listing()))
    assert markdown(list(listing())).endswith("operations.\n")


def test_a_command_is_needed(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a command the usage is shown."""
    with pytest.raises(SystemExit):
        main([])
    assert "command" in capsys.readouterr().err


@pytest.mark.parametrize("form", ["--json", "--markdown"])
def test_a_reader_that_goes_away_is_no_error_of_ours(form: str) -> None:
    """Piped into ``head``, the listing ends without a traceback."""
    end, start = os.pipe()
    os.close(end)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "cronofy_async", "operations", form],
            stdout=start,
            stderr=subprocess.PIPE,
            cwd=ROOT,
            check=False,
        )
    finally:
        os.close(start)

    assert (1, b"") == (done.returncode, done.stderr)
