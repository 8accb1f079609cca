"""How much a client may repeat in all, however many calls it makes."""

from __future__ import annotations

from typing import Final

from .errors import TransportTimeoutError
from .numbers import whole

__all__ = ("RetryBudget",)

_FEWEST: Final = {"capacity": 1, "cost": 0, "timeout_cost": 0, "gain": 0}


class RetryBudget:
    """
    Tokens that repeated requests use up and good answers bring back.

    When the service is down, each call would be sent as often as its `RetryPolicy` allows,
    and the load on it would double or treble. With a budget the retries of all calls
    together end soon: by default after a hundred. A call whose retry is not paid for
    fails with what befell it.

    A retry costs *cost*, after a timeout *timeout_cost*. When the call succeeds in the end,
    what its retries cost is given back; a call that needed none brings *gain*.

    One budget may be given to several clients.

    Args:
        capacity: How many tokens there are at first, and at most.
        cost: Tokens for one retry.
        timeout_cost: Tokens for a retry after a timeout, as these cost the service most.
        gain: Tokens that a call brings which was answered at once.

    Raises:
        InvalidArgumentError: One is no whole number, or too small.
    """

    def __init__(
        self, *, capacity: int = 500, cost: int = 5, timeout_cost: int = 10, gain: int = 1
    ) -> None:
        given = {"capacity": capacity, "cost": cost, "timeout_cost": timeout_cost, "gain": gain}
        for name, value in given.items():
            whole(name, value, _FEWEST[name])
        self.capacity: int = capacity
        self.cost: int = cost
        self.timeout_cost: int = timeout_cost
        self.gain: int = gain
        self._left = capacity

    @property
    def left(self) -> int:
        """How many tokens there are now."""
        return self._left

    def spend(self, failure: Exception) -> int | None:
        """Pay for a retry: the tokens it cost, or `None` if there are not enough."""
        is_timeout = isinstance(failure, TransportTimeoutError)
        cost = self.timeout_cost if is_timeout else self.cost
        if cost > self._left:
            return None
        self._left -= cost
        return cost

    def earn(self, spent: int) -> None:
        """
        Note a good answer.

        Args:
            spent: What the call's retries cost; 0 if there were none.
        """
        self._left = min(self.capacity, self._left + (spent or self.gain))

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._left} of {self.capacity}>"
