"""Identifiers and secrets, drawn from one source of randomness."""

from __future__ import annotations

import string
from collections.abc import Callable
from random import Random
from typing import Final

__all__ = ("Ids", "Seeded")

_ALPHANUMERIC: Final = string.ascii_letters + string.digits
_AT_ONCE: Final = 2**16
_LOWER: Final = string.ascii_lowercase + string.digits


class Seeded(Random):
    """
    Randomness that is the same for each seed, and can be taken up where it was left.

    Args:
        seed: Any number.
        position: How many words of 32 bits were drawn from it already.

    Attributes:
        number: The seed.
        position: How many were drawn by now.
    """

    def __init__(self, seed: int, position: int = 0) -> None:
        super().__init__(seed)
        self.number, self.position = seed, position
        for _ in range(position // _AT_ONCE):
            super().getrandbits(32 * _AT_ONCE)
        super().getrandbits(32 * (position % _AT_ONCE))

    def getrandbits(self, k: int, /) -> int:
        """Draw *k* bits, in whole words."""
        self.position += -(-k // 32)
        return super().getrandbits(k)


class Ids:
    """
    Makes every id that the sandbox gives out, in the shapes that the reference shows.

    Args:
        random: `random.SystemRandom` makes secrets that nobody can guess; a seeded
            `random.Random` makes the same ones in each run.

    Attributes:
        random: The same.

    Source: /developers/api/identity/account/
    """

    def __init__(self, random: Random) -> None:
        self.random = random
        # One call for many bits: SystemRandom asks the kernel at every draw.
        self._bits: Callable[[int], int] = random.getrandbits

    def use(self, random: Random) -> None:
        """Draw from another source from now on."""
        self.random, self._bits = random, random.getrandbits

    def make(self, prefix: str) -> str:
        """An id such as ``acc_`` and 24 hex digits."""
        return f"{prefix}_{self._bits(96):024x}"

    def profile(self) -> str:
        """A profile's id."""
        return f"pro_{self._text(_LOWER, 10)}"

    def calendar(self, profile_id: str) -> str:
        """A calendar's id, which holds that of its profile."""
        return f"cal_{profile_id.removeprefix('pro_')}_{self._text(_LOWER, 12)}"

    def external_event(self) -> str:
        """The uid of an event."""
        return self.make("evt_external")

    def token(self) -> str:
        """An access token, refresh token or code: 32 letters and digits."""
        return self._text(_ALPHANUMERIC, 32)

    def page(self) -> str:
        """The opaque name of a page."""
        return f"{self._bits(64):016x}"

    def client_secret(self) -> str:
        """A client secret in the newer form."""
        return f"CRN_{self._text(_ALPHANUMERIC, 38)}"

    def _text(self, alphabet: str, length: int) -> str:
        # Eight bits more than needed leave no letter noticeably likelier than another.
        number = self._bits(6 * length + 8)
        letters = []
        for _ in range(length):
            number, index = divmod(number, len(alphabet))
            letters.append(alphabet[index])
        return "".join(letters)
