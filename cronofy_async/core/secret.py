"""Values that must never be printed."""

from __future__ import annotations

import hmac
from typing import Final, NoReturn

__all__ = ("Secret",)

MASK: Final = "Secret(***)"


class Secret:
    """
    A token or client secret that shows itself in no repr, format, log or pickle.

    It is not a `str` on purpose: f-strings and ``%s`` of a `str` subclass still
    print its text. Call `reveal` where the text is really needed, for instance to
    store a refresh token.

    Args:
        value: The text; not empty. A `Secret` is taken over as it is.

    Raises:
        TypeError: *value* is not text.
        ValueError: *value* is empty, or holds a character that cannot stand in an
            HTTP header (which would let a token forge further headers).
    """

    __slots__ = ("_value",)

    _value: str

    def __init__(self, value: str | Secret) -> None:
        text = value.reveal() if isinstance(value, Secret) else value
        if not isinstance(text, str):
            # The value itself stays out of the message: it may be the secret as bytes.
            raise TypeError(f"a secret is text, not {type(value).__name__}")
        if not text:
            raise ValueError("a secret is not empty")
        if not (text.isascii() and text.isprintable()) or " " in text:
            raise ValueError("a secret holds only visible ASCII characters")
        object.__setattr__(self, "_value", text)

    def reveal(self) -> str:
        """Give back the text."""
        return self._value

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError("a Secret does not change")

    def __repr__(self) -> str:
        return MASK

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return MASK

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Secret):
            return hmac.compare_digest(self._value, other.reveal())
        return NotImplemented

    def __hash__(self) -> int:
        return hash((Secret, self._value))

    def __bool__(self) -> bool:
        return True

    def __copy__(self) -> Secret:
        return self

    def __deepcopy__(self, memo: object) -> Secret:
        return self

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Secret is not pickled: store reveal() where you keep secrets")

    def __getstate__(self) -> NoReturn:
        # What writes objects down by itself asks this directly.
        self.__reduce__()
