"""
Foreign exceptions in our words.

An HTTP library's exceptions quote what they met: header lines, URLs with their query,
bytes of an answer, a proxy's password; and the local variables in their frames, which
some tools print, hold the request's headers and body. So none of them is chained. The
cause of our errors is the operating system's or TLS's own exception beneath, without
frames, or where there is none a stand-in with the foreign exception's name.
"""

from __future__ import annotations

import os
import socket
import ssl
import zlib
from collections.abc import Iterable, Iterator
from traceback import clear_frames
from typing import Final
from urllib.parse import urlsplit

import attrs

from cronofy_async.core.errors import (
    CertificateError,
    ConnectError,
    TransportError,
    TransportTimeoutError,
)
from cronofy_async.core.wire import Request

__all__ = (
    "COMMON",
    "NO_CONNECTION",
    "BadAnswerError",
    "ForeignError",
    "Row",
    "forget_locals",
    "origin_of",
    "timed_out",
    "translate",
)

_PYTHONS_OWN: Final = frozenset({"builtins", "socket", "ssl", "zlib"})


class BadAnswerError(Exception):
    """An answer arrived that is not used, because it breaks HTTP or our bounds."""


class ForeignError(Exception):
    """Stands in for an HTTP library's exception, of which it shows the name alone."""


@attrs.frozen
class Row:
    """
    What a foreign exception means.

    Attributes:
        foreign: The exception's class; a table's first match counts.
        kind: Our class.
        message: Our text; may name ``{origin}`` and ``{reason}``.
    """

    foreign: type[BaseException]
    kind: type[TransportError]
    message: str


NO_CONNECTION: Final = (ConnectError, "could not connect to {origin}: {reason}")
"""What every table says of a connection that was never made."""

COMMON: Final = (
    Row(BadAnswerError, TransportError, "the answer of {origin} {reason}"),
    Row(OSError, TransportError, "the connection to {origin} broke: {reason}"),
)
"""The last rows of every table."""


def origin_of(request: Request) -> str:
    """The part of a request's URL that is safe to show."""
    parts = urlsplit(request.url)
    return f"{parts.scheme}://{parts.netloc}"


def timed_out(request: Request, timeout: float) -> TransportTimeoutError:
    """Say that the time was over."""
    return TransportTimeoutError(
        f"no complete answer of {origin_of(request)} within {timeout:g} seconds", request
    )


def translate(error: Exception, table: Iterable[Row], request: Request) -> TransportError | None:
    """
    Find our error for a foreign one, its cause set, or `None` if the table has none.

    Raise it outside of the ``except`` clause, or the foreign one becomes its context.
    """
    for row in table:
        if isinstance(error, row.foreign):
            text = row.message.format(origin=origin_of(request), reason=_reason(error))
            is_refused = row.kind is ConnectError and _refused(error) is not None
            translated = (CertificateError if is_refused else row.kind)(text, request)
            translated.__cause__ = _cause(error)
            return translated
    return None


def forget_locals(error: BaseException, before: BaseException | None) -> None:
    """
    Empty the frames that an exception came through, of which only the places stay.

    An HTTP library's local variables hold the request's headers and body, and an
    exception that is nobody's failure, such as a cancellation, is passed on as it is.

    Args:
        error: The exception.
        before: What was being handled when the request began: that is the caller's.
    """
    current: BaseException | None = error
    seen: set[int] = set()
    while current is not None and current is not before and id(current) not in seen:
        seen.add(id(current))
        clear_frames(current.__traceback__)
        if not isinstance(current, Exception):
            # What a cancellation came from is another task's, whose frames are still in use:
            # whoever cancels while handling an exception leaves it here as the context.
            return
        current = current.__cause__ or current.__context__


def _chain(error: BaseException) -> Iterator[BaseException]:
    """An exception and all it came from, nearest first."""
    waiting: list[BaseException | None] = [error]
    seen: set[int] = set()
    while waiting:
        current = waiting.pop(0)
        if current is None or id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        if isinstance(current, BaseExceptionGroup):
            waiting.extend(current.exceptions)
        waiting += current.__cause__, current.__context__


def _system_errors(error: BaseException) -> Iterator[OSError | zlib.error]:
    """Those in an exception's chain that are Python's own: a subclass may quote anything."""
    for each in _chain(error):
        if isinstance(each, (OSError, zlib.error)) and type(each).__module__ in _PYTHONS_OWN:
            yield each


def _refused(error: Exception) -> ssl.SSLCertVerificationError | None:
    """TLS's own word on a certificate that is not accepted, if it is that."""
    found = (e for e in _system_errors(error) if isinstance(e, ssl.SSLCertVerificationError))
    return next(found, None)


def _reason(error: Exception) -> str:
    """Why, in words that quote neither side's bytes."""
    if isinstance(error, BadAnswerError):
        return str(error)
    refused = _refused(error)
    if refused is not None:
        return f"its certificate is not accepted ({refused.verify_message.rstrip('.')})"
    chain = list(_system_errors(error))
    if any(isinstance(each, ssl.SSLError) for each in chain):
        return "TLS failed"
    if any(isinstance(each, socket.gaierror) for each in chain):
        return "its name cannot be resolved"
    for each in chain:
        if isinstance(each, OSError) and each.errno is not None:
            return os.strerror(each.errno).lower()
    return "the connection was closed"


def _cause(error: Exception) -> BaseException | None:
    """What may be shown of a foreign exception, if it says more than our message."""
    for each in _system_errors(error):
        each.__traceback__ = each.__cause__ = each.__context__ = None
        return each
    if isinstance(error, BadAnswerError):
        return None
    return ForeignError(f"{type(error).__module__}.{type(error).__qualname__}")
