"""The sandbox as a process that keeps its world, and is ended in every way there is."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from http.client import HTTPException
from itertools import count
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from .fetching import fetch
from .test_sandbox_process import process

WINDOW = "tzid=Etc/UTC&from=2030-01-01&to=2030-01-05&only_managed=true"


@contextmanager
def kept(db: Path, *arguments: str) -> Generator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    """A process with a file, and what it says when it is ready."""
    with process("--ready-json", f"--db={db}", *arguments) as running:
        assert running.stdout is not None
        yield running, json.loads(running.stdout.readline())


def call(ready: dict[str, Any], method: str, path: str, body: Any = None) -> Any:
    """Ask something as the first account."""
    headers = {
        "Authorization": f"Bearer {ready['accounts'][0]['access_token']}",
        "Content-Type": "application/json",
    }
    data = None if body is None else json.dumps(body).encode()
    status, _, answer = fetch(
        f"{ready['api_url']}{path}", method=method, headers=headers, body=data
    )
    return status, answer


def write(ready: dict[str, Any], event_id: str) -> int:
    """Upsert an event; gives the status."""
    calendar_id = ready["accounts"][0]["calendars"][0]["calendar_id"]
    event = {
        "event_id": event_id,
        "summary": "Talk",
        "start": "2030-01-02T10:00:00Z",
        "end": "2030-01-02T11:00:00Z",
    }
    status, _ = call(ready, "POST", f"/v1/calendars/{calendar_id}/events", event)
    return int(status)


def written(ready: dict[str, Any]) -> set[str]:
    """The ids of all events that were written, over all pages."""
    path, found = f"/v1/events?{WINDOW}", set[str]()
    while path:
        status, answer = call(ready, "GET", path)
        assert 200 == status
        page = json.loads(answer)
        found |= {each["event_id"] for each in page["events"]}
        path = page["pages"].get("next_page", "").removeprefix(ready["api_url"])
    return found


def test_whatever_was_acknowledged_outlasts_a_kill(tmp_path: Path) -> None:
    """Killed at any moment, between or within requests, it has all that it answered with 2xx."""
    db, numbers, acknowledged = tmp_path / "world.db", count(), set[str]()
    credentials = set[tuple[str, str]]()
    for enough in (1, 7, 40):
        with kept(db) as (running, ready):
            credentials.add((ready["client_id"], ready["client_secret"]))
            assert acknowledged <= written(ready)

            def keep_writing(ready: dict[str, Any] = ready) -> None:
                for number in numbers:
                    event_id = f"e{number}"
                    try:
                        status = write(ready, event_id)
                    except (OSError, HTTPException):
                        return
                    assert 202 == status
                    acknowledged.add(event_id)

            writer, goal = Thread(target=keep_writing), len(acknowledged) + enough
            writer.start()
            while len(acknowledged) < goal and writer.is_alive():
                writer.join(0.001)
            running.send_signal(signal.SIGKILL)
            running.wait()
            writer.join()
    with kept(db) as (_, ready):
        assert acknowledged <= written(ready)
        assert len(acknowledged) >= 48
    assert 1 == len(credentials)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_process_that_is_told_to_end_leaves_one_whole_file(
    tmp_path: Path, number: signal.Signals
) -> None:
    """Its world goes on with the next one, and nothing lies beside the file."""
    db = tmp_path / "world.db"
    with kept(db, "--seed=5") as (running, ready):
        assert 202 == write(ready, "e1")
        running.send_signal(number)
        assert ("", "") == running.communicate(timeout=10)
        assert 0 == running.returncode
    assert [db] == list(tmp_path.iterdir())
    with kept(db) as (_, again):
        assert {"e1"} == written(again)
        assert 200 == call({**again, "accounts": ready["accounts"]}, "GET", "/v1/calendars")[0]


def test_a_second_process_is_refused(tmp_path: Path) -> None:
    """One sentence on stderr that names the file, and exit status 1."""
    db = tmp_path / "world.db"
    with kept(db), process(f"--db={db}") as second:
        out, complaints = second.communicate(timeout=10)
    expected = f"{db} is in use: end the other sandbox, or name another file\n"
    assert (1, "", expected) == (second.returncode, out, complaints)
