"""The people and rooms of an Organizational Unit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar
from urllib.parse import urlencode

from cronofy_async.core import codec
from cronofy_async.core.errors import RequestParseError
from cronofy_async.core.paging import Page, PagedOperation
from cronofy_async.core.wire import Request
from cronofy_async.models.organizations import (
    OrganizationalUnitMember,
    OrganizationalUnitResource,
    OrganizationalUnitRole,
    SchedulerSettings,
)
from cronofy_async.operations.organizations import (
    ListOrganizationalUnitMembers,
    ListOrganizationalUnitResources,
)

from ..caller import Caller
from ..refusals import Forbidden, Invalid, NotFound
from ..state.enterprise import Room
from ..state.organizations import Member
from ..world import World
from .registry import handles

__all__ = ()

T = TypeVar("T")

# Decision.UNIT_PAGES
_PAGE: Final = "page"


@handles(ListOrganizationalUnitMembers, raw=True)
def list_members(world: World, caller: Caller, asked: Request) -> Page[Any]:
    """The members, in the order in which they joined."""
    members = list(world.unit.members.values())
    return _page(world, caller, asked, ListOrganizationalUnitMembers, members, _member)


@handles(ListOrganizationalUnitResources, raw=True)
def list_resources(world: World, caller: Caller, asked: Request) -> Page[Any]:
    """The rooms, in the order in which they came."""
    # Decision.UNIT_RESOURCES
    rooms = list(world.enterprise.rooms.values())
    return _page(world, caller, asked, ListOrganizationalUnitResources, rooms, _resource)


def _page(
    world: World,
    caller: Caller,
    asked: Request,
    operation: type[PagedOperation[Any]],
    entries: Sequence[T],
    render: Callable[[T], Any],
) -> Page[Any]:
    query = dict(asked.query)
    number = query.pop(_PAGE, "1")
    rest = f"{operation.path}?{urlencode(query)}" if query else operation.path
    strict = world.choices.unknown_parameters == "refuse"
    try:
        operation.from_request(Request("GET", rest), strict=strict)
    except RequestParseError as error:
        raise Invalid.of(error) from None
    if caller.application.client_id not in world.unit.internal:
        raise Forbidden
    size = world.choices.page_size
    total = max(1, -(-len(entries) // size))
    if not (number.isascii() and number.isdecimal() and 1 <= int(number) <= total):
        raise NotFound
    current = int(number)
    following = f"{caller.origin}{operation.path}?{urlencode({_PAGE: current + 1})}"
    return Page(
        items=[codec.unstructure(render(each)) for each in entries[(current - 1) * size :][:size]],
        current=current,
        total=total,
        next_page=following if current < total else None,
    )


def _member(member: Member) -> OrganizationalUnitMember:
    return OrganizationalUnitMember(
        sub=member.account.sub,
        email=member.account.email,
        roles=tuple(map(OrganizationalUnitRole, member.roles)),
        scheduler=SchedulerSettings(enabled=member.scheduler, public_url=member.public_url),
    )


def _resource(room: Room) -> OrganizationalUnitResource:
    return OrganizationalUnitResource(
        sub=room.sub,
        email=room.email,
        name=room.name,
        scheduler=SchedulerSettings(enabled=room.scheduler),
    )
