"""A world that is kept in a file: what outlasts what, and which files are refused."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cronofy_transports.sandbox import Clock, Sandbox
from cronofy_transports.sandbox.__main__ import main
from cronofy_transports.sandbox.keeping.errors import WorldFileError
from cronofy_transports.sandbox.keeping.rows import freeze

from .living import STEPS, Life, Step
from .wire import NOW, Wire


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


def rows(db: Path, table: str) -> list[Any]:
    """What stands in a table of a file that nobody has open."""
    with closing(sqlite3.connect(db)) as connection:
        return connection.execute(f"SELECT * FROM {table} ORDER BY rowid").fetchall()


def connection_rows(wire: Wire) -> list[Any]:
    """The things in the file of a sandbox that has it open."""
    assert wire.sandbox._file is not None
    return wire.sandbox._file._connection.execute("SELECT * FROM thing").fetchall()


# Outlasting ---------------------------------------------------------------------------


@given(st.lists(STEPS, min_size=1, max_size=4))
def test_nobody_notices_that_a_sandbox_was_ended(parts: list[list[Step]]) -> None:
    """One that is ended and begun again answers like one that never was, to the last id."""
    with TemporaryDirectory() as folder:
        kept, other = Life(Path(folder) / "world.db"), Life()
        for part in parts:
            assert other.play(part) == kept.play(part)
            # What is in the file is what is in the world, in the same order.
            kept.reopened()
            assert freeze(other.wire.sandbox.world) == freeze(kept.wire.sandbox.world)
        assert other.everything() == kept.everything()
        kept.wire.sandbox.close()


def test_credentials_outlast_the_process(db: Path) -> None:
    """Id, secret and tokens stay good, of a sandbox without a seed too."""
    with Sandbox(db=db) as first:
        expected = (first.client_id, first.client_secret)
        tokens = [each["refresh_token"] for each in first.accounts()]
    with Sandbox(db=db) as second:
        assert expected == (second.client_id, second.client_secret)
        assert tokens == [each["refresh_token"] for each in second.accounts()]


def test_commands_in_python_are_kept(db: Path) -> None:
    """No request has to follow: they are in the file when they return."""
    with Sandbox(db=db) as first:
        added = first.control.add_secret()
    with Sandbox(db=db) as second:
        assert added == second.client_secret


def test_what_was_changed_by_hand_is_kept_when_asked(db: Path) -> None:
    """Whoever changes the world itself says so."""
    with Sandbox(db=db, people=False) as first:
        first.world.add_account(email="ada@example.com")
        first.keep()
    with Sandbox(db=db) as second:
        assert ["ada@example.com"] == [each.email for each in second.world.accounts.values()]


def test_time_goes_on_and_never_back(db: Path) -> None:
    """What the clock was moved by stays, and it shows nothing earlier than it did."""
    with Sandbox(clock=Clock(lambda: NOW), db=db) as first:
        first.control.advance(500)
    with Sandbox(clock=Clock(lambda: NOW + 100), db=db) as later:
        assert NOW + 600 == later.world.now()
        later.accounts()
    with Sandbox(clock=Clock(lambda: NOW - 9000), db=db) as earlier:
        assert NOW + 600 == earlier.world.now()


def test_notifications_go_on(wire: Wire, db: Path) -> None:
    """What waited still waits, and what was on its way is tried again."""
    person = wire.person()
    body = {"callback_url": "https://app.example/hook"}
    wire.send("POST", "/v1/channels", body, token=person.token)
    (verification,) = wire.sandbox.world.outbox.due()
    wire.external(person, "2030-01-03T10:00:00Z", "2030-01-03T11:00:00Z")
    wire = reopened(wire, db)
    assert [verification] == wire.sandbox.world.outbox.due()
    wire.command("advance", seconds=1)
    (change,) = wire.sandbox.world.outbox.due()
    assert b"change" in change.body
    wire.sandbox.close()


def test_reset_empties_the_file(wire: Wire, db: Path) -> None:
    """What was there before is there no more; the application is."""
    person = wire.person()
    wire.write(person)
    wire.command("reset")
    wire = reopened(wire, db)
    assert 401 == wire.send("GET", "/v1/calendars", token=person.token).status
    assert wire.client["client_secret"] == wire.sandbox.client_secret
    wire.sandbox.close()
    assert b"Talk" not in db.read_bytes()


def test_going_back_is_kept(wire: Wire, db: Path) -> None:
    """Snapshots with a name are in the file, and so is the world that was gone back to."""
    person = wire.person()
    wire.command("snapshot", name="with somebody")
    wire.command("reset")
    wire = reopened(wire, db)
    assert ["with somebody"] == [each["name"] for each in wire.command("snapshots")]
    wire.command("restore", name="with somebody")
    wire.write(person)
    wire = reopened(wire, db)
    assert ["e1"] == [each["event_id"] for each in wire.events(person, include_managed=True)]
    wire.sandbox.close()


# What it costs ------------------------------------------------------------------------


@pytest.mark.parametrize("events", [10, 2000])
def test_a_change_costs_what_it_changes(wire: Wire, events: int) -> None:
    """However many events there are, one more is a few rows."""
    person = wire.person()
    calendar = wire.sandbox.world.calendars[person.calendar_id]
    for number in range(events):
        start = NOW + number * 3600
        wire.sandbox.world.add_event(calendar, summary="x", start=start, end=start + 1800)
    wire.send("GET", "/v1/calendars", token=person.token)
    assert wire.sandbox._file is not None
    connection = wire.sandbox._file._connection
    before = connection.total_changes
    wire.send("GET", "/v1/calendars", token=person.token)
    assert before == connection.total_changes
    wire.write(person)
    # The event, its plan, the time and how much was drawn of the seed.
    assert 4 == connection.total_changes - before


def test_what_is_gone_is_gone_from_the_file(wire: Wire, db: Path) -> None:
    """Pages that nobody can ask for any more leave no rows behind."""
    person = wire.person()
    wire.command("choose", page_size=1)
    for day in (2, 3, 4):
        wire.external(person, f"2030-01-0{day}T10:00:00Z", f"2030-01-0{day}T11:00:00Z")
    assert 3 == len(wire.events(person))
    kinds = {row[1] for row in connection_rows(wire)}
    assert {"state.listing.Listing", "state.shelf.Roll"} <= kinds
    wire.command("advance", seconds=4000)
    person = attrs.evolve(person, token=wire.sandbox.control.grant(person.sub)["access_token"])
    wire.events(person, **{"from": "2030-01-09"})
    wire.sandbox.close()
    kinds = {row[1] for row in rows(db, "thing")}
    assert "state.events.Event" in kinds
    assert not {"state.listing.Listing", "state.shelf.Roll"} & kinds


# Files --------------------------------------------------------------------------------


def test_the_file_is_for_its_owner_only(wire: Wire, db: Path) -> None:
    """It holds tokens, and so do the files beside it."""
    wire.person()
    found = {path.name: stat.S_IMODE(path.stat().st_mode) for path in db.parent.iterdir()}
    assert {"world.db": 0o600, "world.db-wal": 0o600} == found


def test_an_empty_file_is_taken_over(db: Path) -> None:
    """Somebody may have made it, with rights that are too wide."""
    db.touch(0o644)
    with Sandbox(db=db):
        assert 0o600 == stat.S_IMODE(db.stat().st_mode)


def test_a_file_in_use_is_refused(wire: Wire, db: Path) -> None:
    """Two sandboxes would each lose what the other one writes."""
    with pytest.raises(WorldFileError, match=r"world\.db is in use: end the other sandbox"):
        Sandbox(db=db)


def a_text(db: Path) -> None:
    db.write_text("Dear diary, " * 99)


def a_database(db: Path) -> None:
    with closing(sqlite3.connect(db)) as connection:
        connection.execute("CREATE TABLE thing (number INTEGER)")


def another_version(db: Path) -> None:
    Sandbox(db=db).close()
    with closing(sqlite3.connect(db)) as connection:
        connection.execute("PRAGMA user_version = 99")


def a_folder(db: Path) -> None:
    db.mkdir()


REFUSED = [
    (a_text, "holds no world of a sandbox: name another file"),
    (a_database, "holds no world of a sandbox: name another file"),
    (another_version, r"another version of the sandbox \(its format is 99, .*delete the file"),
    (a_folder, "cannot open .*world.db"),
]


@pytest.mark.parametrize(("make", "complaint"), REFUSED)
def test_another_file_is_refused_and_left_alone(
    make: Any, complaint: str, db: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The complaint names the file and what to do; the process says the same and ends."""
    make(db)
    before = None if db.is_dir() else db.read_bytes()
    with pytest.raises(WorldFileError, match=complaint) as refused:
        Sandbox(db=db)
    assert 1 == main([f"--db={db}"])
    assert ("", f"{refused.value}\n") == capsys.readouterr()
    assert str(db) in str(refused.value)
    assert before == (None if db.is_dir() else db.read_bytes())


