"""The plugin in suites of others: under every mode and order, and what their reports say."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

# Loaded before suites run in this process, which else would load each anew.
from cronofy_transports.pytest_plugin import accounts, app, faults, webhooks
from cronofy_transports.sandbox import app as answering

pytest_plugins = ("pytester",)

LOADED = (accounts, answering, app, faults, webhooks)

# anyio warns by itself of what is tried here on purpose.
STRICT = """
[pytest]
addopts = -p no:cacheprovider --strict-markers
asyncio_default_fixture_loop_scope = function
filterwarnings =
    error
    ignore:AnyIO auto mode has been enabled
"""

SYNC = """
from cronofy_async import Cronofy

def test_sync(cronofy_app, cronofy_account):
    with Cronofy() as cronofy:
        assert cronofy.account(**cronofy_account.tokens).list_calendars()
"""

ASYNC = """
from datetime import UTC, datetime, timedelta
import pytest
from cronofy_async import AsyncCronofy

SOON = datetime.now(UTC).replace(microsecond=0) + timedelta(days=1)

{mark}
async def test_async{name}(cronofy_app, cronofy_account, cronofy_webhooks):
    async with AsyncCronofy() as cronofy:
        account = cronofy.account(**cronofy_account.tokens)
        await account.create_channel(callback_url=cronofy_webhooks.url)
        await cronofy_webhooks.wait_for_async("verification")
        cronofy_account.create_event("Dentist", SOON, SOON)
        await cronofy_webhooks.wait_for_async("change")
"""

MANY = """
import pytest
from cronofy_async import Cronofy

@pytest.mark.parametrize("number", range(8))
def test_world(number, cronofy_app, cronofy_account, cronofy_accounts):
    assert [cronofy_account.sub] == [each.sub for each in cronofy_accounts.existing()]
    print("world", number, cronofy_account.sub)
    with Cronofy() as cronofy:
        cronofy.upsert_application_calendar(application_calendar_id="room")
    assert 1 == len(cronofy_app.sandbox.journal)
