"""Channels: what may be notified, and of what."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cronofy_async.core.errors import InvalidArgumentError
from cronofy_async.core.wire import Response
from cronofy_async.models import Channel, ChannelFilters, SchedulingConversationsOption
from cronofy_async.operations import CreateChannel, ListChannels

HOOK = "https://app.example.com/hook"


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ({}, {}),
        ({"filters": ChannelFilters()}, {"filters": {}}),
        (
            {"filters": ChannelFilters(calendar_ids="cal_1", only_managed=False)},
            {"filters": {"calendar_ids": ["cal_1"], "only_managed": False}},
        ),
        (
            {"scheduling_conversations": SchedulingConversationsOption(enabled=True)},
            {"scheduling_conversations": {"enabled": True}},
        ),
    ],
)
def test_filters_are_sent_as_given(given: dict[str, Any], sent: dict[str, Any]) -> None:
    """No filters, empty ones and false ones are different things; one calendar needs no list."""
    request = CreateChannel(callback_url=HOOK, **given).to_request()

    assert {"callback_url": HOOK, **sent} == json.loads(request.body)


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"callback_url": "app.example.com/hook"}, "callback_url", "https://"),
        ({"callback_url": "mailto:a@b.c"}, "callback_url", "https://"),
        (
            {"callback_url": HOOK, "filters": ChannelFilters(calendar_ids=[])},
            "filters.calendar_ids",
            "leave it out",
        ),
    ],
)
def test_what_the_reference_bounds_is_refused_with_a_remedy(
    given: dict[str, Any], field: str, words: str
) -> None:
    """A channel that can hear nothing, or that no callback can reach, is not asked for."""
    with pytest.raises(InvalidArgumentError) as caught:
        CreateChannel(**given)

    assert field == caught.value.field
    assert words in caught.value.remedy


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, ChannelFilters()),
        ({"calendar_ids": []}, ChannelFilters(calendar_ids=())),
        ({"only_managed": True, "new": 1}, ChannelFilters(only_managed=True)),
        (None, None),
    ],
)
def test_filters_of_answers_are_read_whatever_they_hold(
    filters: Any, expected: ChannelFilters | None
) -> None:
    """What may not be sent can still be answered."""
    body = json.dumps({"channels": [{"channel_id": "chn_1", "filters": filters}]}).encode()

    assert [Channel(channel_id="chn_1", filters=expected)] == ListChannels().from_response(
        Response(200, (), body)
    )
