"""Trying mutants: the tests are loaded once, and each mutant has a forked process to itself."""

from __future__ import annotations

import ast
import gc
import importlib.abc
import importlib.machinery
import os
import pickle
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any, Final, Literal

import pytest
from hypothesis import settings

from .mutants import Mutant, codes

__all__ = ("OPTIONS", "PROFILE", "ROOT", "Result", "Trial", "afresh", "preload")

ROOT: Final = Path(__file__).parents[2]
OPTIONS: Final = (
    "-q",
    "-s",
    "--timeout=0",
    "--hypothesis-profile=mutants",
    # Hypothesis is imported before pytest is, for the profile.
    "-Wignore::pytest.PytestAssertRewriteWarning",
    "-pno:cacheprovider",
    # On the other event loop the modules' lines are the same.
    "-knot trio",
)
PROFILE: Final[dict[str, Any]] = {
    "max_examples": 20,
    "database": None,
    "derandomize": True,
    "deadline": None,
}
_OTHERS: Final = (
    "aiohttp.web",
    "anyio.pytest_plugin",
    "cattrs.preconf.json",
    "cryptography.fernet",
    "httpx2",
    "hypothesis.stateful",
    "msgspec",
    "pytest_asyncio.plugin",
    "redis.asyncio",
    "trio",
    "xdist",
)
_LONGEST: Final = 5.0
"""Tests that take longer are left out."""
_SPARE: Final = 3.0
"""Seconds that a test may take beyond three times what it takes while it is measured."""

Result = Literal["killed", "timeout", "survived", "not run"]

Covered = dict[str, tuple[float, frozenset[int]]]
"""The tests: how long each takes, and which lines of the module it runs."""


class Trial:
    """
    A plugin of pytest that runs the collected tests again and again, with each mutant.

    Args:
        path: The module.
        found: Its mutants, whose changes are in the bodies of functions.
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
        if not names:
            return "not run"
        names.sort(key=lambda name: covered[name][0])
        chosen = {item.nodeid: item for item in session.items}
        items = [chosen[name] for name in names]
        limits = [_SPARE + 3 * covered[name][0] for name in names]

        def run() -> str:
            _exchange_code(self._path, mutant.tree, functions)
            return _first_failure(session, items, limits)

        failed = _forked(run, sum(limits))
        if failed is None:
            return "timeout"
        return "killed" if failed else "survived"


def _functions(path: Path) -> list[FunctionType]:
    # The collector does not list what a session of tests has set aside.
    gc.unfreeze()
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
        if changed is not None:
            function.__code__ = changed


def _first_failure(
    session: pytest.Session, items: list[pytest.Item], limits: list[float] | None = None
) -> str:
    """Run tests until one fails; its name. A test that takes longer than allowed ends it all."""
    failed: list[str] = []

    class Watch:
        @pytest.hookimpl
        def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
            if report.failed:
                failed.append(report.nodeid)

    session.config.pluginmanager.register(Watch())
    for number, (item, following) in enumerate(zip(items, [*items[1:], None], strict=True)):
        if limits is not None:
            # Nobody catches this signal, so that the process dies of it.
            signal.setitimer(signal.ITIMER_REAL, limits[number])
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
        done = status = 0
        while not done and time.monotonic() < end:
            done, status = os.waitpid(child, os.WNOHANG)
            time.sleep(0.002)
        with suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)
        if not done:
            os.waitpid(child, 0)
        if not done or os.WIFSIGNALED(status):
            return None
        file.seek(0)
        return pickle.load(file)


# Loaded fresh ------------------------------------------------------------------------


class _Loader(importlib.machinery.SourceFileLoader):
    """Loads a mutant in place of the module."""

    def __init__(self, name: str, path: str, code: CodeType) -> None:
        super().__init__(name, path)
        self._code = code

    def get_code(self, fullname: str) -> CodeType:
        return self._code


class _Finder(importlib.abc.MetaPathFinder):
    """Finds the mutant where the module is looked for."""

    def __init__(self, path: Path, tree: ast.Module) -> None:
        self._path = str(path)
        self._code = compile(tree, self._path, "exec", dont_inherit=True)

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> Any:
        del target
        found = importlib.machinery.PathFinder.find_spec(fullname, path)
        if found is None or found.origin != self._path:
            return None
        found.loader = _Loader(fullname, self._path, self._code)
        return found


def afresh(path: Path, tree: ast.Module, tests: list[str], limit: float = 300) -> Result:
    """
    Try a change that counts when the module is loaded, in a process that has not loaded it.

    Whoever calls this must not have loaded it either. *limit* is in seconds.
    """

    def run() -> int:
        sys.meta_path.insert(0, _Finder(path, tree))
        settings.register_profile("mutants", **PROFILE)
        return int(pytest.main([*OPTIONS, "-x", *tests]))

    code = _forked(run, limit)
    if code is None:
        return "timeout"
    return "killed" if code else "survived"


def preload() -> None:
    """Load what the tests load of others, so that each fork has it."""
    for name in _OTHERS:
        with suppress(ImportError):
            importlib.import_module(name)
