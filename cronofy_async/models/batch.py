"""What came of each call in a batch."""

from __future__ import annotations

from typing import Any, Generic, TypeVar, cast

import attrs

from ..core.errors import CronofyError, DecodeError
from ..core.operation import Operation

__all__ = ("BatchAnswerError", "Outcome")

T = TypeVar("T")


@attrs.frozen
class Outcome(Generic[T]):
    """
    What came of one call in a batch.

    Attributes:
        operation: The call.
        status: The HTTP status of its answer; `None` if the answer has none.
        answer: What the call promises; `None` if it failed.
        error: Why it failed: an `APIError` if the service refused, a `DecodeError` if the
            answer cannot be read, a `TransportError` if its batch was not answered, an
            `OutcomeUnknownError` if it must not be repeated then; else `None`.

    Source: /developers/api/batch/
    """

    operation: Operation[T]
    status: int | None
    answer: T | None = None
    error: CronofyError | None = None

    @property
    def ok(self) -> bool:
        """Whether the call was carried out and its answer could be read."""
        return self.error is None

    def result(self) -> T:
        """
        The answer.

        Raises:
            CronofyError: Why the call failed.
        """
        if self.error is not None:
            raise self.error
        return cast("T", self.answer)


class BatchAnswerError(DecodeError):
    """
    A batch was answered with a list that does not fit its calls.

    Attributes:
        outcomes: What did arrive, paired with the calls by position. If entries are
            missing elsewhere than at the end, the pairs are wrong from there on: look
            up what was done before you act on them.
    """

    def __init__(self, message: str, outcomes: tuple[Outcome[Any], ...]) -> None:
        super().__init__(message, ("batch",))
        self.outcomes = outcomes
