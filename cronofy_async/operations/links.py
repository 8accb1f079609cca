"""What the calls that make a link have in common; no operation is declared here."""

from __future__ import annotations

import attrs

__all__ = ("LinkAnswer",)


@attrs.frozen(kw_only=True)
class LinkAnswer:
    """What the service answers to a new link: older versions of it gave only the URL."""

    url: str | None = None
    oauth_url: str | None = None

    @property
    def page(self) -> str | None:
        """The page to send people to, under whichever name it came."""
        return self.url or self.oauth_url
