"""Records as they lie in a store: plain, or encrypted with keys that can be changed."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Final

from ..client.tokens import TokenRecord
from ..core.errors import InvalidArgumentError, TokenStoreError
from ..core.secret import Secret

__all__ = ("Keys", "Seal", "Sealed", "new_key")

Keys = str | Secret | Iterable[str | Secret]

_PLAIN: Final = b"{"
"""How a record begins that is not encrypted; no encrypted one does."""


def new_key() -> Secret:
    """Make a key for ``keys=``; ``new_key().reveal()`` is what to keep, apart from the store."""
    return Secret(_fernet().Fernet.generate_key().decode())


class Sealed:
    """
    A record as bytes, which shows itself in no traceback.

    Args:
        data: The bytes; a client that decodes answers gives text.
    """

    __slots__ = ("data",)

    def __init__(self, data: bytes | str) -> None:
        self.data: bytes = data.encode() if isinstance(data, str) else data


class Seal:
    """
    Writes records down and reads them.

    Args:
        keys: Those that records may be encrypted with, the one for new records first;
            `None` encrypts none.

    Raises:
        InvalidArgumentError: A key is none, or the extra ``secure`` is not installed.
    """

    def __init__(self, keys: Keys | None = None) -> None:
        self._fernet: Any = None
        if keys is None:
            return
        listed = [keys] if isinstance(keys, (str, Secret)) else list(keys)
        if not listed:
            raise InvalidArgumentError("keys", "are empty", "give one, or leave them out")
        fernet = _fernet()
        try:
            self._fernet = fernet.MultiFernet([fernet.Fernet(Secret(k).reveal()) for k in listed])
        except (ValueError, TypeError):
            # Without the cause: it may show the key.
            raise InvalidArgumentError(
                "keys", "hold one that is no key", "make it with cronofy_async.stores.new_key()"
            ) from None

    @property
    def encrypts(self) -> bool:
        """Whether new records are encrypted."""
        return self._fernet is not None

    def close(self, sub: str, record: TokenRecord) -> Sealed:
        """A record as it is stored."""
        if self._fernet is None:
            return Sealed(record.reveal().encode())
        # Its account goes along, so that nobody can put it in another one's place.
        return Sealed(self._fernet.encrypt(json.dumps([sub, record.reveal()]).encode()))

    def open(self, sub: str, stored: Sealed) -> TokenRecord:
        """
        Read a record that was stored, encrypted or not.

        Raises:
            TokenStoreError: No key fits, or it was tampered with.
        """
        is_plain = stored.data.startswith(_PLAIN)
        if not is_plain and self._fernet is None:
            raise TokenStoreError(f"the tokens of {sub} are encrypted: give the store its keys")
        opened = stored if is_plain else self._decrypt(stored)
        if opened is None:
            raise TokenStoreError(
                f"none of the keys opens the tokens of {sub}: they were left as they are; give "
                "the key that they were encrypted with as well"
            )
        record, whose = _read(opened, is_plain)
        if record is None:
            raise TokenStoreError(
                f"the record of {sub} is damaged: it was left as it is; restore the store, or "
                "authorize the account again"
            )
        if whose not in (None, sub):
            raise TokenStoreError(f"the record of {sub} is another account's: restore the store")
        return record

    def _decrypt(self, stored: Sealed) -> Sealed | None:
        try:
            return Sealed(self._fernet.decrypt(stored.data))
        except _fernet().InvalidToken:
            return None


def _read(opened: Sealed, is_plain: bool) -> tuple[TokenRecord | None, str | None]:
    """A record and whose it is, if it says so; nothing if it is damaged."""
    # Errors are raised elsewhere: a traceback may show what is local here.
    try:
        whose, plain = (None, opened.data) if is_plain else json.loads(opened.data)
        return TokenRecord.read(plain), whose
    except (ValueError, TypeError):
        return None, None


def _fernet() -> Any:
    try:
        from cryptography import fernet
    except ImportError:
        raise InvalidArgumentError(
            "keys", "need cryptography", "install cronofy_async[secure]"
        ) from None
    return fernet
