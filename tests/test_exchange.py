"""One call as a conversation, without loop, clock or network."""

from __future__ import annotations

import time
from collections.abc import Generator
from typing import Any

import attrs
import pytest

from cronofy_async.core.errors import (
    APIError,
    AuthenticationError,
    CertificateError,
    ConnectError,
    InvalidArgumentError,
    NotFoundError,
    OutcomeUnknownError,
    RateLimitError,
    ServerError,
    TransportError,
    TransportTimeoutError,
)
from cronofy_async.core.exchange import Answer, RetryPolicy, exchange, retry_after
from cronofy_async.core.operation import Credential, Operation, Retry
from cronofy_async.core.wire import Request, Response, Send

from .support import answer


@attrs.frozen(kw_only=True)
class Thing:
    """An answer."""

    name: str


@attrs.frozen(kw_only=True)
class _Thing(Operation[Thing]):
    method, path, source = "POST", "/v1/things", "/"
    credential = Credential.ACCESS_TOKEN


@attrs.frozen(kw_only=True)
class ReadThing(_Thing):
    retry = Retry.READ


@attrs.frozen(kw_only=True)
class KeyedThing(_Thing):
    retry = Retry.KEYED


@attrs.frozen(kw_only=True)
class CreateThing(_Thing):
    retry = Retry.CREATE


@attrs.frozen(kw_only=True)
class TokenThing(_Thing):
    retry = Retry.TOKEN
    credential = Credential.CLIENT_BODY


REPEATABLE: tuple[type[Operation[Any]], ...] = (ReadThing, KeyedThing)
UNREPEATABLE: tuple[type[Operation[Any]], ...] = (CreateThing, TokenThing)
GOOD = answer(200, {"name": "x"})
POLICY = RetryPolicy(attempts=3, wait_initial=1, wait_max=8, wait_jitter=0)

Flow = Generator[Send, Response, Answer[Any]]


def start(operation: Operation[Any], policy: RetryPolicy = POLICY, **options: Any) -> Flow:
    """An exchange with no randomness, at the epoch."""
    return exchange(operation, policy, draw=lambda: 1.0, now=lambda: 0.0, **options)


def finish(flow: Flow, response: Response) -> Answer[Any]:
    """Send the last answer and give what the exchange returns."""
    with pytest.raises(StopIteration) as stopped:
        flow.send(response)
    result: Answer[Any] = stopped.value.value
    return result


def test_a_good_answer_ends_the_exchange() -> None:
    """One request is sent at once, and its answer is read."""
    flow = start(ReadThing())

    assert Send(Request("POST", "/v1/things")) == next(flow)
    assert Answer(Thing(name="x"), GOOD, 1) == finish(flow, GOOD)


def test_a_given_request_is_sent_in_place_of_the_operations_own() -> None:
    """A further page is asked for with its own request and read by the operation."""
    request = Request("GET", "/v1/things/pages/2")

    assert Send(request) == next(start(ReadThing(), request=request))


@pytest.mark.parametrize("operation", [*REPEATABLE, *UNREPEATABLE])
def test_429_is_always_tried_again(operation: type[Operation[Any]]) -> None:
    """A request over the quota was not carried out, so any may be sent again."""
    flow = start(operation())
    next(flow)

    assert 1.0 == flow.send(answer(429)).after
    assert 2.0 == flow.send(answer(429)).after
    assert 3 == finish(flow, GOOD).attempts


@pytest.mark.parametrize("status", [500, 502, 503, 504])
@pytest.mark.parametrize("operation", REPEATABLE)
def test_faults_are_tried_again_if_repeating_is_harmless(
    operation: type[Operation[Any]], status: int
) -> None:
    """Reads and keyed writes are sent again after a fault of the service."""
    flow = start(operation())
    next(flow)

    assert 1.0 == flow.send(answer(status)).after


