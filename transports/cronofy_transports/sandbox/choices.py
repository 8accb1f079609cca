"""
What the sandbox does where the reference is silent, each choice in one place.

`Choices` are dials: the service's behaviour is not known, and a program may meet
either, so a test can turn them. A `Decision` is fixed, and is named at the line of
code that carries it out.
"""

from __future__ import annotations

from enum import Enum
from typing import Literal

import attrs

__all__ = ("Choices", "Decision")


@attrs.frozen(kw_only=True)
class Choices:
    """
    The dials of a sandbox. Lengths of time are seconds of the sandbox's clock.

    Attributes:
        access_token_lifetime: 3600, as in every documented example for accounts.
        code_lifetime: How long an authorization code can be exchanged; "short-lived".
        refresh_tokens: ``fixed`` gives the same one back, as the documented examples
            do; ``rotating`` gives a new one and ends the old, which clients must survive.
        invalid_client_status: The status of a wrong client id or secret at
            ``/oauth/token``: one official client expects 400, another 401.
        unknown_parameters: ``refuse`` answers 422 and names them, so that a slip of the
            pen fails a test; ``ignore`` passes over them.
        page_size: Entries of one page; not documented.
        page_lifetime: How long ``next_page`` can be followed; not documented.
        conferencing_delay: From the writing of an event to its link for joining.
        change_delay: How long the changes of an account are gathered before its
            channels are told of them in one notification.
        delivery_timeout: A receiver must answer within so many seconds.
        delivery_first_retry: The pause after the first failed delivery; it doubles.
        delivery_longest_retry: The longest such pause.
        delivery_give_up: After so long of failing, a channel is closed.
        verification_retries: Whether a failed verification is tried again until the
            sandbox gives up (a third party says so), or closes the channel at once (the
            quick start says so).
        element_token_lifetime: 18 hours, as in every documented example.
        link_token_lifetime: A third party reports five minutes.
        service_token_lifetime: 1800, as in the documented example for service accounts.
        delegation_delay: From asking for access on behalf of others to its outcome.
        screening_delay: From uploading a file to its being approved or rejected.
        agent_join_delay: From sending an agent to its joining the meeting.
        meeting_length: For how long an agent stays in a meeting that is no event.
        agent_answers: Whether a new agent is the answer itself (``flat``, as the reference
            has it) or lies under its key (``enveloped``, as newer pages have it).
        download_lifetime: For how long the URL of what an agent recorded is good.
    """

    access_token_lifetime: int = 3600
    code_lifetime: int = 300
    refresh_tokens: Literal["fixed", "rotating"] = "fixed"
    invalid_client_status: Literal[400, 401] = 400
    unknown_parameters: Literal["refuse", "ignore"] = "refuse"
    page_size: int = 100
    page_lifetime: int = 3600
    conferencing_delay: int = 2
    change_delay: int = 1
    delivery_timeout: float = 5
    delivery_first_retry: int = 10
    delivery_longest_retry: int = 3600
    delivery_give_up: int = 24 * 3600
    verification_retries: bool = False
    element_token_lifetime: int = 64800
    link_token_lifetime: int = 300
    service_token_lifetime: int = 1800
    delegation_delay: int = 1
    screening_delay: int = 2
    agent_join_delay: int = 5
    meeting_length: int = 1800
    agent_answers: Literal["flat", "enveloped"] = "flat"
    download_lifetime: int = 300


