"""The ways in which the service says no."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cronofy_async.core.errors import INVALID, FieldError, RequestParseError

__all__ = (
    "Forbidden",
    "Invalid",
    "Locked",
    "NotEmulated",
    "NotFound",
    "OAuthRefusal",
    "Refusal",
    "Unrecognised",
)


class Refusal(Exception):  # noqa: N818  # an answer, and no error of ours
    """
    An answer with a status other than 2xx.

    Attributes:
        status: The HTTP status.
        body: The JSON body; `None` where the reference shows none.
    """

    def __init__(self, status: int, body: Mapping[str, Any] | None = None) -> None:
        super().__init__(status, body)
        self.status = status
        self.body = body


class Unrecognised(Refusal):
    """401: the credentials are not recognised, or are of another kind than the call needs."""

    def __init__(self) -> None:
        super().__init__(401)


class Forbidden(Refusal):
    """403: the scope or the permission does not reach so far."""

    def __init__(self) -> None:
        super().__init__(403)


class NotFound(Refusal):
    """404: there is no such thing, or it is not granted to this authorization."""

    def __init__(self) -> None:
        super().__init__(404)


class Locked(Refusal):
    """423: there are no working credentials for the calendar provider."""

    def __init__(self) -> None:
        super().__init__(423)


class NotEmulated(Refusal):
    """501: the service can do this, and the sandbox cannot. The service never says so."""

    def __init__(self, operation: str) -> None:
        super().__init__(501, {"error": f"the sandbox does not emulate {operation}"})


class OAuthRefusal(Refusal):
    """
    400 with RFC 6749's body.

    Args:
        error: Its code, for example ``invalid_grant``.
        status: Another status.
    """

    def __init__(self, error: str, status: int = 400) -> None:
        super().__init__(status, {"error": error})


class Invalid(Refusal):
    """
    422: parameters were refused.

    Args:
        errors: Complaints by the parameter's dotted name.

    Source: /developers/api/error-codes/
    """

    def __init__(self, errors: Mapping[str, Sequence[FieldError]]) -> None:
        self.errors = errors
        super().__init__(
            422,
            {
                "errors": {
                    field: [
                        {"key": error.key, "description": _sentence(field, error)}
                        for error in complaints
                    ]
                    for field, complaints in errors.items()
                }
            },
        )

    @classmethod
    def field(cls, field: str, problem: str, key: str = INVALID) -> Invalid:
        """One complaint about one parameter; *problem* goes on after its name."""
        return cls({field: (FieldError(key, problem),)})

    def under(self, prefix: str) -> Invalid:
        """The same complaints about the parameters of a parameter."""
        return Invalid({f"{prefix}.{field}": each for field, each in self.errors.items()})

    @classmethod
    def of(cls, error: RequestParseError) -> Invalid:
        """What the strict reader complained about."""
        return cls(error.errors)


def _sentence(field: str, error: FieldError) -> str:
    name = field.rpartition(".")[2]
    return f"{name} {error.description}" if name else error.description