@pytest.mark.parametrize("status", [500, 502, 503, 504])
@pytest.mark.parametrize("operation", UNREPEATABLE)
def test_faults_end_what_must_not_be_repeated(operation: type[Operation[Any]], status: int) -> None:
    """Creations and token exchanges are not sent again, and nobody knows what became of them."""
    flow = start(operation())
    next(flow)

    with pytest.raises(OutcomeUnknownError) as caught:
        flow.send(answer(status))
    assert (1, operation()) == (caught.value.attempts, caught.value.operation)
    assert isinstance(caught.value.__cause__, ServerError)


@pytest.mark.parametrize("status", [301, 400, 402, 403, 404, 410, 418, 422, 423, 501])
@pytest.mark.parametrize("operation", [*REPEATABLE, *UNREPEATABLE])
def test_refusals_are_not_tried_again(operation: type[Operation[Any]], status: int) -> None:
    """A refusal ends the call whatever the operation."""
    flow = start(operation())
    next(flow)

    with pytest.raises(APIError) as caught:
        flow.send(answer(status))
    assert (status, operation()) == (caught.value.status, caught.value.operation)


@pytest.mark.parametrize("operation", [*REPEATABLE, *UNREPEATABLE])
def test_no_connection_is_always_tried_again(operation: type[Operation[Any]]) -> None:
    """What was certainly not sent may be sent again."""
    flow = start(operation())
    next(flow)

    assert 1.0 == flow.throw(ConnectError("refused")).after


@pytest.mark.fault(42)
@pytest.mark.parametrize("operation", [*REPEATABLE, *UNREPEATABLE])
def test_a_refused_certificate_is_not_tried_again(operation: type[Operation[Any]]) -> None:
    """It is refused the next time as well, though nothing was sent."""
    flow = start(operation())
    next(flow)

    with pytest.raises(CertificateError) as caught:
        flow.throw(CertificateError("expired"))
    assert 1 == caught.value.attempts


@pytest.mark.fault(1, 2)
@pytest.mark.parametrize("error", [TransportError("cut"), TransportTimeoutError("over")])
def test_an_unknown_outcome_is_tried_again_only_if_harmless(error: TransportError) -> None:
    """A lost answer leads to a second request only for reads and keyed writes."""
    for operation in REPEATABLE:
        flow = start(operation())
        next(flow)
        assert 1.0 == flow.throw(error).after
    for operation in UNREPEATABLE:
        flow = start(operation())
        next(flow)
        with pytest.raises(OutcomeUnknownError) as caught:
            flow.throw(error)
        assert error is caught.value.__cause__


def test_the_last_attempt_s_error_is_raised() -> None:
    """After the last attempt the service's own answer is the error."""
    flow = start(ReadThing())
    next(flow)
    flow.throw(TransportError("cut"))
    flow.send(answer(503))

    with pytest.raises(ServerError) as caught:
        flow.send(answer(500))
    assert (500, 3) == (caught.value.status, caught.value.attempts)


def test_one_attempt_means_no_retry() -> None:
    """A policy of one attempt sends once."""
    flow = start(ReadThing(), RetryPolicy(attempts=1))
    next(flow)

    with pytest.raises(RateLimitError):
        flow.send(answer(429))


