"""
Stand-ins for models that come out of the decoder in a third of the time.

The decoder fills its own structs several times faster than attrs classes, and the garbage
collector need not look at them. So what is read in thousands is handed out as a *twin*: a
struct with the fields of a model, that passes for an instance of it. It is equal to one and
has its hash, repr, methods and properties; `isinstance`, ``match``, `attrs.evolve` and
`attrs.asdict` take it for one; pickled or copied, it becomes one. Only ``type(x)`` tells.

Fields that a model must not lack are read at once. Times that may be absent are read when
they are first touched.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from operator import attrgetter
from types import UnionType
from typing import Any, Final, Union, get_args, get_origin

import attrs
import msgspec
from msgspec.structs import force_setattr

from .fields import LEAVES, wire_name
from .memo import memo

__all__ = ("RAW", "lazy_leaf", "struct", "twin")

log: Final = logging.getLogger("cronofy_async")

RAW: Final = "_raw"
"""What the name of a field ends with that is read when it is touched."""


@memo
def twin(cls: Any) -> Any:
    """The twin of a model; the model itself if it does more than hold what it is given."""
    if not _only_holds(cls):
        return cls
    fields = attrs.fields(cls)
    members = {
        name: member
        for base in reversed(cls.__mro__[:-1])
        for name, member in vars(base).items()
        if not name.startswith("__") and name not in {field.name for field in fields}
    }

    def reduced(self: Any) -> tuple[Any, ...]:
        return _original, (cls, {field.name: getattr(self, field.name) for field in fields})

    def copied(self: Any) -> Any:
        return self

    def refuse(*_: Any) -> None:
        raise attrs.exceptions.FrozenInstanceError

    def deep(self: Any, _: object) -> Any:
        make, given = reduced(self)
        return make(*given)

    made = struct(
        cls.__name__,
        cls,
        fields,
        {
            **members,
            # What attrs knows its classes by.
            "__attrs_attrs__": fields,
            "__class__": property(lambda _: cls),
            "__eq__": cls.__eq__,
            "__ne__": cls.__ne__,
            "__hash__": cls.__hash__,
            "__repr__": cls.__repr__,
            "__reduce__": reduced,
            "__copy__": copied,
            "__deepcopy__": deep,
            "__doc__": cls.__doc__,
            "__module__": cls.__module__,
        },
    )
    # Afterwards, as structs have their own error for it.
    made.__setattr__ = made.__delattr__ = refuse
    return made


def _original(cls: Any, values: dict[str, Any]) -> Any:
    return cls(**values)


def _only_holds(cls: Any) -> bool:
    """Whether a class is frozen, and takes its fields as they are given."""
    attrs.resolve_types(cls)
    return (
        cls.__setattr__ is not object.__setattr__
        and not hasattr(cls, "__attrs_post_init__")
        and not hasattr(cls, "__attrs_pre_init__")
        and all(
            field.init
            and field.validator is None
            and field.converter is None
            and field.alias == field.name
            and not isinstance(field.default, attrs.Factory)  # type: ignore[arg-type]  # a class at run time
            for field in attrs.fields(cls)
        )
    )


def struct(
    name: str,
    cls: Any,
    fields: Sequence[attrs.Attribute[Any]],
    namespace: dict[str, Any],
    *,
    bases: tuple[type, ...] = (),
    leaf: Callable[[Any], Any] | None = None,
) -> Any:
    """
    Make a struct with some fields of a model.

    Args:
        name: Its name.
        cls: The model.
        fields: Those of its fields that are wanted.
        namespace: What else the class has.
        bases: Its bases, besides the struct.
        leaf: Gives the type for a time that could be read when it is touched; left out:
            it is.
    """
    columns: list[Any] = []
    names: dict[str, str] = {}
    touched: dict[str, Any] = {}
    for field in fields:
        column, type_ = field.name, _mapped(field.type)
        time = lazy_leaf(field)
        if time is not None and leaf is None:
            column += RAW
            type_ = time.native[1] | None
            touched[field.name] = property(_reading(cls, field, time.read, column))
        elif time is not None and leaf is not None:
            type_ = leaf(time) | None
        columns.append(
            (column, type_) if field.default is attrs.NOTHING else (column, type_, field.default)
        )
        names[column] = wire_name(field)
    return msgspec.defstruct(
        name,
        columns,
        bases=bases or None,
        namespace={**namespace, **touched},
        rename=names,
        kw_only=True,
        frozen=True,
        eq=False,
        # There is nothing in it that could lead back to it.
        gc=False,
    )


def lazy_leaf(field: Any) -> Any:
    """The leaf of a field that may be absent and can be read when it is touched."""
    members = get_args(field.type) if _is_union(field.type) else ()
    leaves = [LEAVES[member] for member in members if member in LEAVES]
    if len(members) == 2 and len(leaves) == 1 and type(None) in members and field.default is None:
        return leaves[0] if leaves[0].native is not None else None
    return None


def _is_union(type_: Any) -> bool:
    return get_origin(type_) in (Union, UnionType)


def _mapped(type_: Any) -> Any:
    """An annotation with models replaced by their twins."""
    if isinstance(type_, type) and attrs.has(type_) and type_ not in LEAVES:
        return twin(type_)
    arguments = tuple(map(_mapped, get_args(type_)))
    if arguments == get_args(type_):
        return type_
    if _is_union(type_):
        return Union[arguments]  # noqa: UP007  # there is no operator for a tuple
    origin: Any = get_origin(type_)
    return origin[arguments]


def _reading(cls: Any, field: Any, read: Callable[[Any], Any], column: str) -> Callable[[Any], Any]:
    raw = attrgetter(column)
    wire = wire_name(field)

    def value(row: Any) -> Any:
        found = raw(row)
        if type(found) is str:
            try:
                # To keep it would take longer than to read it again.
                return read(found)
            except (ValueError, TypeError):
                pass
        elif type(found) is not dict:
            return found
        try:
            made = read(found)
        except (ValueError, TypeError):
            log.warning("%s: left out what cannot be read: %s", cls.__name__, wire)
            made = None
        force_setattr(row, column, made)
        return made

    return value
