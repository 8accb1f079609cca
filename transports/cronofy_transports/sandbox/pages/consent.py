"""
The page on which somebody lets an application use their calendars.

Source: /developers/api/authorization/request-authorization/
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit

import attrs

from cronofy_async.core.errors import RequestParseError
from cronofy_async.core.unset import Unset
from cronofy_async.core.wire import Request, Response
from cronofy_async.models.authorization import Scope
from cronofy_async.models.calendars import ProviderName
from cronofy_async.operations.authorization import Authorize

from ..scopes import unknown
from ..state.access import Application
from ..state.accounts import Account, Profile
from ..world import World
from .cookies import browser_of, naming
from .html import Html, document, redirect, text, with_query
from .services import SERVICES, connect

__all__ = ("Consent",)

_FORM: Final = "consent"

_MEANINGS: Final[Mapping[str, str]] = {
    Scope.READ_ONLY: "See the events in your calendars",
    Scope.READ_EVENTS: "See the events in your calendars",
    Scope.READ_WRITE: "See the events in your calendars, and create, change and delete its own",
    Scope.WRITE_ONLY: "Create, change and delete events of its own in your calendars",
    Scope.FREE_BUSY: "See when you are free or busy, but not your events",
    Scope.READ_FREE_BUSY: "See when you are free or busy, but not your events",
    Scope.FREE_BUSY_WRITE: (
        "See when you are free or busy, but not your events, and create, change and delete "
        "events of its own"
    ),
    Scope.CREATE_CALENDAR: "Create calendars",
    Scope.CREATE_EVENT: "Create and change events of its own in your calendars",
    Scope.DELETE_EVENT: "Delete events of its own from your calendars",
    Scope.CHANGE_PARTICIPATION_STATUS: "Answer invitations for you",
    Scope.READ_ACCOUNT: "See who you are",
    Scope.LIST_CALENDARS: "See the names of your calendars",
}


@attrs.frozen
class _Asked:
    """A request for authorization whose application and redirect URI are in order."""

    application: Application
    redirect_uri: str
    state: str | None
    operation: Authorize
    linked_to: Account | None

    def answer(self, **parameters: str) -> str:
        """The URL that sends the browser back with an answer."""
        return with_query(self.redirect_uri, {**parameters, "state": self.state})


@attrs.frozen
class _Option:
    """One line of the form: what is sent, what it says, and what it says smaller."""

    value: str
    label: str
    note: str


class _ShowPageError(Exception):
    """It is not known, or not safe, where to send the browser."""


class _SendBackError(Exception):
    """The browser is sent back with an error of OAuth's."""


