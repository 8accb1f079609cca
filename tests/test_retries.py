"""What a call that failed tells of its attempts, and what it must not repeat."""

from __future__ import annotations

import asyncio
import copy
import pickle
from collections.abc import Generator
from datetime import date
from typing import Any

import attrs
import pytest

from cronofy_async import (
    AsyncCronofy,
    ConnectError,
    CronofyError,
    DecodeError,
    Failure,
    NotFoundError,
    OutcomeUnknownError,
    RateLimitError,
    ReauthorizationRequiredError,
    RetryPolicy,
    ServerError,
    TransportError,
    TransportTimeoutError,
)
from cronofy_async.client.endpoints import AccountEndpoints, ApplicationEndpoints
from cronofy_async.core.exchange import Answer, exchange
from cronofy_async.core.operation import Credential, Operation, Retry
from cronofy_async.core.wire import Response, Send
from cronofy_async.operations import (
    Batch,
    CloseChannel,
    CreateChannel,
    DeleteEvent,
    DeleteRegistration,
    ListCalendars,
    UpsertEvent,
    all_operations,
)

from .support import FrozenTime, Prepared, RecordingTransport, answer

POLICY = RetryPolicy(attempts=3, wait_initial=1, wait_max=8, wait_jitter=0)
CUT, OVER = TransportError("cut"), TransportTimeoutError("over")
CHANNEL = CreateChannel(callback_url="https://a.example/told")
DELETE = DeleteEvent(calendar_id="cal_1", event_id="e1")

Flow = Generator[Send, Response, Answer[Any]]


def run(operation: Operation[Any], *events: Prepared, **options: Any) -> Answer[Any]:
    """Let one thing after the other befall an operation, and give its answer."""
    flow: Flow = exchange(operation, POLICY, draw=lambda: 0.0, now=lambda: 0.0, **options)
    next(flow)
    try:
        for event in events:
            if isinstance(event, Response):
                flow.send(event)
            else:
                assert isinstance(event, TransportError)
                flow.throw(event)
    except StopIteration as stop:
        result: Answer[Any] = stop.value
        return result
    raise AssertionError("the operation would go on")


def fail(operation: Operation[Any], *events: Prepared, **options: Any) -> CronofyError:
    """Let one thing after the other befall an operation, and give its error."""
    with pytest.raises(CronofyError) as caught:
        run(operation, *events, **options)
    return caught.value


class TestHistory:
    """An error tells what befell each attempt."""

    def test_each_attempt_is_told_in_order(self) -> None:
        """With its error, its words, its status and the service's id of the request."""
        unavailable = answer(503, {"token": "canary-tok-1"}, x_request_id="r-7", set_cookie="tok-2")
        error = fail(ListCalendars(), ConnectError("no way"), CUT, unavailable)

        assert isinstance(error, ServerError)
        assert 3 == error.attempts
        assert (
            Failure(error="ConnectError", message="no way", was_sent=False),
            Failure(error="TransportError", message="cut"),
            Failure(
                error="ServerError",
                message="ListCalendars was answered with status 503",
                status=503,
                request_id="r-7",
            ),
        ) == error.history
        assert "tok-" not in repr(error.history)

    def test_an_unreadable_answer_is_told_after_the_failures_before_it(self) -> None:
        """An answer that cannot be read ends the call, and the attempts before are kept."""
        error = fail(ListCalendars(), answer(500), Response(200, (), b"{"))

        assert isinstance(error, DecodeError)
        assert 2 == error.attempts
        assert ["ServerError", "DecodeError"] == [each.error for each in error.history]
        assert [500, 200] == [each.status for each in error.history]

    def test_a_renewal_is_no_attempt(self) -> None:
        """A refused token is not told, as the request was carried out after it."""
        error = fail(ListCalendars(), answer(401), answer(404), renewable=True)
        assert (1, 1) == (error.attempts, len(error.history))

    @pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda e: e])
    @pytest.mark.parametrize("events", [[answer(404)], [OVER] * 3, [CUT] * 3])
    def test_it_goes_with_copies_and_pickles(self, events: list[Prepared], again: Any) -> None:
        """Another process is told as much."""
        error = again(fail(ListCalendars(), *events))
        twin = pickle.loads(pickle.dumps(error))
        assert (error.history, error.attempts) == (twin.history, twin.attempts)
        assert len(events) == twin.attempts


