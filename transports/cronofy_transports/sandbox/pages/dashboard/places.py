"""Where the pages of the dashboard are."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

__all__ = ("BELOW", "ROOT", "link_to", "page_at")

ROOT: Final = "/_sandbox/"
"""Where its first page is; the commands of `Control` are below it too."""

BELOW: Final = f"{ROOT}dashboard/"
"""Where the others are."""


def page_at(path: str) -> str:
    """The name of the page at a path, whether there is one of this name or not."""
    return "" if path == ROOT else path.removeprefix(BELOW) or path


def link_to(page: str, **query: str) -> str:
    """The URL of a page of the dashboard; the first one has no name."""
    path = f"{BELOW}{page}" if page else ROOT
    return f"{path}?{urlencode(query)}" if query else path
