"""Any number of batchable calls, in as few requests as they take."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from itertools import islice
from typing import Any, TypeVar

from ..core.errors import (
    APIError,
    CronofyError,
    DecodeError,
    OutcomeUnknownError,
    TransportError,
)
from ..core.operation import Operation, Retry
from ..models.batch import BatchAnswerError, Outcome
from ..operations.batch import Batch

__all__ = ("send_in_batches",)

T = TypeVar("T")


async def send_in_batches(
    operations: Iterable[Operation[T]],
    send: Callable[[Batch], Awaitable[tuple[Outcome[Any], ...]]],
) -> tuple[Outcome[T], ...]:
    """
    Send operations in batches, one after the other, and pair each with its outcome.

    Every batch is made, and thereby checked, before the first is sent. A batch that
    fails as a whole gives its error to each of its calls, and the next is sent all
    the same, as the calls within a batch do not stop each other either.

    A batch of which it is unknown whether it was carried out is sent again as a whole if
    that is harmless for each of its calls. Else those are sent again for which it is, and
    the others have an `OutcomeUnknownError`.

    Raises:
        InvalidArgumentError: An operation cannot be put into a batch; nothing was sent.
        CredentialError: There is no credential for it; nothing was sent.
    """
    left = iter(operations)
    batches: list[Batch] = []
    while calls := tuple(islice(left, Batch.most)):
        batches.append(Batch(operations=calls))
    outcomes: list[Outcome[Any]] = []
    for batch in batches:
        outcomes += await _carry_out(batch, send)
    return tuple(outcomes)


async def _carry_out(
    batch: Batch, send: Callable[[Batch], Awaitable[tuple[Outcome[Any], ...]]]
) -> Sequence[Outcome[Any]]:
    try:
        return await send(batch)
    except OutcomeUnknownError as error:
        calls = [call for call in batch.operations if call.retry in (Retry.READ, Retry.KEYED)]
        again = iter(await _carry_out(Batch(operations=calls), send) if calls else ())
        return [
            next(again) if call.retry in (Retry.READ, Retry.KEYED) else _unknown(call, error)
            for call in batch.operations
        ]
    except BatchAnswerError as error:
        return _as_far_as_known(batch.operations, error)
    except (APIError, TransportError, DecodeError) as error:
        return [_failed(call, error) for call in batch.operations]


def _unknown(call: Operation[Any], of_all: OutcomeUnknownError) -> Outcome[Any]:
    error = OutcomeUnknownError.of(call)
    error.__cause__ = of_all.__cause__
    error.attempts, error.history, error.elapsed = of_all.attempts, of_all.history, of_all.elapsed
    return _failed(call, error)


def _as_far_as_known(
    calls: Sequence[Operation[Any]], error: BatchAnswerError
) -> list[Outcome[Any]]:
    known = error.outcomes[: len(calls)]
    return [*known, *(_failed(call, error) for call in calls[len(known) :])]


def _failed(call: Operation[Any], error: CronofyError) -> Outcome[Any]:
    return Outcome(call, None, error=error)
