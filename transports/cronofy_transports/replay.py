"""
Recording real traffic, and playing it back.

::

    transport = RecordingTransport(AiohttpTransport(), "calendars.jsonl")
    ...
    transport = ReplayTransport("calendars.jsonl")

A recording is a file of JSON lines, one for each request with its answer, in the order
of the answers. No credential is written: of the headers only a few harmless ones are
kept, and secrets in URLs and bodies are replaced by placeholders such as ``token-1``.
Everything else is written as it is, people's names and addresses among it: record with
accounts made for testing.
"""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

import anyio.lowlevel
import attrs

from cronofy_async.core.errors import (
    CertificateError,
    ConnectError,
    InvalidArgumentError,
    TransportError,
    TransportTimeoutError,
)
from cronofy_async.core.transport import Transport
from cronofy_async.core.wire import Headers, Request, Response

from ._loops import closed_error
from ._masking import Placeholders, mask_json, mask_text

__all__ = ("RecordingTransport", "ReplayTransport")

REQUEST_HEADERS: Final = frozenset({"accept", "content-type"})
RESPONSE_HEADERS: Final = frozenset(
    {
        "content-type",
        "date",
        "location",
        "retry-after",
        "x-ratelimit-limit",
        "x-ratelimit-remaining",
        "x-ratelimit-reset",
        "x-request-id",
    }
)

_ERRORS: Final = {
    error.__name__: error
    for error in (TransportError, ConnectError, CertificateError, TransportTimeoutError)
}


class RecordingTransport:
    """
    Sends requests through another transport and writes down what came of each.

    A failure (`TransportError`) is recorded too, and played back as the same failure.
    Each line is written whole and at once, in a file that only its owner may read.

    Args:
        inner: Does the sending; closed together with this one.
        path: The file to make.

    Raises:
        InvalidArgumentError: The file exists: two recordings in one file would share
            placeholders for different secrets.
    """

    def __init__(self, inner: Transport, path: str | os.PathLike[str]) -> None:
        self._inner = inner
        self._placeholders = Placeholders()
        try:
            # Unbuffered: each line is one write, on disk before the answer is given.
            self._file = open(path, "xb", buffering=0, opener=_private)  # noqa: SIM115 - kept
        except FileExistsError:
            raise InvalidArgumentError(
                "path", "is an existing file", "delete it, or name another"
            ) from None

    async def send(self, request: Request, *, timeout: float) -> Response:
        """
        Send a request through the inner transport, whose errors are raised unchanged.

        Raises:
            InvalidArgumentError: The transport is closed; nothing was sent.
        """
        if self._file.closed:
            raise closed_error()
        try:
            response = await self._inner.send(request, timeout=timeout)
        except TransportError as error:
            self._write(request, {"error": type(error).__name__, "message": str(error)})
            raise
        self._write(
            request,
            {
                "status": response.status,
                "headers": self._headers(response.headers, RESPONSE_HEADERS),
                **self._body(response.body),
            },
        )
        return response

    async def aclose(self) -> None:
        """Close the file and the inner transport. Closing twice does nothing."""
        self._file.close()
        await self._inner.aclose()

    def _write(self, request: Request, response: dict[str, Any]) -> None:
        authorization = request.header("authorization")
        if authorization is not None:
            # Only made known: should an answer repeat the credential, it is scrubbed.
            self._placeholders("token", authorization.rpartition(" ")[2])
        record = {
            "request": {
                "method": request.method,
                "url": mask_text(request.url, self._placeholders),
                "headers": self._headers(request.headers, REQUEST_HEADERS),
                **self._body(request.body),
            },
            "response": response,
        }
        if not self._file.closed:
            self._file.write(self._placeholders.scrub(json.dumps(record).encode()) + b"\n")

    def _headers(self, headers: Headers, kept: frozenset[str]) -> list[list[str]]:
        return [
            [name, mask_text(value, self._placeholders)] for name, value in headers if name in kept
        ]

    def _body(self, body: bytes) -> dict[str, Any]:
        """A body as JSON, as text, or as base64, whichever it can be."""
        content = _content(body)
        if isinstance(content, _Json):
            return {"json": mask_json(content.value, self._placeholders)}
        if isinstance(content, str):
            return {"text": mask_text(content, self._placeholders)} if content else {}
        return {"base64": base64.b64encode(self._placeholders.scrub(content)).decode()}


