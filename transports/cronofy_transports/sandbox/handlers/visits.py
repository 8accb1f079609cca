"""Visitors of a real-time scheduling link for whom there is no time."""

from __future__ import annotations

from cronofy_async.core import codec
from cronofy_async.core.unset import Unset
from cronofy_async.models.real_time_scheduling import CallbackURLs
from cronofy_async.models.scheduling_callbacks import (
    RealTimeSchedulingWithoutTime,
    SchedulingVisitor,
)

from ..state.links import Link
from ..world import World
from .scheduling import described

__all__ = ("callback_urls", "none_shown", "none_suits")


def none_shown(world: World, link: Link, origin: str, tzid: str) -> None:
    """Tell that the page of a link had no times to show."""
    _tell(world, link, callback_urls(link).no_times_displayed_url, origin, tzid)


def none_suits(world: World, link: Link, origin: str, tzid: str) -> None:
    """Tell that a visitor found no time that suits; the link stays as it is."""
    _tell(world, link, callback_urls(link).no_times_suitable_url, origin, tzid)


def callback_urls(link: Link) -> CallbackURLs:
    """Where an application hears of visitors who find no time."""
    urls = link.asked.callback_urls
    return CallbackURLs() if isinstance(urls, Unset) else urls


def _tell(world: World, link: Link, url: str | None, origin: str, tzid: str) -> None:
    if url is not None:
        # Decision.NO_TIMES
        told = RealTimeSchedulingWithoutTime(
            real_time_scheduling=described(link, origin), user=SchedulingVisitor(tzid=tzid)
        )
        payload = codec.unstructure(told)
        world.outbox.post(link.application, url, "real_time_scheduling", payload)
