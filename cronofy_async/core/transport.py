"""The plug for an HTTP library."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, Protocol, runtime_checkable

from .errors import InvalidArgumentError
from .memo import memo
from .wire import Request, Response

__all__ = ("Transport", "load_transport")

GROUP: Final = "cronofy_async.transports"
DEFAULT: Final = "aiohttp"


@runtime_checkable
class Transport(Protocol):
    """
    Sends one request and gives back one answer.

    One call of `send` is one request on the wire, never more: no redirect is
    followed, nothing is repeated, no cookie is kept, no environment is read. A
    transport may be used by many tasks at once.
    """

    async def send(self, request: Request, *, timeout: float) -> Response:
        """
        Send *request*, whose URL is absolute, and read the answer whole.

        Args:
            request: What to send, with its credentials.
            timeout: Seconds for all of it: connecting, sending, reading the body.

        Returns:
            The answer, whatever its status.

        Raises:
            ConnectError: No connection was made, so nothing was sent.
            CertificateError: The same, as the server's certificate is not accepted.
            TransportTimeoutError: The time was over.
            TransportError: Anything else kept a complete answer from arriving.
        """
        ...

    async def aclose(self) -> None:
        """Close every connection. Closing twice does nothing."""
        ...


def load_transport(name: str = DEFAULT) -> Callable[[], Transport]:
    """
    Find a transport by the name under which its package offers it.

    Raises:
        InvalidArgumentError: No installed package offers a transport of that name.
    """
    return _found(name)


@memo
def _found(name: str) -> Callable[[], Transport]:
    # Loaded here, as it takes with it what reads mails and archives.
    from importlib.metadata import entry_points

    # Remembered, as all the packages that are installed have to be looked through.
    found: Any = next(iter(entry_points(group=GROUP, name=name)), None)
    if found is None:
        known = ", ".join(sorted(entry_points(group=GROUP).names)) or "none"
        raise InvalidArgumentError(
            "transport", f"no installed package offers {name!r}", f"installed are: {known}"
        )
    factory: Callable[[], Transport] = found.load()
    return factory
