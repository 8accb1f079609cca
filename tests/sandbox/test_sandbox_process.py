"""The sandbox as a process of its own."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from cronofy_transports.sandbox.__main__ import main

from .fetching import fetch

ROOT = Path(__file__).parents[2]


@contextmanager
def process(*arguments: str) -> Generator[subprocess.Popen[str]]:
    """The sandbox as its own process."""
    path = os.pathsep.join([str(ROOT), str(ROOT / "transports")])
    running = subprocess.Popen(
        [sys.executable, "-m", "cronofy_transports.sandbox", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": path},
    )
    try:
        yield running
    finally:
        running.kill()
        running.communicate()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_process_says_once_that_it_is_ready_and_ends_when_told(number: signal.Signals) -> None:
    """One line of JSON with all that a program needs, then nothing, then exit status 0."""
    with process("--port", "0", "--ready-json", "--seed", "5") as running:
        assert running.stdout is not None
        ready = json.loads(running.stdout.readline())
        assert {"api_url", "app_url", "client_id", "client_secret", "accounts"} == set(ready)
        account = ready["accounts"][0]
        assert {"sub", "access_token", "refresh_token", "calendars"} == set(account)
        assert {"calendar_id", "calendar_name", "provider_name", "profile_id"} == set(
            account["calendars"][0]
        )
        headers = {"Authorization": f"Bearer {account['access_token']}"}
        status, _, body = fetch(f"{ready['api_url']}/v1/calendars", headers=headers)
        calendars = [each["calendar_id"] for each in json.loads(body)["calendars"]]
        assert 200 == status
        assert account["calendars"][0]["calendar_id"] == calendars[0]
        running.send_signal(number)
        rest, complaints = running.communicate(timeout=10)
        assert (0, "", "") == (running.returncode, rest, complaints)


def test_who_connects_right_after_the_ready_line_is_answered() -> None:
    """Several at once too: what serves them is loaded while they wait."""
    with process("--ready-json") as running:
        assert running.stdout is not None
        ready = json.loads(running.stdout.readline())
        address = ("127.0.0.1", urlsplit(ready["api_url"]).port)
        with ExitStack() as stack:
            waiting = [stack.enter_context(socket.create_connection(address)) for _ in range(5)]
            for each in waiting:
                each.sendall(b"GET /v1/calendars HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            for each in waiting:
                each.settimeout(10)
                assert each.recv(64).startswith(b"HTTP/1.1 401 ")


def test_a_process_is_ready_before_it_has_loaded_a_web_server() -> None:
    """Until then nobody could be answered, but everybody can connect."""
    program = (
        "import sys; import cronofy_transports.sandbox.__main__; "
        "print(*{'aiohttp', 'asyncio', 'sqlite3'} & sys.modules.keys())"
    )
    assert (
        "\n"
        == subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, check=True
        ).stdout
    )


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0.0.0.0"])
def test_a_process_listens_where_it_is_told_to(host: str) -> None:
    """A name stands for all of its addresses."""
    with process("--ready-json", "--host", host) as running:
        assert running.stdout is not None
        url = json.loads(running.stdout.readline())["api_url"]
        assert host == urlsplit(url).hostname
        assert 401 == fetch(f"{url}/v1/calendars")[0]


def ready_line(*arguments: str) -> dict[str, Any]:
    """What a process says when it is ready."""
    with process("--ready-json", *arguments) as running:
        assert running.stdout is not None
        said: dict[str, Any] = json.loads(running.stdout.readline())
        return said


def test_a_seeded_process_has_the_same_credentials() -> None:
    """Everything but the port is that of the seed; without a seed the secret is a new one."""
    first, second, random = ready_line("--seed", "9"), ready_line("--seed", "9"), ready_line()
    for name in ("client_id", "client_secret", "accounts"):
        assert first[name] == second[name] != random[name]


def test_a_process_tells_people_where_it_is() -> None:
    """Without --ready-json it prints what a person needs."""
    with process() as running:
        assert running.stdout is not None
        lines = [running.stdout.readline() for _ in range(6)]
        assert any("http://127.0.0.1:" in line for line in lines)
        assert any("client secret" in line for line in lines)


@pytest.mark.parametrize("port", ["99999", "65536", "-1", "x", "9" * 5000])
def test_a_port_that_is_none_is_said_in_a_sentence(
    port: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """It ends with status 2 before anything is started, and says which numbers are ports."""
    with pytest.raises(SystemExit) as ended:
        main([f"--port={port}"])
    complaints = capsys.readouterr().err
    assert 2 == ended.value.code
    assert complaints.endswith("is no port: give a number from 0 to 65535\n")


def test_a_process_that_cannot_listen_says_so() -> None:
    """A taken port is one sentence and exit status 1, and no traceback."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with process("--port", str(taken.getsockname()[1])) as running:
            out, complaints = running.communicate(timeout=10)
            assert (1, "") == (running.returncode, out)
            assert complaints.startswith("cannot listen on 127.0.0.1:")
            assert 1 == complaints.count("\n")


@pytest.mark.parametrize(("host", "is_open"), [("localhost", False), ("0.0.0.0", True)])
def test_a_process_warns_where_others_can_reach_it(host: str, is_open: bool) -> None:
    """Not of the names of this machine."""
    with process("--host", host, "--ready-json") as running:
        assert running.stdout is not None
        assert running.stdout.readline()
        running.terminate()
        _, complaints = running.communicate(timeout=10)
    assert is_open == (f"whoever reaches {host}" in complaints)
