"""Requests that Cronofy's Scheduler finds a time for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

import attrs

from ..core import codec
from ..core.errors import InvalidArgumentError
from ..core.operation import Credential, Operation, Retry, Stability, in_header
from ..core.unset import UNSET, Unset
from ..models.event_details import Tag
from ..models.participants import Buffer
from ..models.participants import buffer as buffer_of
from ..models.scheduling_requests import (
    RequestedEvent,
    RequestedRecipient,
    SchedulingGroup,
    SchedulingHost,
    SchedulingRequest,
)
from ..models.shorthands import are_filled, entries, strings
from ..models.times import Duration
from .checks import instance, not_empty

__all__ = ("CancelSchedulingRequest", "CreateSchedulingRequest", "QuerySchedulingRequests")


def _fits_header(_: Any, field: attrs.Attribute[Any], value: Any) -> None:
    if value is not UNSET and not (
        isinstance(value, str) and value.isascii() and value.isprintable() and value.strip()
    ):
        raise InvalidArgumentError(field.name, "is no sub", "give the account's id, 'acc_...'")


# Not itself an operation, so that the catalog does not take it for one.
@attrs.frozen(kw_only=True, slots=False)
class _Impersonating:
    """A call that can be made as one account of an organizational unit."""

    impersonate: str | Unset = attrs.field(
        default=UNSET, validator=_fits_header, metadata=in_header("Cronofy-Impersonate")
    )


def _host(value: str | SchedulingHost | Unset) -> SchedulingHost | Unset:
    return SchedulingHost(value) if isinstance(value, str) else value


def _host_group(value: str | SchedulingGroup | Unset) -> SchedulingGroup | Unset:
    return SchedulingGroup(sub=value) if isinstance(value, str) else value


def _recipients(
    value: Iterable[str | RequestedRecipient] | RequestedRecipient | Unset,
) -> tuple[RequestedRecipient, ...] | Unset:
    if isinstance(value, Unset):
        return UNSET
    listed = (
        (value,) if isinstance(value, (str, RequestedRecipient)) else entries("recipients", value)
    )
    return tuple(RequestedRecipient(each) if isinstance(each, str) else each for each in listed)


def _groups(
    value: SchedulingGroup | Iterable[SchedulingGroup] | Unset,
) -> tuple[SchedulingGroup, ...] | Unset:
    if isinstance(value, SchedulingGroup):
        return (value,)
    return UNSET if isinstance(value, Unset) else entries("collaborator_groups", value)


def _tags(value: Iterable[str | Tag] | Unset) -> tuple[Tag, ...] | Unset:
    if isinstance(value, Unset):
        return UNSET
    listed = (value,) if isinstance(value, str) else entries("tags", value)
    return tuple(Tag(each) if isinstance(each, str) else each for each in listed)


def _mode(value: str | Mapping[str, Any] | Unset) -> str | Mapping[str, Any] | Unset:
    return dict(value) if isinstance(value, Mapping) else value


def _buffer(value: int | timedelta | Duration | Buffer | Unset) -> Buffer | Unset:
    return value if isinstance(value, Unset) else buffer_of(value) or UNSET


def _group_is_told(field: str, group: SchedulingGroup) -> None:
    if (group.sub is None) == (group.members is None):
        raise InvalidArgumentError(
            field,
            "has neither sub nor members" if group.sub is None else "has both sub and members",
            "give a selection rule's sub, or members",
        )


@attrs.frozen(kw_only=True)
class CreateSchedulingRequest(
    _Impersonating,
    Operation[SchedulingRequest],
    method="POST",
    path="/v1/scheduling_requests",
    credential=Credential.SECRET_OR_TOKEN,
    retry=Retry.CREATE,
    source="/developers/api/scheduling-requests/create/",
    stability=Stability.BETA,
    envelope="scheduling_request",
):
    """
    Ask people to choose a time, by Cronofy's Scheduler. Beta.

    It is for applications of an organizational unit: with an access token of the scope
    ``organizational_unit_scheduler``, or the client secret of an internal application.

    Answer: the request, with the page on which each recipient chooses.

    Args:
        impersonate: The account that makes the call, and so is the host; one of the
            organizational unit.
        host_: Who invites; text is their account.
        host_group: Who may invite, in place of *host_*; text is a selection rule (``sel_``).
            Times of the next 14 days are offered, unless *availability_mode* says more.
        recipients: Whom to invite; one needs no list, and text is an address.
        collaborator_groups: Who else takes part; one needs no list.
        event: The event that is made when a time was chosen.
        tags: Labels; text stands for a `Tag`.
        availability_mode: Which times are offered. The reference does not list its values.
            Left out: those that the host prefers.
        buffer: Time to keep free around the event: one length for before and after, or a
            `Buffer`.

    Raises:
        InvalidArgumentError: Both *host_* and *host_group* are given, a group has neither
            or both of *sub* and *members*, or an address is empty.
        InvalidRequestError: The service refuses a value; `errors` says which.
        PaymentRequiredError: The plan has no Scheduler.

    Source: /developers/api/scheduling-requests/create/
    """

    # Its plain name is that of the operation's origin.
    host_: SchedulingHost | Unset = attrs.field(
        default=UNSET, converter=_host, validator=instance(SchedulingHost)
    )
    host_group: SchedulingGroup | Unset = attrs.field(
        default=UNSET, converter=_host_group, validator=instance(SchedulingGroup)
    )
    recipients: tuple[RequestedRecipient, ...] | Unset = attrs.field(
        default=UNSET, converter=_recipients, validator=instance(RequestedRecipient)
    )
    collaborator_groups: tuple[SchedulingGroup, ...] | Unset = attrs.field(
        default=UNSET, converter=_groups, validator=instance(SchedulingGroup)
    )
    event: RequestedEvent | Unset = attrs.field(default=UNSET, validator=instance(RequestedEvent))
    tags: tuple[Tag, ...] | Unset = attrs.field(
        default=UNSET, converter=_tags, validator=instance(Tag)
    )
    availability_mode: str | Mapping[str, Any] | Unset = attrs.field(default=UNSET, converter=_mode)
    buffer: Buffer | Unset = attrs.field(default=UNSET, converter=_buffer)

    def __attrs_post_init__(self) -> None:
        if not isinstance(self.host_group, Unset):
            if not isinstance(self.host_, Unset):
                raise InvalidArgumentError("host_", "does not go with host_group", "give either")
            _group_is_told("host_group", self.host_group)
        # Not in the groups' own class, which also reads what the service answers.
        if not isinstance(self.collaborator_groups, Unset):
            for index, group in enumerate(self.collaborator_groups):
                _group_is_told(f"collaborator_groups[{index}]", group)


@attrs.frozen(kw_only=True)
class CancelSchedulingRequest(
    _Impersonating,
    Operation[None],
    method="POST",
    path="/v1/scheduling_requests/cancel",
    credential=Credential.SECRET_OR_TOKEN,
    retry=Retry.KEYED,
    source="/developers/api/scheduling-requests/cancel/",
    stability=Stability.BETA,
):
    """
    Withdraw a request. Beta.

    Answer: nothing.

    Args:
        impersonate: The account that makes the call; one of the organizational unit.
        scheduling_request_id: The request's id, from `CreateSchedulingRequest`.

    Raises:
        NotFoundError: There is no such request.

    Source: /developers/api/scheduling-requests/cancel/
    """

    scheduling_request_id: str = attrs.field(validator=not_empty)


@attrs.frozen
class _Found:
    scheduling_request: SchedulingRequest


@attrs.frozen(kw_only=True)
class _AllFound:
    scheduling_requests: list[_Found]


@attrs.frozen(kw_only=True)
class QuerySchedulingRequests(
    _Impersonating,
    Operation[list[SchedulingRequest]],
    method="POST",
    path="/v1/scheduling_requests/query",
    credential=Credential.SECRET_OR_TOKEN,
    retry=Retry.READ,
    source="/developers/api/scheduling-requests/query/",
    stability=Stability.BETA,
    envelope="scheduling_requests",
):
    """
    Find out what became of some requests. Beta.

    Answer: the requests that there are. An id that is not known is passed over in silence.

    Args:
        impersonate: The account that makes the call; one of the organizational unit.
        scheduling_request_ids: Their ids; one needs no list.

    Raises:
        InvalidArgumentError: An id is empty.

    Source: /developers/api/scheduling-requests/query/
    """

    scheduling_request_ids: tuple[str, ...] = attrs.field(converter=strings, validator=are_filled)

    def read_body(self, body: bytes) -> list[SchedulingRequest]:
        """Read the answer, in which each request lies under a key of its own."""
        answer: _AllFound = codec.decode(body, _AllFound)
        return [found.scheduling_request for found in answer.scheduling_requests]
