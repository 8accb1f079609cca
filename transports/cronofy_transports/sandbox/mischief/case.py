"""What an action is given, and what it makes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import attrs

from cronofy_async.core.errors import TransportError
from cronofy_async.core.wire import Request, Response

from ..._body import MAX_BODY, Body
from ..._failures import BadAnswerError, origin_of
from ..writer import phrase

if TYPE_CHECKING:
    from cronofy_async.core.operation import Operation

    from ..world import World

__all__ = ("Case", "Ending", "Struck", "arrival", "head", "written")

Ending = Literal["close", "reset"]


@attrs.frozen(kw_only=True)
class Case:
    """
    A call that is struck.

    Attributes:
        request: The call.
        response: What it was answered with; `None` if it was not carried out.
        operation: What it was taken for, if it was carried out.
        world: Where.
    """

    request: Request
    response: Response | None
    operation: type[Operation[Any]] | None
    world: World

    @property
    def answer(self) -> Response:
        """What it was answered with, where it is certain that it was."""
        assert self.response is not None, "an action of this kind lets calls be carried out"
        return self.response


@attrs.frozen(kw_only=True)
class Struck:
    """
    What the caller gets to see.

    Attributes:
        response: The answer; `None`: none was ever decided on.
        data: The bytes that are sent instead; `None`: those of the answer.
        seconds: How long it is until the first of them, in real time.
        size: How many bytes are sent at a time; 0: all.
        interval: Seconds between them.
        end: What becomes of the connection: it is kept, closed, or reset.
        failure: Why no complete answer arrives, in words for people; `None`: one does.
    """

    response: Response | None
    data: bytes | None = None
    seconds: float = 0.0
    size: int = 0
    interval: float = 0.0
    end: Literal["keep"] | Ending = "keep"
    failure: str | None = None

    @property
    def bytes(self) -> bytes:
        """What is sent."""
        if self.data is not None:
            return self.data
        assert self.response is not None, "something is sent in its place"
        return written(self.response)

    @property
    def duration(self) -> float:
        """Seconds until all of it is sent."""
        if not self.size:
            return self.seconds
        return self.seconds + (max(0, len(self.bytes) - 1) // self.size) * self.interval


def written(response: Response, *, length: int | None = None) -> bytes:
    """
    An answer as HTTP/1.1.

    Args:
        response: The answer.
        length: What its Content-Length says; `None`: the truth.
    """
    stated = len(response.body) if length is None else length
    return head(response, ("content-length", str(stated))) + response.body


def head(response: Response, *further: tuple[str, str]) -> bytes:
    """Everything of an answer before its body."""
    lines = [f"HTTP/1.1 {response.status} {phrase(response.status)}"]
    lines += [f"{name.title()}: {value}" for name, value in (*response.headers, *further)]
    return "\r\n".join((*lines, "", "")).encode("latin-1")


def arrival(struck: Struck, request: Request) -> Response:
    """
    What a transport makes of it, when it is there without a socket.

    Raises:
        TransportError: No complete answer arrives, or none that a transport reads.
    """
    origin = origin_of(request) if "://" in request.url else "the sandbox"
    response = struck.response
    if struck.failure is not None or response is None:
        raise TransportError(f"the connection to {origin} broke: {struck.failure}", request)
    if response.header("content-encoding") is None:
        return response
    try:
        body = Body(response.headers, MAX_BODY)
        body.feed(response.body)
        return attrs.evolve(response, body=body.finish())
    except BadAnswerError as error:
        problem = str(error)
    # The foreign error would bring its frames along.
    raise TransportError(f"the answer of {origin} {problem}", request)
