"""When tokens are renewed, what is waited for, and what befalls an account that is refused."""

from __future__ import annotations

from typing import Any

import pytest

from cronofy_async import (
    AsyncAccount,
    AsyncCronofy,
    AuthenticationError,
    ConnectError,
    CronofyError,
    ReauthorizationRequiredError,
    RetryPolicy,
)
from cronofy_async.core.wire import Request

from .bench import Altering, PlainStore, background, bench, given
from .service import LIFE, ServiceTransport, is_exchange

pytestmark = pytest.mark.anyio


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> Any:
    """Each test runs on both event loops."""
    return request.param


class TestInTime:
    """A token whose end is known is renewed before it."""

    async def test_a_token_is_renewed_before_it_expires(self) -> None:
        """In its last minute a token is renewed, while calls go on with the old one."""
        async with bench() as b:
            account = b.client().account("acc_1", **given(b.service.grant("acc_1", expired=True)))
            await account.list_calendars()
            first = account.tokens.access_token
            b.time.time += LIFE - 61
            await account.list_calendars()
            assert first == account.tokens.access_token
            b.time.time += 2
            await account.list_calendars()
            await background(account)

            assert first != account.tokens.access_token
            assert (2, 1) == (b.service.exchanges, b.service.refused)

    async def test_a_token_that_has_expired_is_not_sent(self) -> None:
        """After its end a token is renewed first; the service never refuses a call."""
        async with bench() as b:
            account = b.client().account("acc_1", **given(b.service.grant("acc_1", expired=True)))
            await account.list_calendars()
            b.time.time += LIFE
            await account.list_calendars()

            assert (2, 1) == (b.service.exchanges, b.service.refused)

    async def test_a_stored_token_is_timed_by_the_services_clock(self) -> None:
        """Another process's token is renewed in time, once an answer has shown the time there."""
        async with bench() as b:
            await b.store.put("acc_1", b.service.grant("acc_1"))
            account = b.client().account("acc_1")
            await account.list_calendars()
            await account.list_calendars()
            b.time.time += LIFE - 30
            await account.list_calendars()
            await background(account)

            assert (1, 0) == (b.service.exchanges, b.service.refused)

    @pytest.mark.fault(34)
    @pytest.mark.parametrize("error", [600.0, -600.0, 86400.0])
    async def test_a_wrong_clock_changes_nothing(self, error: float) -> None:
        """A clock that is wrong, or jumps, neither renews too early nor over and over."""
        async with bench() as b:
            await b.store.put("acc_1", b.service.grant("acc_1"))
            transport = ServiceTransport(b.service)
            runtime = b.time.runtime()
            wall = [error]
            object.__setattr__(runtime, "now", lambda: b.time.time + wall[0])
            async with AsyncCronofy(
                "c", "s", transport=transport, token_store=b.store, runtime=runtime, limits=None
            ) as cronofy:
                account = cronofy.account("acc_1")
                for _ in range(20):
                    await account.list_calendars()
                    wall[0] = -wall[0]
                b.time.time += LIFE
                for _ in range(20):
                    await account.list_calendars()

            assert (1, 0) == (b.service.exchanges, b.service.refused)

    @pytest.mark.parametrize("life", [0, -5])
    async def test_a_life_that_is_none_is_not_reckoned_with(self, life: int) -> None:
        """An answer that says its token has expired already leads to no renewal at each call."""
        async with bench() as b:
            account = b.client(Altering(b.service, expires_in=life)).account(
                "acc_1", **given(b.service.grant("acc_1", expired=True))
            )
            for _ in range(5):
                await account.list_calendars()

            assert 1 == b.service.exchanges

    async def test_a_failed_renewal_in_time_disturbs_nobody(self) -> None:
        """While the old token is good, calls go on, and do not each try to renew it."""
        async with bench() as b:
            cronofy, transport = b.wired()
            account = cronofy.account("acc_1", **given(b.service.grant("acc_1", expired=True)))
            await account.list_calendars()
            attempts = 0

            def fail(request: Request) -> None:
                nonlocal attempts
                if is_exchange(request):
                    attempts += 1
                    raise ConnectError("no way", request)

            transport.before = fail
            b.time.time += LIFE - 50
            cronofy.with_options(retry=RetryPolicy(attempts=1))
            for _ in range(10):
                await account.list_calendars()
                with pytest.raises(ConnectError):
                    await background_of_first(account)

            assert RetryPolicy().attempts == attempts

    async def test_a_token_that_is_refused_over_and_over_is_renewed_once(self) -> None:
        """A call whose new token is refused as well ends, after one exchange."""
        async with bench() as b:
            account = b.client(Altering(b.service, access_token="canary-none")).account(
                "acc_1", **given(b.service.grant("acc_1", expired=True))
            )
            with pytest.raises(AuthenticationError):
                await account.list_calendars()

            assert (1, 2) == (b.service.exchanges, b.service.refused)


