"""
Calls that components in a browser make, with a token in the query in place of a header.

Source: /developers/ui-elements/authentication/
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

from cronofy_async.core.operation import Operation
from cronofy_async.core.wire import Request
from cronofy_async.operations import (
    GetAvailabilityRule,
    GetUserinfo,
    ListAvailabilityRules,
    ListCalendars,
    ListProfiles,
    QueryAvailability,
    ReadEvents,
    ReadEventsPage,
    ReadFreeBusy,
    ReadFreeBusyPage,
    RevokeProfile,
    UpsertAvailabilityRule,
)

from .refusals import Forbidden, Unrecognised
from .state.access import Authorization, ElementToken
from .world import World

__all__ = ("of_element", "take_element_token")

_PARAMETER: Final = "et"
_ELEMENT: Final = "cronofy-element"

# Decision.ELEMENT_CALLS
_ALLOWED: Final[Mapping[str, frozenset[type[Operation[Any]]]]] = {
    "availability": frozenset({QueryAvailability}),
    "managed_availability": frozenset(
        {
            GetAvailabilityRule,
            ListAvailabilityRules,
            ListCalendars,
            UpsertAvailabilityRule,
        }
    ),
    "agenda": frozenset(
        {ListCalendars, ReadEvents, ReadEventsPage, ReadFreeBusy, ReadFreeBusyPage}
    ),
    "account_management": frozenset({GetUserinfo, ListCalendars, ListProfiles, RevokeProfile}),
}


def take_element_token(request: Request) -> tuple[Request, str | None]:
    """
    Take a token of an element out of the query of a request.

    Returns:
        The request without it, and the token; `None` if there was none.
    """
    # Nearly no request has one: those are not taken apart.
    if f"{_PARAMETER}=" not in request.url or request.header("authorization") is not None:
        return request, None
    query = dict(request.query)
    if _PARAMETER not in query:
        return request, None
    rest = [pair for pair in request.query if pair[0] != _PARAMETER]
    url = request.path + (f"?{urlencode(rest)}" if rest else "")
    return request.replace(url=url), query[_PARAMETER]


def of_element(
    world: World, operation: type[Operation[Any]], request: Request, token: str
) -> tuple[ElementToken, Authorization | None]:
    """
    Whose call an element makes.

    Returns:
        What the token is good for, and the one account that the call is about; `None`
        where it names accounts itself.

    Raises:
        Unrecognised: The token is not good, or not on this page, or no element calls.
        Forbidden: The token is not for such a call.
    """
    found = world.vault.element_token(token)
    if (
        found is None
        or not (request.header(_ELEMENT) or "").strip()
        or request.header("origin") != found.origin
    ):
        raise Unrecognised
    if not any(operation in _ALLOWED.get(each, ()) for each in found.permissions):
        raise Forbidden
    if operation is QueryAvailability:
        return found, None
    # Elements that show one account have a token for that one.
    if len(found.subs) != 1:
        raise Forbidden
    authorization = world.vault.authorization(found.application, found.subs[0])
    if authorization is None:
        raise Unrecognised
    return found, authorization
