"""The state of a consent: unguessable, of one session, good once and for ten minutes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cronofy_async.callbacks import AuthorizationRefusedError
from cronofy_async.consents import new_state, take_code
from cronofy_async.core.errors import InvalidArgumentError

from ..support import FrozenTime

CODE = "canary-code-of-somebody"


def back(state: str, answer: str = f"code={CODE}") -> str:
    """The URL with which a browser comes back."""
    return f"https://app.example/back?{answer}&state={state}"


def assert_refused(url: str, session: dict[str, Any], now: Any) -> None:
    """A URL brings no code."""
    with pytest.raises(InvalidArgumentError) as caught:
        take_code(url, session, now=now)
    assert "state" == caught.value.field
    assert CODE not in str(caught.value)


def test_a_consent_brings_its_code_once() -> None:
    """The state that was made for a session is good there, and used up with it."""
    session: dict[str, Any] = {"user": 7}
    time = FrozenTime()
    state = new_state(session, now=time)

    assert CODE == take_code(back(state), session, now=time).reveal()
    assert_refused(back(state), session, time)
    assert 7 == session["user"]


def test_a_state_is_of_one_session() -> None:
    """What another person's browser was sent away with is refused, and stays good there."""
    mine: dict[str, Any] = {}
    theirs: dict[str, Any] = {}
    time = FrozenTime()
    new_state(mine, now=time)
    foreign = new_state(theirs, now=time)

    assert_refused(back(foreign), mine, time)
    assert_refused(back(foreign), {}, time)
    assert CODE == take_code(back(foreign), theirs, now=time).reveal()


@pytest.mark.parametrize(("seconds", "good"), [(599.0, True), (600.0, False), (-1.0, False)])
def test_a_state_lives_for_ten_minutes(seconds: float, good: bool) -> None:
    """Afterwards it is refused, and so it is when the clock was put back."""
    session: dict[str, Any] = {}
    time = FrozenTime()
    state = new_state(session, now=time)
    time.time += seconds
    if good:
        assert CODE == take_code(back(state), session, now=time).reveal()
    else:
        assert_refused(back(state), session, time)


def test_no_two_states_are_alike_and_each_has_256_bits() -> None:
    """43 characters of base64 are 32 bytes."""
    states = {new_state({}) for _ in range(1000)}

    assert (1000, {43}) == (len(states), {len(each) for each in states})
    assert all(
        each.isascii() and each.replace("-", "").replace("_", "").isalnum() for each in states
    )


def test_eight_consents_may_be_open_at_once() -> None:
    """The ninth takes the place of the oldest, so a session does not grow."""
    session: dict[str, Any] = {}
    time = FrozenTime()
    states = [new_state(session, now=time) for _ in range(9)]

    assert_refused(back(states[0]), session, time)
    assert [CODE] * 8 == [take_code(back(s), session, now=time).reveal() for s in states[1:]]


def test_a_refusal_uses_the_state_up_too() -> None:
    """Whether the person said yes or no, they are asked anew with a new state."""
    session: dict[str, Any] = {}
    time = FrozenTime()
    state = new_state(session, now=time)
    with pytest.raises(AuthorizationRefusedError):
        take_code(back(state, "error=access_denied"), session, now=time)

    assert_refused(back(state), session, time)


def test_a_malformed_code_uses_the_state_up_too() -> None:
    """What could be tried again and again is tried once."""
    session: dict[str, Any] = {}
    time = FrozenTime()
    state = new_state(session, now=time)
    with pytest.raises(InvalidArgumentError) as caught:
        take_code(back(state, "code=a%0d%0ab"), session, now=time)

    assert "url" == caught.value.field
    assert_refused(back(state), session, time)


@pytest.mark.parametrize("url", ["", "?state=", "?code=x", f"?code=x&state=&state={'s' * 43}"])
def test_without_a_state_there_is_no_code(url: str) -> None:
    """A missing or empty state never fits, whatever stands in the session."""
    session: dict[str, Any] = {"cronofy_async.states": {}}
    new_state(session, draw=lambda: "s" * 43)

    assert_refused(url, session, FrozenTime())


@pytest.mark.parametrize("kept", [None, 5, [], {"": "x"}, {"a": None}, {"a": float("inf")}])
def test_an_odd_session_holds_no_state(kept: Any) -> None:
    """What something else put there is no state, and hinders no new one."""
    session: dict[str, Any] = {"cronofy_async.states": kept}
    time = FrozenTime()

    assert_refused(back("a"), session, time)
    assert CODE == take_code(back(new_state(session, now=time)), session, now=time).reveal()


def test_a_session_can_be_kept_as_json() -> None:
    """What is noted survives the usual way of keeping sessions."""
    session: dict[str, Any] = {}
    time = FrozenTime()
    state = new_state(session, now=time)

    assert CODE == take_code(back(state), json.loads(json.dumps(session)), now=time).reveal()
