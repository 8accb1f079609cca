"""The sandbox over real HTTP, in an event loop and in a thread, and in process."""

from __future__ import annotations

import gzip
import http.client
import json
import re
import socket
import time
from collections.abc import Generator
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest

from cronofy_async.core.transport import Transport
from cronofy_async.core.wire import Request
from cronofy_transports import sandbox as package
from cronofy_transports.sandbox import Clock, Sandbox, SandboxTransport, run_in_thread, serve
from cronofy_transports.sandbox.server import from_this_machine

from .fetching import fetch
from .wire import NOW

ROOT = Path(__file__).parents[2]


@pytest.fixture
def sandbox() -> Sandbox:
    """A sandbox with its people, at a time that stands still."""
    return Sandbox(7, clock=Clock(lambda: NOW))


@pytest.fixture
def url(sandbox: Sandbox) -> Generator[str]:
    """Where the sandbox answers from a thread of its own."""
    with run_in_thread(sandbox) as urls:
        yield urls.api_url


def bearer(sandbox: Sandbox) -> dict[str, str]:
    """The header of the first of the people."""
    return {"Authorization": f"Bearer {sandbox.accounts()[0]['access_token']}"}


# Over HTTP ----------------------------------------------------------------------------


def test_a_thread_serves_programs_without_a_loop(sandbox: Sandbox, url: str) -> None:
    """Requests are answered, and pages lead back to the port that was asked."""
    status, headers, body = fetch(f"{url}/v1/events?tzid=Etc%2FUTC", headers=bearer(sandbox))
    page = json.loads(body)
    assert (200, "200 OK", "application/json; charset=utf-8") == (
        status,
        headers["status"],
        headers["content-type"],
    )
    assert page["pages"]["total"] >= 3
    assert page["pages"]["next_page"].startswith(f"{url}/v1/events/pages/")
    status, _, body = fetch(page["pages"]["next_page"], headers=bearer(sandbox))
    assert (200, 2) == (status, json.loads(body)["pages"]["current"])


def test_big_answers_are_packed_when_asked_for(sandbox: Sandbox, url: str) -> None:
    """gzip for clients that take it, plain for others."""
    headers = {**bearer(sandbox), "Accept-Encoding": "gzip, deflate"}
    _, given, packed = fetch(f"{url}/v1/events?tzid=Etc%2FUTC", headers=headers)
    _, _, plain = fetch(f"{url}/v1/events?tzid=Etc%2FUTC", headers=bearer(sandbox))
    assert "gzip" == given["content-encoding"]
    pattern = rb"pages/[0-9a-f]{16}"
    assert re.sub(pattern, b"", plain) == re.sub(pattern, b"", gzip.decompress(packed))
    assert len(packed) < len(plain) // 4


def test_a_body_is_never_unpacked(sandbox: Sandbox, url: str) -> None:
    """One official client labels plain bodies as packed."""
    body = {
        "client_id": sandbox.client_id,
        "client_secret": sandbox.client_secret,
        "application_calendar_id": "x",
    }
    for label in ("gzip;q=1.0,deflate;q=0.6,identity;q=0.3", "gzip"):
        headers = {"Content-Type": "application/json", "Content-Encoding": label}
        status, _, _ = fetch(
            f"{url}/v1/application_calendars",
            method="POST",
            body=json.dumps(body).encode(),
            headers=headers,
        )
        assert 200 == status


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_bodies_of_get_and_delete_are_read(sandbox: Sandbox, url: str, method: str) -> None:
    """Both may have one, and the connection stays in order."""
    path = "/v1/calendars" if method == "GET" else "/v1/available_periods"
    status, _, _ = fetch(
        url + path,
        method=method,
        body=b'{"delete_all": true}',
        headers={**bearer(sandbox), "Content-Type": "application/json"},
    )
    assert (200 if method == "GET" else 202) == status


@pytest.mark.parametrize(
    ("host", "allowed"),
    [
        ("127.0.0.1:{port}", True),
        ("localhost:{port}", True),
        ("LocalHost", True),
        ("api.localhost:{port}", True),
        ("[::1]:{port}", True),
        ("evil.example", False),
        ("evil.example:{port}", False),
        ("127.0.0.1.evil.example", False),
        ("localhost.evil.example", False),
    ],
)
def test_only_names_of_this_machine_are_answered(url: str, host: str, allowed: bool) -> None:
    """A page elsewhere cannot point its own name at the sandbox."""
    given = host.format(port=urlsplit(url).port)
    status, _, _ = fetch(f"{url}/v1/calendars", headers={"Host": given})
    assert (401 if allowed else 421) == status


