"""The sandbox while several threads use it."""

from __future__ import annotations

import sys
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from cronofy_async.core.wire import Request
from cronofy_transports.sandbox import Sandbox


@pytest.fixture
def hasty() -> Generator[None]:
    """Threads take turns as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("hasty")
def test_the_journal_can_be_searched_while_it_is_written() -> None:
    """A test in one thread looks for what an application in another one asks for."""
    sandbox, done = Sandbox(7), Event()

    def ask() -> None:
        while not done.is_set():
            sandbox.handle(Request("GET", "/v1/account"))

    with ThreadPoolExecutor(2) as threads:
        asking = [threads.submit(ask) for _ in range(2)]
        try:
            while len(sandbox.journal) < 500:
                assert [] == sandbox.journal.find(operation="Nothing")
        finally:
            done.set()
        assert [None, None] == [each.result() for each in asking]
