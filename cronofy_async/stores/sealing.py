"""Records as they lie in a store: plain, or encrypted with keys that can be changed."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Final

from ..client.tokens import TokenRecord
from ..core.errors import InvalidArgumentError, TokenStoreError
from ..core.secret import Secret

__all__ = ("Keys", "Seal", "new_key")

Keys = str | Secret | Iterable[str | Secret]

_PLAIN: Final = b"{"
"""How a record begins that is not encrypted; no encrypted one does."""


def new_key() -> Secret:
    """Make a key for ``keys=``; ``new_key().reveal()`` is what to keep, apart from the store."""
    return Secret(_fernet().Fernet.generate_key().decode())


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

    def close(self, sub: str, record: TokenRecord) -> bytes:
        """A record as it is stored."""
        plain = record.reveal()
        if self._fernet is None:
            return plain.encode()
        # Its account goes along, so that nobody can put it in another one's place.
        encrypted: bytes = self._fernet.encrypt(json.dumps([sub, plain]).encode())
        return encrypted

    def open(self, sub: str, stored: bytes) -> TokenRecord:
        """
        Read a record that was stored, encrypted or not.

        Raises:
            TokenStoreError: No key fits, or it was tampered with.
        """
        plain: str | bytes = stored
        if not stored.startswith(_PLAIN):
            if self._fernet is None:
                raise TokenStoreError(f"the tokens of {sub} are encrypted: give the store its keys")
            plain = self._decrypt(sub, stored)
        try:
            return TokenRecord.read(plain)
        except ValueError:
            raise TokenStoreError(
                f"the record of {sub} is damaged: it was left as it is; restore the store, or "
                "authorize the account again"
            ) from None

    def _decrypt(self, sub: str, stored: bytes) -> str:
        try:
            whose, plain = json.loads(self._fernet.decrypt(stored))
        except (_fernet().InvalidToken, ValueError):
            raise TokenStoreError(
                f"none of the keys opens the tokens of {sub}: they were left as they are; give "
                "the key that they were encrypted with as well"
            ) from None
        if whose != sub:
            raise TokenStoreError(f"the record of {sub} is another account's: restore the store")
        text: str = plain
        return text


def _fernet() -> Any:
    try:
        from cryptography import fernet
    except ImportError:
        raise InvalidArgumentError(
            "keys", "need cryptography", "install cronofy_async[secure]"
        ) from None
    return fernet