class TestRefused:
    """An account whose refresh token is refused is marked; nothing is deleted."""

    async def test_it_is_told_once_and_asked_for_no_more(self) -> None:
        """The first refusal is told; later calls fail at once, without a request."""
        async with bench() as b:
            tokens = b.service.grant("acc_1", expired=True)
            b.service.revoke("acc_1")
            account = b.client().account("acc_1", **given(tokens))
            for _ in range(3):
                with pytest.raises(ReauthorizationRequiredError, match="acc_1"):
                    await account.list_calendars()

            record = await b.record()
            assert ["acc_1"] == [error.sub for error in b.refused]
            assert 1 == b.service.stale
            assert (True, tokens, None) == (record.needs_reauth, record.tokens, record.lease)

    async def test_another_process_need_not_ask_again(self) -> None:
        """What one process was refused, no other one tries."""
        async with bench() as b:
            await b.store.put("acc_1", b.service.grant("acc_1", expired=True))
            b.service.revoke("acc_1")
            for _ in range(3):
                with pytest.raises(ReauthorizationRequiredError):
                    await b.client().account("acc_1").list_calendars()

            assert (1, 1) == (b.service.stale, len(b.refused))

    async def test_other_accounts_go_on(self) -> None:
        """One account's refusal is no other account's."""
        async with bench() as b:
            for sub in ("acc_1", "acc_2"):
                await b.store.put(sub, b.service.grant(sub, expired=True))
            b.service.revoke("acc_1")
            cronofy = b.client()
            with pytest.raises(ReauthorizationRequiredError):
                await cronofy.account("acc_1").list_calendars()
            await cronofy.account("acc_2").list_calendars()

            assert 1 == b.service.calls

    async def test_a_new_consent_ends_it(self) -> None:
        """Tokens put into the store by anybody are taken up by who was refused."""
        async with bench() as b:
            await b.store.put("acc_1", b.service.grant("acc_1", expired=True))
            b.service.revoke("acc_1")
            account = b.client().account("acc_1")
            with pytest.raises(ReauthorizationRequiredError):
                await account.list_calendars()
            await b.store.put("acc_1", b.service.grant("acc_1"))
            await account.list_calendars()

            assert not (await b.record()).needs_reauth

    async def test_a_new_consent_may_be_given_to_the_view(self) -> None:
        """Tokens given to account() work, and replace the refused ones once they are renewed."""
        async with bench() as b:
            await b.store.put("acc_1", b.service.grant("acc_1", expired=True))
            b.service.revoke("acc_1")
            cronofy = b.client()
            with pytest.raises(ReauthorizationRequiredError):
                await cronofy.account("acc_1").list_calendars()
            account = cronofy.account("acc_1", **given(b.service.grant("acc_1", expired=True)))
            await account.list_calendars()

            assert b.service.is_alive("acc_1", await b.store.get("acc_1"))
            # The refused account's access token is not tried.
            assert 2 == b.service.refused
            assert not (await b.record()).needs_reauth

    async def test_tokens_that_are_refused_as_well_are_not_tried_again(self) -> None:
        """Tokens given for a refused account that are no better are told of once, too."""
        async with bench() as b:
            await b.store.put("acc_1", b.service.grant("acc_1", expired=True))
            tokens = b.service.grant("acc_1", expired=True)
            b.service.revoke("acc_1")
            cronofy = b.client()
            for better in ({}, given(tokens)):
                account = cronofy.account("acc_1", **better)
                for _ in range(3):
                    with pytest.raises(ReauthorizationRequiredError):
                        await account.list_calendars()

            assert (2, 2) == (b.service.stale, len(b.refused))
            assert (await b.record()).lease is None

    async def test_a_refresh_token_that_is_not_named_stays(self) -> None:
        """An answer without refresh token leaves the one that got it, whichever that was."""
        async with bench("fixed") as b:
            await b.store.put("acc_1", b.service.grant("acc_1", expired=True))
            tokens = b.service.grant("acc_1", expired=True)
            transport = Altering(b.service, refresh_token=None)
            await b.client(transport).account("acc_1", **given(tokens)).list_calendars()

            stored = await b.store.get("acc_1")
            assert stored is not None
            assert tokens.refresh_token == stored.refresh_token

    async def test_the_refresh_token_that_was_used_stays(self) -> None:
        """The one given at the start does not replace the stored one that got no new one."""
        async with bench("fixed") as b:
            first = b.service.grant("acc_1", expired=True)
            newer = b.service.grant("acc_1", expired=True)
            await b.store.put("acc_1", newer)
            transport = Altering(b.service, refresh_token=None)
            await b.client(transport).account("acc_1", **given(first)).list_calendars()

            stored = await b.store.get("acc_1")
            assert stored is not None
            assert newer.refresh_token == stored.refresh_token

    async def test_a_plain_store_is_asked_for_no_more_either(self) -> None:
        """With get and put alone, the view remembers that its refresh token was refused."""
        async with bench(store=PlainStore()) as b:
            await b.store.put("acc_1", b.service.grant("acc_1", expired=True))
            b.service.revoke("acc_1")
            account = b.client().account("acc_1")
            for _ in range(3):
                with pytest.raises(ReauthorizationRequiredError):
                    await account.list_calendars()

            assert (1, 1) == (b.service.stale, len(b.refused))

    async def test_a_store_of_older_tokens_does_not_hinder_new_ones(self) -> None:
        """Tokens given at the start win over those in the store, if these are refused."""
        async with bench() as b:
            await b.store.put("acc_1", b.service.grant("acc_1", expired=True))
            tokens = b.service.grant("acc_1", expired=True)
            account = b.client().account("acc_1", **given(tokens))
            await account.list_calendars()

            assert b.service.is_alive("acc_1", await b.store.get("acc_1"))

    async def test_tokens_of_long_ago_do_no_harm(self) -> None:
        """A program that always starts with its first tokens goes on with the stored ones."""
        async with bench() as b:
            first = b.service.grant("acc_1", expired=True)
            for _ in range(4):
                b.service.expire("acc_1")
                account = b.client().account("acc_1", **given(first))
                await account.list_calendars()

            assert b.service.is_alive("acc_1", await b.store.get("acc_1"))
            assert 0 == b.service.stale

    async def test_a_good_access_token_outlives_a_refused_refresh_token(self) -> None:
        """A refusal while renewing in time is told, and calls go on until the token's end."""
        async with bench() as b:
            account = b.client().account("acc_1", **given(b.service.grant("acc_1", expired=True)))
            await account.list_calendars()
            b.service._refresh.clear()
            b.time.time += LIFE - 30
            for _ in range(3):
                await account.list_calendars()
                for flight in list(account.driver.under_way):
                    with pytest.raises(ReauthorizationRequiredError):
                        await flight()

            assert 1 == len(b.refused)
            assert 4 == b.service.calls

    async def test_a_hook_that_fails_costs_nothing(self) -> None:
        """What a hook raises is not raised to the caller."""
        async with bench() as b:
            tokens = b.service.grant("acc_1", expired=True)
            b.service.revoke("acc_1")

            def fail(error: Exception) -> None:
                raise KeyError(error)

            cronofy = AsyncCronofy(
                "c",
                "s",
                transport=ServiceTransport(b.service),
                on_needs_reauth=fail,
                runtime=b.time.runtime(),
            )
            with pytest.raises(ReauthorizationRequiredError):
                await cronofy.account("acc_1", **given(tokens)).list_calendars()

    @pytest.mark.parametrize(
        ("status", "body"), [(400, {"error": "invalid_client"}), (401, None), (403, None)]
    )
    async def test_a_wrong_client_secret_is_no_accounts_fault(self, status: int, body: Any) -> None:
        """Other refusals of an exchange are raised as they are, and mark nothing."""
        async with bench() as b:
            transport = Altering(b.service, status=status, body=body)
            tokens = b.service.grant("acc_1", expired=True)
            with pytest.raises(CronofyError) as caught:
                await b.client(transport).account("acc_1", **given(tokens)).list_calendars()

            record = await b.record()
            assert not isinstance(caught.value, ReauthorizationRequiredError)
            assert (False, None, None) == (record.needs_reauth, record.pending, record.lease)


async def background_of_first(account: AsyncAccount) -> None:
    """Wait for a renewal under way; raises what it raised, or as if it were the first one."""
    for flight in list(account.driver.under_way):
        await flight()
    raise ConnectError("none is under way")
