"""Actions that are done to connections, and to the bytes on them."""

from __future__ import annotations

import errno
import gzip
import math
import os
import zlib
from functools import lru_cache
from typing import Any, ClassVar, Final, Literal

import attrs

from cronofy_async.core.errors import InvalidArgumentError
from cronofy_async.core.wire import Response

from ..faults import Action
from .answers import When
from .case import Case, Ending, Struck, head, written
from .checks import is_number, one_of, seconds, text, whole

__all__ = ("Delay", "Drip", "Drop", "Extra", "Garbage", "Gzip", "Truncate")

_MEBI: Final = 1024 * 1024
_CLOSED: Final = "the connection was closed"
_WHY: Final = {"close": _CLOSED, "reset": os.strerror(errno.ECONNRESET).lower()}

_ending: Final = one_of("close", "reset")
_when: Final = one_of("before", "after")


@attrs.frozen(kw_only=True)
class Delay(Action):
    """
    Keeps the caller waiting; the answer is the true one.

    Attributes:
        seconds: How long, in real time.
        when: ``before``: the call is carried out at the end of it; ``after``: at its beginning.
    """

    name: ClassVar[str] = "delay"

    seconds: float = attrs.field(validator=seconds)
    when: When = attrs.field(default="before", validator=_when)

    @property
    def wait(self) -> float:
        return self.seconds if self.when == "before" else 0.0

    def act(self, case: Case) -> Struck:
        """Let the answer wait."""
        return Struck(response=case.response, seconds=self.seconds if self.when == "after" else 0.0)


def _interval(_: Any, field: attrs.Attribute[Any], value: Any) -> None:
    if not is_number(value) or value <= 0:
        raise InvalidArgumentError(field.name, f"{value!r} is no gap", "give seconds above 0")


@attrs.frozen(kw_only=True)
class Drip(Action):
    """
    Sends the true answer, head and all, little by little.

    Attributes:
        interval: Seconds of real time between one piece and the next.
        size: Bytes of a piece.
    """

    name: ClassVar[str] = "drip"

    interval: float = attrs.field(default=0.1, validator=_interval)
    size: int = attrs.field(default=1, validator=whole(1, _MEBI))

    def act(self, case: Case) -> Struck:
        """Send the answer slowly."""
        return Struck(response=case.answer, interval=self.interval, size=self.size)


@attrs.frozen(kw_only=True)
class Drop(Action):
    """
    Ends the connection without an answer.

    Attributes:
        when: ``before``: the call was not carried out; ``after``: it was.
        how: ``close``: with TCP's FIN; ``reset``: with RST.
    """

    name: ClassVar[str] = "drop"

    when: When = attrs.field(default="before", validator=_when)
    how: Ending = attrs.field(default="close", validator=_ending)

    @property
    def carries_out(self) -> bool:
        return self.when == "after"

    def act(self, case: Case) -> Struck:
        """Answer nothing."""
        return Struck(response=case.response, data=b"", end=self.how, failure=_WHY[self.how])


def _share(_: Any, field: attrs.Attribute[Any], value: Any) -> None:
    if not is_number(value) or not 0 <= value < 1:
        raise InvalidArgumentError(
            field.name, f"{value!r} is no part", "give a share from 0 on and below 1"
        )


@attrs.frozen(kw_only=True)
class Truncate(Action):
    """
    Ends the connection in the middle of the true answer's body.

    Attributes:
        framing: ``length``: Content-Length says more than is sent; ``chunked``: the last
            chunk never comes.
        share: How much of the body is sent, from 0 up to 1, exclusive.
        how: ``close``: with TCP's FIN; ``reset``: with RST.
    """

    name: ClassVar[str] = "truncate"

    framing: Literal["length", "chunked"] = attrs.field(
        default="length", validator=one_of("length", "chunked")
    )
    share: float = attrs.field(default=0.5, validator=_share)
    how: Ending = attrs.field(default="close", validator=_ending)

    def act(self, case: Case) -> Struck:
        """Send a part."""
        whole_answer = case.answer
        body = whole_answer.body
        part = attrs.evolve(whole_answer, body=body[: math.floor(len(body) * self.share)])
        if self.framing == "length":
            # One without a body promises one.
            data = written(part, length=max(1, len(body)))
        else:
            chunk = f"{len(part.body):x}\r\n".encode() + part.body + b"\r\n" if part.body else b""
            data = head(part, ("transfer-encoding", "chunked")) + chunk
        return Struck(response=whole_answer, data=data, end=self.how, failure=_WHY[self.how])