class TestRenewal:
    """What happens when a token is refused."""

    def test_a_refused_token_is_renewed_once(self) -> None:
        """The request is sent again with a new token, without wait, and counts as one attempt."""
        flow = start(CreateThing(), renewable=True)
        first = next(flow)

        assert Send(first.request, after=0.0, renew=True) == flow.send(answer(401))
        assert 1 == finish(flow, GOOD).attempts

    @pytest.mark.fault(28)
    def test_a_second_refusal_is_final(self) -> None:
        """A token that is refused right after its renewal ends the call."""
        flow = start(ReadThing(), renewable=True)
        next(flow)
        flow.send(answer(401))

        with pytest.raises(AuthenticationError):
            flow.send(answer(401))

    def test_without_refresh_token_a_refusal_is_final(self) -> None:
        """When nothing can be renewed, 401 ends the call."""
        flow = start(ReadThing())
        next(flow)

        with pytest.raises(AuthenticationError):
            flow.send(answer(401))

    def test_a_refused_client_secret_is_final(self) -> None:
        """Only access tokens are renewed."""
        flow = start(TokenThing(), renewable=True)
        next(flow)

        with pytest.raises(AuthenticationError):
            flow.send(answer(401))

    def test_a_retry_after_the_renewal_does_not_renew_again(self) -> None:
        """A fault after a renewal is retried with the token there is."""
        flow = start(ReadThing(), renewable=True)
        next(flow)
        flow.send(answer(401))

        assert not flow.send(answer(503)).renew
        assert 2 == finish(flow, GOOD).attempts


class TestWaiting:
    """How long a retry waits."""

    def test_waits_double_up_to_the_longest(self) -> None:
        """Each wait is twice the last, up to the longest."""
        policy = RetryPolicy(wait_initial=1, wait_max=5, wait_jitter=0)

        assert [1, 2, 4, 5, 5] == [policy.wait(n, 0.7) for n in range(1, 6)]
        assert 5 == policy.wait(100_000, 0.7)

    @pytest.mark.parametrize(("draw", "wait"), [(0.0, 2.0), (0.5, 1.5), (1.0, 1.0)])
    def test_jitter_takes_a_share_off(self, draw: float, wait: float) -> None:
        """A random share of up to the jitter is taken off a wait."""
        assert wait == RetryPolicy(wait_initial=2, wait_jitter=0.5).wait(1, draw)

    @pytest.mark.fault(23)
    def test_retry_after_wins(self) -> None:
        """The service's wish replaces our wait, and a jitter of its own is put on top."""
        flow = start(ReadThing(), RetryPolicy(retry_after_jitter=0.25))
        next(flow)

        assert 7.25 == flow.send(answer(429, retry_after="7")).after

    @pytest.mark.fault(23)
    def test_a_wish_that_is_too_long_ends_the_call(self) -> None:
        """We do not wait longer than the policy says, and the error tells the wish."""
        flow = start(ReadThing(), RetryPolicy(retry_after_max=60))
        next(flow)

        with pytest.raises(RateLimitError) as caught:
            flow.send(answer(429, retry_after="61"))
        assert 61 == caught.value.retry_after

    @pytest.mark.fault(24)
    def test_no_wait_is_begun_that_outlasts_the_call(self) -> None:
        """When the time left is shorter than the wait, the error is raised at once."""
        flow = start(ReadThing(), remaining=lambda: 0.9)
        next(flow)
        with pytest.raises(ServerError):
            flow.send(answer(503))

        flow = start(ReadThing(), remaining=lambda: 0.9)
        next(flow)
        with pytest.raises(TransportTimeoutError):
            flow.throw(TransportTimeoutError("over"))

    def test_the_oldest_form_of_a_date_is_greenwich_s(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """It names no zone, and that of the machine has nothing to do with it."""
        with monkeypatch.context() as patch:
            patch.setenv("TZ", "America/New_York")
            time.tzset()
            assert 20.0 == retry_after("Thu Jan  1 00:00:30 1970", lambda: 10.0)
        time.tzset()

    @pytest.mark.fault(23)
    def test_a_date_is_compared_with_the_answer_s_own(self) -> None:
        """A wait until a date is right although our clock is wrong."""
        flow = start(ReadThing(), RetryPolicy(retry_after_jitter=0))
        next(flow)
        response = answer(
            503,
            date="Sat, 21 Nov 2026 10:00:00 GMT",
            retry_after="Sat, 21 Nov 2026 10:00:07 GMT",
        )

        assert 7.0 == flow.send(response).after

    def test_a_patient_call_waits_for_the_service_s_quota(self) -> None:
        """The wait that a 429 asks for may be longer than the time left; no other may."""
        flow = start(ReadThing(), remaining=lambda: 0.9, is_patient=True)
        next(flow)
        send = flow.send(answer(429, retry_after="30"))
        assert (31.0, True) == (send.after, send.for_quota)
        with pytest.raises(ServerError):
            flow.send(answer(503))

    @pytest.mark.fault(23)
    @pytest.mark.parametrize(
        ("header", "seconds"),
        [
            (None, None),
            ("0", 0.0),
            (" 120 ", 120.0),
            ("Thu, 01 Jan 1970 00:00:30 GMT", 20.0),
            ("Wed, 31 Dec 1969 23:59:59 GMT", 0.0),
            ("-1", None),
            ("1.5", 1.5),
            ("2.", 2.0),
            (".5", None),
            ("+3", None),
            ("1_0", None),
            ("Thursday, 01-Jan-70 00:00:30 GMT", 20.0),
            ("Thu Jan  1 00:00:30 1970", 20.0),
            ("Fri, 31 Dec 2999 23:59:59 GMT", 32503679989.0),
            ("1e309", None),
            ("inf", None),
            ("nan", None),
            ("soon", None),
            ("", None),
            ("9" * 400, None),
            ("١٢", None),
            ("Thu, 01 Jan 99999 00:00:30 GMT", None),
        ],
    )
    def test_reads_every_form_of_retry_after(
        self, header: str | None, seconds: float | None
    ) -> None:
        """Seconds and dates are read; nonsense is passed over."""
        assert seconds == retry_after(header, lambda: 10.0)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("attempts", 0),
        ("wait_initial", -1),
        ("wait_max", float("inf")),
        ("wait_jitter", float("nan")),
        ("retry_after_max", -0.1),
        ("retry_after_jitter", -0.1),
    ],
)
def test_nonsensical_policies_are_refused(field: str, value: float) -> None:
    """A policy that cannot be followed is refused by the name of its field."""
    with pytest.raises(InvalidArgumentError) as caught:
        RetryPolicy(**{field: value})  # type: ignore[arg-type]  # the point of the test
    assert field == caught.value.field


