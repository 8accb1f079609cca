"""
Contests of real processes over loopback, of which one is killed.

``python -m tests.booking.processes ORDERS`` forks the rivals of each contest, kills one at a
moment left to chance, has its key ask again, and prints what everybody was told, contest by
contest, as lines of JSON.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cronofy_async import Cronofy
from cronofy_async.booking import Booker, SlotTakenError
from cronofy_transports.sandbox import Sandbox, run_in_thread

from .contests import Result, Told
from .rooms import Room, hour, room_in, sandbox_at

ROOT = Path(__file__).parents[2]


def ask(orders: dict[str, Any], key: str, start: datetime) -> bool:
    """Book with a client of this process; whether it has the time."""
    with Cronofy(
        orders["client_id"], orders["client_secret"], api_url=orders["url"], limits=None
    ) as cronofy:
        room = cronofy.account(orders["sub"], access_token=orders["token"])
        try:
            Booker(cronofy, alternatives=1).book(
                key, (room, orders["calendar_id"]), start, timedelta(minutes=30), summary=key
            )
        except SlotTakenError:
            return False
        return True


def forked(orders: dict[str, Any], key: str, start: datetime, gate: int) -> tuple[int, int]:
    """A process that asks when the gate opens: its id, and where it tells what it was told."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writing)
        return pid, reading
    os.read(gate, 1)
    began = time.monotonic()
    won = ask(orders, key, start)
    os.write(writing, json.dumps([won, time.monotonic() - began]).encode())
    os._exit(0)


def contest(orders: dict[str, Any], number: int) -> dict[str, Any]:
    """One contest: what each key was told in the end, and after how many seconds."""
    start = datetime.fromisoformat(orders["start"]) + timedelta(hours=number)
    gate, opening = os.pipe()
    keys = [f"{number}.{each}" for each in range(orders["rivals"])]
    rivals = {key: forked(orders, key, start, gate) for key in keys}
    victim = random.choice(keys)
    os.write(opening, b"x" * len(keys))
    time.sleep(random.uniform(*orders["kill_after"]))
    os.kill(rivals[victim][0], signal.SIGKILL)
    told = {key: heard(*rival) for key, rival in rivals.items()}
    killed = [key for key, answer in told.items() if answer is None]
    for key in killed:
        os.write(opening, b"x")
        told[key] = heard(*forked(orders, key, start, gate))
    os.close(gate)
    os.close(opening)
    return {"told": told, "killed": killed}


def heard(pid: int, reading: int) -> Any:
    """What a process was told; `None` if it was killed before it could say so."""
    with os.fdopen(reading) as pipe:
        text = pipe.read()
    os.waitpid(pid, 0)
    return json.loads(text) if text else None


def hold_contests(
    count: int, rivals: int, kill_after: tuple[float, float]
) -> tuple[list[Result], int]:
    """
    Hold contests of processes in a sandbox on loopback.

    Args:
        count: How many contests.
        rivals: How many processes take part in each.
        kill_after: Between how many seconds one of them is killed.

    Returns:
        What came of them, and how many processes were killed in time.
    """
    sandbox: Sandbox = sandbox_at(time.time)
    room: Room = room_in(sandbox, "one")
    first = hour(time.time(), 24)
    with run_in_thread(sandbox) as urls:
        orders = {
            "url": urls.api_url,
            "client_id": sandbox.client_id,
            "client_secret": sandbox.client_secret,
            "sub": room.sub,
            "token": room.token,
            "calendar_id": room.calendar_id,
            "start": first.isoformat(),
            "rivals": rivals,
            "contests": count,
            "kill_after": kill_after,
        }
        paths = [str(ROOT), str(ROOT / "transports")]
        done = subprocess.run(
            [sys.executable, "-m", "tests.booking.processes", json.dumps(orders)],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
            capture_output=True,
            text=True,
            timeout=50 + 20 * count,
            check=False,
        )
    assert (0, "") == (done.returncode, done.stderr)
    results, killed = [], 0
    for number, line in enumerate(done.stdout.splitlines()):
        answer = json.loads(line)
        killed += len(answer["killed"])
        begins = int((first + timedelta(hours=number)).timestamp())
        here = [each for each in room.events() if each.start == begins and not each.deleted]
        results.append(
            Result(
                told={
                    key: Told(won=won, after=after) for key, (won, after) in answer["told"].items()
                },
                bookings=sorted(each.event_id or "?" for each in here if not each.free),
                requests=0,
                holds=sum(each.free for each in here),
            )
        )
    assert count == len(results)
    return results, killed


if __name__ == "__main__":
    given = json.loads(sys.argv[1])
    if isinstance(given, int):
        contests, dead = hold_contests(given, 8, (0.0, 0.6))
        wrong = [complaint for result in contests for complaint in result.complaints()]
        slowest = max(told.after for result in contests for told in result.told.values())
        print(f"{given} contests of 8 processes, {dead} killed: {wrong or 'none wrong'}")
        print(f"last told after {slowest:.2f} s")
    else:
        for each in range(given["contests"]):
            print(json.dumps(contest(given, each)), flush=True)
