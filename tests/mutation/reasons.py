"""Why mutants survive, by module and line; or by line and change, with a slash between."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

__all__ = ("REASONS",)

REASONS: Final[Mapping[str, Mapping[str, str]]] = {
    "core/exchange.py": {
        "full = min(self.wait_max, self.wait_initial * 2.0 ** min(attempt - 1, 64))": (
            "no wait is that long: the bound only keeps the power from overflowing"
        ),
        "sent_at = _moment(response.header(\"date\") or \"\") / '' -> 'XX'": (
            "neither text is a date"
        ),
        "in_doubt = False / = None": "both are false",
    },
    "core/cursors.py": {
        'text = json.dumps(state, separators=(",", ":")).encode()': (
            "another spelling of the same JSON reads the same"
        ),
        "return sha256(told).hexdigest()[:16]": "a longer digest tells reads apart as well",
        'raw = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))': (
            "more padding than there must be is passed over"
        ),
    },
    "core/hosts.py": {
        'parts = urlsplit(url or "")': "neither text is an origin",
        "or _FORBIDDEN.search(url or \"\") / '' -> 'XX'": "neither text holds what is forbidden",
    },
    "client/chains.py": {
        "Fetch = Callable[[Request | None], Coroutine[Any, Any, Response]]": "a name for a type",
        "await checkpoint()": "only lets the next request out sooner",
    },
}