class Consent:
    """The consent page of one world."""

    def __init__(self, world: World) -> None:
        self._world = world

    def answer(self, request: Request) -> Response:
        """Show the page, or act on its form."""
        try:
            asked = self._read(request)
        except _ShowPageError as error:
            return document("This link does not work", Html(f"<p>{text(error)}</p>"), status=400)
        except _SendBackError as error:
            return redirect(str(error))
        if request.method == "POST":
            return self._decide(request, asked)
        return self._show(request, asked)

    # Reading -------------------------------------------------------------------------

    def _read(self, request: Request) -> _Asked:
        # Blanks count as absent: one official client sends all parameters always.
        given = {name: value for name, value in request.query if value}
        application = self._world.applications.get(given.get("client_id", ""))
        if application is None:
            raise _ShowPageError("Its client_id is not that of an application.")
        redirect_uri = given.get("redirect_uri", "")
        if not application.may_redirect_to(redirect_uri):
            raise _ShowPageError("Its redirect_uri is not one that the application may use.")
        state = given.get("state")
        # The same client writes this one as Python does.
        given |= {name: given[name].lower() for name in ("avoid_linking",) if name in given}

        def refuse(error: str) -> _SendBackError:
            return _SendBackError(with_query(redirect_uri, {"error": error, "state": state}))

        readable = Request("GET", f"{Authorize.path}?{urlencode(given)}")
        try:
            operation = Authorize.from_request(readable, strict=False)
        except RequestParseError as error:
            raise refuse(_oauth_error(error)) from None
        if unknown(operation.scope) or not operation.scope.split():
            raise refuse("invalid_scope")
        if not isinstance(operation.delegated_scope, Unset) and (
            operation.delegated_scope not in (Scope.FREE_BUSY, Scope.READ_ONLY)
        ):
            raise refuse("invalid_scope")
        linked_to = None
        if not isinstance(operation.link_token, Unset):
            token = operation.link_token.reveal()
            linked_to = self._world.vault.linked_account(token, application)
            if linked_to is None:
                raise refuse("invalid_request")
        asked = _Asked(application, redirect_uri, state, operation, linked_to)
        if not self._options(asked, None):
            raise refuse("invalid_request")
        return asked

    # Showing -------------------------------------------------------------------------

    def _show(self, request: Request, asked: _Asked) -> Response:
        browsers = self._world.browsers
        name = browser_of(request) or browsers.new_name()
        query = urlsplit(request.url).query
        seal = browsers.seal(name, f"{_FORM}?{query}")
        choices = self._choices(asked, browsers.remembered(name))
        body = Html(
            f"<p><strong>{text(asked.application.name)}</strong> would like to:</p>\n"
            f"<ul>{self._meanings(asked.operation.scope)}</ul>\n"
            f'<form method="post" action="{text(f"{request.path}?{query}")}">\n'
            f'<input type="hidden" name="seal" value="{seal}">\n'
            f"<fieldset>\n<legend>Whose calendars?</legend>\n{choices}\n</fieldset>\n"
            '<div class="actions">\n'
            '<button class="main" name="decision" value="approve">Approve</button>\n'
            '<button name="decision" value="deny" formnovalidate>Deny</button>\n'
            "</div>\n</form>"
        )
        return document(
            "Connect your calendar",
            body,
            leads_to=asked.redirect_uri,
            headers=naming(name),
        )

    @staticmethod
    def _meanings(scope: str) -> Html:
        names = dict.fromkeys(_MEANINGS.get(name, name) for name in scope.split())
        return Html("".join(f"<li>{text(meaning)}</li>" for meaning in names))

    def _choices(self, asked: _Asked, remembered: str | None) -> Html:
        options = self._options(asked, remembered)
        values = [option.value for option in options]
        chosen = remembered if remembered in values else values[0]
        return Html("\n".join(_radio(each, checked=each.value == chosen) for each in options))

    def _options(self, asked: _Asked, remembered: str | None) -> list[_Option]:
        """What can be chosen: people who have an account, and services for a new one."""
        wanted = asked.operation.provider_name
        options: list[_Option] = []
        if asked.linked_to is None:
            for account in self._people(wanted):
                services = ", ".join(_service(each) for each in account.profiles)
                label = account.name or account.email or account.sub
                options.append(_Option(account.sub, label, f"{account.email}: {services}"))
        joins = self._joins(asked, remembered)
        note = "a new account" if joins is None else f"joins the account of {joins.name}"
        for name, service in SERVICES.items():
            if isinstance(wanted, Unset) or wanted in (name, service.provider_name):
                options.append(_Option(name, f"Connect {service.title}", note))
        return options

    def _people(self, provider_name: str | Unset) -> list[Account]:
        return [
            account
            for account in self._world.accounts.values()
            if not account.is_application_calendar
            and (
                isinstance(provider_name, Unset)
                or provider_name in {each.provider_name for each in account.profiles}
            )
        ]

    def _joins(self, asked: _Asked, remembered: str | None) -> Account | None:
        """The account that a newly connected profile joins."""
        if asked.linked_to is not None:
            return asked.linked_to
        if asked.operation.avoid_linking is True or remembered is None:
            return None
        return self._world.accounts.get(remembered)

    # Deciding ------------------------------------------------------------------------

    def _decide(self, request: Request, asked: _Asked) -> Response:
        form = dict(parse_qsl(request.body.decode(errors="replace"), keep_blank_values=True))
        browsers = self._world.browsers
        name = browser_of(request)
        query = urlsplit(request.url).query
        if not browsers.is_sealed(name, f"{_FORM}?{query}", form.get("seal", "")):
            return document(
                "This form is not from here",
                Html("<p>Go back to the application and connect once more.</p>"),
                status=403,
            )
        assert name is not None
        if form.get("decision") != "approve":
            return redirect(asked.answer(error="access_denied"))
        found = self._chosen(asked, form.get("choice", ""), browsers.remembered(name))
        if found is None:
            return redirect(asked.answer(error="invalid_request"))
        account, profile = found
        browsers.remember(name, account.sub)
        delegated = asked.operation.delegated_scope
        code = self._world.vault.new_code(
            asked.application,
            account,
            scope=asked.operation.scope,
            redirect_uri=asked.redirect_uri,
            profile=profile,
            delegated_scope=None if isinstance(delegated, Unset) else delegated,
        )
        return redirect(asked.answer(code=code))

    def _chosen(
        self, asked: _Asked, choice: str, remembered: str | None
    ) -> tuple[Account, Profile | None] | None:
        if choice not in {option.value for option in self._options(asked, remembered)}:
            return None
        if choice in SERVICES:
            profile = connect(self._world, choice, self._joins(asked, remembered))
            return profile.account, profile
        account = self._world.accounts[choice]
        return account, self._profile(account, asked.operation.provider_name)

    @staticmethod
    def _profile(account: Account, provider_name: str | Unset) -> Profile | None:
        for profile in account.profiles:
            if profile.provider_name == provider_name:
                return profile
        return None


def _oauth_error(error: RequestParseError) -> str:
    if "response_type" in error.errors:
        return "unsupported_response_type"
    return "invalid_scope" if "scope" in error.errors else "invalid_request"


def _service(profile: Profile) -> str:
    for service in SERVICES.values():
        if service.provider_service == profile.provider_service:
            return service.title
    return str(ProviderName(profile.provider_name))


def _radio(option: _Option, *, checked: bool) -> str:
    return (
        '<label class="choice">'
        f'<input type="radio" name="choice" value="{text(option.value)}" required'
        f"{' checked' if checked else ''}>"
        f"<span>{text(option.label)} <small>{text(option.note)}</small></span></label>"
    )
