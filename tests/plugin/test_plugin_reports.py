"""What the plugin says of tests that fail, and what it fails them for."""

from __future__ import annotations

from pathlib import Path

import pytest

# Loaded before suites run in this process, which else would load each anew.
from cronofy_transports.pytest_plugin import accounts, app, faults, webhooks
from cronofy_transports.sandbox import app as answering

pytest_plugins = ("pytester",)

LOADED = (accounts, answering, app, faults, webhooks)


@pytest.fixture(autouse=True)
def _settled(pytester: pytest.Pytester) -> None:
    """In every suite, pytest-asyncio has nothing to complain about."""
    pytester.makeini("[pytest]\nasyncio_default_fixture_loop_scope = function\n")


@pytest.mark.shows_secrets
def test_a_failure_shows_the_journal(pytester: pytest.Pytester) -> None:
    """The latest requests and callbacks stand beside a failure, without secrets."""
    pytester.makepyfile(
        """
        import pathlib

        def test_it(cronofy_app, cronofy_account, cronofy_webhooks, cronofy_faults):
            account = cronofy_account.client
            account.create_channel(callback_url=cronofy_webhooks.url)
            cronofy_webhooks.wait_for("verification")
            for number in range(30):
                account.list_calendars()
            cronofy_faults.add("status", status=422)
            secrets = (cronofy_app.client_secret, *cronofy_account.tokens.values())
            pathlib.Path("secrets").write_text(" ".join(secrets))
            account.list_profiles()
        """
    )
    result = pytester.runpytest_inprocess("--showlocals")
    shown = result.stdout.str().partition("cronofy sandbox: journal")[2]
    secrets = Path("secrets").read_text(encoding="utf-8").split()

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "*cronofy sandbox: journal*",
            "... and 12 before them",
            "  13 GET    /v1/calendars  200  ListCalendars",
            "  32 GET    /v1/profiles  422  ListProfiles  fault: status",
            "*cronofy sandbox: callbacks*",
            "200  verification",
        ]
    )
    assert 3 == len(secrets)
    assert not [each for each in secrets if each in shown]


def test_other_reports_show_none(pytester: pytest.Pytester) -> None:
    """A test that passes, or that does not use the sandbox, has no such section."""
    pytester.makepyfile(
        """
        def test_it(cronofy_app, cronofy_account):
            assert cronofy_account.client.list_calendars()

        def test_no():
            assert False
        """
    )
    result = pytester.runpytest_inprocess("-rA")

    result.assert_outcomes(passed=1, failed=1)
    result.stdout.no_fnmatch_line("*cronofy sandbox*")


def test_a_fault_of_the_sandbox_s_own_fails_the_test(pytester: pytest.Pytester) -> None:
    """A request at which the sandbox itself fails is an error, even if nobody looks at it."""
    pytester.makepyfile(
        """
        import pytest
        from cronofy_async import CronofyError, RetryPolicy

        def test_it(cronofy_account):
            account = cronofy_account.client.with_options(retry=RetryPolicy(attempts=1))
            cronofy_account.app.sandbox.sandbox.world.vault = None
            with pytest.raises(CronofyError):
                account.list_calendars()

        def test_told(cronofy_account, cronofy_faults):
            account = cronofy_account.client.with_options(retry=RetryPolicy(attempts=1))
            cronofy_faults.add("status", status=500)
            with pytest.raises(CronofyError):
                account.list_calendars()
        """
    )
    result = pytester.runpytest_inprocess()

    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines(["*the sandbox itself failed*", "*GET    /v1/calendars  500*"])


def test_what_is_not_to_be_believed_fails_the_test(pytester: pytest.Pytester) -> None:
    """A callback without a valid signature is an error."""
    pytester.makepyfile(
        """
        import urllib.error, urllib.request
        import pytest

        def test_it(cronofy_webhooks):
            with pytest.raises(urllib.error.HTTPError, match="401"):
                urllib.request.urlopen(cronofy_webhooks.url, b"{}")
        """
    )
    result = pytester.runpytest_inprocess()

    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*callbacks came that are not to be believed: no signature*"])


def test_what_comes_too_late_is_told(pytester: pytest.Pytester) -> None:
    """A callback to the address of a test that is over is refused, and told of in the end."""
    pytester.makepyfile(
        """
        import urllib.error, urllib.request
        import pytest

        URLS = []

        def test_first(cronofy_webhooks):
            URLS.append(cronofy_webhooks.url)

        def test_second(cronofy_webhooks):
            with pytest.raises(urllib.error.HTTPError, match="410"):
                urllib.request.urlopen(URLS[0], b"{}")
        """
    )
    result = pytester.runpytest_inprocess("-W", "default")

    result.assert_outcomes(passed=2, warnings=1)
    result.stdout.fnmatch_lines(["*callbacks of *::test_first came after it had ended*"])


def test_what_is_on_its_way_at_the_end_is_not_late(pytester: pytest.Pytester) -> None:
    """A test need not wait for the callbacks that it causes."""
    pytester.makepyfile(
        """
        import pytest

        @pytest.mark.parametrize("number", range(10))
        def test_it(number, cronofy_account, cronofy_webhooks):
            cronofy_account.client.create_channel(callback_url=cronofy_webhooks.url)
        """
    )
    result = pytester.runpytest_inprocess("-W", "default")

    result.assert_outcomes(passed=10, warnings=0)


def test_faults_end_with_their_test(pytester: pytest.Pytester) -> None:
    """Whoever uses the server after a test, with no world of its own, meets no fault of it."""
    pytester.makepyfile(
        """
        from cronofy_async import Cronofy

        def test_first(cronofy_faults):
            cronofy_faults.add("status", status=422)

        def test_second(cronofy_server, monkeypatch):
            for name, value in cronofy_server.env.items():
                monkeypatch.setenv(name, value)
            with Cronofy() as cronofy:
                cronofy.upsert_application_calendar(application_calendar_id="room")
        """
    )
    result = pytester.runpytest_inprocess()

    result.assert_outcomes(passed=2)