"""


UNMARKED = ASYNC.format(mark="", name="")
MARKED = ASYNC.format(mark="@pytest.mark.asyncio", name="io") + ASYNC.format(
    mark="@pytest.mark.anyio", name="any"
)


def without(*plugins: str) -> list[str]:
    """The options that switch plugins off."""
    return [word for name in plugins for word in ("-p", f"no:{name}")]


@pytest.fixture(autouse=True)
def _strictly(pytester: pytest.Pytester) -> None:
    """In every suite, warnings are errors."""
    pytester.makeini(STRICT)


# Modes ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asyncio_mode", "anyio_mode", "suite", "passed"),
    [
        ("strict", "strict", MARKED, 4),
        ("auto", "strict", UNMARKED, 2),
        ("strict", "auto", UNMARKED, 3),
        # Here pytest-asyncio runs what anyio multiplies.
        ("auto", "auto", UNMARKED, 3),
    ],
)
def test_every_pair_of_modes_goes(
    pytester: pytest.Pytester, asyncio_mode: str, anyio_mode: str, suite: str, passed: int
) -> None:
    """Synchronous and asynchronous tests find the fixtures, whoever runs the latter."""
    pytester.makepyfile(SYNC + suite)
    modes = {"asyncio_mode": asyncio_mode, "anyio_mode": anyio_mode}
    options = [word for name, mode in modes.items() for word in ("-o", f"{name}={mode}")]
    result = pytester.runpytest_inprocess(*options)

    result.assert_outcomes(passed=passed)


def test_no_other_plugin_is_needed(pytester: pytest.Pytester) -> None:
    """Without plugins for asynchronous tests, the synchronous ones go."""
    pytester.makepyfile(SYNC)
    pytester.makeini("[pytest]\nfilterwarnings = error\n")
    result = pytester.runpytest_inprocess(*without("asyncio", "anyio"))

    result.assert_outcomes(passed=1)


@pytest.mark.parametrize("mode", ["prepend", "append", "importlib"])
def test_every_way_of_importing_tests_goes(pytester: pytest.Pytester, mode: str) -> None:
    """The fixtures are found however test modules are imported."""
    pytester.makepyfile(SYNC)
    result = pytester.runpytest_inprocess(f"--import-mode={mode}")

    result.assert_outcomes(passed=1)


def worlds(output: str) -> dict[str, str]:
    """The sub of the account of each test."""
    return dict(re.findall(r"world (\d) (acc_\w+)", output))


def test_any_order_goes(pytester: pytest.Pytester) -> None:
    """Each test has a world of its own in any order, and the same ids in each."""
    pytester.makepyfile(MANY)
    orders = ["--random-order-seed=1", "--random-order-seed=2"]
    results = [pytester.runpytest_inprocess("-s", "--random-order", each) for each in orders]
    found = [worlds(result.stdout.str()) for result in results]

    for result in results:
        result.assert_outcomes(passed=8)
    assert list(found[0]) != list(found[1])
    assert found[0] == found[1]
    assert 8 == len(set(found[0].values()))


@pytest.mark.slow
def test_several_processes_go(pytester: pytest.Pytester) -> None:
    """Each worker of xdist has a sandbox of its own."""
    pytester.makepyfile(MANY)
    others = ("anyio", "hypothesispytest", "pytest_cov", "random_order", "timeout")
    result = pytester.runpytest_subprocess("-n", "2", *without(*others))

    result.assert_outcomes(passed=8)


# What it costs those who do not use it --------------------------------------------------


def test_it_can_be_switched_off(pytester: pytest.Pytester) -> None:
    """Without the plugin there are neither fixtures nor the mark."""
    pytester.makepyfile(SYNC)
    result = pytester.runpytest_inprocess("-p", "no:cronofy")

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*fixture 'cronofy_app' not found*"])


def test_loading_it_loads_nothing_else() -> None:
    """Beside pytest, the plugin is one module in one package, until a fixture is used."""
    program = (
        "import sys, pytest; before = set(sys.modules); "
        "import cronofy_transports.pytest_plugin; "
        "print(*sorted(set(sys.modules) - before))"
    )
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, check=True)

    assert ["cronofy_transports", "cronofy_transports.pytest_plugin"] == done.stdout.split()


def test_a_suite_without_the_fixtures_loads_no_client(pytester: pytest.Pytester) -> None:
    """A suite that does not use the fixtures pays for neither the SDK nor a web server."""
    pytester.makepyfile(
        """
        import sys

        def test_nothing(request):
            assert request.config.pluginmanager.hasplugin("cronofy")
            assert not {"aiohttp", "attrs", "cronofy_async"} & sys.modules.keys()
        """
    )
    # These bring some of them along.
    result = pytester.runpytest_subprocess(*without("anyio", "hypothesispytest"))

    result.assert_outcomes(passed=1)


@pytest.mark.slow
def test_coverage_of_it_is_measured_all_the_same(pytester: pytest.Pytester) -> None:
    """What runs later is measured, although the plugin is loaded before measuring begins."""
    # In a new process, what is in a calendar can be asked before anything else is.
    pytester.makepyfile("def test_new(cronofy_account): assert [] == cronofy_account.events()")
    result = pytester.runpytest_subprocess(
        "--cov=cronofy_transports.pytest_plugin", "--cov-report=term"
    )

    result.assert_outcomes(passed=1)
    found = dict(re.findall(r"pytest_plugin\W(\w+)\.py .* (\d+)%", result.stdout.str()))
    assert {"__init__", "app", "server"} <= found.keys()
    # Of this one, what ran before is the declarations alone.
    assert int(found["app"]) > 80
    assert int(found["__init__"]) > 25


# Marks and configuration ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("mark", "complaint"),
    [
        ("sead=7", "*has sead: it takes seed, people, world, choices, now*"),
        ("7", "*has 7: it takes seed*"),
        ("seed='x'", "*seed 'x' is no whole number*"),
        ("now='2030-01-07'", "*now is '2030-01-07': give a datetime with its zone*"),
        ("choices=3", "*choices is 3: give Choices(...)*"),
    ],
)
def test_a_wrong_mark_says_what_to_do(pytester: pytest.Pytester, mark: str, complaint: str) -> None:
    """A mark with an unknown or wrong parameter is an error that names it."""
    pytester.makepyfile(
        f"import pytest\n@pytest.mark.cronofy({mark})\ndef test_it(cronofy_sandbox): pass\n"
    )
    result = pytester.runpytest_inprocess()

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([complaint])


def test_the_nearest_mark_counts_and_the_file_last(pytester: pytest.Pytester) -> None:
    """A test's own mark goes before that of its module, and any before the file."""
    pytester.makeini(STRICT + "cronofy_people = true\ncronofy_seed = 12\n")
    pytester.makepyfile(
        """
        import pytest

        def test_file(cronofy_accounts):
            assert 3 == len(cronofy_accounts.existing())

        @pytest.mark.cronofy(people=False)
        class TestMarked:
            def test_class(self, cronofy_accounts):
                assert [] == cronofy_accounts.existing()

            @pytest.mark.cronofy(people=True)
            def test_own(self, cronofy_accounts):
                assert 3 == len(cronofy_accounts.existing())
        """
    )
    pytester.runpytest_inprocess().assert_outcomes(passed=3)


def test_another_seed_gives_other_ids(pytester: pytest.Pytester) -> None:
    """The seed of the file changes the ids of all tests."""
    pytester.makepyfile(MANY)
    found = []
    for seed in (1, 2, 1):
        result = pytester.runpytest_inprocess("-s", "-o", f"cronofy_seed={seed}")
        found.append(worlds(result.stdout.str()))

    assert found[0] == found[2]
    assert not {*found[0].values()} & {*found[1].values()}


def test_an_application_may_be_made_once(pytester: pytest.Pytester) -> None:
    """An application that lasts for the session is given the settings of the server."""
    pytester.makepyfile(
        """
        import pytest
        from cronofy_async import Cronofy

        @pytest.fixture(scope="session")
        def application(cronofy_server):
            env = cronofy_server.env
            with Cronofy(
                env["CRONOFY_CLIENT_ID"],
                env["CRONOFY_CLIENT_SECRET"],
                api_url=env["CRONOFY_API_URL"],
            ) as cronofy:
                yield cronofy

        @pytest.mark.parametrize("number", range(2))
        def test_it(number, application, cronofy_account):
            assert application.account(**cronofy_account.tokens).list_calendars()
        """
    )
    pytester.runpytest_inprocess().assert_outcomes(passed=2)