class Decision(Enum):
    """What the sandbox does where the reference is silent, in a sentence each."""

    ADD_TO_CALENDAR = (
        "A link that adds an event to a calendar can be used by many people; it grants "
        "create_event if no scope was asked for."
    )
    AGENT_STATES = "An agent's states are named after what is told of it, from created on."
    AGENT_TIMES = (
        "An event's agent joins at its start and leaves at its end, and none is sent once it "
        "has ended; a join_time that has passed is refused, and one without scheduling_key too."
    )
    AGENT_WITHOUT_LINK = "An agent fails if its event has no link for joining when it starts."
    APPLICATION_CALENDAR_AGAIN = (
        "Asking for an application calendar again gives a new access token and the same "
        "refresh token, and revives one that was revoked."
    )
    ATTACHMENT_NAMES = (
        "A file's name has an extension that its type has, and before it letters, digits, "
        "spaces and any of _ . ( ) -; a type that is not known fits any extension."
    )
    ATTACHMENT_SCREENING = (
        "A file is rejected if it holds the EICAR test text, and approved otherwise; until "
        "then it can be attached already, and no scope is asked for."
    )
    BATCH_ENTRY = "An entry of a batch that may not be in one is answered with 404."
    BEYOND_DELEGATED_SCOPE = (
        "Asking on behalf of others for more than the delegated_scope is answered with 422."
    )
    CALENDARS_OF_RULES = (
        "With several availability rules, events in the calendars of any of them count; a "
        "rule without calendars stands for all calendars."
    )
    CALLED_OFF = "Nobody can be accepted at a bookable event that is cancelled."
    CANCEL_FOR_ALL = (
        "Cancelling an invite to several people cancels it for all of them, whoever is named."
    )
    CLOCK_CHANGES = (
        "Of a wall-clock time that comes twice the first is meant; one that is skipped "
        "moves forward by the length of the gap."
    )
    CONVERSATION_DEFAULTS = (
        "A conversation that does not say so is about an hour within 14 days of its beginning."
    )
    CONVERSATION_FORM = "Reading a conversation and choosing in it give it bare and under its key."
    CONVERSATION_SETTLED = (
        "A conversation is settled, and complete, when all who choose themselves chose the same"
        " time, at once on the first time if nobody does; choosing another one asks the others "
        "anew. Who has an account is taken to choose by calendar, and nothing is written."
    )
    CONVERSATION_TOLD = (
        "Channels that hear of conversations are also told of what the application itself did."
    )
    DELETED_REGISTRATION = (
        "A registration that is deleted is shown as removed in that answer, and never again."
    )
    DELEGATION_REFUSED = (
        "An address that is unknown or out of reach, and access that has ended, are told of "
        "as access_denied, with an error_key of the sandbox's own."
    )
    DELETE_OF_UNKNOWN = "Deleting what does not exist is accepted."
    DISABLE_AGAIN = "Disabling a link twice replaces its message; a completed one is refused."
    ENDED_REQUESTS = (
        "A scheduling request that is cancelled or declined can still be read, as cancelled or "
        "declined, and its event is deleted."
    )
    ENDLESS_SERIES = "Of an event that recurs, the occurrences of two years are made."
    FEWER_PLACES = "A bookable event cannot have fewer places than are accepted."
    ERRANDS_COME_BACK = (
        "Pages for permissions and conferencing come back where consent may come back to."
    )
    ERRANDS_ONCE = "Such a page works until something is decided on it."
    FREE_BUSY = (
        "Transparent, cancelled and declined events are free, tentative ones tentative, and "
        "opaque ones busy."
    )
    IMPERSONATION = (
        "Impersonating anybody but an account of the application is answered with 403; the "
        "impersonated account is the host, and only its requests can be seen."
    )
    INVITE_MOVED = (
        "Changing an invite replaces its recipients; those who stay keep their reply unless the"
        " event moves."
    )
    INVITE_ORGANIZER = (
        "The organizer of an invite's file has an address of the service, so that replies come "
        "back; their own address is a parameter of it."
    )
    INVITE_TIMES = "The files of invites have all their times in UTC."
    LAST_REPLIES = "An invite lists the last reply of each address, the newest reply last."
    MANAGED_WINDOW = (
        "Bounds that are given hold for managed events too; only the default bounds do not."
    )
    NOTHING_STORED = (
        "An account without any stored rule or period is not restricted by managed_availability."
    )
    NO_LENGTH = "An event may end at the moment it starts; an all-day event lasts a day or more."
    NO_TIMES = (
        "The callbacks about no times hold the link and the zone of its page, and come each time."
    )
    NO_ZONE = "Localized times of events without a zone are in Etc/UTC."
    OPTIONS = (
        "An event may be changed and deleted if it is the application's own, or if its "
        "calendar is unrestricted and it is no recurring one, within the scope."
    )
    ORGANIZER = (
        "A single event is organized by the first target calendar whose owner is free, or by "
        "the first one if none of their owners takes part."
    )
    PAGES_ARE_LIVE = (
        "Which events a paged answer has is settled at its first page; how each looks, when "
        "its page is read. What was deleted in between is left out."
    )
    PAST_PERIODS = (
        "Query periods that have ended are refused, and those that have begun are searched "
        "from now on; slots that have begun are refused."
    )
    RECORDINGS = (
        "An agent that is complete has a WebVTT transcript and a second of silence, no video."
    )
    READONLY_CALENDAR = "Writing to a calendar that is only for reading is answered with 403."
    REGISTRATION_PAGES = "A page of registrations shows those that have its place when it is read."
    REMOVED_FILE = (
        "attachments.removed holds the email of whoever was removed and their file as icalendar."
    )
    REQUEST_DEFAULTS = (
        "A scheduling request is for an hour called Meeting within 14 days and stored working "
        "hours; of a group one has to take part, unless it says otherwise."
    )
    REQUEST_URL = (
        "Scheduling requests are told to the URL that the listen_to_requests command sets."
    )
    SAME_CONFERENCING = "A conferencing service that is connected again keeps its profile."
    SANDBOX_LEVEL = "Asking for the permission level sandbox gives unrestricted back."
    SAME_CHANNEL = "Making a channel that exists gives that one, without a new verification."
    SELECTION_RULES = "There are no selection rules: a group by sub is answered with 422."
    SEQUENCE_CALENDARS = (
        "Each meeting of a sequence goes to the target calendars of those who take part in it, "
        "or to all if none of their owners does."
    )
    SEQUENCE_CALLBACK = (
        "The callback of a sequence holds its event from the first start to the last end, the "
        "meetings as sequence, and the visitor's zone."
    )
    SEQUENCE_EVENTS = (
        "Meetings of a sequence that share an event_id get theirs with _ and the sequence_id "
        "after it."
    )
    SERVICE_ACCOUNT_CALLS = (
        "A service account's token is answered with 403 where a calendar's owner is meant, and "
        "an owner's token where a service account is."
    )
    SIMPLIFIED_SCOPES = (
        "read_only, write_only, read_write, free_busy and free_busy_write stand for the "
        "granular scopes that their names suggest."
    )
    SLOT_SELECTOR = "If no recipient of a scheduling request is said to choose, the first one does."
    UNIT_PAGES = "Further pages of an Organizational Unit's lists are at ?page=2 and so on."
    UNIT_RESOURCES = "The rooms of every domain are those of the Organizational Unit."
    UNKNOWN_DETAILS = "Details of resources that are not known are passed over."
    UNKNOWN_MEMBER = "A member that is no account of the application is answered with 422."
    UNKNOWN_PROFILE = "Creating a calendar in a profile that does not exist is answered with 404."
    UPSERT_OF_DELETED = (
        "Upserting an event_id that was deleted brings that event back under the same "
        "event_uid, with nothing of its former details."
    )
    VISITOR_ZONE = "Pages show times in the zone of their link, which is told as the visitor's."
    VERIFIED_AT_ONCE = "An application is in production as soon as it asks for verification."
    WIDE_WINDOWS = "from and to beyond the default window are honoured."
    WITHOUT_CALENDAR = (
        "Whoever takes part in a conversation without an account is free at any time."
    )
