"""Sending agents to meetings, and fetching what they bring back."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from cronofy_async import AsyncCronofy, RetryPolicy
from cronofy_async.core.errors import (
    APIError,
    CredentialError,
    DecodeError,
    InvalidArgumentError,
    NotFoundError,
    UnsafeURLError,
)
from cronofy_async.core.wire import Response
from cronofy_async.models import (
    MeetingAgentDetails,
    MeetingAgentDownload,
    MeetingAgentResource,
    MeetingAgentResourceCategory,
    MeetingAgentState,
    MeetingAttendee,
)
from cronofy_async.operations import CreateMeetingAgent, DownloadMeetingAgentResource

from .support import FrozenTime, RecordingTransport, answer

JOIN = "https://teams.microsoft.com/meet/0?p=a"
AGENT_NOW: dict[str, Any] = {"join_url": JOIN}
LATER = datetime(2030, 1, 7, 9, tzinfo=UTC)
RAW = {
    "sub": "agt_1",
    "state": "created",
    "resources": [{"category": "cronofy", "type": "dashboard", "url": "https://app.example/d"}],
}
AGENT = MeetingAgentDetails(
    sub="agt_1",
    state=MeetingAgentState.CREATED,
    resources=(
        MeetingAgentResource(
            category=MeetingAgentResourceCategory.CRONOFY,
            type="dashboard",
            url="https://app.example/d",
        ),
    ),
)
API = "https://api.cronofy.com"
RESOURCE = f"{API}/v1/meeting_agents/agt_1/resources/transcript?v=2"
STORE = "https://store.example/file?signature=canary"


# Sending --------------------------------------------------------------------------------


@pytest.mark.parametrize("attendee", ["kim@a.example", MeetingAttendee("kim@a.example")])
def test_an_agent_stands_for_somebody(attendee: Any) -> None:
    """Text is an address, and moments are sent in UTC."""
    request = CreateMeetingAgent(
        join_url=JOIN, on_behalf_of_attendee=attendee, scheduling_key="m1", join_time=LATER
    ).to_request()

    assert {
        "join_url": JOIN,
        "on_behalf_of_attendee": {"email": "kim@a.example"},
        "scheduling_key": "m1",
        "join_time": "2030-01-07T09:00:00Z",
    } == json.loads(request.body)


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"join_url": ""}, "join_url", "string"),
        ({"join_url": "teams"}, "join_url", "https://"),
        ({"scheduling_key": ""}, "scheduling_key", "string"),
        ({"join_time": LATER.replace(tzinfo=None)}, "join_time", "aware"),
        ({"join_time": LATER.replace(microsecond=1)}, "join_time", "microsecond=0"),
        ({"on_behalf_of_attendee": ""}, "email", "string"),
        ({"on_behalf_of_attendee": {"email": "a"}}, "on_behalf_of_attendee", "MeetingAttendee"),
        ({"subscriptions": [JOIN]}, "subscriptions[0]", "Subscription(...)"),
    ],
)
def test_an_agent_is_checked(changes: dict[str, Any], field: str, words: str) -> None:
    """A meeting that cannot be joined, and a time that is no moment, are refused."""
    with pytest.raises(InvalidArgumentError) as caught:
        CreateMeetingAgent(**(AGENT_NOW | changes))

    assert field == caught.value.field
    assert words in caught.value.remedy


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (200, RAW, AGENT),
        (200, {"meeting_agent": RAW}, AGENT),
        (200, {"sub": "agt_1", "state": 7}, MeetingAgentDetails(sub="agt_1")),
        (
            200,
            {"meeting_agent": {"sub": "agt_1", "state": "resting"}},
            MeetingAgentDetails(sub="agt_1", state=MeetingAgentState("resting")),
        ),
        (202, None, None),
        (202, {}, None),
        (202, {"meeting_agent": None}, None),
    ],
)
def test_the_agent_is_read_bare_or_under_its_key(
    status: int, body: Any, expected: MeetingAgentDetails | None
) -> None:
    """The documentation has it both ways; an agent that is sent later is not there yet."""
    assert expected == CreateMeetingAgent(join_url=JOIN).from_response(answer(status, body))


@pytest.mark.parametrize("body", [b"[]", b"x", b'{"state": "created"}', b'{"meeting_agent": 1}'])
def test_an_agent_without_an_id_is_an_error(body: bytes) -> None:
    """Never half an agent."""
    with pytest.raises(DecodeError):
        CreateMeetingAgent(join_url=JOIN).from_response(Response(200, (), body))


@pytest.mark.asyncio
async def test_an_agent_is_sent_by_the_application_or_by_an_account() -> None:
    """The reference shows either credential; it goes by where the call is made."""
    transport = RecordingTransport([answer(200, RAW), answer(202)])
    cronofy = AsyncCronofy("c1", "s1", transport=transport)
    account = cronofy.account(access_token="t1")

    assert AGENT == await cronofy.create_meeting_agent(join_url=JOIN)
    assert await account.create_meeting_agent(join_url=JOIN, join_time=LATER) is None
    assert ["Bearer s1", "Bearer t1"] == [r.header("authorization") for r in transport.requests]


# Fetching -------------------------------------------------------------------------------


def redirect(body: Any = None, location: str | None = STORE) -> Response:
    """An answer with status 302."""
    return answer(302, body, **({} if location is None else {"location": location}))


FOUND = redirect({"resource": {"download_url": STORE}})


async def download(url: Any, *answers: Response | Exception, **options: Any) -> Any:
    """Ask where a resource is, and give the answer and the requests that it took."""
    transport = RecordingTransport(answers)
    cronofy = AsyncCronofy("c1", "s1", transport=transport, **options)
    return await cronofy.download_meeting_agent_resource(url=url), transport.requests


@pytest.mark.asyncio
async def test_a_redirect_is_the_answer_and_is_not_followed() -> None:
    """One request goes out, to the API and with the API key; none to the store."""
    found, requests = await download(RESOURCE, FOUND)

    assert MeetingAgentDownload(download_url=STORE) == found
    assert [(RESOURCE, "Bearer s1")] == [(r.url, r.header("authorization")) for r in requests]


@pytest.mark.asyncio
async def test_a_resource_can_be_given_as_it_came() -> None:
    """Also its path alone leads to the API."""
    _, (request,) = await download(MeetingAgentResource(url=RESOURCE), FOUND)
    assert RESOURCE == request.url

    _, (request,) = await download(RESOURCE.removeprefix(API), FOUND)
    assert RESOURCE == request.url


@pytest.mark.parametrize(
    "url",
    [
        "https://store.example/v1/meeting_agents/agt_1/r",
        "https://api.cronofy.com.evil.example/v1/meeting_agents/agt_1/r",
        "https://api-de.cronofy.com/v1/meeting_agents/agt_1/r",
        "http://api.cronofy.com/v1/meeting_agents/agt_1/r",
        "https://api.cronofy.com:8443/v1/meeting_agents/agt_1/r",
        "https://user@api.cronofy.com/v1/meeting_agents/agt_1/r",
        "https://api.cronofy.com/v1/meeting_agents/../../oauth/token",
        "https://api.cronofy.com/v1/meeting_agents/%2e%2e/x",
    ],
)
@pytest.mark.asyncio
async def test_the_key_goes_to_the_api_alone(url: str) -> None:
    """A URL on another origin, or one that climbs, is refused before anything is sent."""
    transport = RecordingTransport()
    cronofy = AsyncCronofy("c1", "s1", transport=transport)
    with pytest.raises(UnsafeURLError):
        await cronofy.download_meeting_agent_resource(url=url)
    assert [] == transport.requests


@pytest.mark.parametrize(
    "url",
    [
        "",
        "agt_1",
        "//store.example/x",
        "ftp://api.cronofy.com/x",
        "https://",
        "https://api.cronofy.com/ü",
        "https://api.cronofy.com/x y",
        "https://api.cronofy.com/x#y",
        "/v1/meeting_agents/x\r\ny",
        None,
        MeetingAgentResource(),
    ],
)
def test_what_is_no_url_is_refused(url: Any) -> None:
    """The field is named, and what to give."""
    with pytest.raises(InvalidArgumentError) as caught:
        DownloadMeetingAgentResource(url=url)
    assert "url" == caught.value.field


@pytest.mark.asyncio
async def test_a_url_of_another_form_is_sent_all_the_same() -> None:
    """Only the service knows what its URLs look like."""
    found, (request,) = await download(f"{API}/v9/files/1", FOUND)

    assert (STORE, f"{API}/v9/files/1") == (found.download_url, request.url)


@pytest.mark.parametrize(
    "response",
    [
        redirect({"resource": {"download_url": STORE}}, location=None),
        redirect({"resource": {"download_url": STORE}}, location="https://other.example/"),
        redirect(),
        redirect({}),
        redirect({"resource": {"download_url": None}}),
        answer(200, {"resource": {"download_url": STORE, "new": 1}}),
    ],
)
def test_the_url_is_in_the_body_or_in_the_header(response: Response) -> None:
    """The body counts; the header says the same where there is no body."""
    operation = DownloadMeetingAgentResource(url=RESOURCE)

    assert MeetingAgentDownload(download_url=STORE) == operation.from_response(response)


@pytest.mark.parametrize(
    "response", [redirect(location=None), answer(200), redirect({"resource": {}}, location=None)]
)
def test_an_answer_that_leads_nowhere_is_an_error(response: Response) -> None:
    """Never an empty URL."""
    with pytest.raises(DecodeError):
        DownloadMeetingAgentResource(url=RESOURCE).from_response(response)


@pytest.mark.parametrize("status", [301, 303, 307, 308, 404])
def test_other_redirects_are_refusals(status: int) -> None:
    """Only 302 is documented."""
    with pytest.raises(APIError) as caught:
        DownloadMeetingAgentResource(url=RESOURCE).from_response(
            answer(status, location="https://other.example/")
        )
    assert status == caught.value.status
    assert (status == 404) == isinstance(caught.value, NotFoundError)


def test_whoever_sees_a_log_cannot_fetch_the_recording() -> None:
    """The presigned URL is in no repr."""
    assert "canary" not in repr(MeetingAgentDownload(download_url=STORE))


@pytest.mark.asyncio
async def test_asking_where_is_repeated() -> None:
    """Nothing changes by it, so a failure is asked again."""
    time = FrozenTime()
    found, requests = await download(
        RESOURCE, answer(503), FOUND, runtime=time.runtime(), retry=RetryPolicy(attempts=2)
    )

    assert (STORE, 2) == (found.download_url, len(requests))


@pytest.mark.asyncio
async def test_an_account_cannot_ask() -> None:
    """Resources belong to the application: its key is asked for, and nothing is sent."""
    transport = RecordingTransport()
    account = AsyncCronofy("c1", "s1", transport=transport).account(access_token="t1")
    with pytest.raises(CredentialError):
        await account.send(DownloadMeetingAgentResource(url=RESOURCE))
    assert [] == transport.requests
