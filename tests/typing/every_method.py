"""
Never run: mypy and pyright check the answer of every method of both clients here.

`tests/test_typing.py` fails if a method is missing.
"""

from __future__ import annotations

from typing import Any, assert_type

from cronofy_async import Account as AccountView
from cronofy_async import (
    AsyncAccount,
    AsyncAvailabilitySearch,
    AsyncCronofy,
    AsyncPager,
    AvailabilitySearch,
    Cronofy,
    Pager,
    Secret,
)
from cronofy_async.models import (
    AccessibleCalendar,
    Account,
    AddToCalendarLink,
    Attachment,
    Availability,
    AvailabilityRule,
    AvailablePeriod,
    AvailableSequence,
    BookableEvent,
    BookableEventRegistration,
    Calendar,
    Channel,
    ConferencingAuthorization,
    ConversationLookup,
    ConversationSlot,
    ElementToken,
    Event,
    FreeBusy,
    MeetingAgentDetails,
    MeetingAgentDownload,
    MultiRecipientSmartInvite,
    OrganizationalUnitMember,
    OrganizationalUnitResource,
    Outcome,
    PermissionsRequest,
    Profile,
    ProvisionedApplication,
    RealTimeScheduling,
    RealTimeSequencing,
    Resource,
    SchedulingConversation,
    SchedulingRequest,
    SmartInvite,
    TokenSet,
    Userinfo,
)


async def application_async(cronofy: AsyncCronofy, given: Any) -> None:
    """Every call of an application, awaited."""
    assert_type(await cronofy.availability(**given), Availability)
    assert_type(cronofy.search_availability(**given), AsyncAvailabilitySearch)
    assert_type(await cronofy.sequenced_availability(**given), list[AvailableSequence])
    assert_type(await cronofy.create_meeting_agent(**given), MeetingAgentDetails | None)
    assert_type(await cronofy.create_scheduling_request(**given), SchedulingRequest)
    assert_type(await cronofy.cancel_scheduling_request(**given), None)
    assert_type(await cronofy.query_scheduling_requests(**given), list[SchedulingRequest])
    assert_type(cronofy.authorization_url(**given), str)
    assert_type(cronofy.enterprise_authorization_url(**given), str)
    assert_type(await cronofy.request_token(**given), TokenSet)
    assert_type(await cronofy.refresh_token(**given), TokenSet)
    assert_type(await cronofy.revoke_by_token(**given), None)
    assert_type(await cronofy.revoke_by_sub(**given), None)
    assert_type(await cronofy.upsert_application_calendar(**given), TokenSet)
    assert_type(await cronofy.create_element_token(**given), ElementToken)
    assert_type(
        cronofy.list_organizational_unit_members(**given),
        AsyncPager[OrganizationalUnitMember],
    )
    assert_type(
        cronofy.list_organizational_unit_resources(**given),
        AsyncPager[OrganizationalUnitResource],
    )
    assert_type(await cronofy.submit_application_verification(**given), None)
    assert_type(await cronofy.provision_application(**given), ProvisionedApplication)
    assert_type(await cronofy.create_attachment(**given), Attachment)
    assert_type(await cronofy.download_meeting_agent_resource(**given), MeetingAgentDownload)
    assert_type(await cronofy.create_real_time_scheduling(**given), RealTimeScheduling)
    assert_type(await cronofy.get_real_time_scheduling(**given), RealTimeScheduling)
    assert_type(await cronofy.get_real_time_scheduling_by_token(**given), RealTimeScheduling)
    assert_type(await cronofy.disable_real_time_scheduling(**given), RealTimeScheduling)
    assert_type(await cronofy.create_real_time_sequencing(**given), RealTimeSequencing)
    assert_type(await cronofy.get_real_time_sequencing(**given), RealTimeSequencing)
    assert_type(await cronofy.disable_real_time_sequencing(**given), RealTimeSequencing)
    assert_type(await cronofy.add_to_calendar(**given), AddToCalendarLink)
    assert_type(await cronofy.upsert_smart_invite(**given), SmartInvite)
    assert_type(
        await cronofy.upsert_multi_recipient_smart_invite(**given),
        MultiRecipientSmartInvite,
    )
    assert_type(await cronofy.cancel_smart_invite(**given), SmartInvite)
    assert_type(
        await cronofy.cancel_multi_recipient_smart_invite(**given),
        MultiRecipientSmartInvite,
    )
    assert_type(await cronofy.remove_smart_invite_recipient(**given), MultiRecipientSmartInvite)
    assert_type(await cronofy.get_smart_invite(**given), SmartInvite)
    assert_type(await cronofy.get_multi_recipient_smart_invite(**given), MultiRecipientSmartInvite)
    assert_type(await cronofy.upsert_bookable_event(**given), BookableEvent)
    assert_type(await cronofy.get_bookable_event(**given), BookableEvent)
    assert_type(await cronofy.get_registrations_page(**given), BookableEventRegistration)
    assert_type(await cronofy.upsert_registration(**given), BookableEvent)
    assert_type(await cronofy.delete_registration(**given), BookableEvent)


