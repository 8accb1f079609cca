"""
What the service is known to let pass, and which client relies on it.

Everything else is read strictly. A leniency of `BEFORE` changes a request before it
is known what it asks for; one of `AFTER` is tried when reading it strictly failed, so
that it costs nothing where it is not needed. Those without a function are granted
where the value in question is read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

import attrs

from cronofy_async.core import codec
from cronofy_async.core.errors import DecodeError, FieldError
from cronofy_async.core.operation import JSON_TYPE
from cronofy_async.core.wire import Request
from cronofy_async.operations import RevokeBySub

__all__ = ("AFTER", "BEFORE", "ELSEWHERE", "Leniency", "body_of", "object_of", "relax", "with_body")

_FORM: Final = "application/x-www-form-urlencoded"
# Where Rack stops as well.
_DEEPEST: Final = 32
_OFFSET: Final = re.compile(r"(Z|[+-]\d\d:?\d\d)$")

Complaints = Mapping[str, Sequence[FieldError]]


@attrs.frozen(kw_only=True)
class Leniency:
    """
    One thing that is let pass.

    Attributes:
        what: The thing.
        needed_by: Who sends it.
        mend: Makes of the request what it means; gives back what needs no mending.
    """

    what: str
    needed_by: str
    mend: Callable[[Request], Request]


@attrs.frozen(kw_only=True)
class Relief:
    """The same for a parameter that was complained about: changes it in the body, or not."""

    what: str
    needed_by: str
    mend: Callable[[Request, dict[str, Any], str], bool]


def object_of(request: Request) -> dict[str, Any] | None:
    """The body as an object; `None` if it is none."""
    try:
        body = codec.load(request.body) if request.body else {}
    except DecodeError:
        return None
    return body if isinstance(body, dict) else None


def body_of(request: Request) -> dict[str, Any]:
    """The body as an object, also one with NaN in it; empty if it is none."""
    try:
        body = json.loads(request.body) if request.body else {}
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}


def with_body(request: Request, body: Mapping[str, Any]) -> Request:
    """A copy of the request with another body."""
    return request.with_headers({"content-type": JSON_TYPE}).replace(
        body=json.dumps(body, ensure_ascii=False).encode("utf-8", "surrogatepass")
    )


def _with_query(request: Request, query: Sequence[tuple[str, str]]) -> Request:
    return request.replace(url=request.path + (f"?{urlencode(query)}" if query else ""))


# Before it is known what a request asks for -------------------------------------------


def _trailing_slash(request: Request) -> Request:
    if not request.path.endswith("/") or request.path == "/":
        return request
    path = request.path.rstrip("/")
    return request.replace(url=request.url.replace(request.path, path, 1))


def _form(request: Request) -> Request:
    # Decision.OTHER_MEDIA
    if not (request.header("content-type") or "").lower().startswith(_FORM):
        return request
    try:
        pairs = parse_qsl(request.body.decode(), keep_blank_values=True, strict_parsing=True)
    except (UnicodeDecodeError, ValueError):
        pairs = []
    body: dict[str, Any] = {}
    for name, text in pairs:
        steps = name.replace("]", "").split("[")
        if len(steps) > _DEEPEST:
            return with_body(request, {}).replace(body=b"nested too deeply")
        _plant(body, steps, text)
    return with_body(request, body)


def _plant(into: dict[str, Any], steps: list[str], text: str) -> None:
    """Put ``a[b][]=text`` where it belongs, the way Rack and PHP read forms."""
    name, rest = steps[0], steps[1:]
    if not rest:
        into[name] = text
    elif rest == [""]:
        held = into.setdefault(name, [])
        if isinstance(held, list):
            held.append(text)
    elif rest[0] == "":
        held = into.setdefault(name, [])
        if isinstance(held, list):
            # A key that the last entry has already begins the next entry.
            if not held or not isinstance(held[-1], dict) or rest[1] in held[-1]:
                held.append({})
            _plant(held[-1], rest[1:], text)
    else:
        held = into.setdefault(name, {})
        if isinstance(held, dict):
            _plant(held, rest, text)


def _query_on_delete(request: Request) -> Request:
    if request.method != "DELETE" or not request.query:
        return request
    given: dict[str, Any] = {}
    for name, text in request.query:
        if name.endswith("[]"):
            given.setdefault(name, []).append(text)
        else:
            given[name] = {"true": True, "false": False}.get(text.lower(), text)
    named = {name.removesuffix("[]"): value for name, value in given.items()}
    return with_body(request.replace(url=request.path), {**body_of(request), **named})


def _query_on_pages(request: Request) -> Request:
    if request.method != "GET" or "/pages/" not in request.path or not request.query:
        return request
    return _with_query(request, ())


def _capital_booleans(request: Request) -> Request:
    if request.method != "GET" or not any(v in ("True", "False") for _, v in request.query):
        return request
    return _with_query(
        request,
        [
            (name, text.lower() if text in ("True", "False") else text)
            for name, text in request.query
        ],
    )


def _refresh_token_beside_code(request: Request) -> Request:
    if request.path != "/oauth/token" or b"refresh_token" not in request.body:
        return request
    body = body_of(request)
    if "code" not in body or body.pop("refresh_token", None) is None:
        return request
    return with_body(request, body)


def _secret_beside_header(request: Request) -> Request:
    if not request.path.startswith("/v1/bookable_events"):
        return request
    secret = (request.header("authorization") or "").removeprefix("Bearer ")
    repeated = ("bearer_token", secret)
    if repeated in request.query:
        return _with_query(request, [pair for pair in request.query if pair != repeated])
    body = body_of(request)
    if body.get("bearer_token") != secret:
        return request
    del body["bearer_token"]
    return with_body(request, body)


BEFORE: Final = (
    Leniency(
        what="A slash at the end of the path.",
        needed_by="cronofy-php: DELETE /v1/available_periods/",
        mend=_trailing_slash,
    ),
    Leniency(
        what="Bodies in the form of HTML forms.",
        needed_by="cronofy-ruby: token, revoke and application calendar requests",
        mend=_form,
    ),
    Leniency(
        what="The parameters of a DELETE in its query, with booleans in any case.",
        needed_by="pycronofy: delete_all_events",
        mend=_query_on_delete,
    ),
    Leniency(
        what="A query at the URL of a further page; it is passed over.",
        needed_by="cronofy-node: repeats the parameters of the first page",
        mend=_query_on_pages,
    ),
    Leniency(
        what="True and False in a query.",
        needed_by="pycronofy: read_events, read_free_busy, user_auth_link",
        mend=_capital_booleans,
    ),
    Leniency(
        what="A refresh token beside an authorization code; it is passed over.",
        needed_by="cronofy-node: requestAccessToken of a client that has one",
        mend=_refresh_token_beside_code,
    ),
    Leniency(
        what="The header's secret once more as bearer_token; it is passed over.",
        needed_by="cronofy-node: bookable events",
        mend=_secret_beside_header,
    ),
)


# After a complaint --------------------------------------------------------------------


def _null(_: Request, holder: dict[str, Any], name: str) -> bool:
    if name not in holder or holder[name] is not None:
        return False
    del holder[name]
    return True


def _uid_beside_id(_: Request, holder: dict[str, Any], name: str) -> bool:
    if name != "event_uid" or "event_id" not in holder:
        return False
    del holder[name]
    return True


def _sub_beside_token(request: Request, holder: dict[str, Any], name: str) -> bool:
    if name != "sub" or request.path != RevokeBySub.path or "token" not in holder:
        return False
    del holder[name]
    return True


def _no_zone(_: Request, holder: dict[str, Any], name: str) -> bool:
    is_event = "event_id" in holder or "event_uid" in holder
    time = holder.get(name)
    if name not in ("start", "end") or not is_event or "tzid" in holder:
        return False
    if not isinstance(time, str) or _OFFSET.search(time):
        return False
    holder["tzid"] = "Etc/UTC"
    return True


def _text_in_form(request: Request, holder: dict[str, Any], name: str) -> bool:
    text = holder.get(name)
    if not isinstance(text, str) or not _was_form(request):
        return False
    if text.lower() in ("true", "false"):
        holder[name] = text.lower() == "true"
    elif text.removeprefix("-").isdecimal() and text.isascii() and len(text) < 12:
        holder[name] = int(text)
    else:
        return False
    return True


def _was_form(request: Request) -> bool:
    return (request.header("content-type") or "").lower().startswith(_FORM)


AFTER: Final = (
    Relief(
        what="null in the place of a parameter that is left out.",
        needed_by="pycronofy: start_interval of real_time_scheduling",
        mend=_null,
    ),
    Relief(
        what="event_uid beside event_id; it is passed over.",
        needed_by="the reference: event_id wins, and the event is a managed one",
        mend=_uid_beside_id,
    ),
    Relief(
        what="sub beside token when revoking; it is passed over.",
        needed_by="the reference: token wins if both are sent",
        mend=_sub_beside_token,
    ),
    Relief(
        what="Times without an offset where no tzid is given; they are in Etc/UTC.",
        needed_by="the reference: the default of tzid",
        mend=_no_zone,
    ),
    Relief(
        what="Numbers and truth values as text, in a form.",
        needed_by="cronofy-ruby: forms have nothing else",
        mend=_text_in_form,
    ),
)

ELSEWHERE: Final = (
    (
        "An empty buffer, or an empty list of a meeting's own periods, in the place of none.",
        "pycronofy: availability; cronofy-csharp: the items of a sequence",
    ),
    (
        "refresh_token in the place of token when revoking.",
        "cronofy-node: revokeAuthorization",
    ),
    ("A body on GET; it is passed over.", "pycronofy: sends {} with every request"),
    (
        "A space in the place of a time's T, and a fraction of zeros.",
        "cronofy-csharp; PHP programs",
    ),
    (
        "`Bearer None`, `Bearer undefined` or a user's token beside credentials in the body.",
        "pycronofy, cronofy-node, cronofy-php",
    ),
    (
        "Credentials in the body in the place of the header, for real-time scheduling.",
        "cronofy-ruby, cronofy-csharp, cronofy-php",
    ),
    ("Blank parameters in an authorize URL; they count as absent.", "pycronofy: user_auth_link"),
    ("A Content-Encoding header on a plain body.", "cronofy-csharp"),
    (
        "Token requests on the app host; it is the same origin here.",
        "cronofy-ruby, cronofy-csharp",
    ),
    ("reject for those to remove from an event.", "cronofy-php, cronofy-ruby"),
    ("available_periods for query_periods.", "pycronofy, cronofy-csharp"),
    ("Groups without required; everybody of them must be free.", "cronofy-csharp"),
    (
        "A parameter of the path once more in the body; it is passed over.",
        "cronofy-node: deleteAvailabilityRule",
    ),
)


def relax(request: Request, original: Request, complaints: Complaints) -> Request | None:
    """
    Let pass what the table allows among the complained-about parameters.

    Args:
        request: As it was read.
        original: As it came.
        complaints: By dotted parameter names, with ``[n]`` for the entries of lists.

    Returns:
        The mended request, or `None` if nothing could be mended.
    """
    body = body_of(request)
    mended = False
    for path in complaints:
        holder, name = _find(body, path)
        if holder is not None:
            mended |= any(relief.mend(original, holder, name) for relief in AFTER)
    return with_body(request, body) if mended else None


def _find(body: dict[str, Any], path: str) -> tuple[dict[str, Any] | None, str]:
    """The object in which a parameter lies, and the parameter's name there."""
    steps = path.replace("]", "").replace("[", ".").split(".")
    here: Any = body
    for step in steps[:-1]:
        if isinstance(here, list) and step.isdecimal() and int(step) < len(here):
            here = here[int(step)]
        elif isinstance(here, dict):
            here = here.get(step)
        else:
            return None, ""
    return (here, steps[-1]) if isinstance(here, dict) else (None, "")
