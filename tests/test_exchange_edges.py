"""The edges of retries: what is just allowed, just in time, or just once more."""

from __future__ import annotations

from typing import Any

import pytest

from cronofy_async import (
    APIError,
    AuthenticationError,
    InvalidArgumentError,
    InvalidRequestError,
    NotFoundError,
    RateLimitError,
    RetryBudget,
    RetryPolicy,
    TransportTimeoutError,
)
from cronofy_async.core.exchange import retry_after, wished_wait
from cronofy_async.core.operation import Operation

from .support import answer
from .test_exchange import GOOD, POLICY, REPEATABLE, KeyedThing, ReadThing, finish, start


class TestBorrowedTokens:
    """A token that another process had got may have expired as well."""

    def test_a_second_renewal_follows_a_borrowed_token(self) -> None:
        """And neither counts as an attempt."""
        flow = start(ReadThing(), renewable=True, borrowed=lambda: True)
        next(flow)
        assert [True, True] == [flow.send(answer(401)).renew for _ in range(2)]
        assert 1 == finish(flow, GOOD).attempts

    def test_there_is_no_third(self) -> None:
        """A token that is refused three times is refused for another reason."""
        flow = start(ReadThing(), renewable=True, borrowed=lambda: True)
        next(flow)
        flow.send(answer(401))
        flow.send(answer(401))
        with pytest.raises(AuthenticationError):
            flow.send(answer(401))

    def test_a_call_that_cannot_renew_does_not(self) -> None:
        """Not even if the token is said to be borrowed."""
        flow = start(ReadThing(), renewable=False, borrowed=lambda: True)
        next(flow)
        with pytest.raises(AuthenticationError):
            flow.send(answer(401))

    def test_a_renewal_goes_at_once(self) -> None:
        """Also after an attempt that was waited for."""
        flow = start(ReadThing(), renewable=True)
        next(flow)
        assert 1.0 == flow.send(answer(503)).after
        assert 0.0 == flow.send(answer(401)).after


class TestJustInTime:
    """What a bound leaves room for."""

    def test_a_wait_that_ends_with_the_call_is_not_begun(self) -> None:
        """There would be no time left for the request."""
        for left, goes_on in ((1.0, False), (1.001, True)):
            flow = start(ReadThing(), remaining=lambda left=left: left)
            next(flow)
            if goes_on:
                assert 1.0 == flow.send(answer(503)).after
            else:
                with pytest.raises(APIError):
                    flow.send(answer(503))

    def test_a_call_s_time_counts_for_the_quota_too(self) -> None:
        """Unless the call is a patient one."""
        flow = start(ReadThing(), remaining=lambda: 0.5)
        next(flow)
        with pytest.raises(RateLimitError):
            flow.send(answer(429))

    def test_the_longest_wish_is_still_obeyed(self) -> None:
        """One above it is not."""
        policy = RetryPolicy(retry_after_max=60.0, retry_after_jitter=0.0)
        flow = start(ReadThing(), policy)
        next(flow)
        assert 60.0 == flow.send(answer(429, retry_after="60")).after
        with pytest.raises(RateLimitError):
            flow.send(answer(429, retry_after="60.1"))

    def test_the_defaults_are_those_of_the_page(self) -> None:
        """Half a second at first, eight at most, and no more than a minute on wish."""
        policy = RetryPolicy()
        assert [0.5, 1.0, 2.0, 4.0, 8.0, 8.0] == [policy.wait(n, 0.0) for n in range(1, 7)]
        assert 4.0 == policy.wait(5, 1.0)
        flow = start(ReadThing(), RetryPolicy(retry_after_jitter=0.0))
        next(flow)
        assert 60.0 == flow.send(answer(429, retry_after="60")).after
        flow = start(ReadThing())
        next(flow)
        with pytest.raises(RateLimitError):
            flow.send(answer(429, retry_after="60.5"))

    @pytest.mark.parametrize("date", [None, "", "soon"])
    def test_a_date_without_the_answer_s_own_is_compared_with_our_clock(
        self, date: str | None
    ) -> None:
        """As well as with an answer whose date cannot be read."""
        headers = {"retry_after": "Thu, 01 Jan 1970 00:01:40 GMT"}
        if date is not None:
            headers["date"] = date
        assert 90.0 == wished_wait(answer(429, **headers), lambda: 10.0)

    @pytest.mark.parametrize("text", ["1234567890", "1.2.3", "1e3", ".5", "+1", "", "٣"])
    def test_odd_numbers_are_nonsense(self, text: str) -> None:
        """As is a number that no clock would count."""
        assert retry_after(text, lambda: 0.0) is None


class TestDoubt:
    """Whether an earlier attempt may have been carried out."""

    @pytest.mark.parametrize("operation", REPEATABLE)
    def test_there_is_none_at_first(self, operation: type[Operation[Any]]) -> None:
        """A first 404 is an error, whatever is asked."""
        flow = start(operation())
        next(flow)
        with pytest.raises(NotFoundError) as caught:
            flow.send(answer(404))
        assert 1 == caught.value.attempts

    def test_what_a_call_spent_comes_back(self) -> None:
        """All of it, for all of its retries, once it succeeds."""
        budget = RetryBudget(capacity=20)
        flow = start(KeyedThing(), POLICY, budget=budget)
        next(flow)
        flow.send(answer(503))
        flow.throw(TransportTimeoutError("over"))
        assert 5 == budget.left
        finish(flow, GOOD)
        assert 20 == budget.left


class TestComplaints:
    """What the service says in words of its own."""

    def test_keys_and_descriptions_are_told(self) -> None:
        """What is missing is empty, and what is no complaint is passed over."""
        body = {"errors": {"a": [{"key": "k", "description": "d"}, {}, "x"], "b": "y"}}
        flow = start(ReadThing())
        next(flow)
        with pytest.raises(InvalidRequestError) as caught:
            flow.send(answer(422, body))
        told = {
            name: [(each.key, each.description) for each in errors]
            for name, errors in caught.value.errors.items()
        }
        assert {"a": [("k", "d"), ("", "")], "b": []} == told


@pytest.mark.parametrize(
    ("name", "fewest"), [("capacity", 1), ("cost", 0), ("timeout_cost", 0), ("gain", 0)]
)
def test_the_smallest_budget(name: str, fewest: int) -> None:
    """Is taken, and nothing below it."""
    given: dict[str, int] = {name: fewest}
    assert fewest == getattr(RetryBudget(**given), name)
    with pytest.raises(InvalidArgumentError, match=name):
        RetryBudget(**{name: fewest - 1})
