"""Showing what goes over the wire, in a form that people like to read."""

from __future__ import annotations

import json
import os
import sys
import textwrap
from typing import Any, Final, TextIO
from urllib.parse import unquote

from cronofy_async.core.transport import Transport
from cronofy_async.core.wire import Request, Response

__all__ = ("Screen", "ShownTransport")

_LINES: Final = 14
_STYLES: Final = {"bold": "1", "dim": "2", "red": "31", "green": "32", "blue": "34"}
_HIDDEN: Final = frozenset(
    {"client_secret", "access_token", "refresh_token", "code", "token", "link_token"}
)


class Screen:
    """
    Writes steps, requests and answers.

    Args:
        out: Where to.
        color: Whether to use colours; left out: if *out* is a terminal and ``NO_COLOR`` is unset.
    """

    def __init__(self, out: TextIO | None = None, *, color: bool | None = None) -> None:
        self._out = out or sys.stdout
        self._color = (
            self._out.isatty() and not os.environ.get("NO_COLOR") if color is None else color
        )
        self.requests = 0
        self.quiet = False
        """Whether requests are only counted, as while asking the same again and again."""

    def styled(self, text: str, *styles: str) -> str:
        """Give text its colours, if there are any here."""
        if not self._color:
            return text
        return f"\x1b[{';'.join(_STYLES[style] for style in styles)}m{text}\x1b[0m"

    def line(self, text: str = "") -> None:
        """Write one line at once, so that a pipe shows it as it happens."""
        print(text, file=self._out, flush=True)

    def step(self, title: str, explanation: str) -> None:
        """Begin a step."""
        self.line()
        self.line(self.styled(title, "bold"))
        for row in textwrap.wrap(explanation, 88):
            self.line(self.styled(row, "dim"))

    def done(self, text: str) -> None:
        """Say what was found to be as expected."""
        self.line(f"  {self.styled('✓', 'green')} {text}")

    def failed(self, text: str) -> None:
        """Say what was not."""
        self.line(f"  {self.styled('✗', 'red')} {text}")

    def request(self, request: Request) -> None:
        """Show a request, without its secrets."""
        self.requests += 1
        if self.quiet:
            return
        target = request.path
        query = "&".join(f"{name}={_shown(name, value)}" for name, value in request.query)
        arrow = self.styled("→", "blue")
        self.line(f"  {arrow} {request.method} {unquote(target)}{'?' if query else ''}{query}")
        if request.body:
            self._body(request.body)

    def response(self, response: Response) -> None:
        """Show an answer, without its secrets."""
        if self.quiet:
            return
        arrow = self.styled("←", "green" if response.ok else "red")
        self.line(f"  {arrow} {response.status}")
        if response.body:
            self._body(response.body)

    def received(self, what: str, body: bytes) -> None:
        """Show a callback that came in."""
        self.line(f"  {self.styled('⇠', 'blue')} {what}")
        self._body(body)

    def _body(self, body: bytes) -> None:
        try:
            shown = json.dumps(_masked(json.loads(body)), indent=2, ensure_ascii=False)
        except ValueError:
            shown = f"({len(body)} bytes)"
        rows = shown.splitlines()
        left = len(rows) - _LINES
        for row in rows[:_LINES]:
            self.line(self.styled(f"      {row[:100]}", "dim"))
        if left > 0:
            self.line(self.styled(f"      … {left} more lines", "dim"))


class ShownTransport:
    """A transport that shows what another one sends and gets."""

    def __init__(self, inner: Transport, screen: Screen) -> None:
        self._inner = inner
        self._screen = screen

    async def send(self, request: Request, *, timeout: float) -> Response:
        """Send a request, showing it and its answer."""
        self._screen.request(request)
        response = await self._inner.send(request, timeout=timeout)
        self._screen.response(response)
        return response

    async def aclose(self) -> None:
        """Close the transport within."""
        await self._inner.aclose()


def _masked(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _shown(name, item) for name, item in value.items()}
    if isinstance(value, list):
        return [_masked(item) for item in value]
    return value


def _shown(name: str, value: Any) -> Any:
    return "•••" if name in _HIDDEN and isinstance(value, str) else _masked(value)
