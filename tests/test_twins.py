"""What a page holds passes for the models in every way but its type."""

from __future__ import annotations

import copy
import gc
import json
import pickle
from datetime import UTC, datetime
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cronofy_async.core import codec
from cronofy_async.core.converter import converter
from cronofy_async.core.twins import twin
from cronofy_async.models import (
    Attendee,
    AvailablePeriod,
    Event,
    EventTime,
    FreeBusy,
    Location,
    OrganizationalUnitMember,
    ZonedTime,
)
from cronofy_async.operations import ReadEvents

from .strategies import instances

MODELS = (Event, FreeBusy, AvailablePeriod, OrganizationalUnitMember, Attendee, Location)


def pair(**more: Any) -> tuple[Event, Event]:
    """An event as it comes out of a page, and the same as a model."""
    raw = {"calendar_id": "c", "event_uid": "e", **more}
    (made,) = ReadEvents(tzid="Etc/UTC").read_body(json.dumps({"events": [raw]}).encode()).items
    assert Event is not type(made)
    return made, codec.structure(raw, Event)


WHOLE: dict[str, Any] = {
    "start": "2030-01-07T09:00:00Z",
    "end": {"time": "2030-01-07T10:00:00+01:00", "tzid": "Europe/Paris"},
    "created": "2029-01-07T09:00:00Z",
    "location": {"description": "Here"},
    "attendees": [{"email": "a@example.com", "status": "accepted"}, {"status": "new"}],
    "categories": ["a"],
}


def test_a_twin_passes_for_its_model() -> None:
    """Class checks, equality both ways, hash, repr, matching and nested models agree."""
    made, model = pair(**WHOLE)

    assert isinstance(made, Event)
    assert isinstance(made.location, Location)
    assert made.attendees is not None
    assert all(isinstance(each, Attendee) for each in made.attendees)
    assert Event is made.__class__
    assert made == model
    assert model == made
    assert made != attrs.evolve(model, summary="other")
    assert hash(model) == hash(made)
    assert {model} == {made}
    assert repr(model) == repr(made)
    match made:
        case Event(calendar_id="c", event_uid=uid):
            assert "e" == uid
        case _:
            pytest.fail("not matched")


def test_a_twin_is_taken_for_its_model_by_attrs() -> None:
    """Changed copies, dictionaries and fields are those of the model."""
    made, model = pair(**WHOLE)

    assert attrs.asdict(model) == attrs.asdict(made)
    assert attrs.astuple(model) == attrs.astuple(made)
    changed = attrs.evolve(made, summary="new")
    assert Event is type(changed)
    assert attrs.evolve(model, summary="new") == changed
    assert attrs.fields(Event) == attrs.fields(made.__class__)
    assert codec.unstructure(model) == codec.unstructure(made)
    assert converter(strict=False).unstructure(model) == converter(strict=False).unstructure(made)


def test_a_twin_becomes_the_model_when_it_leaves_the_process() -> None:
    """Pickled or deeply copied it is the model, which needs nothing of ours to be loaded."""
    made, model = pair(**WHOLE)
    for other in (pickle.loads(pickle.dumps(made)), copy.deepcopy(made)):
        assert model == other
        assert Event is type(other)
    assert made is copy.copy(made)


@pytest.mark.parametrize("name", ["summary", "start", "start_raw", "unheard_of"])
def test_a_twin_is_frozen(name: str) -> None:
    """No attribute can be set or deleted, with the error of a frozen model."""
    made, _ = pair(**WHOLE)
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        setattr(made, name, None)
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        delattr(made, name)


def test_a_time_that_cannot_be_read_is_told_when_it_is_touched(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It falls back to None as it does in the model, and the log says so once."""
    made, model = pair(start="soon")
    caplog.clear()
    assert (None, None, None) == (made.start, made.start, model.start)
    assert ["Event: left out what cannot be read: start"] == caplog.messages


def test_a_zoned_time_is_read_once() -> None:
    """What takes long is kept."""
    made, _ = pair(**WHOLE)
    assert isinstance(made.end, ZonedTime)
    assert made.end is made.end


def test_twins_are_none_of_the_collectors_business() -> None:
    """The collector does not track them, so a million of them cost it nothing."""
    made, model = pair(**WHOLE)
    assert (False, True) == (gc.is_tracked(made), gc.is_tracked(model))


@attrs.frozen
class Checked:
    """A model that does more than hold its fields."""

    name: str = attrs.field(validator=attrs.validators.min_len(1))


def _stripped(text: str) -> str:
    return text.strip()


@attrs.frozen
class Converted:
    """Another."""

    name: str = attrs.field(converter=_stripped)


@attrs.frozen
class Completed:
    """Another."""

    name: str

    def __attrs_post_init__(self) -> None:
        """Do more."""


@attrs.define
class Changeable:
    """A model that is not frozen."""

    name: str


@attrs.frozen
class Holding:
    """A model that holds one of those, with a method and a property."""

    name: str
    checked: Checked | None = None
    many: tuple[Checked, ...] = ()
    when: EventTime | None = None
    by_name: dict[str, Location] | None = None

    @property
    def shouted(self) -> str:
        """A property."""
        return self.name.upper()

    def twice(self) -> str:
        """A method."""
        return self.name * 2


@pytest.mark.parametrize("cls", [Checked, Converted, Completed, Changeable])
def test_a_model_that_does_more_has_no_twin(cls: type) -> None:
    """What a twin could not do is left to the model itself."""
    assert twin(cls) is cls


def test_a_twin_has_the_methods_of_its_model() -> None:
    """Properties and methods work, and nested models with and without twin are themselves."""
    body = b'{"name": "n", "checked": {"name": "c"}, "by_name": {"x": {"lat": "1"}}}'
    made = codec.decoder(twin(Holding)).decode(body)  # type: ignore[union-attr]  # nothing is renamed
    assert ("N", "nn") == (made.shouted, made.twice())
    assert Checked is type(made.checked)
    assert Location(lat="1") == made.by_name["x"]
    assert Location is not type(made.by_name["x"])


@pytest.mark.parametrize("model", MODELS)
@given(data=st.data())
def test_every_model_of_a_page_equals_its_twin(model: Any, data: st.DataObject) -> None:
    """Whatever the values, what is written as JSON comes back equal, by both ways."""
    value = data.draw(instances(model))
    body = json.dumps(codec.unstructure(value)).encode()
    made = codec.decoder(twin(model)).decode(body)  # type: ignore[union-attr]  # nothing is renamed
    plain = codec.decoder(model).decode(body)  # type: ignore[union-attr]  # nothing is renamed
    assert plain == made
    assert repr(plain) == repr(made)
    assert codec.unstructure(plain) == codec.unstructure(made)
    assert datetime.now(UTC) != made
