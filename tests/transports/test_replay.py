"""Recordings: what is in the file, what never is, and how it plays back."""

# Files in a temporary folder do not block for long.
# ruff: noqa: ASYNC240

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from cronofy_async.core.errors import (
    CertificateError,
    ConnectError,
    InvalidArgumentError,
    TransportError,
    TransportTimeoutError,
)
from cronofy_async.core.transport import Transport
from cronofy_async.core.wire import Request, Response
from cronofy_transports.replay import RecordingTransport, ReplayTransport
from tests.support import RecordingTransport as Prepared
from tests.support import answer

pytestmark = pytest.mark.asyncio

URL = "https://api.cronofy.com"


def ask(method: str, path: str, body: Any = None, **headers: str) -> Request:
    """A request with a JSON body, or with none."""
    content = b"" if body is None else json.dumps(body).encode()
    return Request(method, URL + path, headers, content)


async def recorded(
    path: Path, exchanges: Iterable[tuple[Request, Response | Exception]]
) -> list[dict[str, Any]]:
    """The lines that exchanges make."""
    pairs = list(exchanges)
    transport = RecordingTransport(Prepared([response for _, response in pairs]), path)
    for request, response in pairs:
        if isinstance(response, Exception):
            with pytest.raises(type(response)):
                await transport.send(request, timeout=5)
        else:
            assert response is await transport.send(request, timeout=5)
    await transport.aclose()
    return [json.loads(line) for line in path.read_text().splitlines()]


async def played(path: Path, *requests: Request) -> list[Any]:
    """The JSON bodies of a recording's answers; all of them are asked for."""
    transport = ReplayTransport(path)
    bodies = [(await transport.send(request, timeout=5)).json() for request in requests]
    transport.assert_done()
    return bodies


@pytest.fixture
def tape(tmp_path: Path) -> Path:
    """A file that does not exist yet."""
    return tmp_path / "tape.jsonl"


SECRET = "canary-d41d8cd98f00b204"

EXCHANGE = ask(
    "POST",
    "/oauth/token",
    {"client_id": "app1", "client_secret": f"{SECRET}-a", "code": f"{SECRET}-b"},
    content_type="application/json",
)
TOKENS = {
    "access_token": f"{SECRET}-c",
    "refresh_token": f"{SECRET}-d",
    "expires_in": 3600,
    "scope": "read_events",
}
REFRESH = ask("POST", "/oauth/token", {"refresh_token": f"{SECRET}-d"})


async def test_a_line_for_each_exchange(tape: Path) -> None:
    """Method, URL, a few headers and the bodies are written down, in the order of answers."""
    request = ask("GET", "/v1/events?tzid=Etc%2FUTC&a=1&a=2", authorization="Bearer x", accept="*")
    response = answer(200, {"events": []}, x_request_id="r1", set_cookie="a=b")

    lines = await recorded(tape, [(request, response), (ask("DELETE", "/x"), answer(202))])

    expected = {
        "request": {
            "method": "GET",
            "url": f"{URL}/v1/events?tzid=Etc%2FUTC&a=1&a=2",
            "headers": [["accept", "*"]],
        },
        "response": {
            "status": 200,
            "headers": [["x-request-id", "r1"]],
            "json": {"events": []},
        },
    }
    assert expected == lines[0]
    assert ("DELETE", 202) == (lines[1]["request"]["method"], lines[1]["response"]["status"])


