"""
The endpoint table: every operation once, as a method of both clients.

A row's descriptor gives a coroutine function on an async client and a plain function
on a sync one, both with the operation's own parameters, docstring and answer type.
The operation is named in a lambda so that its module is loaded at first use.
"""

from __future__ import annotations

import functools
from abc import abstractmethod
from collections.abc import Callable, Coroutine
from traceback import clear_frames
from typing import TYPE_CHECKING, Any, Final, Generic, ParamSpec, TypeVar, overload

from ..core import lazy
from ..core.operation import Operation
from ..core.paging import PagedOperation

if TYPE_CHECKING:
    from ..models import availability_search
    from ..models.availability_search import SearchAvailability
    from ..operations import (
        add_to_calendar,
        applications,
        attachments,
        authorization,
        availability,
        availability_rules,
        available_periods,
        batch,
        bookable_events,
        bulk,
        calendars,
        channels,
        enterprise_connect,
        event_writes,
        events,
        identity,
        meeting_agents,
        organizations,
        permissions,
        real_time_scheduling,
        real_time_sequencing,
        scheduling_conversations,
        scheduling_requests,
        sequenced_availability,
        smart_invites,
    )
    from .pagers import AsyncPager, Pager
    from .searches import AsyncAvailabilitySearch, AvailabilitySearch
else:
    # The base of a row names it.
    SearchAvailability = Any
    availability_search = lazy.module("cronofy_async.models.availability_search")
    add_to_calendar = lazy.module("cronofy_async.operations.add_to_calendar")
    applications = lazy.module("cronofy_async.operations.applications")
    attachments = lazy.module("cronofy_async.operations.attachments")
    authorization = lazy.module("cronofy_async.operations.authorization")
    availability = lazy.module("cronofy_async.operations.availability")
    availability_rules = lazy.module("cronofy_async.operations.availability_rules")
    available_periods = lazy.module("cronofy_async.operations.available_periods")
    batch = lazy.module("cronofy_async.operations.batch")
    bookable_events = lazy.module("cronofy_async.operations.bookable_events")
    bulk = lazy.module("cronofy_async.operations.bulk")
    calendars = lazy.module("cronofy_async.operations.calendars")
    channels = lazy.module("cronofy_async.operations.channels")
    enterprise_connect = lazy.module("cronofy_async.operations.enterprise_connect")
    event_writes = lazy.module("cronofy_async.operations.event_writes")
    events = lazy.module("cronofy_async.operations.events")
    identity = lazy.module("cronofy_async.operations.identity")
    meeting_agents = lazy.module("cronofy_async.operations.meeting_agents")
    organizations = lazy.module("cronofy_async.operations.organizations")
    permissions = lazy.module("cronofy_async.operations.permissions")
    real_time_scheduling = lazy.module("cronofy_async.operations.real_time_scheduling")
    real_time_sequencing = lazy.module("cronofy_async.operations.real_time_sequencing")
    scheduling_conversations = lazy.module("cronofy_async.operations.scheduling_conversations")
    scheduling_requests = lazy.module("cronofy_async.operations.scheduling_requests")
    sequenced_availability = lazy.module("cronofy_async.operations.sequenced_availability")
    smart_invites = lazy.module("cronofy_async.operations.smart_invites")

__all__ = (
    "AccountEndpoints",
    "ApplicationEndpoints",
    "AsyncCaller",
    "Caller",
    "CommonEndpoints",
    "endpoint",
    "paged",
    "searched",
    "url",
)

P = ParamSpec("P")
T = TypeVar("T")


class _Sender:
    """What both kinds of client have in common: they take operations."""

    __slots__ = ()

    @abstractmethod
    def send(self, operation: Operation[Any]) -> Any: ...

    @abstractmethod
    def read(self, operation: PagedOperation[Any]) -> Any: ...

    @abstractmethod
    def search(self, search: SearchAvailability) -> Any: ...

    @abstractmethod
    def build_url(self, operation: Operation[None]) -> str: ...


