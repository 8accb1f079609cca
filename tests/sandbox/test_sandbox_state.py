"""The plain parts of the sandbox: indexes, ids, clock, what is registered and what is decided."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cronofy_async.operations import all_operations
from cronofy_async.operations.authorization import Authorize, AuthorizeEnterprise
from cronofy_async.operations.smart_invites import GetMultiRecipientSmartInvite
from cronofy_transports.sandbox import Choices, Clock, Sandbox, handlers
from cronofy_transports.sandbox import choices as choices_module
from cronofy_transports.sandbox.choices import Decision
from cronofy_transports.sandbox.handlers.registry import HANDLERS
from cronofy_transports.sandbox.ids import Ids
from cronofy_transports.sandbox.state.accounts import Account, Calendar, Profile
from cronofy_transports.sandbox.state.events import DAY, Event, EventBook, Window, in_order
from cronofy_transports.sandbox.state.spans import SpanIndex

from .wire import NOW, Wire, keys

FOLDER = Path(choices_module.__file__).parent

# The chapters of the reference that the sandbox carries out as a whole.
CHAPTERS = {
    "add_to_calendar",
    "applications",
    "attachments",
    "authorization",
    "availability",
    "availability_rules",
    "available_periods",
    "batch",
    "bookable_events",
    "bulk",
    "calendars",
    "channels",
    "enterprise_connect",
    "event_writes",
    "events",
    "identity",
    "meeting_agents",
    "organizations",
    "permissions",
    "real_time_scheduling",
    "real_time_sequencing",
    "scheduling_conversations",
    "scheduling_requests",
    "sequenced_availability",
    "smart_invites",
}

SPANS = st.tuples(st.integers(-1000, 1000), st.integers(0, 600)).map(lambda s: (s[0], s[0] + s[1]))


# The index ----------------------------------------------------------------------------


@given(
    st.lists(st.tuples(SPANS, st.booleans()), max_size=40),
    st.none() | st.integers(-1000, 1600),
    st.none() | st.integers(-1000, 1600),
)
def test_the_index_finds_all_that_touches(
    spans: list[tuple[tuple[int, int], bool]], start: int | None, end: int | None
) -> None:
    """Nothing that touches the window is missed, what was removed is gone, misses are few."""
    index = SpanIndex()
    for number, (span, _) in enumerate(spans):
        index.add(*span, str(number))
    for number, (span, stays) in enumerate(spans):
        if not stays:
            index.remove(*span, str(number))
    found = list(index.touching(start, end))
    touching = {
        str(number)
        for number, ((first, last), stays) in enumerate(spans)
        if stays and (start is None or last >= start) and (end is None or first <= end)
    }
    assert touching <= set(found)
    assert len(found) == len(set(found))
    for number in map(int, set(found) - touching):
        first, last = spans[number][0]
        assert start is not None
        assert last < start
        # Off by less than twice the entry's own length.
        assert start - first <= 2 * max(last - first, 1)


def test_removing_what_is_not_there_is_an_error() -> None:
    """The index says so instead of being wrong later."""
    index = SpanIndex()
    index.add(1, 2, "a")
    for wrong in ((1, 3, "a"), (0, 1, "a"), (1, 2, "b")):
        with pytest.raises(KeyError):
            index.remove(*wrong)


def test_a_read_costs_what_it_finds() -> None:
    """Among ten thousand events over years, a read of one day looks at a few."""
    book, calendar = EventBook(), a_calendar()
    for number in range(10_000):
        start = number * 3600
        book.add(
            Event(uid=f"{number:05}", calendar=calendar, summary="", start=start, end=start + 1800),
            0,
        )
    looked_at = 0
    window = Window(start=5000 * 3600, end=5024 * 3600, first_day=None, last_day=None)

    class Counting(Window):
        def holds(self, event: Event) -> bool:
            nonlocal looked_at
            looked_at += 1
            return window.holds(event)

    counting = Counting(start=window.start, end=window.end)
    assert 24 == len(list(book.touching(counting)))
    assert looked_at < 100


def a_calendar() -> Calendar:
    """A calendar of somebody."""
    account = Account(sub="acc_x")
    profile = Profile(
        profile_id="pro_x", name="x", provider_name="google", provider_service="g", account=account
    )
    return Calendar(calendar_id="cal_x", name="X", profile=profile)


# The book -----------------------------------------------------------------------------

MOVES = st.lists(
    st.tuples(st.integers(0, 4), st.integers(0, 20), st.integers(0, 5), st.booleans()), max_size=25
)


@given(MOVES, st.integers(0, 25), st.integers(0, 25))
def test_the_book_answers_like_a_plain_list(
    moves: list[tuple[int, int, int, bool]], first: int, last: int
) -> None:
    """However events are written and moved, each question finds what a look at all would."""
    book, calendar = EventBook(), a_calendar()
    past: dict[str, list[tuple[int, int]]] = {}
    for now, (number, day, length, deleted) in enumerate(moves):
        uid, start, end = str(number), day * DAY, (day + length) * DAY
        event = book.get(uid)
        if event is None:
            owner = "app" if number % 2 else None
            made = Event(
                uid=uid,
                calendar=calendar,
                summary="",
                start=start,
                end=end,
                owner=owner,
                event_id=uid,
            )
            book.add(made, now)
        else:
            past.setdefault(uid, []).append((event.start, event.end))
            book.change(event, now, start=start, end=end, deleted=deleted)
    window = Window(start=first * DAY, end=last * DAY)
    every = list(book)

    def inside(span: tuple[int, int]) -> bool:
        return span[1] >= first * DAY and span[0] < last * DAY

    assert in_order(e for e in every if inside((e.start, e.end))) == in_order(book.touching(window))
    assert {e.uid for e in every if e.updated >= first} == {
        e.uid for e in book.changed_since(first)
    }
    assert [e.uid for e in every if e.owner == "app"] == [e.uid for e in book.owned_by("app")]
    for event in every:
        moved = [span for span in past.get(event.uid, []) if inside(span)]
        was = {span for span in moved if span != (event.start, event.end)}
        assert not was or book.was_in(event, window)
        if event.owner is not None:
            assert event is book.managed("app", event.uid)


def test_the_log_of_changes_does_not_grow_for_ever() -> None:
    """A thousand changes of one event leave a short log that is still right."""
    book, calendar = EventBook(), a_calendar()
    event = book.add(Event(uid="a", calendar=calendar, summary="", start=0, end=1), 0)
    for now in range(1000):
        book.change(event, now, summary=str(now))
    assert ["999"] == [each.summary for each in book.changed_since(999)]
    assert [] == list(book.changed_since(1000))
    assert len(book._changes) < 200


# Ids and time -------------------------------------------------------------------------


def test_ids_have_the_shapes_of_the_reference() -> None:
    """Prefix and 24 hex digits; 32 letters and digits; CRN_ and 38; all different."""
    ids = Ids(Random(1))
    patterns = {
        r"acc_[0-9a-f]{24}": lambda: ids.make("acc"),
        r"evt_external_[0-9a-f]{24}": ids.external_event,
        r"pro_[a-z0-9]{10}": ids.profile,
        r"cal_abc_[a-z0-9]{12}": lambda: ids.calendar("pro_abc"),
        r"[A-Za-z0-9]{32}": ids.token,
        r"[0-9a-f]{16}": ids.page,
        r"CRN_[A-Za-z0-9]{38}": ids.client_secret,
    }
    for pattern, make in patterns.items():
        made = {make() for _ in range(100)}
        assert 100 == len(made)
        assert all(re.fullmatch(pattern, each) for each in made)
    letters = "".join(ids.token() for _ in range(200))
    assert 62 == len(set(letters))


def test_time_goes_forward_only() -> None:
    """The clock runs on from its source; going back, or to no time at all, is refused."""
    clock = Clock(lambda: NOW + 0.5)
    clock.advance(1.25)
    assert (NOW + 1.75, NOW + 1) == (clock.time(), clock.now())
    for wrong in (-1, float("nan"), float("inf")):
        with pytest.raises(ValueError, match="does not go back"):
            clock.advance(wrong)


def test_something_is_to_come_or_not() -> None:
    """The world says how long until there is something to do."""
    wire = Wire()
    world = wire.sandbox.world
    assert world.seconds_to_next() is None
    wire.write(wire.person(), conferencing={"profile_id": "default"})
    assert Choices().conferencing_delay == world.seconds_to_next()
    world.outbox.post(wire.sandbox.application, "http://a.example", "test", {})
    assert 0 == world.seconds_to_next()


# The whole ----------------------------------------------------------------------------


def test_operations_have_handlers() -> None:
    """Every operation of these chapters is carried out, except the pages for people."""
    handlers.load()
    listed = {op for op in all_operations() if op.__module__.rpartition(".")[2] in CHAPTERS}
    assert {Authorize, AuthorizeEnterprise} == listed - set(HANDLERS)
    assert set() == set(HANDLERS) - listed


def test_what_is_not_emulated_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """501 names the operation, so that nobody takes it for an answer of the service."""
    wire = Wire()
    handlers.load()
    monkeypatch.delitem(HANDLERS, GetMultiRecipientSmartInvite)
    response = wire.send("GET", "/v1/smart_invites?smart_invite_id=x", token=wire.secret)
    assert 501 == response.status
    assert "SmartInvite" in response.json()["error"]


@pytest.mark.parametrize("decision", Decision)
def test_a_decision_is_named_where_it_is_carried_out(decision: Decision) -> None:
    """Each is a sentence, and stands at a line of the sandbox's code."""
    assert decision.value.endswith(".")
    sources = (path.read_text(encoding="utf-8") for path in FOLDER.rglob("*.py"))
    assert any(f"Decision.{decision.name}" in source for source in sources)


