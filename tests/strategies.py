"""
Random operations and answers, derived from the annotations of their classes.

What an annotation does not tell is registered here once: by the name of the field in
`BY_NAME`, by the class of the value in `BY_CLASS`, or for several parameters of a class
that depend on each other in `TOGETHER`.
"""

from __future__ import annotations

import string
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from enum import Enum
from itertools import pairwise
from types import UnionType
from typing import Any, Final, Literal, Union, get_args, get_origin
from zoneinfo import ZoneInfo

import attrs
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from cronofy_async.core.codec import OpenEnum
from cronofy_async.core.operation import Operation, layout
from cronofy_async.core.secret import Secret
from cronofy_async.core.unset import UNSET, Unset
from cronofy_async.models import (
    AccessRequest,
    AddToCalendarEvent,
    CalendarPermission,
    Conferencing,
    ConversationParticipant,
    Duration,
    EventTime,
    Group,
    InviteRecipient,
    Member,
    Moment,
    Period,
    RecurrenceRule,
    SchedulingGroup,
    SchedulingHost,
    SequencedAvailabilityQuery,
    SequenceItem,
    SmartInviteEvent,
    Transition,
    WeeklyPeriod,
    ZonedTime,
)
from cronofy_async.models.availability import AvailabilityQuery
from cronofy_async.operations import (
    CancelMultiRecipientSmartInvite,
    CreateRealTimeScheduling,
    CreateSchedulingConversation,
    CreateSchedulingRequest,
    DownloadMeetingAgentResource,
    ListConversationSlots,
    ReadAvailablePeriods,
    ReadEvents,
    ReadFreeBusy,
    RequestPermissions,
    SelectConversationSlots,
    UpsertAvailablePeriod,
    UpsertMultiRecipientSmartInvite,
    all_operations,
)
from cronofy_async.operations.event_fields import EventDetails

ZONES: Final = ("Etc/UTC", "Europe/Paris", "America/New_York", "Asia/Kathmandu", "Pacific/Apia")

# Values of their own -------------------------------------------------------------------

texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
ids = texts.filter(lambda text: text not in (".", ".."))
visible = st.text(
    st.sampled_from([c for c in string.printable if c.isprintable() and c != " "]),
    min_size=1,
    max_size=40,
)
zones = st.sampled_from(ZONES)
_FIRST: Final = datetime(1900, 1, 1)  # noqa: DTZ001  # the strategy adds the zones
_LAST: Final = datetime(2200, 1, 1)  # noqa: DTZ001
wall_clocks = st.datetimes(_FIRST, _LAST).map(lambda time: time.replace(microsecond=0))
offsets = st.integers(-14 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m)))
moments = st.builds(
    lambda wall, zone: wall.replace(tzinfo=zone), wall_clocks, offsets | zones.map(ZoneInfo)
)
days = st.dates(date(1900, 1, 1), date(2200, 1, 1))
zoned_times = st.builds(ZonedTime, moments | wall_clocks | days, zones)
urls = st.builds(
    lambda scheme, host, path: f"{scheme}://{host}{path}",
    st.sampled_from(["http", "https"]),
    st.sampled_from(
        ["example.com", "localhost:8080", "127.0.0.1", "[::1]:1", "b\u00fccher.example"]
    ),
    st.sampled_from(["", "/", "/a/b?c=d&e=%20", "/ü?x[]=1#f"]),
)
slot_urls = st.builds(
    lambda origin, end: f"{origin}/v1/scheduling_conversations/scv_1/{end}",
    st.sampled_from(["https://api.cronofy.com", "http://127.0.0.1:8080", ""]),
    st.sampled_from(["slots", "participants/%402/slots", "slots?participant=2&x[]=%20"]),
)
agent_urls = st.builds(
    lambda origin, end: f"{origin}/v1/meeting_agents/agt_1/{end}",
    st.sampled_from(["https://api.cronofy.com", "http://127.0.0.1:8080", ""]),
    st.sampled_from(["transcript", "a/%402/b", "resources?id=2&x[]=%20"]),
)
origins = st.sampled_from(["https://example.com", "http://localhost:8080"])
json_values: SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**31), 2**31 - 1) | texts,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(texts, inner, max_size=2),
    max_leaves=4,
)

