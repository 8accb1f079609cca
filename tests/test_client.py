"""The async client over prepared answers: credentials, renewal, options, pagers."""

from __future__ import annotations

import inspect
import json
from typing import Any

import anyio
import attrs
import pytest

from cronofy_async import (
    AsyncCronofy,
    AuthenticationError,
    CredentialError,
    CronofyError,
    InvalidArgumentError,
    Limits,
    MemoryTokenStore,
    RateLimitError,
    RetryPolicy,
    Secret,
    ServerError,
    TokenRecord,
    Tokens,
    TransportError,
    TransportTimeoutError,
    UnsafeURLError,
)
from cronofy_async.client.options import Settings
from cronofy_async.core.operation import Credential, Operation, Retry
from cronofy_async.core.wire import Request, Response
from cronofy_async.operations import ListCalendars, ReadEvents, RequestToken

from .support import FrozenTime, Prepared, RecordingTransport, answer

pytestmark = pytest.mark.anyio

ID, SECRET, TOKEN, REFRESH = "client-1", "sec-4f1d8e", "tok-90ab12", "ref-77cd34"
CALENDARS = answer(200, {"calendars": [{"calendar_id": "cal_1"}]})
RENEWED = answer(
    200,
    {
        "token_type": "bearer",
        "access_token": "tok-new",
        "expires_in": 3600,
        "refresh_token": "ref-new",
        "scope": "read_write",
    },
)


@attrs.frozen(kw_only=True)
class Thing:
    """An answer."""

    name: str


@attrs.frozen(kw_only=True)
class AdminThing(Operation[Thing]):
    """A call of the Admin API."""

    method, path, source = "GET", "/v1/things", "/"
    credential, retry = Credential.ADMIN_KEY, Retry.READ


@attrs.frozen(kw_only=True)
class OpenThing(AdminThing):
    """A call without credential."""

    credential = Credential.NONE


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> Any:
    """Each test runs on both event loops."""
    return request.param


def connect(*answers: Prepared, **options: Any) -> tuple[AsyncCronofy, RecordingTransport]:
    """A client over prepared answers."""
    transport = RecordingTransport(answers)
    options.setdefault("runtime", FrozenTime().runtime())
    return AsyncCronofy(ID, SECRET, transport=transport, **options), transport


def body(request: Request) -> Any:
    """The JSON body of a request."""
    return json.loads(request.body)