SECRETIVE: list[tuple[Request, Response | Exception]] = [
    (EXCHANGE, answer(200, TOKENS)),
    (REFRESH, answer(200, TOKENS)),
    (ask("POST", "/oauth/token/revoke", {"token": f"{SECRET}-d"}), answer(200)),
    (
        ask(
            "GET",
            f"/v1/real_time_scheduling?token={SECRET}%2Fe",
            authorization=f"Bearer {SECRET}-f",
        ),
        # A server that repeats what it was sent, and where it must not.
        answer(200, {"note": f"you are {SECRET}-f", "url": f"https://x/?a=1&state={SECRET}&b=2"}),
    ),
    (
        ask("POST", "/v1/element_tokens"),
        answer(200, {"element_token": {"token": f"{SECRET}-g", "permissions": ["agenda"]}}),
    ),
    (
        ask("POST", "/v1/batch", {"batch": [{"data": {"link_token": f"{SECRET}-h"}}]}),
        answer(200, {"batch": [{"status": 200, "data": {"id_token": f"{SECRET}-i"}}]}),
    ),
    (
        Request("POST", f"{URL}/form", (), f"client_secret={SECRET}-a&grant_type=x".encode()),
        Response(302, {"location": f"https://x/cb?code={SECRET}-b&state={SECRET}-j"}, b"moved"),
    ),
    (
        ask("GET", f"/page?code={SECRET}-k"),
        Response(200, (), f'<a href="/next?x=1&amp;token={SECRET}-l">next</a>'.encode()),
    ),
    (
        ask("GET", "/file", authorization=f"Bearer {SECRET}-f"),
        Response(200, (), b"\xff\xfe" + f"{SECRET}-f".encode()),
    ),
    (
        ask("GET", f"/v1/me?token={SECRET}-m"),
        TransportTimeoutError("no complete answer of https://api.cronofy.com"),
    ),
]


async def test_no_secret_is_written(tape: Path) -> None:
    """Credentials in headers, URLs, bodies of any sort and at any depth become placeholders."""
    lines = await recorded(tape, SECRETIVE)

    assert SECRET not in tape.read_text()
    assert {"client_id": "app1", "client_secret": "secret-1", "code": "code-1"} == lines[0][
        "request"
    ]["json"]
    tokens = {"access_token": "token-1", "refresh_token": "token-2"}
    assert {**TOKENS, **tokens} == lines[0]["response"]["json"]
    assert {"refresh_token": "token-2"} == lines[1]["request"]["json"]
    assert {"token": "token-2"} == lines[2]["request"]["json"]
    assert "https://x/?a=1&state=state-1&b=2" == lines[3]["response"]["json"]["url"]
    assert "client_secret=secret-1&grant_type=x" == lines[6]["request"]["text"]


async def test_secrets_play_back_as_placeholders(tape: Path) -> None:
    """A token exchange gives a placeholder, with which the next requests are found again."""
    await recorded(tape, SECRETIVE[:3])
    transport = ReplayTransport(tape)

    other = json.loads(EXCHANGE.body) | {"client_secret": "other", "code": "another"}
    tokens = (await transport.send(ask("POST", "/oauth/token", other), timeout=5)).json()
    refresh = {"refresh_token": tokens["refresh_token"]}
    again = (await transport.send(ask("POST", "/oauth/token", refresh), timeout=5)).json()
    revoke = {"token": again["refresh_token"]}
    await transport.send(ask("POST", "/oauth/token/revoke", revoke), timeout=5)

    assert ("token-1", "token-2") == (tokens["access_token"], tokens["refresh_token"])
    transport.assert_done()


async def test_a_placeholder_finds_its_own_answer(tape: Path) -> None:
    """Of two accounts that refresh in another order than recorded, each gets its own answer."""

    def refresh(token: str) -> Request:
        return ask("POST", "/oauth/token", {"refresh_token": token})

    await recorded(
        tape,
        [
            (refresh(f"{SECRET}-a"), answer(200, {"sub": "acc_a"})),
            (refresh(f"{SECRET}-b"), answer(200, {"sub": "acc_b"})),
        ],
    )

    assert [{"sub": "acc_b"}, {"sub": "acc_a"}] == await played(
        tape, refresh("token-2"), refresh("token-1")
    )
    assert [{"sub": "acc_a"}, {"sub": "acc_b"}] == await played(
        tape, refresh("unknown"), refresh("unknown")
    )


