"""Many calls in one request."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, Final, Self, cast

import attrs

from ..core import codec
from ..core.errors import (
    INVALID,
    REQUIRED,
    UNKNOWN,
    APIError,
    DecodeError,
    Failure,
    FieldError,
    InvalidArgumentError,
    RequestParseError,
)
from ..core.exchange import noted
from ..core.operation import Credential, Operation, Retry
from ..core.wire import Request, Response
from ..models.batch import BatchAnswerError, Outcome
from .catalog import parse

__all__ = ("Batch",)

_ENTRY: Final = frozenset({"method", "relative_url", "data"})


def _operations(value: Iterable[Operation[Any]]) -> tuple[Operation[Any], ...]:
    return tuple(value)


class _Weakest:
    """A batch may be sent again only if each of its calls may."""

    def __get__(self, batch: Batch | None, owner: type[Batch]) -> Retry:
        calls = batch.operations if batch is not None else ()
        repeatable = calls and all(call.retry in (Retry.READ, Retry.KEYED) for call in calls)
        return Retry.KEYED if repeatable else Retry.CREATE


@attrs.frozen(kw_only=True)
class Batch(
    Operation[tuple[Outcome[Any], ...]],
    method="POST",
    path="/v1/batch",
    credential=Credential.ACCESS_TOKEN,
    source="/developers/api/batch/",
):
    """
    Carry out up to 50 calls for one account in one request.

    Only calls that create, change or delete events and available periods can be put
    into a batch. They are carried out in order; one that fails does not stop the rest.

    Answer: one `Outcome` per call, in the order of the calls. Failed calls are not
    raised: ask each outcome, or take its `result`.

    Args:
        operations: The calls, from 1 to 50.

    Raises:
        InvalidArgumentError: There are no calls, too many, or one that cannot be put
            into a batch.
        BatchAnswerError: The answer has more or fewer entries than there are calls. It
            has the outcomes that did arrive. An answer whose entries are in another
            order cannot be told from a right one, as nothing in them names the call.

    Source: /developers/api/batch/
    """

    # The class as a whole is as weak as a call can be; each batch says it of itself.
    retry: ClassVar[Retry] = cast("Retry", _Weakest())
    most: ClassVar[int] = 50
    """How many calls one request takes."""

    operations: tuple[Operation[Any], ...] = attrs.field(
        converter=_operations, metadata=codec.named("batch")
    )

    def __attrs_post_init__(self) -> None:
        count = len(self.operations)
        if not 1 <= count <= self.most:
            raise InvalidArgumentError(
                "operations", f"has {count} calls", f"give from 1 to {self.most}"
            )
        for index, call in enumerate(self.operations):
            if not (isinstance(call, Operation) and call.batchable):
                raise InvalidArgumentError(
                    f"operations[{index}]",
                    f"{type(call).__name__} cannot be put into a batch",
                    "send it by itself",
                )

    def parameters(self) -> dict[str, Any]:
        """The calls as entries, with the body that each would have by itself."""
        entries = [_entry(call.to_request()) for call in self.operations]
        return {"batch": entries, **codec.unstructure(self.extra)}

    def read_body(self, body: bytes) -> tuple[Outcome[Any], ...]:
        """Read each call's answer by the call's own rule."""
        raw = codec.load(body)
        entries = raw.get("batch") if isinstance(raw, dict) else None
        if not isinstance(entries, list):
            raise BatchAnswerError("the answer is not a list of answers", ())
        pairs = zip(self.operations, entries, strict=False)
        outcomes = tuple(_outcome(call, entry) for call, entry in pairs)
        if len(entries) != len(self.operations):
            raise BatchAnswerError(
                f"{len(self.operations)} calls were answered with {len(entries)} entries", outcomes
            )
        return outcomes

    def from_response_again(
        self, response: Response, before: Sequence[Failure] = ()
    ) -> tuple[Outcome[Any], ...]:
        """
        Read the answer to a batch that may have been carried out before, by each call's rule.

        What failed in it may have been done by an earlier attempt: its error tells of those.
        """
        return tuple(_outcome_again(each, before) for each in self.from_response(response))

    @classmethod
    def from_request(cls, request: Request, *, strict: bool = True) -> Self:
        """
        Read a batch back, with every call in it: the inverse of `to_request`.

        Raises:
            RequestParseError: What is wrong, by entry and parameter, for example
                ``batch[3].summary``.
        """
        raw = _object(request.body)
        errors: dict[str, tuple[FieldError, ...]] = {}
        if strict:
            unknown = (FieldError(UNKNOWN, "is not a known parameter"),)
            errors |= dict.fromkeys(sorted(raw.keys() - {"batch"}), unknown)
        calls: list[Operation[Any]] = []
        for index, each in enumerate(cls.entries(request)):
            try:
                calls.append(_batchable(parse(each, strict=strict)))
            except RequestParseError as error:
                for field, complaints in error.errors.items():
                    errors[".".join(filter(None, (f"batch[{index}]", field)))] = tuple(complaints)
        if errors:
            raise RequestParseError(errors)
        extra = {} if strict else {name: raw[name] for name in sorted(raw.keys() - {"batch"})}
        try:
            return cls(operations=calls, extra=extra)
        except InvalidArgumentError as error:
            wrong = FieldError(INVALID, f"{error.problem}; {error.remedy}")
            raise RequestParseError({"batch": (wrong,)}) from None

    @classmethod
    def entries(cls, request: Request) -> tuple[Request, ...]:
        """
        The requests that a batch stands for, whatever they are, each as if sent alone.

        Raises:
            RequestParseError: The request has no list of entries, or an entry is none.
        """
        raw = _object(request.body)
        if "batch" not in raw:
            raise RequestParseError({"batch": (FieldError(REQUIRED, "must be specified"),)})
        if not isinstance(raw["batch"], list):
            raise RequestParseError({"batch": (FieldError(INVALID, "must be a list"),)})
        errors: dict[str, tuple[FieldError, ...]] = {}
        requests: list[Request] = []
        for index, entry in enumerate(raw["batch"]):
            problems = _problems(entry)
            if problems:
                errors |= {f"batch[{index}]{at}": (each,) for at, each in problems.items()}
            else:
                data = entry.get("data")
                body = b"" if data is None else json.dumps(data).encode()
                requests.append(Request(entry["method"], entry["relative_url"], (), body))
        if errors:
            raise RequestParseError(errors)
        return tuple(requests)


def _entry(request: Request) -> dict[str, Any]:
    entry = {"method": request.method, "relative_url": request.url}
    return {**entry, "data": json.loads(request.body)} if request.body else entry


def _object(body: bytes) -> Mapping[str, Any]:
    try:
        raw = json.loads(body)
    except (ValueError, RecursionError):
        raise RequestParseError({"": (FieldError(INVALID, "is not JSON"),)}) from None
    if not isinstance(raw, dict):
        raise RequestParseError({"": (FieldError(INVALID, "must be an object"),)})
    return raw


def _problems(entry: Any) -> dict[str, FieldError]:
    """What is wrong with an entry of a request, by where in it."""
    if not isinstance(entry, dict):
        return {"": FieldError(INVALID, "must be an object")}
    found = {
        f".{name}": FieldError(UNKNOWN, "is not a known parameter")
        for name in sorted(entry.keys() - _ENTRY)
    }
    for name in ("method", "relative_url"):
        if entry.get(name) is None:
            found[f".{name}"] = FieldError(REQUIRED, "must be specified")
        elif not isinstance(entry[name], str):
            found[f".{name}"] = FieldError(INVALID, "must be a string")
    # What follows two of them would be a host.
    if not found and not re.match("/(?!/)", entry["relative_url"]):
        found[".relative_url"] = FieldError(INVALID, "must begin with one /")
    return found


def _batchable(call: Operation[Any]) -> Operation[Any]:
    if not call.batchable:
        wrong = FieldError(INVALID, "cannot be put into a batch")
        raise RequestParseError({"": (wrong,)})
    return call


def _outcome(call: Operation[Any], entry: Any) -> Outcome[Any]:
    """Read one entry of an answer: through the call itself, so that success has one rule."""
    status = entry.get("status") if isinstance(entry, dict) else None
    if not isinstance(status, int) or isinstance(status, bool):
        return Outcome(call, None, error=DecodeError("the entry has no status", ("status",)))
    headers = entry.get("headers")
    named = headers.items() if isinstance(headers, dict) else ()
    body = json.dumps(entry["data"]).encode() if entry.get("data") is not None else b""
    response = Response(status, [(str(name), str(value)) for name, value in named], body)
    try:
        return Outcome(call, status, answer=call.from_response(response))
    except (APIError, DecodeError) as error:
        return Outcome(call, status, error=error)


def _outcome_again(outcome: Outcome[Any], before: Sequence[Failure]) -> Outcome[Any]:
    error = outcome.error
    if isinstance(error, APIError) and outcome.operation.accepts_again(error.response):
        return Outcome(outcome.operation, outcome.status)
    if error is not None:
        error.history = (*before, noted(error))
        error.attempts = len(error.history)
    return outcome
