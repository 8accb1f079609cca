"""Scheduling requests: recipients are asked to choose a time of somebody's."""

from __future__ import annotations

from typing import Any, Final

from cronofy_async.core import codec
from cronofy_async.core.errors import REQUIRED, InvalidArgumentError
from cronofy_async.core.unset import Unset
from cronofy_async.models.authorization import Scope
from cronofy_async.models.availability import AvailabilityQuery, EventReference
from cronofy_async.models.event_details import AttendeeChanges, Invitee
from cronofy_async.models.participants import Group, Member, Period
from cronofy_async.models.real_time_scheduling import SchedulingEvent
from cronofy_async.models.scheduling_callbacks import (
    SchedulingRequestChanged,
    SchedulingTrigger,
    SchedulingTriggerType,
)
from cronofy_async.models.scheduling_requests import (
    RecipientOperations,
    RequestedEvent,
    RequestedEventState,
    RequestedRecipientState,
    SchedulingBuffer,
    SchedulingGroup,
    SchedulingRequest,
    SlotSelection,
)
from cronofy_async.models.times import Duration
from cronofy_async.operations.event_writes import UpsertEvent
from cronofy_async.operations.scheduling_requests import (
    CancelSchedulingRequest,
    CreateSchedulingRequest,
    QuerySchedulingRequests,
)

from ..caller import Caller
from ..engine import Result
from ..moments import moment
from ..people import least
from ..questions import Question
from ..refusals import Forbidden, Invalid, NotFound
from ..state.access import Application
from ..state.accounts import Calendar
from ..state.events import DAY
from ..state.requests import TimeRequest
from ..world import World
from .links import known
from .registry import Reply, handles
from .writing import write_own

__all__ = ("PAGE", "choose_time", "decline", "offered_times", "summary_of")

PAGE: Final = "/r/"
"""Where a request's page is; its token follows."""

_DASHBOARD: Final = "/scheduler/requests/"
# Decision.SCHEDULER_REQUESTS
_SCOPE: Final = Scope.ORGANIZATIONAL_UNIT_SCHEDULER
_SEARCH: Final = 14 * DAY
_DEFAULT_LENGTH: Final = Duration(60)
_DEFAULT_SUMMARY: Final = "Meeting"


@handles(CreateSchedulingRequest, scope=_SCOPE)
def create_request(
    world: World, caller: Caller, asked: CreateSchedulingRequest
) -> SchedulingRequest:
    """A new request."""
    hosts = _hosts(world, caller, asked)
    for index, group in enumerate(known(asked.collaborator_groups) or ()):
        _check_group(world, caller.application, f"collaborator_groups[{index}]", group)
    request = TimeRequest(
        request_id=world.ids.make("srq"),
        token=world.ids.token(),
        application=caller.application,
        hosts=hosts,
        asked=asked,
        origin=caller.origin,
    )
    _check_event(request)
    # Whether everybody can be asked about is known only by asking.
    _question(world, request)
    if not any(_calendar(world, request, sub) for sub in hosts):
        raise Invalid.field("host", "has no calendar that can be written to")
    world.arrangements.requests[request.request_id] = request
    return _described(request)


@handles(CancelSchedulingRequest, scope=_SCOPE)
def cancel_request(world: World, caller: Caller, asked: CancelSchedulingRequest) -> None:
    """Withdraw a request, and the event that was made of it."""
    request = _visible(world, caller, asked.impersonate).get(asked.scheduling_request_id)
    if request is None:
        raise NotFound
    # Decision.ENDED_REQUESTS
    _end(world, request)
    request.slot_selection = "cancelled"


@handles(QuerySchedulingRequests, scope=_SCOPE)
def query_requests(world: World, caller: Caller, asked: QuerySchedulingRequests) -> Reply[Any]:
    """The requests of these ids that there are."""
    visible = _visible(world, caller, asked.impersonate)
    found = [visible[each] for each in asked.scheduling_request_ids if each in visible]
    listed = [{"scheduling_request": codec.unstructure(_described(each))} for each in found]
    return Reply(value=None, status=200, beside={"scheduling_requests": listed})


# Who invites --------------------------------------------------------------------------


