"""
The sandbox as pytest fixtures.

Installing the package is all the set-up there is: pytest finds the plugin, which is
named ``cronofy``, by itself. The fixtures are plain functions over a server in a thread
of its own, so they serve tests with and without an event loop, whoever runs it.

Each test has a world of its own, with the same ids in each run and no people in it but
those that it asks for. A mark says otherwise::

    @pytest.mark.cronofy(now=datetime(2030, 1, 7, 9, tzinfo=UTC), people=True)

The classes of the fixtures, for annotations, can be imported from here.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

import pytest

# Nothing else is imported before a fixture is used: every suite of whoever installed the
# package loads this module, and before measuring of coverage begins.

if TYPE_CHECKING:
    from .accounts import CronofyAccount as CronofyAccount
    from .accounts import CronofyAccounts as CronofyAccounts
    from .app import CronofyApp as CronofyApp
    from .clock import CronofyClock as CronofyClock
    from .faults import CronofyFaults as CronofyFaults
    from .served import CronofySandbox as CronofySandbox
    from .server import CronofyServer as CronofyServer
    from .webhooks import CronofyWebhooks as CronofyWebhooks
    from .webhooks import ReceivedWebhook as ReceivedWebhook

__all__ = (
    "CronofyAccount",
    "CronofyAccounts",
    "CronofyApp",
    "CronofyClock",
    "CronofyFaults",
    "CronofySandbox",
    "CronofyServer",
    "CronofyWebhooks",
    "ReceivedWebhook",
)

_LATER = {
    "CronofyAccount": "accounts",
    "CronofyAccounts": "accounts",
    "CronofyApp": "app",
    "CronofyClock": "clock",
    "CronofyFaults": "faults",
    "CronofySandbox": "served",
    "CronofyServer": "server",
    "CronofyWebhooks": "webhooks",
    "ReceivedWebhook": "webhooks",
}

_MARK = (
    "cronofy(seed, people, world, choices, now): the world of a test: the seed of its ids, "
    "whether it has the three people of the demo, a description of what it has instead, the "
    "Choices of its sandbox, and the moment at which its clock stands still."
)


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_LATER[name]}"), name)


# What pytest calls ----------------------------------------------------------------------


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare what can stand in the configuration file."""
    parser.addini(
        "cronofy_seed", "Another number gives other ids and secrets in every test.", default="0"
    )
    parser.addini(
        "cronofy_people",
        "Whether worlds begin with the three people of the demo.",
        type="bool",
        default=False,
    )


def pytest_configure(config: pytest.Config) -> None:
    """Declare the mark."""
    config.addinivalue_line("markers", _MARK)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show what the sandbox was asked for beside the failure of a test that used it."""
    outcome = yield
    if outcome.failed and "cronofy_sandbox" in getattr(item, "fixturenames", ()):
        from .report import describe

        outcome.sections.extend(describe(item))
    return outcome


# The fixtures ---------------------------------------------------------------------------


@pytest.fixture(scope="session")
def cronofy_server(pytestconfig: pytest.Config) -> Generator[CronofyServer]:
    """
    The server of all tests of this process: where it is, and the application's credentials.

    They stay the same, so that an application that is made once can be given them. It is
    the other fixtures that give each test a world of its own.
    """
    from .server import running

    with running(pytestconfig) as server:
        yield server


@pytest.fixture
def cronofy_sandbox(
    request: pytest.FixtureRequest, cronofy_server: CronofyServer
) -> Generator[CronofySandbox]:
    """
    The sandbox with a new world: its URLs, its control, its journal.

    The test fails if the sandbox itself failed at a request.
    """
    from .served import open_world

    with open_world(request.node, cronofy_server) as sandbox:
        yield sandbox


@pytest.fixture
def cronofy_app(cronofy_sandbox: CronofySandbox) -> Generator[CronofyApp]:
    """
    What your application needs: its settings, in its environment too, and clients.

    While the test runs, ``Cronofy()`` and ``AsyncCronofy()`` without arguments lead to the
    sandbox; other settings of the SDK are taken out of the environment.
    """
    from .app import settled

    with settled(cronofy_sandbox) as app:
        yield app


@pytest.fixture
def cronofy_accounts(cronofy_app: CronofyApp) -> CronofyAccounts:
    """Makes people who have authorized the application: ``cronofy_accounts(name="Ada")``."""
    from .accounts import CronofyAccounts

    return CronofyAccounts(cronofy_app)


@pytest.fixture
def cronofy_account(cronofy_accounts: CronofyAccounts) -> CronofyAccount:
    """Somebody with an empty calendar who has authorized the application."""
    return cronofy_accounts()


@pytest.fixture
def cronofy_webhooks(
    request: pytest.FixtureRequest, cronofy_sandbox: CronofySandbox
) -> Generator[CronofyWebhooks]:
    """
    A receiver of callbacks: verifies, reads and collects them.

    The test fails if one comes that is not signed, or that cannot be read.
    """
    from .webhooks import receiving

    with receiving(request.node, cronofy_sandbox) as webhooks:
        yield webhooks


@pytest.fixture
def cronofy_faults(cronofy_sandbox: CronofySandbox) -> CronofyFaults:
    """What goes wrong with the service and the network; nothing does after the test."""
    from .faults import CronofyFaults

    return CronofyFaults(cronofy_sandbox)


@pytest.fixture
def cronofy_clock(cronofy_sandbox: CronofySandbox) -> CronofyClock:
    """The sandbox's time; that of the machine until it is moved or stopped."""
    return cronofy_sandbox.clock
