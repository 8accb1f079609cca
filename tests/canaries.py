"""
Looks for secrets in everything that the suite shows.

Every text that becomes a `Secret`, and every token and secret that a sandbox of this
process makes, is noted. What tests print, log, warn and report is searched for them, and so
is each of our errors when it dies: its text, its arguments, and the local variables of the
frames that it came through. A test that shows one fails.

The two places that make secrets, and the end of an error, are watched by wrapping a method
each. They have no hook of their own on purpose: a hook in the package would hand every
secret to whoever sets it.
"""

from __future__ import annotations

import functools
import gc
import logging
import re
import sys
import traceback
from collections import defaultdict
from collections.abc import Callable, Generator
from contextlib import suppress
from typing import Any, Final
from urllib.parse import quote

import pytest

from cronofy_async.core.errors import CronofyError, RequestParseError
from cronofy_async.core.secret import Secret
from cronofy_transports.sandbox.ids import Ids

__all__ = ("CanaryPlugin", "Watch")

MARK: Final = "canary"
SHORTEST: Final = 8
"""Characters of a value with `MARK` in it that is looked for."""
SHORTEST_MIXED: Final = 10
"""
Characters of any other, which has letters and digits.

Shorter ones, and those without digits, are words that turn up by chance.
"""
MOST_ERRORS: Final = 30
"""Errors of one test whose frames are looked at; some tests make thousands."""

# Whose frames may hold secrets: tests, which give them, and who plays the service.
_THEIRS: Final = re.compile(
    r"[/\\](tests|sandbox|demo|pytest_plugin|_pytest|pluggy|hypothesis|pytest_asyncio)[/\\]"
    r"|<(string|stdin)>|conftest\.py|test_[^/\\]*\.py"
)


class Watch:
    """
    Notes secrets and finds them in texts.

    Attributes:
        secrets: How many different ones were noted.
        outputs: How many texts were searched.
        errors: How many errors were among them.
        hits: Where one was found; the secret itself is not repeated.
        is_off: Whether the running test shows secrets on purpose.
    """

    def __init__(self) -> None:
        self.secrets = self.outputs = self.errors = 0
        self.hits: list[str] = []
        self.is_off = False
        self._by_beginning: defaultdict[str, set[str]] = defaultdict(set)
        self._errors_of_test = 0

    def note(self, value: Any) -> None:
        """Look for a value from now on, if it can be told from chance."""
        if not isinstance(value, str):
            return
        is_marked = MARK in value
        if not is_marked and not any(map(str.isdigit, value)):
            return
        # A letter many times over is what tests of long values take.
        if len(value) < (SHORTEST if is_marked else SHORTEST_MIXED) or len(set(value)) < 5:
            return
        known = self._by_beginning[value[:SHORTEST]]
        if value not in known:
            known.add(value)
            self.secrets += 1
            escaped = quote(value, safe="")
            self._by_beginning[escaped[:SHORTEST]].add(escaped)

    def look(self, text: str, where: str) -> None:
        """Search a text."""
        if self.is_off or not text:
            return
        self.outputs += 1
        by_beginning = self._by_beginning
        for place in range(len(text) - SHORTEST + 1):
            found = by_beginning.get(text[place : place + SHORTEST])
            if found and any(text.startswith(each, place) for each in found):
                line = text[text.rfind("\n", 0, place) + 1 : place][-60:]
                self.hits.append(f"{where}: {line!r}...")
                return

    def begin(self, *, is_off: bool) -> None:
        """Begin a test."""
        self.is_off, self._errors_of_test = is_off, 0

    def bury(self, error: BaseException) -> None:
        """Search an error that nobody needs any more."""
        if self.is_off or self._errors_of_test >= MOST_ERRORS:
            return
        self._errors_of_test += 1
        self.errors += 1
        name = type(error).__name__
        # An error may die at any moment: nothing may be raised from here.
        try:
            self.look(f"{error} {error!r} {error.args!r} {vars(error)!r}", name)
        except Exception as failure:
            self.hits.append(f"{name} cannot be shown: {type(failure).__name__}")
        if isinstance(error, RequestParseError):
            # Raised where the service reads what it is sent, and answered there.
            return
        for frame, _ in traceback.walk_tb(error.__traceback__):
            if not _THEIRS.search(frame.f_code.co_filename):
                for local, value in frame.f_locals.items():
                    # What is not made yet may have no repr.
                    with suppress(Exception):
                        self.look(repr(value), f"{name}, {local} of {frame.f_code.co_name}")