LEAVES: Final[Mapping[Any, SearchStrategy[Any]]] = {
    Any: json_values,
    bool: st.booleans(),
    int: st.integers(-(2**31), 2**31 - 1),
    str: texts,
    datetime: moments,
    date: days,
    Secret: visible.map(Secret),
    Duration: st.builds(Duration, st.integers(0, 10_000)),
    EventTime: moments | days | zoned_times,
    Moment: moments,
    ZonedTime: zoned_times,
}

own_ids = st.text(st.characters(codec="ascii"), min_size=1, max_size=64)
plain_ids = st.from_regex(r"[A-Za-z0-9_-]{1,20}", fullmatch=True)
BY_NAME: Final[Mapping[str, SearchStrategy[Any]]] = {
    "authorizations": st.deferred(
        lambda: st.lists(
            instances(AccessRequest), min_size=1, max_size=3, unique_by=lambda each: each.email
        )
    ),
    "availability_rule_id": own_ids,
    "available_period_id": own_ids,
    "base64_content": st.binary(min_size=1, max_size=20),
    "bookable_event_id": plain_ids,
    "bookable_event_ids": st.lists(ids, min_size=1, max_size=3),
    "callback_url": urls,
    "calendar_ids": st.lists(ids, min_size=1, max_size=3),
    "capacity": st.integers(1, 256),
    "color": st.from_regex(r"#[0-9A-Fa-f]{6}", fullmatch=True),
    "completed_url": urls,
    "delegated_scope": st.sampled_from(["read_write", "free_busy read_only"]),
    "impersonate": visible,
    "join_url": urls,
    "max_results": st.integers(1, 512),
    "minutes": st.integers(0, 10_000),
    "no_times_displayed_url": urls,
    "no_times_suitable_url": urls,
    "operations": st.deferred(lambda: st.lists(batchable(), min_size=1, max_size=3)),
    "origin": origins,
    "participants": st.deferred(lambda: st.lists(values(Group), min_size=1, max_size=2)),
    "permissions": st.lists(
        st.sampled_from(["agenda", "availability"]), min_size=1, max_size=2, unique=True
    ),
    "redirect_uri": urls,
    "redirect_uris": st.lists(urls, min_size=1, max_size=2),
    "registration_id": plain_ids,
    "required_duration": st.integers(1, 10_000).map(Duration),
    "scope": st.sampled_from(["read_write", "create_event delete_event"]),
    "start_interval": st.sampled_from([5, 10, 15, 20, 30, 60]).map(Duration),
    "tzid": zones,
    "uri": urls,
    "weekly_periods": st.deferred(lambda: st.lists(BY_CLASS[WeeklyPeriod], min_size=1, max_size=2)),
}
"""Fields of which not every value of their type will do."""


# Parameters that depend on each other ------------------------------------------------------

Together = dict[str, Any]


@st.composite
def event_times(draw: st.DrawFn) -> Together:
    """A start, an end and perhaps a zone that go together."""
    form = draw(st.sampled_from(["moments", "days", "zoned", "zoned days", "wall clocks"]))
    given: Together = {}
    if form == "wall clocks" or draw(st.booleans()):
        given["tzid"] = draw(zones)
    if "days" in form:
        start: Any = draw(days)
        end: Any = start + timedelta(days=draw(st.integers(0, 40)))
    else:
        start = draw(moments if form == "moments" else wall_clocks)
        end = start + timedelta(minutes=draw(st.integers(0, 3000)))
    if "zoned" in form:
        tzid = draw(zones)
        start, end = ZonedTime(start, tzid), ZonedTime(end, tzid)
    return {**given, "start": start, "end": end}


@st.composite
def spans(draw: st.DrawFn) -> Together:
    """A start and an end after it, each perhaps with its zone."""
    start = draw(moments)
    end = start.astimezone(UTC) + timedelta(minutes=draw(st.integers(1, 10_000)))
    if draw(st.booleans()):
        return {"start": ZonedTime(start, draw(zones)), "end": ZonedTime(end, draw(zones))}
    return {"start": start, "end": end}


