"""
One call as a conversation: what to send, when to send it again, what came of it.

The exchange is a pure generator. It yields `Send` instructions, is sent each
`Response` or thrown the `TransportError` that stood in its place, and returns the
answer. Its driver waits, renews tokens and moves bytes; retries, the status rule
and the reading of answers are decided here and nowhere else, so they are tested
without loop, clock or network.

When a request may be sent again::

    outcome                       READ   KEYED  CREATE   TOKEN
    nothing was sent              yes    yes    yes      yes
    a certificate is refused      no
    no complete answer            yes    yes    unknown  unknown
    429                           yes    yes    yes      yes
    500, 502, 503, 504            yes    yes    unknown  unknown
    401, with a renewable token   once, with a new token; twice if the first was borrowed
    every other status            no

*unknown* is an `OutcomeUnknownError`. When a delete is sent again whose first request may
have been carried out, 404 and 410 are its success.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Generator, Sequence
from copy import copy
from datetime import UTC
from email.utils import parsedate_to_datetime
from functools import partial
from traceback import clear_frames
from typing import Any, Final, Generic, TypeVar

import attrs

from .budget import RetryBudget
from .errors import (
    APIError,
    CertificateError,
    CronofyError,
    DecodeError,
    Failure,
    OutcomeUnknownError,
    TransportError,
    TransportTimeoutError,
)
from .numbers import not_negative, positive, share
from .operation import Credential, Operation, Retry
from .wire import Request, Response, Send

__all__ = ("Answer", "RetryPolicy", "exchange", "interrupted", "noted")

T = TypeVar("T")
E = TypeVar("E", bound=CronofyError)

THROTTLED: Final = 429
_IF_REPEATABLE: Final = frozenset({500, 502, 503, 504})
_REPEATABLE: Final = frozenset({Retry.READ, Retry.KEYED})
_SECONDS: Final = re.compile(r"[0-9]{1,9}(\.[0-9]{0,9})?")


@attrs.frozen(kw_only=True)
class RetryPolicy:
    """
    How often and after what wait a request is sent again.

    The wait before attempt n+1 is ``min(wait_max, wait_initial * 2**(n-1))``, of
    which a random share of at most *wait_jitter* is taken off. The service's
    ``Retry-After`` replaces it, with up to *retry_after_jitter* added, unless it is longer
    than *retry_after_max*: then the call fails at once and says so.

    Attributes:
        attempts: Requests for one call, the first included; 1 switches retries off.
        wait_initial: Seconds before the second attempt.
        wait_max: The longest wait in seconds.
        wait_jitter: The random share of each wait, from 0 to 1.
        retry_after_jitter: Up to so many seconds are added to ``Retry-After`` at random, so
            that not everybody comes back at once.
        retry_after_max: The longest ``Retry-After`` in seconds that is obeyed.
    """

    attempts: int = attrs.field(default=3, validator=positive)
    wait_initial: float = attrs.field(default=0.5, validator=not_negative)
    wait_max: float = attrs.field(default=8.0, validator=not_negative)
    wait_jitter: float = attrs.field(default=0.5, validator=share)
    retry_after_jitter: float = attrs.field(default=1.0, validator=not_negative)
    retry_after_max: float = attrs.field(default=60.0, validator=not_negative)

    def wait(self, attempt: int, draw: float) -> float:
        """
        Seconds to wait after a failed attempt.

        Args:
            attempt: The number of the attempt that failed, from 1.
            draw: A random number from 0 to 1.
        """
        # 2.0**1100 would overflow: no wait is that long.
        full = min(self.wait_max, self.wait_initial * 2.0 ** min(attempt - 1, 64))
        return full * (1 - self.wait_jitter * draw)


@attrs.frozen
class Answer(Generic[T]):
    """
    A call's answer, typed and raw.

    Attributes:
        value: What the operation promises.
        response: The HTTP answer it was read from, with all its keys.
        attempts: How many requests it took.
    """

    value: T
    response: Response
    attempts: int


def exchange(
    operation: Operation[T],
    policy: RetryPolicy,
    *,
    draw: Callable[[], float],
    now: Callable[[], float],
    remaining: Callable[[], float] = lambda: math.inf,
    renewable: bool = False,
    borrowed: Callable[[], bool] = lambda: False,
    request: Request | None = None,
    read: Callable[[Response], Any] | None = None,
    budget: RetryBudget | None = None,
    is_patient: bool = False,
    history: list[Failure] | None = None,
) -> Generator[Send, Response, Answer[T]]:
    """
    Carry out one operation.

    Args:
        operation: The call.
        policy: When to send again.
        draw: Gives random numbers from 0 to 1, for jitter.
        now: Gives the time as seconds since the epoch, for dates in ``Retry-After``.
        remaining: Gives the seconds left for this call; no wait is begun that is longer.
        renewable: Whether the driver can get a new access token after a 401.
        borrowed: Whether the token that it got was another process's, so that it may have
            expired as well: then there is a second renewal.
        request: Sent in place of ``operation.to_request()``: a further page of its answer.
        read: Reads a good answer in place of the operation.
        budget: What retries are paid from; `None` if they cost nothing.
        is_patient: Whether waiting for the service's quota takes nothing from *remaining*.
        history: Where failed attempts are noted, for a driver that cannot go on; see
            `interrupted`.

    Raises:
        APIError: The service refused.
        TransportError: No answer arrived.
        OutcomeUnknownError: It may have been carried out, and must not be repeated.
        DecodeError: An answer arrived that cannot be read.
    """
    send = Send(operation.to_request() if request is None else request)
    renewals = 2 if renewable and _uses_token(operation) else 0
    history = [] if history is None else history
    spent = 0
    answered: APIError | None = None
    # Whether an earlier attempt may have been carried out.
    in_doubt = False
    while True:
        failure: APIError | TransportError
        try:
            response = yield send
        except TransportError as error:
            failure = error
            is_unknown = error.was_sent
        else:
            accepts = operation.accepts_again if in_doubt else operation.accepts
            if accepts(response):
                if budget is not None:
                    budget.earn(spent)
                how: Callable[[Response], Any] = operation.from_response
                if in_doubt:
                    how = partial(operation.from_response_again, before=tuple(history))
                return _read(how if read is None else read, response, history)
            if response.status == 401 and (renewals == 2 or (renewals == 1 and borrowed())):
                # The refused request was not carried out, so this is no retry of it.
                renewals -= 1
                send = attrs.evolve(send, after=0.0, renew=True)
                continue
            failure = answered = _refusal(operation, response, now)
            is_unknown = response.status in _IF_REPEATABLE
        history.append(noted(failure))
        if is_unknown and operation.retry not in _REPEATABLE:
            raise _ended(OutcomeUnknownError.of(operation), history) from failure
        in_doubt = in_doubt or is_unknown
        is_quota = isinstance(failure, APIError) and failure.status == THROTTLED
        after = _pause(policy, failure, len(history), draw)
        spare = math.inf if is_quota and is_patient else remaining()
        if after is None or after >= spare:
            raise _final(failure, answered, history)
        if budget is not None:
            cost = budget.spend(failure)
            if cost is None:
                final = _final(failure, answered, history)
                final.add_note("It was not sent again: the client's retry budget is used up.")
                raise final
            spent += cost
        send = attrs.evolve(send, after=after, renew=False, for_quota=is_quota)


def _pause(
    policy: RetryPolicy,
    failure: APIError | TransportError,
    attempt: int,
    draw: Callable[[], float],
) -> float | None:
    """Seconds until the next attempt; `None` if there is to be none."""
    if attempt >= policy.attempts:
        return None
    if isinstance(failure, CertificateError):
        return None
    if isinstance(failure, TransportError):
        return policy.wait(attempt, draw())
    if failure.status != THROTTLED and failure.status not in _IF_REPEATABLE:
        return None
    wish = failure.retry_after
    if wish is None:
        return policy.wait(attempt, draw())
    if wish > policy.retry_after_max:
        return None
    return wish + policy.retry_after_jitter * draw()


def _read(
    how: Callable[[Response], Any], response: Response, history: list[Failure]
) -> Answer[Any]:
    try:
        return Answer(how(response), response, len(history) + 1)
    except Exception as error:
        # Tools that print local variables would print the answer, and tokens with it.
        clear_frames(error.__traceback__)
        if isinstance(error, DecodeError):
            error.status = response.status
        if isinstance(error, CronofyError):
            history.append(noted(error, response))
            _ended(error, history)
        raise


def interrupted(error: E, history: Sequence[Failure]) -> E:
    """
    The error of a call whose next request could not even be made, as there is no token for it.

    It tells of the attempts before, which may have been carried out. It is a copy: other
    calls may have waited for the same token.
    """
    told = copy(error)
    return _ended(told, [*history, attrs.evolve(noted(error), was_sent=False)])


def noted(error: CronofyError, response: Response | None = None) -> Failure:
    """What befell an attempt that ended with an error."""
    if isinstance(error, APIError):
        response = error.response
    return Failure(
        error=type(error).__name__,
        message=str(error),
        status=None if response is None else response.status,
        request_id=None if response is None else response.header("x-request-id"),
        was_sent=error.was_sent if isinstance(error, TransportError) else True,
    )


def _final(
    failure: APIError | TransportError, answered: APIError | None, history: list[Failure]
) -> CronofyError:
    """
    The error of a call that is given up.

    What the service said last tells more than a connection that broke after it; only the
    caller's own deadline is always told.
    """
    is_deadline = isinstance(failure, TransportTimeoutError)
    if answered is None or answered is failure or is_deadline:
        return _ended(failure, history)
    answered.__cause__ = failure
    return _ended(answered, history)


def _ended(error: E, history: list[Failure]) -> E:
    error.attempts = len(history)
    error.history = tuple(history)
    return error


def _uses_token(operation: Operation[Any]) -> bool:
    return operation.credential in (Credential.ACCESS_TOKEN, Credential.SECRET_OR_TOKEN)


def _refusal(operation: Operation[Any], response: Response, now: Callable[[], float]) -> APIError:
    try:
        operation.from_response(response)
    except APIError as error:
        error.retry_after = wished_wait(response, now)
        return error
    raise AssertionError("an operation read a refusal as an answer")


def wished_wait(response: Response, now: Callable[[], float]) -> float | None:
    """
    Seconds that an answer asks to wait.

    A date is compared with the answer's own, as our clock may be wrong.
    """
    header = response.header("retry-after")
    sent_at = _moment(response.header("date") or "")
    return retry_after(header, now if sent_at is None else lambda: sent_at)


def retry_after(value: str | None, now: Callable[[], float]) -> float | None:
    """Read a ``Retry-After`` header: seconds or a date; `None` for nonsense."""
    if value is None:
        return None
    text = value.strip()
    if _SECONDS.fullmatch(text):
        return float(text)
    moment = _moment(text)
    return None if moment is None else max(0.0, moment - now())


def _moment(text: str) -> float | None:
    """Read a date of HTTP, in any of its three forms, as seconds since the epoch."""
    try:
        moment = parsedate_to_datetime(text)
        # The oldest form names no zone; it is Greenwich's like the others.
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
