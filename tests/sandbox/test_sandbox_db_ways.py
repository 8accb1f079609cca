"""Every way to change a world that is kept in a file: what was changed outlasts the process."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cronofy_async.core.errors import TransportError
from cronofy_async.core.wire import Request
from cronofy_transports.sandbox import Clock, Fault, Sandbox, mischief
from cronofy_transports.sandbox.commands import CommandError
from cronofy_transports.sandbox.faults import Strike
from cronofy_transports.sandbox.pages.dashboard.places import ROOT

from .browsing import Surfer
from .wire import NOW, ORIGIN, Person, Wire

URL = "https://app.example/hook"


@pytest.fixture
def db(tmp_path: Path) -> Path:
    """Where a world is to be kept."""
    return tmp_path / "world.db"


@pytest.fixture
def wire(db: Path) -> Iterator[Wire]:
    """An empty sandbox that keeps its world."""
    wire = Wire(db=db)
    yield wire
    wire.sandbox.close()


def reopened(wire: Wire, db: Path) -> Wire:
    """Another sandbox that finds the file of one."""
    wire.sandbox.close()
    return Wire(db=db)


def written(wire: Wire, person: Person) -> list[str]:
    """The ids of the events that were written."""
    return [each["event_id"] for each in wire.events(person, include_managed=True)]


def event(person: Person) -> Request:
    """A call that writes an event."""
    return Request(
        "POST",
        f"{ORIGIN}/v1/calendars/{person.calendar_id}/events",
        {"Authorization": f"Bearer {person.token}", "Content-Type": "application/json"},
        b'{"event_id":"e1","summary":"Talk","start":"2030-01-02T10:00:00Z",'
        b'"end":"2030-01-02T11:00:00Z"}',
    )


def test_what_was_done_before_the_answer_was_lost_is_kept(wire: Wire, db: Path) -> None:
    """The caller sees a failure, and the next process has the event all the same."""
    person = wire.person()
    wire.sandbox.faults.add(Fault(action=mischief.Drop(when="after")))
    with pytest.raises(TransportError):
        wire.sandbox.handle(event(person))
    wire = reopened(wire, db)
    assert ["e1"] == written(wire, person)
    wire.sandbox.close()


def test_a_struck_call_that_cannot_be_kept_is_answered_with_an_error(wire: Wire) -> None:
    """Whatever the fault would have made of its answer."""
    person = wire.person()
    assert wire.sandbox._file is not None
    wire.sandbox._file._connection.execute("PRAGMA query_only = ON")
    wire.sandbox.faults.add(Fault(action=mischief.Drop(when="after")))
    assert 500 == wire.sandbox.handle(event(person)).status


def test_every_way_in_keeps(wire: Wire, db: Path) -> None:
    """Whoever serves a sandbox finds one door for each kind of call, and both keep."""
    person = wire.person()
    assert 202 == wire.sandbox.answer(event(person)).status
    wire = reopened(wire, db)
    assert ["e1"] == written(wire, person)
    moved = event(person).replace(body=event(person).body.replace(b'"e1"', b'"e2"'))
    strike = Strike(fault_id="", action=mischief.Delay(seconds=1))
    wire.sandbox.answer_struck(moved, strike)
    wire = reopened(wire, db)
    assert {"e1", "e2"} == set(written(wire, person))
    wire.sandbox.close()


def test_commands_in_python_and_over_http_are_kept(wire: Wire, db: Path) -> None:
    """Those of owners, worlds and notifications too, without a request after them."""
    person = wire.person()
    control = wire.sandbox.control
    start = datetime(2030, 1, 2, 12, tzinfo=UTC)
    uid = control.create_event(person.calendar_id, "Lunch", start, start + timedelta(hours=1))
    (sub,) = control.load_world({"accounts": [{"email": "bo@example.com"}]})
    wire = reopened(wire, db)
    assert uid in {each.uid for each in wire.sandbox.world.calendars[person.calendar_id].events}
    assert "bo@example.com" == wire.sandbox.world.accounts[sub].email
    wire.command("disconnect", profile_id=person.profile_id)
    wire = reopened(wire, db)
    (profile,) = wire.sandbox.world.accounts[person.sub].profiles
    assert not profile.connected
    wire.sandbox.close()


def test_forms_of_the_dashboard_are_kept(wire: Wire, db: Path) -> None:
    """What is done in a browser lasts as long as anything else."""
    surfer = Surfer(wire)
    surfer.submit(surfer.open(ROOT), "1 hour")
    wire = reopened(wire, db)
    assert NOW + 3600 == wire.sandbox.world.now()
    wire.sandbox.close()


def test_dials_stay_as_they_were_turned(wire: Wire, db: Path) -> None:
    """Until the world begins again; those that nobody turned are the sandbox's own."""
    wire.command("choose", page_size=3, not_in_plan=["include_geo"])
    wire = reopened(wire, db)
    chosen = wire.sandbox.world.choices
    assert (3, frozenset({"include_geo"})) == (chosen.page_size, chosen.not_in_plan)
    assert 3 == wire.sandbox.world.shelf.choices.page_size
    wire.command("choose", page_size=100)
    wire = reopened(wire, db)
    assert 100 == wire.sandbox.world.choices.page_size
    wire.command("reset")
    wire = reopened(wire, db)
    assert frozenset() == wire.sandbox.world.choices.not_in_plan
    wire.sandbox.close()