async def account_async(account: AsyncAccount, given: Any) -> None:
    """Every call of an account, awaited."""
    assert_type(await account.availability(**given), Availability)
    assert_type(account.search_availability(**given), AsyncAvailabilitySearch)
    assert_type(await account.sequenced_availability(**given), list[AvailableSequence])
    assert_type(await account.create_meeting_agent(**given), MeetingAgentDetails | None)
    assert_type(await account.create_scheduling_request(**given), SchedulingRequest)
    assert_type(await account.cancel_scheduling_request(**given), None)
    assert_type(await account.query_scheduling_requests(**given), list[SchedulingRequest])
    assert_type(await account.get_userinfo(**given), Userinfo)
    assert_type(await account.get_account(**given), Account)
    assert_type(await account.list_profiles(**given), list[Profile])
    assert_type(await account.revoke_profile(**given), None)
    assert_type(await account.create_link_token(**given), Secret)
    assert_type(await account.request_permissions(**given), PermissionsRequest)
    assert_type(await account.authorize_conferencing(**given), ConferencingAuthorization)
    assert_type(await account.authorize_with_service_account(**given), None)
    assert_type(await account.authorize_many_with_service_account(**given), None)
    assert_type(await account.list_resources(**given), list[Resource])
    assert_type(await account.request_delegated_authorization(**given), None)
    assert_type(await account.list_accessible_calendars(**given), list[AccessibleCalendar])
    assert_type(await account.list_calendars(**given), list[Calendar])
    assert_type(await account.create_calendar(**given), Calendar)
    assert_type(account.read_events(**given), AsyncPager[Event])
    assert_type(account.read_events_page(**given), AsyncPager[Event])
    assert_type(account.read_free_busy(**given), AsyncPager[FreeBusy])
    assert_type(account.read_free_busy_page(**given), AsyncPager[FreeBusy])
    assert_type(await account.upsert_event(**given), Userinfo | None)
    assert_type(await account.edit_external_event(**given), Userinfo | None)
    assert_type(await account.delete_event(**given), Userinfo | None)
    assert_type(await account.delete_external_event(**given), Userinfo | None)
    assert_type(await account.delete_all_events(**given), None)
    assert_type(await account.delete_events_of_calendars(**given), None)
    assert_type(await account.change_participation_status(**given), None)
    assert_type(await account.batch(**given), tuple[Outcome[Any], ...])
    assert_type(await account.create_channel(**given), Channel)
    assert_type(await account.list_channels(**given), list[Channel])
    assert_type(await account.close_channel(**given), None)
    assert_type(await account.upsert_availability_rule(**given), AvailabilityRule)
    assert_type(await account.list_availability_rules(**given), list[AvailabilityRule])
    assert_type(await account.get_availability_rule(**given), AvailabilityRule)
    assert_type(await account.delete_availability_rule(**given), None)
    assert_type(await account.upsert_available_period(**given), None)
    assert_type(account.read_available_periods(**given), AsyncPager[AvailablePeriod])
    assert_type(account.read_available_periods_page(**given), AsyncPager[AvailablePeriod])
    assert_type(await account.delete_available_period(**given), None)
    assert_type(await account.delete_all_available_periods(**given), None)
    assert_type(await account.create_scheduling_conversation(**given), SchedulingConversation)
    assert_type(await account.get_scheduling_conversation(**given), SchedulingConversation)
    assert_type(await account.get_scheduling_conversation_by_token(**given), ConversationLookup)
    assert_type(await account.list_conversation_slots(**given), list[ConversationSlot])
    assert_type(await account.select_conversation_slots(**given), SchedulingConversation)


