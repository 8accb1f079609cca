"""The files that only type checkers read are whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from cronofy_async.client.endpoints import AccountEndpoints, ApplicationEndpoints

CHECKED = (Path(__file__).parent / "typing" / "every_method.py").read_text(encoding="utf-8")


@pytest.mark.parametrize("table", [ApplicationEndpoints, AccountEndpoints])
def test_every_method_is_checked_on_both_clients(table: type) -> None:
    """Each row of the endpoint table stands in the file that both checkers read, twice."""
    view = "account" if table is AccountEndpoints else "cronofy"
    names = [
        name
        for base in table.__mro__
        for name, row in vars(base).items()
        if hasattr(row, "operation")
    ]

    assert [] == [name for name in names if CHECKED.count(f"{view}.{name}(**given)") != 2]
