"""The example of a service: consent, webhook and mirror work together, in a server of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
import requests

from cronofy_transports.demo.consent import FormReader
from cronofy_transports.sandbox import Sandbox, run_in_thread

from .transports.servers import unused_port

ROOT = Path(__file__).parents[1]

pytestmark = pytest.mark.slow


@contextmanager
def serving(environment: dict[str, str]) -> Generator[None]:
    """Run the service while the block runs."""
    command = [sys.executable, "-m", "uvicorn", "fastapi_service:app", "--log-level", "warning"]
    port = environment["PUBLIC_URL"].rpartition(":")[2]
    with subprocess.Popen(
        [*command, "--port", port],
        cwd=ROOT / "examples",
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as process:
        try:
            wait_until(lambda: _answers(environment["PUBLIC_URL"]) or process.poll() is not None)
            yield
        finally:
            process.terminate()
            said, _ = process.communicate(timeout=20)
    assert b"" == said


def _answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=5).ok
    except requests.ConnectionError:
        return False


def wait_until(holds: Callable[[], bool]) -> None:
    """Wait until something holds, for half a minute at most."""
    give_up = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < give_up
        time.sleep(0.02)


def approve(browser: requests.Session, service: str) -> None:
    """Follow the link to the consent page, and press its button."""
    page = browser.get(f"{service}/connect", timeout=10)
    reader = FormReader()
    reader.feed(page.text)
    name, value = next(each for each in reader.form.buttons if each[1] == "approve")
    fields = {**reader.form.fields, name: value}
    back = browser.post(urljoin(page.url, reader.form.action), data=fields, timeout=10)
    assert (200, f"{service}/events") == (back.status_code, back.url)


def count_channels(sandbox: Sandbox) -> int:
    """How many channels lead to the service."""
    with sandbox.lock:
        return sum(len(list(each)) for each in sandbox.world.channels.values())


def test_the_service_connects_mirrors_and_is_told(tmp_path: Path) -> None:
    """What a person changes in their calendar is shown at once, and after a restart too."""
    sandbox = Sandbox(seed=3)
    service = f"http://127.0.0.1:{unused_port()}"
    with run_in_thread(sandbox) as urls, requests.Session() as browser:
        environment = {
            "CRONOFY_API_URL": urls.api_url,
            "CRONOFY_CLIENT_ID": sandbox.client_id,
            "CRONOFY_CLIENT_SECRET": sandbox.client_secret,
            "PUBLIC_URL": service,
            "DATA_FOLDER": str(tmp_path / "data"),
            "SESSION_KEY": "the same after a restart",
        }

        def shown() -> list[str]:
            found: list[dict[str, Any]] = browser.get(f"{service}/events", timeout=10).json()
            return [each["summary"] for each in found]

        with serving(environment):
            assert 401 == browser.get(f"{service}/events", timeout=10).status_code
            assert 400 == browser.get(f"{service}/connected?code=x", timeout=10).status_code
            approve(browser, service)
            wait_until(lambda: bool(shown()))
            assert 1 == count_channels(sandbox)
            with sandbox.lock:
                calendar = next(iter(sandbox.accounts()))["calendars"][0]["calendar_id"]
            start = datetime.now(UTC) + timedelta(hours=2)
            sandbox.control.create_event(calendar, "Dentist", start, start + timedelta(hours=1))
            wait_until(lambda: "Dentist" in shown())
        sandbox.control.create_event(calendar, "Optician", start, start + timedelta(hours=1))
        with serving(environment):
            wait_until(lambda: {"Dentist", "Optician"} <= set(shown()))
        assert 1 == count_channels(sandbox)