class TestWhoSpeaksLast:
    """Which of several failures is the call's error."""

    def test_the_service_s_word_outlasts_a_broken_connection(self) -> None:
        """The last answer is raised, with the broken connection as its cause."""
        error = fail(ListCalendars(), answer(502), answer(503), CUT)

        assert isinstance(error, ServerError)
        assert (503, 3, CUT) == (error.status, error.attempts, error.__cause__)
        assert ["ServerError", "ServerError", "TransportError"] == [e.error for e in error.history]

    def test_the_caller_s_own_deadline_is_always_told(self) -> None:
        """That the time was over is not hidden by an earlier answer."""
        error = fail(ListCalendars(), answer(503), OVER, remaining=lambda: 1.5)

        assert error is OVER
        assert 2 == error.attempts


class TestUnknownOutcomes:
    """What must not be repeated ends with an error that says so."""

    @pytest.mark.fault(2)
    @pytest.mark.parametrize("befalls", [CUT, OVER, *map(answer, (500, 502, 503, 504))])
    def test_it_says_how_to_find_out(self, befalls: Prepared) -> None:
        """The error names the call and how to look up what became of it."""
        error = fail(CHANNEL, befalls)

        assert isinstance(error, OutcomeUnknownError)
        assert CHANNEL is error.operation
        assert "list_channels" in error.lookup
        assert f"CreateChannel may or may not have been carried out: {error.lookup}" == str(error)
        assert 1 == error.attempts

    @pytest.mark.parametrize("befalls", [ConnectError("refused"), answer(429)])
    def test_what_was_not_carried_out_is_repeated_first(self, befalls: Prepared) -> None:
        """Up to the first attempt of which nobody knows."""
        error = fail(CHANNEL, befalls, CUT)

        assert isinstance(error, OutcomeUnknownError)
        assert (2, CUT) == (error.attempts, error.__cause__)

    @pytest.mark.parametrize("status", [400, 403, 404, 422, 501, 505])
    def test_a_refusal_is_known(self, status: int) -> None:
        """A decided answer is the error itself."""
        assert not isinstance(fail(CHANNEL, answer(status)), OutcomeUnknownError)

    def test_what_was_never_sent_is_known(self) -> None:
        """A call whose time was over before it was sent says no more than that."""
        unsent = TransportTimeoutError("over")
        unsent.was_sent = False
        assert unsent is fail(CHANNEL, unsent, remaining=lambda: 0.0)

    def test_a_pickle_keeps_all_but_the_call(self) -> None:
        """Another process is told how to find out."""
        error = fail(CHANNEL, CUT)
        twin = pickle.loads(pickle.dumps(error))
        assert (str(error), error.history) == (str(twin), twin.history)
        assert twin.operation is None

    def test_every_call_that_must_not_be_repeated_says_how(self) -> None:
        """Each names a way to find out; a method it names is there, and reads."""
        silent = {
            each.__name__
            for each in all_operations()
            if each.retry in (Retry.CREATE, Retry.TOKEN) and not each.lookup
        }
        assert {"Batch", "CreateSchedulingRequest"} == silent
        methods = {*dir(AccountEndpoints), *dir(ApplicationEndpoints)}
        named = [
            word
            for each in all_operations()
            for word in each.lookup.split()
            if word.startswith(("list_", "get_", "read_"))
        ]
        assert named
        assert set(named) <= methods

    @pytest.mark.asyncio
    async def test_a_deadline_before_the_send_is_no_unknown_outcome(self) -> None:
        """A creation whose time is over while it waits to be sent was not carried out."""
        time_ = FrozenTime()
        transport = RecordingTransport([answer(429, retry_after="4")])

        async def oversleep(seconds: float) -> None:
            await time_.sleep(seconds + 10)

        runtime = attrs.evolve(time_.runtime(), sleep=oversleep)
        cronofy = AsyncCronofy(transport=transport, runtime=runtime, timeout=5)
        with pytest.raises(TransportTimeoutError) as caught:
            await cronofy.account(access_token="t").send(CHANNEL)
        assert not caught.value.was_sent
        assert (2, 14.0, 1) == (
            caught.value.attempts,
            caught.value.elapsed,
            len(transport.requests),
        )