class AsyncCaller(_Sender):
    """A client whose calls are awaited."""

    __slots__ = ()


class Caller(_Sender):
    """A client whose calls block."""

    __slots__ = ()


class _Row(Generic[P, T]):
    """A row of the table; subclasses say what becomes of what it makes."""

    name: str

    def __init__(self, load: Callable[[], Callable[P, T]]) -> None:
        self._load = load

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def _method(self, act: Callable[[Any], Any]) -> Any:
        made = self._load()

        @functools.wraps(made, updated=())
        def method(*args: P.args, **kwargs: P.kwargs) -> Any:
            # Tools that print local variables would print tokens and codes in plain text.
            try:
                operation = made(*args, **kwargs)
            except Exception as error:
                clear_frames(error.__traceback__)
                raise
            finally:
                del args, kwargs
            return act(operation)

        method.__name__ = method.__qualname__ = self.name
        return method


class _Call(_Row[P, T]):
    """A row that makes an operation."""

    @property
    def operation(self) -> type[Operation[Any]]:
        """The operation's class."""
        found: type[Operation[Any]] = self._load()  # type: ignore[assignment]  # its class is callable
        return found


class endpoint(_Call[P, Operation[T]]):  # noqa: N801  # reads as a keyword of the table
    """A row whose method sends the operation and gives its answer."""

    @overload
    def __get__(self, client: None, owner: type) -> endpoint[P, T]: ...
    @overload
    def __get__(self, client: AsyncCaller, owner: type) -> Callable[P, Coroutine[Any, Any, T]]: ...
    @overload
    def __get__(self, client: Caller, owner: type) -> Callable[P, T]: ...
    def __get__(self, client: AsyncCaller | Caller | None, owner: type) -> Any:
        return self if client is None else self._method(client.send)


class paged(_Call[P, PagedOperation[T]]):  # noqa: N801
    """A row whose method gives a pager over the operation's entries."""

    @overload
    def __get__(self, client: None, owner: type) -> paged[P, T]: ...
    @overload
    def __get__(self, client: AsyncCaller, owner: type) -> Callable[P, AsyncPager[T]]: ...
    @overload
    def __get__(self, client: Caller, owner: type) -> Callable[P, Pager[T]]: ...
    def __get__(self, client: AsyncCaller | Caller | None, owner: type) -> Any:
        return self if client is None else self._method(client.read)


class url(_Call[P, Operation[None]]):  # noqa: N801
    """A row whose method builds a URL for a browser and sends nothing."""

    @overload
    def __get__(self, client: None, owner: type) -> url[P]: ...
    @overload
    def __get__(self, client: AsyncCaller | Caller, owner: type) -> Callable[P, str]: ...
    def __get__(self, client: AsyncCaller | Caller | None, owner: type) -> Any:
        return self if client is None else self._method(client.build_url)


class searched(_Row[P, SearchAvailability]):  # noqa: N801
    """A row whose method gives a search, which sends as many calls as it takes."""

    @overload
    def __get__(self, client: None, owner: type) -> searched[P]: ...
    @overload
    def __get__(self, client: AsyncCaller, owner: type) -> Callable[P, AsyncAvailabilitySearch]: ...
    @overload
    def __get__(self, client: Caller, owner: type) -> Callable[P, AvailabilitySearch]: ...
    def __get__(self, client: AsyncCaller | Caller | None, owner: type) -> Any:
        return self if client is None else self._method(client.search)


class CommonEndpoints:
    """Calls that an application and an account can both make."""

    search_availability: Final = searched(lambda: availability_search.SearchAvailability)
    availability: Final = endpoint(lambda: availability.QueryAvailability)
    sequenced_availability: Final = endpoint(
        lambda: sequenced_availability.QuerySequencedAvailability
    )
    create_meeting_agent: Final = endpoint(lambda: meeting_agents.CreateMeetingAgent)

    create_scheduling_request: Final = endpoint(lambda: scheduling_requests.CreateSchedulingRequest)
    cancel_scheduling_request: Final = endpoint(lambda: scheduling_requests.CancelSchedulingRequest)
    query_scheduling_requests: Final = endpoint(lambda: scheduling_requests.QuerySchedulingRequests)


