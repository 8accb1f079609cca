"""Every operation refuses what is wrong, names it, and changes nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final, get_args
from urllib.parse import urlencode

import attrs
import pytest

from cronofy_async.core.codec import wire_name
from cronofy_async.core.errors import REQUIRED, UNKNOWN
from cronofy_async.core.fields import LEAVES
from cronofy_async.core.operation import Credential, Operation, layout
from cronofy_async.core.paths import path_values
from cronofy_async.core.wire import Request, Response
from cronofy_async.operations import Batch, RequestToken
from cronofy_transports.sandbox.error_keys import MUST_BE_BOOLEAN
from cronofy_transports.sandbox.handlers.registry import HANDLERS

from .digest import digest
from .furnishing import OPERATIONS, Furnished, sample_of
from .wire import keys

AnyOperation = type[Operation[Any]]
Path = tuple[str | int, ...]

_UNKNOWN: Final = "colour_of_wind"
_FREE: Final = ("metadata", "data")
"""Parameters within which there is no telling; a batch's data is judged as its own call."""


@pytest.fixture(scope="module")
def furnished() -> Furnished:
    """A world with one of everything; what is refused leaves it as it is."""
    return Furnished()


@attrs.define
class Trial:
    """The documented request of an operation, made wrong in one way after another."""

    furnished: Furnished
    cls: AnyOperation
    failed: list[Any] = attrs.field(factory=list)

    def refuse(self, request: Request, name: str, key: str | None = None) -> None:
        """Note it if a request is not refused under a name, or changes something."""
        world = self.furnished.sandbox.world
        before = digest(world)
        response = self.furnished.sandbox.handle(request)
        if not self._is_named(response, name, key) or before != digest(world):
            self.failed.append((name, response.status, response.body))

    def _is_named(self, response: Response, name: str, key: str | None) -> bool:
        if HANDLERS[self.cls].oauth:
            return (400, {"error": "invalid_request"}) == (response.status, response.json())
        if response.status != 422:
            return False
        # What is wrong inside a time or a length of time is a wrong time or length of time.
        found = keys(response)
        around = any(name == each or name.startswith((f"{each}.", f"{each}[")) for each in found)
        inside = any(each.startswith((f"{name}.", f"{name}[")) for each in found)
        return (around or inside) and (key is None or any(key in each for each in found.values()))


def written(request: Request, body: Any) -> Request:
    """A request with this JSON body."""
    return request.replace(body=json.dumps(body).encode())


def places(value: Any, path: Path = ()) -> Iterator[Path]:
    """Where there is a value in a JSON value, from the outside in."""
    if path:
        yield path
    if path and path[-1] in _FREE:
        return
    if isinstance(value, dict):
        for name, item in value.items():
            yield from places(item, (*path, name))
    elif isinstance(value, list) and value:
        yield from places(value[0], (*path, 0))


def at(value: Any, path: Path) -> Any:
    """What is at a place."""
    for step in path:
        value = value[step]
    return value


def put(value: Any, path: Path, item: Any) -> Any:
    """A copy with something else at a place."""
    copy = json.loads(json.dumps(value))
    at(copy, path[:-1])[path[-1]] = item
    return copy


def without(value: Any, path: Path) -> Any:
    """A copy without what is at a place."""
    copy = json.loads(json.dumps(value))
    del at(copy, path[:-1])[path[-1]]
    return copy


def dotted(path: Path) -> str:
    """A place, as complaints name it."""
    return "".join(f"[{s}]" if isinstance(s, int) else f".{s}" for s in path).removeprefix(".")


def classes(type_: Any) -> list[type]:
    """The classes of objects that a value of this type, or its entries, may be of."""
    if type_ in LEAVES:
        return []
    if isinstance(type_, type) and attrs.has(type_):
        return [type_]
    return [found for argument in get_args(type_) for found in classes(argument)]


def needed(cls: Any, value: Any, path: Path = ()) -> Iterator[Path]:
    """Where there is a parameter that is declared without a default."""
    if cls is Batch:
        yield from [("batch",), ("batch", 0, "method"), ("batch", 0, "relative_url")]
        return
    attrs.resolve_types(cls)
    if isinstance(value, list):
        value, path = value[0], (*path, 0)
    for field in attrs.fields(cls):
        name = wire_name(field)
        if not isinstance(value, dict) or name not in value:
            continue
        if field.default is attrs.NOTHING:
            yield (*path, name)
        inner = classes(field.type)
        if len(inner) == 1 and value[name]:
            yield from needed(inner[0], value[name], (*path, name))


