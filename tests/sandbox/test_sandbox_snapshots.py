"""Snapshots: everything that a sandbox knows, taken at a moment and gone back to."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cronofy_async.core.secret import Secret
from cronofy_async.core.unset import UNSET
from cronofy_async.models.events import EventStatus
from cronofy_transports.sandbox import Choices, Clock, Fault, Sandbox, mischief, state
from cronofy_transports.sandbox.agenda import Act
from cronofy_transports.sandbox.ids import Seeded
from cronofy_transports.sandbox.keeping.shapes import is_thing
from cronofy_transports.sandbox.keeping.values import dump, load, read, write
from cronofy_transports.sandbox.state.access import ElementToken
from cronofy_transports.sandbox.state.events import Attendee
from cronofy_transports.sandbox.world import World

from .living import STEPS, Life, Step
from .wire import NOW, ORIGIN, Wire, errors

# Going back ---------------------------------------------------------------------------


@given(STEPS, STEPS, STEPS)
def test_what_happens_after_going_back_is_what_would_have_happened(
    before: list[Step], after: list[Step], astray: list[Step]
) -> None:
    """Answers, ids, tokens, times, pages and callbacks are the same, whatever came between."""
    life = Life()
    life.play(before)
    taken, urls = life.wire.sandbox.snapshot(), list(life.urls)
    expected = [*life.play(after), *life.everything()]
    life.wire.sandbox.restore(taken)
    life.play(astray)
    life.wire.sandbox.restore(taken)
    life.urls = urls
    assert expected == [*life.play(after), *life.everything()]


def test_the_clock_is_put_back_and_goes_on_from_there() -> None:
    """What it showed is the time of the snapshot, also where its source has gone on."""
    times = iter(range(NOW, NOW + 100))
    sandbox = Sandbox(clock=Clock(lambda: next(times)), people=False)
    taken = sandbox.snapshot()
    sandbox.control.advance(3600)
    sandbox.restore(taken)
    first, second = sandbox.world.clock.time(), sandbox.world.clock.time()
    assert (1, 1) == (first - taken.time, second - first)


def test_the_journal_goes_on(wire: Wire) -> None:
    """What was asked stays known, with numbers that never come twice."""
    taken = wire.sandbox.snapshot()
    wire.send("GET", "/v1/nothing")
    wire.sandbox.restore(taken)
    wire.send("GET", "/v1/nothing")
    assert [1, 2] == [each.sequence for each in wire.sandbox.journal]


def test_the_secrets_are_those_of_then(wire: Wire) -> None:
    """One that was added since is good no more, and one that was retired is good again."""
    first = wire.sandbox.client_secret
    taken = wire.sandbox.snapshot()
    wire.command("add_secret")
    wire.command("retire_secret")
    assert first not in wire.sandbox.application.secrets
    wire.sandbox.restore(taken)
    assert [first] == wire.sandbox.application.secrets


def test_another_sandbox_can_go_on(wire: Wire) -> None:
    """A snapshot is a value: nothing changes it, and any sandbox takes it over."""
    person = wire.person()
    wire.write(person)
    taken = wire.sandbox.snapshot()
    wire.write(person, "e2")
    other = Wire()
    other.sandbox.restore(taken)
    assert wire.client["client_id"] == other.sandbox.client_id
    assert ["e1"] == [each["event_id"] for each in other.events(person, include_managed=True)]
    assert 2 == len(wire.events(person, include_managed=True))


def test_nobody_can_guess_what_comes_after_an_unseeded_snapshot() -> None:
    """Without a seed, every restoring is followed by tokens of its own."""
    sandbox = Sandbox()
    taken = sandbox.snapshot()
    first = sandbox.accounts()
    sandbox.restore(taken)
    assert first[0]["access_token"] != sandbox.accounts()[0]["access_token"]
    assert first[0]["refresh_token"] == sandbox.accounts()[0]["refresh_token"]


def test_what_was_on_its_way_is_sent_again(wire: Wire) -> None:
    """Nobody will tell the restored world how that delivery went."""
    person = wire.person()
    body = {"callback_url": "https://app.example/hook"}
    wire.send("POST", "/v1/channels", body, token=person.token)
    (posting,) = wire.sandbox.world.outbox.due()
    taken = wire.sandbox.snapshot()
    wire.sandbox.world.outbox.delivered(posting.delivery_id, ok=True)
    wire.sandbox.restore(taken)
    assert ["waiting"] == [each.state for each in wire.sandbox.world.outbox.open()]
    assert [posting] == wire.sandbox.world.outbox.due()


def test_two_notifications_of_changes_become_one(wire: Wire) -> None:
    """One that was on its way takes up the changes that waited behind it."""
    person = wire.person()
    body = {"callback_url": "https://app.example/hook"}
    wire.send("POST", "/v1/channels", body, token=person.token)
    outbox = wire.sandbox.world.outbox
    outbox.delivered(outbox.due()[0].delivery_id, ok=True)
    wire.external(person, "2030-01-03T10:00:00Z", "2030-01-03T11:00:00Z")
    wire.command("advance", seconds=1)
    (posting,) = outbox.due()
    wire.command("advance", seconds=60)
    wire.external(person, "2030-01-03T12:00:00Z", "2030-01-03T13:00:00Z")
    wire.sandbox.restore(wire.sandbox.snapshot())
    wire.command("advance", seconds=60)
    assert [posting] == wire.sandbox.world.outbox.due()
    assert [] == wire.sandbox.world.outbox.due()


def test_a_snapshot_shows_nothing_secret(wire: Wire) -> None:
    """Its repr is its time."""
    taken = wire.sandbox.snapshot()
    assert f"<Snapshot at {float(NOW)}>" == repr(taken)


def test_a_restored_world_is_told_to_whoever_delivers(wire: Wire) -> None:
    """Something may be due in it at once."""
    told: list[bool] = []
    taken = wire.sandbox.snapshot()
    wire.sandbox.on_queued = lambda: told.append(True)
    wire.sandbox.restore(taken)
    assert [True] == told


# By name ------------------------------------------------------------------------------


def test_snapshots_have_names(wire: Wire) -> None:
    """They are taken, listed and gone back to by commands; taking one again replaces it."""
    wire.command("snapshot", name="empty")
    wire.command("advance", seconds=60)
    wire.command("snapshot", name="later")
    wire.command("advance", seconds=60)
    person = wire.person()
    listed = [{"name": "empty", "time": NOW}, {"name": "later", "time": NOW + 60}]
    assert listed == wire.command("snapshots")
    assert listed == wire.send("GET", "/_sandbox/snapshots").json()["result"]
    assert NOW + 60 == wire.command("restore", name="later")
    assert 401 == wire.send("GET", "/v1/calendars", token=person.token).status
    assert NOW == wire.command("restore", name="empty")
    assert listed == wire.command("snapshots")
    wire.command("snapshot", name="empty")
    assert ["later", "empty"] == [each["name"] for each in wire.command("snapshots")]


def test_a_snapshot_outlasts_a_reset(wire: Wire) -> None:
    """Beginning again is no reason to forget what can be gone back to."""
    person = wire.person()
    wire.command("snapshot", name="one")
    wire.command("reset")
    wire.command("restore", name="one")
    assert 200 == wire.send("GET", "/v1/calendars", token=person.token).status


def test_an_unknown_name_is_refused(wire: Wire) -> None:
    """Going back needs a snapshot, and a snapshot a name."""
    assert 404 == wire.send("POST", "/_sandbox/restore", {"name": "none"}).status
    refused = wire.send("POST", "/_sandbox/snapshot", {"name": ""})
    assert {"name"} == set(errors(refused))


def test_a_damaged_snapshot_is_refused(wire: Wire) -> None:
    """The world stays as it is, and the complaint names what was asked for."""
    person = wire.person()
    taken = wire.sandbox.snapshot()
    wire.sandbox.snapshots["bad"] = attrs.evolve(taken, body=taken.body[:-9])
    refused = wire.send("POST", "/_sandbox/restore", {"name": "bad"})
    assert {"name"} == set(errors(refused))
    assert 200 == wire.send("GET", f"{ORIGIN}/v1/calendars", token=person.token).status


# Plain data ---------------------------------------------------------------------------


def no_thing(_: object) -> Any:
    """These values refer to none."""
    pytest.fail("there is no thing")


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec=None))
    | st.binary(max_size=9)
    | st.datetimes(timezones=st.none() | st.timezones())
    | st.dates()
    | st.timedeltas()
    | st.sampled_from([UNSET, EventStatus.TENTATIVE, EventStatus("unheard_of"), Secret("x")])
    | st.builds(Attendee, email=st.text(), status=st.text()),
    lambda inner: (
        st.lists(inner)
        | st.lists(inner).map(tuple)
        | st.dictionaries(st.text() | st.integers() | st.tuples(st.text()), inner)
        | st.sets(st.integers())
        | st.frozensets(st.text())
    ),
    max_leaves=20,
)


@given(VALUES)
def test_a_value_is_read_as_it_was_written(value: Any) -> None:
    """Types included: neither a tuple becomes a list, nor a truth value a number."""
    written = dump(write(value, no_thing))
    again = read(load(written), no_thing)
    assert value == again
    assert written == dump(write(again, no_thing))


@pytest.mark.parametrize("value", [object(), range(3), test_a_snapshot_outlasts_a_reset, 1j, World])
def test_what_is_no_plain_data_is_refused(value: Any) -> None:
    """The complaint names the class, so that it is found."""
    with pytest.raises(TypeError, match="plain data only"):
        write([value], no_thing)


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_numbers_that_json_does_not_have_are_refused(number: float) -> None:
    """They would come back as something else."""
    with pytest.raises(TypeError, match="not finite"):
        write(number, no_thing)


def state_classes() -> Iterator[type]:
    """Every attrs class of the state."""
    for each in iter_modules(state.__path__):
        for cls in vars(import_module(f"{state.__name__}.{each.name}")).values():
            if (
                isinstance(cls, type)
                and attrs.has(cls)
                and cls.__module__.startswith(state.__name__)
            ):
                yield cls


def test_state_is_made_of_things_and_values() -> None:
    """A class has an identity, or cannot be changed: what is both is kept wrongly."""
    classes = set(state_classes())
    assert ElementToken in classes
    for cls in classes:
        is_frozen = vars(cls).get("__setattr__") is not None
        assert is_thing(cls) or is_frozen, cls


def unregistered(world: World, moment: int) -> None:
    """Nobody can find it by name."""


def test_only_a_registered_function_can_be_done_later(wire: Wire) -> None:
    """Any other one would be lost with the process."""
    with pytest.raises(TypeError, match="must be registered"):
        Act.of(unregistered)
    with pytest.raises(TypeError, match="must be registered"):
        wire.sandbox.world.later(NOW, lambda world, moment: None)


@given(st.integers(0, 2**64), st.lists(st.integers(1, 400), max_size=30))
def test_randomness_is_taken_up_where_it_was_left(seed: int, draws: list[int]) -> None:
    """A seed and how much was drawn say what comes next."""
    first = Seeded(seed)
    for bits in draws:
        first.getrandbits(bits)
    again = Seeded(seed, first.position)
    assert [first.getrandbits(96) for _ in range(5)] == [again.getrandbits(96) for _ in range(5)]


def test_choices_stay_those_of_the_sandbox(wire: Wire) -> None:
    """They are how it was made, and no part of its world, but for those that were turned since."""
    wire.command("choose", code_lifetime=9)
    taken = wire.sandbox.snapshot()
    other = Sandbox(choices=Choices(page_size=3, code_lifetime=5))
    other.control.choose(agent_join_delay=1)
    other.restore(taken)
    assert Choices(page_size=3, code_lifetime=9) == other.world.choices
    assert other.world.choices is other.world.vault.choices
    other.control.reset()
    assert Choices(page_size=3, code_lifetime=5) == other.world.choices


def test_faults_stay_as_they_are(wire: Wire) -> None:
    """They are no part of the world: going back neither brings any nor takes any away."""
    taken = wire.sandbox.snapshot()
    wire.sandbox.faults.add(Fault(action=mischief.Status(status=503)))
    wire.sandbox.restore(taken)
    assert 503 == wire.send("GET", "/v1/calendars").status


@pytest.mark.parametrize("function", [print, [].append])
def test_what_is_built_in_cannot_be_done_later(wire: Wire, function: Any) -> None:
    """Nobody could have registered it."""
    with pytest.raises(TypeError, match="must be registered"):
        wire.sandbox.world.later(NOW, function)


def test_a_long_answer_is_gone_through_after_going_back(wire: Wire) -> None:
    """Its further pages hold what they held, whatever was moved or deleted since."""
    person = wire.person()
    wire.command("choose", page_size=2)
    uids = [
        wire.external(person, f"2030-01-0{n}T10:00:00Z", f"2030-01-0{n}T11:00:00Z")
        for n in range(2, 8)
    ]
    first = wire.get("/v1/events", person, tzid="Etc/UTC")
    taken = wire.sandbox.snapshot()
    wire.command("cancel_event", event_uid=uids[3])
    expected = wire.get(first["pages"]["next_page"], person)
    wire.sandbox.restore(taken)
    wire.command(
        "move_event", event_uid=uids[5], start="2030-01-02T08:00:00Z", end="2030-01-02T09:00:00Z"
    )
    second = wire.get(first["pages"]["next_page"], person)
    assert [uids[2]] == [each["event_uid"] for each in expected["events"]]
    assert uids[2:4] == [each["event_uid"] for each in second["events"]]
    third = wire.get(second["pages"]["next_page"], person)
    assert uids[4:] == [each["event_uid"] for each in third["events"]]