async def test_equal_requests_play_successive_answers(tape: Path) -> None:
    """The same request, made again, gets what was answered next."""
    request = ask("GET", "/v1/events")
    await recorded(tape, [(request, answer(200, {"n": n})) for n in range(3)])

    assert [{"n": 0}, {"n": 1}, {"n": 2}] == await played(tape, *[request] * 3)


async def test_requests_may_come_in_another_order(tape: Path) -> None:
    """What matters is the request, and neither its turn nor the order of its query."""
    one, two = ask("GET", "/a?x=1&y=2"), ask("GET", "/b")
    await recorded(tape, [(one, answer(200, {"n": 1})), (two, answer(200, {"n": 2}))])

    assert [{"n": 2}, {"n": 1}] == await played(
        tape, two, Request("GET", "http://127.0.0.1:8080/a?y=2&x=1")
    )


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (ask("GET", "/v1/other"), "nothing recorded answers GET /v1/other; expected next: "),
        (ask("POST", "/v1/events"), "nothing recorded answers POST /v1/events; expected next: "),
        (ask("GET", f"/v1/events?tzid={SECRET}"), "GET /v1/events with this query and body; "),
        (ask("GET", "/v1/events?tzid=UTC", {"a": SECRET}), "/v1/events with this query and body"),
    ],
)
async def test_an_unexpected_request(tape: Path, request_: Request, message: str) -> None:
    """A request that was not recorded is refused, and the error names what comes next."""
    await recorded(tape, [(ask("GET", "/v1/events?tzid=UTC"), answer(200, {}))])
    transport = ReplayTransport(tape)

    with pytest.raises(TransportError) as caught:
        await transport.send(request_, timeout=5)

    assert message in str(caught.value)
    assert str(caught.value).endswith("expected next: GET /v1/events")
    assert SECRET not in str(caught.value)


async def test_a_recording_that_is_used_up(tape: Path) -> None:
    """After the last answer there is no more, and no wrapping round."""
    request = ask("GET", "/v1/events")
    await recorded(tape, [(request, answer(200, {}))])
    transport = ReplayTransport(tape)
    await transport.send(request, timeout=5)

    with pytest.raises(TransportError, match=r"nothing recorded is left, but GET /v1/events was"):
        await transport.send(request, timeout=5)


async def test_answers_that_are_not_asked_for(tape: Path) -> None:
    """`assert_done` tells how many answers are left, and the first of them."""
    await recorded(tape, [(ask("GET", f"/{n}"), answer(200, {})) for n in range(3)])
    transport = ReplayTransport(tape)
    await transport.send(ask("GET", "/0"), timeout=5)

    with pytest.raises(AssertionError, match=r"2 recorded requests were not made.* GET /1$"):
        transport.assert_done()


@pytest.mark.parametrize(
    "kind", [TransportError, ConnectError, CertificateError, TransportTimeoutError]
)
async def test_failures_play_back(tape: Path, kind: type[TransportError]) -> None:
    """A failure is recorded and raised again, before the answer that followed it."""
    request = ask("GET", "/v1/events")
    await recorded(tape, [(request, kind("it broke")), (request, answer(200, {"n": 1}))])
    transport = ReplayTransport(tape)

    with pytest.raises(kind, match="it broke") as caught:
        await transport.send(request, timeout=5)

    assert (kind, request) == (type(caught.value), caught.value.request)
    assert {"n": 1} == (await transport.send(request, timeout=5)).json()


@pytest.mark.parametrize(
    "body",
    [b"", b"text", b'{"a": [1, null, "\xc3\xa9"]}', b"[]", b"{broken", b"\xff\x00\xfe", b"12"],
)
async def test_every_body_comes_back(tape: Path, body: bytes) -> None:
    """JSON comes back as JSON, anything else byte for byte; requests are told apart by it."""
    request = Request("POST", f"{URL}/x", (), body)
    await recorded(tape, [(request, Response(200, {"content-type": "x"}, body))])

    response = await ReplayTransport(tape).send(request, timeout=5)
    with pytest.raises(TransportError):
        await ReplayTransport(tape).send(request.replace(body=body + b" 1"), timeout=5)

    assert (200, "x") == (response.status, response.header("content-type"))
    if body[:1] in (b"{", b"[") and body != b"{broken":
        assert json.loads(body) == response.json()
    else:
        assert body == response.body