def test_a_fault_of_the_sandbox_is_500_and_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    """A defect does not look like an answer of the service, and is not silent."""
    wire = Wire()
    person = wire.person()
    wire.sandbox.world.vault.by_access_token = lambda _: 1 / 0  # type: ignore[method-assign,assignment,return-value]
    assert 500 == wire.send("GET", "/v1/calendars", token=person.token).status
    assert ["ERROR"] == [record.levelname for record in caplog.records]
    assert 500 == list(wire.sandbox.journal)[-1].status


def test_the_journal_has_every_request_and_no_secret() -> None:
    """Number, time, operation, account, status and refused parameters, in order."""
    wire = Wire()
    person = wire.person()
    wire.get("/v1/calendars", person)
    wire.write(person, summary=5)
    wire.send("GET", "/v1/events?tzid=Etc%2FUTC&secret=hush", token=person.token)
    wire.send("POST", "/oauth/token", {**wire.client, "grant_type": "x"})
    wire.send("GET", "/v1/nothing")
    entries = list(wire.sandbox.journal)
    assert [1, 2, 3, 4, 5] == [entry.sequence for entry in entries]
    assert [
        ("ListCalendars", person.sub, 200, ()),
        ("UpsertEvent", person.sub, 422, ("summary",)),
        ("ReadEvents", person.sub, 422, ("secret",)),
        ("RequestToken", None, 400, ()),
        (None, None, 404, ()),
    ] == [(e.operation, e.account, e.status, e.errors) for e in entries]
    assert ("tzid", "secret") == entries[2].parameters
    text = repr(entries) + str(wire.command("journal"))
    for secret in (person.token, person.refresh_token, wire.secret, "hush"):
        assert secret not in text
    assert wire.secret not in repr(wire.sandbox.application)
    assert person.token not in repr(
        wire.sandbox.world.vault.of_application(wire.sandbox.application)
    )
    wire.sandbox.journal.clear()
    assert 0 == len(wire.sandbox.journal)


