"""
Access to the calendars of others, asked for on their behalf.

What is asked for is settled a moment later; what came of it is told by a callback.

Source: /developers/api/enterprise-connect/delegated-access/
"""

from __future__ import annotations

from typing import Final

import attrs

from cronofy_async.core import codec
from cronofy_async.core.secret import Secret
from cronofy_async.core.unset import Unset
from cronofy_async.models.authorization import Scope
from cronofy_async.models.callbacks_authorization import (
    AuthorizationFailure,
    AuthorizationNotification,
    DelegatedAuthorization,
)
from cronofy_async.models.enterprise_connect import (
    AccessibleCalendar,
    AccessibleCalendarType,
    AccessTerms,
    Resource,
    ResourceLocation,
)
from cronofy_async.operations.enterprise_connect import (
    AuthorizeManyWithServiceAccount,
    AuthorizeWithServiceAccount,
    ListAccessibleCalendars,
    ListResources,
    RequestDelegatedAuthorization,
)

from ..agenda import act
from ..caller import Caller
from ..refusals import Forbidden, Invalid
from ..scopes import allows, covers, unknown
from ..state.access import Authorization
from ..state.accounts import Account, Profile
from ..state.enterprise import Room, ServiceAccount, domain_of
from ..world import World
from .registry import handles

__all__ = ("domains", "is_room", "mailbox", "service_account")

_MANY: Final = AuthorizeManyWithServiceAccount.selector

_DENIED: Final = {
    "revoked": "the access by which this was asked for has ended",
    "unknown_mailbox": "there is no such mailbox within reach",
    "not_a_managed_resource": "resources are not within the service account's scope",
    "not_a_managed_account": "accounts are not within the service account's scope",
}


# Enterprise Connect -------------------------------------------------------------------


@handles(AuthorizeWithServiceAccount, domain_wide=True)
def authorize_one(world: World, caller: Caller, asked: AuthorizeWithServiceAccount) -> None:
    """Ask for access to one mailbox of a domain."""
    _domain(caller, Scope.MANAGE_ACCOUNTS, Scope.MANAGE_RESOURCES)
    _check_scope("scope", asked.scope, caller.authorization)
    _later(world, caller.authorization, asked, None)


@handles(AuthorizeManyWithServiceAccount, domain_wide=True)
def authorize_many(world: World, caller: Caller, asked: AuthorizeManyWithServiceAccount) -> None:
    """Ask for access to many mailboxes; either all of it is asked for or nothing."""
    _domain(caller, Scope.MANAGE_ACCOUNTS, Scope.MANAGE_RESOURCES)
    for index, each in enumerate(asked.authorizations):
        _check_scope(f"{_MANY}[{index}].scope", each.scope, caller.authorization)
    for each in asked.authorizations:
        _later(world, caller.authorization, each, None)


@handles(ListResources, domain_wide=True)
def list_resources(world: World, caller: Caller, asked: ListResources) -> list[Resource]:
    """The rooms of a domain, with the details that are asked for and known."""
    domain = _domain(caller, Scope.MANAGE_RESOURCES)
    # Decision.UNKNOWN_DETAILS
    wanted = "" if isinstance(asked.include_details, Unset) else asked.include_details
    details = wanted.split()
    return [
        Resource(
            email=room.email,
            name=room.name,
            capacity=room.capacity if "capacity" in details else None,
            location=_location(room) if "location" in details else None,
        )
        for room in world.enterprise.rooms_of(domain)
    ]


def _location(room: Room) -> ResourceLocation | None:
    if room.location is None:
        return None
    found: ResourceLocation = codec.structure(room.location, ResourceLocation)
    return found


def _domain(caller: Caller, *scopes: Scope) -> str:
    """The domain that the caller reaches, if its scope allows one of these."""
    account = caller.authorization.account
    # Decision.SERVICE_ACCOUNT_CALLS
    if not isinstance(account, ServiceAccount):
        raise Forbidden
    if not any(allows(caller.authorization.scope, each) for each in scopes):
        raise Forbidden
    return account.domain


# Business Connect ---------------------------------------------------------------------


@handles(RequestDelegatedAuthorization)
def request_delegated(world: World, caller: Caller, asked: RequestDelegatedAuthorization) -> None:
    """Ask for access to a calendar that is shared with an account."""
    profile = _profile(caller, asked.profile_id)
    _check_scope("scope", asked.scope, caller.authorization)
    _later(world, caller.authorization, asked, profile)


@handles(ListAccessibleCalendars)
def list_accessible(
    world: World, caller: Caller, asked: ListAccessibleCalendars
) -> list[AccessibleCalendar]:
    """The rooms of the domain, and the calendars of those who share theirs."""
    profile = _profile(caller, asked.profile_id)
    rooms = [
        AccessibleCalendar(
            email=room.email, name=room.name, calendar_type=AccessibleCalendarType.RESOURCE
        )
        for room in world.enterprise.rooms_of(domain_of(profile.name))
    ]
    people = [
        AccessibleCalendar(
            email=email, name=found.account.name, calendar_type=AccessibleCalendarType.UNKNOWN
        )
        for email in sorted(world.enterprise.shared_with(profile))
        if (found := mailbox(world, email)) is not None
    ]
    wanted = asked.calendar_type
    return [
        each
        for each in (*rooms, *people)
        if isinstance(wanted, Unset) or each.calendar_type == wanted
    ]


