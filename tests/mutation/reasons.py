"""Why mutants survive, by module and line; or by line and change, with a slash between."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

__all__ = ("REASONS",)

_WORDS: Final = "a text for people"
_SAME_MOMENT: Final = "both are the same moment then"

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
        'return cls(urlsafe_b64encode(text).rstrip(b"=").decode())': (
            "the end of a list never comes out as an X"
        ),
        "return sha256(told).hexdigest()[:16]": "a longer digest tells reads apart as well",
        'raw = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))': (
            "more padding than there must be is passed over"
        ),
    },
    "client/windows.py": {
        "cut_to: float = 1.0": "from one on, nothing is cut",
        "if self.cut_to >= 1:": "uncut, the share comes out as one as well",
        "if self.cut_to < 1:": "uncut, the share is one, and changes nothing",
        "per_second = max(1, int(per_second * share)) / 1 -> 2": (
            "a burst of one keeps such a distance as well"
        ),
        "if moment < now:": _SAME_MOMENT,
        "if moment < self.latest:": _SAME_MOMENT,
        "if moment < self.paused_until:": _SAME_MOMENT,
        (
            "if count >= per_second and moment < marks[-per_second] + SECOND: / Lt -> LtE"
        ): _SAME_MOMENT,
        (
            "if count >= per_minute and moment < marks[-per_minute] + MINUTE: / Lt -> LtE"
        ): _SAME_MOMENT,
        "if marks and marks[-1] > mark: / Gt -> GtE": _SAME_MOMENT,
        (
            "rate = limits.per_second if self.cut_to >= 1 else"
            " limits.per_second * self.share(now) / GtE -> Gt"
        ): "uncut, the share is one",
        (
            "rate = limits.per_second if self.cut_to >= 1 else"
            " limits.per_second * self.share(now) / 1 -> 2"
        ): "uncut, the share is one",
        "break / break -> continue": "marks grow: those before are older still",
        "furthest = max((latest, *marks[-1:]))": "marks grow: the last is the furthest",
    },
    "core/paging.py": {
        'paths = [".".join(filter(None, (at, path))) for path in error.paths or ("",)]': (
            "what is wrong with an entry always has a path"
        ),
        '"Wrapper",': _WORDS,
        "sketch = msgspec.defstruct( / without rename=": "no field that is needed is renamed",
        '"Sketch",': _WORDS,
        "kw_only=True,": "a decoder fills fields by name",
        "gc=False,": "only spares the collector some work",
    },
    "client/tokens.py": {
        (
            "plain: dict[str, Any] = attrs.asdict("
            'self, filter=lambda field, _: field.name != "tokens")'
        ): "the tokens are put in their place afterwards",
        "return False": "both say no",
    },
    "client/records.py": {
        'log.error("%s", error)': _WORDS,
        'self._fail("read", error)': _WORDS,
        'self._fail("written", error)': _WORDS,
        "self._since = 0.0": "the first look at a lease sets it",
    },
    "client/sharing.py": {
        "Change = Callable[[bytes | None, float], tuple[bytes | None, R]]": "a name for a type",
        "was_late = False": "both say no",
        "self._slots.clear()": "nothing is settled when the store is asked",
        "self._unused.clear()": "given back later, they cost nothing: the quota is kept either way",
        "if at > now + LEAD:": "the very bound may count either way",
    },
    "client/pacing.py": {
        "turn.is_timed = False": "who is the next stays so, and goes out then or is timed anew",
        'application: str = "",': "the name counts for a store alone, and is given with one",
    },
    "callbacks.py": {
        "super().__init__(error)": "an exception keeps its arguments without it",
        (
            'header = signature.decode("latin-1") if isinstance(signature, bytes)'
            ' else signature or ""'
        ): "neither text is a signature",
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
