"""
Everything that can go wrong, by meaning.

::

    CronofyError
    ├── InvalidArgumentError      (ValueError) a parameter is wrong; nothing was sent
    ├── CredentialError           the call needs a credential that is not there; nothing was sent
    │   └── ReauthorizationRequiredError the refresh token was refused for good
    ├── TokenStoreError           tokens cannot be kept or found where they should be
    ├── UnsafeURLError            a URL given by the server leads elsewhere; nothing was sent
    ├── PaginationError           the pages do not come to an end
    │   └── PageExpiredError      the service does not keep the next page any longer
    ├── RequestParseError         a request is none of the API's, or is malformed
    │   └── UnknownOperationError no operation has this method and path
    ├── TransportError            no complete answer arrived
    │   ├── ConnectError          no connection: the request was not sent
    │   │   └── CertificateError  the server's certificate is not accepted
    │   └── TransportTimeoutError the time allowed for the call is over
    ├── OutcomeUnknownError       what must not be repeated may or may not have been carried out
    ├── DecodeError               an answer arrived that cannot be read
    ├── SignatureError            a notification is not signed with our secret
    └── APIError                  the service refused: .status .errors .operation
        ├── BadRequestError       400, with RFC 6749's .error
        ├── AuthenticationError   401
        ├── PaymentRequiredError  402, the plan lacks the feature
        ├── PermissionDeniedError 403, the scope is insufficient
        ├── NotFoundError         404
        ├── GoneError             410
        ├── InvalidRequestError   422, with .errors by field
        ├── AccountLockedError    423
        ├── RateLimitError        429, with .retry_after
        └── ServerError           5xx

No message holds a token, a request body or a query value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import TYPE_CHECKING, Any, Final, Self, TypeVar

from .refusals import INVALID as INVALID
from .refusals import REQUIRED as REQUIRED
from .refusals import UNKNOWN as UNKNOWN
from .refusals import Failure as Failure
from .refusals import FieldError as FieldError
from .refusals import field_errors, json_object
from .wire import Request, Response

if TYPE_CHECKING:
    from .collected import Collected
    from .cursors import Cursor
    from .operation import Operation

__all__ = (
    "APIError",
    "AccountLockedError",
    "AuthenticationError",
    "BadRequestError",
    "CertificateError",
    "ConnectError",
    "CredentialError",
    "CronofyError",
    "DecodeError",
    "Failure",
    "FieldError",
    "GoneError",
    "InvalidArgumentError",
    "InvalidRequestError",
    "NotFoundError",
    "OutcomeUnknownError",
    "PageExpiredError",
    "PaginationError",
    "PaymentRequiredError",
    "PermissionDeniedError",
    "RateLimitError",
    "ReauthorizationRequiredError",
    "RequestParseError",
    "ServerError",
    "SignatureError",
    "TokenStoreError",
    "TransportError",
    "TransportTimeoutError",
    "UnknownOperationError",
    "UnsafeURLError",
)


_E = TypeVar("_E", bound="APIError")


class CronofyError(Exception):
    """
    The base of every error that this package raises on purpose.

    Attributes:
        cursor: Where to resume a read of pages that this error cut short, with the
            numbers of pages and entries handed out before; `None` for any other call.
        collected: The entries that ``collect`` had read before; not kept by a pickle.
        attempts: How many attempts the call took; 0 if it ended before the first.
        history: What befell each attempt, in order, the last included.
        elapsed: Seconds from the call's beginning to its end; `None` before that.
    """

    __slots__ = ("collected",)

    cursor: Cursor | None = None
    attempts: int = 0
    history: tuple[Failure, ...] = ()
    elapsed: float | None = None
    collected: Collected[Any] | None

    def __getattr__(self, name: str) -> Any:
        # A slot that nobody has filled.
        if name == "collected":
            return None
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")


class InvalidArgumentError(CronofyError, ValueError):
    """
    A parameter is wrong; nothing was sent.

    Attributes:
        field: The parameter's name, as you wrote it.
        remedy: What to do about it.
    """

    def __init__(self, field: str, problem: str, remedy: str) -> None:
        super().__init__(field, problem, remedy)
        self.field = field
        self.problem = problem
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.field}: {self.problem}; {self.remedy}"


class CredentialError(CronofyError):
    """A call needs a credential that this client or view does not have; nothing was sent."""


class ReauthorizationRequiredError(CredentialError):
    """
    An account's refresh token was refused: its owner has to give their consent again.

    Nothing is deleted, and other accounts go on.

    Attributes:
        sub: The account; `None` if it is known by its tokens alone.
    """

    def __init__(self, sub: str | None) -> None:
        super().__init__(sub)
        self.sub = sub

    def __str__(self) -> str:
        whose = self.sub or "this account"
        return f"{whose}: invalid_grant; authorize the account again and store its new tokens"


class TokenStoreError(CronofyError):
    """
    A token store cannot be used; nothing in it was changed.

    A client with tokens in memory goes on, and tells ``on_store_error``.
    """


class UnsafeURLError(CronofyError):
    """A URL given by the server leads to another origin or path; nothing was sent there."""


class PaginationError(CronofyError):
    """The pages lead round in a circle, or break off."""


class PageExpiredError(PaginationError):
    """The service does not keep the next page any longer: read from the start."""


class RequestParseError(CronofyError):
    """
    A request cannot be read as the operation that its path names.

    Attributes:
        errors: Complaints by field, in the service's shape.
    """

    def __init__(self, errors: Mapping[str, Sequence[FieldError]]) -> None:
        super().__init__(errors)
        self.errors = errors

    def __str__(self) -> str:
        return "; ".join(
            f"{field or 'request'}: {error.description}"
            for field, errors in self.errors.items()
            for error in errors
        )


class UnknownOperationError(RequestParseError):
    """No operation has this method and path."""

    def __init__(self, method: str, path: str) -> None:
        description = f"no operation answers {method} {path}"
        super().__init__({"": (FieldError("errors.unknown_operation", description),)})
        # What a copy, or another process, makes the error from again.
        self.args: tuple[Any, ...] = (method, path)


class TransportError(CronofyError):
    """
    No complete answer arrived.

    When an earlier attempt of the call was answered, that answer is the error, and this its
    cause; but a `TransportTimeoutError` is raised all the same.

    Attributes:
        request: The request, if it got as far as a transport: method, origin and path,
            without headers, query and body.
        was_sent: Whether the request may have reached the service.
    """

    was_sent: bool = True

    def __init__(self, message: str, request: Request | None = None) -> None:
        super().__init__(message)
        self.request: Request | None = None if request is None else request.bare()

    def __reduce__(self) -> tuple[Any, ...]:
        place = None if self.request is None else self.request.bare()
        plain = None if place is None else (place.method, place.url)
        return type(self), self.args, {**vars(self), "request": plain}

    def __setstate__(self, state: dict[str, Any] | None) -> None:
        plain = (state or {}).get("request")
        vars(self).update(state or {}, request=None if plain is None else Request(*plain))


class ConnectError(TransportError):
    """No connection was made: the request was certainly not sent."""

    was_sent = False


class CertificateError(ConnectError):
    """The server's certificate is not accepted. That is not tried again: it stays so."""


