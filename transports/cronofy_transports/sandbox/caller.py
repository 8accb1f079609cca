"""Who makes a call."""

from __future__ import annotations

from collections.abc import Callable

import attrs

from cronofy_async.core.wire import Request, Response

from .refusals import Locked, NotFound, Unrecognised
from .state.access import Application, Authorization, ElementToken
from .state.accounts import Calendar, Profile

__all__ = ("Caller",)


@attrs.frozen(kw_only=True)
class Caller:
    """
    The application that calls, and the authorization that it calls with.

    Attributes:
        application: Whose credentials were sent.
        token_of: What its access token stands for; `None` if it sent a secret.
        element: What a component in a browser may do, if it is one that calls.
        origin: Scheme, host and port that the request came to, for URLs in the answer.
        again: Carries out another request of the same caller.
    """

    application: Application
    token_of: Authorization | None = None
    element: ElementToken | None = None
    origin: str
    again: Callable[[Request], Response] = attrs.field(repr=False, eq=False)

    @property
    def authorization(self) -> Authorization:
        """
        What the access token stands for.

        Raises:
            Unrecognised: The call was made with a secret instead.
        """
        if self.token_of is None:
            raise Unrecognised
        return self.token_of

    def calendar(self, calendar_id: str) -> Calendar:
        """
        A calendar that the caller may see.

        Raises:
            NotFound: There is none of this id.
        """
        for calendar in self.authorization.calendars():
            if calendar.calendar_id == calendar_id:
                return calendar
        raise NotFound

    def profile(self, profile_id: str) -> Profile:
        """
        A profile that the caller may see.

        Raises:
            NotFound: There is none of this id.
        """
        for profile in self.authorization.profiles():
            if profile.profile_id == profile_id:
                return profile
        raise NotFound

    def can_write(self, profile: Profile) -> None:
        """
        Check that a profile's provider would take a change.

        Raises:
            Locked: Its credentials do not work at present.
        """
        if not profile.connected:
            raise Locked
