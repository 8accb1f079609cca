"""The calendar services that somebody can connect on the consent page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import attrs

from cronofy_async.models.calendars import ProviderName
from cronofy_async.models.identity import ConferencingProvider, ProviderService

from ..state.accounts import Account, Profile
from ..world import World

__all__ = ("SERVICES", "connect")


@attrs.frozen(kw_only=True)
class Service:
    """
    One calendar service.

    Attributes:
        title: What people call it.
        calendar: The name of the calendar that everybody has there.
        conferencing: Who makes its links for joining, if anybody does.
        unique_names: Whether it refuses two calendars of one name.
    """

    title: str
    provider_name: ProviderName
    provider_service: ProviderService
    calendar: str = "Calendar"
    conferencing: ConferencingProvider | None = None
    unique_names: bool = False


SERVICES: Final[Mapping[str, Service]] = {
    "google": Service(
        title="Google",
        provider_name=ProviderName.GOOGLE,
        provider_service=ProviderService.GSUITE,
        conferencing=ConferencingProvider.GOOGLE_MEET,
    ),
    "office365": Service(
        title="Microsoft 365",
        provider_name=ProviderName.EXCHANGE,
        provider_service=ProviderService.OFFICE365,
        conferencing=ConferencingProvider.MS_TEAMS,
        unique_names=True,
    ),
    "apple": Service(
        title="Apple iCloud",
        provider_name=ProviderName.APPLE,
        provider_service=ProviderService.ICLOUD,
        calendar="Home",
    ),
    "exchange": Service(
        title="Microsoft Exchange",
        provider_name=ProviderName.EXCHANGE,
        provider_service=ProviderService.EXCHANGE,
        unique_names=True,
    ),
    "live_connect": Service(
        title="Outlook.com",
        provider_name=ProviderName.LIVE_CONNECT,
        provider_service=ProviderService.OUTLOOK_COM,
        unique_names=True,
    ),
    "google_free_busy": Service(
        title="Google (free or busy only)",
        provider_name=ProviderName.GOOGLE_FREE_BUSY,
        provider_service=ProviderService.GOOGLE_FREE_BUSY,
    ),
    "ms_graph_free_busy": Service(
        title="Microsoft 365 (free or busy only)",
        provider_name=ProviderName.MS_GRAPH_FREE_BUSY,
        provider_service=ProviderService.MS_GRAPH_FREE_BUSY,
    ),
    "cronofy": Service(
        title="without a calendar service",
        provider_name=ProviderName.CRONOFY,
        provider_service=ProviderService.CRONOFY,
    ),
}


def connect(world: World, name: str, account: Account | None) -> Profile:
    """
    Connect a service, with an empty calendar in it.

    Args:
        world: Where.
        name: Which, of `SERVICES`.
        account: Whom the profile is for; `None`: somebody new.
    """
    service = SERVICES[name]
    number = len(world.accounts) + 1
    email = f"person.{number}@example.com" if account is None else account.email
    if account is None:
        account = world.add_account(email=email, name=f"Person {number}")
    profile = world.add_profile(
        account,
        name=email or account.sub,
        provider_name=service.provider_name.value,
        provider_service=service.provider_service.value,
        unique_names=service.unique_names,
    )
    conferencing = None if service.conferencing is None else service.conferencing.value
    world.add_calendar(profile, service.calendar, primary=True, conferencing=conferencing)
    return profile