def _hosts(world: World, caller: Caller, asked: CreateSchedulingRequest) -> tuple[str, ...]:
    acting = _acting(world, caller, asked.impersonate)
    if not isinstance(asked.host_, Unset):
        _check_account(world, caller.application, "host.sub", asked.host_.sub)
        return (asked.host_.sub,)
    if not isinstance(asked.host_group, Unset):
        return _check_group(world, caller.application, "host_group", asked.host_group)
    if acting is None and caller.token_of is not None:
        acting = caller.token_of.account.sub
    if acting is None:
        raise Invalid.field("host", "must be specified", key=REQUIRED)
    return (acting,)


def _check_event(request: TimeRequest) -> None:
    """Refuse what could not be written when a time is chosen."""
    if _length(request).minutes < 1:
        raise Invalid.field("event.duration", "must be one minute or more")
    try:
        SchedulingEvent(
            event_id=request.request_id,
            summary=summary_of(request),
            description=_event(request).description or "",
        )
    except InvalidArgumentError as error:
        raise Invalid.field(f"event.{error.field}", error.problem) from None


def _acting(world: World, caller: Caller, impersonate: str | Unset) -> str | None:
    """The account that the call is made as, if it is made as one."""
    # Decision.INTERNAL_CALLS
    if caller.token_of is None and caller.application.client_id not in world.unit.internal:
        raise Forbidden
    if isinstance(impersonate, Unset):
        return None
    # Decision.IMPERSONATION
    if world.vault.authorization(caller.application, impersonate) is None:
        raise Forbidden
    return impersonate


def _check_group(
    world: World, application: Application, path: str, group: SchedulingGroup
) -> tuple[str, ...]:
    # Decision.SELECTION_RULES
    if not group.members:
        raise Invalid.field(f"{path}.sub", "is not a selection rule")
    for index, member in enumerate(group.members):
        _check_account(world, application, f"{path}.members[{index}].sub", member.sub)
    if not 1 <= _required(group) <= len(group.members):
        raise Invalid.field(f"{path}.required", "must be from 1 to the number of members")
    return tuple(member.sub for member in group.members)


def _check_account(world: World, application: Application, path: str, sub: str) -> None:
    if world.vault.authorization(application, sub) is None:
        raise Invalid.field(path, "is not an account of this application")


def _required(group: SchedulingGroup) -> int:
    # Decision.REQUEST_DEFAULTS
    return 1 if group.required is None else group.required


def _visible(world: World, caller: Caller, impersonate: str | Unset) -> dict[str, TimeRequest]:
    acting = _acting(world, caller, impersonate)
    return {
        request_id: request
        for request_id, request in world.arrangements.requests.items()
        if request.application is caller.application and (acting is None or acting in request.hosts)
    }


# What recipients do -------------------------------------------------------------------


def offered_times(world: World, request: TimeRequest) -> list[Result]:
    """The times that recipients can choose from now."""
    if request.slot_selection not in ("pending", "complete"):
        return []
    return _question(world, request).answer()


def choose_time(world: World, request: TimeRequest, start: int) -> bool:
    """
    Choose a time, or another one.

    Args:
        world: Where.
        request: The request.
        start: The start of the time, in seconds since the epoch.

    Returns:
        Whether it was still to be had.
    """
    slot = next((each for each in offered_times(world, request) if each.start == start), None)
    if slot is None:
        return False
    calendars = {
        sub: calendar
        for sub in request.hosts
        if sub in slot.subs and (calendar := _calendar(world, request, sub)) is not None
    }
    if not calendars:
        return False
    host, calendar = next(iter(calendars.items()))
    if request.event is not None and request.event.calendar is not calendar:
        _end(world, request)
    asked = _upsert(world, request, calendar, host, slot)
    request.event = write_own(world, request.application, calendar, asked)
    request.slot_selection = "complete"
    _tell(world, request)
    return True


def decline(world: World, request: TimeRequest) -> None:
    """Have a recipient call it off."""
    # Decision.ENDED_REQUESTS
    _end(world, request)
    request.slot_selection = "declined"


def _question(world: World, request: TimeRequest) -> Question:
    asked = request.asked
    # Decision.REQUEST_DEFAULTS
    group = known(asked.host_group)
    groups = [
        _group(request.hosts, 1 if group is None else _required(group)),
        *(
            _group([each.sub for each in others.members or ()], _required(others))
            for others in known(asked.collaborator_groups) or ()
        ),
    ]
    own = [] if request.event is None else [EventReference(event_uid=request.event.uid)]
    query = AvailabilityQuery(
        participants=groups,
        required_duration=_length(request),
        query_periods=[Period(start=moment(world.now()), end=moment(world.now() + _SEARCH))],
        buffer=known(asked.buffer),
        response_format="slots",
        excluded_events=own,
    )
    return Question(world, request.application, query)


