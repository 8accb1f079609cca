"""Requests, responses and secrets as values."""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Callable

import pytest

from cronofy_async.callbacks import AuthorizationRefusedError
from cronofy_async.core.errors import (
    APIError,
    CertificateError,
    ConnectError,
    RateLimitError,
    TransportError,
    TransportTimeoutError,
    UnknownOperationError,
)
from cronofy_async.core.secret import Secret
from cronofy_async.core.statuses import error_for
from cronofy_async.core.wire import Request, Response
from cronofy_async.operations import RefreshToken

TOKEN = "tok-7d1c5f0e9a"


def test_header_names_are_compared_without_case() -> None:
    """A header is found whatever the case of its name, and repeated ones are joined."""
    response = Response(200, (("X-A", "1"), ("x-a", "2")))

    assert "1, 2" == response.header("X-a")
    assert response.header("other") is None


def test_with_headers_replaces_namesakes() -> None:
    """A header that is set again replaces the former one and leaves the rest."""
    request = Request("GET", "/v1/events", {"A": "1", "B": "2"}).with_headers({"a": "3"})

    assert (("b", "2"), ("a", "3")) == request.headers


def test_query_is_decoded_in_order() -> None:
    """The query gives decoded names and values, blank ones and repeated ones too."""
    request = Request("GET", "/v1/events?a%5B%5D=1&a%5B%5D=%202&b=")

    assert (("a[]", "1"), ("a[]", " 2"), ("b", "")) == request.query
    assert "/v1/events" == request.path


@pytest.mark.parametrize("status", [200, 202, 204, 207, 299])
def test_2xx_is_success(status: int) -> None:
    """Every status from 200 to 299 is success."""
    assert Response(status).ok


@pytest.mark.parametrize("status", [100, 199, 300, 302, 400, 402, 502])
def test_everything_else_is_not(status: int) -> None:
    """No other status is success, 402 and 502 among them."""
    assert not Response(status).ok


def test_reprs_show_no_header_query_or_body() -> None:
    """Neither a request nor a response shows what may be secret in its repr."""
    request = Request(
        "POST",
        f"https://api.cronofy.com/v1/x?et={TOKEN}",
        {"authorization": f"Bearer {TOKEN}"},
        TOKEN.encode(),
    )

    assert "<Request POST https://api.cronofy.com/v1/x>" == repr(request)
    assert "<Response 200, 14 bytes>" == repr(Response(200, (("set-cookie", TOKEN),), b"x" * 14))


SENT = Request(
    "POST",
    f"https://api.cronofy.com/v1/x?et={TOKEN}",
    {"authorization": f"Bearer {TOKEN}"},
    TOKEN.encode(),
)
ANSWERED = Response(
    429,
    {"set-cookie": TOKEN, "x-request-id": "r1", "retry-after": "7"},
    json.dumps({"error": "slow_down", "errors": {"a": [{"key": "k"}]}, "token": TOKEN}).encode(),
)


@pytest.mark.parametrize("value", [SENT, ANSWERED])
@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_what_may_hold_secrets_is_not_pickled(value: object, protocol: int) -> None:
    """Neither a request nor an answer goes into a pickle; the error says what to do."""
    with pytest.raises(TypeError, match="store what you need"):
        pickle.dumps(value, protocol)


@pytest.mark.parametrize("value", [SENT, ANSWERED])
def test_requests_and_responses_can_be_copied(value: object) -> None:
    """A copy within the process is the same value."""
    assert value == copy.copy(value) == copy.deepcopy(value)


@pytest.mark.parametrize(
    "cls", [TransportError, ConnectError, CertificateError, TransportTimeoutError]
)
def test_a_transport_error_keeps_no_secret(cls: type[TransportError]) -> None:
    """It knows method, origin and path; so do its copies and pickles."""
    error = cls("it broke", SENT)
    expected = Request("POST", "https://api.cronofy.com/v1/x")

    assert TOKEN.encode() not in pickle.dumps(error)
    for each in (error, copy.copy(error), copy.deepcopy(error), pickle.loads(pickle.dumps(error))):
        assert (cls, "it broke", expected) == (type(each), str(each), each.request)
    assert pickle.loads(pickle.dumps(cls("no request"))).request is None