class ReplayTransport:
    """
    Answers requests from a recording; nothing is sent.

    A request gets the first answer, not yet given, that was recorded for its method,
    path, query and body. Secrets are not compared: the recording does not have them.
    Yet if one is a placeholder that an earlier answer gave out, the answer recorded
    with that placeholder comes first. Times are not played back.

    Args:
        path: A file that `RecordingTransport` made.

    Raises:
        InvalidArgumentError: The file is no recording.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        lines = Path(path).read_bytes().splitlines()
        self._waiting = [_exchange(line, number) for number, line in enumerate(lines, 1)]
        self._closed = False

    async def send(
        self,
        request: Request,
        *,
        timeout: float,  # noqa: ARG002 - a recording answers at once
    ) -> Response:
        """
        Give the answer that was recorded for a request, or raise the failure.

        Raises:
            TransportError: The recording has no answer left for this request. The
                message names what it expected next.
        """
        if self._closed:
            raise closed_error()
        await anyio.lowlevel.checkpoint()
        asked = _Question.of(request)
        alike = [each for each in self._waiting if each.question.is_like(asked)]
        exact = (each for each in alike if each.question.exact == asked.exact)
        found = next(exact, alike[0] if alike else None)
        if found is None:
            raise TransportError(self._surprise(asked), request)
        self._waiting.remove(found)
        if isinstance(found.outcome, _Failure):
            raise _ERRORS[found.outcome.error](found.outcome.message, request)
        return found.outcome

    async def aclose(self) -> None:
        """Answer nothing more. Closing twice does nothing."""
        self._closed = True

    def assert_done(self) -> None:
        """
        Check that every recorded answer was asked for.

        Raises:
            AssertionError: Some were not.
        """
        if self._waiting:
            count, first = len(self._waiting), self._waiting[0].question.name
            raise AssertionError(f"{count} recorded requests were not made; the first is {first}")

    def _surprise(self, asked: _Question) -> str:
        if not self._waiting:
            return f"nothing recorded is left, but {asked.name} was asked"
        other = any(each.question.name == asked.name for each in self._waiting)
        detail = " with this query and body" if other else ""
        return (
            f"nothing recorded answers {asked.name}{detail}; "
            f"expected next: {self._waiting[0].question.name}"
        )


@attrs.frozen(repr=False)
class _Question:
    """What of a request decides which answer it gets; `like` has its secrets blanked."""

    name: str
    like: Any
    exact: Any

    @classmethod
    def of(cls, request: Request) -> _Question:
        content = _content(request.body)
        return cls.make(
            request.method, request.url, content.value if isinstance(content, _Json) else content
        )

    @classmethod
    def make(cls, method: str, url: str, content: Any) -> _Question:
        path = urlsplit(url).path
        like = [_query(mask_text(url, _blank)), mask_json(content, _blank)]
        return cls(f"{method} {path}", like, [_query(url), content])

    def is_like(self, other: _Question) -> bool:
        return (self.name, self.like) == (other.name, other.like)


@attrs.frozen
class _Failure:
    """A recorded error."""

    error: str = attrs.field(validator=attrs.validators.in_(_ERRORS))
    message: str


@attrs.frozen(eq=False, repr=False)
class _Exchange:
    """One line of a recording."""

    question: _Question
    outcome: Response | _Failure


@attrs.frozen(repr=False)
class _Json:
    """A JSON value, told apart from text."""

    value: Any


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _blank(*_: str) -> str:
    return "*"


def _query(url: str) -> list[tuple[str, str]]:
    return sorted(parse_qsl(urlsplit(url).query, keep_blank_values=True))


def _content(body: bytes) -> _Json | str | bytes:
    if body[:1] in (b"{", b"["):
        try:
            return _Json(json.loads(body))
        except ValueError:
            pass
    try:
        return body.decode()
    except UnicodeDecodeError:
        return body


def _exchange(line: bytes, number: int) -> _Exchange:
    try:
        record = json.loads(line)
        request, response = record["request"], record["response"]
        question = _Question.make(request["method"], request["url"], _recorded(request))
        if "error" in response:
            return _Exchange(question, _Failure(response["error"], response["message"]))
        content = _recorded(response)
        body = json.dumps(content).encode() if "json" in response else content
        body = body.encode() if isinstance(body, str) else body
        return _Exchange(question, Response(response["status"], response["headers"], body))
    except (ValueError, KeyError, TypeError) as error:
        raise InvalidArgumentError(
            "path", f"is no recording: line {number} is malformed", "record it again"
        ) from error


def _recorded(part: dict[str, Any]) -> Any:
    """A recorded body: a JSON value, text, or bytes."""
    if "base64" in part:
        return base64.b64decode(part["base64"])
    return part["json"] if "json" in part else part.get("text", "")
