"""No id, token or header of a user's leads to another endpoint or forges a line."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import attrs
import httpcore2
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from yarl import URL

from cronofy_async import AsyncCronofy, InvalidArgumentError
from cronofy_async.core.hosts import Hosts
from cronofy_async.core.operation import layout
from cronofy_async.core.wire import Request
from cronofy_async.operations import DeleteEvent, all_operations
from cronofy_transports._wire import check_request
from cronofy_transports.sandbox import Sandbox

from ..strategies import instances
from ..support import RecordingTransport
from ..support import answer as prepared

WITH_ID = [cls for cls in all_operations() if layout(cls).path and not layout(cls).given]
HOSTILE = st.sampled_from(
    [
        "../../oauth/token", "..", ".", "a/../b", "a?x=1", "a#b", "%2e%2e", "%2E%2E/x", "..%2f",
        "a/b", "a\\b", "//evil.test", "http://evil.test/", "@evil.test", "\r\nX-A: 1", "a\x00b",
        " ", "\t", "{event_uid}", "a;b=c", "a&b", "a%", "%", "\u2025", "\uff0e\uff0e", "\u202e",
        "x" * 2000, "\udc80", "..;/", "%c0%ae%c0%ae",
    ]
) | st.text(min_size=1, max_size=20)  # fmt: skip

sandbox = Sandbox(1, people=False)


@pytest.mark.parametrize("cls", WITH_ID, ids=lambda cls: cls.__name__)
@settings(max_examples=25)
@given(data=st.data())
def test_an_id_finds_its_own_endpoint(cls: Any, data: st.DataObject) -> None:
    """Whatever the id, the request is refused here or taken for the same call over there."""
    hostile = {name: data.draw(HOSTILE, label=name) for name in layout(cls).path}
    request, refused = None, ""
    try:
        request = attrs.evolve(data.draw(instances(cls)), **hostile).to_request()
    except InvalidArgumentError as error:
        refused = error.field
    if request is None:
        assert refused in hostile
        return
    sent = Hosts.of().resolve(request, cls.host)
    check_request(sent)
    # The libraries that send it change nothing.
    target = urlsplit(sent.url).path
    assert target == URL(sent.url, encoded=True).raw_path
    assert target.encode() == httpcore2.URL(sent.url).target.partition(b"?")[0]
    sandbox.handle(sent)
    entry = list(sandbox.journal)[-1]
    assert (cls.__name__, target) == (entry.operation, entry.path)
    assert hostile == {name: getattr(cls.from_request(sent), name) for name in hostile}


TOKENS = [
    "a\r\nx-admin: 1", "a\nb", "a\rb", "a\x00b", "a b", " a", "a ", "a\tb", "a\x7f", "a\x1b[0m",
    "t\u00f6k", "a\u2028b", "\ud800", "",
]  # fmt: skip


@pytest.mark.parametrize("token", TOKENS)
@pytest.mark.parametrize("field", ["client_secret", "admin_api_key", "access_token"])
def test_a_token_forges_no_header(field: str, token: str) -> None:
    """It is refused where it is given, by name, and not shown."""
    given: dict[str, Any] = {field: token}
    take: Any = AsyncCronofy("id", "canary-s").account if "access" in field else AsyncCronofy
    with pytest.raises(InvalidArgumentError) as caught:
        take("id", **given)
    assert field == caught.value.field
    assert len(token) < 3 or token not in str(caught.value)


@settings(max_examples=300)
@given(value=st.text(max_size=30) | st.sampled_from(TOKENS))
@example("a\r\nauthorization: Bearer canary-other")
def test_a_header_of_ones_own_is_one_line(value: str) -> None:
    """A value that is taken is sent as it is; every other is refused before anything is sent."""
    try:
        cronofy = AsyncCronofy("id", "canary-s", headers={"x-mine": value})
    except InvalidArgumentError:
        assert not (value.isascii() and value.isprintable())
        return
    sent = cronofy.driver._dress(Request("GET", "https://api.cronofy.com/"), cronofy._options)
    assert value == sent.header("x-mine")
    try:
        check_request(sent)
    except InvalidArgumentError:
        assert value != value.strip()
        return
    assert value.isascii()
    assert value.isprintable()


@pytest.mark.parametrize(
    "name",
    ["authorization", "Authorization", "HOST", "cookie", "content-length", "x:y", "", "x\r\ny"],
)
def test_a_header_of_ones_own_replaces_none_of_ours(name: str) -> None:
    """Credentials, host and length are the client's; a name is a name."""
    with pytest.raises(InvalidArgumentError, match="headers"):
        AsyncCronofy("id", "canary-s", headers={name: "x"})


@pytest.mark.asyncio
async def test_a_hostile_id_reaches_the_wire_quoted() -> None:
    """Through a whole client, the request has one path segment for it, and our token."""
    transport = RecordingTransport([prepared(202)])
    cronofy = AsyncCronofy("id", "canary-s", transport=transport)
    await cronofy.account(access_token="canary-token").send(
        DeleteEvent(calendar_id="../../oauth/token?x=\r\n", event_id="e")
    )

    (request,) = transport.requests
    assert "https://api.cronofy.com/v1/calendars/..%2F..%2Foauth%2Ftoken%3Fx%3D%0D%0A/events" == (
        request.url
    )