def test_further_names_can_be_allowed() -> None:
    """A name that was given at the start is answered, for instance that of a container."""
    with run_in_thread(Sandbox(1), names=["Sandbox"]) as urls:
        statuses = [
            fetch(f"{urls.api_url}/v1/calendars", headers={"Host": host})[0]
            for host in ("sandbox:80", "192.0.2.1", "other")
        ]
    assert [401, 421, 421] == statuses


def test_a_sandbox_open_to_others_is_answered_by_its_address() -> None:
    """On every interface any address will do, but no foreign name."""
    with run_in_thread(Sandbox(1), host="0.0.0.0") as urls:
        port = urlsplit(urls.api_url).port
        statuses = [
            fetch(f"http://127.0.0.1:{port}/v1/calendars", headers={"Host": host})[0]
            for host in ("192.0.2.1", "0.0.0.0", "evil.example")
        ]
    assert [401, 401, 421] == statuses


def test_a_body_has_a_limit(sandbox: Sandbox, url: str) -> None:
    """More than 32 megabytes are refused with 413."""
    status, _, _ = fetch(
        f"{url}/v1/channels",
        method="POST",
        body=b" " * (32 * 1024 * 1024 + 1),
        headers=bearer(sandbox),
    )
    assert 413 == status


def test_commands_need_json(url: str) -> None:
    """What a foreign page could send without leave is refused; unknown commands are 404."""
    path = f"{url}/_sandbox/advance"
    form = {"Content-Type": "text/plain"}
    plain, _, _ = fetch(path, method="POST", body=b'{"seconds": 1}', headers=form)
    assert 415 == plain
    json_type = {"Content-Type": "application/json"}
    statuses = [
        fetch(f"{url}/_sandbox/{name}", method="POST", body=body, headers=json_type)[0]
        for name, body in (
            ("advance", b'{"seconds": 1}'),
            ("advance", b"{}"),
            ("advance", b'{"seconds": 1, "minutes": 2}'),
            ("advance", b'{"seconds": -1}'),
            ("advance", b'{"seconds": NaN}'),
            ("_world", b"{}"),
            ("nothing", b"{}"),
            ("cancel_event", b'{"event_uid": "x"}'),
        )
    ]
    assert [200, 422, 422, 422, 422, 404, 404, 404] == statuses
    assert 405 == fetch(path)[0]
    assert 405 == fetch(path, method="PUT")[0]
    assert 200 == fetch(f"{url}/_sandbox/journal")[0]


def test_reading_alone_is_done_by_get(sandbox: Sandbox, url: str) -> None:
    """An image in a foreign page cannot make the sandbox forget what it knows."""
    before = sandbox.world
    names = ("reset", "add_secret", "retire_secret", "add_admin_key", "link_to_unit")
    assert [405] * 5 == [fetch(f"{url}/_sandbox/{name}")[0] for name in names]
    assert before is sandbox.world
    assert [200, 200] == [fetch(f"{url}/_sandbox/{name}")[0] for name in ("journal", "accounts")]


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        ("application/json", 200),
        ("Application/JSON ; charset=utf-8", 200),
        ("application/json-evil", 415),
        ("application/jsonp", 415),
        ("text/plain; application/json", 415),
        ("text/plain, application/json", 415),
        ("", 415),
    ],
)
def test_commands_need_exactly_json(url: str, content_type: str, status: int) -> None:
    """Parameters of the media type are passed over; a type that only begins alike is refused."""
    headers = {"Content-Type": content_type}
    assert status == fetch(f"{url}/_sandbox/reset", method="POST", body=b"{}", headers=headers)[0]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "none"}, 200),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "http://127.0.0.1:1"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "{url}"}, 200),
        ({"Origin": "{url}", "Sec-Fetch-Site": "cross-site"}, 403),
    ],
)
def test_pages_of_other_origins_cannot_command(
    url: str, headers: dict[str, str], status: int
) -> None:
    """What a browser says is sent for a page elsewhere is refused, reads too."""
    given = {name: value.format(url=url) for name, value in headers.items()}
    assert status == fetch(f"{url}/_sandbox/journal", headers=given)[0]
    given["Content-Type"] = "application/json"
    assert status == fetch(f"{url}/_sandbox/reset", method="POST", body=b"{}", headers=given)[0]