def test_a_file_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    """The complaint says why."""
    with pytest.raises(WorldFileError, match="No such file or directory"):
        Sandbox(db=tmp_path / "nowhere" / "world.db")


def test_another_seed_is_refused(db: Path) -> None:
    """The world goes on with the seed it was made with."""
    with Sandbox(7, db=db) as first:
        expected = first.snapshot()
    with pytest.raises(ValueError, match="has the seed 7: give that, or none"):
        Sandbox(8, db=db)
    with Sandbox(db=db) as second:
        tokens = second.accounts()
    with Sandbox() as third:
        third.restore(expected)
        assert tokens == third.accounts()


# Malice and misfortune ----------------------------------------------------------------

ACT = '["value","agenda.Act",{"name":"os.system","arguments":["tuple","true"]}]'
MALICE = [
    ("UPDATE thing SET class = 'os.system' WHERE number = 1", "no class of the sandbox"),
    ("UPDATE thing SET class = 'builtins.eval' WHERE number = 1", "no class of the sandbox"),
    ("UPDATE thing SET class = 'state.events.Callable' WHERE number = 1", "no class"),
    ("UPDATE thing SET class = 'state.os.x' WHERE number = 1", "No module named"),
    ("UPDATE thing SET class = 'models.times.import_module' WHERE number = 1", "no class"),
    ("UPDATE thing SET class = 'state...os.system' WHERE number = 1", "no class"),
    ("UPDATE thing SET class = 'state.shelf.Leaf' WHERE number = 1", "is no thing"),
    ("UPDATE thing SET fields = '{\"__class__\":1}' WHERE number = 1", "unexpected keyword"),
    ("UPDATE thing SET fields = '{}' WHERE number = 1", "missing"),
    ("UPDATE thing SET fields = 'os.system' WHERE number = 1", "Expecting value"),
    ("UPDATE thing SET fields = '[1]' WHERE class = 'state.accounts.Account'", "no attribute"),
    ('UPDATE entry SET value = \'["enum","os.system","true"]\'', "no class of the sandbox"),
    ('UPDATE entry SET value = \'["enum","state.shelf.Leaf",1]\'', "is no enum"),
    ('UPDATE entry SET value = \'["value","state.events.Event",{}]\'', "is no value"),
    ('UPDATE entry SET value = \'["call","os.system"]\'', "call"),
    ("UPDATE entry SET value = '[\"row\",99999]'", "99999"),
    ("UPDATE entry SET value = replace(hex(zeroblob(50000)), '0', '[')", "recursion"),
    ("UPDATE entry SET place = '__class__.x' WHERE place = 'origin'", "__class__"),
    ("DELETE FROM entry WHERE place = 'applications'", "no application"),
    (f"INSERT INTO entry VALUES ('agenda._open', '1', '[\"tuple\",0,{ACT}]')", "unknown"),
]


