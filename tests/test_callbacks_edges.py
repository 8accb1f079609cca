"""The edges of verifying callbacks and redirects: how much is looked at, and what is told."""

from __future__ import annotations

import json
import logging
import pickle
from typing import Any

import pytest

from cronofy_async.callbacks import (
    SIGNATURE_HEADER,
    AuthorizationRefusedError,
    read_callback,
    read_redirect,
    sign,
    verify,
)
from cronofy_async.core.errors import InvalidArgumentError, SignatureError
from cronofy_async.models.callbacks_events import EventNotification
from cronofy_async.models.notifications import UnknownNotification

BODY = b'{"example":"well-known"}'
SECRET = "CRN_secret"
GOOD = sign(BODY, SECRET)


def read(body: dict[str, Any]) -> object:
    """Read a callback that is signed as it must be."""
    raw = json.dumps(body).encode()
    return read_callback(raw, sign(raw, SECRET), SECRET)


def test_the_header_is_the_documented_one() -> None:
    """Frameworks are asked for it by this name."""
    assert "Cronofy-HMAC-SHA256" == SIGNATURE_HEADER


def test_the_first_eight_signatures_count() -> None:
    """A ninth is not looked at: nobody has so many secrets."""
    verify(BODY, ",".join(["x"] * 7 + [GOOD]), SECRET)
    with pytest.raises(SignatureError):
        verify(BODY, ",".join(["x"] * 8 + [GOOD]), SECRET)


def test_a_header_of_a_kilobyte_is_read() -> None:
    """A longer one is refused before it is."""
    verify(BODY, GOOD.ljust(1024), SECRET)
    with pytest.raises(SignatureError, match="too long"):
        verify(BODY, GOOD.ljust(1025), SECRET)


@pytest.mark.parametrize("body", ["text", None, {"a": 1}])
def test_what_is_no_body_is_named(body: Any) -> None:
    """As is a list of no secrets at all."""
    with pytest.raises(InvalidArgumentError) as caught:
        verify(body, GOOD, SECRET)
    assert "body" == caught.value.field
    with pytest.raises(InvalidArgumentError) as caught:
        verify(BODY, GOOD, [])
    assert "secrets" == caught.value.field


@pytest.mark.parametrize("kind", [bytearray, memoryview])
def test_any_bytes_are_a_body(kind: Any) -> None:
    """As frameworks hand them over."""
    verify(kind(BODY), GOOD, SECRET)


@pytest.mark.parametrize("what", ["interactions", "transitions"])
def test_an_event_s_notice_is_known_by_what_happened(what: str) -> None:
    """Also if it does not say its type."""
    entry = {"type": "conferencing_assigned"}
    if what == "transitions":
        entry = {"type": "event_start", "offset": {"minutes": 0}}  # type: ignore[dict-item]  # JSON
    event = {
        "event_uid": "evt_1",
        "event_id": "e1",
        "calendar_id": "cal_1",
        "start": "2030-01-01T08:00:00Z",
        "end": "2030-01-01T09:00:00Z",
        "summary": "s",
    }
    assert isinstance(read({"notification": {what: [entry]}, "event": event}), EventNotification)


def test_what_cannot_be_read_is_logged_and_kept(caplog: pytest.LogCaptureFixture) -> None:
    """It is not taken for another kind that it fits as well."""
    body = {
        "notification": {"type": "change"},
        "channel": {"channel_id": 7},
        "authorization": {"error": "access_denied"},
    }
    with caplog.at_level(logging.WARNING, "cronofy_async"):
        found = read(body)
    assert isinstance(found, UnknownNotification)
    assert ("change", body) == (found.type, found.body)
    assert ["cronofy_async"] == [each.name for each in caplog.records]


class TestRedirects:
    """The URL with which a browser comes back."""

    @pytest.mark.parametrize(
        "url", ["?code=c1&state=s", "code=c1&state=s", "/back?code=c1&state=s"]
    )
    def test_a_query_alone_will_do(self, url: str) -> None:
        """With and without its question mark."""
        assert "c1" == read_redirect(url, state="s").reveal()

    def test_a_state_that_is_empty_is_none(self) -> None:
        """Only where none was given; where one was, it is another."""
        assert "c1" == read_redirect("?code=c1", state=None).reveal()
        assert "c1" == read_redirect("?code=c1&state=", state=None).reveal()
        with pytest.raises(InvalidArgumentError, match="new authorization"):
            read_redirect("?code=c1&state=", state="s")
        with pytest.raises(InvalidArgumentError, match="new authorization"):
            read_redirect("?code=c1&state=s", state=None)

    @pytest.mark.parametrize("url", ["?state=s", "?state=s&code="])
    def test_without_code_and_error_the_url_is_wrong(self, url: str) -> None:
        """And it is named."""
        with pytest.raises(InvalidArgumentError) as caught:
            read_redirect(url, state="s")
        assert "url" == caught.value.field

    def test_an_error_without_a_word_is_one(self) -> None:
        """Whoever sends it says no."""
        with pytest.raises(AuthorizationRefusedError) as caught:
            read_redirect("?error=&state=s", state="s")
        assert "" == caught.value.error

    def test_what_is_no_text_is_named(self) -> None:
        """Be it the URL or the state."""
        odd: Any = 7
        for field, arguments in (("url", (odd, "s")), ("state", ("?code=c", odd))):
            with pytest.raises(InvalidArgumentError) as caught:
                read_redirect(arguments[0], state=arguments[1])
            assert field == caught.value.field

    def test_what_is_wrong_with_a_url_is_told(self) -> None:
        """Text that is no URL from what is no text, and neither with what was given."""
        odd: Any = 7
        for url, problem in ((odd, "is int"), ("https://[::1?code=canary", "is malformed")):
            with pytest.raises(InvalidArgumentError, match=problem) as caught:
                read_redirect(url, state=None)
            assert "canary" not in str(caught.value)

    @pytest.mark.parametrize(
        ("error", "told"),
        [
            ("access_denied", "access_denied"),
            ("a" * 64, "a" * 64),
            ("b" * 65, f"'{'b' * 64}'"),
            ("<b>\u202e", "'<b>\\u202e'"),
        ],
    )
    def test_a_refusal_is_told_safely(self, error: str, told: str) -> None:
        """OAuth's codes as they are; anything else quoted, and cut."""
        refusal = AuthorizationRefusedError(error)
        assert f"the authorization was not granted: {told}" == str(refusal)
        twin = pickle.loads(pickle.dumps(refusal))
        assert (error, str(refusal)) == (twin.error, str(twin))