@st.composite
def windows(draw: st.DrawFn, *, times: bool = True) -> Together:
    """The borders of a read, in order."""
    first = draw(moments)
    last = first + timedelta(days=draw(st.integers(3, 300)))
    return {
        "tzid": draw(zones),
        "from_": draw(st.sampled_from([first, first.date()] if times else [first.date()])),
        "to": draw(st.sampled_from([last, last.date()] if times else [last.date()])),
    }


@st.composite
def searches(draw: st.DrawFn) -> Together:
    """Stretches of time to search, all of them near each other, or slots."""
    first = draw(moments).astimezone(UTC)
    gaps = draw(st.lists(st.integers(1, 600), min_size=2, max_size=4))
    times = [first + timedelta(minutes=sum(gaps[:index])) for index in range(len(gaps))]
    if draw(st.booleans()):
        return {"query_periods": None, "query_slots": times}
    return {"query_periods": [Period(*pair) for pair in pairwise(times)], "query_slots": None}


@st.composite
def groups(draw: st.DrawFn) -> Group:
    """Members, and how many of them are needed."""
    members = draw(st.lists(instances(Member), min_size=1, max_size=2))
    required: Any = draw(st.just("all") | st.integers(1, len(members)))
    return Group(members=members, required=required)


def periods() -> SearchStrategy[Period]:
    """Stretches of time."""
    return st.builds(
        lambda start, minutes: Period(start, start.astimezone(UTC) + timedelta(minutes=minutes)),
        moments,
        st.integers(1, 10_000),
    )


@st.composite
def sequences(draw: st.DrawFn) -> Together:
    """Meetings of different names, and the time to search for all or for each of them."""
    items = draw(
        st.lists(
            instances(SequenceItem), min_size=1, max_size=2, unique_by=lambda item: item.sequence_id
        )
    )
    searched = st.lists(periods(), min_size=1, max_size=2)
    if draw(st.booleans()):
        return {"sequence": items, "query_periods": draw(searched)}
    items = [attrs.evolve(item, query_periods=draw(searched)) for item in items]
    return {"sequence": items, "query_periods": None}


def some_of(cls: type) -> SearchStrategy[list[Any]]:
    """One or two values of an attrs class."""
    return st.lists(instances(cls), min_size=1, max_size=2)


TOGETHER: Final[Mapping[type, SearchStrategy[Together]]] = {
    AddToCalendarEvent: event_times(),
    AvailabilityQuery: searches(),
    CancelMultiRecipientSmartInvite: st.deferred(
        lambda: some_of(InviteRecipient).map(lambda drawn: {"recipients": drawn})
    ),
    ConversationParticipant: st.sampled_from(["participant_id", "sub", "email"]).flatmap(
        lambda name: texts.map(lambda text: {name: text})
    ),
    CreateRealTimeScheduling: zones.map(lambda tzid: {"tzid": tzid}),
    CreateSchedulingConversation: st.deferred(
        lambda: some_of(ConversationParticipant).map(lambda drawn: {"participants": drawn})
    ),
    CreateSchedulingRequest: st.deferred(
        lambda: st.one_of(
            instances(SchedulingHost).map(lambda host: {"host_": host, "host_group": UNSET}),
            BY_CLASS[SchedulingGroup].map(lambda group: {"host_": UNSET, "host_group": group}),
        )
    ),
    DownloadMeetingAgentResource: agent_urls.map(lambda url: {"url": url}),
    EventDetails: event_times(),
    ListConversationSlots: slot_urls.map(lambda url: {"url": url}),
    ReadAvailablePeriods: windows(times=False),
    ReadEvents: windows(),
    ReadFreeBusy: windows(),
    RequestPermissions: st.deferred(
        lambda: some_of(CalendarPermission).map(lambda drawn: {"permissions": drawn})
    ),
    SelectConversationSlots: st.builds(
        lambda url, slot: {"url": url, "selected_slots": [slot]}, slot_urls, texts
    ),
    SequencedAvailabilityQuery: sequences(),
    SmartInviteEvent: event_times(),
    UpsertAvailablePeriod: spans(),
    UpsertMultiRecipientSmartInvite: st.deferred(
        lambda: some_of(InviteRecipient).map(lambda drawn: {"recipients": drawn})
    ),
}
"""Parameters that cannot be drawn one by one, by class; subclasses are meant too."""

