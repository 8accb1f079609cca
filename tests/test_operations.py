"""The law of every operation: what it sends is read back as itself."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cronofy_async.core.errors import RequestParseError
from cronofy_async.core.operation import Credential, Operation, Retry
from cronofy_async.core.secret import Secret
from cronofy_async.operations import all_operations, parse

from .strategies import arguments, instances

every_operation = pytest.mark.parametrize("cls", all_operations(), ids=lambda cls: cls.__name__)
# The query of a URL that the service gave is a part of it, whatever was added to it.
every_operation_with_its_own_query = pytest.mark.parametrize(
    "cls",
    [cls for cls in all_operations() if not (cls.method == "GET" and "{+" in cls.path)],
    ids=lambda cls: cls.__name__,
)
# There are as many times as many as there are operations.
few = settings(max_examples=settings().max_examples // 5)
fewer = settings(max_examples=settings().max_examples // 10)


@every_operation
@few
@given(data=st.data())
def test_a_request_is_read_back_as_its_operation(cls: Any, data: st.DataObject) -> None:
    """Strict parsing is the inverse of making a request, for any mix of parameters."""
    operation = data.draw(instances(cls))

    assert operation == parse(operation.to_request())


@every_operation
@fewer
@given(data=st.data())
def test_a_request_with_every_parameter_is_read_back(cls: Any, data: st.DataObject) -> None:
    """No parameter is lost or confused when all of them are given."""
    operation = data.draw(instances(cls, full=True))

    assert operation == parse(operation.to_request())


@every_operation_with_its_own_query
@fewer
@given(data=st.data())
def test_unknown_parameters_are_kept_or_refused(cls: Any, data: st.DataObject) -> None:
    """What is not declared comes back in `extra`, unless the reader is strict and refuses it."""
    operation = attrs.evolve(data.draw(instances(cls)), extra={"x_new": "1", "x_newer": "ü"})
    request = operation.to_request()

    assert operation == parse(request, strict=False)
    with pytest.raises(RequestParseError) as caught:
        parse(request)
    assert {"x_new", "x_newer"} == set(caught.value.errors)


@every_operation
@fewer
@given(data=st.data())
def test_arguments_are_neither_changed_nor_kept(cls: Any, data: st.DataObject) -> None:
    """An operation takes over what its lists hold: it does not change them, nor with them."""
    given = data.draw(arguments(cls, full=True))
    before = deepcopy(given)
    operation = cls(**given)
    request = operation.to_request()
    assert before == given

    for value in given.values():
        if isinstance(value, (list, dict)):
            value.clear()
    assert request == operation.to_request()


@every_operation
@fewer
@given(data=st.data())
def test_no_secret_is_shown(cls: Any, data: st.DataObject) -> None:
    """Neither an operation nor its request shows a token in its repr."""
    token = "canary" * 5
    operation = data.draw(instances(cls, full=True))
    secrets = [f.name for f in attrs.fields(cls) if isinstance(getattr(operation, f.name), Secret)]
    operation = attrs.evolve(operation, **dict.fromkeys(secrets, token), extra={"x_new": token})

    for shown in (repr(operation), str(operation), f"{operation}", repr(operation.to_request())):
        assert token not in shown


@every_operation
@fewer
@given(data=st.data())
def test_an_operation_can_be_copied_and_pickled(cls: Any, data: st.DataObject) -> None:
    """Operations can be queued for another process; only a secret is not pickled."""
    operation = data.draw(instances(cls, full=True))

    assert operation == deepcopy(operation)
    if any(isinstance(value, Secret) for value in nested(operation)):
        with pytest.raises(TypeError, match="Secret"):
            pickle.dumps(operation)
    else:
        assert operation == pickle.loads(pickle.dumps(operation))


def nested(value: Any) -> Iterator[Any]:
    """A value and everything in it."""
    yield value
    if attrs.has(type(value)):
        for field in attrs.fields(type(value)):
            yield from nested(getattr(value, field.name))
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from nested(item)


@every_operation
@fewer
@given(data=st.data())
def test_a_frozen_value_holds_no_list(cls: Any, data: st.DataObject) -> None:
    """Lists that were given are kept as tuples, down to the deepest."""
    operation = data.draw(instances(cls, full=True))

    assert [] == [value for value in nested(operation) if isinstance(value, list)]


@pytest.mark.parametrize("cls", all_operations(), ids=lambda cls: cls.__name__)
def test_an_operation_is_declared_in_full(cls: type[Operation[Any]]) -> None:
    """Every operation names its endpoint, credential, retry class, answer and page."""
    assert cls.method in {"GET", "POST", "DELETE"}
    assert cls.path.startswith("/")
    assert cls.source.startswith("/developers/")
    assert isinstance(cls.credential, Credential)
    assert isinstance(cls.retry, Retry)
    assert cls.answer_type() is not None
    assert (cls.__doc__ or "").rstrip().endswith(f"Source: {cls.source}")


def test_no_two_operations_are_called_the_same() -> None:
    """A name means one operation."""
    names = [cls.__name__ for cls in all_operations()]

    assert sorted(set(names)) == sorted(names)