def application_sync(cronofy: Cronofy, given: Any) -> None:
    """Every call of an application, blocking."""
    assert_type(cronofy.availability(**given), Availability)
    assert_type(cronofy.search_availability(**given), AvailabilitySearch)
    assert_type(cronofy.sequenced_availability(**given), list[AvailableSequence])
    assert_type(cronofy.create_meeting_agent(**given), MeetingAgentDetails | None)
    assert_type(cronofy.create_scheduling_request(**given), SchedulingRequest)
    assert_type(cronofy.cancel_scheduling_request(**given), None)
    assert_type(cronofy.query_scheduling_requests(**given), list[SchedulingRequest])
    assert_type(cronofy.authorization_url(**given), str)
    assert_type(cronofy.enterprise_authorization_url(**given), str)
    assert_type(cronofy.request_token(**given), TokenSet)
    assert_type(cronofy.refresh_token(**given), TokenSet)
    assert_type(cronofy.revoke_by_token(**given), None)
    assert_type(cronofy.revoke_by_sub(**given), None)
    assert_type(cronofy.upsert_application_calendar(**given), TokenSet)
    assert_type(cronofy.create_element_token(**given), ElementToken)
    assert_type(cronofy.list_organizational_unit_members(**given), Pager[OrganizationalUnitMember])
    assert_type(
        cronofy.list_organizational_unit_resources(**given),
        Pager[OrganizationalUnitResource],
    )
    assert_type(cronofy.submit_application_verification(**given), None)
    assert_type(cronofy.provision_application(**given), ProvisionedApplication)
    assert_type(cronofy.create_attachment(**given), Attachment)
    assert_type(cronofy.download_meeting_agent_resource(**given), MeetingAgentDownload)
    assert_type(cronofy.create_real_time_scheduling(**given), RealTimeScheduling)
    assert_type(cronofy.get_real_time_scheduling(**given), RealTimeScheduling)
    assert_type(cronofy.get_real_time_scheduling_by_token(**given), RealTimeScheduling)
    assert_type(cronofy.disable_real_time_scheduling(**given), RealTimeScheduling)
    assert_type(cronofy.create_real_time_sequencing(**given), RealTimeSequencing)
    assert_type(cronofy.get_real_time_sequencing(**given), RealTimeSequencing)
    assert_type(cronofy.disable_real_time_sequencing(**given), RealTimeSequencing)
    assert_type(cronofy.add_to_calendar(**given), AddToCalendarLink)
    assert_type(cronofy.upsert_smart_invite(**given), SmartInvite)
    assert_type(cronofy.upsert_multi_recipient_smart_invite(**given), MultiRecipientSmartInvite)
    assert_type(cronofy.cancel_smart_invite(**given), SmartInvite)
    assert_type(cronofy.cancel_multi_recipient_smart_invite(**given), MultiRecipientSmartInvite)
    assert_type(cronofy.remove_smart_invite_recipient(**given), MultiRecipientSmartInvite)
    assert_type(cronofy.get_smart_invite(**given), SmartInvite)
    assert_type(cronofy.get_multi_recipient_smart_invite(**given), MultiRecipientSmartInvite)
    assert_type(cronofy.upsert_bookable_event(**given), BookableEvent)
    assert_type(cronofy.get_bookable_event(**given), BookableEvent)
    assert_type(cronofy.get_registrations_page(**given), BookableEventRegistration)
    assert_type(cronofy.upsert_registration(**given), BookableEvent)
    assert_type(cronofy.delete_registration(**given), BookableEvent)