@attrs.frozen(kw_only=True)
class Probe(Operation[None]):
    """A keyed write that is no delete."""

    method, path, source = "POST", "/v1/probes", "/"
    credential, retry = Credential.ACCESS_TOKEN, Retry.KEYED


class TestDeletes:
    """What is gone after a repeated delete was deleted by the first."""

    @pytest.mark.parametrize("status", [404, 410])
    @pytest.mark.parametrize("operation", [DELETE, CloseChannel(channel_id="chn_1")])
    @pytest.mark.parametrize("befalls", [CUT, OVER, answer(502)])
    def test_gone_is_success(
        self, operation: Operation[Any], befalls: Prepared, status: int
    ) -> None:
        """After an attempt that may have been carried out, there being no such thing is right."""
        done = run(operation, befalls, answer(status))
        assert (None, status, 2) == (done.value, done.response.status, done.attempts)

    def test_the_doubt_lasts(self) -> None:
        """Attempts that were certainly not carried out do not settle what the first one did."""
        assert 3 == run(DELETE, CUT, ConnectError("refused"), answer(404)).attempts

    @pytest.mark.parametrize("befalls", [[], [ConnectError("refused")], [answer(429)]])
    def test_gone_is_an_error_when_nothing_was_done_before(self, befalls: list[Prepared]) -> None:
        """Nobody but somebody else can have deleted it."""
        assert isinstance(fail(DELETE, *befalls, answer(404)), NotFoundError)

    @pytest.mark.parametrize(
        "operation",
        [
            Probe(),
            ListCalendars(),
            DeleteRegistration(bookable_event_id="b", registration_id="r"),
        ],
    )
    def test_only_deletes_without_answer_are_so(self, operation: Operation[Any]) -> None:
        """Another call's 404 stays an error, also when it was sent again."""
        assert isinstance(fail(operation, CUT, answer(404)), NotFoundError)

    def test_the_calls_of_a_batch_are_so_too(self) -> None:
        """In a repeated batch a delete may find its event gone; an upsert may not."""
        upsert = UpsertEvent(
            calendar_id="cal_1",
            event_id="e2",
            summary="s",
            start=date(2030, 1, 1),
            end=date(2030, 1, 2),
        )
        batch = Batch(operations=[DELETE, upsert])
        entries = answer(207, {"batch": [{"status": 404}, {"status": 404}]})

        gone, missing = run(batch, CUT, entries).value
        assert (True, 404) == (gone.ok, gone.status)
        assert isinstance(missing.error, NotFoundError)
        assert [False, False] == [each.ok for each in run(batch, entries).value]


@attrs.frozen(kw_only=True)
class Creation(Operation[None]):
    """A call for batches that must not be repeated; the API has none yet."""

    method, path, source, batchable = "POST", "/v1/creations", "/", True
    credential, retry = Credential.ACCESS_TOKEN, Retry.CREATE


class TestBatches:
    """A batch is repeated as a whole, or entry by entry."""

    @staticmethod
    async def send(calls: list[Operation[Any]], *answers: Prepared) -> tuple[Any, list[int]]:
        """The outcomes of calls, and how many each request held."""
        transport = RecordingTransport(answers)
        cronofy = AsyncCronofy(transport=transport, retry=POLICY, runtime=FrozenTime().runtime())
        outcomes = await cronofy.account(access_token="t").send_all(calls)
        return outcomes, [request.body.count(b"relative_url") for request in transport.requests]

    @pytest.mark.asyncio
    async def test_a_harmless_batch_is_repeated_as_a_whole(self) -> None:
        """Each of its calls names what it writes."""
        good = answer(207, {"batch": [{"status": 202}, {"status": 202}]})
        outcomes, sizes = await self.send([DELETE, DELETE], CUT, answer(503), good)
        assert ([True, True], [2, 2, 2]) == ([each.ok for each in outcomes], sizes)

    @pytest.mark.asyncio
    async def test_of_another_batch_only_the_harmless_calls_are_repeated(self) -> None:
        """The others say that nobody knows, each for itself."""
        good = answer(207, {"batch": [{"status": 202}, {"status": 404}]})
        calls: list[Operation[Any]] = [DELETE, Creation(), DELETE]
        outcomes, sizes = await self.send(calls, CUT, good)

        assert [3, 2] == sizes
        assert calls == [each.operation for each in outcomes]
        assert [202, None, 404] == [each.status for each in outcomes]
        error = outcomes[1].error
        assert isinstance(error, OutcomeUnknownError)
        assert (calls[1], CUT, 1) == (error.operation, error.__cause__, len(error.history))

    @pytest.mark.asyncio
    async def test_a_batch_of_creations_is_not_repeated(self) -> None:
        """None of its calls is."""
        outcomes, sizes = await self.send([Creation(), Creation()], answer(502))
        assert [2] == sizes
        assert {OutcomeUnknownError} == {type(each.error) for each in outcomes}

    @pytest.mark.asyncio
    async def test_what_failed_in_a_repeated_batch_tells_of_the_attempts_before(self) -> None:
        """Each of its calls may have been carried out by one of those."""
        entries = answer(207, {"batch": [{"status": 429}, {"status": 202}]})
        (first, second), _ = await self.send([DELETE, DELETE], answer(503), entries)

        assert isinstance(first.error, RateLimitError)
        assert [503, 429] == [each.status for each in first.error.history]
        assert (2, True) == (first.error.attempts, second.ok)

        entries = answer(207, {"batch": [{"status": 429}, {"status": 202}]})
        (first, _), _ = await self.send([DELETE, DELETE], answer(429), entries)
        assert (1, ()) == (first.error.attempts, first.error.history)


