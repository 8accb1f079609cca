"""The faults of a soak: everything that the sandbox can do to a call, mixed."""

from __future__ import annotations

from typing import Any

from cronofy_transports.sandbox import Fault, mischief
from cronofy_transports.sandbox.faults import Action

__all__ = ("faults",)

PAGES = "/v1/events/pages/"


def _of_calls(slow: float) -> list[Action]:
    """What happens to calls of any kind; *slow* is a wait in seconds that is still bearable."""
    status: Any = mischief.Status
    return [
        status(status=429),
        status(status=429, retry_after=1),
        status(status=429, retry_after="2.5", when="before"),
        status(status=429, retry_after="soon"),
        status(status=429, retry_after="-1"),
        status(status=429, retry_at=2),
        status(status=429, retry_at=-3600),
        status(status=401),
        status(status=500),
        status(status=500, when="after"),
        status(status=502, body="html"),
        status(status=502, body="html", when="after"),
        status(status=503, retry_after=1, body="none"),
        status(status=503, when="after"),
        status(status=504, body="html", when="after"),
        mischief.Delay(seconds=slow),
        mischief.Delay(seconds=slow, when="after"),
        mischief.Drip(interval=slow / 100, size=200),
        mischief.Drop(),
        mischief.Drop(how="reset"),
        mischief.Drop(when="after"),
        mischief.Drop(when="after", how="reset"),
        mischief.Truncate(share=0.5),
        mischief.Truncate(framing="chunked", share=0.9, how="reset"),
        mischief.Garbage(),
        mischief.Garbage(when="after"),
        mischief.Extra(),
        mischief.Gzip(form="broken"),
        mischief.Gzip(form="cut"),
        mischief.Gzip(form="sum"),
        mischief.Body(form="empty"),
        mischief.Body(form="byte_order_mark"),
        mischief.Body(form="broken_json"),
        mischief.Body(form="text"),
        mischief.Body(form="deep", size=1000),
        mischief.ContentType(),
        mischief.Unexpected(form="fields"),
        mischief.Redirect(location="https://foreign.example/"),
    ]


def _of_pages() -> list[Fault]:
    """
    What happens to pages besides.

    A ``next_page`` that is missing, and a total that is too small, are left out: by the
    reference, a page without either is the last one.
    """
    # Periods of free/busy have nothing to tell them apart: only events can be known again.
    misplaced = [
        Fault(action=mischief.Entries(form=form), operation=operation)
        for form in ("doubled", "repeated", "reversed")
        for operation in ("ReadEvents", "ReadEventsPage")
    ]
    actions: list[Action] = [
        mischief.NextPage(form="host"),
        mischief.NextPage(form="scheme"),
        mischief.NextPage(form="port"),
        mischief.NextPage(form="self"),
        mischief.NextPage(form="cycle"),
        mischief.NextPage(form="beyond"),
        mischief.Total(more=1),
        mischief.Unexpected(form="nulls"),
        mischief.Unexpected(form="values"),
    ]
    gone = [mischief.Status(status=status) for status in (404, 410)]
    return [
        *misplaced,
        *(Fault(action=action) for action in actions),
        *(Fault(action=action, path=PAGES) for action in gone),
    ]


def _of_entries() -> list[Fault]:
    """What happens to calls within a batch, and to exchanges of tokens."""
    return [
        Fault(action=mischief.Status(status=429), operation="UpsertEvent"),
        Fault(action=mischief.Status(status=503), operation="DeleteEvent"),
        Fault(action=mischief.Status(status=500, when="after"), operation="UpsertEvent"),
        Fault(action=mischief.Status(status=400, error="invalid_grant"), operation="RefreshToken"),
    ]


def faults(share: float, slow: float) -> list[Fault]:
    """
    Faults that strike about a share of all calls.

    Args:
        share: Of how many calls, from 0 up to 1.
        slow: Seconds that a slow answer takes.
    """
    import attrs

    if share <= 0:
        return []
    calls = [Fault(action=action) for action in _of_calls(slow)]
    special = [*_of_pages(), *_of_entries()]
    # Of all that strikes, about a quarter is special to pages, batches and exchanges.
    each = share * 0.8 / len(calls)
    rare = share * 0.5 / len(special)
    return [attrs.evolve(fault, probability=rare) for fault in special] + [
        attrs.evolve(fault, probability=each) for fault in calls
    ]