@pytest.mark.parametrize(("command", "complaint"), MALICE)
def test_a_file_that_was_tampered_with_is_refused(db: Path, command: str, complaint: str) -> None:
    """Nothing in it is carried out; the complaint names the file and what to do."""
    Sandbox(db=db).close()
    with closing(sqlite3.connect(db)) as connection:
        assert connection.execute(command).rowcount > 0
        connection.commit()
    with pytest.raises(WorldFileError, match=r"world\.db is damaged.*delete it") as refused:
        Sandbox(db=db)
    assert complaint in str(refused.value)


def test_a_full_disk_is_told_and_survived(wire: Wire, db: Path) -> None:
    """What cannot be kept is answered with an error; once there is room all of it is kept."""
    person = wire.person()
    wire.write(person, "e1")
    assert wire.sandbox._file is not None
    connection = wire.sandbox._file._connection
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    connection.execute(f"PRAGMA max_page_count = {pages}")
    statuses = {wire.write(person, f"e{n}", description="x" * 999).status for n in range(2, 40)}
    assert {202, 500} == statuses
    with pytest.raises(WorldFileError, match=r"cannot write .*world\.db: .* full; see to it"):
        wire.sandbox.keep()
    connection.execute("PRAGMA max_page_count = 100000")
    assert 202 == wire.write(person, "e99").status
    wire = reopened(wire, db)
    assert {"e1", "e39", "e99"} <= {
        each["event_id"] for each in wire.events(person, include_managed=True)
    }
    wire.sandbox.close()


def test_a_file_that_became_readonly_is_told(wire: Wire, caplog: pytest.LogCaptureFixture) -> None:
    """Each change is answered with an error, and said in the log."""
    person = wire.person()
    assert wire.sandbox._file is not None
    wire.sandbox._file._connection.execute("PRAGMA query_only = ON")
    assert 500 == wire.write(person).status
    assert 500 == wire.send("POST", "/_sandbox/snapshot", {"name": "x"}).status
    assert 2 == caplog.text.count("readonly database")
    assert {} == wire.sandbox.snapshots


def test_what_cannot_be_kept_is_told(wire: Wire) -> None:
    """State that is no plain data is an error at once, and not at the next start."""
    person = wire.person()
    wire.sandbox.world.links["x"] = object()  # type: ignore[assignment]  # on purpose
    with pytest.raises(WorldFileError, match="a object cannot be kept"):
        wire.sandbox.keep()
    assert 500 == wire.write(person).status
    del wire.sandbox.world.links["x"]
    assert 202 == wire.write(person).status


def test_after_closing_nothing_is_changed_unnoticed(wire: Wire) -> None:
    """What would not be kept is answered with an error."""
    person = wire.person()
    wire.sandbox.close()
    wire.sandbox.close()
    assert 500 == wire.write(person).status


def test_a_file_may_be_named_by_text(db: Path) -> None:
    """As everywhere in Python."""
    with Sandbox(db=os.fspath(db)):
        assert db.exists()
