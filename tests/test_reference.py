"""
Every row of the reference's table is an operation with all that belongs to one.

``tests/data/reference/operations.json`` is that table: 72 operations counted over the five
official SDKs, each beside ours.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from cronofy_async.__main__ import listing
from cronofy_async.core.operation import Credential
from cronofy_async.operations import all_operations
from cronofy_transports.sandbox import handlers
from cronofy_transports.sandbox.handlers.registry import HANDLERS

DATA = Path(__file__).parent / "data"
ROWS: list[dict[str, Any]] = json.loads(
    (DATA / "reference" / "operations.json").read_text(encoding="utf-8")
)
OPERATIONS = {operation.__name__: operation for operation in all_operations()}
SAMPLED = {
    sample["operation"]
    for file in DATA.glob("*.json")
    for sample in json.loads(file.read_text(encoding="utf-8"))
}
# What a browser carries out is answered by a page.
handlers.load()
PAGES = {"Authorize", "AuthorizeEnterprise"}
# The table names credentials in words of its own.
CREDENTIALS = {
    "none (URL builder)": {Credential.NONE},
    "client creds in body": {Credential.CLIENT_BODY},
    "user token": {Credential.ACCESS_TOKEN},
    "user (service-account) token": {Credential.ACCESS_TOKEN},
    "client_secret bearer": {Credential.CLIENT_SECRET},
    "admin API key bearer": {Credential.ADMIN_KEY},
}

every_row = pytest.mark.parametrize("row", ROWS, ids=[row["reference"] for row in ROWS])
every_operation = pytest.mark.parametrize("name", OPERATIONS)


def test_the_table_is_whole() -> None:
    """All 72 rows are there, each with an operation of its own."""
    assert list(range(1, 73)) == [row["row"] for row in ROWS]
    assert 72 == len({row["operation"] for row in ROWS})
    assert {row["operation"] for row in ROWS} <= OPERATIONS.keys()


@every_row
def test_a_row_has_its_method_and_path(row: dict[str, Any]) -> None:
    """An operation has the method and the path of its row, whatever its fields are called."""
    operation = OPERATIONS[row["operation"]]
    path = row["path"].removeprefix("{app}").split(" ")[0].split("?")[0]

    assert row["method"] == operation.method
    if "given by the API" in row["path"]:
        assert operation.path.endswith("{+url}")
    elif path.startswith("{pages"):
        assert operation.path.endswith("/pages/{page}")
    else:
        assert re.sub("{.*?}", "{}", path) == re.sub("{.*?}", "{}", operation.path)


@every_row
def test_a_row_has_its_credential(row: dict[str, Any]) -> None:
    """An operation authenticates as its row says; where SDKs differ, as was decided."""
    operation = OPERATIONS[row["operation"]]
    disputed = {Credential.SECRET_OR_TOKEN, Credential.CLIENT_SECRET, Credential.CLIENT_BODY}

    assert operation.credential in CREDENTIALS.get(row["credential"], disputed)


@every_operation
def test_an_operation_has_all_that_belongs_to_it(name: str) -> None:
    """It has a method on a client, a page of the documentation, a sample, and a sandbox handler."""
    operation = OPERATIONS[name]
    (row,) = [row for row in listing() if row.name == name]

    assert row.methods
    assert operation.source.startswith("/developers/")
    assert "Source:" in (operation.__doc__ or "")
    assert name in SAMPLED
    assert operation in HANDLERS or name in PAGES
