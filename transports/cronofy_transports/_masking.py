"""
Which parts of recorded traffic are secret, and what stands in their place.

This is the one table of secret names. A secret gets the same placeholder wherever it
turns up, so a recording stays consistent: the token that a played-back token exchange
gives is the one that a later refresh is recorded with.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import quote, unquote_plus

__all__ = ("Placeholders", "mask_json", "mask_text")

SECRET_NAMES: Final = {"authorization_code": "code", "code": "code"}
"""Names of secret JSON members and parameters, and what their placeholders are called."""

SECRET_WORDS: Final = {"password": "secret", "secret": "secret", "token": "token"}
"""The same for every name that ends with such a word, as ``client_secret`` does."""

SECRET_PARAMETERS: Final = {"state": "state"}
"""
The same for query and form parameters only.

``state`` guards a redirect against forgery; in JSON the same name is a harmless status.
"""

SHORTEST: Final = 12
"""Characters from which on a credential is also searched for outside of its own field."""

_PARAMETER: Final = re.compile(r"(?<![\w-])([\w-]+)=([^&#\s\"'<>]+)")

Replace = Callable[[str, str], str]
"""Takes a placeholder's stem and a secret, and gives what to write instead."""


def mask_text(text: str, replace: Replace) -> str:
    """Replace the secret parameters in a URL, a form, or any text that holds URLs."""

    def masked(found: re.Match[str]) -> str:
        name, value = found.groups()
        stem = _stem(name) or SECRET_PARAMETERS.get(name.lower())
        return f"{name}={replace(stem, unquote_plus(value))}" if stem else found[0]

    # Looking for names in a long text takes its time.
    return _PARAMETER.sub(masked, text) if "=" in text else text


def mask_json(value: Any, replace: Replace) -> Any:
    """Replace the secret members of a JSON value, at any depth."""
    if isinstance(value, dict):
        return {name: _masked_member(name, each, replace) for name, each in value.items()}
    if isinstance(value, list):
        return [mask_json(each, replace) for each in value]
    return mask_text(value, replace) if isinstance(value, str) else value


def _masked_member(name: str, value: Any, replace: Replace) -> Any:
    stem = _stem(name)
    return (
        replace(stem, value)
        if stem and isinstance(value, str) and value
        else mask_json(value, replace)
    )


def _stem(name: str) -> str | None:
    """What the placeholder of a name's value is called, if that is secret."""
    lowered = name.lower()
    return SECRET_NAMES.get(lowered) or SECRET_WORDS.get(lowered.rpartition("_")[2])


class Placeholders:
    """Gives each secret its placeholder: ``token-1``, ``token-2``, ``secret-1``."""

    def __init__(self) -> None:
        self._given: dict[str, str] = {}
        self._counts: Counter[str] = Counter()

    def __call__(self, stem: str, secret: str) -> str:
        """The placeholder of a secret, which is a new one at first sight."""
        if secret not in self._given:
            self._counts[stem] += 1
            self._given[secret] = f"{stem}-{self._counts[stem]}"
        return self._given[secret]

    def scrub(self, data: bytes) -> bytes:
        """Replace every credential seen so far wherever it stands, as it is or escaped."""
        # Longest first: one may be the beginning of another.
        for secret in sorted(self._given, key=len, reverse=True):
            placeholder = self._given[secret]
            # A state is whatever the application chose, perhaps a common word.
            if len(secret) >= SHORTEST and not placeholder.startswith("state"):
                for form in {secret, quote(secret, safe=""), json.dumps(secret)[1:-1]}:
                    data = data.replace(form.encode(), placeholder.encode())
        return data
