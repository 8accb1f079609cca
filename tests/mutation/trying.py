"""Trying mutants: the tests are loaded once, and each mutant has a forked process to itself."""

from __future__ import annotations

import ast
import gc
import os
import pickle
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any, Final, Literal

import pytest

from .mutants import Mutant, codes

__all__ = ("Result", "Trial")

ROOT: Final = Path(__file__).parents[2]
OPTIONS: Final = [
    "-q",
    "-s",
    "--timeout=0",
    "-p",
    "no:cacheprovider",
    "--hypothesis-profile=mutants",
]
PROFILE: Final[dict[str, Any]] = {"max_examples": 20, "database": None, "derandomize": True, "deadline": None}
_LONGEST: Final = 5.0
"""Tests that take longer are left out."""

Result = Literal["killed", "timeout", "survived", "not run"]

Covered = dict[str, tuple[float, frozenset[int]]]
"""The tests: how long each takes, and which lines of the module it runs."""


class Trial:
    """
    A plugin of pytest that runs the collected tests again and again, with each mutant.

    Args:
        path: The module.
        found: Its mutants.
        tell: Called with each mutant and what became of it.
    """

    def __init__(
        self, path: Path, found: list[Mutant], tell: Callable[[Mutant, Result], None]
    ) -> None:
        self._path, self._mutants, self._tell = path, found, tell
        self.error = ""

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Instead of running the tests once."""
        covered = _forked(lambda: _coverage(session, self._path), 600)
        if not isinstance(covered, dict):
            self.error = f"the tests fail without any mutant: {covered}"
            return True
        untouched = Mutant(0, 0, "", "", False, (), ast.parse(self._path.read_text()))
        if _afresh(self._path, untouched, session) != "survived":
            self.error = "the tests fail in a new interpreter without any mutant"
            return True
        quick = {name: each for name, each in covered.items() if each[0] <= _LONGEST}
        functions = _functions(self._path)
        for mutant in self._mutants:
            self._tell(mutant, self._try(session, quick, functions, mutant))
        return True

    def _try(
        self,
        session: pytest.Session,
        covered: Covered,
        functions: list[FunctionType],
        mutant: Mutant,
    ) -> Result:
        lines = set(mutant.lines)
        names = [name for name, (_, ran) in covered.items() if ran & lines]
        if mutant.is_local and not names:
            return "not run"
        if not mutant.is_local:
            return _afresh(self._path, mutant, session)
        names.sort(key=lambda name: covered[name][0])
        chosen = {item.nodeid: item for item in session.items}
        items = [chosen[name] for name in names]
        limit = 10 + 5 * sum(covered[name][0] for name in names)

        def run() -> str:
            _exchange_code(self._path, mutant.tree, functions)
            return _first_failure(session, items)

        failed = _forked(run, limit)
        if failed is None:
            return "timeout"
        return "killed" if failed else "survived"


def _functions(path: Path) -> list[FunctionType]:
    return [
        each
        for each in gc.get_objects()
        if isinstance(each, FunctionType) and each.__code__.co_filename == str(path)
    ]


def _exchange_code(path: Path, tree: ast.Module, functions: Iterable[FunctionType]) -> None:
    """Put the mutant's code into functions that are already in use."""
    code = compile(tree, str(path), "exec", dont_inherit=True)
    new: dict[tuple[str, int], CodeType] = {
        (each.co_qualname, each.co_firstlineno): each for each in codes(code)
    }
    for function in functions:
        old = function.__code__
        changed = new.get((old.co_qualname, old.co_firstlineno))
        if changed is not None and changed.co_freevars == old.co_freevars:
            function.__code__ = changed


def _first_failure(session: pytest.Session, items: list[pytest.Item]) -> str:
    """Run tests until one fails; its name."""
    failed: list[str] = []

    class Watch:
        @pytest.hookimpl
        def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
            if report.failed:
                failed.append(report.nodeid)

    session.config.pluginmanager.register(Watch())
    for item, following in zip(items, [*items[1:], None], strict=True):
        session.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if failed:
            return failed[0]
    return ""


