"""Every program in the README, in the docs and in examples/ runs, against the sandbox."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from cronofy_async import Cronofy
from cronofy_async.callbacks import sign
from cronofy_transports.sandbox import Sandbox, run_in_thread

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
PROGRAMS = re.findall(r"^```python\n(.*?)^```", README, re.DOTALL | re.MULTILINE)

# The shorter examples stand in the middle of a program; this is its beginning.
PRELUDE = """
from cronofy_async import AsyncCronofy, Cronofy
import os
cronofy = Cronofy()
account = cronofy.account()
client_secret = os.environ["CRONOFY_CLIENT_SECRET"]
raw_body = os.environ["EXAMPLE_BODY"].encode()
headers = {"Cronofy-HMAC-SHA256": os.environ["EXAMPLE_SIGNATURE"]}
"""
BODY = (
    '{"notification": {"type": "change", "changes_since": "2030-01-01T00:00:00Z"},'
    ' "channel": {"channel_id": "chn_1", "callback_url": "https://a.example", "filters": {}}}'
)


@pytest.fixture(scope="module")
def environment() -> Iterator[dict[str, str]]:
    """What the programs find in their environment: a sandbox, and an account in it."""
    sandbox = Sandbox(seed=5)
    with run_in_thread(sandbox) as urls:
        account = sandbox.accounts()[0]
        with Cronofy(sandbox.client_id, sandbox.client_secret, api_url=urls.api_url) as cronofy:
            room = cronofy.upsert_application_calendar(application_calendar_id="room")
            token = account["access_token"]
            profile = cronofy.account(access_token=token).list_profiles()[0]
        assert room.sub is not None
        yield {
            "CRONOFY_API_URL": urls.api_url,
            "CRONOFY_CLIENT_ID": sandbox.client_id,
            "CRONOFY_CLIENT_SECRET": sandbox.client_secret,
            "CRONOFY_ACCESS_TOKEN": account["access_token"],
            "CRONOFY_REFRESH_TOKEN": account["refresh_token"],
            "EXAMPLE_BODY": BODY,
            "EXAMPLE_SIGNATURE": sign(BODY.encode(), sandbox.client_secret),
            "EXAMPLE_SUB": account["sub"],
            "EXAMPLE_ROOM": room.sub,
            "EXAMPLE_PROFILE": profile.profile_id,
        }


def adapt(program: str, environment: dict[str, str]) -> str:
    """Put the sandbox and its ids in the place of the README's."""
    program = program.replace('AsyncCronofy(data_center="de")', "AsyncCronofy()")
    program = re.sub(r"acc_[0-9a-f]{24}", environment["EXAMPLE_SUB"], program)
    program = re.sub(r"apc_[0-9a-f]{24}", environment["EXAMPLE_ROOM"], program)
    program = re.sub(r"pro_[0-9a-z]+", environment["EXAMPLE_PROFILE"], program)
    program = program.replace(
        'access_token="..."', f'access_token="{environment["CRONOFY_ACCESS_TOKEN"]}"'
    )
    program = program.replace(
        ', refresh_token="..."', f', refresh_token="{environment["CRONOFY_REFRESH_TOKEN"]}"'
    )
    return program


