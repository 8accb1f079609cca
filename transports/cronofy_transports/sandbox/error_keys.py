"""
The keys of complaints, each with the words that the service has for it.

Everything that is complained about has one of these keys. Where a page or an official
SDK shows the service's own words, they are answered; otherwise a sentence says what is
wrong.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import attrs

from cronofy_async.core.errors import INVALID, REQUIRED, UNKNOWN, FieldError

__all__ = (
    "DUPLICATE_CALENDAR_NAME",
    "ERROR_KEYS",
    "INVALID_CALENDAR_IDS",
    "MUST_BE_BOOLEAN",
    "MUST_BE_EXTERNAL_EVENT_UID",
    "OUT_OF_RANGE",
    "ErrorKey",
    "described",
)

DUPLICATE_CALENDAR_NAME: Final = "errors.duplicate_calendar_name"
INVALID_CALENDAR_IDS: Final = "errors.invalid_calendar_ids"
MUST_BE_BOOLEAN: Final = "errors.must_be_boolean"
MUST_BE_EXTERNAL_EVENT_UID: Final = "errors.must_be_external_event_uid"
OUT_OF_RANGE: Final = "errors.out_of_range"


@attrs.frozen(kw_only=True)
class ErrorKey:
    """
    One key.

    Attributes:
        source: Where it is shown; `None` where the sandbox chose it: Decision.ERROR_KEYS.
        words: The service's own, with ``{name}`` for the parameter; `None` if they are
            not known.
    """

    source: str | None = None
    words: str | None = None


ERROR_KEYS: Final[Mapping[str, ErrorKey]] = {
    REQUIRED: ErrorKey(source="/developers/api/batch/", words="{name} must be specified"),
    DUPLICATE_CALENDAR_NAME: ErrorKey(
        source="pycronofy: tests/test_client.py",
        words="A calendar with this name already exists and the provider does not allow duplicates",
    ),
    INVALID_CALENDAR_IDS: ErrorKey(
        source="cronofy-csharp: BulkDelete.cs",
        words="One or more of the calendar IDs provided was invalid",
    ),
    MUST_BE_BOOLEAN: ErrorKey(
        source="cronofy-csharp: BulkDelete.cs",
        words="must be a boolean value, either true or false",
    ),
    MUST_BE_EXTERNAL_EVENT_UID: ErrorKey(
        source="cronofy-csharp: DeleteEvent.cs",
        words="event uid must be a valid external event uid",
    ),
    INVALID: ErrorKey(),
    UNKNOWN: ErrorKey(),
    OUT_OF_RANGE: ErrorKey(),
}
"""Every key. One more is known, errors.unknown_or_used, and not in which answer it is."""

# What the strict reader says of a value that is no boolean.
_NO_BOOLEAN: Final = "must be a boolean"


def described(errors: Mapping[str, Sequence[FieldError]]) -> dict[str, list[dict[str, str]]]:
    """Complaints, as an answer has them."""
    return {
        field: [_described(field, _as_documented(error)) for error in complaints]
        for field, complaints in errors.items()
    }


def _as_documented(error: FieldError) -> FieldError:
    if error.key == INVALID and error.description == _NO_BOOLEAN:
        return FieldError(MUST_BE_BOOLEAN, error.description)
    return error


def _described(field: str, error: FieldError) -> dict[str, str]:
    name = field.rpartition(".")[2]
    words = ERROR_KEYS[error.key].words
    if words is not None:
        description = words.format(name=name)
    else:
        description = f"{name} {error.description}" if name else error.description
    return {"key": error.key, "description": description}
