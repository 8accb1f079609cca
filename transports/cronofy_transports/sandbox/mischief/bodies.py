"""Actions that are done to the bodies of true answers."""

from __future__ import annotations

from collections.abc import Mapping
from types import NoneType
from typing import Any, ClassVar, Final, Literal, get_args, get_origin

import attrs
import msgspec

from cronofy_async.core.fields import OpenEnum, wire_name
from cronofy_async.core.operation import Operation
from cronofy_async.core.paging import PagedOperation
from cronofy_async.core.wire import Response

from ..faults import Action
from .case import Case, Struck
from .checks import header_text, one_of, whole

__all__ = ("Body", "ContentType", "Unexpected", "object_of", "with_object")

ADDED: Final = "added_by_the_sandbox"
"""The name of what is put into answers, and its value where it is a word."""

_BOM: Final = b"\xef\xbb\xbf"
_GONE: Final = object()
_FORMS: Final = (
    "empty",
    "byte_order_mark",
    "broken_json",
    "not_a_number",
    "deep",
    "huge_integer",
    "doubled_key",
    "latin_1",
    "text",
)


def object_of(response: Response) -> dict[str, Any] | None:
    """The JSON object that an answer of success holds, if it holds one."""
    if not response.ok or not response.body:
        return None
    body = msgspec.json.decode(response.body)
    return body if isinstance(body, dict) else None


def with_object(response: Response, body: Mapping[str, Any]) -> Response:
    """The same answer with another object."""
    return attrs.evolve(response, body=msgspec.json.encode(body))


@attrs.frozen(kw_only=True)
class Body(Action):
    """
    Sends the true answer's status and headers with a body that is hard to read.

    Attributes:
        form: ``empty``: nothing; ``byte_order_mark``: the true body behind one;
            ``broken_json``: its first half; ``text``: a sentence. The others put a field
            into it: ``not_a_number``: NaN; ``deep``: arrays in arrays; ``huge_integer``: one
            of *size* digits; ``doubled_key``: its first key again, with null; ``latin_1``:
            a letter that is no UTF-8.
        size: How deep, or how many digits.
    """

    name: ClassVar[str] = "body"

    form: str = attrs.field(validator=one_of(*_FORMS))
    size: int = attrs.field(default=100_000, validator=whole(1, 10_000_000))

    def act(self, case: Case) -> Struck:
        """Change the body."""
        answer = case.answer
        return Struck(response=attrs.evolve(answer, body=self._body(answer.body)))

    def _body(self, true: bytes) -> bytes:
        match self.form:
            case "empty":
                return b""
            case "byte_order_mark":
                return _BOM + true
            case "broken_json":
                return true[: len(true) // 2] or b"{"
            case "text":
                return b"The service is not available at present."
            case "not_a_number":
                return _with_field(true, b"NaN")
            case "deep":
                return _with_field(true, b"[" * self.size + b"]" * self.size)
            case "huge_integer":
                return _with_field(true, b"9" * self.size)
            case "latin_1":
                return _with_field(true, '"é"'.encode("latin-1"))
            case _:
                return _with_first_key_again(true)


def _with_field(true: bytes, value: bytes) -> bytes:
    """The object with one more field in front; one of its own where there is none."""
    rest = true[1:] if true.startswith(b"{") else b"}"
    comma = b"" if rest == b"}" else b","
    return b'{"' + ADDED.encode() + b'":' + value + comma + rest


def _with_first_key_again(true: bytes) -> bytes:
    body = msgspec.json.decode(true) if true.startswith(b"{") else {}
    key = next(iter(body), ADDED)
    rest = true[:-1] + b"," if body else b'{"' + key.encode() + b'":1,'
    return rest + msgspec.json.encode(key) + b":null}"


@attrs.frozen(kw_only=True)
class ContentType(Action):
    """
    Sends the true answer under another type.

    Attributes:
        value: The header's value; empty: there is no such header.
    """

    name: ClassVar[str] = "content_type"

    value: str = attrs.field(default="text/plain", validator=header_text)

    def act(self, case: Case) -> Struck:
        """Change the header."""
        rest = tuple(pair for pair in case.answer.headers if pair[0] != "content-type")
        added = (("content-type", self.value),) if self.value else ()
        return Struck(response=attrs.evolve(case.answer, headers=rest + added))


@attrs.frozen(kw_only=True)
class Unexpected(Action):
    """
    Puts into the true answer what the reference does not know of.

    Attributes:
        form: ``fields``: every object has one more field; ``values``: every word out of a
            set that the service may extend is a new one; ``nulls``: every list within the
            entries is null; ``missing``: every optional field is left out.
    """

    name: ClassVar[str] = "unexpected"

    form: Literal["fields", "values", "nulls", "missing"] = attrs.field(
        validator=one_of("fields", "values", "nulls", "missing")
    )

    def act(self, case: Case) -> Struck | None:
        """Change the answer, if it is JSON and holds such a thing."""
        body = object_of(case.answer)
        if body is None or case.operation is None:
            return None
        before = msgspec.json.encode(body)
        if self.form == "fields":
            changed = _with_more_fields(body)
        else:
            changed = _in_answer(case.operation, body, self.form)
        if msgspec.json.encode(changed) == before:
            return None
        return Struck(response=with_object(case.answer, changed))


def _with_more_fields(value: Any) -> Any:
    if isinstance(value, list):
        return [_with_more_fields(each) for each in value]
    if isinstance(value, dict):
        more = {name: _with_more_fields(each) for name, each in value.items()}
        return {**more, ADDED: {"a": [1, None]}}
    return value


# Along the declared types -------------------------------------------------------------


def _in_answer(operation: type[Operation[Any]], body: dict[str, Any], form: str) -> dict[str, Any]:
    """Change an answer by the types that its operation declares."""
    envelope: str | None
    if issubclass(operation, PagedOperation):
        envelope, declared = operation.items, list[operation.item_type()]  # type: ignore[misc]  # known at run time alone
    else:
        envelope, declared = operation.envelope, operation.answer_type()
    if envelope is None:
        changed: dict[str, Any] = _changed(body, declared, form)
        return changed
    return {**body, envelope: _changed(body.get(envelope), declared, form)}


def _changed(value: Any, declared: Any, form: str) -> Any:
    """The value changed; itself if there was nothing to change."""
    if isinstance(value, list):
        items = next((each for each in get_args(declared) if each is not ...), Any)
        changed = [_changed(each, items, form) for each in value]
        return changed if any(a is not b for a, b in zip(changed, value, strict=True)) else value
    if isinstance(declared, type) and get_origin(declared) is None:
        if isinstance(value, dict) and attrs.has(declared):
            return _changed_object(value, declared, form)
        is_word = isinstance(value, str) and issubclass(declared, OpenEnum)
        return ADDED if is_word and form == "values" else value
    for choice in get_args(declared):
        changed = value if choice is NoneType else _changed(value, choice, form)
        if changed is not value:
            return changed
    return value


def _changed_object(value: dict[str, Any], declared: type, form: str) -> dict[str, Any]:
    attrs.resolve_types(declared)
    result = dict(value)
    for field in attrs.fields(declared):
        name = wire_name(field)
        if name not in value:
            continue
        if form == "missing" and field.default is not attrs.NOTHING:
            del result[name]
        elif form == "nulls" and isinstance(value[name], list):
            result[name] = None
        else:
            result[name] = _changed(value[name], field.type, form)
    return value if all(result.get(name, _GONE) is value[name] for name in value) else result
