"""``search_availability`` of both clients."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cronofy_async import AsyncCronofy, Cronofy
from cronofy_async.client.searches import AsyncAvailabilitySearch
from cronofy_async.core.errors import PaginationError
from cronofy_async.models.availability import MOST_RESULTS, Availability, AvailableTime
from cronofy_async.models.availability_search import SearchAvailability
from cronofy_async.operations.availability import QueryAvailability
from cronofy_transports.sandbox import Sandbox

DAY = timedelta(days=1)
START = datetime(2030, 1, 7, tzinfo=UTC)


def _of_a_world(sandbox: Any) -> dict[str, Any]:
    start = datetime.fromtimestamp(sandbox.world.now() // 86_400 * 86_400 + 86_400, UTC)
    return {
        "participants": [each["sub"] for each in sandbox.accounts()],
        "required_duration": 45,
        "query_periods": [(start, start + timedelta(days=80))],
        "include_member_statuses": True,
    }


@pytest.mark.anyio
@pytest.mark.parametrize("shown", ["periods", "slots", "overlapping_slots"])
async def test_search_of_the_async_client(shown: Any) -> None:
    """On the sandbox, eighty days give what three calls by hand give, each thing once."""
    sandbox = Sandbox(seed=3)
    async with AsyncCronofy(
        sandbox.client_id, sandbox.client_secret, transport=sandbox.transport()
    ) as cronofy:
        asked = _of_a_world(sandbox)
        search = cronofy.search_availability(**asked, response_format=shown)
        found = await search.collect()
        assert [each async for each in search] == list(found.results)
        assert 3 == len(found.member_statuses or ())
        (start, _), *_ = asked.pop("query_periods")
        by_hand = await cronofy.availability(
            **asked,
            response_format=shown,
            query_periods=[(start, start + timedelta(days=3))],
        )
        border = start + timedelta(days=3)
        near = [each for each in found.results if each.end < border]
        assert near
        assert [each for each in by_hand.results if each.end < border] == near


def test_search_of_the_blocking_client() -> None:
    """The same without awaiting."""
    sandbox = Sandbox(seed=3)
    with Cronofy(
        sandbox.client_id, sandbox.client_secret, transport=sandbox.transport()
    ) as cronofy:
        search = cronofy.search_availability(**_of_a_world(sandbox), response_format="slots")
        assert search.first(4) == list(search.collect().results)[:4]
        assert search.first(4) == [time for time, _ in zip(search, range(4), strict=False)]
        assert "<AvailabilitySearch of 3 people>" == repr(search)


@pytest.mark.anyio
@pytest.mark.parametrize("shown", ["periods", "slots", "overlapping_slots"])
async def test_a_service_that_repeats_itself_is_left(shown: Any) -> None:
    """An answer as long as answers get, over and over, ends in an error and not in a loop."""
    calls: list[QueryAvailability] = []
    times = tuple(
        AvailableTime(
            start=START + timedelta(minutes=30 * number),
            end=START + timedelta(minutes=30 * number + 25),
            participants=(),
        )
        for number in range(MOST_RESULTS)
    )

    async def send(query: QueryAvailability) -> Availability:
        assert len(calls) < 10
        calls.append(query)
        slots = query.response_format not in (None, "periods")
        return Availability(
            available_slots=times if slots else None,
            available_periods=None if slots else times,
            member_statuses=None,
        )

    search = AsyncAvailabilitySearch(
        SearchAvailability(
            participants=["acc_a"],
            required_duration=15,
            query_periods=[(START, START + 30 * DAY)],
            response_format=shown,
        ),
        send,
        lambda: 0.0,
    )
    with pytest.raises(PaginationError, match="gave before"):
        await search.collect()
    assert 2 == len(calls)
