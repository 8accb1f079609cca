"""
Callbacks: what is to be sent, when, how it is signed, and what an answer changes.

The queue is plain state. `Outbox.due` says what to send now, somebody carries it out,
and `Outbox.delivered` takes note of how it went; nothing here waits or sends.

Changes of one account are gathered for a moment and told in one notification. While
one is on its way, further changes wait for a next one: its receiver may have read
already. One that failed takes up what has changed since.

Source: /developers/api/push-notifications/
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal, TypeAlias

import attrs

if TYPE_CHECKING:
    from .choices import Choices
    from .clock import Clock
    from .state.access import Application
    from .state.channels import Channel

__all__ = ("Delivery", "Outbox", "Posting", "Round", "Write")

_REMEMBERED: Final = 200


@attrs.frozen(kw_only=True)
class Posting:
    """
    One attempt to deliver something.

    Attributes:
        delivery_id: What to tell `Outbox.delivered`.
        timeout: Seconds within which a 2xx must have arrived.
    """

    delivery_id: int
    url: str
    headers: Mapping[str, str]
    body: bytes
    timeout: float


@attrs.frozen(kw_only=True)
class Round:
    """
    What to do with a posting.

    Attributes:
        times: How often to deliver it, one after the other.
        behind: The deliveries that are to come right after it.
    """

    posting: Posting
    times: int = 1
    behind: tuple[int, ...] = ()


@attrs.define(kw_only=True, eq=False)
class Delivery:
    """
    Something to be told to a callback URL.

    Attributes:
        type: The kind of notification, for a channel; otherwise a name for people.
        channel: The channel that is told; `None` for a callback of another kind.
        payload: The body of a callback of another kind, or with more to say.
        changes_since: With ``change``: the earliest change to tell of.
        due_at: When to try, or to try again.
        first_tried_at: When it was tried first; `None` before that.
        ended_at: When it was done or given up; `None` before that.
        trigger: Whether an event's transition triggered it, which allows more time.
        put_off: Whether a fault holds it back.
        state: ``done`` when it was answered well, ``failed`` when that is given up.
    """

    delivery_id: int
    type: str
    application: Application
    url: str
    due_at: int
    channel: Channel | None = None
    payload: Mapping[str, Any] | None = None
    changes_since: int | None = None
    trigger: bool = False
    attempts: int = 0
    first_tried_at: int | None = None
    ended_at: int | None = None
    put_off: bool = False
    state: Literal["waiting", "on its way", "done", "failed"] = "waiting"


Write: TypeAlias = Callable[[Delivery], tuple[Mapping[str, str], bytes]]
"""Makes the headers and the body of a delivery."""


class Outbox:
    """
    The queue of callbacks.

    Args:
        clock: Tells when something is due.
        choices: How long to gather, to wait and to try.
        write: Makes what is sent; called for each attempt anew.

    Attributes:
        choices: Those that hold now; they may be replaced at any time.
    """

    DERIVED: ClassVar = frozenset({"_queue", "_changes"})

    def __init__(self, clock: Clock, choices: Choices, write: Write) -> None:
        self.choices = choices
        self._clock, self._write = clock, write
        self._open: dict[int, Delivery] = {}
        self._ended: dict[int, Delivery] = {}
        self._queue: list[tuple[int, int]] = []
        self._changes: dict[str, Delivery] = {}
        self._last_id = 0
        self.on_queued: Callable[[], None] = lambda: None
        """Called whenever there is something new to send."""

    # Putting in ----------------------------------------------------------------------

    def notify(self, channel: Channel, type_: str) -> None:
        """Tell a channel something other than changes, at once."""
        self._enter(
            type=type_,
            application=channel.authorization.application,
            url=channel.callback_url,
            channel=channel,
        )

    def changed(self, channel: Channel, since: int | None = None) -> None:
        """
        Tell a channel that something changed, together with what else does.

        Args:
            channel: Who is told.
            since: When it changed; `None`: just now.
        """
        changed_at = self._clock.now() if since is None else since
        waiting = self._changes.get(channel.channel_id)
        if waiting is None:
            self._changes[channel.channel_id] = self._enter(
                after=self.choices.change_delay,
                type="change",
                application=channel.authorization.application,
                url=channel.callback_url,
                channel=channel,
                changes_since=changed_at,
            )
        elif waiting.changes_since is not None:
            # A notification that still waits covers this change too.
            waiting.changes_since = min(waiting.changes_since, changed_at)

    def post(
        self,
        application: Application,
        url: str,
        type_: str,
        payload: Mapping[str, Any],
        channel: Channel | None = None,
        *,
        trigger: bool = False,
    ) -> None:
        """
        Send a callback with a body of its own.

        Args:
            application: Whose secrets sign it.
            url: Where it goes.
            type_: A name for people.
            payload: The body.
            channel: The channel that it belongs to, if any.
            trigger: Whether an event's transition triggered it.
        """
        self._enter(
            type=type_,
            application=application,
            url=url,
            payload=payload,
            channel=channel,
            trigger=trigger,
        )

    def _enter(self, *, after: int = 0, **values: Any) -> Delivery:
        self._last_id += 1
        delivery = Delivery(delivery_id=self._last_id, due_at=self._clock.now() + after, **values)
        self._open[delivery.delivery_id] = delivery
        self._wait(delivery)
        return delivery

    def _wait(self, delivery: Delivery) -> None:
        delivery.state = "waiting"
        heappush(self._queue, (delivery.due_at, delivery.delivery_id))
        self.on_queued()

    def open(self) -> list[Delivery]:
        """What is not done yet, in the order in which it was put in."""
        return list(self._open.values())

    def find(self, delivery_id: int) -> Delivery | None:
        """One that is not done yet."""
        return self._open.get(delivery_id)

    def ended(self) -> list[Delivery]:
        """The latest that were tried and are done or given up, the newest first."""
        return list(reversed(self._ended.values()))

    def resume(self) -> None:
        """
        Go on after the process that delivered was ended, or time was put back.

        What was on its way is tried again: nobody will tell how that went.
        """
        self._changes = {}
        for delivery in self.open():
            delivery.state = "waiting"
            if delivery.channel is not None and delivery.type == "change":
                told = self._changes.setdefault(delivery.channel.channel_id, delivery)
                if told is not delivery:
                    self._end(delivery, "done")
        self._queue = [(each.due_at, each.delivery_id) for each in self.open()]
        heapify(self._queue)

    # Taking out ----------------------------------------------------------------------

    def next_due(self) -> int | None:
        """When the next attempt is due; `None` if nothing waits."""
        return self._queue[0][0] if self._queue else None

    def due(self) -> list[Posting]:
        """What is to be sent now; it is on its way from here on."""
        now = self._clock.now()
        postings: list[Posting] = []
        while self._queue and self._queue[0][0] <= now:
            delivery = self._open.get(heappop(self._queue)[1])
            # One whose time was changed is in the queue for its earlier time too.
            if delivery is None or delivery.state != "waiting" or delivery.due_at > now:
                continue
            if delivery.channel is not None:
                if delivery.type == "change":
                    self._changes.pop(delivery.channel.channel_id, None)
                # Decision.REVOKED_TRIGGERS
                if delivery.channel.closed or not delivery.channel.authorization.active:
                    self._end(delivery, "failed")
                    continue
            delivery.state = "on its way"
            delivery.attempts += 1
            if delivery.first_tried_at is None:
                delivery.first_tried_at = now
            postings.append(self._posting(delivery))
        return postings

    def put_off(self, delivery: Delivery, seconds: int) -> None:
        """Take back one that is on its way, as if it had not been tried, until later."""
        delivery.attempts -= 1
        if not delivery.attempts:
            delivery.first_tried_at = None
        delivery.put_off = True
        delivery.due_at = self._clock.now() + seconds
        self._wait(delivery)

    def hurry(self, delivery_id: int) -> None:
        """Have one that was put off be due now."""
        delivery = self._open.get(delivery_id)
        if delivery is not None and delivery.put_off:
            delivery.due_at = self._clock.now()
            self._wait(delivery)

    def delivered(self, delivery_id: int, *, ok: bool) -> None:
        """
        Take note of how an attempt went.

        Args:
            delivery_id: That of the posting.
            ok: Whether a 2xx arrived in time.
        """
        delivery = self._open.get(delivery_id)
        if delivery is None:
            return
        if ok:
            self._end(delivery, "done")
            return
        now = self._clock.now()
        first = now if delivery.first_tried_at is None else delivery.first_tried_at
        # Decision.GONE_RECEIVER: no status is final but that of a verification.
        at_once = delivery.type == "verification" and not self.choices.verification_retries
        if at_once or now - first >= self.choices.delivery_give_up:
            if delivery.channel is not None:
                delivery.channel.closed = True
            self._end(delivery, "failed")
            return
        if delivery.channel is not None and delivery.type == "change":
            later = self._changes.pop(delivery.channel.channel_id, None)
            if later is not None:
                self._end(later, "done")
            self._changes[delivery.channel.channel_id] = delivery
        pause = self.choices.delivery_first_retry * 2 ** min(delivery.attempts - 1, 32)
        delivery.due_at = now + min(pause, self.choices.delivery_longest_retry)
        self._wait(delivery)

    def _end(self, delivery: Delivery, state: Literal["done", "failed"]) -> None:
        delivery.state, delivery.ended_at = state, self._clock.now()
        del self._open[delivery.delivery_id]
        if delivery.attempts:
            self._ended[delivery.delivery_id] = delivery
            if len(self._ended) > _REMEMBERED:
                del self._ended[next(iter(self._ended))]

    def _posting(self, delivery: Delivery) -> Posting:
        headers, body = self._write(delivery)
        chosen = self.choices
        return Posting(
            delivery_id=delivery.delivery_id,
            url=delivery.url,
            headers=headers,
            body=body,
            timeout=chosen.trigger_timeout if delivery.trigger else chosen.delivery_timeout,
        )