class ApplicationEndpoints(CommonEndpoints):
    """Calls that an application makes in its own name."""

    authorization_url: Final = url(lambda: authorization.Authorize)
    enterprise_authorization_url: Final = url(lambda: authorization.AuthorizeEnterprise)
    request_token: Final = endpoint(lambda: authorization.RequestToken)
    refresh_token: Final = endpoint(lambda: authorization.RefreshToken)
    revoke_by_token: Final = endpoint(lambda: authorization.RevokeByToken)
    revoke_by_sub: Final = endpoint(lambda: authorization.RevokeBySub)
    upsert_application_calendar: Final = endpoint(lambda: authorization.UpsertApplicationCalendar)
    create_element_token: Final = endpoint(lambda: authorization.CreateElementToken)

    list_organizational_unit_members: Final = paged(
        lambda: organizations.ListOrganizationalUnitMembers
    )
    list_organizational_unit_resources: Final = paged(
        lambda: organizations.ListOrganizationalUnitResources
    )
    submit_application_verification: Final = endpoint(
        lambda: applications.SubmitApplicationVerification
    )
    provision_application: Final = endpoint(lambda: applications.ProvisionApplication)

    create_attachment: Final = endpoint(lambda: attachments.CreateAttachment)
    download_meeting_agent_resource: Final = endpoint(
        lambda: meeting_agents.DownloadMeetingAgentResource
    )

    create_real_time_scheduling: Final = endpoint(
        lambda: real_time_scheduling.CreateRealTimeScheduling
    )
    get_real_time_scheduling: Final = endpoint(lambda: real_time_scheduling.GetRealTimeScheduling)
    get_real_time_scheduling_by_token: Final = endpoint(
        lambda: real_time_scheduling.GetRealTimeSchedulingByToken
    )
    disable_real_time_scheduling: Final = endpoint(
        lambda: real_time_scheduling.DisableRealTimeScheduling
    )

    create_real_time_sequencing: Final = endpoint(
        lambda: real_time_sequencing.CreateRealTimeSequencing
    )
    get_real_time_sequencing: Final = endpoint(lambda: real_time_sequencing.GetRealTimeSequencing)
    disable_real_time_sequencing: Final = endpoint(
        lambda: real_time_sequencing.DisableRealTimeSequencing
    )
    add_to_calendar: Final = endpoint(lambda: add_to_calendar.AddToCalendar)

    upsert_smart_invite: Final = endpoint(lambda: smart_invites.UpsertSmartInvite)
    upsert_multi_recipient_smart_invite: Final = endpoint(
        lambda: smart_invites.UpsertMultiRecipientSmartInvite
    )
    cancel_smart_invite: Final = endpoint(lambda: smart_invites.CancelSmartInvite)
    cancel_multi_recipient_smart_invite: Final = endpoint(
        lambda: smart_invites.CancelMultiRecipientSmartInvite
    )
    remove_smart_invite_recipient: Final = endpoint(
        lambda: smart_invites.RemoveSmartInviteRecipient
    )
    get_smart_invite: Final = endpoint(lambda: smart_invites.GetSmartInvite)
    get_multi_recipient_smart_invite: Final = endpoint(
        lambda: smart_invites.GetMultiRecipientSmartInvite
    )

    upsert_bookable_event: Final = endpoint(lambda: bookable_events.UpsertBookableEvent)
    get_bookable_event: Final = endpoint(lambda: bookable_events.GetBookableEvent)
    get_registrations_page: Final = endpoint(lambda: bookable_events.GetRegistrationsPage)
    upsert_registration: Final = endpoint(lambda: bookable_events.UpsertRegistration)
    delete_registration: Final = endpoint(lambda: bookable_events.DeleteRegistration)


