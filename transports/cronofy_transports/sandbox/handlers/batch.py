"""Many calls in one request."""

from __future__ import annotations

from typing import Any

from cronofy_async.core.errors import (
    UNKNOWN,
    FieldError,
    RequestParseError,
    UnknownOperationError,
)
from cronofy_async.core.operation import layout
from cronofy_async.core.wire import Request
from cronofy_async.operations.batch import Batch
from cronofy_async.operations.catalog import choose

from ..caller import Caller
from ..leniency import body_of
from ..refusals import Invalid
from ..world import World
from .registry import Reply, handles

__all__ = ()


@handles(Batch, raw=True)
def batch(world: World, caller: Caller, request: Request) -> Reply[Any]:
    """Carry out each entry; one that fails does not stop the rest."""
    unknown = body_of(request).keys() - layout(Batch).names
    if unknown and world.choices.unknown_parameters == "refuse":
        complaint = FieldError(UNKNOWN, "is not a known parameter")
        raise Invalid(dict.fromkeys(sorted(unknown), (complaint,)))
    try:
        entries = Batch.entries(request)
    except RequestParseError as error:
        raise Invalid.of(error) from None
    if not 1 <= len(entries) <= Batch.most:
        raise Invalid.field("batch", f"must have from 1 to {Batch.most} entries")
    answers = [_answer(caller, entry) for entry in entries]
    return Reply(value=None, status=207, beside={"batch": answers})


def _answer(caller: Caller, entry: Request) -> dict[str, Any]:
    # Decision.BATCH_ENTRY
    if not _may_be_in_one(entry):
        return {"status": 404}
    response = caller.again(entry)
    return {"status": response.status, **({"data": response.json()} if response.body else {})}


def _may_be_in_one(entry: Request) -> bool:
    try:
        return choose(entry).batchable
    except UnknownOperationError:
        return False