def test_errors_show_neither_body_nor_query() -> None:
    """The message of a refusal names the operation, the status and the service's complaints."""
    flow = start(ReadThing())
    next(flow)
    body = {
        "errors": {"event_id": [{"key": "errors.required", "description": "required"}]},
        "echo": "tok-1",
    }

    with pytest.raises(APIError) as caught:
        flow.send(answer(422, body))
    assert "ReadThing was answered with status 422 (event_id: required)" == str(caught.value)
    assert "errors.required" == caught.value.errors["event_id"][0].key


@pytest.mark.fault(19)
@pytest.mark.parametrize(
    "body", [b"", b"<html>502</html>", b"[1]", b'{"errors": 3}', b'{"errors": {"a": 1}}', b"\xff"]
)
def test_an_unreadable_error_body_does_not_hide_the_status(body: bytes) -> None:
    """Whatever a refusal's body is, its status decides the error."""
    flow = start(ReadThing())
    next(flow)

    with pytest.raises(NotFoundError):
        flow.send(Response(404, (), body))


@pytest.mark.parametrize(
    "odd",
    [
        {"attempts": 2.5},
        {"attempts": True},
        {"attempts": "3"},
        {"wait_jitter": 1.5},
        {"wait_jitter": -0.1},
        {"wait_initial": None},
        {"wait_max": "8"},
        {"wait_max": 10**400},
        {"retry_after_max": float("nan")},
    ],
)
def test_an_odd_policy_is_refused_by_name(odd: dict[str, Any]) -> None:
    """No wait can be negative, and every number is one."""
    with pytest.raises(InvalidArgumentError) as caught:
        RetryPolicy(**odd)
    assert list(odd) == [caught.value.field]