class AccountEndpoints(CommonEndpoints):
    """Calls that are made for one account."""

    get_userinfo: Final = endpoint(lambda: identity.GetUserinfo)
    get_account: Final = endpoint(lambda: identity.GetAccount)
    list_profiles: Final = endpoint(lambda: identity.ListProfiles)
    revoke_profile: Final = endpoint(lambda: authorization.RevokeProfile)
    create_link_token: Final = endpoint(lambda: permissions.CreateLinkToken)
    request_permissions: Final = endpoint(lambda: permissions.RequestPermissions)
    authorize_conferencing: Final = endpoint(lambda: permissions.AuthorizeConferencing)

    authorize_with_service_account: Final = endpoint(
        lambda: enterprise_connect.AuthorizeWithServiceAccount
    )
    authorize_many_with_service_account: Final = endpoint(
        lambda: enterprise_connect.AuthorizeManyWithServiceAccount
    )
    list_resources: Final = endpoint(lambda: enterprise_connect.ListResources)
    request_delegated_authorization: Final = endpoint(
        lambda: enterprise_connect.RequestDelegatedAuthorization
    )
    list_accessible_calendars: Final = endpoint(lambda: enterprise_connect.ListAccessibleCalendars)

    list_calendars: Final = endpoint(lambda: calendars.ListCalendars)
    create_calendar: Final = endpoint(lambda: calendars.CreateCalendar)

    read_events: Final = paged(lambda: events.ReadEvents)
    read_events_page: Final = paged(lambda: events.ReadEventsPage)
    read_free_busy: Final = paged(lambda: events.ReadFreeBusy)
    read_free_busy_page: Final = paged(lambda: events.ReadFreeBusyPage)
    upsert_event: Final = endpoint(lambda: event_writes.UpsertEvent)
    edit_external_event: Final = endpoint(lambda: event_writes.EditExternalEvent)
    delete_event: Final = endpoint(lambda: events.DeleteEvent)
    delete_external_event: Final = endpoint(lambda: events.DeleteExternalEvent)
    delete_all_events: Final = endpoint(lambda: bulk.DeleteAllEvents)
    delete_events_of_calendars: Final = endpoint(lambda: bulk.DeleteEventsOfCalendars)
    change_participation_status: Final = endpoint(lambda: bulk.ChangeParticipationStatus)
    batch: Final = endpoint(lambda: batch.Batch)

    create_channel: Final = endpoint(lambda: channels.CreateChannel)
    list_channels: Final = endpoint(lambda: channels.ListChannels)
    close_channel: Final = endpoint(lambda: channels.CloseChannel)

    upsert_availability_rule: Final = endpoint(lambda: availability_rules.UpsertAvailabilityRule)
    list_availability_rules: Final = endpoint(lambda: availability_rules.ListAvailabilityRules)
    get_availability_rule: Final = endpoint(lambda: availability_rules.GetAvailabilityRule)
    delete_availability_rule: Final = endpoint(lambda: availability_rules.DeleteAvailabilityRule)

    upsert_available_period: Final = endpoint(lambda: available_periods.UpsertAvailablePeriod)
    read_available_periods: Final = paged(lambda: available_periods.ReadAvailablePeriods)
    read_available_periods_page: Final = paged(lambda: available_periods.ReadAvailablePeriodsPage)
    delete_available_period: Final = endpoint(lambda: available_periods.DeleteAvailablePeriod)
    delete_all_available_periods: Final = endpoint(
        lambda: available_periods.DeleteAllAvailablePeriods
    )

    create_scheduling_conversation: Final = endpoint(
        lambda: scheduling_conversations.CreateSchedulingConversation
    )
    get_scheduling_conversation: Final = endpoint(
        lambda: scheduling_conversations.GetSchedulingConversation
    )
    get_scheduling_conversation_by_token: Final = endpoint(
        lambda: scheduling_conversations.GetSchedulingConversationByToken
    )
    list_conversation_slots: Final = endpoint(
        lambda: scheduling_conversations.ListConversationSlots
    )
    select_conversation_slots: Final = endpoint(
        lambda: scheduling_conversations.SelectConversationSlots
    )