@attrs.frozen(kw_only=True)
class Garbage(Action):
    """
    Sends something that is no HTTP, and closes the connection.

    Attributes:
        text: What is sent.
        when: ``before``: the call was not carried out; ``after``: it was.
    """

    name: ClassVar[str] = "garbage"

    text: str = attrs.field(default="220 mail.example ESMTP\r\n", validator=text)
    when: When = attrs.field(default="before", validator=_when)

    @property
    def carries_out(self) -> bool:
        return self.when == "after"

    def act(self, case: Case) -> Struck:
        """Send the text."""
        return Struck(
            response=case.response,
            data=self.text.encode(),
            end="close",
            failure="the answer is not HTTP",
        )


@attrs.frozen(kw_only=True)
class Extra(Action):
    """
    Sends the true answer, and more bytes after it that nobody asked for.

    Without a socket they are not seen: a connection that they could spoil is not there.

    Attributes:
        text: What is sent after it; an answer to no request by default.
    """

    name: ClassVar[str] = "extra"

    text: str = attrs.field(
        default=written(
            Response(200, {"content-type": "application/json"}, b'{"extra":true}')
        ).decode("latin-1"),
        validator=text,
    )

    def act(self, case: Case) -> Struck:
        """Send both."""
        return Struck(response=case.answer, data=written(case.answer) + self.text.encode())


@attrs.frozen(kw_only=True)
class Gzip(Action):
    """
    Sends the true answer compressed, though something is wrong with that.

    Attributes:
        form: ``broken``: it is no gzip; ``cut``: its end is missing; ``sum``: its checksum
            is wrong; ``bomb``: it unpacks to *size* bytes.
        size: With ``bomb``: at most 1 GiB. Making it takes a second for each half GiB.
    """

    name: ClassVar[str] = "gzip"

    form: Literal["broken", "cut", "sum", "bomb"] = attrs.field(
        default="broken", validator=one_of("broken", "cut", "sum", "bomb")
    )
    size: int = attrs.field(default=64 * _MEBI, validator=whole(_MEBI, 1024 * _MEBI))

    def __attrs_post_init__(self) -> None:
        if self.form == "bomb":
            # Made now, and not when somebody waits for the answer.
            _bomb(self.size)

    def act(self, case: Case) -> Struck:
        """Compress the answer."""
        answer = case.answer
        packed = gzip.compress(answer.body, mtime=0)
        body = {
            "broken": b"this is no gzip",
            "cut": packed[:-9],
            "sum": packed[:-8] + bytes(each ^ 0xFF for each in packed[-8:-4]) + packed[-4:],
            "bomb": _bomb(self.size) if self.form == "bomb" else b"",
        }[self.form]
        headers = (*answer.headers, ("content-encoding", "gzip"))
        return Struck(response=attrs.evolve(answer, headers=headers, body=body))


@lru_cache(maxsize=2)
def _bomb(size: int) -> bytes:
    """So many blanks, which are JSON's white space, around an empty object."""
    packer = zlib.compressobj(level=9, wbits=zlib.MAX_WBITS | 16)
    blanks = b" " * _MEBI
    parts = [packer.compress(b"{}")]
    left = size - 2
    while left > 0:
        parts.append(packer.compress(blanks[: min(left, _MEBI)]))
        left -= _MEBI
    return b"".join((*parts, packer.flush()))
