"""Which error an HTTP status is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from .errors import (
    AccountLockedError,
    APIError,
    AuthenticationError,
    BadRequestError,
    GoneError,
    InvalidRequestError,
    NotFoundError,
    PaymentRequiredError,
    PermissionDeniedError,
    RateLimitError,
    ServerError,
)
from .wire import Response

if TYPE_CHECKING:
    from .operation import Operation

__all__ = ("error_for",)

_BY_STATUS: Final[Mapping[int, type[APIError]]] = {
    400: BadRequestError,
    401: AuthenticationError,
    402: PaymentRequiredError,
    403: PermissionDeniedError,
    404: NotFoundError,
    410: GoneError,
    422: InvalidRequestError,
    423: AccountLockedError,
    429: RateLimitError,
}


def error_for(response: Response, operation: Operation[Any] | None = None) -> APIError:
    """Choose the error that fits a status other than 2xx."""
    fallback = ServerError if response.status >= 500 else APIError
    return _BY_STATUS.get(response.status, fallback)(response, operation)
