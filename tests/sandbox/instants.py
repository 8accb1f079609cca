"""Instants and stretches of UTC, written so that a person can read them."""

from __future__ import annotations

from datetime import UTC, datetime

from cronofy_transports.sandbox.engine import Interval

__all__ = ("DAY", "HOUR", "span", "utc")

HOUR = 3600
DAY = 24 * HOUR


def utc(text: str) -> int:
    """An instant of UTC, as in ``2030-03-04T14:00``."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def span(text: str) -> Interval:
    """An interval of UTC, as in ``2030-03-04T14:00/2030-03-04T22:00``."""
    start, end = text.split("/")
    return utc(start), utc(end)