@pytest.mark.parametrize(
    ("command", "parameters"),
    [
        ("move_event", {"event_uid": "x", "start": "2030-01-01", "end": "2030-01-02"}),
        (
            "create_event",
            {"calendar_id": "x", "summary": "", "start": "2030-01-01", "end": "2030-01-02"},
        ),
        ("reply", {"event_uid": "x", "email": "a@b.c", "status": "accepted"}),
        ("resolve_conferencing", {"event_uid": "x"}),
        ("choose_slot", {"real_time_scheduling_id": "x", "start": "2030-01-01T10:00:00Z"}),
        ("authorize", {"sub": "x", "redirect_uri": "https://a.example"}),
        ("grant", {"sub": "x"}),
        ("revoke", {"sub": "x"}),
        ("unrestrict", {"calendar_id": "x"}),
        ("disconnect", {"profile_id": "x"}),
        ("reconnect", {"profile_id": "x"}),
    ],
)
def test_commands_about_nothing_are_404(command: str, parameters: dict[str, str]) -> None:
    """What a command names must be there."""
    assert 404 == Wire().send("POST", f"/_sandbox/{command}", parameters).status


def test_commands_check_what_they_are_given() -> None:
    """Times in the wrong order, nobody who could reply, and a revoked account are refused."""
    wire = Wire()
    person = wire.person()
    body = {
        "calendar_id": person.calendar_id,
        "summary": "",
        "start": "2030-01-02",
        "end": "2030-01-01",
    }
    assert 422 == wire.send("POST", "/_sandbox/create_event", body).status
    uid = wire.external(person, "2030-01-01", "2030-01-02")
    reply = {"event_uid": uid, "email": "nobody@example.com", "status": "accepted"}
    assert 404 == wire.send("POST", "/_sandbox/reply", reply).status
    wire.command("revoke", sub=person.sub)
    assert 404 == wire.send("POST", "/_sandbox/revoke", {"sub": person.sub}).status
    assert [] == wire.command("accounts")