class TestWithoutToken:
    """A call may lose its token between two attempts."""

    TOKENS = {"access_token": "t", "refresh_token": "r"}

    @pytest.mark.asyncio
    async def test_a_refused_renewal_tells_of_the_attempts_before(self) -> None:
        """They may have been carried out, though nothing was sent after them."""
        refusal = answer(400, {"error": "invalid_grant"})
        transport = RecordingTransport([answer(503), answer(401), refusal])
        time_ = FrozenTime()
        cronofy = AsyncCronofy(
            "id", "s", transport=transport, retry=POLICY, runtime=time_.runtime()
        )
        with pytest.raises(ReauthorizationRequiredError) as caught:
            await cronofy.account("acc_1", **self.TOKENS).send(DELETE)

        told = [(each.error, each.status, each.was_sent) for each in caught.value.history]
        assert [
            ("ServerError", 503, True),
            ("ReauthorizationRequiredError", None, False),
        ] == told
        assert (2, 1.0) == (caught.value.attempts, caught.value.elapsed)

    @pytest.mark.asyncio
    async def test_nor_does_a_failed_one_hide_them(self) -> None:
        """The error is that of the renewal, and says that this call was sent before."""
        transport = RecordingTransport([CUT, answer(401), *[answer(502)] * 3])
        cronofy = AsyncCronofy(
            "id", "s", transport=transport, retry=POLICY, runtime=FrozenTime().runtime()
        )
        with pytest.raises(ServerError) as caught:
            await cronofy.account("acc_1", **self.TOKENS).send(DELETE)
        told = [(each.error, each.was_sent) for each in caught.value.history]
        assert [("TransportError", True), ("ServerError", False)] == told

    @pytest.mark.asyncio
    async def test_calls_that_wait_for_one_token_tell_each_of_their_own_attempts(self) -> None:
        """One that was never sent does not take over what befell another."""
        refusal = answer(400, {"error": "invalid_grant"})
        transport = RecordingTransport([answer(503), answer(401), answer(401), refusal])
        cronofy = AsyncCronofy(
            "id", "s", transport=transport, retry=POLICY, runtime=FrozenTime().runtime()
        )
        account = cronofy.account("acc_1", **self.TOKENS)
        errors = await asyncio.gather(
            account.send(DELETE), account.send(DELETE), return_exceptions=True
        )
        assert [2, 0] == sorted(
            (each.attempts for each in errors if isinstance(each, CronofyError)), reverse=True
        )


@pytest.mark.fault(24)
@pytest.mark.asyncio
async def test_a_throttled_call_ends_with_the_totals() -> None:
    """429 for ever ends after the attempts, with how long it took."""
    time_ = FrozenTime()
    cronofy = AsyncCronofy(
        transport=RecordingTransport([answer(429, retry_after="2")] * 3),
        retry=POLICY,
        runtime=time_.runtime(),
        limits=None,
    )
    with pytest.raises(RateLimitError) as caught:
        await cronofy.account(access_token="t").list_calendars()
    assert (3, 4.0, 2.0) == (
        caught.value.attempts,
        caught.value.elapsed,
        caught.value.retry_after,
    )
