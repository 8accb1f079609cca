"""What the fixtures cost: a suite of 1,000 tests of a small app, in a fresh process."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

__all__ = ("VARIANTS",)

TESTS = 1000

APP = '''
from datetime import timedelta

from cronofy_async import Cronofy


def book(account, room, start):
    """Book an hour in a room, for which all it takes is its calendar."""
    with Cronofy() as cronofy:
        cronofy.account(**account).upsert_event(
            calendar_id=room,
            event_id="booking",
            summary="Booking",
            start=start,
            end=start + timedelta(hours=1),
        )
'''

APP_ON_REQUESTS = '''
import os
from datetime import timedelta

import requests


def book(account, room, start):
    """The same booking by the most common client, opened anew as well."""
    answer = requests.post(
        f"{os.environ['CRONOFY_API_URL']}/v1/calendars/{room}/events",
        json={
            "event_id": "booking",
            "summary": "Booking",
            "start": start.isoformat(),
            "end": (start + timedelta(hours=1)).isoformat(),
        },
        headers={"Authorization": f"Bearer {account['access_token']}"},
    )
    answer.raise_for_status()
'''

WITH_APP = f"""
from datetime import UTC, datetime, timedelta

import pytest

from app import book

START = datetime.now(UTC).replace(microsecond=0) + timedelta(days=1)


@pytest.mark.parametrize("number", range({TESTS}))
def test_a_booking_is_in_the_calendar(number, cronofy_app, cronofy_account):
    book(cronofy_account.tokens, cronofy_account.calendar_id, START + timedelta(hours=number))
    assert ["Booking"] == [event.summary for event in cronofy_account.events()]
"""

WITH_FIXTURES = f"""
import pytest


@pytest.mark.parametrize("number", range({TESTS}))
def test_there_is_a_world(number, cronofy_account, cronofy_webhooks, cronofy_faults):
    assert 0 == len(cronofy_webhooks)
"""

WITHOUT = f"""
import pytest


@pytest.mark.parametrize("number", range({TESTS}))
def test_nothing(number):
    assert number >= 0
"""


def _suite(tests: str, *options: str, app: str = APP) -> float:
    """Milliseconds that pytest takes for a suite, from the start of its process to its end."""
    # Other plugins of this environment are not part of the question.
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    with TemporaryDirectory() as folder:
        Path(folder, "app.py").write_text(app, encoding="utf-8")
        Path(folder, "test_app.py").write_text(tests, encoding="utf-8")
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options]
        began = time.perf_counter()
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, check=False
        )
        took = (time.perf_counter() - began) * 1000
    assert done.returncode == 0, done.stdout
    return took


PLUGIN = ("-p", "cronofy")

VARIANTS: dict[str, Callable[[], float]] = {
    f"{TESTS:,} empty tests without the plugin": partial(_suite, WITHOUT),
    f"{TESTS:,} empty tests with the plugin": partial(_suite, WITHOUT, *PLUGIN),
    f"{TESTS:,} tests with fixtures alone": partial(_suite, WITH_FIXTURES, *PLUGIN),
    f"{TESTS:,} tests of a small app": partial(_suite, WITH_APP, *PLUGIN),
    f"{TESTS:,} tests of the same app on requests": partial(
        _suite, WITH_APP, *PLUGIN, app=APP_ON_REQUESTS
    ),
}
"""Name to measurement, in milliseconds; the first is what the others are compared with."""