def account_sync(account: AccountView, given: Any) -> None:
    """Every call of an account, blocking."""
    assert_type(account.availability(**given), Availability)
    assert_type(account.search_availability(**given), AvailabilitySearch)
    assert_type(account.sequenced_availability(**given), list[AvailableSequence])
    assert_type(account.create_meeting_agent(**given), MeetingAgentDetails | None)
    assert_type(account.create_scheduling_request(**given), SchedulingRequest)
    assert_type(account.cancel_scheduling_request(**given), None)
    assert_type(account.query_scheduling_requests(**given), list[SchedulingRequest])
    assert_type(account.get_userinfo(**given), Userinfo)
    assert_type(account.get_account(**given), Account)
    assert_type(account.list_profiles(**given), list[Profile])
    assert_type(account.revoke_profile(**given), None)
    assert_type(account.create_link_token(**given), Secret)
    assert_type(account.request_permissions(**given), PermissionsRequest)
    assert_type(account.authorize_conferencing(**given), ConferencingAuthorization)
    assert_type(account.authorize_with_service_account(**given), None)
    assert_type(account.authorize_many_with_service_account(**given), None)
    assert_type(account.list_resources(**given), list[Resource])
    assert_type(account.request_delegated_authorization(**given), None)
    assert_type(account.list_accessible_calendars(**given), list[AccessibleCalendar])
    assert_type(account.list_calendars(**given), list[Calendar])
    assert_type(account.create_calendar(**given), Calendar)
    assert_type(account.read_events(**given), Pager[Event])
    assert_type(account.read_events_page(**given), Pager[Event])
    assert_type(account.read_free_busy(**given), Pager[FreeBusy])
    assert_type(account.read_free_busy_page(**given), Pager[FreeBusy])
    assert_type(account.upsert_event(**given), Userinfo | None)
    assert_type(account.edit_external_event(**given), Userinfo | None)
    assert_type(account.delete_event(**given), Userinfo | None)
    assert_type(account.delete_external_event(**given), Userinfo | None)
    assert_type(account.delete_all_events(**given), None)
    assert_type(account.delete_events_of_calendars(**given), None)
    assert_type(account.change_participation_status(**given), None)
    assert_type(account.batch(**given), tuple[Outcome[Any], ...])
    assert_type(account.create_channel(**given), Channel)
    assert_type(account.list_channels(**given), list[Channel])
    assert_type(account.close_channel(**given), None)
    assert_type(account.upsert_availability_rule(**given), AvailabilityRule)
    assert_type(account.list_availability_rules(**given), list[AvailabilityRule])
    assert_type(account.get_availability_rule(**given), AvailabilityRule)
    assert_type(account.delete_availability_rule(**given), None)
    assert_type(account.upsert_available_period(**given), None)
    assert_type(account.read_available_periods(**given), Pager[AvailablePeriod])
    assert_type(account.read_available_periods_page(**given), Pager[AvailablePeriod])
    assert_type(account.delete_available_period(**given), None)
    assert_type(account.delete_all_available_periods(**given), None)
    assert_type(account.create_scheduling_conversation(**given), SchedulingConversation)
    assert_type(account.get_scheduling_conversation(**given), SchedulingConversation)
    assert_type(account.get_scheduling_conversation_by_token(**given), ConversationLookup)
    assert_type(account.list_conversation_slots(**given), list[ConversationSlot])
    assert_type(account.select_conversation_slots(**given), SchedulingConversation)
