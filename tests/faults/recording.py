"""
``-p tests.faults.recording --fault-record FILE``: notes which rows of the catalogue a run shows.

Each marked test is noted with its rows, its way to the wire and how it ended. A test whose
``case`` is a transport that reaches no wire is left out. One without a case counts for every
way alike: so it must not depend on the transport, or name its way in the mark, as in
``@pytest.mark.fault(45, way="aiohttp-asyncio")``.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import attrs
import pytest

from tests.transports.cases import TransportCase

__all__ = ("WAYS", "Noted", "read_record")

WAYS: Final = {
    "aiohttp-asyncio": "aiohttp",
    "httpx2-asyncio": "httpx2",
    "httpx2-trio": "httpx2 on trio",
}
"""The ways to the wire by the ids of their cases, and how the page calls them."""

_RANK: Final = ("collected", "passed", "skipped", "failed")
_PROPERTY: Final = "fault"


@attrs.frozen
class Noted:
    """
    What a run says of one test.

    Attributes:
        test: Its file and name, without parameters.
        rows: The rows of the catalogue that it shows a part of.
        way: Its way to the wire; `None` if it does not depend on it.
        outcome: ``passed``, ``failed`` or ``skipped``; ``collected`` if it was not run.
    """

    test: str
    rows: tuple[int, ...]
    way: str | None
    outcome: str


def read_record(path: Path) -> tuple[Noted, ...]:
    """What a run has noted, in the order of the tests."""
    return tuple(
        Noted(each["test"], tuple(each["rows"]), each["way"], each["outcome"])
        for each in json.loads(path.read_text(encoding="utf-8"))
    )


def noted(item: pytest.Item) -> Noted | None:
    """What there is to note of a test before it runs; `None`: nothing."""
    marks = list(item.iter_markers("fault"))
    if not marks:
        return None
    rows = tuple(sorted({number for mark in marks for number in mark.args}))
    named = [mark.kwargs["way"] for mark in marks if "way" in mark.kwargs]
    way: str | None = named[0] if named else None
    case = getattr(item, "callspec", None) and item.callspec.params.get("case")  # type: ignore[attr-defined]
    if isinstance(case, TransportCase):
        way = case.name
    if way is not None and way not in WAYS:
        return None
    return Noted(item.nodeid.partition("[")[0], rows, way, "collected")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Say where to write."""
    parser.addoption("--fault-record", type=Path, help="where to note the rows of the catalogue")


def pytest_configure(config: pytest.Config) -> None:
    """Note what this process sees; with xdist, its workers send their reports here."""
    path = config.getoption("--fault-record")
    if path is not None:
        config.pluginmanager.register(_Recorder(path))


class _Recorder:
    """Collects reports, and writes them down in the end."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.found: dict[str, dict[str, Any]] = {}

    def pytest_collection_modifyitems(self, items: Sequence[pytest.Item]) -> None:
        """Have each report carry along what it is about."""
        for item in items:
            about = noted(item)
            if about is not None:
                item.user_properties.append((_PROPERTY, attrs.asdict(about)))
                self.found[item.nodeid] = attrs.asdict(about)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Of setup, call and teardown the worst counts."""
        about: Any = dict(report.user_properties).get(_PROPERTY)
        if about is None:
            return
        entry = self.found.setdefault(report.nodeid, about)
        if report.when == "call" or report.outcome != "passed":
            entry["outcome"] = max(entry["outcome"], report.outcome, key=_RANK.index)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Write it down; workers have reported to the process that started them."""
        if not hasattr(session.config, "workerinput"):
            text = json.dumps([self.found[name] for name in sorted(self.found)])
            self.path.write_text(text, encoding="utf-8")