def _profile(caller: Caller, profile_id: str) -> Profile:
    if caller.authorization.delegated_scope is None:
        raise Forbidden
    # Decision.UNKNOWN_PROFILE
    return caller.profile(profile_id)


# What comes of it ---------------------------------------------------------------------


def is_room(world: World, account: Account) -> bool:
    """Whether an account is that of a room."""
    return any(room.profile.account is account for room in world.enterprise.rooms.values())


def mailbox(world: World, email: str) -> Profile | None:
    """The profile that has an address, be it a person's or a room's."""
    wanted = email.lower()
    room = world.enterprise.rooms.get(wanted)
    if room is not None:
        return room.profile
    for account in world.accounts.values():
        for profile in account.profiles:
            if profile.name.lower() == wanted:
                return profile
    return None


def _check_scope(field: str, asked: str, authorization: Authorization) -> None:
    names = unknown(asked)
    if names:
        raise Invalid.field(field, f"has names that are not known: {' '.join(names)}")
    # Decision.BEYOND_DELEGATED_SCOPE
    if not covers(authorization.delegated_scope or "", asked):
        raise Invalid.field(field, "is more than the delegated_scope covers")


def _later(
    world: World, broker: Authorization, asked: AccessTerms, shared_with: Profile | None
) -> None:
    moment = world.now() + world.choices.delegation_delay
    world.later(moment, _settle, broker, asked, shared_with)


@act
def _settle(
    world: World, _: int, broker: Authorization, asked: AccessTerms, shared_with: Profile | None
) -> None:
    outcome = _outcome(world, broker, asked, shared_with)
    if not isinstance(asked.state, Unset):
        outcome = attrs.evolve(outcome, state=asked.state)
    payload = codec.unstructure(AuthorizationNotification(authorization=outcome))
    world.outbox.post(broker.application, asked.callback_url, "authorization", payload)


def _outcome(
    world: World, broker: Authorization, asked: AccessTerms, shared_with: Profile | None
) -> DelegatedAuthorization:
    if not broker.active:
        return _refused("revoked")
    found = mailbox(world, asked.email)
    if found is None or not _reaches(world, broker, found, shared_with):
        return _refused("unknown_mailbox")
    if shared_with is None:
        room = is_room(world, found.account)
        if not allows(broker.scope, Scope.MANAGE_RESOURCES if room else Scope.MANAGE_ACCOUNTS):
            return _refused(f"not_a_managed_{'resource' if room else 'account'}")
    limit = world.enterprise.limits.get(domain_of(found.name))
    if limit is not None and not covers(limit, asked.scope):
        return DelegatedAuthorization(
            error=AuthorizationFailure.UNABLE_TO_GRANT_SCOPE,
            error_key="errors.unable_to_grant_scope",
            error_description="the calendar server does not let so much be seen",
        )
    code = world.vault.new_code(
        broker.application,
        found.account,
        scope=asked.scope,
        redirect_uri=asked.callback_url,
        profile=found,
        broker=broker,
    )
    return DelegatedAuthorization(code=Secret(code))


def _reaches(
    world: World, broker: Authorization, found: Profile, shared_with: Profile | None
) -> bool:
    if shared_with is None:
        account = broker.account
        return isinstance(account, ServiceAccount) and account.domain == domain_of(found.name)
    if is_room(world, found.account):
        return domain_of(found.name) == domain_of(shared_with.name)
    return found.name.lower() in world.enterprise.shared_with(shared_with)


def _refused(reason: str) -> DelegatedAuthorization:
    # Decision.DELEGATION_REFUSED
    return DelegatedAuthorization(
        error=AuthorizationFailure.ACCESS_DENIED,
        error_key=f"errors.{reason}",
        error_description=_DENIED[reason],
    )


def service_account(world: World, domain: str) -> ServiceAccount:
    """What reaches a whole domain, made when it is asked for first."""
    found = world.enterprise.service_accounts.get(domain)
    if found is not None:
        return found
    names = [p.provider_name for a in world.accounts.values() for p in a.profiles if _in(p, domain)]
    made = ServiceAccount(
        sub=world.ids.make("ser"),
        email=f"administrator@{domain}",
        domain=domain,
        provider_name=names[0] if names else "exchange",
    )
    world.enterprise.service_accounts[domain] = made
    return made


def domains(world: World) -> list[str]:
    """Every domain that somebody or something in the world belongs to, by name."""
    people = (each.name for a in world.accounts.values() for each in a.profiles)
    rooms = (room.email for room in world.enterprise.rooms.values())
    return sorted({domain_of(each) for each in (*people, *rooms)} - {""})


def _in(profile: Profile, domain: str) -> bool:
    return domain_of(profile.name) == domain