def _coverage(session: pytest.Session, path: Path) -> Covered | str:
    """Run every test once, and note which lines it runs."""
    import coverage

    spans: dict[str, float] = {}
    measured = coverage.Coverage(data_file=None, include=[str(path)], config_file=False)
    measured.start()
    for item, following in zip(session.items, [*session.items[1:], None], strict=True):
        measured.switch_context(item.nodeid)
        began = time.perf_counter()
        failed = (
            _first_failure(session, [item]) if following is None else _run(session, item, following)
        )
        spans[item.nodeid] = time.perf_counter() - began
        if failed:
            return failed
    measured.stop()
    by_line = measured.get_data().contexts_by_lineno(str(path))
    lines: dict[str, set[int]] = {}
    for line, names in by_line.items():
        for name in names:
            lines.setdefault(name, set()).add(line)
    return {name: (span, frozenset(lines.get(name, ()))) for name, span in spans.items()}


def _run(session: pytest.Session, item: pytest.Item, following: pytest.Item | None) -> str:
    failed: list[str] = []

    class Watch:
        @pytest.hookimpl
        def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
            if report.failed:
                failed.append(f"{report.nodeid}\n{report.longreprtext}")

    watch = Watch()
    session.config.pluginmanager.register(watch)
    session.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
    session.config.pluginmanager.unregister(watch)
    return failed[0] if failed else ""


def _forked(work: Callable[[], Any], limit: float) -> Any:
    """Do some work in a process of its own; `None` if it takes too long or dies."""
    with tempfile.TemporaryFile() as file:
        child = os.fork()
        if child == 0:
            os.setsid()
            silent = os.open(os.devnull, os.O_WRONLY)
            os.dup2(silent, 1)
            os.dup2(silent, 2)
            try:
                pickle.dump(work(), file)
                file.flush()
            except BaseException as error:
                file.seek(0)
                pickle.dump(f"{type(error).__name__}: {error}", file)
                file.flush()
            os._exit(0)
        end = time.monotonic() + limit
        done = 0
        while not done and time.monotonic() < end:
            done, _ = os.waitpid(child, os.WNOHANG)
            time.sleep(0.002)
        with suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)
        if not done:
            os.waitpid(child, 0)
            return None
        file.seek(0)
        return pickle.load(file)


_HOOK: Final = """
import importlib.abc, importlib.machinery, pickle, sys
PATH = {path!r}
with open({pickled!r}, "rb") as file:
    CODE = compile(pickle.load(file), PATH, "exec", dont_inherit=True)

class Loader(importlib.machinery.SourceFileLoader):
    def get_code(self, fullname):
        return CODE

class Finder(importlib.abc.MetaPathFinder):
    def find_spec(self, fullname, path, target=None):
        found = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if found is not None and found.origin == PATH:
            found.loader = Loader(fullname, PATH)
            return found
        return None

sys.meta_path.insert(0, Finder())
import pytest
from hypothesis import settings
settings.register_profile("mutants", **{profile!r})
sys.exit(pytest.main([*{options!r}, "-x", *{tests!r}]))
"""


def _afresh(path: Path, mutant: Mutant, session: pytest.Session) -> Result:
    """Try a change that counts when the module is loaded: in a new interpreter."""
    tests = sorted({str(item.path) for item in session.items})
    with tempfile.NamedTemporaryFile(suffix=".tree") as file:
        pickle.dump(mutant.tree, file)
        file.flush()
        program = _HOOK.format(
            path=str(path), pickled=file.name, tests=tests, options=OPTIONS, profile=PROFILE
        )
        with subprocess.Popen(
            [sys.executable, "-c", program],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        ) as process:
            try:
                code = process.wait(180)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                return "timeout"
    return "killed" if code else "survived"
