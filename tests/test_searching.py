"""A search that is split and put together gives what one call without bounds would give."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cronofy_async import engine
from cronofy_async.client.search_merge import worst
from cronofy_async.client.searches import AsyncAvailabilitySearch
from cronofy_async.core.errors import InvalidArgumentError, TransportError
from cronofy_async.models.availability import (
    LONGEST_SEARCH,
    MOST_RESULTS,
    Availability,
    AvailabilityQuery,
    AvailableParticipant,
    AvailableTime,
    MemberStatus,
    Slot,
    SyncStatus,
)
from cronofy_async.models.availability_search import SearchAvailability
from cronofy_async.models.participants import Group, Member, Period
from cronofy_async.operations.availability import QueryAvailability

HOUR, DAY = 3600, 86_400
ORIGIN = int(datetime(2030, 1, 7, 21, 40, tzinfo=UTC).timestamp())
SUBS = ("acc_a", "acc_b", "acc_c", "apc_d")

worlds = settings(
    max_examples=int(os.environ.get("ENGINE_EXAMPLES", "150")),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)


def moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


@attrs.define
class Service:
    """
    The engine behind the bounds of a call, or without them.

    Attributes:
        busy: When each account is.
        people: How many a call takes.
        times: How many periods or slots a call takes.
        asked: The calls so far.
    """

    busy: dict[str, list[engine.Interval]]
    people: int = 10
    times: int = 50
    asked: list[QueryAvailability] = attrs.field(factory=list)

    async def send(self, query: QueryAvailability) -> Availability:
        await asyncio.sleep(0)
        self.asked.append(query)
        members = [member for group in query.participants for member in group.members]
        assert len(members) <= self.people
        given = query.query_periods or query.query_slots or ()
        assert 0 < len(given) <= self.times
        starts = [each.start for each in given]
        if query.query_periods is not None:
            assert max(each.end for each in query.query_periods) - min(starts) <= LONGEST_SEARCH
        else:
            assert max(starts) - min(starts) <= LONGEST_SEARCH
        assert query.max_results is not None
        assert query.max_results <= MOST_RESULTS
        return self.answer(query, query.max_results)

    def answer(self, query: AvailabilityQuery, most: int | None) -> Availability:
        """What the service answers, cut at *most* results."""
        times = tuple(
            AvailableTime(
                start=moment(each.start),
                end=moment(each.end),
                participants=tuple(AvailableParticipant(sub=sub) for sub in each.subs),
            )
            for each in engine.solve(self._put(query, most))
        )
        slots = query.query_slots is not None or query.response_format not in (None, "periods")
        subs = dict.fromkeys(m.sub for group in query.participants for m in group.members)
        return Availability(
            available_slots=times if slots else None,
            available_periods=None if slots else times,
            member_statuses=tuple(
                MemberStatus(sub=sub, sync_status=SyncStatus.ACTIVE) for sub in subs
            )
            if query.include_member_statuses
            else None,
        )

    def _put(self, query: AvailabilityQuery, most: int | None) -> engine.Query:
        interval = query.start_interval
        return engine.Query(
            groups=[
                engine.Group(
                    members=[self._member(query, each) for each in group.members],
                    required=None if isinstance(group.required, str) else group.required,
                )
                for group in query.participants
            ],
            duration=query.required_duration.minutes * 60,
            windows=_spans(query.query_periods),
            starts=[int(each.start.timestamp()) for each in query.query_slots]
            if query.query_slots is not None
            else None,
            interval=None if interval is None else interval.minutes * 60,
            format=query.response_format or "periods",
            max_results=most,
        )

    def _member(self, query: AvailabilityQuery, member: Member) -> engine.Member:
        buffer = member.buffer or query.buffer
        before: Any = buffer and buffer.before
        after: Any = buffer and buffer.after
        return engine.Member(
            sub=member.sub,
            busy=self.busy.get(member.sub, ()),
            before=before.minutes * 60 if before else 0,
            after=after.minutes * 60 if after else 0,
            windows=_spans(member.available_periods),
        )


def _spans(periods: Sequence[Period] | None) -> list[engine.Interval] | None:
    if periods is None:
        return None
    return [(int(each.start.timestamp()), int(each.end.timestamp())) for each in periods]


def searching(
    service: Service, query: SearchAvailability, now: float = ORIGIN - 1
) -> AsyncAvailabilitySearch:
    return AsyncAvailabilitySearch(query, service.send, lambda: now)


# Random worlds ------------------------------------------------------------------------


def stretches(
    longest: int, fewest: int, most: int, unit: int = 5 * 60
) -> st.SearchStrategy[list[engine.Interval]]:
    """Stretches within four months, in steps of five minutes."""
    return st.lists(
        st.builds(
            lambda start, length: (ORIGIN + start * unit, ORIGIN + (start + length) * unit),
            st.integers(0, 120 * DAY // unit),
            st.integers(1, longest // unit),
        ),
        min_size=fewest,
        max_size=most,
    )


def at_borders() -> st.SearchStrategy[list[engine.Interval]]:
    """Stretches of some hours close to midnights, where parts meet."""
    return st.lists(
        st.builds(
            lambda day, before, after: (
                ORIGIN - ORIGIN % DAY + day * DAY - before * 300,
                ORIGIN - ORIGIN % DAY + day * DAY + after * 300,
            ),
            st.integers(1, 120),
            st.integers(-60, 60),
            st.integers(61, 200),
        ),
        max_size=12,
    )


busy = st.dictionaries(
    st.sampled_from(SUBS),
    st.builds(
        lambda a, b, c: [*a, *b, *c],
        stretches(20 * DAY, 0, 4),
        stretches(HOUR * 9, 0, 30),
        at_borders(),
    ),
)
periods = stretches(100 * DAY, 1, 4).map(
    lambda each: [Period(moment(a), moment(b)) for a, b in each]
)
members = st.builds(
    Member,
    sub=st.sampled_from(SUBS),
    buffer=st.sampled_from([None, None, 0, 10]),
    available_periods=st.one_of(st.none(), st.none(), st.none(), periods),
)


@st.composite
def _group(draw: st.DrawFn) -> Group:
    chosen = draw(st.lists(members, min_size=1, max_size=4))
    required: Any = draw(st.one_of(st.just("all"), st.integers(1, len(chosen))))
    return Group(members=chosen, required=required)


@st.composite
def questions(draw: st.DrawFn) -> SearchAvailability:
    """Questions of every form, many of them too large for one call."""
    asked: dict[str, Any] = {}
    if draw(st.integers(0, 4)):
        asked["query_periods"] = draw(periods)
        asked["start_interval"] = draw(st.sampled_from([None, None, 15, 30, 60]))
        asked["response_format"] = draw(
            st.sampled_from([None, "periods", "slots", "overlapping_slots"])
        )
    else:
        starts = draw(st.lists(st.integers(0, 100 * DAY // 300), min_size=1, max_size=60))
        asked["query_slots"] = [Slot(moment(ORIGIN + each * 300)) for each in starts]
    return SearchAvailability(
        participants=draw(st.lists(_group(), min_size=1, max_size=3)),
        required_duration=draw(st.sampled_from([15, 45, 60, 90, 100, 24 * 60, 5 * 24 * 60])),
        buffer=draw(st.sampled_from([None, None, 15])),
        max_results=draw(st.sampled_from([None, None, None, 1, 7, 512, 600])),
        include_member_statuses=draw(st.booleans()),
        people_per_call=draw(st.sampled_from([12, 12, 3, 1])),
        times_per_call=draw(st.sampled_from([50, 2, 1])),
        **asked,
    )


@worlds
@given(busy, questions())
def test_split_equals_unlimited(
    busy: dict[str, list[engine.Interval]], query: SearchAvailability
) -> None:
    """However a question is split, its answer is that of one call without bounds."""
    service = Service(busy, query.people_per_call, query.times_per_call)
    found = asyncio.run(searching(service, query).collect())
    assert service.answer(query, query.max_results) == found


@worlds
@given(busy, questions(), st.integers(1, 30))
def test_first_are_the_earliest(
    busy: dict[str, list[engine.Interval]], query: SearchAvailability, number: int
) -> None:
    """The first times of a search are those that all of it begins with."""
    service = Service(busy, query.people_per_call, query.times_per_call)
    first = asyncio.run(searching(service, query).first(number))
    most = min(number, query.max_results or number)
    assert list(service.answer(query, most).results) == first


# What is asked ------------------------------------------------------------------------


def long(**changes: Any) -> SearchAvailability:
    """A search over a hundred days from a midnight on."""
    start = datetime(2030, 1, 7, tzinfo=UTC)
    asked: dict[str, Any] = {
        "participants": ["acc_a", "acc_b"],
        "required_duration": 60,
        "query_periods": [(start, start + timedelta(days=100))],
        "response_format": "slots",
    }
    return SearchAvailability(**{**asked, **changes})


def test_a_question_that_fits_is_one_call_as_it_is() -> None:
    """What one call takes is asked in one call, in the form that was asked for."""
    start = datetime(2030, 1, 7, tzinfo=UTC)
    query = long(query_periods=[(start, start + LONGEST_SEARCH)], max_results=20)
    service = Service({})
    found = asyncio.run(searching(service, query).collect())
    (call,) = service.asked
    assert ("slots", 20) == (call.response_format, call.max_results)
    assert query.query_periods == call.query_periods
    assert 20 == len(found.results)


def test_first_asks_for_no_more_than_it_needs() -> None:
    """Where the first part has enough, the others are not asked."""
    service = Service({})
    assert 3 == len(asyncio.run(searching(service, long(start_interval=60)).first(3)))
    calls = {call.query_periods[0].start for call in service.asked if call.query_periods}
    assert all(start < datetime(2030, 2, 11, tzinfo=UTC) for start in calls)


def test_waves_grow_and_leave_nothing_running() -> None:
    """Reading on asks more parts at a time, and stopping in between leaves no task."""

    async def read() -> int:
        busy = [(ORIGIN - DAY, ORIGIN + 60 * DAY)]
        service = Service({"acc_a": busy})
        async for _ in searching(service, long(response_format="periods")):
            break
        assert {asyncio.current_task()} == asyncio.all_tasks()
        return len(service.asked)

    assert 3 == asyncio.run(read())


def test_people_beyond_a_call_are_asked_about_one_by_one() -> None:
    """A person who takes part in the same way twice is asked about once."""
    service = Service({})
    group = Group(members=["acc_a", "acc_b", "acc_c"], required=2)
    other = Group(members=["acc_a"])
    start = datetime(2030, 1, 7, tzinfo=UTC)
    query = long(
        participants=[group, other],
        people_per_call=3,
        query_periods=[(start, start + timedelta(hours=3))],
    )
    found = asyncio.run(searching(service, query).collect())
    assert [1, 1, 1] == [len(call.participants[0].members) for call in service.asked]
    assert ("acc_a", "acc_b", "acc_c") == found.results[0].subs


def test_days_that_have_passed_are_left_out() -> None:
    """Of a period that has begun, only today and what follows is asked for."""
    query = long()
    now = datetime(2030, 3, 3, 12, tzinfo=UTC)
    service = Service({})
    asyncio.run(searching(service, query, now.timestamp()).collect())
    assert datetime(2030, 3, 3, tzinfo=UTC) == min(
        call.query_periods[0].start for call in service.asked if call.query_periods
    )


def test_a_period_that_has_ended_is_the_services_to_refuse() -> None:
    """What lies wholly in the past is asked for all the same, so that it is refused."""
    service = Service({})
    asyncio.run(searching(service, long(), datetime(2031, 1, 1, tzinfo=UTC).timestamp()).collect())
    assert datetime(2030, 1, 7, tzinfo=UTC) == min(
        call.query_periods[0].start for call in service.asked if call.query_periods
    )


# What goes wrong ----------------------------------------------------------------------


def test_the_first_failure_is_raised_as_it_is() -> None:
    """One part that fails ends the search with its own error, and stops the others."""
    stopped: list[bool] = []

    async def send(query: QueryAvailability) -> Availability:
        assert query.query_periods is not None
        if query.query_periods[0].start > datetime(2030, 2, 1, tzinfo=UTC):
            raise TransportError("the connection is gone")
        try:
            await asyncio.Event().wait()
        finally:
            stopped.append(True)
        raise AssertionError("nobody wakes it")

    search = AsyncAvailabilitySearch(long(), send, lambda: ORIGIN - DAY)
    with pytest.raises(TransportError, match="the connection is gone"):
        asyncio.run(search.collect())
    assert [True] == stopped


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"required_duration": 15 * 24 * 60}, "required_duration"),
        ({"max_results": 0}, "max_results"),
        ({"max_results": True}, "max_results"),
        ({"people_per_call": 0}, "people_per_call"),
        ({"times_per_call": "many"}, "times_per_call"),
        ({"query_periods": []}, "query_periods"),
        ({"start_interval": 25}, "start_interval"),
        ({"participants": []}, "participants"),
    ],
)
def test_bad_questions_are_refused_by_field(changes: dict[str, Any], field: str) -> None:
    """A question that cannot be right names the parameter, before anything is sent."""
    with pytest.raises(InvalidArgumentError) as caught:
        long(**changes)
    assert field == caught.value.field


@pytest.mark.parametrize("number", [0, -1, True, 1.5, "3"])
def test_first_wants_a_number(number: Any) -> None:
    """`first` refuses what is no number of results."""
    with pytest.raises(InvalidArgumentError) as caught:
        asyncio.run(searching(Service({}), long()).first(number))
    assert "number" == caught.value.field


def test_the_worst_status_of_a_member_counts() -> None:
    """Of several statuses of one member the worst is told, in the order of the search."""
    told = [
        MemberStatus(sub="acc_b", sync_status=SyncStatus.ACTIVE),
        MemberStatus(sub="acc_a", sync_status=SyncStatus.PENDING),
        MemberStatus(sub="acc_a", sync_status=SyncStatus.DISCONNECTED),
        MemberStatus(sub="acc_a", sync_status=SyncStatus.ACTIVE),
    ]
    assert (told[2], told[0]) == worst(long(), told)