def refusal() -> APIError:
    """An error of a call that held a token, after three attempts."""
    error = error_for(ANSWERED, RefreshToken(refresh_token=Secret(TOKEN)))
    error.attempts, error.retry_after = 3, 7.0
    error.add_note("a note")
    return error


def test_a_pickled_refusal_keeps_what_is_told_of_it() -> None:
    """Status, complaints and counts go along; body, other headers and operation do not."""
    error = refusal()
    pickled = pickle.dumps(error)
    again = pickle.loads(pickled)

    assert TOKEN.encode() not in pickled
    assert isinstance(again, RateLimitError)
    assert (str(error), ["a note"]) == (str(again), again.__notes__)
    assert (429, "slow_down", 3, 7.0) == (
        again.status,
        again.error,
        again.attempts,
        again.retry_after,
    )
    assert error.errors == again.errors
    assert ("r1", None, b"") == (again.request_id, again.operation, again.response.body)
    assert pickled == pickle.dumps(again)


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy])
def test_a_copied_refusal_is_whole(duplicate: Callable[[APIError], APIError]) -> None:
    """A copy within the process keeps the answer and the operation."""
    error = refusal()
    twin = duplicate(error)

    assert RateLimitError is type(twin)
    assert (ANSWERED, error.operation, 3) == (twin.response, twin.operation, twin.attempts)
    assert (str(error), error.args) == (str(twin), twin.args)


@pytest.mark.parametrize(
    "error", [UnknownOperationError("GET", "/x"), AuthorizationRefusedError("access_denied")]
)
def test_other_errors_come_back_as_they_were(error: Exception) -> None:
    """Also those that are made from something else than their message."""
    assert str(error) == str(copy.copy(error)) == str(pickle.loads(pickle.dumps(error)))


class TestSecret:
    """The type of tokens and client secrets."""

    @pytest.mark.parametrize(
        "show",
        [repr, str, "{}".format, "{:>20}".format, "%s".__mod__, lambda s: f"{s!r:.4} {s}"],
        ids=["repr", "str", "format", "spec", "percent", "fstring"],
    )
    def test_never_shows_its_text(self, show: Callable[[Secret], str]) -> None:
        """No way of turning a secret into text shows it."""
        assert TOKEN[:4] not in show(Secret(TOKEN))

    def test_is_not_pickled_or_serialised(self) -> None:
        """Neither pickle nor json take a secret."""
        with pytest.raises(TypeError, match="not pickled"):
            pickle.dumps(Secret(TOKEN))
        with pytest.raises(TypeError):
            json.dumps(Secret(TOKEN))

    def test_reveals_its_text_on_request(self) -> None:
        """Reveal gives the text, also of a secret made from a secret or copied."""
        secret = Secret(Secret(TOKEN))

        assert TOKEN == copy.deepcopy(secret).reveal() == copy.copy(secret).reveal()

    def test_equality_and_hash_go_by_text(self) -> None:
        """Secrets of one text are equal; a secret never equals the bare text."""
        assert Secret(TOKEN) == Secret(TOKEN)
        assert hash(Secret(TOKEN)) == hash(Secret(TOKEN))
        assert Secret(TOKEN) != Secret(TOKEN + "x")
        assert Secret(TOKEN) != TOKEN
        assert Secret(TOKEN)

    @pytest.mark.parametrize("value", ["", "a b", "a\r\nX: y", "tök", "a\x00"])
    def test_refuses_what_no_header_can_carry(self, value: str) -> None:
        """Text that is empty or could forge a header is refused."""
        with pytest.raises(ValueError, match="secret"):
            Secret(value)

    def test_refuses_other_types_without_showing_them(self) -> None:
        """Bytes are refused, and the message does not hold them."""
        with pytest.raises(TypeError) as caught:
            Secret(TOKEN.encode())  # type: ignore[arg-type]  # the point of the test
        assert TOKEN not in str(caught.value)

    def test_does_not_change(self) -> None:
        """A secret's text cannot be replaced."""
        with pytest.raises(AttributeError):
            Secret(TOKEN)._value = "x"
