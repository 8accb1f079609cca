"""The search for secrets in what the suite shows finds one that is planted."""

from __future__ import annotations

from pathlib import Path

import pytest

from ..canaries import Watch

pytest_plugins = ("pytester",)

ROOT = Path(__file__).parents[2]

LEAKS = {
    "printed": "print(SECRET.reveal())",
    "written as an error": "sys.stderr.write(SECRET.reveal())",
    "taken from the capture": "print(SECRET.reveal()); capsys.readouterr()",
    "logged": "logging.getLogger('x').error('%s', [SECRET.reveal()])",
    "an argument of a log": "logging.getLogger('x').error('hidden', {'a': SECRET.reveal()})",
    "in an error": "fail(SECRET.reveal())",
    "in an attribute of an error": "fail('', note=SECRET.reveal())",
    "beside an error": "deeper(SECRET.reveal())",
    "quoted": "print(quote(ODD.reveal(), safe=''))",
    "of the sandbox": "print(Sandbox().accounts()[0]['refresh_token'])",
    "the sandbox's own": "print(Sandbox().client_secret)",
}

PLANTED = """
import logging, sys, warnings
from contextlib import suppress
from urllib.parse import quote
import pytest
from cronofy_async import CronofyError, Secret
from cronofy_transports.sandbox import Sandbox

SECRET = Secret("planted-0123456789abcdef")
ODD = Secret("planted/0123456789+abcdef=")

def fail(text, **attributes):
    with suppress(CronofyError):
        error = CronofyError(text)
        vars(error).update(attributes)
        raise error

namespace = {{"CronofyError": CronofyError}}
exec(compile(
    "def show(local): raise CronofyError('hidden')", "/site/http_library.py", "exec"
), namespace)

def deeper(text):
    with suppress(CronofyError):
        namespace["show"](text)

{mark}
def test_leak(capsys):
    {leak}

def test_none(capsys):
    print(SECRET)
    fail(repr(SECRET))
    deeper(SECRET)
"""

CONFTEST = """
from tests.conftest import WATCH, capsys, pytest_configure
"""


@pytest.fixture
def suite(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A suite that is watched as ours is, in a process of its own."""
    monkeypatch.setenv("PYTHONPATH", f"{ROOT}:{ROOT / 'transports'}")
    pytester.makeconftest(CONFTEST)
    pytester.makeini(
        "[pytest]\nasyncio_default_fixture_loop_scope = function\n"
        "markers = shows_secrets: on purpose\n"
    )
    return pytester


def test_a_leak_fails_its_test(suite: pytest.Pytester) -> None:
    """Wherever a secret is shown, that test fails and no other, unless a mark allows it."""
    for number, leak in enumerate(LEAKS.values()):
        suite.makepyfile(**{f"test_{number}": PLANTED.format(mark="", leak=leak)})
    mark = "@pytest.mark.shows_secrets('the point')"
    suite.makepyfile(test_on_purpose=PLANTED.format(mark=mark, leak=LEAKS["printed"]))
    result = suite.runpytest_subprocess("-p", "no:cacheprovider", "--strict-markers")

    result.assert_outcomes(failed=len(LEAKS), passed=len(LEAKS) + 2)
    reports = result.stdout.str().partition("= FAILURES =")[2].partition("canaries: ")[0]
    assert len(LEAKS) == reports.count("a secret was shown:")


def test_a_leak_that_is_told_of_late_fails_the_session(suite: pytest.Pytester) -> None:
    """Its test is over when a warning is told of: its name is told, and pytest fails."""
    suite.makepyfile(PLANTED.format(mark="", leak="warnings.warn(SECRET.reveal())"))
    result = suite.runpytest_subprocess("-p", "no:cacheprovider", "-k", "test_leak")

    result.assert_outcomes(passed=1, warnings=1)
    result.stdout.fnmatch_lines(["a secret was shown: warning of *::test_leak*", "*: 1 hits"])
    assert pytest.ExitCode.TESTS_FAILED == result.ret


@pytest.mark.slow
def test_a_leak_is_told_by_every_process(suite: pytest.Pytester) -> None:
    """The numbers of several workers are added up."""
    for number in range(2):
        suite.makepyfile(**{f"test_{number}": PLANTED.format(mark="", leak=LEAKS["in an error"])})
    result = suite.runpytest_subprocess("-n", "2", "-p", "no:cacheprovider")

    result.assert_outcomes(failed=2, passed=2)
    result.stdout.fnmatch_lines(["canaries: * secrets looked for in *: 2 hits"])


@pytest.mark.parametrize(
    ("value", "looked_for"),
    [
        ("canary-x", True),
        ("canary", False),
        ("tok-90ab12", True),
        ("tok-1", False),
        ("access_token", False),
        ("only_letters_but_many", False),
    ],
)
def test_what_could_turn_up_by_chance_is_not_looked_for(value: str, looked_for: bool) -> None:
    """Common words are no evidence; give tests secrets with ``canary`` in them."""
    watch = Watch()
    watch.note(value)
    watch.look(f"before {value} after", "here")

    assert [f"here: {'before '!r}..."] * looked_for == watch.hits
