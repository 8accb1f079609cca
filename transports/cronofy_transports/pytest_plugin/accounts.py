"""People whose calendars the application may use."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import Any, Final

import attrs

from cronofy_async import Account
from cronofy_async.core.hosts import Hosts
from cronofy_async.core.paging import Trail
from cronofy_async.core.wire import Request, Response
from cronofy_async.models.events import Event
from cronofy_async.models.times import EventTime
from cronofy_async.operations.events import ReadEvents

from ..sandbox.api import Api
from ..sandbox.app import ORIGIN
from ..sandbox.caller import Caller
from ..sandbox.demo import SCOPE
from ..sandbox.pages.services import SERVICES, connect
from ..sandbox.state import access
from .app import CronofyApp

__all__ = ("CronofyAccount", "CronofyAccounts")

_HOSTS: Final = Hosts.of(api_url=ORIGIN)
_EARLIEST: Final = date(1970, 1, 2)
_LATEST: Final = date(9998, 1, 1)


@attrs.frozen(kw_only=True)
class CronofyAccount:
    """
    Somebody who has authorized the application.

    What the methods do, the person does in their own calendar: the application is told of
    it, and it is not in the journal.

    Attributes:
        calendars: The ids of their calendars by name, those alone that can be written to.
        access_token: Good for an hour of the sandbox's clock.
    """

    app: CronofyApp = attrs.field(repr=False)
    sub: str
    email: str | None
    name: str | None
    calendars: Mapping[str, str]
    access_token: str = attrs.field(repr=False)
    refresh_token: str | None = attrs.field(repr=False)

    @property
    def tokens(self) -> dict[str, Any]:
        """Both tokens, as ``cronofy.account(**tokens)`` takes them."""
        return {"access_token": self.access_token, "refresh_token": self.refresh_token}

    @property
    def calendar_id(self) -> str:
        """The first calendar."""
        return next(iter(self.calendars.values()))

    @cached_property
    def client(self) -> Account:
        """The account as your application sees it: a view that blocks, with every call."""
        return self.app.client().account(**self.tokens)

    # What the person does ------------------------------------------------------------

    def create_event(
        self,
        summary: str,
        start: EventTime,
        end: EventTime,
        *,
        calendar_id: str | None = None,
        **details: Any,
    ) -> str:
        """
        Make an event.

        Args:
            summary: Its title.
            start: An aware datetime; a date makes it last whole days.
            end: The same; exclusive.
            calendar_id: Where; left out: in the first calendar.
            details: Further parameters of the sandbox's command `create_event`.

        Returns:
            Its uid.
        """
        where = self.calendar_id if calendar_id is None else calendar_id
        control = self.app.sandbox.control
        return control.create_event(
            calendar_id=where, summary=summary, start=start, end=end, **details
        )

    def move_event(self, event_uid: str, start: EventTime, end: EventTime) -> None:
        """Move an event, whoever made it."""
        self.app.sandbox.control.move_event(event_uid=event_uid, start=start, end=end)

    def cancel_event(self, event_uid: str) -> None:
        """Delete an event, whoever made it."""
        self.app.sandbox.control.cancel_event(event_uid=event_uid)

    def revoke(self) -> None:
        """Take the application's authorization away."""
        self.app.sandbox.control.revoke(sub=self.sub)

    def events(self, *, deleted: bool = False) -> list[Event]:
        """
        What is in the calendars, by its start; whatever the application may see of it.

        Args:
            deleted: Whether deleted events are listed too.
        """
        sandbox = self.app.sandbox.sandbox
        with sandbox.lock:
            world, application = sandbox.world, sandbox.application
            world.settle()
            owner = access.Authorization(
                application=application, account=world.accounts[self.sub], scope=SCOPE
            )

            def ask(request: Request) -> Response:
                return Api(world).answer(request, ORIGIN, caller).response

            caller = Caller(application=application, token_of=owner, origin=ORIGIN, again=ask)
            operation, first = _everything(owner.account.zoneinfo, deleted)
            page = operation.from_response(ask(first))
            events = [*page.items]
            trail = Trail(_HOSTS, first)
            while (request := trail.after(page)) is not None:
                page = operation.from_response(ask(request))
                events += page.items
            return events


@lru_cache(maxsize=64)
def _everything(zone: str, deleted: bool) -> tuple[ReadEvents, Request]:
    """The call that reads every event of an account, and its first request."""
    operation = ReadEvents(
        tzid=zone,
        from_=_EARLIEST,
        to=_LATEST,
        include_managed=True,
        include_deleted=deleted,
    )
    return operation, operation.to_request()


class CronofyAccounts:
    """
    Makes accounts.

    Args:
        app: Which is authorized by them.
    """

    def __init__(self, app: CronofyApp) -> None:
        self._app = app
        self._made = 0

    def __call__(
        self,
        *,
        name: str | None = None,
        email: str | None = None,
        zone: str = "Etc/UTC",
        scope: str = SCOPE,
        service: str = "google",
    ) -> CronofyAccount:
        """
        Let somebody have an account with one empty calendar, and authorize the application.

        Args:
            name: Left out: Person 1, Person 2 and so on.
            email: Left out: made of the number, at example.com.
            zone: IANA name of the zone in which their days begin.
            scope: What they grant, separated by spaces.
            service: Whose calendar it is: ``google``, ``office365``, ``exchange``, ``apple``
                or ``live_connect``.

        Raises:
            ValueError: The service is unknown.
        """
        if service not in SERVICES:
            raise ValueError(f"service {service!r} is unknown: give one of {', '.join(SERVICES)}")
        self._made += 1
        sandbox = self._app.sandbox.sandbox
        with sandbox.lock:
            account = sandbox.world.add_account(
                name=name or f"Person {self._made}",
                email=email or f"person.{self._made}@example.com",
                zoneinfo=zone,
            )
            connect(sandbox.world, service, account)
            authorization = sandbox.world.vault.authorize(sandbox.application, account, scope)
            return self._seen(authorization)

    def existing(self) -> list[CronofyAccount]:
        """Everybody who has authorized the application, with new access tokens."""
        sandbox = self._app.sandbox.sandbox
        with sandbox.lock:
            found = sandbox.world.vault.of_application(sandbox.application)
            return [self._seen(each) for each in found if each.account.profiles]

    def _seen(self, authorization: access.Authorization) -> CronofyAccount:
        account = authorization.account
        return CronofyAccount(
            app=self._app,
            sub=account.sub,
            email=account.email,
            name=account.name,
            calendars=MappingProxyType(
                {
                    calendar.name or "": calendar.calendar_id
                    for calendar in authorization.calendars()
                    if not (calendar.readonly or calendar.deleted)
                }
            ),
            access_token=self._app.sandbox.sandbox.world.vault.issue(authorization),
            refresh_token=authorization.refresh_token,
        )
