"""
The documented examples, each read and made.

``tests/data/*.json`` are lists of samples. One has the ``operation``, its ``source``,
and any of: the ``request``; ``sends``, the body that we send where the example has an
older form of it; the ``status`` and the ``answer``; ``reads``, what is understood of
the answer where it is less.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import attrs
import pytest

from cronofy_async.core import codec
from cronofy_async.core.errors import APIError
from cronofy_async.core.operation import Operation
from cronofy_async.core.paging import Page, PagedOperation
from cronofy_async.core.wire import Request, Response
from cronofy_async.models import Outcome
from cronofy_async.operations import all_operations, parse

FILES = sorted((Path(__file__).parent / "data").glob("*.json"))
OPERATIONS = {cls.__name__: cls for cls in all_operations()}


@attrs.frozen
class Sample:
    """One documented example."""

    name: str
    raw: Mapping[str, Any]

    @property
    def cls(self) -> type[Operation[Any]]:
        return OPERATIONS[self.raw["operation"]]

    @property
    def request(self) -> Request:
        given = self.raw["request"]
        body = json.dumps(given["body"]).encode() if "body" in given else b""
        return Request(given["method"], given["url"], (), body)

    @property
    def response(self) -> Response:
        body = json.dumps(self.raw["answer"]).encode() if "answer" in self.raw else b""
        return Response(self.raw["status"], (), body)

    def operation(self) -> Operation[Any]:
        """The call that was answered; one of its kind where the request is not documented."""
        if "request" in self.raw:
            return parse(self.request)
        alike = (each for each in SAMPLES if "request" in each.raw and each.cls is self.cls)
        return parse(next(alike).request)


def samples() -> list[Sample]:
    """All examples of all chapters."""
    return [
        Sample(f"{path.stem}-{number}-{raw['operation']}", raw)
        for path in FILES
        for number, raw in enumerate(json.loads(path.read_text(encoding="utf-8")))
    ]


SAMPLES = samples()
REQUESTS = [sample for sample in SAMPLES if "request" in sample.raw]
ANSWERS = [sample for sample in SAMPLES if sample.raw.get("status", 0) // 100 == 2]
REFUSALS = [sample for sample in SAMPLES if sample.raw.get("status", 0) >= 400]


def pick(chosen: list[Sample]) -> pytest.MarkDecorator:
    """Run a test for each of these samples."""
    return pytest.mark.parametrize("sample", chosen, ids=lambda sample: sample.name)


def wire_form(request: Request) -> tuple[str, str, list[tuple[str, str]], Any]:
    """What of a request matters: not its origin, its order, nor its credentials."""
    parts = urlsplit(request.url)
    body = json.loads(request.body) if request.body else {}
    secrets = ("client_id", "client_secret") if "client_secret" in body else ()
    kept = {name: value for name, value in body.items() if name not in secrets}
    return request.method, unquote(parts.path), sorted(parse_qsl(parts.query)), kept


@pick(REQUESTS)
def test_a_documented_request_is_read_and_made_again(sample: Sample) -> None:
    """A documented request is the operation's, without anything unknown, and is what we send."""
    operation = parse(sample.request)
    assert sample.cls is type(operation)

    method, path, query, body = wire_form(sample.request)
    expected = (method, path, query, sample.raw.get("sends", body))
    assert expected == wire_form(operation.to_request())
    assert operation == parse(operation.to_request())


def without_nulls(raw: Any) -> Any:
    """A JSON value without its null members, which mean the same as absent ones."""
    if isinstance(raw, dict):
        return {name: without_nulls(item) for name, item in raw.items() if item is not None}
    return [without_nulls(item) for item in raw] if isinstance(raw, list) else raw


@pick(ANSWERS)
def test_a_documented_answer_is_read_whole(sample: Sample) -> None:
    """Nothing of a documented answer is lost: written again, it is the same."""
    answer = sample.operation().from_response(sample.response)
    raw = sample.raw.get("reads", sample.raw.get("answer"))
    if issubclass(sample.cls, PagedOperation):
        assert isinstance(answer, Page)
        pages = sample.raw["answer"]["pages"]
        place = (pages["current"], pages["total"], pages.get("next_page"))
        assert place == (answer.current, answer.total, answer.next_page)
        assert without_nulls(raw[sample.cls.items]) == codec.unstructure(answer.items)
    elif sample.raw["operation"] == "Batch":
        outcomes: tuple[Outcome[Any], ...] = answer
        expected = [(entry["status"], entry["status"] < 300) for entry in raw["batch"]]
        assert expected == [(outcome.status, outcome.ok) for outcome in outcomes]
        data = [entry.get("data", {}).get("userinfo") for entry in raw["batch"]]
        assert data == [codec.unstructure(outcome.answer) for outcome in outcomes]
    elif raw is None:
        assert answer is None
    else:
        assert without_nulls(raw.get(sample.cls.envelope, raw)) == codec.unstructure(answer)


@pick([s for s in ANSWERS if "answer" in s.raw and s.raw["operation"] != "Batch"])
def test_both_ways_of_reading_agree(sample: Sample) -> None:
    """A documented answer takes the fast way, where there is one, and the tolerant one agrees."""
    cls, raw = sample.cls, sample.raw.get("reads", sample.raw["answer"])
    type_: Any = cls.answer_type()
    if issubclass(cls, PagedOperation):
        type_, raw = list[cls.item_type()], raw[cls.items]  # type: ignore[misc]  # made here
    else:
        raw = raw.get(cls.envelope, raw)
    fast = codec.decoder(type_)
    tolerant = codec.structure(raw, type_)

    if fast is not None:
        assert tolerant == fast.decode(json.dumps(raw).encode())


@pick(REFUSALS)
def test_a_documented_refusal_is_an_error_with_its_details(sample: Sample) -> None:
    """A refusal is raised with its status, OAuth's code and the complaints by field."""
    with pytest.raises(APIError) as caught:
        sample.operation().from_response(sample.response)

    answer = sample.raw.get("answer", {})
    assert sample.raw["status"] == caught.value.status
    assert answer.get("error") == caught.value.error
    assert answer.get("errors", {}) == {
        field: [attrs.asdict(complaint) for complaint in complaints]
        for field, complaints in caught.value.errors.items()
    }


def test_every_operation_has_a_sample() -> None:
    """No operation goes without an example of its request from outside our own code."""
    assert set(OPERATIONS) == {sample.raw["operation"] for sample in REQUESTS}


@pick(SAMPLES)
def test_a_sample_says_where_it_is_from(sample: Sample) -> None:
    """Each example names a page of the documentation, a guide or a file of an official SDK."""
    assert sample.raw["source"].startswith(("/developers/", "seed", "cronofy-", "pycronofy"))
