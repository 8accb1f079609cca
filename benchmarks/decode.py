"""What it costs to turn the bytes of a page into events."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from functools import cache
from typing import Any, Final

from . import pages
from .group import Group
from .structs import PAGE

__all__ = ("GROUPS",)

_TIMES: Final = 20


def _cpu(work: Callable[[], Any]) -> Callable[[], float]:
    def measure() -> float:
        """Milliseconds of CPU for one page, with the collector on."""
        work()
        began = time.process_time()
        for _ in range(_TIMES):
            work()
        return (time.process_time() - began) / _TIMES * 1000

    return measure


@cache
def _mixed() -> bytes:
    """A page with times in all their forms."""
    return pages.body(pages.events(0), 1, 2, "https://api.cronofy.com/v1/events/pages/2")


@cache
def _moments() -> bytes:
    """The same without days and zones."""
    page = json.loads(_mixed())
    for event in page["events"]:
        event["start"], event["end"] = event["created"], event["updated"]
    return json.dumps(page, separators=(",", ":")).encode()


@cache
def _operation() -> Any:
    from cronofy_async.operations import ReadEvents

    return ReadEvents(tzid="Etc/UTC")


@cache
def _struct() -> Any:
    import msgspec

    return msgspec.json.Decoder(PAGE)


@cache
def _rows(_: str) -> Any:
    from cronofy_async.core.rows import Rows

    return Rows(_operation(), ("start", "end", "summary"))


def _orjson(body: Callable[[], bytes]) -> Callable[[], Any]:
    def work() -> Any:
        import orjson

        return orjson.loads(body())

    return work


def _touched(read: Callable[[bytes], Any], body: Callable[[], bytes]) -> Callable[[], None]:
    def work() -> None:
        for event in read(body()).items:
            _ = event.start, event.end, event.summary

    return work


def _every_time() -> None:
    for event in _operation().read_body(_mixed()).items:
        _ = event.start, event.end


def _tolerant() -> None:
    from cronofy_async.core import codec

    operation = _operation()
    for event in codec.load(_mixed())["events"]:
        codec.structure(event, operation.item_type())


GROUPS: Final = {
    "decode": Group(
        {
            "msgspec structs, times as text": _cpu(lambda: _struct().decode(_mixed())),
            "a page of events": _cpu(lambda: _operation().read_body(_mixed())),
            "a page of events, starts and ends touched": _cpu(_every_time),
            "a sketch, as collect reads": _cpu(lambda: _operation().read_sketch(_mixed())),
            "the tolerant way": _cpu(_tolerant),
        },
        goals={
            "a page of events": 2.5,
            "a page of events, starts and ends touched": 2.5,
        },
    ),
    "three fields": Group(
        {
            "orjson.loads": _cpu(_orjson(_moments)),
            "only(start, end, summary), touched": _cpu(
                _touched(lambda body: _rows("moments").read_body(body), _moments)
            ),
            "whole events, touched": _cpu(
                _touched(lambda body: _operation().read_body(body), _moments)
            ),
        },
        goals={"only(start, end, summary), touched": 0.45},
    ),
    "three fields, days and zones among them": Group(
        {
            "orjson.loads": _cpu(_orjson(_mixed)),
            "only(start, end, summary), touched": _cpu(
                _touched(lambda body: _rows("mixed").read_body(body), _mixed)
            ),
            "whole events, touched": _cpu(
                _touched(lambda body: _operation().read_body(body), _mixed)
            ),
        },
        goals={"only(start, end, summary), touched": 0.45},
    ),
}
"""CPU of one page; the first variant of each is what the others are compared with."""
