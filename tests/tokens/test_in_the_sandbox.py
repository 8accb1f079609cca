"""Tokens with the sandbox: long reads, both doors, and a store that outlives the program."""

from __future__ import annotations

from pathlib import Path

import attrs
import pytest

from cronofy_async import (
    AsyncCronofy,
    Cronofy,
    InvalidArgumentError,
    MemoryTokenStore,
    ReauthorizationRequiredError,
    Secret,
)
from cronofy_async.stores import SQLiteTokenStore, new_key
from cronofy_transports.sandbox import Choices, Sandbox, run_in_thread


@pytest.fixture
def sandbox() -> Sandbox:
    """A service whose access tokens last a minute, and whose refresh tokens work once."""
    return Sandbox(seed=3, choices=Choices(access_token_lifetime=60, refresh_tokens="rotating"))


@pytest.mark.asyncio
async def test_a_read_outlives_its_tokens(sandbox: Sandbox, tmp_path: Path) -> None:
    """A pager whose token ends between two pages carries on with the next one."""
    store = SQLiteTokenStore(tmp_path / "private" / "tokens.db", keys=new_key())
    pages, tokens = 0, set[Secret | None]()
    async with AsyncCronofy(
        sandbox.client_id, sandbox.client_secret, transport=sandbox.transport(), token_store=store
    ) as cronofy:
        for each in sandbox.accounts():
            given = {name: each[name] for name in ("access_token", "refresh_token")}
            account = cronofy.account(each["sub"], **given)
            async for _ in account.read_events(tzid="Etc/UTC").pages():
                pages += 1
                sandbox.control.advance(61)
                tokens.add(account.tokens.access_token)
            if pages > 2:
                assert account.tokens == await store.get(each["sub"])
                break
    store.close()

    assert pages > 2
    assert len(tokens) >= pages - 1


def test_a_program_goes_on_where_the_last_one_ended(sandbox: Sandbox, tmp_path: Path) -> None:
    """The sync client finds in the file what an earlier one has stored there."""
    path = tmp_path / "private" / "tokens.db"
    found = list[int]()
    room = None
    with run_in_thread(sandbox) as urls:
        for _ in range(3):
            with (
                SQLiteTokenStore(path) as store,
                Cronofy(
                    sandbox.client_id,
                    sandbox.client_secret,
                    api_url=urls.api_url,
                    token_store=store,
                ) as cronofy,
            ):
                if room is None:
                    room = cronofy.upsert_application_calendar(application_calendar_id="room")
                    account = cronofy.keep_tokens(room)
                else:
                    account = cronofy.account(room.sub)
                found.append(len(account.list_calendars()))
            sandbox.control.advance(61)

    assert [1, 1, 1] == found


@pytest.mark.asyncio
async def test_kept_tokens_replace_refused_ones(sandbox: Sandbox) -> None:
    """After a new consent the views that were refused work again, and expiry is known."""
    store = MemoryTokenStore()
    async with AsyncCronofy(
        sandbox.client_id, sandbox.client_secret, transport=sandbox.transport(), token_store=store
    ) as cronofy:
        room = await cronofy.upsert_application_calendar(application_calendar_id="room")
        account = await cronofy.keep_tokens(room)
        assert room.sub is not None
        sandbox.control.revoke(room.sub)
        with pytest.raises(ReauthorizationRequiredError):
            await account.list_calendars()
        again = await cronofy.upsert_application_calendar(application_calendar_id="room")
        await cronofy.keep_tokens(again)
        await account.list_calendars()

        assert again.access_token == account.tokens.access_token
        with pytest.raises(InvalidArgumentError, match="sub"):
            await cronofy.keep_tokens(attrs.evolve(again, sub=None, account_id=None))


def test_a_revoked_account_is_told_of(sandbox: Sandbox) -> None:
    """The hook of the sync client hears which account's owner is needed."""
    account = sandbox.accounts()[0]
    told: list[ReauthorizationRequiredError] = []
    with (
        run_in_thread(sandbox) as urls,
        Cronofy(
            sandbox.client_id,
            sandbox.client_secret,
            api_url=urls.api_url,
            on_needs_reauth=told.append,
        ) as cronofy,
    ):
        given = {name: account[name] for name in ("access_token", "refresh_token")}
        view = cronofy.account(account["sub"], **given)
        assert view.list_calendars()
        sandbox.control.revoke(account["sub"])
        with pytest.raises(ReauthorizationRequiredError):
            view.list_calendars()

    assert [account["sub"]] == [error.sub for error in told]
