"""A service that exchanges tokens and counts: as a transport, and on loopback for processes."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal, Protocol

from cronofy_async import Secret, Tokens
from cronofy_async.client.runtime import checkpoint
from cronofy_async.core.wire import Request, Response
from cronofy_async.operations import ListCalendars, RefreshToken

Rotation = Literal["fixed", "rotating", "grace"]
ROTATIONS: tuple[Rotation, ...] = ("fixed", "rotating", "grace")
LIFE = 3600


class Answering(Protocol):
    """Whatever answers requests."""

    def answer(self, request: Request) -> Response:
        """Answer one, in any thread."""
        ...


class TokenService:
    """
    What a service knows of tokens.

    Args:
        rotation: Whether a refresh token stays, ends when it is used, or (``grace``) is
            good until the token that came of it is used.
        now: Seconds since the epoch, by the service's clock.
    """

    def __init__(
        self, rotation: Rotation = "rotating", now: Callable[[], float] = lambda: 1.9e9
    ) -> None:
        self.rotation = rotation
        self.now = now
        self.exchanges = 0
        """Refresh tokens that were exchanged."""
        self.stale = 0
        """Refresh tokens that were refused."""
        self.calls = 0
        """Calls that were answered."""
        self.refused = 0
        """Calls whose access token was refused."""
        self._number = 0
        self._lock = threading.Lock()
        self._refresh: dict[str, str] = {}
        self._former: dict[str, str | None] = {}
        self._access: dict[str, tuple[str, float]] = {}

    def grant(self, sub: str, *, expired: bool = False) -> Tokens:
        """New tokens of an account, as its owner gives them; former ones end."""
        with self._lock:
            self.revoke(sub)
            self._refresh[sub], self._former[sub] = self._new(sub, "ref"), None
            access = self._issue(sub, 0 if expired else LIFE)
            expires_at = None if expired else self._access[access][1]
            return Tokens(
                access_token=Secret(access),
                refresh_token=Secret(self._refresh[sub]),
                expires_at=expires_at,
            )

    def revoke(self, sub: str) -> None:
        """End all tokens of an account."""
        self._refresh.pop(sub, None)
        self._former.pop(sub, None)
        self.expire(sub)

    def expire(self, sub: str) -> None:
        """End the access tokens of an account."""
        self._access = {t: (whose, end) for t, (whose, end) in self._access.items() if whose != sub}

    def is_alive(self, sub: str, tokens: Tokens | None) -> bool:
        """Whether tokens are good for further exchanges."""
        if tokens is None or tokens.refresh_token is None:
            return False
        token = tokens.refresh_token.reveal()
        return token in (self._refresh.get(sub), self._former.get(sub))

    def answer(self, request: Request) -> Response:
        """Answer a call, or an exchange."""
        with self._lock:
            if request.path == RefreshToken.path:
                status, body = self._exchange(json.loads(request.body)["refresh_token"])
            else:
                assert ListCalendars.path == request.path
                status, body = self._call((request.header("authorization") or "")[7:])
        return Response(
            status, {"date": formatdate(self.now(), usegmt=True)}, json.dumps(body).encode()
        )

    def _exchange(self, token: str) -> tuple[int, Any]:
        sub = next((s for s, t in self._refresh.items() if t == token), None)
        if sub is None:
            sub = next((s for s, t in self._former.items() if t == token), None)
        if sub is None:
            self.stale += 1
            return 400, {"error": "invalid_grant"}
        self.exchanges += 1
        if self.rotation == "grace" and token == self._refresh[sub]:
            self._former[sub] = token
        if self.rotation != "fixed":
            self._refresh[sub] = self._new(sub, "ref")
        answer = {
            "token_type": "bearer",
            "access_token": self._issue(sub, LIFE),
            "expires_in": LIFE,
            "refresh_token": self._refresh[sub],
        }
        return 200, answer

    def _call(self, token: str) -> tuple[int, Any]:
        _, end = self._access.get(token, ("", 0.0))
        if end <= self.now():
            self.refused += 1
            return 401, None
        self.calls += 1
        return 200, {"calendars": []}

    def _issue(self, sub: str, life: float) -> str:
        token = self._new(sub, "acc")
        self._access[token] = sub, self.now() + life
        return token

    def _new(self, sub: str, kind: str) -> str:
        self._number += 1
        return f"canary-{kind}-{sub}-{self._number}"


class ServiceTransport:
    """
    A way to a service in the same process, which takes some turns of the loop.

    Attributes:
        before: Called with each request before it is answered.
        after: Called with each request when it is answered; may raise, as if the answer
            were lost.
    """

    def __init__(self, service: TokenService, turns: int = 0) -> None:
        self.service = service
        self.turns = turns
        self.before: Callable[[Request], None] = lambda _: None
        self.after: Callable[[Request], None] = lambda _: None

    async def send(self, request: Request, *, timeout: float) -> Response:
        for _ in range(self.turns):
            await checkpoint()
        self.before(request)
        response = self.service.answer(request)
        self.after(request)
        for _ in range(self.turns):
            await checkpoint()
        return response

    async def aclose(self) -> None:
        pass


@contextmanager
def on_loopback(
    service: Answering, after: Callable[[Request], None] = lambda _: None
) -> Generator[str]:
    """
    Serve to other processes.

    Args:
        service: What answers.
        after: Called with each request when it is carried out, before its answer goes out.

    Yields:
        The URL.
    """

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def handle_request(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            request = Request(self.command, self.path, dict(self.headers), body)
            answer = service.answer(request)
            after(request)
            self.send_response_only(answer.status)
            for name, value in answer.headers:
                self.send_header(name, value)
            self.send_header("content-length", str(len(answer.body)))
            self.send_header("content-type", "application/json")
            self.end_headers()
            self.wfile.write(answer.body)

        do_GET = do_POST = handle_request  # noqa: N815 - the names that http.server calls

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 512

        def handle_error(self, request: Any, client_address: Any) -> None:
            """Say nothing: processes that are killed hang up."""

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def is_exchange(request: Request) -> bool:
    """Whether a request exchanges tokens."""
    return request.path == RefreshToken.path