def bodies() -> list[Any]:
    """The operations that have a body."""
    return [cls for cls in OPERATIONS if cls.method != "GET" and "body" in _asked(cls)]


def _asked(cls: AnyOperation) -> Mapping[str, Any]:
    asked: Mapping[str, Any] = sample_of(cls).raw["request"]
    return asked


def name_of(cls: AnyOperation) -> str:
    return cls.__name__


with_body = pytest.mark.parametrize("cls", bodies(), ids=name_of)
every = pytest.mark.parametrize("cls", OPERATIONS, ids=name_of)


# In a body ----------------------------------------------------------------------------


@with_body
def test_a_value_of_another_type_is_named(furnished: Furnished, cls: AnyOperation) -> None:
    """Text, numbers and truth values for objects, and objects for those."""
    sample, trial = sample_of(cls), Trial(furnished, cls)
    request, body = furnished.request(sample), furnished.body(sample)
    for path in places(body):
        item = at(body, path)
        if path[-1] in (*furnished.client, *_FREE):
            continue
        wrong = "text" if isinstance(item, (dict, list)) else [{_UNKNOWN: 1}]
        trial.refuse(written(request, put(body, path, wrong)), dotted(path))
    assert [] == trial.failed


@with_body
def test_a_truth_value_in_words_is_named(furnished: Furnished, cls: AnyOperation) -> None:
    """With the key that the service has for it; in JSON "true" is no boolean."""
    sample, trial = sample_of(cls), Trial(furnished, cls)
    request, body = furnished.request(sample), furnished.body(sample)
    for path in places(body):
        if isinstance(at(body, path), bool):
            wrong = written(request, put(body, path, "true"))
            trial.refuse(wrong, dotted(path), MUST_BE_BOOLEAN)
    assert [] == trial.failed


@with_body
def test_a_number_of_more_than_32_bits_is_named(furnished: Furnished, cls: AnyOperation) -> None:
    """Integers have 32 bits, in lengths of time too."""
    sample, trial = sample_of(cls), Trial(furnished, cls)
    request, body = furnished.request(sample), furnished.body(sample)
    for path in places(body):
        if type(at(body, path)) is int and path[-1] != "sequence_id":
            trial.refuse(written(request, put(body, path, 2**31)), dotted(path))
    assert [] == trial.failed


@with_body
def test_an_unknown_parameter_is_named(furnished: Furnished, cls: AnyOperation) -> None:
    """At the top and in every object, so that a slip of the pen is found."""
    sample, trial = sample_of(cls), Trial(furnished, cls)
    request, body = furnished.request(sample), furnished.body(sample)
    for path in ((), *places(body)):
        if isinstance(at(body, path), dict) and not (path and path[-1] in _FREE):
            place = (*path, _UNKNOWN)
            trial.refuse(written(request, put(body, place, 1)), dotted(place))
    assert [] == trial.failed


@with_body
def test_a_missing_parameter_is_named(furnished: Furnished, cls: AnyOperation) -> None:
    """Whatever is declared without a default is errors.required when it is not there."""
    sample, trial = sample_of(cls), Trial(furnished, cls)
    request, body = furnished.request(sample), furnished.body(sample)
    for path in needed(cls, body):
        # Without what tells it from others on its path it is another operation.
        if path != (cls.selector,) and path[0] not in layout(cls).path:
            trial.refuse(written(request, without(body, path)), dotted(path), REQUIRED)
    assert [] == trial.failed


@with_body
@pytest.mark.parametrize(
    "content",
    [
        b"{",
        b"null",
        b"[]",
        b'"text"',
        b"\xff\xfe{}",
        b"{\xff}",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"a": NaN}',
    ],
    ids=["open", "null", "list", "text", "utf-16", "latin-1", "deep", "deeper", "nan"],
)
def test_a_body_that_is_no_object_is_refused(
    furnished: Furnished, cls: AnyOperation, content: bytes
) -> None:
    """As a whole; without the credentials that belong into it, it is nobody's."""
    request = furnished.request(sample_of(cls)).replace(body=content)
    response = furnished.sandbox.handle(request)
    if cls.path.startswith(RequestToken.path):
        assert (400, "invalid_request") == (response.status, response.json()["error"])
    elif cls.credential is Credential.CLIENT_BODY:
        assert 401 == response.status
    else:
        assert 422 == response.status


