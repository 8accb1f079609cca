"""
What is known of the browsers that have seen a page.

It serves two ends: a form is only taken from the browser that it was shown in, and
who connected a calendar there is remembered, so that the next one joins the account.

Source: /developers/api-alpha/explicit-linking/
"""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..ids import Ids

__all__ = ("Browsers",)


class Browsers:
    """
    Browsers, by the names that they are given.

    Args:
        ids: Where their names and the key to their forms come from.
    """

    def __init__(self, ids: Ids) -> None:
        self._ids = ids
        self._key = ids.token().encode()
        self._accounts: dict[str, str] = {}

    def new_name(self) -> str:
        """A name for a browser that has none."""
        return self._ids.token()

    def seal(self, name: str, form: str) -> str:
        """What proves that a form was shown in a browser."""
        return hmac.new(self._key, f"{name}\n{form}".encode(), hashlib.sha256).hexdigest()

    def is_sealed(self, name: str | None, form: str, seal: str) -> bool:
        """Whether it does."""
        return name is not None and hmac.compare_digest(
            self.seal(name, form).encode(), seal.encode(errors="replace")
        )

    def remember(self, name: str, sub: str) -> None:
        """Whose calendar was connected in a browser last."""
        self._accounts[name] = sub

    def remembered(self, name: str | None) -> str | None:
        """The sub of that account."""
        return self._accounts.get(name or "")