def status_of(url: str, target: str, host: str) -> int:
    """The status of a GET with just this request line and Host."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=5)
    connection.putrequest("GET", target, skip_host=True)
    connection.putheader("Host", host)
    connection.endheaders()
    status = connection.getresponse().status
    connection.close()
    return status


def test_a_request_line_may_have_a_whole_url(sandbox: Sandbox, url: str) -> None:
    """Its host counts and not that of the header; its path and query are taken."""
    own = urlsplit(url).netloc
    targets = {
        f"{url}/v1/calendars": 401,
        f"{url.upper()}/v1/calendars?x=/": 401,
        f"{url}/_sandbox/journal": 200,
        f"{url}/_sandbox/reset": 405,
        "http://evil.example/v1/calendars": 421,
        f"http://localhost@evil.example:{urlsplit(url).port}/v1/calendars": 421,
    }
    for host in (own, "evil.example"):
        assert targets == {target: status_of(url, target, host) for target in targets}
    assert {"/v1/calendars"} == {entry.path for entry in sandbox.journal}
    assert {(), ("x",)} == {entry.parameters for entry in sandbox.journal}


@pytest.mark.parametrize(
    ("address", "own"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("192.0.2.1", False),
        ("fe80::1%eth0", False),
        ("10.0.0.1", False),
        ("", False),
        (None, False),
    ],
)
def test_commands_are_taken_from_this_machine_only(address: str | None, own: bool) -> None:
    """Wherever the sandbox listens, only loopback addresses may command it."""
    assert own is from_this_machine(address)


def test_the_consent_form_works_over_http(sandbox: Sandbox, url: str) -> None:
    """From the page through its form back to the application, with a cookie between."""
    query = urlencode(
        {
            "response_type": "code",
            "client_id": sandbox.client_id,
            "redirect_uri": "http://127.0.0.1:1/cb",
            "scope": "read_write",
            "state": "s",
        }
    )
    status, headers, page = fetch(f"{url}/oauth/authorize?{query}")
    assert 200 == status
    seal = re.search(rb'name="seal" value="([0-9a-f]+)"', page)
    assert seal is not None
    form = {
        "seal": seal.group(1).decode(),
        "choice": sandbox.accounts()[1]["sub"],
        "decision": "approve",
    }
    status, answer, _ = fetch(
        f"{url}/oauth/authorize?{query}",
        method="POST",
        body=urlencode(form).encode(),
        headers={
            "Cookie": headers["set-cookie"].partition(";")[0],
            "Content-Type": "application/x-www-form-urlencoded",
        },
    )
    assert 302 == status
    assert re.fullmatch(
        r"http://127\.0\.0\.1:1/cb\?code=[A-Za-z0-9]{32}&state=s", answer["location"]
    )


def test_a_port_that_is_taken_is_said_at_once() -> None:
    """Starting on it raises, from the thread too, and leaves nothing behind."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(OSError), run_in_thread(Sandbox(1), port=port):
            pytest.fail("nothing can listen there")


def test_a_sandbox_is_there_in_a_moment() -> None:
    """Making and serving one from a thread takes a few milliseconds once it is imported."""
    with run_in_thread(Sandbox(1)):
        pass
    times = []
    for _ in range(10):
        begin = time.perf_counter()
        with run_in_thread(Sandbox(1)):
            times.append(time.perf_counter() - begin)
    # Alone it takes under 5 ms; the machine may be busy with other tests.
    assert min(times) < 0.03


@pytest.mark.asyncio
async def test_a_loop_serves_many_requests_at_once(sandbox: Sandbox) -> None:
    """The async face answers in the loop that it was started in, on a free port."""
    import aiohttp

    async with (
        serve(sandbox) as urls,
        serve(Sandbox(8)) as others,
        aiohttp.ClientSession() as session,
    ):
        assert urls.api_url == urls.app_url != others.api_url
        for _ in range(3):
            async with session.get(
                f"{urls.api_url}/v1/userinfo", headers=bearer(sandbox)
            ) as answer:
                assert 200 == answer.status
            async with session.get(
                f"{others.api_url}/v1/userinfo", headers=bearer(sandbox)
            ) as answer:
                assert 401 == answer.status


# In process ---------------------------------------------------------------------------


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio", "trio"])
async def test_the_transport_opens_no_socket(sandbox: Sandbox, anyio_backend: str) -> None:
    """It is a Transport, on either loop; any origin leads to it, and it can be closed twice."""
    transport = sandbox.transport()
    assert isinstance(transport, Transport)
    assert isinstance(transport, SandboxTransport)
    request = Request("GET", "http://sandbox.localhost/v1/calendars", bearer(sandbox))
    response = await transport.send(request, timeout=1)
    assert 200 == response.status
    await transport.aclose()
    await transport.aclose()


def test_public_names_are_there() -> None:
    """Every name of __all__ can be had, and no other."""
    assert all(hasattr(package, name) for name in package.__all__)
    assert not hasattr(package, "nothing")
