"""The rooms of the small world of `demo`, and the Organizational Unit of its people."""

from __future__ import annotations

from typing import Any

from .state.access import Application
from .state.accounts import Account, Profile
from .state.enterprise import Room
from .state.organizations import Member
from .world import World

__all__ = ("furnish", "open_room")


def open_room(world: World, email: str, name: str, **values: Any) -> Room:
    """Put a room into the domain of its address, with a calendar."""
    account = Account(sub=world.ids.make("acc"), email=email, name=name)
    profile = Profile(
        profile_id=world.ids.profile(),
        name=email,
        provider_name="exchange",
        provider_service="office365",
        account=account,
    )
    account.profiles.append(profile)
    world.add_calendar(profile, name, primary=True)
    room = Room(sub=world.ids.make("res"), email=email, name=name, profile=profile, **values)
    world.enterprise.rooms[email.lower()] = room
    return room


def furnish(world: World, application: Application) -> None:
    """Put two rooms and a projector into a domain, and everybody into a unit."""
    location = {
        "building_name": "Head office",
        "floor_name": "4",
        "floor_section": "North",
        "address": {
            "lines": ["1 Example Street"],
            "locality": "London",
            "region": "Greater London",
            "postal_code": "EC1A 1BB",
            "country": "GB",
        },
        "coordinates": {"lat": 51.52, "long": -0.1},
    }
    open_room(world, "board.room@example.com", "Board room", capacity=14, location=location)
    open_room(world, "library@example.com", "Library", capacity=4)
    open_room(world, "projector@example.com", "Projector")
    world.unit.internal.add(application.client_id)
    roles: tuple[str, ...] = ("owner",)
    for account in world.accounts.values():
        world.unit.members[account.sub] = Member(account=account, roles=roles)
        roles = ("member",)
