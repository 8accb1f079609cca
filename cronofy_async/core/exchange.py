"""
One call as a conversation: what to send, when to send it again, what came of it.

The exchange is a pure generator. It yields `Send` instructions, is sent each
`Response` or thrown the `TransportError` that stood in its place, and returns the
answer. Its driver waits, renews tokens and moves bytes; retries, the status rule
and the reading of answers are decided here and nowhere else, so they are tested
without loop, clock or network.

When a request may be sent again::

    outcome                       READ   KEYED  CREATE  TOKEN
    no connection was made        yes    yes    yes     yes
    no complete answer            yes    yes    no      no
    429                           yes    yes    yes     yes
    500                           yes    yes    no      no
    502, 503, 504                 yes    yes    no      no
    401, with a renewable token   once, with a new token; twice if the first was borrowed
    every other status            no
"""

from __future__ import annotations

import math
from collections.abc import Callable, Generator
from email.utils import parsedate_to_datetime
from typing import Any, Final, Generic, TypeVar

import attrs

from .errors import APIError, ConnectError, InvalidArgumentError, TransportError
from .operation import Credential, Operation, Retry
from .wire import Request, Response, Send

__all__ = ("Answer", "RetryPolicy", "exchange")

T = TypeVar("T")

_ALWAYS: Final = frozenset({429})
_IF_REPEATABLE: Final = frozenset({500, 502, 503, 504})
_REPEATABLE: Final = frozenset({Retry.READ, Retry.KEYED})


def is_finite(value: Any) -> bool:
    """Whether a value is a number that can be reckoned with."""
    try:
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        return number and math.isfinite(value)
    except OverflowError:
        return False


def _not_negative(_: Any, field: attrs.Attribute[float], value: Any) -> None:
    if not (is_finite(value) and value >= 0):
        raise InvalidArgumentError(field.name, f"{value!r} is not a time", "give seconds from 0 on")


def _share(_: Any, field: attrs.Attribute[float], value: Any) -> None:
    if not (is_finite(value) and 0 <= value <= 1):
        raise InvalidArgumentError(field.name, f"{value!r} is no share", "give one from 0 to 1")


def _positive(_: Any, field: attrs.Attribute[int], value: Any) -> None:
    if not isinstance(value, int) or isinstance(value, bool):
        raise InvalidArgumentError(
            field.name, f"is a {type(value).__name__}", "give a whole number"
        )
    if value < 1:
        raise InvalidArgumentError(field.name, f"{value} is too few", "give 1 or more")


@attrs.frozen(kw_only=True)
class RetryPolicy:
    """
    How often and after what wait a request is sent again.

    The wait before attempt n+1 is ``min(wait_max, wait_initial * 2**(n-1))``, of
    which a random share of at most *wait_jitter* is taken off. The service's
    ``Retry-After`` replaces it, with the jitter added, unless it is longer than
    *retry_after_max*: then the call fails at once and says so.

    Attributes:
        attempts: Requests for one call, the first included; 1 switches retries off.
        wait_initial: Seconds before the second attempt.
        wait_max: The longest wait in seconds.
        wait_jitter: The random share of each wait, from 0 to 1.
        retry_after_max: The longest ``Retry-After`` in seconds that is obeyed.
    """

    attempts: int = attrs.field(default=3, validator=_positive)
    wait_initial: float = attrs.field(default=0.5, validator=_not_negative)
    wait_max: float = attrs.field(default=8.0, validator=_not_negative)
    wait_jitter: float = attrs.field(default=0.5, validator=_share)
    retry_after_max: float = attrs.field(default=60.0, validator=_not_negative)

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
        read: Reads a good answer in place of ``operation.from_response``.

    Raises:
        APIError: The service refused.
        TransportError: No answer arrived.
        DecodeError: An answer arrived that cannot be read.
    """
    send = Send(operation.to_request() if request is None else request)
    attempt = 0
    renewals = 2 if renewable and _uses_token(operation) else 0
    while True:
        attempt += 1
        try:
            response = yield send
        except TransportError as error:
            pause = policy.wait(attempt, draw())
            last = attempt >= policy.attempts or pause >= remaining()
            if last or not _may_repeat(operation, error):
                raise
            send = attrs.evolve(send, after=pause, renew=False)
            continue
        if operation.accepts(response):
            value: Any = (operation.from_response if read is None else read)(response)
            return Answer(value, response, attempt)
        if response.status == 401 and (renewals == 2 or (renewals == 1 and borrowed())):
            # The refused request was not carried out, so this is no retry of it.
            renewals -= 1
            attempt -= 1
            send = attrs.evolve(send, after=0.0, renew=True)
            continue
        refusal = _refusal(operation, response, attempt, now)
        wait = refusal.retry_after
        may_repeat = response.status in _ALWAYS or (
            response.status in _IF_REPEATABLE and operation.retry in _REPEATABLE
        )
        too_long = wait is not None and wait > policy.retry_after_max
        pause = policy.wait(attempt, draw())
        after = pause if wait is None else wait + policy.wait_jitter * draw()
        last = attempt >= policy.attempts or after >= remaining()
        if not may_repeat or too_long or last:
            raise refusal
        send = attrs.evolve(send, after=after, renew=False)


def _uses_token(operation: Operation[Any]) -> bool:
    return operation.credential in (Credential.ACCESS_TOKEN, Credential.SECRET_OR_TOKEN)


def _may_repeat(operation: Operation[Any], error: TransportError) -> bool:
    return isinstance(error, ConnectError) or operation.retry in _REPEATABLE


def _refusal(
    operation: Operation[Any], response: Response, attempts: int, now: Callable[[], float]
) -> APIError:
    try:
        operation.from_response(response)
    except APIError as error:
        error.attempts = attempts
        error.retry_after = retry_after(response.header("retry-after"), now)
        return error
    raise AssertionError("an operation read a refusal as an answer")


def retry_after(value: str | None, now: Callable[[], float]) -> float | None:
    """Read a ``Retry-After`` header: seconds or a date; `None` for nonsense."""
    if value is None:
        return None
    text = value.strip()
    if text.isascii() and text.isdecimal() and len(text) <= 9:
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
        return max(0.0, moment.timestamp() - now())
    except (ValueError, TypeError, OverflowError):
        return None
