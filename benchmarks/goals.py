"""The goals, in one table, and the groups that measure them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import attrs

from . import blocking, decode, fanout, far, mirror, plugin, reading, sandbox, startup, webhooks
from .group import MAIN, Group

__all__ = ("GOALS", "GROUPS", "Goal")


GROUPS: Final[Mapping[str, Group]] = {
    "startup": Group(startup.VARIANTS),
    **decode.GROUPS,
    **reading.GROUPS,
    **fanout.GROUPS,
    **far.GROUPS,
    **blocking.GROUPS,
    **webhooks.GROUPS,
    **mirror.GROUPS,
    "plugin": Group(plugin.VARIANTS),
    "sandbox-requests": Group(sandbox.REQUESTS),
    "sandbox-worlds": Group(sandbox.WORLDS),
    "sandbox-memory": Group(sandbox.MEMORY, unit="MB", rounds=1),
}


@attrs.frozen
class Goal:
    """
    What one variant of a group is to reach.

    Attributes:
        name: What the goal is called; results are compared by it.
        claim: What is compared with what.
        group: The group that measures it.
        variant: The variant whose figure counts.
        target: The most that it may be; lower is better.
        figure: Which of its figures.
        against: The variant that it is divided by, round by round. Left out: the first of
            the group. `None`: by nothing; then *target* has the group's unit.
    """

    name: str
    claim: str
    group: str
    variant: str
    target: float
    figure: str = MAIN
    against: str | None = attrs.field(default="")

    def __attrs_post_init__(self) -> None:
        if self.against == "":
            first = next(iter(GROUPS[self.group].variants))
            object.__setattr__(self, "against", first)

    @property
    def unit(self) -> str:
        """The unit of what is compared with the target; a ratio has none."""
        return GROUPS[self.group].unit if self.against is None else ""


GOALS: Final = (
    Goal(
        "decode",
        "typed decode of the realistic page against msgspec structs",
        "decode",
        "a page of events",
        2.5,
    ),
    Goal(
        "decode-touched",
        "the same with every start and end touched",
        "decode",
        "a page of events, starts and ends touched",
        2.5,
    ),
    Goal(
        "three-fields",
        "a page of which only start, end and summary are touched, against orjson.loads of it",
        "three fields",
        "only(start, end, summary), touched",
        0.45,
    ),
    Goal(
        "three-fields-mixed",
        "the same with days and zones among the times",
        "three fields, days and zones among them",
        "only(start, end, summary), touched",
        0.45,
    ),
    Goal(
        "keep-cpu",
        "keep 100,000 events: CPU against our own streaming",
        "keep",
        "collect, each entry touched",
        1.15,
    ),
    Goal(
        "keep-memory",
        "keep 100,000 events: memory over base against bytes received",
        "memory",
        "collect, each entry touched",
        1.1,
    ),
    Goal(
        "latency",
        "50 accounts x 20 pages at 50 ms: wall against the latency limit",
        "latency",
        "50 accounts, our stream",
        1.10,
    ),
    Goal(
        "many-accounts",
        "the same with read_many, outcome by outcome",
        "many accounts",
        "50 accounts, outcomes",
        1.10,
    ),
    Goal(
        "windows",
        "4 windows over one account of 20 pages, against one page after another",
        "windows",
        "the same in 4 windows",
        0.27,
    ),
    Goal(
        "far-wall",
        "50 accounts x 20 pages over TLS, RTT 30 + 20 ms: wall against pycronofy in 16 threads",
        "far",
        "ours, 50 accounts kept",
        0.075,
        "wall",
    ),
    Goal(
        "far-cpu",
        "the same: CPU",
        "far",
        "ours, 50 accounts kept",
        0.04,
        "cpu",
    ),
    Goal(
        "tax",
        "SDK tax: CPU of typed streaming with retries, limiter and headers, against bare aiohttp "
        "and msgspec structs",
        "tax",
        "our stream, limiter and hooks on",
        1.10,
    ),
    Goal(
        "limit",
        "1,000 pages of 50 ms with 16 in flight: wall against L*N/16",
        "limit",
        "our stream, 16 requests at once",
        1.05,
    ),
    Goal(
        "pacing",
        "400 requests at 50 a second: wall against the ideal",
        "pacing",
        "ours, by the quota",
        1.02,
        "wall",
    ),
    Goal(
        "pacing-refused",
        "the same: answers with 429",
        "pacing",
        "ours, by the quota",
        0,
        "refused",
        None,
    ),
    Goal(
        "prefetch",
        "a consumer of 50 ms a page at 50 ms latency: wall with one page ahead against none",
        "prefetch",
        "50 ms for each page, one ahead",
        0.55,
    ),
    Goal(
        "million",
        "1,000,000 streamed events: peak memory over base",
        "a million",
        "1,000,000 events",
        80,
        against=None,
    ),
    Goal(
        "million-flat",
        "the same against 10,000 events",
        "a million",
        "1,000,000 events",
        1.25,
        against="10,000 events",
    ),
    Goal(
        "import",
        "CPU of import cronofy_async against import aiohttp",
        "startup",
        "import cronofy_async",
        0.20,
    ),
    Goal(
        "blocking-threads",
        "sync: 16 threads x 100 small requests: wall against a requests.Session per thread",
        "blocking, 16 threads",
        "ours, one client",
        0.20,
        "wall",
    ),
    Goal(
        "blocking-one",
        "sync: one thread: wall against requests.Session",
        "blocking, 1 thread",
        "ours, one client",
        0.40,
        "wall",
    ),
    Goal(
        "mirror-wall",
        "mirror: initial load of 50 accounts x 20 pages at 50 ms: wall against plain read_many",
        "mirror",
        "initial load",
        1.15,
        "wall",
    ),
    Goal(
        "mirror-cpu",
        "the same: CPU against plain read_many, decoded page by page",
        "mirror",
        "initial load",
        1.15,
        "cpu",
        "fan-out, pages",
    ),
    Goal(
        "mirror-write",
        "mirror: an event into SQLite, 20,000 in a second of one core",
        "mirror, into SQLite",
        "an event",
        50,
        against=None,
    ),
    Goal(
        "mirror-million",
        "mirror: 1,000,000 events: peak memory over base",
        "mirror, a million",
        "1,000,000 events",
        150,
        "memory",
        None,
    ),
    Goal(
        "mirror-catch-up",
        "mirror: requests of a catch-up",
        "mirror",
        "initial load",
        1,
        "requests",
        None,
    ),
    Goal(
        "availability",
        "200 availability queries at 50 ms, 50 in flight: wall against pycronofy one by one",
        "availability",
        "ours, 50 in flight",
        0.025,
        "wall",
    ),
    Goal(
        "plugin-suite",
        "sandbox: a suite of 1,000 tests of a small app with the pytest plugin",
        "plugin",
        "1,000 tests of a small app",
        5000,
        against=None,
    ),
    *(
        Goal(
            f"webhook-{framework.lower()}",
            f"CPU of a notification above that of a bare handler of {framework}",
            "webhooks",
            framework,
            0.3,
            "overhead",
            None,
        )
        for framework in webhooks.GROUPS["webhooks"].variants
    ),
    Goal(
        "sandbox-request",
        "sandbox over HTTP: one of many simple requests, 1,500 in a second",
        "sandbox-requests",
        "sandbox: a simple request",
        0.67,
        against=None,
    ),
    Goal(
        "sandbox-first-page",
        "sandbox: first page of a world of 200,000 events against one of 2,000",
        "sandbox-worlds",
        "first page, 200,000 events",
        1.5,
    ),
    Goal(
        "sandbox-second-page",
        "sandbox: the same of the second page",
        "sandbox-worlds",
        "second page, 200,000 events",
        1.5,
        against="second page, 2,000 events",
    ),
    Goal(
        "sandbox-availability",
        "sandbox: availability of 10 people with 500 events each over 35 days",
        "sandbox-worlds",
        "availability, 10 people x 500 events x 35 days",
        50,
        against=None,
    ),
    Goal(
        "sandbox-memory",
        "sandbox: memory of a world of 200,000 events",
        "sandbox-memory",
        "a world of 200,000 events",
        400,
        against=None,
    ),
)
"""Every goal; the figures come from the requirements of the project."""