class TransportTimeoutError(TransportError):
    """The time allowed for the call was over before its answer was complete."""


class OutcomeUnknownError(CronofyError):
    """
    A request that must not be repeated may or may not have been carried out.

    It was sent, and then no complete answer arrived, or the service failed while it worked on
    it; ``__cause__`` says which. Nobody sent it again. Look before you do.

    Attributes:
        operation: The call; ``client.send(error.operation)`` repeats it. Not kept by a
            pickle.
        lookup: How to find out what was done, in words; empty if there is no way.
    """

    def __init__(self, message: str, lookup: str = "") -> None:
        super().__init__(message, lookup)
        self.lookup: str = lookup
        self.operation: Operation[Any] | None = None

    @classmethod
    def of(cls, operation: Operation[Any]) -> Self:
        """Make the error of one call."""
        name = type(operation).__name__
        error = cls(f"{name} may or may not have been carried out", operation.lookup)
        error.operation = operation
        return error

    def __str__(self) -> str:
        message: str = self.args[0]
        return f"{message}: {self.lookup}" if self.lookup else message

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), self.args, {**vars(self), "operation": None}


class DecodeError(CronofyError):
    """
    An answer arrived that cannot be read.

    Attributes:
        paths: Where it is unreadable, for example ``events[3].start``.
        status: The HTTP status of the answer.
    """

    def __init__(self, message: str, paths: Sequence[str] = (), status: int | None = None) -> None:
        super().__init__(message)
        self.paths: tuple[str, ...] = tuple(paths)
        self.status = status


