"""How an operation becomes a request, and a request an operation."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import attrs
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cronofy_async.core import codec
from cronofy_async.core.errors import (
    APIError,
    DecodeError,
    InvalidArgumentError,
    NotFoundError,
    RequestParseError,
    UnknownOperationError,
)
from cronofy_async.core.operation import Credential, Operation, Retry, in_header, path_values
from cronofy_async.core.unset import UNSET, Unset
from cronofy_async.core.wire import Request, Response
from cronofy_async.models import Calendar, Moment
from cronofy_async.models.shorthands import http_url
from cronofy_async.operations import (
    Authorize,
    CloseChannel,
    CreateCalendar,
    DeleteEvent,
    DeleteExternalEvent,
    EditExternalEvent,
    ListCalendars,
    ReadEvents,
    ReadEventsPage,
    RefreshToken,
    RequestToken,
    RevokeBySub,
    RevokeByToken,
    UpsertEvent,
    parse,
)


@attrs.frozen(kw_only=True)
class Move(Operation[Calendar]):
    """A call with a field in every place."""

    method, path, source = "POST", "/v1/from/{from}/to/{to}", "/"
    credential, retry = Credential.ACCESS_TOKEN, Retry.CREATE
    fixed = {"kind": "move"}
    envelope = "calendar"

    from_: str
    to: str
    impersonate: str | Unset = attrs.field(default=UNSET, metadata=in_header("Cronofy-Impersonate"))
    odd: int | Unset = attrs.field(default=UNSET, metadata=codec.named("very.odd"))
    tags: tuple[str, ...] | Unset | None = UNSET


@attrs.frozen(kw_only=True)
class Look(Operation[None]):
    """A call with a query."""

    method, path, source = "GET", "/v1/look", "/"
    credential, retry = Credential.ACCESS_TOKEN, Retry.READ

    deep: bool | Unset = UNSET
    count: int | Unset = UNSET
    word: str | Unset | None = UNSET
    words: tuple[str, ...] | Unset = UNSET
    after: Moment | Unset = UNSET


# Making requests -------------------------------------------------------------------------


def test_each_field_goes_to_its_place() -> None:
    """Path, header, body and what is always sent; nothing else, and nothing twice."""
    request = Move(from_="a/b", to="c d", impersonate="acc_1", odd=0).to_request()

    assert "POST" == request.method
    assert "/v1/from/a%2Fb/to/c%20d" == request.url
    assert "acc_1" == request.header("cronofy-impersonate")
    assert "application/json; charset=utf-8" == request.header("content-type")
    assert {"very.odd": 0, "kind": "move"} == json.loads(request.body)


def test_a_query_is_written_as_the_service_reads_it() -> None:
    """Booleans in lower case, lists with brackets, moments in UTC, and no body."""
    moment = datetime(2030, 1, 7, 9, tzinfo=UTC)
    request = Look(deep=False, count=2, word="a&b", words=("x", "y"), after=moment).to_request()

    assert (
        ("deep", "false"),
        ("count", "2"),
        ("word", "a&b"),
        ("words[]", "x"),
        ("words[]", "y"),
        ("after", "2030-01-07T09:00:00Z"),
    ) == request.query
    assert ((), b"") == (request.headers, request.body)


def test_no_parameter_means_no_query_and_no_body() -> None:
    """A call without parameters is its path alone, without a content type."""
    assert Request("GET", "/v1/look") == Look().to_request()
    assert Request("DELETE", "/v1/channels/chn_1") == CloseChannel(channel_id="chn_1").to_request()


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ({}, {}),
        ({"tags": UNSET}, {}),
        ({"tags": None}, {"tags": None}),
        ({"tags": ()}, {"tags": []}),
        ({"tags": ("",)}, {"tags": [""]}),
    ],
)
def test_not_given_null_and_empty_are_sent_differently(
    given: dict[str, Any], sent: dict[str, Any]
) -> None:
    """And each is read back as what it was."""
    operation = Move(from_="a", to="b", **given)
    request = operation.to_request()

    assert {**sent, "kind": "move"} == json.loads(request.body)
    assert operation == Move.from_request(request)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_what_json_does_not_have_is_never_sent(value: float) -> None:
    """Python would write NaN, which no other JSON reader takes."""
    for operation in (
        CreateCalendar(profile_id="p", name="n", extra={"x": value}),
        Look(extra={"x": [value]}),
    ):
        with pytest.raises(InvalidArgumentError) as caught:
            operation.to_request()
        assert "extra" == caught.value.field


@pytest.mark.parametrize("value", [object(), b"bytes", {"a": [object()]}, "s\ud800"])
def test_what_has_no_json_form_is_never_sent(value: Any) -> None:
    """An odd further parameter is named before anything is sent."""
    with pytest.raises(InvalidArgumentError) as caught:
        CreateCalendar(profile_id="p", name="n", extra={"x": value}).to_request()
    assert "extra" == caught.value.field


@pytest.mark.parametrize("value", [{"a": 1}, [[1]], [None]])
def test_a_query_holds_no_objects(value: Any) -> None:
    """What would be sent as the repr of a Python object is refused."""
    with pytest.raises(InvalidArgumentError, match="extra"):
        Look(extra={"x": value}).to_request()


def test_a_further_parameter_in_circles_is_refused() -> None:
    """A mapping that holds itself is an error with a name, not a RecursionError."""
    circle: dict[str, Any] = {}
    circle["x"] = circle
    with pytest.raises(InvalidArgumentError, match="extra"):
        CreateCalendar(profile_id="p", name="n", extra=circle).to_request()


@pytest.mark.parametrize(
    ("operation", "field"),
    [
        (Move(from_="a", to="\udcff"), "to"),
        (Move(from_="\ud800", to="b"), "from_"),
        (Move(from_="a", to="b", impersonate="acc\ud800"), "impersonate"),
        (Move(from_="a", to="b", tags=("x", "s\ud800")), "tags"),
        (Look(word="s\ud800"), "word"),
        (Look(words=("s\ud800",)), "words"),
        (CreateCalendar(profile_id="p", name="s\ud800", extra={"x": {"a": 1}}), "name"),
        (CreateCalendar(profile_id="p", name="n", extra={"\ud800": 1}), "extra"),
    ],
)
def test_half_a_character_is_never_sent(operation: Operation[Any], field: str) -> None:
    """Text that UTF-8 cannot hold is refused by the name of its parameter."""
    with pytest.raises(InvalidArgumentError) as caught:
        operation.to_request()
    assert field == caught.value.field
    assert str(caught.value).isascii()


@pytest.mark.parametrize("name", ["from", "to", "very.odd", "tags", "kind", "impersonate"])
def test_a_further_parameter_replaces_no_declared_one(name: str) -> None:
    """Neither a field, wherever it goes, nor what is always sent can be overridden."""
    with pytest.raises(InvalidArgumentError, match="declared") as caught:
        Move(from_="a", to="b", extra={name: "evil"})
    assert "extra" == caught.value.field


@pytest.mark.parametrize("port", ["0", "65536", "99999999", "-1", "x"])
def test_a_url_has_a_port_that_exists(port: str) -> None:
    """From 1 to 65535, or none."""
    with pytest.raises(InvalidArgumentError, match="callback_url"):
        http_url("callback_url", f"https://a.example:{port}/hook")
    for good in ("", ":1", ":65535"):
        http_url("callback_url", f"https://a.example{good}/hook")


@pytest.mark.parametrize("extra", [5, [("a", 1)], "text", {1: 2}])
def test_further_parameters_are_a_mapping_by_name(extra: Any) -> None:
    """Anything else is refused when the operation is made."""
    with pytest.raises(InvalidArgumentError, match="extra"):
        Look(extra=extra)


def test_extra_parameters_are_sent_as_they_are() -> None:
    """What this version does not know can still be said."""
    request = CreateCalendar(profile_id="p", name="n", extra={"new": {"a": [None]}}).to_request()

    assert {"profile_id": "p", "name": "n", "new": {"a": [None]}} == json.loads(request.body)


# Paths -----------------------------------------------------------------------------------


@given(text=st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
@example("../../oauth/token")
@example("a?x=1")
@example("a#b")
@example("%2e%2e")
@example("a/b\\c")
@example("..a")
@example("{event_uid}")
@example(" \r\n\0")
@example("cal_U9uuErStTG@EAAAB_IsAsykA2DBTWqQTf-f0kJw")
def test_an_id_stays_in_its_segment(text: str) -> None:
    """No id leads to another endpoint, and each is read back as it was."""
    if text in (".", ".."):
        return
    operation = DeleteEvent(calendar_id=text, event_id="e")
    request = operation.to_request()

    assert 5 == len(request.url.split("/"))
    assert request.url == urlsplit(request.url).path
    assert request.url.isascii()
    assert operation == parse(request)


@pytest.mark.parametrize("text", [".", ".."])
def test_dot_segments_are_refused(text: str) -> None:
    """No quoting keeps a URL library from climbing up at these, so they are never sent."""
    with pytest.raises(InvalidArgumentError) as caught:
        CloseChannel(channel_id=text).to_request()
    assert "channel_id" == caught.value.field


@pytest.mark.parametrize(
    ("template", "path", "expected"),
    [
        ("/v1/a/{x}", "/v1/a/b", {"x": "b"}),
        ("/v1/a/{x}", "/v1/a/b%2Fc", {"x": "b/c"}),
        ("/v1/a/{x}", "/v1/a/", None),
        ("/v1/a/{x}", "/v1/a", None),
        ("/v1/a/{x}", "/v1/a/b/c", None),
        ("/v1/a/{x}/b/{y}", "/v1/a/1/b/2", {"x": "1", "y": "2"}),
        ("/v1/a", "/v1/a", {}),
        ("/v1/a", "/v1/b", None),
    ],
)
def test_a_path_fits_its_template_or_does_not(
    template: str, path: str, expected: Mapping[str, str] | None
) -> None:
    """Segments are compared whole and only then unquoted."""
    assert expected == path_values(template, path)


# Reading requests ------------------------------------------------------------------------


def request_of(method: str, url: str, body: Any = None) -> Request:
    """A request with a JSON body, or with none."""
    return Request(method, url, (), b"" if body is None else json.dumps(body).encode())


EVENTS = "/v1/calendars/c/events"
TIMES = {"start": "2030-01-07", "end": "2030-01-08", "summary": "s"}


@pytest.mark.parametrize(
    ("request_", "cls"),
    [
        (request_of("GET", "/v1/calendars"), ListCalendars),
        (request_of("POST", "/v1/calendars", {"profile_id": "p", "name": "n"}), CreateCalendar),
        (request_of("GET", "https://api-de.cronofy.com/v1/events?tzid=Etc%2FUTC"), ReadEvents),
        (request_of("GET", "/v1/events/pages/1"), ReadEventsPage),
        (request_of("POST", EVENTS, {"event_id": "e", **TIMES}), UpsertEvent),
        (request_of("POST", EVENTS, {"event_uid": "u", **TIMES}), EditExternalEvent),
        (request_of("DELETE", EVENTS, {"event_id": "e"}), DeleteEvent),
        (request_of("DELETE", EVENTS, {"event_uid": "u"}), DeleteExternalEvent),
        (
            request_of(
                "POST",
                "/oauth/token",
                {"grant_type": "authorization_code", "code": "c", "redirect_uri": "http://a.b/"},
            ),
            RequestToken,
        ),
        (
            request_of(
                "POST", "/oauth/token", {"grant_type": "refresh_token", "refresh_token": "r"}
            ),
            RefreshToken,
        ),
        (request_of("POST", "/oauth/token/revoke", {"token": "t"}), RevokeByToken),
        (request_of("POST", "/oauth/token/revoke", {"sub": "acc_1"}), RevokeBySub),
    ],
)
def test_a_request_names_its_operation(request_: Request, cls: type[Operation[Any]]) -> None:
    """Method, path and the telling parameter decide, on whatever origin."""
    assert cls is type(parse(request_))


@pytest.mark.parametrize(
    ("method", "body", "cls"),
    [
        ("POST", {"event_id": "e", "event_uid": "u", **TIMES}, UpsertEvent),
        ("DELETE", {"event_id": "e", "event_uid": "u"}, DeleteEvent),
    ],
)
def test_of_two_ids_our_own_counts(method: str, body: Any, cls: type[Operation[Any]]) -> None:
    """The service ignores event_uid beside event_id, and so does the tolerant reader."""
    operation = parse(request_of(method, EVENTS, body), strict=False)

    assert cls is type(operation)
    assert {"event_uid": "u"} == operation.extra


@pytest.mark.parametrize(
    ("request_", "complaints"),
    [
        (request_of("POST", EVENTS, TIMES), {"event_id": "must be specified"}),
        (request_of("DELETE", EVENTS), {"event_id": "must be specified"}),
        (request_of("DELETE", EVENTS, []), {"": "must be an object"}),
        (Request("DELETE", EVENTS, (), b"{"), {"": "is not JSON"}),
        (Request("DELETE", EVENTS, (), b"[" * 100_000), {"": "is not JSON"}),
        (request_of("POST", "/oauth/token", {}), {"grant_type": "authorization_code"}),
        (request_of("POST", "/oauth/token/revoke", {}), {"token": "must be specified"}),
        (request_of("GET", "/v1/events"), {"tzid": "must be specified"}),
        (
            request_of("GET", "/v1/events?tzid=Etc%2FUTC&include_deleted=yes&from=tomorrow"),
            {"include_deleted": "must be a boolean", "from": "form that is not known"},
        ),
        (
            request_of("GET", "/v1/events?tzid=Etc%2FUTC&calendar_ids=a"),
            {"calendar_ids": "must be a list"},
        ),
    ],
)
def test_a_malformed_request_is_told_what_is_wrong(
    request_: Request, complaints: Mapping[str, str]
) -> None:
    """Complaints come by parameter, in the words of the service."""
    with pytest.raises(RequestParseError) as caught:
        parse(request_)

    assert complaints.keys() == caught.value.errors.keys()
    for name, words in complaints.items():
        assert words in caught.value.errors[name][0].description


@pytest.mark.parametrize(
    ("method", "url"),
    [
        ("PUT", "/v1/calendars"),
        ("GET", "/v2/calendars"),
        ("GET", "/v1/calendars/"),
        ("GET", "/v1/events/pages/"),
        ("GET", "/"),
    ],
)
def test_what_is_no_call_of_the_api_is_refused(method: str, url: str) -> None:
    """A method and path that nothing declares is an error of its own kind."""
    with pytest.raises(UnknownOperationError, match=method):
        parse(Request(method, url))


def test_a_wrong_path_for_an_operation_is_refused() -> None:
    """Reading a request as another operation than it is never half works."""
    with pytest.raises(RequestParseError, match="another path"):
        CloseChannel.from_request(Request("DELETE", "/v1/channels"))


def test_a_strict_reader_refuses_what_a_tolerant_one_keeps() -> None:
    """Unknown parameters of a query and of a body."""
    for request in (
        request_of("GET", "/v1/calendars?new=1"),
        request_of("POST", "/v1/calendars", {"profile_id": "p", "name": "n", "new": "1"}),
    ):
        assert {"new": "1"} == parse(request, strict=False).extra
        with pytest.raises(RequestParseError) as caught:
            parse(request)
        assert "errors.not_recognized" == caught.value.errors["new"][0].key


def test_a_tolerant_reader_still_wants_the_types() -> None:
    """Tolerance is for what is new, not for what is wrong."""
    with pytest.raises(RequestParseError) as caught:
        parse(request_of("POST", "/v1/calendars", {"profile_id": 1, "name": "n"}), strict=False)
    assert {"profile_id"} == caught.value.errors.keys()


def test_credentials_in_a_body_are_no_parameters() -> None:
    """The client adds them and the reader passes over them."""
    body = {"client_id": "c", "client_secret": "s", "sub": "acc_1"}

    assert RevokeBySub(sub="acc_1") == parse(request_of("POST", "/oauth/token/revoke", body))


def test_a_header_is_read_back() -> None:
    """A field that is sent as a header comes out of it, whatever its case."""
    request = Request(
        "POST", "/v1/from/a/to/b", {"CRONOFY-impersonate": "acc_1"}, b'{"kind":"move"}'
    )

    assert Move(from_="a", to="b", impersonate="acc_1") == Move.from_request(request)


def test_a_body_cannot_change_what_the_path_says() -> None:
    """A parameter of the path counts only in the path."""
    body = {"kind": "move", "from": "evil"}
    request = request_of("POST", "/v1/from/a/to/b", body)

    assert "a" == Move.from_request(request).from_


# Reading answers -------------------------------------------------------------------------


def test_an_answer_is_read_out_of_its_envelope() -> None:
    """The object under the key is the answer; what stands beside it is passed over."""
    body = b'{"calendar": {"calendar_id": "c", "new": 1}, "sub": "acc_1"}'

    assert Calendar(calendar_id="c") == Move(from_="a", to="b").from_response(
        Response(200, (), body)
    )


def test_an_odd_answer_is_read_out_of_its_envelope() -> None:
    """Also where the fast reader refuses it."""
    body = b'{"calendar": {"calendar_id": "c", "calendar_name": 7}}'

    assert Calendar(calendar_id="c") == Move(from_="a", to="b").from_response(
        Response(200, (), body)
    )


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b'{"calendar": null}', b'{"calendar": []}'])
def test_an_answer_without_its_envelope_is_an_error(body: bytes) -> None:
    """Never a half-made answer."""
    with pytest.raises(DecodeError):
        Move(from_="a", to="b").from_response(Response(200, (), body))


@pytest.mark.parametrize("status", [200, 202, 204, 207, 299])
def test_every_2xx_is_success(status: int) -> None:
    """The one rule of success; a call without an answer does not look at the body."""
    response = Response(status, (), b"<html>")

    CloseChannel(channel_id="c").from_response(response)


@pytest.mark.parametrize("status", [100, 199, 300, 302, 400, 402, 404, 500, 502])
def test_everything_else_is_a_refusal(status: int) -> None:
    """Redirects too; the error carries the operation, so that it can be sent again."""
    operation = CloseChannel(channel_id="c")
    with pytest.raises(APIError) as caught:
        operation.from_response(Response(status, (), b"<html>"))

    assert (status, operation) == (caught.value.status, caught.value.operation)
    assert (status == 404) == isinstance(caught.value, NotFoundError)


def test_an_authorization_url_is_on_the_host_of_pages() -> None:
    """The one operation of another host says so itself."""
    assert ("app", "api") == (Authorize.host, ListCalendars.host)
