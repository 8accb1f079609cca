"""Callbacks: verified on the raw bytes, then typed."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cronofy_async import callbacks
from cronofy_async.callbacks import (
    AuthorizationRefusedError,
    Callback,
    read_callback,
    read_redirect,
    sign,
    verify,
)
from cronofy_async.core.errors import DecodeError, InvalidArgumentError, SignatureError
from cronofy_async.core.secret import Secret
from cronofy_async.models import (
    Attachment,
    AttachmentNotification,
    AuthorizationFailure,
    AuthorizationNotification,
    ConferencingProvider,
    DelegatedAuthorization,
    Duration,
    EventConferencing,
    EventNotification,
    Interaction,
    MeetingAgent,
    MeetingAgentDetails,
    MeetingAgentNotification,
    MeetingAgentResource,
    MeetingAgentResourceCategory,
    MeetingAgentState,
    PassedTransition,
    SubscribedEvent,
    SubscriptionNotice,
    SubscriptionNoticeType,
)
from cronofy_async.models.channels import Channel, ChannelFilters
from cronofy_async.models.notifications import (
    ChannelNotification,
    Notification,
    NotificationType,
    UnknownNotification,
)

BODY = b'{"example":"well-known"}'
# Source: /developers/push-notifications/authentication/
VECTORS = [
    ("pDY0Oi7TJSP2hfNmZNkm5", "6r2/HjBkqymGegX0wOfifieeUXbbHwtV/LohHS+jv6c="),
    (
        "CRN_NggYusqPGLxwjw5FHOJYOqSrTPNXy8WQf14OID",
        "5DxentQi5YSXODEzTVv06sRwJ3pULIz1KrYv20qxEK0=",
    ),
    (
        "CRN_nGlYDFXwfSXgB9rvGNBJyfE454GGPtWIbNuPwr",
        "BmQmWVuZ70ILWjr1CAt5oC7YOolgnku4WZtlrKfx/6k=",
    ),
]
OLD, NEW, OTHER = VECTORS


@pytest.mark.parametrize(("secret", "signature"), VECTORS)
def test_signs_as_the_service_does(secret: str, signature: str) -> None:
    """The documented vectors come out."""
    assert signature == sign(BODY, secret)
    verify(BODY, signature, secret)
    verify(BODY, signature, Secret(secret))


@pytest.mark.parametrize("separator", [",", ", ", " ,\t"])
@pytest.mark.parametrize("secrets", [[OLD[0]], [NEW[0]], [OTHER[0], NEW[0]], (OLD[0], NEW[0])])
def test_any_of_several_signatures_and_secrets_fits(separator: str, secrets: list[str]) -> None:
    """While secrets rotate, one match among all signatures and secrets is enough."""
    verify(BODY, separator.join([OLD[1], NEW[1]]), secrets)


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        ",",
        OTHER[1],
        OLD[1][:-1],
        OLD[1] + "x",
        OLD[1].lower(),
        "é",
        "\udcff",
        "\ud800," + "\udcff",
        b"\xff\xfe",
        "x," * 9 + OLD[1],
        OLD[1] + " " * 2000,
    ],
)
def test_everything_else_is_refused(header: str | bytes | None) -> None:
    """A missing, foreign, mangled or oversized signature is no signature."""
    with pytest.raises(SignatureError):
        verify(BODY, header, [OLD[0], NEW[0]])


def test_the_header_may_come_as_bytes() -> None:
    """As ASGI servers give it; what is no header at all is an error of the caller."""
    verify(BODY, f"x, {OLD[1]}".encode(), OLD[0])
    with pytest.raises(InvalidArgumentError) as caught:
        verify(BODY, [OLD[1]], OLD[0])  # type: ignore[arg-type]  # the point of the test
    assert "signature" == caught.value.field


@pytest.mark.parametrize("secrets", ["", ["a b"], None, [b"bytes"]])
def test_an_odd_secret_is_refused_by_name(secrets: Any) -> None:
    """Whoever configured it learns which argument is wrong."""
    with pytest.raises(InvalidArgumentError) as caught:
        verify(BODY, OLD[1], secrets)
    assert "secrets" == caught.value.field


def test_the_raw_bytes_count() -> None:
    """A body that means the same JSON but has other bytes is refused."""
    with pytest.raises(SignatureError):
        verify(b'{"example": "well-known"}', OLD[1], OLD[0])


@given(st.binary(), st.binary(min_size=1))
def test_no_other_body_fits_a_signature(body: bytes, added: bytes) -> None:
    """A signature fits its own body alone."""
    signature = sign(body, OLD[0])

    verify(body, signature, OLD[0])
    with pytest.raises(SignatureError):
        verify(body + added, signature, OLD[0])


def test_a_body_that_was_decoded_is_a_mistake() -> None:
    """Text in place of bytes, or no secret at all, is an error of the caller."""
    with pytest.raises(InvalidArgumentError, match="raw bytes"):
        verify(BODY.decode(), OLD[1], OLD[0])  # type: ignore[arg-type]  # the point of the test
    with pytest.raises(InvalidArgumentError, match="secret"):
        verify(BODY, OLD[1], [])


def signed(body: object) -> tuple[bytes, str]:
    """A body and its signature."""
    content = json.dumps(body).encode()
    return content, sign(content, OLD[0])


CHANNEL = {"channel_id": "chn_1", "callback_url": "https://a.example/h", "filters": {}}


def test_a_change_is_typed() -> None:
    """A change notification says since when, and for which channel."""
    body, signature = signed(
        {
            "notification": {"type": "change", "changes_since": "2024-06-23T09:24:16Z"},
            "channel": CHANNEL,
        }
    )

    assert ChannelNotification(
        notification=Notification(
            type=NotificationType.CHANGE,
            changes_since=datetime(2024, 6, 23, 9, 24, 16, tzinfo=UTC),
        ),
        channel=Channel(
            channel_id="chn_1", callback_url="https://a.example/h", filters=ChannelFilters()
        ),
    ) == read_callback(body, signature, OLD[0])


@pytest.mark.parametrize("kind", [*NotificationType, "invented_in_2030"])
def test_every_type_on_a_channel_is_kept(kind: str) -> None:
    """All types come through, those of the future too."""
    body, signature = signed({"notification": {"type": str(kind), "x": 1}, "channel": CHANNEL})
    callback = read_callback(body, signature, OLD[0])

    assert isinstance(callback, ChannelNotification)
    assert str(kind) == callback.notification.type


CODE = "n2" * 16
EVENT = {
    "event_id": "qTtZdczOccgaPncGJaCiLg",
    "summary": "Meeting agent enhanced",
    "start": "2026-04-04T15:30:00Z",
    "end": "2026-04-04T17:00:00Z",
    "tzid": "Europe/Berlin",
    "conferencing": {"provider_name": "zoom", "join_url": "https://zoom.us/00001111-222"},
    "meeting_agent": {"profile_id": "cronofy"},
}
SUBSCRIBED = SubscribedEvent(
    event_id="qTtZdczOccgaPncGJaCiLg",
    summary="Meeting agent enhanced",
    start=datetime(2026, 4, 4, 15, 30, tzinfo=UTC),
    end=datetime(2026, 4, 4, 17, tzinfo=UTC),
    tzid="Europe/Berlin",
    conferencing=EventConferencing(
        provider_name=ConferencingProvider.ZOOM, join_url="https://zoom.us/00001111-222"
    ),
    meeting_agent=MeetingAgent("cronofy"),
)
AGENT = {
    "sub": "agt_692702a100ccd07000000000",
    "state": "created",
    "resources": [{"category": "cronofy", "type": "dashboard", "url": "https://..."}],
}
AGENT_CREATED = MeetingAgentDetails(
    sub="agt_692702a100ccd07000000000",
    state=MeetingAgentState.CREATED,
    resources=(
        MeetingAgentResource(
            category=MeetingAgentResourceCategory.CRONOFY, type="dashboard", url="https://..."
        ),
    ),
)


def notice(*interactions: str) -> dict[str, object]:
    """A notice as it is sent."""
    return {"type": "event_subscription", "interactions": [{"type": t} for t in interactions]}


def noticed(*interactions: str) -> SubscriptionNotice:
    """The same as it is read."""
    return SubscriptionNotice(
        type=SubscriptionNoticeType.EVENT_SUBSCRIPTION,
        interactions=tuple(Interaction(type=each) for each in interactions),
    )


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        # Source: /developers/api/enterprise-connect/delegated-access/
        (
            {"authorization": {"code": CODE, "state": "row-17"}},
            AuthorizationNotification(
                authorization=DelegatedAuthorization(code=Secret(CODE), state="row-17")
            ),
        ),
        (
            {
                "authorization": {
                    "error": "access_denied",
                    "error_key": "errors.some_key",
                    "error_description": "human text",
                    "state": "row-17",
                }
            },
            AuthorizationNotification(
                authorization=DelegatedAuthorization(
                    error=AuthorizationFailure.ACCESS_DENIED,
                    error_key="errors.some_key",
                    error_description="human text",
                    state="row-17",
                )
            ),
        ),
        (
            {"authorization": {"error": "invented_in_2030"}},
            AuthorizationNotification(
                authorization=DelegatedAuthorization(error=AuthorizationFailure("invented_in_2030"))
            ),
        ),
        # Source: /developers/api/meeting-agents/callbacks/
        (
            {
                "notification": notice("meeting_agent_activated"),
                "event": EVENT,
                "meeting_agent": AGENT,
            },
            MeetingAgentNotification(
                notification=noticed("meeting_agent_activated"),
                event=SUBSCRIBED,
                meeting_agent=AGENT_CREATED,
            ),
        ),
        (
            {
                "notification": notice("meeting_agent_complete"),
                "meeting_agent": {**AGENT, "state": "complete", "resources": []},
            },
            MeetingAgentNotification(
                notification=noticed("meeting_agent_complete"),
                meeting_agent=MeetingAgentDetails(
                    sub="agt_692702a100ccd07000000000",
                    state=MeetingAgentState.COMPLETE,
                    resources=(),
                ),
            ),
        ),
        # Source: /developers/api/conferencing-services/subscriptions/
        (
            {"notification": notice("conferencing_assigned", "new_one"), "event": EVENT},
            EventNotification(
                notification=noticed("conferencing_assigned", "new_one"), event=SUBSCRIBED
            ),
        ),
        # Source: /developers/api/event-triggers/
        (
            {
                "notification": {
                    "type": "event_subscription",
                    "transitions": [{"before": "event_start", "offset": {"minutes": 5}}],
                },
                "event": {"calendar_id": "cal_1", "event_uid": "evt_1", "start": "2026-04-04"},
            },
            EventNotification(
                notification=SubscriptionNotice(
                    type=SubscriptionNoticeType.EVENT_SUBSCRIPTION,
                    transitions=(PassedTransition(before="event_start", offset=Duration(5)),),
                ),
                event=SubscribedEvent(
                    calendar_id="cal_1", event_uid="evt_1", start=date(2026, 4, 4)
                ),
            ),
        ),
        (
            {"notification": {"type": "event_subscription"}},
            EventNotification(notification=SubscriptionNotice(type=noticed().type)),
        ),
        # Source: /developers/api/attachments/create/
        (
            {
                "notification": notice("attachment_rejected"),
                "attachment": {"attachment_id": "att_1", "file_name": "a.pdf"},
            },
            AttachmentNotification(
                notification=noticed("attachment_rejected"),
                attachment=Attachment(attachment_id="att_1", file_name="a.pdf"),
            ),
        ),
    ],
)
def test_every_kind_is_typed(body: object, expected: Callback) -> None:
    """What a callback has says which kind it is; its documented example is read whole."""
    assert expected == read_callback(*signed(body), OLD[0])


def test_a_code_that_comes_is_kept_secret() -> None:
    """Whoever logs the notification does not log the code."""
    callback = read_callback(*signed({"authorization": {"code": CODE}}), OLD[0])

    assert CODE not in repr(callback)
    assert isinstance(callback, AuthorizationNotification)
    assert callback.authorization.code is not None
    assert CODE == callback.authorization.code.reveal()


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            {"notification": {**notice("x"), "new": 1}, "event": {**EVENT, "new": [1]}},
            EventNotification(notification=noticed("x"), event=SUBSCRIBED),
        ),
        (
            {"notification": notice("x"), "event": {"start": "soon", "summary": 1, "tzid": "UTC"}},
            EventNotification(notification=noticed("x"), event=SubscribedEvent(tzid="UTC")),
        ),
        (
            {
                "notification": {
                    **notice("x"),
                    "transitions": [{"before": "event_middle", "offset": {"minutes": 5}}],
                },
                "event": None,
            },
            EventNotification(
                notification=SubscriptionNotice(
                    type=SubscriptionNoticeType.EVENT_SUBSCRIPTION,
                    interactions=(Interaction(type="x"),),
                    transitions=(PassedTransition(before="event_middle", offset=Duration(5)),),
                )
            ),
        ),
    ],
)
def test_what_is_new_or_odd_does_no_harm(body: object, expected: Callback) -> None:
    """New keys and values are passed over or kept, and what cannot be read is left out."""
    assert expected == read_callback(*signed(body), OLD[0])


@pytest.mark.parametrize(
    "body",
    [
        {"notification": {"type": "change"}, "channel": {"channel_id": 7}},
        {"notification": {"type": "change"}, "channel": []},
        {"notification": {"type": 7}, "channel": {"channel_id": "chn_1"}},
        {"notification": "change", "channel": {"channel_id": "chn_1"}},
        {"notification": {"type": "change"}, "meeting_agent": {"sub": 7}},
        {"authorization": CODE},
        {"authorization": {}},
        {"authorization": {"code": None}},
        {"meeting_agent": {"sub": "agt_1"}},
    ],
)
def test_what_has_no_known_form_is_kept_whole(body: dict[str, object]) -> None:
    """It is genuine, so it is handed on rather than refused."""
    callback = read_callback(*signed(body), OLD[0])

    assert isinstance(callback, UnknownNotification)
    assert body == callback.body
    assert CODE not in repr(callback)


def test_a_kind_that_cannot_be_read_is_noted(caplog: pytest.LogCaptureFixture) -> None:
    """The log says what is odd about it, and nothing of what it says."""
    body = {"notification": {"type": "change"}, "channel": {"channel_id": ["canary"]}}
    read_callback(*signed(body), OLD[0])

    assert [
        "a callback is no ChannelNotification: the answer cannot be read at channel.channel_id"
    ] == [record.message for record in caplog.records]


def test_unknown_kinds_are_kept_whole() -> None:
    """A callback of another kind is handed on with all it says."""
    body, signature = signed({"notification": {"type": "news"}, "news": [1]})

    assert UnknownNotification(
        type="news", body={"notification": {"type": "news"}, "news": [1]}
    ) == read_callback(body, signature, OLD[0])
    assert UnknownNotification(type=None, body={}) == read_callback(*signed({}), OLD[0])


@pytest.mark.parametrize("body", [b"", b"x", b"[]", b"[" * 100_000, b'{"a": NaN}'])
def test_signed_nonsense_is_an_error(body: bytes) -> None:
    """What is signed but is no JSON object cannot be read."""
    with pytest.raises(DecodeError):
        read_callback(body, sign(body, OLD[0]), OLD[0])


def test_nothing_is_read_before_it_is_verified() -> None:
    """Nonsense with a wrong signature is a wrong signature."""
    with pytest.raises(SignatureError):
        read_callback(b"[" * 100_000, OLD[1], OLD[0])


class TestRedirect:
    """The browser's way back from the consent page."""

    def test_gives_the_code_of_our_own_authorization(self) -> None:
        """The code comes out if the state is the one we sent."""
        url = "https://a.example/cb?x=1&code=abc&state=s%201"

        assert Secret("abc") == read_redirect(url, state="s 1")
        assert Secret("abc") == read_redirect("?code=abc", state=None)

    @pytest.mark.parametrize("url", ["?code=a&state=other", "?code=a", "?error=x&state=other"])
    def test_refuses_a_foreign_state(self, url: str) -> None:
        """A code that comes with another state, or with none, is not given out."""
        with pytest.raises(InvalidArgumentError) as caught:
            read_redirect(url, state="mine")
        assert "state" == caught.value.field

    def test_a_refusal_is_an_error_with_its_reason(self) -> None:
        """When the person says no, the error says so."""
        with pytest.raises(AuthorizationRefusedError) as caught:
            read_redirect("?error=access_denied&state=s", state="s")
        assert "access_denied" == caught.value.error

    @pytest.mark.parametrize(
        ("url", "field"),
        [
            ("http://[x?code=a&state=s", "url"),
            ("?code=a%20b&state=s", "url"),
            ("?code=%0d%0aX&state=s", "url"),
            ("?code=t%C3%B6k&state=s", "url"),
            ("?code=a&state=\udcff", "state"),
            (b"?code=a&state=s", "url"),
            (None, "url"),
        ],
    )
    def test_a_malformed_redirect_is_refused_by_name(self, url: Any, field: str) -> None:
        """What a browser may bring never fails in another way."""
        with pytest.raises(InvalidArgumentError) as caught:
            read_redirect(url, state="s")
        assert field == caught.value.field

    def test_a_hostile_reason_is_not_printed_as_it_is(self) -> None:
        """Line breaks and colours that somebody put into the URL reach no log."""
        with pytest.raises(AuthorizationRefusedError) as caught:
            read_redirect(f"?error=%1b[31m%0aINFO%20all%20well{'x' * 999}&state=s", state="s")
        shown = str(caught.value)
        assert shown.isprintable()
        assert len(shown) < 200
        assert caught.value.error.startswith("\x1b[31m\n")

    def test_a_redirect_without_code_is_an_error(self) -> None:
        """A URL with neither code nor error is refused."""
        with pytest.raises(InvalidArgumentError, match="neither"):
            read_redirect("https://a.example/cb?state=s", state="s")


def test_the_module_lists_what_is_public() -> None:
    """Every name in ``__all__`` exists."""
    assert all(hasattr(callbacks, name) for name in callbacks.__all__)
