"""
The page on which an administrator lets an application reach a whole domain.

Source: /developers/api/enterprise-connect/request-authorization/
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

from cronofy_async.core.errors import RequestParseError
from cronofy_async.core.wire import Request, Response
from cronofy_async.models.authorization import Scope
from cronofy_async.operations.authorization import AuthorizeEnterprise

from ..handlers.enterprise_connect import domains, service_account
from ..scopes import unknown
from ..state.access import Application
from ..world import World
from .consent import _oauth_error
from .grants import Grant
from .html import Html, document, redirect, text, with_query

__all__ = ("LEGACY", "PATH", "enterprise_page")

PATH: Final = AuthorizeEnterprise.path

LEGACY: Final = "/service_accounts/oauth/authorize"
"""What the page was called formerly; one official library still goes there."""

_MEANINGS: Final[Mapping[str, str]] = {
    Scope.MANAGE_ACCOUNTS: "Ask for access to the calendars of everybody",
    Scope.UNRESTRICTED_ACCOUNTS: "Change any event in the calendars of everybody",
    Scope.MANAGE_RESOURCES: "See the rooms and ask for access to their calendars",
    Scope.UNRESTRICTED_RESOURCES: "Change any event in the calendars of rooms",
}


def enterprise_page(world: World, request: Request) -> Response:
    """Show the page, or act on its form."""
    given = {name: value for name, value in request.query if value}
    application = world.applications.get(given.get("client_id", ""))
    redirect_uri = given.get("redirect_uri", "")
    if application is None or not application.may_redirect_to(redirect_uri):
        wrong = "client_id" if application is None else "redirect_uri"
        return document(
            "This link does not work",
            Html(f"<p>Its {wrong} is not one that is known here.</p>"),
            status=400,
        )
    state = given.get("state")

    def refuse(error: str) -> Response:
        return redirect(with_query(redirect_uri, {"error": error, "state": state}))

    try:
        asked = AuthorizeEnterprise.from_request(
            Request("GET", f"{PATH}?{urlencode(given)}"), strict=False
        )
    except RequestParseError as error:
        return refuse(_oauth_error(error))
    if not set(asked.scope.split()) <= set(_MEANINGS) or unknown(asked.delegated_scope):
        return refuse("invalid_scope")
    found = domains(world)
    if not found:
        return refuse("invalid_request")
    return _form(world, application, asked, found, state).answer(world, request)


def _form(
    world: World,
    application: Application,
    asked: AuthorizeEnterprise,
    found: list[str],
    state: str | None,
) -> Grant:
    def approve(choice: str) -> Mapping[str, str]:
        code = world.vault.new_code(
            application,
            service_account(world, choice),
            scope=asked.scope,
            redirect_uri=asked.redirect_uri,
            delegated_scope=asked.delegated_scope,
        )
        return {"code": code}

    meanings = "".join(
        f"<li>{text(_MEANINGS[name])}</li>" for name in dict.fromkeys(asked.scope.split())
    )
    return Grant(
        title="Connect your organization",
        introduction=Html(
            f"<p><strong>{text(application.name)}</strong> would like to:</p>\n"
            f"<ul>{meanings}</ul>\n<p>At most: {text(asked.delegated_scope)}</p>"
        ),
        legend="Which domain do you administer?",
        choices={each: each for each in found},
        redirect_uri=asked.redirect_uri,
        state=state,
        approve=approve,
    )
