"""
An operation: one API call as a value.

A frozen attrs class declares it: its fields are the call's parameters, the arguments of
its class are the endpoint, its type argument is the answer. One convention does
the mapping both ways:

- a field named in the path goes into the path;
- a field marked with `in_header` goes into that header;
- of the rest, GET sends a query and every other method a JSON body;
- what `fixed` names is sent always, and tells operations with one path apart.

Credentials are no part of an operation: `credential` names the kind, and the client
adds it when it sends.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from types import MappingProxyType
from typing import Any, ClassVar, Final, Generic, Literal, Self, TypeVar, cast, get_args, get_origin
from urllib.parse import quote, urlencode

import attrs
import msgspec

from . import codec
from .errors import (
    INVALID,
    DecodeError,
    Failure,
    FieldError,
    InvalidArgumentError,
    RequestParseError,
)
from .fields import old_names
from .kinds import check_kinds
from .memo import memo
from .parameters import json_body, query_pairs, read_parameters, unsendable
from .paths import path_values as path_values
from .paths import segment
from .statuses import error_for
from .traits import Credential as Credential
from .traits import Retry as Retry
from .traits import Stability as Stability
from .unset import UNSET, Unset
from .wire import Request, Response

__all__ = ("Credential", "Operation", "Retry", "Stability", "in_header")

T = TypeVar("T")

_HEADER: Final = "cronofy_async.header"
_GONE: Final = frozenset({404, 410})
JSON_TYPE: Final = "application/json; charset=utf-8"


def in_header(name: str) -> dict[str, str]:
    """Metadata for a field that is sent as a header."""
    return {_HEADER: name}


def _own_mapping(value: Mapping[str, Any]) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise InvalidArgumentError("extra", f"is a {type(value).__name__}", "give a mapping")
    # No MappingProxyType: operations have to be pickled and copied.
    return dict(value)


def _undeclared(operation: Any, _: Any, extra: Mapping[str, Any]) -> None:
    if not extra:
        return
    known = layout(type(operation)).names | type(operation).fixed.keys()
    for name in extra:
        if not isinstance(name, str):
            raise InvalidArgumentError("extra", "has a name that is no text", "give names as text")
        if name in known:
            raise InvalidArgumentError(
                "extra", f"holds {name}, which is declared", "give it as a parameter of its own"
            )


@attrs.frozen(kw_only=True)
class Operation(Generic[T]):
    """
    The base of every API call; *T* is the type of its answer.

    Args:
        extra: Further parameters that this version does not know, sent as they are; never
            one that is declared.
    """

    method: ClassVar[str]
    path: ClassVar[str]
    """
    The path, with ``{field}`` where a field goes. With ``{+field}`` at its end, the field is
    a whole URL that the service gave; what stands before is how `parse` knows such a URL.
    """
    credential: ClassVar[Credential]
    retry: ClassVar[Retry]
    source: ClassVar[str]
    """The page of the official documentation."""
    stability: ClassVar[Stability] = Stability.STABLE
    host: ClassVar[Literal["api", "app"]] = "api"
    fixed: ClassVar[Mapping[str, Any]] = MappingProxyType({})
    """Parameters that are always sent with these values."""
    presumed: ClassVar[frozenset[str]] = frozenset()
    """Those of `fixed` that a request may leave out, as the service takes them for granted."""
    selector: ClassVar[str | None] = None
    """The parameter whose presence picks this among the operations of one method and path."""
    envelope: ClassVar[str | None] = None
    """The key under which the answer's object or list lies."""
    lookup: ClassVar[str] = ""
    """How to find out whether a request that must not be repeated was carried out, in words."""
    batchable: ClassVar[bool] = False
    accepted: ClassVar[frozenset[int]] = frozenset()
    """Statuses besides 2xx that come with an answer."""
    items: ClassVar[str] = ""
    """The key of the list of entries, if the answer comes in pages."""

    def __init_subclass__(
        cls,
        *,
        method: str | Unset = UNSET,
        path: str | Unset = UNSET,
        host: Literal["api", "app"] | Unset = UNSET,
        credential: Credential | Unset = UNSET,
        retry: Retry | Unset = UNSET,
        source: str | Unset = UNSET,
        stability: Stability | Unset = UNSET,
        envelope: str | Unset | None = UNSET,
        items: str | Unset = UNSET,
        fixed: Mapping[str, Any] | Unset = UNSET,
        presumed: frozenset[str] | Unset = UNSET,
        selector: str | Unset = UNSET,
        accepted: frozenset[int] | Unset = UNSET,
        lookup: str | Unset = UNSET,
        batchable: bool | Unset = UNSET,
    ) -> None:
        """Declare the endpoint: each argument becomes the class attribute of its name."""
        super().__init_subclass__()
        declared: dict[str, Any] = {
            "method": method,
            "path": path,
            "host": host,
            "credential": credential,
            "retry": retry,
            "source": source,
            "stability": stability,
            "envelope": envelope,
            "items": items,
            "fixed": fixed,
            "presumed": presumed,
            "selector": selector,
            "accepted": accepted,
            "lookup": lookup,
            "batchable": batchable,
        }
        # attrs makes each class a second time, without these arguments: then all are unset.
        for name, value in declared.items():
            if value is not UNSET:
                setattr(cls, name, value)

    extra: Mapping[str, Any] = attrs.field(
        factory=dict,
        converter=_own_mapping,
        validator=_undeclared,
        repr=lambda extra: repr(sorted(extra)),
    )

    # Sending -------------------------------------------------------------------------

    def to_request(self) -> Request:
        """
        Make the request, without origin and credentials.

        Raises:
            InvalidArgumentError: A parameter is of another kind than it is declared, or
                holds what cannot be sent.
        """
        check_kinds(self)
        extra = self._extra()
        parameters = self.parameters()
        try:
            return self._request(dict(parameters))
        except InvalidArgumentError:
            raise
        except (ValueError, RecursionError):
            raise unsendable(type(self), parameters, extra) from None

    def _request(self, parameters: dict[str, Any]) -> Request:
        fields = layout(type(self))
        path = type(self).path
        for name in fields.path:
            value = parameters.pop(name)
            path = value if fields.given else path.replace(f"{{{name}}}", segment(name, value))
        headers = {
            header: _encodable(str(parameters.pop(name)))
            for name, header in fields.headers.items()
            if name in parameters
        }
        if self.method == "GET":
            query = urlencode(list(query_pairs(parameters)), quote_via=quote)
            joint = "&" if "?" in path else "?"
            return Request(self.method, f"{path}{joint}{query}" if query else path, headers)
        if not parameters:
            return Request(self.method, path, headers)
        body = json_body(parameters)
        return Request(self.method, path, {**headers, "content-type": JSON_TYPE}, body)

    def parameters(self) -> dict[str, Any]:
        """The parameters as JSON values by their names on the wire; unset ones are left out."""
        result: dict[str, Any] = codec.unstructure(self)
        result.pop("extra", None)
        return {**result, **self.fixed, **self._extra()}

    def _extra(self) -> dict[str, Any]:
        try:
            extra: dict[str, Any] = codec.unstructure(self.extra)
        except (TypeError, RecursionError):
            raise InvalidArgumentError(
                "extra", "holds what JSON does not have", "give text, numbers, lists and mappings"
            ) from None
        return extra

    # Receiving -----------------------------------------------------------------------

    @classmethod
    def answer_type(cls) -> Any:
        """The type argument: what `from_response` gives back."""
        return _answer_type(cls)

    def accepts(self, response: Response) -> bool:
        """Whether a response is an answer; every other one is a refusal."""
        return response.ok or response.status in self.accepted

    def from_response(self, response: Response) -> T:
        """
        Read the answer.

        Raises:
            APIError: The status is neither 2xx nor one of `accepted`.
            DecodeError: The body cannot be read.
        """
        if not self.accepts(response):
            raise error_for(response, self)
        return self.read_body(response.body)

    def accepts_again(self, response: Response) -> bool:
        """
        Whether a response is an answer to a request that may have been carried out before.

        What it was to delete is gone then, and the service knows of no such thing.
        """
        return self.accepts(response) or (
            response.status in _GONE
            and self.method == "DELETE"
            and self.retry is Retry.KEYED
            and _may_be_none(self.answer_type())
        )

    def from_response_again(
        self,
        response: Response,
        before: Sequence[Failure] = (),  # noqa: ARG002  # a batch tells of them
    ) -> T:
        """
        Read the answer to a request that may have been carried out before.

        Args:
            response: The answer.
            before: What befell the attempts before, for errors that are part of the answer.

        Raises:
            APIError: It is none; see `accepts_again`.
            DecodeError: The body cannot be read.
        """
        if self.accepts_again(response) and not self.accepts(response):
            return cast("T", None)
        return self.from_response(response)

    def read_body(self, body: bytes) -> T:
        """Read the body of a good answer."""
        answer = self.answer_type()
        result: T
        if answer is type(None):
            result = None  # type: ignore[assignment]  # T is None here
        elif self.envelope is not None:
            result = _opened(answer, self.envelope, body)
        else:
            result = codec.decode(body, answer)
        return result

    # The inverse ---------------------------------------------------------------------

    @classmethod
    def from_request(cls, request: Request, *, strict: bool = True) -> Self:
        """
        Read a request of this operation back: the inverse of `to_request`.

        Args:
            request: Any request of this method and path; its credentials are passed over.
            strict: Refuse parameters that are not declared; otherwise keep them in `extra`.

        Raises:
            RequestParseError: What is wrong, by parameter.
        """
        fields = layout(cls)
        raw = read_parameters(cls, request)
        match = path_values(cls.path, request.path)
        if match is None:
            raise RequestParseError({"": (FieldError(INVALID, "is for another path"),)})
        if fields.given:
            match = dict.fromkeys(fields.path, request.url)
            # A query belongs to the URL: nobody but its maker knows what it means.
            raw = {} if cls.method == "GET" else raw
        # Older clients send the pair in the body also where the secret is the API key today.
        if cls.credential in (Credential.CLIENT_BODY, Credential.CLIENT_SECRET):
            raw = {k: v for k, v in raw.items() if k not in ("client_id", "client_secret")}
        unknown = raw.keys() - fields.names
        values = {k: v for k, v in raw.items() if k in fields.names and k not in fields.path}
        for name, value in cls.fixed.items():
            values.pop(name, None)
            unknown.discard(name)
            if name in cls.presumed and raw.get(name) is None:
                continue
            # 1 == True, yet it is a different thing on the wire.
            if raw.get(name) != value or type(raw[name]) is not type(value):
                complaint = FieldError(INVALID, f"must be {json.dumps(value)}")
                raise RequestParseError({name: (complaint,)})
        for name, header in fields.headers.items():
            given = request.header(header)
            if given is not None:
                values[name] = given
        values |= match
        if strict:
            values |= {name: raw[name] for name in unknown}
        operation: Self = codec.structure(values, cls, strict=True)
        if strict or not unknown:
            return operation
        return attrs.evolve(operation, extra={name: raw[name] for name in sorted(unknown)})