async def test_the_file_is_private_and_written_at_once(tape: Path) -> None:
    """Only the owner may read the file, and each line is there before its answer is given."""
    before = os.umask(0)
    try:
        transport = RecordingTransport(Prepared([answer(200, {})] * 3), tape)
    finally:
        os.umask(before)

    for count in (1, 2, 3):
        await transport.send(ask("GET", "/x"), timeout=5)
        assert count == len(tape.read_bytes().splitlines())

    assert 0o600 == stat.S_IMODE(tape.stat().st_mode)
    await transport.aclose()


async def test_an_existing_file_is_not_touched(tape: Path) -> None:
    """A recording is not written over, nor through a link to another file."""
    tape.write_text("mine")
    link = tape.with_name("link")
    link.symlink_to(tape.with_name("elsewhere"))

    for path in (tape, link):
        with pytest.raises(InvalidArgumentError, match="path: is an existing file"):
            RecordingTransport(Prepared(), path)

    assert "mine" == tape.read_text()
    assert not tape.with_name("elsewhere").exists()


@pytest.mark.parametrize(
    "line",
    [
        "nonsense",
        "[]",
        "{}",
        '{"request": {"method": "GET", "url": "/"}, "response": {"error": "Own", "message": ""}}',
        '{"request": {"method": "GET", "url": "/"}, "response": {"status": 200}}',
    ],
)
async def test_a_file_that_is_no_recording(tape: Path, line: str) -> None:
    """A file that cannot be played back is refused at once, with the line's number."""
    await recorded(tape, [(ask("GET", "/x"), answer(200, {}))])
    with tape.open("a") as file:
        file.write(line + "\n")

    with pytest.raises(InvalidArgumentError, match="line 2 is malformed"):
        ReplayTransport(tape)


async def test_closing(tape: Path) -> None:
    """A recorder closes what it wraps, and neither transport works afterwards."""
    inner = Prepared([answer(200, {})])
    recorder = RecordingTransport(inner, tape)
    await recorder.send(ask("GET", "/x"), timeout=5)
    replay = ReplayTransport(tape)
    transports: list[Transport] = [recorder, replay]

    for transport in transports:
        await transport.aclose()
        await transport.aclose()
        with pytest.raises(InvalidArgumentError, match="transport: is closed"):
            await transport.send(ask("GET", "/x"), timeout=5)

    assert (2, 1) == (inner.closed, len(inner.requests))


async def test_other_exceptions_are_not_recorded(tape: Path) -> None:
    """A mistake in the program passes through and leaves no line."""
    lines = await recorded(tape, [(ask("GET", "/x"), InvalidArgumentError("a", "b", "c"))])

    assert [] == lines


async def test_what_is_no_secret_is_kept(tape: Path) -> None:
    """Names that only look like a secret's, and statuses, are written as they are."""
    body = {
        "token_type": "bearer",
        "postal_code": "1010",
        "state": "created",
        "code": None,
        "secret": {"a": 1},
        "Element_Token": {"expires_in": 64800, "permissions": ["agenda"]},
        "link": "https://x/?grant_type=refresh_token&a=b",
    }

    lines = await recorded(tape, [(ask("POST", "/x?scope=code", body), answer(200, body))])

    assert (body, body) == (lines[0]["request"]["json"], lines[0]["response"]["json"])
    assert f"{URL}/x?scope=code" == lines[0]["request"]["url"]


async def test_a_state_is_no_credential(tape: Path) -> None:
    """A common word that is used as a state is not taken out of the rest."""
    state = "calendar-events-page"
    lines = await recorded(
        tape, [(ask("GET", f"/cb?state={state}"), answer(200, {"next": f"/{state}"}))]
    )

    assert {"next": f"/{state}"} == lines[0]["response"]["json"]
