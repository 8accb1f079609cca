"""Never run: mypy and pyright check that methods have the types that are asserted here."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import assert_type

from cronofy_async import (
    Account,
    Answer,
    AsyncAccount,
    AsyncCronofy,
    AsyncPager,
    AsyncPages,
    Collected,
    Cronofy,
    Cursor,
    Page,
    Pager,
    Pages,
    Secret,
)
from cronofy_async.models import Availability, Calendar, Channel, ElementToken, Event, TokenSet
from cronofy_async.operations import ListCalendars, ReadEvents

NOON = datetime(2030, 1, 7, 12, tzinfo=UTC)


async def asynchronous(cronofy: AsyncCronofy, account: AsyncAccount) -> None:
    """Every kind of row, awaited."""
    assert_type(await account.list_calendars(), list[Calendar])
    assert_type(await account.create_calendar(profile_id="pro_1", name="Team"), Calendar)
    assert_type(await account.send(ListCalendars()), list[Calendar])
    assert_type(await account.send_raw(ListCalendars()), Answer[list[Calendar]])
    assert_type(await account.create_channel(callback_url="https://a.example"), Channel)
    assert_type(await cronofy.request_token(code="c", redirect_uri="https://a"), TokenSet)
    assert_type((await cronofy.request_token(code="c", redirect_uri="x")).access_token, Secret)
    assert_type(
        await cronofy.create_element_token(permissions=["agenda"], origin="https://a"), ElementToken
    )
    assert_type(
        await cronofy.availability(
            participants="acc_1",
            required_duration=timedelta(hours=1),
            query_periods=[(NOON, NOON + timedelta(hours=8))],
        ),
        Availability,
    )
    assert_type(cronofy.authorization_url(redirect_uri="https://a", scope="read_write"), str)
    assert_type(account.read_events(tzid="Etc/UTC"), AsyncPager[Event])
    assert_type(account.read(ReadEvents(tzid="Etc/UTC")), AsyncPager[Event])
    async for event in account.read_events(tzid="Etc/UTC", from_=date(2030, 1, 7)):
        assert_type(event, Event)
    async for page in account.read_events(tzid="Etc/UTC").pages():
        assert_type(page, Page[Event])
    assert_type(await account.read_events(tzid="Etc/UTC").collect(), Collected[Event])

    pager = account.read_events(tzid="Etc/UTC").with_prefetch(0).resume("x").only("start")
    assert_type(pager, AsyncPager[Event])
    assert_type(pager.pages(), AsyncPages[Event])
    assert_type(pager.pages().cursor, Cursor)

    await account.create_calendar(profile_id=1, name="Team")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    await account.create_calendar(name="Team")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    await account.create_calendar(profile_id="p", nam="T")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    account.request_token  # type: ignore[attr-defined]  # noqa: B018  # pyright: ignore[reportAttributeAccessIssue, reportUnusedExpression]


def synchronous(cronofy: Cronofy, account: Account) -> None:
    """Every kind of row, blocking."""
    assert_type(account.list_calendars(), list[Calendar])
    assert_type(account.send(ListCalendars()), list[Calendar])
    assert_type(cronofy.request_token(code="c", redirect_uri="https://a"), TokenSet)
    assert_type(cronofy.authorization_url(redirect_uri="https://a", scope="read_write"), str)
    assert_type(account.read_events(tzid="Etc/UTC"), Pager[Event])
    pager = account.read_events(tzid="Etc/UTC").with_prefetch(0).resume("x").only("start")
    assert_type(pager, Pager[Event])
    assert_type(pager.pages(), Pages[Event])
    assert_type(pager.collect(), Collected[Event])
    for event in account.read_events(tzid="Etc/UTC"):
        assert_type(event, Event)
    for page in account.read_events(tzid="Etc/UTC").pages():
        assert_type(page, Page[Event])
    account.delete_event(calendar_id="cal_1")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
