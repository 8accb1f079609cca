"""Calls whose URL the service gave, and answers with another status than 2xx."""

from __future__ import annotations

import json
from typing import Any

import attrs
import pytest

from cronofy_async.core.errors import APIError, UnknownOperationError, UnsafeURLError
from cronofy_async.core.exchange import RetryPolicy, exchange
from cronofy_async.core.hosts import Hosts
from cronofy_async.core.operation import Credential, Operation, Retry, path_values
from cronofy_async.core.unset import UNSET, Unset
from cronofy_async.core.wire import Request
from cronofy_async.operations import (
    DownloadMeetingAgentResource,
    GetSchedulingConversation,
    ListConversationSlots,
    parse,
)

from .support import answer

API = "https://api.cronofy.com"


@attrs.frozen(kw_only=True)
class Follow(Operation[None]):
    """A call to a URL that was given, with a parameter of its own."""

    method, path, source = "GET", "/v1/things/{+url}", "/"
    credential, retry = Credential.ACCESS_TOKEN, Retry.READ
    accepted = frozenset({302})

    url: str
    deep: bool | Unset = UNSET


@attrs.frozen(kw_only=True)
class Tell(Follow):
    """The same with a body."""

    method = "POST"


@pytest.mark.parametrize(
    "url", [f"{API}/v1/things/%41%2f?a=%20&b[]=1", "/v1/things/1", f"{API}/elsewhere"]
)
def test_a_given_url_is_sent_as_it_came(url: str) -> None:
    """Nothing in it is quoted, sorted or judged here."""
    assert Request("GET", url) == Follow(url=url).to_request()


@pytest.mark.parametrize(
    ("url", "sent"),
    [
        ("/v1/things/1", "/v1/things/1?deep=true"),
        ("/v1/things/1?a=b", "/v1/things/1?a=b&deep=true"),
    ],
)
def test_parameters_are_added_to_its_query(url: str, sent: str) -> None:
    """They come after what is there."""
    assert sent == Follow(url=url, deep=True).to_request().url


def test_a_body_goes_beside_it() -> None:
    """With another method than GET, parameters are in the body, and are read back."""
    operation = Tell(url="/v1/things/1?a=b", deep=True)
    request = operation.to_request()

    assert ("/v1/things/1?a=b", {"deep": True}) == (request.url, json.loads(request.body))
    assert operation == Tell.from_request(request)


def test_a_body_cannot_change_the_url() -> None:
    """A parameter of that name counts as little as one that is in a path."""
    request = Request("POST", "/v1/things/1", (), b'{"url": "https://evil.example"}')

    assert "/v1/things/1" == Tell.from_request(request).url


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/v1/things/1", {"url": "/v1/things/1"}),
        ("/v1/things/1/2%2F3", {"url": "/v1/things/1/2%2F3"}),
        ("/v1/things/", None),
        ("/v1/things", None),
        ("/v1/thing/1", None),
        ("/v2/things/1", None),
    ],
)
def test_such_a_path_fits_by_its_beginning(path: str, expected: Any) -> None:
    """Whatever follows, as long as something does."""
    assert expected == path_values(Follow.path, path)


@pytest.mark.parametrize(
    ("url", "cls"),
    [
        ("/v1/scheduling_conversations/scv_1", GetSchedulingConversation),
        ("/v1/scheduling_conversations/scv_1/slots", ListConversationSlots),
        (f"{API}/v1/meeting_agents/agt_1", DownloadMeetingAgentResource),
    ],
)
def test_a_path_of_its_own_comes_first(url: str, cls: type[Operation[Any]]) -> None:
    """A request is a call with a given URL only if it is no other call."""
    assert cls is type(parse(Request("GET", url)))


@pytest.mark.parametrize("url", ["/v1/meeting_agents", "/v1/meeting_agents/", "/v1/files/1"])
def test_not_everything_is_a_given_url(url: str) -> None:
    """What does not begin like a known one is still no call of the API."""
    with pytest.raises(UnknownOperationError):
        parse(Request("GET", url))


def test_a_whole_url_is_resolved_on_its_own_origin_alone() -> None:
    """On the API's origin it stays what it is; elsewhere it is refused, for both hosts."""
    hosts = Hosts.of()
    url = f"{API}/v1/things/1?a=b"

    assert url == hosts.resolve(Request("GET", url)).url
    for host in ("api", "app"):
        with pytest.raises(UnsafeURLError):
            hosts.resolve(Request("GET", "https://evil.example/v1/things/1"), host)


def test_a_path_never_leads_to_another_origin() -> None:
    """Not even one that looks like a host."""
    resolved = Hosts.of().resolve(Request("GET", "//evil.example/v1"))

    assert f"{API}//evil.example/v1" == resolved.url


@pytest.mark.parametrize(("status", "good"), [(200, True), (202, True), (302, True), (303, False)])
def test_an_accepted_status_is_an_answer(status: int, good: bool) -> None:
    """The exchange ends with it and does not take it for a refusal; nothing else changes."""
    flow = exchange(Follow(url="/v1/things/1"), RetryPolicy(), draw=lambda: 0, now=lambda: 0)
    next(flow)
    with pytest.raises(StopIteration if good else APIError):
        flow.send(answer(status))
