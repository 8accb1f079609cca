"""Parameters of another kind than declared are refused by name before anything is sent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from cronofy_async import AsyncCronofy, InvalidArgumentError
from cronofy_async.core.operation import Operation
from cronofy_async.operations import CreateChannel, ReadEvents, UpsertEvent, all_operations

from .support import RecordingTransport

NOON = datetime(2030, 1, 7, 12, tzinfo=UTC)
EVENT: dict[str, Any] = {
    "calendar_id": "cal_1",
    "event_id": "e1",
    "summary": "S",
    "start": NOON,
    "end": NOON + timedelta(hours=1),
}


READ: dict[str, Any] = {"tzid": "Etc/UTC"}
CHANNEL: dict[str, Any] = {"callback_url": "https://a.example"}


@pytest.mark.parametrize(
    ("operation", "wrong", "remedy"),
    [
        (partial(ReadEvents, **READ), {"include_deleted": "true"}, "True or False"),
        (partial(ReadEvents, **READ), {"include_deleted": 1}, "True or False"),
        (partial(ReadEvents, **READ), {"include_geo": None}, "True or False"),
        (partial(UpsertEvent, **EVENT), {"location": {"description": "x"}}, "Location"),
        (partial(UpsertEvent, **EVENT), {"locale": 5}, "text"),
        (partial(UpsertEvent, **EVENT), {"event_private": "no"}, "True or False"),
        (partial(CreateChannel, **CHANNEL), {"filters": {"only_managed": True}}, "ChannelFilters"),
    ],
)
def test_the_field_and_the_remedy_are_named(
    operation: Callable[..., Operation[Any]], wrong: dict[str, Any], remedy: str
) -> None:
    """The error names the parameter and what to give in its place."""
    with pytest.raises(InvalidArgumentError) as caught:
        operation(**wrong).to_request()
    assert next(iter(wrong)) == caught.value.field
    assert remedy in caught.value.remedy


@pytest.mark.asyncio
async def test_nothing_is_sent() -> None:
    """A client refuses before it sends."""
    wrong: dict[str, Any] = {**EVENT, "locale": 5}
    transport = RecordingTransport()
    account = AsyncCronofy(transport=transport).account(access_token="t")
    with pytest.raises(InvalidArgumentError):
        await account.upsert_event(**wrong)
    assert [] == transport.requests


def test_null_stays_where_the_service_takes_it() -> None:
    """A parameter that may be null is not refused for being it."""
    assert b'"url": null' in UpsertEvent(**EVENT, url=None).to_request().body


def test_every_operation_has_checks() -> None:
    """The annotations of every operation can be read."""
    from cronofy_async.core.kinds import _checks

    assert all("extra" not in [name for name, _, _ in _checks(op)] for op in all_operations())
    assert any(len(_checks(operation)) > 8 for operation in all_operations())