def _encodable(text: str) -> str:
    text.encode()
    return text


@attrs.frozen
class Layout:
    """Where an operation's fields go, by their names on the wire."""

    names: frozenset[str]
    path: tuple[str, ...]
    given: bool
    headers: Mapping[str, str]


@memo
def layout(cls: Any) -> Layout:
    """Work out where each field of an operation goes."""
    fields = [field for field in attrs.fields(cls) if field.name != "extra"]
    return Layout(
        names=frozenset(map(codec.wire_name, fields)) | old_names(cls).keys(),
        path=tuple(p[1:-1].lstrip("+") for p in cls.path.split("/") if p.startswith("{")),
        given="{+" in cls.path,
        headers={
            codec.wire_name(field): field.metadata[_HEADER]
            for field in fields
            if _HEADER in field.metadata
        },
    )


@memo
def _answer_type(cls: Any) -> Any:
    for base in cls.__mro__:
        for original in getattr(base, "__orig_bases__", ()):
            origin = get_origin(original)
            if isinstance(origin, type) and issubclass(origin, Operation):
                (argument,) = get_args(original)
                if not isinstance(argument, TypeVar):
                    return type(None) if argument is None else argument
    raise TypeError(f"{cls.__name__} does not say what its answer is")


def _may_be_none(answer: Any) -> bool:
    return answer is type(None) or type(None) in get_args(answer)


def _opened(answer: Any, key: str, body: bytes) -> Any:
    """Read what lies under one key of a body."""
    fast = _envelope(answer, key)
    if fast is not None and codec.is_within_bounds(answer, body):
        try:
            return fast.decode(body).content
        except (msgspec.DecodeError, ValueError, TypeError, RecursionError):
            pass
    raw = codec.load(body)
    if not isinstance(raw, dict) or key not in raw:
        raise DecodeError(f"the answer has no {key}", (key,))
    return codec.structure(raw[key], answer)


@cache
def _envelope(answer: Any, key: str) -> Any:
    if codec.decoder(answer) is None:
        return None
    return codec.decoder(
        msgspec.defstruct("Envelope", [("content", answer)], rename={"content": key})
    )
