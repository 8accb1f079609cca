"""OPERATIONS.md: what each operation is, and what the sandbox does for it."""

from __future__ import annotations

import pytest

from cronofy_async.operations import all_operations
from cronofy_transports.sandbox.choices import Choices, Decision
from docs.operations import ROOT, Emulated, emulated, main

ROWS = {row.name: row for row in emulated()}


def test_the_page_in_the_repository_is_fresh(capsys: pytest.CaptureFixture[str]) -> None:
    """OPERATIONS.md is what the code says now; ``python3 run.py docs`` renews it."""
    assert 0 == main()
    assert (ROOT / "OPERATIONS.md").read_text(encoding="utf-8") == capsys.readouterr().out


def test_every_operation_is_answered() -> None:
    """Each operation stands there once, with the handler or page that answers it."""
    assert [operation.__name__ for operation in all_operations()] == list(ROWS)
    pages = [row.name for row in ROWS.values() if row.by == "a page"]
    assert ["Authorize", "AuthorizeEnterprise"] == pages


def test_what_is_inferred_is_said() -> None:
    """Parameters are from the reference or an SDK; so are answers, but for those without one."""
    assert {"docs", "sdk"} == {row.request for row in ROWS.values()}
    answers = {row.name for row in ROWS.values() if row.answer == "inferred"}
    assert {"Authorize", "AuthorizeEnterprise", "DownloadMeetingAgentResource"} >= answers


@pytest.mark.parametrize(
    ("name", "decision"),
    [
        ("ReadEvents", Decision.PAGES_ARE_LIVE),
        ("ReadEvents", Decision.WIDE_WINDOWS),
        ("ReadFreeBusy", Decision.FREE_BUSY),
        ("UpsertEvent", Decision.UPSERT_OF_DELETED),
        ("CreateCalendar", Decision.UNKNOWN_PROFILE),
        ("QueryAvailability", Decision.UNKNOWN_MEMBER),
        ("DeleteRegistration", Decision.DELETED_REGISTRATION),
    ],
)
def test_decisions_are_found_where_they_are_carried_out(name: str, decision: Decision) -> None:
    """In a handler, in a function that it calls, in another module, and in a class."""
    assert decision.name in ROWS[name].decisions


def test_decisions_are_not_found_elsewhere() -> None:
    """An operation is not said to rest on what it does not lead to."""
    assert () == ROWS["GetAccount"].decisions
    assert len(ROWS) / 2 > len(rows_with(Decision.PAST_PERIODS))
    assert ["ReadEvents", "ReadEventsPage"] == rows_with(Decision.PAGES_ARE_LIVE)
    assert ["DisableRealTimeScheduling", "DisableRealTimeSequencing"] == rows_with(
        Decision.DISABLE_AGAIN
    )


def rows_with(decision: Decision) -> list[str]:
    """The operations that rest on a decision."""
    return [row.name for row in ROWS.values() if decision.name in row.decisions]


def test_dials_are_found_where_they_are_asked() -> None:
    """Each operation has the dials that change its answer."""
    assert {"refresh_tokens", "access_token_lifetime"} <= {*ROWS["RefreshToken"].dials}
    assert "page_size" not in ROWS["RefreshToken"].dials
    assert {"page_size", "page_lifetime", "not_in_plan"} == {*ROWS["ReadEvents"].dials}
    assert Choices().page_size == 100


@pytest.mark.parametrize(
    ("name", "refusals"),
    [
        ("RequestToken", (400,)),
        ("GetAccount", (401, 422)),
        ("ReadEventsPage", (401, 404, 422)),
        ("DeleteEvent", (401, 403, 404, 422, 423)),
    ],
)
def test_refusals_are_those_of_the_code(name: str, refusals: tuple[int, ...]) -> None:
    """What is raised on the way, and what is the same for all operations."""
    row: Emulated = ROWS[name]
    assert refusals == row.refusals