class TestCredentials:
    """Exactly one credential goes with each call, or none is sent at all."""

    async def test_an_account_sends_its_token(self) -> None:
        """A view's calls carry the access token and go to the API host."""
        cronofy, transport = connect(CALENDARS)
        calendars = await cronofy.account(access_token=TOKEN).list_calendars()

        assert "cal_1" == calendars[0].calendar_id
        (request,) = transport.requests
        assert "https://api.cronofy.com/v1/calendars" == request.url
        assert f"Bearer {TOKEN}" == request.header("authorization")

    async def test_the_application_sends_its_secret_as_a_key(self) -> None:
        """A call with an API key carries the client secret in the header alone."""
        token = {"permissions": [], "origin": "https://a.example", "token": "t", "expires_in": 1}
        cronofy, transport = connect(answer(200, {"element_token": token}))
        await cronofy.create_element_token(permissions=["agenda"], origin="https://a.example")

        assert f"Bearer {SECRET}" == transport.requests[-1].header("authorization")
        assert "client_secret" not in body(transport.requests[-1])

    async def test_the_application_sends_its_credentials_in_the_body(self) -> None:
        """A token request carries client id and secret in the body and no header."""
        cronofy, transport = connect(RENEWED)
        await cronofy.request_token(code="code-1", redirect_uri="https://a.example/cb")

        (request,) = transport.requests
        assert request.header("authorization") is None
        assert (ID, SECRET) == (body(request)["client_id"], body(request)["client_secret"])

    async def test_an_account_does_not_act_for_the_application(self) -> None:
        """A call of the application is refused on a view, and nothing is sent."""
        cronofy, transport = connect()
        operation = RequestToken(code="c", redirect_uri="https://a.example/cb")
        with pytest.raises(CredentialError, match="on the client"):
            await cronofy.account(access_token=TOKEN).send(operation)
        assert [] == transport.requests

    async def test_the_application_does_not_act_for_an_account(self) -> None:
        """A call of an account is refused on the application, and nothing is sent."""
        cronofy, transport = connect()
        with pytest.raises(CredentialError, match="account"):
            await cronofy.send(ListCalendars())
        assert [] == transport.requests

    async def test_missing_credentials_are_named(self) -> None:
        """Without client secret the error names it and the variable to set."""
        cronofy = AsyncCronofy(ID, transport=RecordingTransport())
        with pytest.raises(CredentialError, match="CRONOFY_CLIENT_SECRET"):
            await cronofy.request_token(code="c", redirect_uri="https://a.example/cb")

    async def test_an_unknown_account_is_an_error(self) -> None:
        """A sub without tokens in the store is refused before anything is sent."""
        cronofy, _ = connect()
        with pytest.raises(CredentialError, match="acc_1"):
            await cronofy.account("acc_1").list_calendars()

    async def test_the_admin_key_goes_with_its_own_calls(self) -> None:
        """A call of the Admin API carries the admin key, and needs it."""
        cronofy, transport = connect(answer(200, {"name": "x"}), admin_api_key="adm-1")
        await cronofy.send(AdminThing())

        assert "Bearer adm-1" == transport.requests[0].header("authorization")
        with pytest.raises(CredentialError, match="CRONOFY_ADMIN_API_KEY"):
            await connect()[0].send(AdminThing())

    async def test_a_call_without_credential_carries_none(self) -> None:
        """What needs no credential is sent without, by the application and by an account."""
        cronofy, transport = connect(*[answer(200, {"name": "x"})] * 2)
        await cronofy.send(OpenThing())
        await cronofy.account(access_token=TOKEN).send(OpenThing())

        assert [None, None] == [r.header("authorization") for r in transport.requests]

    async def test_without_client_secret_nothing_is_renewed(self) -> None:
        """A refresh token is of no use to a client without credentials: 401 is final."""
        transport = RecordingTransport([answer(401)])
        account = AsyncCronofy(transport=transport).account(
            access_token=TOKEN, refresh_token=REFRESH
        )
        with pytest.raises(AuthenticationError):
            await account.list_calendars()
        assert 1 == len(transport.requests)

    async def test_tokens_given_again_replace_the_former(self) -> None:
        """A view made with newer tokens gives them to the views that are there."""
        cronofy, _ = connect()
        old = cronofy.account("acc_1", access_token=TOKEN)
        cronofy.account("acc_1", access_token="tok-newer")

        assert Secret("tok-newer") == old.tokens.access_token

    def test_a_view_needs_an_account(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A view of nobody is refused at once."""
        monkeypatch.delenv("CRONOFY_ACCESS_TOKEN", raising=False)
        cronofy, _ = connect()
        with pytest.raises(InvalidArgumentError):
            cronofy.account()


class TestRenewal:
    """A refused token is replaced, once for all who wait."""

    async def test_a_refused_token_is_replaced_and_kept(self) -> None:
        """After 401 the refresh token is used, the call repeated, and both tokens stored."""
        store = MemoryTokenStore()
        cronofy, transport = connect(answer(401), RENEWED, CALENDARS, CALENDARS, token_store=store)
        account = cronofy.account("acc_1", access_token=TOKEN, refresh_token=REFRESH)
        await account.list_calendars()
        await account.list_calendars()

        sent = [request.header("authorization") for request in transport.requests]
        assert [f"Bearer {TOKEN}", None, "Bearer tok-new", "Bearer tok-new"] == sent
        assert REFRESH == body(transport.requests[1])["refresh_token"]
        renewed = Tokens(access_token=Secret("tok-new"), refresh_token=Secret("ref-new"))
        assert renewed == account.tokens == await store.get("acc_1")

    @pytest.mark.fault(27)
    async def test_many_refused_calls_renew_once(self) -> None:
        """Fifty calls whose token is refused share one exchange of tokens."""
        exchanges = 0

        def serve(request: Request) -> Response:
            nonlocal exchanges
            if request.path == "/oauth/token":
                exchanges += 1
                return RENEWED
            return CALENDARS if "tok-new" in str(request.headers) else answer(401)

        cronofy, transport = connect(*[serve] * 200)
        account = cronofy.account("acc_1", access_token=TOKEN, refresh_token=REFRESH)
        async with anyio.create_task_group() as group:
            for _ in range(50):
                group.start_soon(account.list_calendars)

        assert 1 == exchanges
        assert len(transport.requests) <= 101

    async def test_a_cancelled_caller_does_not_lose_the_new_tokens(self) -> None:
        """When the caller is cancelled during the exchange, its answer is still stored."""
        started, may_answer = anyio.Event(), anyio.Event()
        store = MemoryTokenStore()

        class Slow(RecordingTransport):
            async def send(self, request: Request, *, timeout: float) -> Response:
                if request.path == "/oauth/token":
                    started.set()
                    await may_answer.wait()
                    return RENEWED
                return answer(401)

        cronofy = AsyncCronofy(ID, SECRET, transport=Slow(), token_store=store)
        account = cronofy.account("acc_1", access_token=TOKEN, refresh_token=REFRESH)
        async with anyio.create_task_group() as group:
            group.start_soon(account.list_calendars)
            await started.wait()
            group.cancel_scope.cancel()
        may_answer.set()
        await anyio.wait_all_tasks_blocked()

        assert Tokens(
            access_token=Secret("tok-new"), refresh_token=Secret("ref-new")
        ) == await store.get("acc_1")

    async def test_a_token_replaced_meanwhile_is_not_renewed(self) -> None:
        """When the refused token is no longer the current one, the current one is sent."""

        def replaced_meanwhile(request: Request) -> Response:
            cronofy.account("acc_1", access_token="tok-2", refresh_token=REFRESH)
            return answer(401)

        cronofy, transport = connect(replaced_meanwhile, CALENDARS)
        account = cronofy.account("acc_1", access_token=TOKEN, refresh_token=REFRESH)
        await account.list_calendars()

        assert ["/v1/calendars"] * 2 == [request.path for request in transport.requests]
        assert "Bearer tok-2" == transport.requests[1].header("authorization")

    async def test_a_stored_token_is_renewed_at_the_first_call(self) -> None:
        """Tokens that lie expired in the store are renewed as any others."""
        store = MemoryTokenStore()
        await store.put("acc_1", Tokens(access_token=Secret(TOKEN), refresh_token=Secret(REFRESH)))
        cronofy, _ = connect(answer(401), RENEWED, CALENDARS, token_store=store)
        await cronofy.account("acc_1").list_calendars()

        stored = await store.get("acc_1")
        assert stored is not None
        assert Secret("tok-new") == stored.access_token

    async def test_what_another_process_renewed_is_taken_from_the_store(self) -> None:
        """Before a refresh token is used up, the store is asked for newer tokens."""
        store = MemoryTokenStore()

        def renewed_elsewhere(request: Request) -> Response:
            newer = Tokens(access_token=Secret("tok-other"), refresh_token=Secret("ref-other"))
            store._records["acc_1"] = TokenRecord(tokens=newer)
            return answer(401)

        cronofy, transport = connect(renewed_elsewhere, CALENDARS, token_store=store)
        account = cronofy.account("acc_1", access_token=TOKEN, refresh_token=REFRESH)
        await account.list_calendars()

        assert "Bearer tok-other" == transport.requests[1].header("authorization")

    async def test_a_refresh_token_used_up_elsewhere_is_looked_up_once_more(self) -> None:
        """A refusal of the refresh token is final only if the store has no newer one."""
        store = MemoryTokenStore()

        def used_up_elsewhere(request: Request) -> Response:
            newer = Tokens(access_token=Secret("tok-other"), refresh_token=Secret("ref-other"))
            store._records["acc_1"] = TokenRecord(tokens=newer)
            return answer(400, {"error": "invalid_grant"})

        cronofy, transport = connect(answer(401), used_up_elsewhere, CALENDARS, token_store=store)
        account = cronofy.account("acc_1", access_token=TOKEN, refresh_token=REFRESH)
        await account.list_calendars()

        assert "Bearer tok-other" == transport.requests[2].header("authorization")

    async def test_a_renewal_does_not_overwrite_a_new_authorization(self) -> None:
        """Tokens given while an older grant is renewed stay, in the view and in the store."""
        store = MemoryTokenStore()

        def authorized_anew(request: Request) -> Response:
            cronofy.account("acc_1", access_token="tok-grant", refresh_token="ref-grant")
            return RENEWED

        cronofy, _ = connect(answer(401), authorized_anew, CALENDARS, token_store=store)
        account = cronofy.account("acc_1", access_token=TOKEN, refresh_token=REFRESH)
        await account.list_calendars()

        granted = Tokens(access_token=Secret("tok-grant"), refresh_token=Secret("ref-grant"))
        assert granted == account.tokens == await store.get("acc_1")

    async def test_a_renewal_may_take_no_longer_than_the_call(self) -> None:
        """The deadline of a call covers its renewal, which goes on for others."""
        may_answer = anyio.Event()

        class Slow(RecordingTransport):
            async def send(self, request: Request, *, timeout: float) -> Response:
                if request.path == "/oauth/token":
                    await may_answer.wait()
                    return RENEWED
                return answer(401)

        cronofy = AsyncCronofy(ID, SECRET, transport=Slow())
        account = cronofy.account("acc_1", access_token=TOKEN, refresh_token=REFRESH)
        with pytest.raises(TransportTimeoutError):
            await account.with_options(timeout=0.02).list_calendars()
        may_answer.set()
        await anyio.wait_all_tasks_blocked()

        assert Secret("tok-new") == account.tokens.access_token

    async def test_closing_waits_for_a_renewal(self) -> None:
        """A client that is closed while tokens are exchanged closes once they are stored."""
        started = anyio.Event()
        store = MemoryTokenStore()

        class Slow(RecordingTransport):
            async def send(self, request: Request, *, timeout: float) -> Response:
                if request.path == "/oauth/token":
                    started.set()
                    await anyio.sleep(0.02)
                    return RENEWED
                return answer(401)

        async with (
            AsyncCronofy(ID, SECRET, transport=Slow(), token_store=store) as cronofy,
            anyio.create_task_group() as group,
        ):
            account = cronofy.account("acc_1", access_token=TOKEN, refresh_token=REFRESH)
            group.start_soon(account.list_calendars)
            await started.wait()
            group.cancel_scope.cancel()

        stored = await store.get("acc_1")
        assert stored is not None
        assert Secret("ref-new") == stored.refresh_token

    async def test_a_slow_renewal_uses_up_the_calls_time(self) -> None:
        """A call whose time is over after its renewal is not sent again."""
        time = FrozenTime()

        def slow(request: Request) -> Response:
            time.time += 31
            return RENEWED

        cronofy, _ = connect(answer(401), slow, runtime=time.runtime())
        account = cronofy.account("acc_1", access_token=TOKEN, refresh_token=REFRESH)
        with pytest.raises(TransportTimeoutError):
            await account.list_calendars()
        assert Secret("tok-new") == account.tokens.access_token

    async def test_views_of_one_account_share_their_tokens(self) -> None:
        """What one view renews, another view of the account uses."""
        cronofy, _ = connect(answer(401), RENEWED, CALENDARS)
        first = cronofy.account("acc_1", access_token=TOKEN, refresh_token=REFRESH)
        second = cronofy.account("acc_1")
        await first.list_calendars()

        assert Secret("tok-new") == second.tokens.access_token

    async def test_a_view_with_only_a_refresh_token_gets_an_access_token_first(self) -> None:
        """Without access token the exchange comes before the first call."""
        cronofy, transport = connect(RENEWED, CALENDARS)
        await cronofy.account(refresh_token=REFRESH).list_calendars()

        paths = [request.path for request in transport.requests]
        assert ["/oauth/token", "/v1/calendars"] == paths

    async def test_a_refused_refresh_token_is_the_error(self) -> None:
        """When the refresh token is refused the error says so, and the tokens stay."""
        cronofy, _ = connect(answer(401), answer(400, {"error": "invalid_grant"}))
        account = cronofy.account(access_token=TOKEN, refresh_token=REFRESH)
        with pytest.raises(CronofyError, match="invalid_grant"):
            await account.list_calendars()
        assert Secret(REFRESH) == account.tokens.refresh_token

    async def test_without_refresh_token_a_refusal_is_the_error(self) -> None:
        """A refused token that cannot be renewed ends the call."""
        cronofy, transport = connect(answer(401))
        with pytest.raises(AuthenticationError):
            await cronofy.account(access_token=TOKEN).list_calendars()
        assert 1 == len(transport.requests)


class TestRetries:
    """The driver waits as the exchange says, and no longer than the call may take."""

    async def test_waits_and_sends_again(self) -> None:
        """A fault is followed by a wait and a second request."""
        time = FrozenTime()
        cronofy, transport = connect(answer(503), CALENDARS, runtime=time.runtime())
        await cronofy.account(access_token=TOKEN).list_calendars()

        assert [0.5] == time.slept
        assert 2 == len(transport.requests)

    async def test_each_attempt_gets_only_the_time_that_is_left(self) -> None:
        """The timeout of the call covers all its attempts and waits."""
        time = FrozenTime()
        cronofy, transport = connect(
            answer(503), CALENDARS, runtime=time.runtime(), timeout=10, retry=RetryPolicy()
        )
        await cronofy.account(access_token=TOKEN).list_calendars()

        assert [10, 9.5] == transport.timeouts

    async def test_gives_up_before_the_deadline_rather_than_after(self) -> None:
        """A wait that would outlast the call is not begun."""
        time = FrozenTime()
        cronofy, _ = connect(answer(429, retry_after="20"), runtime=time.runtime(), timeout=10)
        with pytest.raises(RateLimitError):
            await cronofy.account(access_token=TOKEN).list_calendars()
        assert [] == time.slept

    async def test_the_time_may_be_over_before_a_request(self) -> None:
        """A call whose time is over sends nothing more."""
        time = FrozenTime()

        def slow(request: Request) -> Response:
            time.time += 10
            raise TransportError("cut", request)

        cronofy, transport = connect(slow, runtime=time.runtime(), timeout=10)
        with pytest.raises(TransportError):
            await cronofy.account(access_token=TOKEN).list_calendars()
        assert 1 == len(transport.requests)

    async def test_options_of_one_call(self) -> None:
        """A copy with other options leaves the first as it was, and shares its connections."""
        cronofy, transport = connect(answer(503), CALENDARS, headers={"X-A": "1"})
        account = cronofy.account(access_token=TOKEN)
        hasty = account.with_options(timeout=3, retry=RetryPolicy(attempts=1), headers={"X-B": "2"})
        with pytest.raises(ServerError):
            await hasty.list_calendars()
        await account.list_calendars()

        assert [3, 30] == transport.timeouts
        first, second = transport.requests
        assert ("1", "2") == (first.header("x-a"), first.header("x-b"))
        assert ("1", None) == (second.header("x-a"), second.header("x-b"))

    async def test_the_application_has_options_too(self) -> None:
        """The options of a copied client hold for the views it makes."""
        cronofy, transport = connect(CALENDARS)
        await cronofy.with_options(timeout=7).account(access_token=TOKEN).list_calendars()

        assert [7] == transport.timeouts

    @pytest.mark.parametrize("timeout", [0, -1, float("inf"), float("nan")])
    def test_nonsensical_timeouts_are_refused(self, timeout: float) -> None:
        """A timeout is a number of seconds above zero."""
        with pytest.raises(InvalidArgumentError) as caught:
            connect(timeout=timeout)
        assert "timeout" == caught.value.field

    @pytest.mark.parametrize(
        "headers",
        [{"Authorization": "x"}, {"cookie": "x"}, {"X-A": "1\r\nX-B: 2"}, {"X A": "1"}, {"": "1"}],
    )
    def test_dangerous_headers_are_refused(self, headers: dict[str, str]) -> None:
        """Headers that are ours to set, or could forge others, are refused."""
        with pytest.raises(InvalidArgumentError):
            connect(headers=headers)


class TestPagers:
    """Pages are read when they are asked for."""

    def page(self, number: int, total: int = 3, **changes: Any) -> Response:
        """One page of two events."""
        pages: dict[str, Any] = {"current": number, "total": total}
        if number < total:
            pages["next_page"] = f"https://api.cronofy.com/v1/events/pages/{number + 1}"
        names = [f"evt_{number}{letter}" for letter in "ab"]
        events = [{"event_uid": name, "calendar_id": "cal_1"} for name in names]
        return answer(200, {"pages": pages | changes, "events": events})

    async def test_reads_page_after_page(self) -> None:
        """All entries come, in order, each page asked for with the token."""
        cronofy, transport = connect(*[self.page(n) for n in (1, 2, 3)])
        pager = cronofy.account(access_token=TOKEN).read_events(tzid="Etc/UTC")
        assert [] == transport.requests
        uids = [event.event_uid async for event in pager]

        assert ["evt_1a", "evt_1b", "evt_2a", "evt_2b", "evt_3a", "evt_3b"] == uids
        assert [
            "/v1/events",
            "/v1/events/pages/2",
            "/v1/events/pages/3",
        ] == [request.path for request in transport.requests]
        assert {f"Bearer {TOKEN}"} == {r.header("authorization") for r in transport.requests}

    async def test_can_be_read_twice(self) -> None:
        """Each iteration begins anew at the first page."""
        cronofy, transport = connect(*[self.page(1, 1) for _ in range(3)])
        pager = cronofy.account(access_token=TOKEN).read_events(tzid="Etc/UTC")

        assert await pager.collect() == await pager.collect()
        assert [1] == [page.current async for page in pager.pages()]
        assert 3 == len(transport.requests)

    async def test_a_page_that_failed_can_be_asked_for_again(self) -> None:
        """An iteration goes on after an error where it stood; nothing has to be closed."""
        cronofy, _ = connect(
            self.page(1, 2), answer(503), self.page(2, 2), retry=RetryPolicy(attempts=1)
        )
        pages = cronofy.account(access_token=TOKEN).read_events(tzid="Etc/UTC").pages()
        assert 1 == (await anext(pages)).current
        with pytest.raises(ServerError):
            await anext(pages)

        assert 2 == (await anext(pages)).current
        with pytest.raises(StopAsyncIteration):
            await anext(pages)

    async def test_errors_surface_at_the_first_use(self) -> None:
        """A refusal of the first page is raised when reading begins."""
        cronofy, _ = connect(answer(403))
        pager = cronofy.account(access_token=TOKEN).read_events(tzid="Etc/UTC")
        with pytest.raises(CronofyError, match="403"):
            async for _ in pager:
                pass

    async def test_a_foreign_next_page_gets_no_token(self) -> None:
        """A next page on another host ends the reading before anything is sent there."""
        cronofy, transport = connect(self.page(1, next_page="https://evil.test/v1/events/p"))
        with pytest.raises(UnsafeURLError):
            await cronofy.account(access_token=TOKEN).read_events(tzid="Etc/UTC").collect()
        assert 1 == len(transport.requests)

    async def test_a_token_may_expire_between_pages(self) -> None:
        """A reading that outlives its token goes on with the new one."""
        cronofy, transport = connect(self.page(1, 2), answer(401), RENEWED, self.page(2, 2))
        account = cronofy.account(access_token=TOKEN, refresh_token=REFRESH)
        assert 4 == len(await account.read_events(tzid="Etc/UTC").collect())
        assert "Bearer tok-new" == transport.requests[-1].header("authorization")


class TestLifecycle:
    """Opening and closing."""

    async def test_a_given_transport_is_not_closed(self) -> None:
        """Whoever makes a transport closes it."""
        transport = RecordingTransport()
        async with AsyncCronofy(ID, SECRET, transport=transport):
            pass
        assert 0 == transport.closed

    async def test_a_closed_client_says_so(self) -> None:
        """A call after closing is an error, and closing twice is none."""
        cronofy, _ = connect()
        await cronofy.aclose()
        await cronofy.aclose()
        with pytest.raises(CronofyError, match="closed"):
            await cronofy.account(access_token=TOKEN).list_calendars()

    @pytest.mark.parametrize("wrong", [object(), RecordingTransport, 5])
    def test_what_is_no_transport_is_refused(self, wrong: Any) -> None:
        """An object that cannot send never leads to the real service in its stead."""
        with pytest.raises(InvalidArgumentError) as caught:
            AsyncCronofy(ID, SECRET, transport=wrong)
        assert "transport" == caught.value.field

    async def test_unknown_transports_are_refused_by_name(self) -> None:
        """The name of a transport that is not installed is an error of the caller."""
        cronofy = AsyncCronofy(ID, SECRET, transport="carrier-pigeon")
        with pytest.raises(InvalidArgumentError, match="carrier-pigeon"):
            await cronofy.account(access_token=TOKEN).list_calendars()


class TestShape:
    """What a user sees of the methods."""

    def test_methods_have_the_operations_signature_and_docstring(self) -> None:
        """A method shows the parameters and the docstring of its operation."""
        cronofy, _ = connect()
        method = cronofy.account(access_token=TOKEN).create_calendar

        assert {"extra", "profile_id", "name", "color"} == set(inspect.signature(method).parameters)
        assert "create_calendar" == method.__name__
        assert "Create a calendar" in (method.__doc__ or "")

    async def test_the_raw_answer_is_there_too(self) -> None:
        """The HTTP response comes beside the typed answer, with keys that are not known."""
        cronofy, _ = connect(answer(200, {"calendars": [], "sub": "acc_1"}))
        result = await cronofy.account(access_token=TOKEN).send_raw(ListCalendars())

        assert ([], "acc_1", 1) == (
            result.value,
            result.response.json()["sub"],
            result.attempts,
        )

    def test_reprs_show_no_secret(self) -> None:
        """Neither a client, a view nor a pager shows a token."""
        cronofy, _ = connect()
        account = cronofy.account(access_token=TOKEN, refresh_token=REFRESH)
        shown = f"{cronofy!r} {account!r} {account.tokens!r} {account.read_events(tzid='UTC')!r}"

        assert not any(secret in shown for secret in (SECRET, TOKEN, REFRESH))

    async def test_errors_can_be_sent_again(self) -> None:
        """An error holds the operation it befell, which can be sent once more."""
        cronofy, _ = connect(answer(423), CALENDARS)
        account = cronofy.account(access_token=TOKEN)
        with pytest.raises(CronofyError) as caught:
            await account.list_calendars()
        operation = getattr(caught.value, "operation", None)

        assert ListCalendars() == operation
        assert operation is not None
        assert 1 == len(await account.send(operation))

    def test_operations_are_values(self) -> None:
        """A pager can be made from an operation as well as by its method."""
        cronofy, _ = connect()
        pager = cronofy.account(access_token=TOKEN).read(ReadEvents(tzid="Etc/UTC"))

        assert ReadEvents(tzid="Etc/UTC") == pager.operation


class TestSettings:
    """Arguments and environment."""

    def test_the_environment_fills_what_is_left_out(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Variables are read, and explicit arguments win over them."""
        monkeypatch.setenv("CRONOFY_DATA_CENTER", "DE")
        monkeypatch.setenv("CRONOFY_CLIENT_ID", "from-env")
        monkeypatch.setenv("CRONOFY_ACCESS_TOKEN", "")

        assert "<AsyncCronofy at https://api-de.cronofy.com>" == repr(AsyncCronofy())
        assert "<AsyncCronofy at https://api-au.cronofy.com>" == repr(
            AsyncCronofy(data_center="au")
        )
        monkeypatch.setenv("CRONOFY_API_URL", "http://127.0.0.1:9")
        assert "<AsyncCronofy at http://127.0.0.1:9>" == repr(AsyncCronofy())

    def test_the_environment_can_switch_limits_off(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """For tests, and only where the program does not say what it keeps to."""
        monkeypatch.setenv("CRONOFY_LIMITS", "off")
        assert AsyncCronofy("id", "s").quota is None
        quota = AsyncCronofy("id", "s", limits=Limits(per_second=5)).quota
        assert quota is not None
        assert 5 == quota.limits.per_second
        monkeypatch.setenv("CRONOFY_LIMITS", "5/s")
        with pytest.raises(InvalidArgumentError, match="CRONOFY_LIMITS: is not off"):
            AsyncCronofy("id", "s")
        monkeypatch.delenv("CRONOFY_LIMITS")
        assert AsyncCronofy("id", "s").quota is not None

    def test_what_is_given_wins_over_urls_of_the_environment(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A data centre or URL that is given is where requests go, whatever is set around."""
        monkeypatch.setenv("CRONOFY_API_URL", "http://127.0.0.1:9")
        monkeypatch.setenv("CRONOFY_APP_URL", "http://127.0.0.1:8")
        gathered = Settings.gather(data_center="au").hosts
        own = Settings.gather(api_url="http://127.0.0.1:7").hosts

        assert ("https://api-au.cronofy.com", "https://app-au.cronofy.com") == (
            gathered.api,
            gathered.app,
        )
        assert ("http://127.0.0.1:7", "http://127.0.0.1:7") == (own.api, own.app)
        assert "http://127.0.0.1:8" == Settings.gather().hosts.app

    @pytest.mark.parametrize(
        "odd",
        [
            {"client_secret": ""},
            {"client_id": ""},
            {"client_id": 5},
            {"admin_api_key": ""},
            {"data_center": ""},
            {"data_center": 5},
            {"api_url": ""},
            {"api_url": 5},
            {"app_url": b"https://a.example"},
            {"timeout": None},
            {"timeout": "5"},
            {"timeout": True},
            {"retry": 3},
        ],
    )
    def test_odd_arguments_are_refused_by_name(
        self, odd: dict[str, Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Nothing that is given falls back to the environment because it is empty."""
        monkeypatch.setenv("CRONOFY_CLIENT_ID", "from-env")
        monkeypatch.setenv("CRONOFY_CLIENT_SECRET", "from-env")
        with pytest.raises(InvalidArgumentError) as caught:
            AsyncCronofy(**odd)
        assert list(odd) == [caught.value.field]

    @pytest.mark.parametrize(
        ("headers", "field"),
        [
            ({"X": 5}, "headers['X']"),
            ({"é": "a"}, "headers['é']"),
            ({5: "a"}, "headers[5]"),
            ({"": "a"}, "headers['']"),
            ([("X", "a")], "headers"),
        ],
    )
    def test_odd_headers_are_refused_by_name(self, headers: Any, field: str) -> None:
        """What no HTTP message can carry is told before anything is sent."""
        with pytest.raises(InvalidArgumentError) as caught:
            AsyncCronofy(headers=headers)
        assert field == caught.value.field

    def test_malformed_secrets_are_refused_unshown(self) -> None:
        """A secret that cannot be one is refused by name without being shown."""
        with pytest.raises(InvalidArgumentError) as caught:
            AsyncCronofy(ID, "sec ret-x")
        assert "client_secret" == caught.value.field
        assert "sec ret-x" not in str(caught.value)

    def test_an_authorization_url_needs_a_client_id(self) -> None:
        """Without a client id anywhere there is no URL, and the error names it."""
        cronofy = AsyncCronofy(transport=RecordingTransport())
        with pytest.raises(InvalidArgumentError) as caught:
            cronofy.authorization_url(redirect_uri="https://a.example/cb", scope="read_write")
        assert "client_id" == caught.value.field
        url = cronofy.authorization_url(
            client_id="other", redirect_uri="https://a.example/cb", scope="read_write"
        )
        assert "client_id=other" in url

    async def test_the_authorization_url_has_the_clients_own_id(self) -> None:
        """The URL of the consent page is on the app host and carries our client id."""
        cronofy, transport = connect(data_center="uk")
        url = cronofy.authorization_url(
            redirect_uri="https://a.example/cb", scope="read_write", state="s 1"
        )

        assert url.startswith("https://app-uk.cronofy.com/oauth/authorize?")
        query = dict(Request("GET", url).query)
        assert {
            "response_type": "code",
            "client_id": ID,
            "redirect_uri": "https://a.example/cb",
            "scope": "read_write",
            "state": "s 1",
        } == query
        assert [] == transport.requests


def test_timeouts_are_transport_errors() -> None:
    """Whoever handles transport errors handles timeouts too."""
    assert issubclass(TransportTimeoutError, TransportError)
