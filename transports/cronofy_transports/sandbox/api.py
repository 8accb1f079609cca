"""
From a request of the API to its answer: route, authenticate, check the scope, read
strictly, carry out, write.

Routes, parameters and credentials are those of `cronofy_async.operations`, read
backwards; what each operation does is in `handlers`.
"""

from __future__ import annotations

from typing import Any, Final, cast

import attrs

from cronofy_async.core import codec
from cronofy_async.core.errors import RequestParseError, UnknownOperationError
from cronofy_async.core.operation import Credential, Operation
from cronofy_async.core.paging import Page, PagedOperation
from cronofy_async.core.wire import Request, Response
from cronofy_async.models.authorization import Scope
from cronofy_async.operations.catalog import choose

from . import handlers
from .caller import Caller
from .credentials import authenticate, take_credentials
from .elements import of_element, take_element_token
from .gate import Gate
from .handlers.registry import HANDLERS, Entry, Reply
from .leniency import BEFORE, body_of, relax
from .parsing import complaints, refuse_query, refuse_texts
from .refusals import (
    Forbidden,
    Invalid,
    NotEmulated,
    NotFound,
    OAuthRefusal,
    PaymentRequired,
    Refusal,
)
from .scopes import allows
from .state.enterprise import ServiceAccount
from .world import World
from .writer import json_response, refusal_response

__all__ = ("Api", "Outcome", "write_reply")

_FAULT: Final = Response(500)
_UNIT: Final = Scope.ORGANIZATIONAL_UNIT_SCHEDULER


@attrs.define(kw_only=True)
class Outcome:
    """
    What came of a request.

    Attributes:
        response: The answer; that of a fault of the sandbox's own unless it is set.
        operation: The operation that the request was taken for.
        caller: Who made it, if its credentials were recognised.
        refused: The names of the parameters that were refused.
    """

    response: Response = _FAULT
    operation: type[Operation[Any]] | None = None
    caller: Caller | None = None
    refused: tuple[str, ...] = ()


class Api:
    """
    The API of one world.

    Args:
        world: Whose.
        gate: Who may turn calls away that are in order; `None`: nobody.
    """

    def __init__(self, world: World, gate: Gate | None = None) -> None:
        self._world, self._gate = world, gate

    def answer(self, request: Request, origin: str, caller: Caller | None = None) -> Outcome:
        """
        Answer one request.

        Args:
            request: Its URL may be absolute or not.
            origin: Where it came to.
            caller: Who makes it, if that is known already, as in a batch.
        """
        outcome = Outcome(caller=caller)
        try:
            outcome.response = self._answer(request, origin, outcome)
        except Refusal as refusal:
            outcome.response = refusal_response(refusal)
            if refusal.body and isinstance(refusal.body.get("errors"), dict):
                outcome.refused = tuple(refusal.body["errors"])
        return outcome

    def _answer(self, request: Request, origin: str, outcome: Outcome) -> Response:
        mended = request
        for leniency in BEFORE:
            mended = leniency.mend(mended)
        try:
            operation = choose(mended)
        except UnknownOperationError:
            # Decision.OTHER_METHODS
            raise NotFound from None
        outcome.operation = operation
        entry = HANDLERS.get(operation)
        if entry is None:
            raise NotEmulated(operation.__name__)
        if operation.credential is Credential.CLIENT_SECRET and operation in handlers.LEGACY:
            mended, secret = take_credentials(mended)
            if secret is not None:
                mended = mended.with_headers({"authorization": f"Bearer {secret}"})
        mended, element_token = take_element_token(mended)
        if outcome.caller is None:
            outcome.caller = self._caller(operation, mended, element_token, origin)
        caller = outcome.caller
        _allow(entry, caller)
        if operation.__name__ in self._world.choices.not_in_plan:
            raise PaymentRequired
        strict = self._world.choices.unknown_parameters == "refuse"
        try:
            if strict:
                refuse_query(operation, mended)
            if not entry.raw:
                refuse_texts(mended, in_utc=entry.in_utc)
        except Invalid:
            if entry.oauth:
                raise OAuthRefusal("invalid_request") from None
            raise
        asked = mended if entry.raw else self._read(operation, mended, request, entry)
        return write_reply(operation, entry.handler(self._world, caller, asked))

    def _again(self, request: Request, origin: str, caller: Caller | None) -> Response:
        """Answer an entry of a batch."""
        assert caller is not None, "a batch has one"

        def carry_out() -> Response:
            return self.answer(request, origin, caller).response

        return carry_out() if self._gate is None else self._gate.entry(request, caller, carry_out)

    def _caller(
        self,
        operation: type[Operation[Any]],
        request: Request,
        element_token: str | None,
        origin: str,
    ) -> Caller:
        element = None
        if element_token is not None:
            element, token_of = of_element(self._world, operation, request, element_token)
            application = element.application
        else:
            application, token_of = authenticate(self._world, operation, request)
        if self._gate is not None:
            self._gate.admit(application)
        caller = Caller(
            application=application,
            token_of=token_of,
            element=element,
            origin=origin,
            again=lambda further: self._again(further, origin, caller),
        )
        return caller

    def _read(
        self, operation: type[Operation[Any]], mended: Request, original: Request, entry: Entry
    ) -> Operation[Any]:
        strict = self._world.choices.unknown_parameters == "refuse"
        while True:
            try:
                return operation.from_request(mended, strict=strict)
            except RequestParseError as error:
                relaxed = relax(mended, original, error.errors)
                if relaxed is not None:
                    mended = relaxed
                elif entry.oauth:
                    raise _oauth(mended, error) from None
                else:
                    raise Invalid(complaints(operation, mended, error)) from None


def _allow(entry: Entry, caller: Caller) -> None:
    """
    Check that the caller may make a call.

    Raises:
        Forbidden: Its token is not for this.
    """
    held = caller.token_of
    if held is None:
        return
    if entry.scope is not None and not allows(held.scope, entry.scope):
        raise Forbidden
    if entry.domain_wide:
        return
    # Decision.SERVICE_ACCOUNT_CALLS
    if isinstance(held.account, ServiceAccount):
        raise Forbidden
    # Decision.UNIT_CALLS
    if held.scope == _UNIT and entry.scope != _UNIT:
        raise Forbidden


def _oauth(request: Request, error: RequestParseError) -> OAuthRefusal:
    # One that is left out, or is no text, is a malformed request and no unknown kind.
    kind = body_of(request).get("grant_type")
    is_unknown = "grant_type" in error.errors and isinstance(kind, str) and kind != ""
    return OAuthRefusal("unsupported_grant_type" if is_unknown else "invalid_request")


def write_reply(operation: type[Operation[Any]], answer: Any) -> Response:
    """Write an answer: the inverse of the operation's `from_response`."""
    reply: Reply[Any] = answer if isinstance(answer, Reply) else Reply(value=answer)
    value: Any = reply.value
    if value is None and not reply.beside:
        return Response(reply.status or 202, reply.headers)
    body = dict(reply.beside)
    if issubclass(operation, PagedOperation):
        body |= _page(operation, cast("Page[Any]", value))
    elif value is not None:
        written = codec.unstructure(value)
        body |= {operation.envelope: written} if operation.envelope is not None else written
    return json_response(reply.status or (202 if value is None else 200), body, reply.headers)


def _page(operation: type[PagedOperation[Any]], page: Page[Any]) -> dict[str, Any]:
    pages: dict[str, Any] = {"current": page.current, "total": page.total}
    if page.next_page is not None:
        pages["next_page"] = page.next_page
    return {"pages": pages, operation.items: page.items}