@pytest.mark.parametrize("turned", ['["dict",["nonsense",1]]', '["dict",["page_size",0]]', "7"])
def test_dials_that_there_are_not_are_refused(db: Path, turned: str) -> None:
    """A file that somebody made turns none but those of this sandbox, and none too far."""
    Sandbox(db=db).close()
    with closing(sqlite3.connect(db)) as connection:
        changed = "UPDATE entry SET value = ? WHERE place = 'choices'"
        assert 1 == connection.execute(changed, (turned,)).rowcount
        connection.commit()
    with pytest.raises(Exception, match=r"world\.db is damaged.*delete it"):
        Sandbox(db=db)


def test_faults_and_the_quota_are_not_kept(wire: Wire, db: Path) -> None:
    """They disturb one process, and end with it."""
    wire.sandbox.faults.add(Fault(action=mischief.Status(status=503)))
    wire.sandbox.control.limit_requests(1, 1)
    wire = reopened(wire, db)
    assert (0, None) == (len(wire.sandbox.faults), wire.sandbox.meter)
    wire.sandbox.close()


def test_changes_are_told_once_however_often_a_process_ends(wire: Wire, db: Path) -> None:
    """What became a part of another notification is not found again as one of its own."""
    person = wire.person()
    wire.send("POST", "/v1/channels", {"callback_url": URL}, token=person.token)
    outbox = wire.sandbox.world.outbox
    outbox.delivered(outbox.due()[0].delivery_id, ok=True)
    wire.external(person, "2030-01-03T10:00:00Z", "2030-01-03T11:00:00Z")
    wire.command("advance", seconds=1)
    (posting,) = outbox.due()
    wire.external(person, "2030-01-03T12:00:00Z", "2030-01-03T13:00:00Z")
    wire = reopened(wire, db)
    wire.command("advance", seconds=60)
    outbox = wire.sandbox.world.outbox
    assert [posting] == outbox.due()
    outbox.delivered(posting.delivery_id, ok=True)
    wire.sandbox.keep()
    wire = reopened(wire, db)
    assert [] == wire.sandbox.world.outbox.open()
    wire.sandbox.close()


def test_the_latest_deliveries_are_kept_and_no_others(wire: Wire, db: Path) -> None:
    """As many as people are shown; earlier ones leave no rows behind."""
    person = wire.person()
    wire.send("POST", "/v1/channels", {"callback_url": URL}, token=person.token)
    world = wire.sandbox.world
    (channel,) = world.channels[person.sub]
    for _ in range(230):
        world.outbox.notify(channel, "change")
        for posting in world.outbox.due():
            world.outbox.delivered(posting.delivery_id, ok=True)
        wire.sandbox.keep()
    expected = [each.delivery_id for each in world.outbox.ended()]
    wire = reopened(wire, db)
    assert expected == [each.delivery_id for each in wire.sandbox.world.outbox.ended()]
    wire.sandbox.close()
    with closing(sqlite3.connect(db)) as connection:
        question = "SELECT count(*) FROM thing WHERE class = 'push.Delivery'"
        assert [(len(expected),)] == connection.execute(question).fetchall()


def test_a_world_that_is_wrong_leaves_the_file_to_others(db: Path, tmp_path: Path) -> None:
    """It is not held open by a sandbox that never was."""
    with pytest.raises(CommandError, match="accounts"):
        Sandbox(db=db, world={"accounts": 7})
    with Sandbox(db=db, people=False) as second:
        assert {} == second.world.accounts


def test_a_new_beginning_is_kept(db: Path) -> None:
    """That of another sandbox in the place of one, with a world of its own."""
    with Sandbox(7, clock=Clock(lambda: NOW), db=db) as first:
        first.restart(8, clock=Clock(lambda: NOW), world={"accounts": [{"email": "a@b.example"}]})
        expected = list(first.world.accounts)
    with Sandbox(8, db=db) as second:
        assert expected == list(second.world.accounts)