class SignatureError(CronofyError):
    """A notification is not signed with any of our secrets: do not act on it."""


_TOLD_HEADERS: Final = frozenset({"x-request-id", "retry-after"})


class APIError(CronofyError):
    """
    The service answered with a status other than 2xx.

    A pickled error keeps neither `operation` nor the answer's body, and of its headers
    only the request's id and the wait: the others may hold secrets.

    Attributes:
        status: The HTTP status.
        operation: The call that was refused; ``client.send(error.operation)`` repeats it.
        response: The whole answer.
        errors: Complaints by field; empty unless the service named fields.
        error: OAuth's error code (``invalid_grant``), if the service gave one.
        retry_after: Seconds that the service asks to wait, if it does.
    """

    def __init__(self, response: Response, operation: Operation[Any] | None = None) -> None:
        super().__init__(response, operation)
        self.response = response
        self.operation = operation
        self._subject = type(operation).__name__ if operation is not None else "request"
        self.status: int = response.status
        self.attempts: int = 1
        self.retry_after: float | None = None
        body = json_object(response)
        self.errors: Mapping[str, tuple[FieldError, ...]] = field_errors(body)
        error = body.get("error")
        self.error: str | None = error if isinstance(error, str) else None

    @property
    def request_id(self) -> str | None:
        """The service's id of the request, if it gave one."""
        return self.response.header("x-request-id")

    def __str__(self) -> str:
        details = [f"{name}: {e.description}" for name, es in self.errors.items() for e in es]
        if self.error is not None:
            details.append(self.error)
        if self.attempts > 1:
            details.append(f"after {self.attempts} attempts")
        tail = f" ({'; '.join(details)})" if details else ""
        return f"{self._subject} was answered with status {self.status}{tail}"

    def __copy__(self) -> Self:
        return self._twin(vars(self))

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self._twin(deepcopy(vars(self), memo))

    def _twin(self, state: Mapping[str, Any]) -> Self:
        twin = _blank(type(self))
        vars(twin).update(state)
        twin.args = (twin.response, twin.operation)
        return twin

    def __reduce__(self) -> tuple[Any, ...]:
        kept = tuple(pair for pair in self.response.headers if pair[0] in _TOLD_HEADERS)
        plain = (self.response.status, kept)
        return _blank, (type(self),), {**vars(self), "response": plain, "operation": None}

    def __setstate__(self, state: dict[str, Any] | None) -> None:
        assert state is not None, "made by __reduce__"
        vars(self).update(state, response=Response(*state["response"]))
        self.args: tuple[Any, ...] = (self.response, None)


class BadRequestError(APIError):
    """400: a token request was refused; `error` says why."""


class AuthenticationError(APIError):
    """401: the credentials are not recognised, and could not be renewed."""


class PaymentRequiredError(APIError):
    """402: the application's plan lacks the feature."""


class PermissionDeniedError(APIError):
    """403: the credentials are known, but their scope does not allow this."""


class NotFoundError(APIError):
    """404: there is no such thing, or it is not granted to this authorization."""


class GoneError(APIError):
    """410: the thing existed once."""


class InvalidRequestError(APIError):
    """422: a parameter was refused; `errors` says which and why."""


class AccountLockedError(APIError):
    """423: Cronofy has no working credentials for the calendar provider."""


class RateLimitError(APIError):
    """429: the application's quota is used up; `retry_after` may say for how long."""


class ServerError(APIError):
    """5xx: the fault is on the service's side."""


def _blank(cls: type[_E]) -> _E:
    return cls.__new__(cls)