def _group(subs: tuple[str, ...] | list[str], required: int) -> Group:
    members = tuple(Member(sub=sub, managed_availability=True) for sub in subs)
    return Group(members=members, required=required)


def _calendar(world: World, request: TimeRequest, sub: str) -> Calendar | None:
    """Where an account's events go: its primary calendar, or the first that can be written."""
    authorization = world.vault.authorization(request.application, sub)
    if authorization is None:
        return None
    usable = [each for each in authorization.calendars() if not (each.readonly or each.deleted)]
    usable.sort(key=lambda each: not each.primary)
    return usable[0] if usable else None


def _upsert(
    world: World, request: TimeRequest, calendar: Calendar, host: str, slot: Result
) -> UpsertEvent:
    event = _event(request)
    invited = [
        Invitee(email=each.email, display_name=each.display_name)
        for each in known(request.asked.recipients) or ()
    ]
    for sub in slot.subs:
        account = world.accounts[sub]
        if sub != host and sub not in request.hosts and account.email is not None:
            invited.append(Invitee(email=account.email, display_name=account.name))
    return UpsertEvent(
        calendar_id=calendar.calendar_id,
        event_id=request.request_id,
        summary=summary_of(request),
        description=event.description or "",
        location=Unset.UNSET if event.location is None else event.location,
        start=moment(slot.start),
        end=moment(slot.end),
        tzid=calendar.account.zoneinfo,
        attendees=AttendeeChanges(invite=tuple(invited)) if invited else Unset.UNSET,
    )


def _end(world: World, request: TimeRequest) -> None:
    if request.event is not None and not request.event.deleted:
        world.change_event(request.event, by=request.application, deleted=True)
    request.event = None


def _tell(world: World, request: TimeRequest) -> None:
    # Decision.REQUEST_URL
    url = world.arrangements.request_urls.get(request.application.client_id)
    if url is not None:
        type_ = SchedulingTriggerType.SCHEDULING_REQUEST_TIME_CHOSEN
        told = SchedulingRequestChanged(
            notification=SchedulingTrigger(type=type_, triggered_at=moment(world.now())),
            scheduling_request=_described(request),
        )
        world.outbox.post(request.application, url, type_, codec.unstructure(told))


# Describing ---------------------------------------------------------------------------


def _described(request: TimeRequest) -> SchedulingRequest:
    asked, event = request.asked, _event(request)
    url = f"{request.origin}{PAGE}{request.token}"
    done = request.slot_selection == "complete"
    buffer = known(asked.buffer)
    recipients = known(asked.recipients) or ()
    # Decision.SLOT_SELECTOR
    chooses = [each.slot_selector is True for each in recipients]
    if chooses and not any(chooses):
        chooses[0] = True
    return SchedulingRequest(
        scheduling_request_id=request.request_id,
        slot_selection=SlotSelection(request.slot_selection),
        primary_select_url=url,
        dashboard_url=f"{request.origin}{_DASHBOARD}{request.request_id.removeprefix('srq_')}",
        summary=summary_of(request),
        duration=_length(request),
        buffer=None
        if buffer is None
        else SchedulingBuffer(
            before=Duration(least(buffer.before) // 60), after=Duration(least(buffer.after) // 60)
        ),
        recipient_operations=RecipientOperations(
            view_url=url,
            reschedule_url=f"{url}?reschedule=true" if done else None,
            decline_url=f"{url}?decline=true" if done else None,
        ),
        recipients=tuple(
            RequestedRecipientState(
                email=each.email,
                display_name=each.display_name,
                slot_selector=selects,
                select_url=url if selects else None,
            )
            for each, selects in zip(recipients, chooses, strict=True)
        ),
        collaborator_groups=known(asked.collaborator_groups),
        event=RequestedEventState(
            summary=summary_of(request),
            description=event.description,
            location=event.location,
            duration=_length(request),
            locale=event.locale,
        ),
    )


def summary_of(request: TimeRequest) -> str:
    """The title of the event."""
    # Decision.REQUEST_DEFAULTS
    return _event(request).summary or _DEFAULT_SUMMARY


def _event(request: TimeRequest) -> RequestedEvent:
    event = request.asked.event
    return RequestedEvent() if isinstance(event, Unset) else event


def _length(request: TimeRequest) -> Duration:
    # Decision.REQUEST_DEFAULTS
    return _event(request).duration or _DEFAULT_LENGTH