BY_CLASS: Final[Mapping[type, SearchStrategy[Any]]] = {
    Conferencing: st.builds(Conferencing, st.sampled_from(["default", "none", "pro_1"]))
    | st.builds(lambda description, url: Conferencing("explicit", description, url), texts, urls),
    Group: groups(),
    Period: periods(),
    RecurrenceRule: st.builds(
        RecurrenceRule,
        frequency=st.just("weekly"),
        interval=st.none() | st.integers(1, 9),
        by_day=st.none() | st.lists(st.sampled_from(["monday", "sunday"]), max_size=2),
        count=st.none() | st.integers(1, 9),
        until=st.none() | moments | days,
        exceptions=st.none() | st.dictionaries(texts, json_values, max_size=2),
    )
    | st.builds(RecurrenceRule, frequency=st.sampled_from(["daily", "monthly", "yearly"])),
    SchedulingGroup: st.builds(SchedulingGroup, sub=texts)
    | st.builds(
        SchedulingGroup,
        name=st.none() | texts,
        members=st.lists(texts, max_size=2),
        required=st.none() | st.integers(1, 2),
    ),
    Transition: st.builds(
        lambda side, point, offset: Transition(**{side: point, "offset": offset}),
        st.sampled_from(["before", "after"]),
        st.sampled_from(["event_start", "event_end"]),
        st.integers(0, 10_000),
    ),
    WeeklyPeriod: st.builds(
        WeeklyPeriod,
        st.sampled_from(["monday", "sunday"]),
        st.sampled_from(["00:00", "09:30"]),
        st.sampled_from(["09:45", "24:00"]),
    ),
}


# From annotations ------------------------------------------------------------------------


def values(type_: Any) -> SearchStrategy[Any]:
    """Values of an annotation."""
    if type_ in LEAVES:
        return LEAVES[type_]
    origin, arguments = get_origin(type_), get_args(type_)
    if origin in (Union, UnionType):
        return st.one_of(*[values(member) for member in arguments])
    if origin is Literal:
        return st.sampled_from(arguments)
    if origin in (list, Sequence, tuple):
        return st.lists(values(arguments[0]), max_size=2)
    if origin in (dict, Mapping):
        return st.dictionaries(texts, values(arguments[1]), max_size=2)
    if type_ is Unset:
        return st.just(UNSET)
    if type_ is type(None):
        return st.none()
    if issubclass(type_, OpenEnum):
        return st.sampled_from(type_) | texts.map(type_)
    if issubclass(type_, Enum):
        return st.sampled_from(type_)
    assert attrs.has(type_), f"no strategy for {type_}"
    return BY_CLASS[type_] if type_ in BY_CLASS else st.deferred(lambda: instances(type_))


def batchable() -> SearchStrategy[Operation[Any]]:
    """Any operation that can be put into a batch."""
    return st.sampled_from([cls for cls in all_operations() if cls.batchable]).flatmap(instances)


def _field(cls: Any, field: attrs.Attribute[Any], *, full: bool) -> SearchStrategy[Any]:
    """Values of a field; those that mean "left out" only if it may be left out."""
    if issubclass(cls, Operation) and field.name in layout(cls).path:
        return ids
    members = get_args(field.type) if get_origin(field.type) in (Union, UnionType) else ()
    given = [each for each in members or (field.type,) if each not in (Unset, type(None))]
    known = BY_NAME.get(field.name)
    value = known if known is not None else st.one_of(*map(values, given))
    if full or field.default is attrs.NOTHING:
        return value
    absent = [values(each) for each in members if each in (Unset, type(None))]
    return st.one_of(value, *absent)


@st.composite
def arguments(draw: st.DrawFn, cls: Any, *, full: bool = False) -> dict[str, Any]:
    """What a class may be called with; if *full*, every parameter is given."""
    attrs.resolve_types(cls)
    rules = [rule for base, rule in TOGETHER.items() if issubclass(cls, base)]
    together = {name: value for rule in rules for name, value in draw(rule).items()}
    return together | {
        field.name: draw(_field(cls, field, full=full))
        for field in attrs.fields(cls)
        if field.init and field.name != "extra" and field.name not in together
    }


def instances(cls: Any, *, full: bool = False) -> SearchStrategy[Any]:
    """Values of an attrs class. None is refused, so a check that is too strict shows itself."""
    return arguments(cls, full=full).map(lambda given: cls(**given))
