"""What is wrong with a value, by field, out of the converter's tree of errors."""

from __future__ import annotations

from typing import Any

import attrs
from cattrs.errors import (
    AttributeValidationNote,
    BaseValidationError,
    ForbiddenExtraKeysError,
    IterableValidationNote,
)

from .errors import INVALID, REQUIRED, UNKNOWN, FieldError, InvalidArgumentError
from .fields import wire_name

__all__ = ("complaints",)


def complaints(error: BaseException, path: str = "") -> dict[str, tuple[FieldError, ...]]:
    """Flatten cattrs' tree of errors into complaints by dotted field path."""
    found: dict[str, tuple[FieldError, ...]] = {}

    def add(at: str, complaint: FieldError) -> None:
        found[at] = (*found.get(at, ()), complaint)

    if isinstance(error, BaseValidationError):
        for inner in error.exceptions:
            step = path
            for note in getattr(inner, "__notes__", ()):
                if isinstance(note, AttributeValidationNote):
                    name = _wire_name_of(getattr(error, "cl", None), note.name)
                    step = f"{path}.{name}" if path else name
                elif isinstance(note, IterableValidationNote):
                    step = f"{path}[{note.index}]"
            if isinstance(inner, InvalidArgumentError):
                # A check of the whole object names its field as Python does.
                head, dot, rest = inner.field.partition(".")
                name, bracket, index = head.partition("[")
                field = (
                    _wire_name_of(getattr(error, "cl", None), name) + bracket + index + dot + rest
                )
                add(".".join(filter(None, (step, field))), _refused(inner))
                continue
            for at, listed in complaints(inner, step).items():
                for complaint in listed:
                    add(at, complaint)
    elif isinstance(error, ForbiddenExtraKeysError):
        for name in sorted(error.extra_fields):
            add(f"{path}.{name}" if path else name, FieldError(UNKNOWN, "is not a known parameter"))
    elif isinstance(error, KeyError):
        add(path, FieldError(REQUIRED, "must be specified"))
    elif isinstance(error, InvalidArgumentError):
        add(".".join(filter(None, (path, error.field))), _refused(error))
    else:
        text = str(error) if isinstance(error, (ValueError, TypeError)) else "cannot be read"
        add(path, FieldError(INVALID, text))
    return found


def _refused(error: InvalidArgumentError) -> FieldError:
    return FieldError(INVALID, f"{error.problem}; {error.remedy}")


def _wire_name_of(cls: Any, attribute: str) -> str:
    fields = attrs.fields_dict(cls) if isinstance(cls, type) and attrs.has(cls) else {}
    return wire_name(fields[attribute]) if attribute in fields else attribute
