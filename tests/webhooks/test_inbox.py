"""The law of what waits: nothing that was taken is lost, and no lane has two at once."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from cronofy_async.callbacks import read_callback, sign
from cronofy_async.webhooks.inbox import Inbox, Waiting
from cronofy_async.webhooks.limits import WebhookLimits

from .signing import SECRET, change, notification


def callbacks() -> st.SearchStrategy[bytes]:
    """Bodies, few enough that the same comes again."""
    channels, days = st.sampled_from(["chn_1", "chn_2"]), st.integers(1, 3)
    return st.one_of(
        st.builds(lambda c, d: change(c, f"2030-01-0{d}T00:00:00Z"), channels, days),
        st.builds(lambda c: change(c, None), channels),
        st.builds(lambda c: notification("profile_disconnected", c), channels),
        st.builds(lambda n: b'{"x": %d}' % n, st.integers(0, 1)),
    )


STEPS = st.lists(
    st.one_of(
        callbacks(),
        st.sampled_from(["take", "take", "release", "put back"]),
        # Quarters, which add up exactly.
        st.integers(0, 12).map(lambda quarters: quarters / 4),
    ),
    max_size=40,
)


def read(body: bytes) -> Any:
    """The callback that a body is."""
    return read_callback(body, sign(body, SECRET), SECRET)


def covers(handed: Any, body: bytes) -> bool:
    """Whether a handler that is given one callback knows all that another one said."""
    came = read(body)
    if type(handed) is not type(came) or not hasattr(came, "channel"):
        return bool(handed == came)
    if (handed.channel, handed.notification.type) != (came.channel, came.notification.type):
        return False
    earliest = datetime.min.replace(tzinfo=UTC)
    told = handed.notification.changes_since or earliest
    return bool(told <= (came.notification.changes_since or earliest))


@given(STEPS)
def test_whatever_was_taken_in_is_handed_over_later(steps: list[Any]) -> None:
    """After each callback that it took comes a hand-over that says as much, not too early."""
    inbox = Inbox(WebhookLimits(waiting=3, concurrent=2, window=1.0))
    now = 0.0
    untold: list[tuple[float, bytes]] = []
    handled: list[tuple[Waiting, list[tuple[float, bytes]]]] = []
    backs = 0

    def take() -> bool:
        taken = inbox.take(now)
        if taken is None:
            return False
        told = [(at, body) for at, body in untold if covers(taken.callback, body)]
        if told and not inbox.is_closed:
            assert min(at for at, _ in told) + 1.0 <= now
        untold[:] = [each for each in untold if each not in told]
        handled.append((taken, told))
        assert len(handled) == len({each.lane for each, _ in handled}) <= 2
        return True

    for step in steps:
        if isinstance(step, bytes):
            if inbox.put(read(step), step, now):
                untold.append((now, step))
            assert len(inbox) <= 3 + 2 + backs
        elif isinstance(step, float):
            now += step
        elif step == "take":
            take()
        elif handled:
            taken, told = handled.pop(0)
            inbox.release(taken, is_done=step == "release")
            if step == "put back":
                backs += 1
                untold[:0] = told
        seconds = inbox.seconds_to_next(now)
        assert seconds is None or 0 < seconds <= 1.0
    inbox.close()
    while take() or handled:
        if handled:
            inbox.release(handled.pop(0)[0])
    assert (0, []) == (len(inbox), untold)
    assert not inbox.put(read(change()), change(), now)
