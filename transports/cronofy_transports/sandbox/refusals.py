"""The ways in which the service says no."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cronofy_async.core.errors import INVALID, FieldError, RequestParseError

from .error_keys import described

__all__ = (
    "Forbidden",
    "Invalid",
    "Locked",
    "NotEmulated",
    "NotFound",
    "OAuthRefusal",
    "PaymentRequired",
    "Refusal",
    "TooMany",
    "Unrecognised",
)


class Refusal(Exception):  # noqa: N818  # an answer, and no error of ours
    """
    An answer with a status other than 2xx.

    Attributes:
        status: The HTTP status.
        body: The JSON body; `None` where the reference shows none.
        headers: Further headers.
    """

    def __init__(
        self,
        status: int,
        body: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        # Not super(): what a command refuses is an error of another family too.
        Exception.__init__(self, status, body)
        self.status = status
        self.body = body
        self.headers = headers or {}


class Unrecognised(Refusal):
    """401: the credentials are not recognised, or are of another kind than the call needs."""

    # Decision.NO_CHALLENGE

    def __init__(self) -> None:
        super().__init__(401)


class PaymentRequired(Refusal):
    """402: the plan of the application lacks the feature."""

    def __init__(self) -> None:
        super().__init__(402)


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


class TooMany(Refusal):
    """
    429: the quota of the application is used up.

    Args:
        seconds: When to come back, in whole seconds; `None`: that is not said.
    """

    def __init__(self, seconds: int | None = None) -> None:
        super().__init__(429, None, None if seconds is None else {"retry-after": str(seconds)})


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
        super().__init__(422, {"errors": described(errors)})

    def __str__(self) -> str:
        return "; ".join(
            f"{field} {error.description}"
            for field, complaints in self.errors.items()
            for error in complaints
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