def run(
    arguments: list[str], environment: dict[str, str], cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a program in an interpreter of its own."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=30,
        env={**os.environ, **environment, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )


@pytest.mark.slow
@pytest.mark.parametrize("number", range(len(PROGRAMS)))
def test_the_programs_run(number: int, environment: dict[str, str]) -> None:
    """A program of the README ends well when it is run as it stands."""
    program = textwrap.dedent(adapt(PROGRAMS[number], environment))
    begins = program.startswith(("import", "from")) and "with" in program
    done = run(["-c", program if begins else PRELUDE + program], environment)

    assert (0, "") == (done.returncode, done.stderr)


@pytest.mark.slow
@pytest.mark.parametrize(
    "example",
    # A service does not end: it has tests of its own.
    [each for each in sorted((ROOT / "examples").glob("*.py")) if "service" not in each.stem],
    ids=lambda path: path.stem,
)
def test_the_examples_run(example: Path, environment: dict[str, str]) -> None:
    """An example ends well, and prints what it found."""
    done = run([str(example)], environment)

    assert (0, "") == (done.returncode, done.stderr)
    assert done.stdout


@pytest.mark.slow
def test_the_example_of_many_accounts_runs_awaited(environment: dict[str, str]) -> None:
    """It reads everyone's events in both ways."""
    example = ROOT / "examples" / "read_everyone.py"
    done = run([str(example), "--async"], environment)

    assert (0, "") == (done.returncode, done.stderr)
    assert "6000 events of 200 accounts" in done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("name", ["sandbox", "reliability", "fanout", "mirror", "booking"])
def test_the_programs_of_a_page_run(name: str, environment: dict[str, str]) -> None:
    """The programs of a page of the docs end well, one after the other."""
    page = (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8")
    programs = re.findall(r"^```python\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
    done = run(["-c", "\n".join(programs)], environment)

    assert len(programs) >= 2
    assert (0, "") == (done.returncode, done.stderr)


@pytest.mark.slow
def test_the_programs_of_the_tokens_page_run(environment: dict[str, str], tmp_path: Path) -> None:
    """The programs of the page about tokens end well, one after the other."""
    page = (ROOT / "docs" / "tokens.md").read_text(encoding="utf-8")
    programs = re.findall(r"^```python\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
    assert len(programs) >= 4
    done = run(["-c", "\n".join(programs)], environment, tmp_path)

    assert (0, "") == (done.returncode, done.stderr)
    assert 0o700 == (tmp_path / "private").stat().st_mode & 0o777


TESTING = (ROOT / "docs" / "testing.md").read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_suite_of_the_page_about_testing_passes(tmp_path: Path) -> None:
    """The modules of the page about testing, put into one folder, are a suite that passes."""
    modules = re.findall(r"^```python\n# (\w+\.py)\n(.*?)^```", TESTING, re.DOTALL | re.MULTILINE)
    for name, program in modules:
        (tmp_path / name).write_text(program, encoding="utf-8")
    done = run(
        ["-m", "pytest", "-q", "-p", "no:cacheprovider", f"--rootdir={tmp_path}", str(tmp_path)], {}
    )
    tests = "".join(program for _, program in modules).count("def test_")

    assert TESTING.count("```python\n") == len(modules)
    # The one for anyio runs on each of its loops.
    assert f"{tests + 1} passed" in done.stdout, done.stdout


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("curl") is None, reason="no curl is installed")
def test_the_commands_of_the_page_about_testing_run(tmp_path: Path) -> None:
    """The commands for other languages are all carried out."""
    (commands,) = re.findall(r"^```sh\n(.*?)^```", TESTING, re.DOTALL | re.MULTILINE)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = str(taken.getsockname()[1])
    program = commands.replace("8080", port).replace("python -m", f"'{sys.executable}' -m")
    done = subprocess.run(
        ["bash", "-euc", f"cd '{tmp_path}'\n{program}"],
        capture_output=True,
        text=True,
        timeout=30,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )

    assert (0, "") == (done.returncode, done.stderr)
    assert 5 == done.stdout.count('"result"')


def test_there_are_programs() -> None:
    """The README shows both doors."""
    assert len(PROGRAMS) >= 4
    assert any("AsyncCronofy(" in program for program in PROGRAMS)
    assert any("with Cronofy(" in program for program in PROGRAMS)


@pytest.mark.parametrize("target", re.findall(r"\]\((?!http)([^)#]+)\)", README))
def test_links_lead_somewhere(target: str) -> None:
    """Every file that the README links to is there."""
    assert (ROOT / target).exists()