@pytest.mark.parametrize("tzid", ["Mars/Olympus", "", "../x", "/etc/passwd"])
def test_commands_refuse_unknown_zones(tzid: str) -> None:
    """The zone is named as what is wrong, and nothing has been made or moved."""
    wire = Wire()
    person = wire.person()
    times = {"start": "2030-01-02T10:00:00", "end": "2030-01-02T11:00:00"}
    uid = wire.external(person, **times, tzid="Europe/Paris")
    before = wire.events(person)
    for command, parameters in (
        ("create_event", {"calendar_id": person.calendar_id, "summary": "", **times}),
        ("move_event", {"event_uid": uid, **times}),
        ("choose_slot", {"real_time_scheduling_id": "x", "start": "2030-01-02T10:00:00Z"}),
        ("choose_sequence", {"real_time_sequencing_id": "x", "start": "2030-01-02T10:00:00Z"}),
    ):
        refused = wire.send("POST", f"/_sandbox/{command}", {**parameters, "tzid": tzid})
        assert {"tzid": ["errors.invalid"]} == keys(refused)
    assert before == wire.events(person)


@pytest.mark.parametrize("seconds", ["1e308", "NaN", "Infinity", "-1", "253402300799", "1" * 400])
def test_the_clock_is_not_moved_out_of_the_calendar(seconds: str) -> None:
    """Time that does not come to a date is refused, however it is written."""
    wire = Wire()
    headers = {"Content-Type": "application/json"}
    body = f'{{"seconds": {seconds}}}'.encode()
    refused = wire.send("POST", "/_sandbox/advance", body, headers=headers)
    assert {"seconds": ["errors.invalid"]} == keys(refused)
    assert NOW + 1 == wire.command("advance", seconds=1)
    with pytest.raises(ValueError, match="seconds"):
        Clock(lambda: NOW).advance(float(seconds))


def test_the_sandbox_works_at_the_end_of_time() -> None:
    """On the last day that the clock can come to, people and events can still be read."""
    wire = Wire()
    last = int(datetime(9998, 12, 31, tzinfo=UTC).timestamp())
    assert last == wire.command("advance", seconds=last - NOW)
    refused = wire.send("POST", "/_sandbox/advance", {"seconds": 86400})
    assert {"seconds": ["errors.invalid"]} == keys(refused)
    person = wire.person()
    uid = wire.external(person, "9998-12-31", "9999-01-01")
    assert [uid] == [each["event_uid"] for each in wire.events(person)]


def test_two_sandboxes_share_nothing() -> None:
    """What one knows the other does not."""
    one, two = Sandbox(1), Sandbox(2)
    token = one.accounts()[0]["access_token"]
    wire = Wire()
    wire.sandbox = two
    assert 401 == wire.send("GET", "/v1/calendars", token=token).status