@pytest.mark.parametrize("cls", [c for c in bodies() if "{+" not in c.path], ids=name_of)
def test_the_query_of_a_request_with_a_body_is_refused(
    furnished: Furnished, cls: AnyOperation
) -> None:
    """Parameters are in the body; what is in the query is not passed over."""
    sample, trial = sample_of(cls), Trial(furnished, cls)
    request = furnished.request(sample)
    wrong = request.replace(url=f"{request.url}?{_UNKNOWN}=1")
    trial.refuse(written(wrong, furnished.body(sample)), _UNKNOWN)
    assert [] == trial.failed


# In a query ---------------------------------------------------------------------------

READS: Final = [
    cls
    for cls in OPERATIONS
    if cls.method == "GET" and "{+" not in cls.path and "pages" not in cls.path
]


@pytest.mark.parametrize("cls", READS, ids=name_of)
def test_a_wrong_query_is_named(furnished: Furnished, cls: AnyOperation) -> None:
    """Unknown and missing parameters, and values of another type."""
    sample, trial = sample_of(cls), Trial(furnished, cls)
    request = furnished.request(sample)
    pairs = dict(request.query)
    trial.refuse(_asking(request, {**pairs, _UNKNOWN: "1"}), _UNKNOWN, UNKNOWN)
    attrs.resolve_types(cls)
    for field in attrs.fields(cls):
        name, types = wire_name(field), {field.type, *get_args(field.type)}
        if name in layout(cls).path or field.name == "extra":
            continue
        if bool in types:
            trial.refuse(_asking(request, {**pairs, name: "maybe"}), name, MUST_BE_BOOLEAN)
        elif types & LEAVES.keys() or name == "tzid":
            trial.refuse(_asking(request, {**pairs, name: "maybe"}), name)
        if field.default is attrs.NOTHING and name != cls.selector:
            rest = {key: value for key, value in pairs.items() if key != name}
            trial.refuse(_asking(request, rest), name, REQUIRED)
    assert [] == trial.failed


def _asking(request: Request, query: Mapping[str, str]) -> Request:
    return request.replace(url=f"{request.url.partition('?')[0]}?{urlencode(query)}")


# Everywhere ---------------------------------------------------------------------------


@every
def test_other_methods_are_404(furnished: Furnished, cls: AnyOperation) -> None:
    """A path answers only the methods that it is known for, whoever asks."""
    request = furnished.request(sample_of(cls))
    known = {other.method for other in OPERATIONS if path_values(other.path, request.path)}
    known |= {other.method for other in OPERATIONS if other.path == cls.path}
    for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"} - known:
        for token in (None, ""):
            wrong = furnished.request(sample_of(cls), token).replace(method=method)
            response = furnished.sandbox.handle(wrong)
            assert (404, b"") == (response.status, response.body)


@pytest.mark.parametrize(
    "cls", [each for each in OPERATIONS if layout(each).path and not each.batchable], ids=name_of
)
def test_an_unknown_id_in_the_path_is_404(furnished: Furnished, cls: AnyOperation) -> None:
    """Also one that looks like an id, and whatever can be put into a path."""
    sample = sample_of(cls)
    request, body = furnished.request(sample), furnished.body(sample)
    real = request.path
    for name in layout(cls).path:
        for text in ("nobody", "%00", "%ff", "..%2f..", "x" * 5000):
            wrong = request.replace(url=_swap(cls, real, name, text))
            response = furnished.sandbox.handle(
                written(wrong, body) if cls.method != "GET" else wrong
            )
            assert 404 == response.status, (name, text[:9], response.body)


def _swap(cls: AnyOperation, path: str, name: str, text: str) -> str:
    if "{+" in cls.path:
        return f"{path.rpartition('/')[0]}/{text}"
    parts = zip(cls.path.split("/"), path.split("/"), strict=True)
    return "/".join(text if part == f"{{{name}}}" else given for part, given in parts)