def _if_of_vault(token: str) -> str | None:
    """A token, if it was made for the sandbox's vault of tokens, three calls up."""
    return token if sys._getframe(3).f_globals["__name__"].endswith(".vault") else None


class _Handler(logging.Handler):
    """Searches log records, with their arguments and tracebacks."""

    def __init__(self, watch: Watch) -> None:
        super().__init__(logging.NOTSET)
        self._watch = watch

    def emit(self, record: logging.LogRecord) -> None:
        self._watch.look(f"{self.format(record)} {record.args!r}", f"log of {record.name}")


class CanaryPlugin:
    """
    Has a watch look at a session of pytest.

    Args:
        watch: The watch.
    """

    def __init__(self, watch: Watch) -> None:
        self.watch = watch
        self._handler = _Handler(watch)
        self._undo: list[Callable[[], None]] = []
        self._totals: dict[str, int] = defaultdict(int)
        self._late: list[str] = []
        self._sections: set[tuple[str, str]] = set()

    def pytest_configure(self) -> None:
        """Begin to watch."""
        watch = self.watch
        self._after(Secret, "__init__", lambda self_, result: watch.note(self_.reveal()))
        self._after(Ids, "client_secret", lambda self_, result: watch.note(result))
        # It is told who has asked: ids of applications, which are no secret, look alike.
        self._after(Ids, "token", lambda self_, result: watch.note(_if_of_vault(result)))
        setattr(CronofyError, "__del__", lambda error: watch.bury(error))  # noqa: B010 - it has none
        self._undo.append(lambda: delattr(CronofyError, "__del__"))
        logging.getLogger().addHandler(self._handler)

    def pytest_unconfigure(self) -> None:
        """Watch no more."""
        logging.getLogger().removeHandler(self._handler)
        while self._undo:
            self._undo.pop()()

    def _after(self, cls: type, name: str, look: Callable[[Any, Any], None]) -> None:
        original = getattr(cls, name)

        @functools.wraps(original)
        def watched(self_: Any, *args: Any, **kwargs: Any) -> Any:
            result = original(self_, *args, **kwargs)
            look(self_, result)
            return result

        setattr(cls, name, watched)
        self._undo.append(lambda: setattr(cls, name, original))

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Begin a test."""
        self.watch.begin(is_off=item.get_closest_marker("shows_secrets") is not None)
        self._sections.clear()

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_makereport(self) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Search what a test showed, and fail it if there is a secret."""
        report = yield
        watch = self.watch
        # An error and the frame in which a test keeps it hold each other.
        if report.when == "call":
            gc.collect(1)
        for title, content in report.sections:
            # Those of earlier phases come again.
            if (title, content) not in self._sections:
                self._sections.add((title, content))
                watch.look(content, title)
        watch.look(report.longreprtext, "report")
        if watch.hits:
            self._totals["hits"] += len(watch.hits)
            told = "a secret was shown:\n" + "\n".join(watch.hits)
            watch.hits = []
            if report.outcome == "passed":
                report.outcome, report.longrepr = "failed", told
            else:
                report.sections.append(("canaries", told))
        return report

    def pytest_warning_recorded(self, warning_message: Any, nodeid: str) -> None:
        """Search a warning, which is told of when its test is over."""
        self.watch.look(str(warning_message.message), f"warning of {nodeid}")

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Fail a session with hits, and hand the numbers to the process that reports."""
        watch = self.watch
        gc.collect()
        self._late += watch.hits
        numbers = {"secrets": watch.secrets, "outputs": watch.outputs, "errors": watch.errors}
        self._add({**numbers, "hits": len(watch.hits)})
        output = getattr(session.config, "workeroutput", None)
        if output is not None:
            output["canaries"], output["late canaries"] = dict(self._totals), self._late
        if self._totals["hits"] and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Take another process's numbers."""
        output = getattr(node, "workeroutput", {})
        self._add(output.get("canaries", {}))
        self._late += output.get("late canaries", [])

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Tell the numbers."""
        found = self._totals
        for each in self._late:
            terminalreporter.write_line(f"a secret was shown: {each}")
        terminalreporter.write_line(
            f"canaries: {found['secrets']} secrets looked for in {found['outputs']} outputs, "
            f"{found['errors']} of them errors: {found['hits']} hits"
        )

    def _add(self, numbers: dict[str, int]) -> None:
        for name, number in numbers.items():
            self._totals[name] += number
