"""What every test can rely on."""

from __future__ import annotations

import gc
import inspect
import signal
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from .canaries import CanaryPlugin, Watch
from .faults.never import nothing_stays, watched

# Two slow cores are shared with other work: a deadline would measure that, not us.
settings.register_profile(
    "default", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.register_profile("quick", settings.get_profile("default"), max_examples=20)
settings.register_profile("thorough", settings.get_profile("default"), max_examples=1000)
settings.load_profile("default")

# A shell has its background jobs ignore Ctrl-C, and programs that they start as well.
signal.signal(signal.SIGINT, signal.default_int_handler)

LASTING = ("cronofy_async", "Trio thread", "AnyIO worker thread")
"""How threads are named that outlive a test on purpose: our one loop, and spare workers."""


WATCH = Watch()


def pytest_configure(config: pytest.Config) -> None:
    """Look for secrets in all that tests show."""
    config.pluginmanager.register(CanaryPlugin(WATCH), "canaries")


def pytest_collection_finish() -> None:
    """
    Have the collector pass over all that is there to stay.

    Many tests have garbage collected: half a second each, if what was loaded is looked at.
    """
    gc.collect()
    gc.freeze()


@pytest.fixture
def capsys(capsys: pytest.CaptureFixture[str]) -> pytest.CaptureFixture[str]:
    """As ever, but what a test takes is searched for secrets too."""
    return _searched(capsys)


@pytest.fixture
def capfd(capfd: pytest.CaptureFixture[str]) -> pytest.CaptureFixture[str]:
    """The same."""
    return _searched(capfd)


def _searched(capture: pytest.CaptureFixture[str]) -> pytest.CaptureFixture[str]:
    take = capture.readouterr

    def readouterr() -> Any:
        taken = take()
        WATCH.look("\n".join(taken), "output that was taken")
        return taken

    capture.readouterr = readouterr  # type: ignore[method-assign]  # of this one object
    return capture


@pytest.fixture(autouse=True)
def no_thread_is_left_behind() -> Iterator[None]:
    """Fail a test that leaves a thread running."""
    before = set(threading.enumerate())
    yield
    new = [
        thread
        for thread in threading.enumerate()
        if thread not in before and not thread.name.startswith(LASTING)
    ]
    for thread in new:
        thread.join(timeout=2)
    assert [] == [thread.name for thread in new if thread.is_alive()]


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the developer's own settings out of the tests."""
    for name in (
        "CLIENT_ID",
        "CLIENT_SECRET",
        "ACCESS_TOKEN",
        "REFRESH_TOKEN",
        "DATA_CENTER",
        "DATA_CENTRE",
        "API_URL",
        "APP_URL",
        "ADMIN_API_KEY",
    ):
        monkeypatch.delenv(f"CRONOFY_{name}", raising=False)


@pytest.fixture(autouse=True)
def nothing_comes_of_a_fault(request: pytest.FixtureRequest) -> Iterator[None]:
    """Hold tests of the catalogue of faults to what must never come of one."""
    if request.node.get_closest_marker("fault") is None:
        yield
        return
    if inspect.iscoroutinefunction(request.node.obj):
        request.node.obj = watched(request.node.obj)
    yield from nothing_stays(request.node)
