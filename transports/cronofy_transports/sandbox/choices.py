"""
What the sandbox does where the reference is silent, each choice in one place.

`Choices` are dials: the service's behaviour is not known, and a program may meet
either, so a test can turn them. A `Decision` is fixed, and is named at the line of
code that carries it out.
"""

from __future__ import annotations

from enum import Enum
from typing import Any, Literal

import attrs

from cronofy_async.core.errors import InvalidArgumentError

__all__ = ("Choices", "Decision")


def _from(least: int) -> Any:
    """A validator of numbers that are at least this."""

    def check(_: Any, field: attrs.Attribute[Any], value: float) -> None:
        if value < least:
            raise InvalidArgumentError(
                field.name, f"{value} is too little", f"give {least} or more"
            )

    return check


@attrs.frozen(kw_only=True)
class Choices:
    """
    The dials of a sandbox. Lengths of time are seconds of the sandbox's clock.

    Attributes:
        access_token_lifetime: 3600, as in every documented example for accounts.
        code_lifetime: How long an authorization code can be exchanged; "short-lived".
        refresh_tokens: ``fixed`` gives the same one back, as the documented examples
            do; ``rotating`` gives a new one and ends the old, which clients must survive;
            ``rotating_with_grace`` gives a new one too, and takes the old one, with the
            same answer, until the new one is first used or the grace is over.
        refresh_token_grace: How long that is at most.
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
        trigger_timeout: The same for what an event's transitions trigger, as documented.
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
        not_in_plan: What the plan lacks, and is answered with 402: names of operations, and
            ``include_geo`` for an application in production.
        download_lifetime: For how long the URL of what an agent recorded is good.
        quota_retry_after: Whether a 429 of the quota says when to come back; no such header
            is documented.
    """

    access_token_lifetime: int = attrs.field(default=3600, validator=_from(0))
    code_lifetime: int = attrs.field(default=300, validator=_from(0))
    refresh_tokens: Literal["fixed", "rotating", "rotating_with_grace"] = "fixed"
    refresh_token_grace: int = attrs.field(default=60, validator=_from(0))
    invalid_client_status: Literal[400, 401] = 400
    unknown_parameters: Literal["refuse", "ignore"] = "refuse"
    page_size: int = attrs.field(default=100, validator=_from(1))
    page_lifetime: int = attrs.field(default=3600, validator=_from(0))
    conferencing_delay: int = attrs.field(default=2, validator=_from(0))
    change_delay: int = attrs.field(default=1, validator=_from(0))
    delivery_timeout: float = attrs.field(default=5, validator=_from(0))
    trigger_timeout: float = attrs.field(default=7, validator=_from(0))
    delivery_first_retry: int = attrs.field(default=10, validator=_from(1))
    delivery_longest_retry: int = attrs.field(default=3600, validator=_from(1))
    delivery_give_up: int = attrs.field(default=24 * 3600, validator=_from(0))
    verification_retries: bool = False
    element_token_lifetime: int = attrs.field(default=64800, validator=_from(0))
    link_token_lifetime: int = attrs.field(default=300, validator=_from(0))
    service_token_lifetime: int = attrs.field(default=1800, validator=_from(0))
    delegation_delay: int = attrs.field(default=1, validator=_from(0))
    screening_delay: int = attrs.field(default=2, validator=_from(0))
    agent_join_delay: int = attrs.field(default=5, validator=_from(0))
    meeting_length: int = attrs.field(default=1800, validator=_from(0))
    agent_answers: Literal["flat", "enveloped"] = "flat"
    download_lifetime: int = attrs.field(default=300, validator=_from(0))
    quota_retry_after: bool = False
    not_in_plan: frozenset[str] = frozenset()


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
    ELEMENT_CALLS = (
        "Elements may ask for availability by the permission availability, and about their one "
        "account: for its events and calendars by agenda, its rules and calendars by "
        "managed_availability, its profiles and calendars by account_management. No token is "
        "recognised without Cronofy-Element or on another Origin, or reaches other accounts."
    )
    ERROR_KEYS = (
        "What is wrong has the documented key where there is one, and errors.invalid, "
        "errors.not_recognized or errors.out_of_range otherwise, under a dotted name; what is "
        "wrong with the body as a whole is under an empty name."
    )
    DISABLE_AGAIN = "Disabling a link twice replaces its message; a completed one is refused."
    DISCONNECTED = (
        "What changes in a calendar whose profile is disconnected can be read at once, and is "
        "told of when the profile is connected again."
    )
    ENDED_REQUESTS = (
        "A scheduling request that is cancelled or declined can still be read, as cancelled or "
        "declined, and its event is deleted."
    )
    ENDLESS_SERIES = "Of an event that recurs, the occurrences of two years are made."
    ERASURE = (
        "Asking to be forgotten is told to the channels of an account, and changes nothing else."
    )
    FAULTS_IN_BATCHES = (
        "An entry of a batch is struck only by faults that name its operation and answer with "
        "a status; the batch as a whole is struck by those that match it."
    )
    FEWER_PLACES = "A bookable event cannot have fewer places than are accepted."
    ERRANDS_COME_BACK = (
        "Pages for permissions and conferencing come back where consent may come back to."
    )
    ERRANDS_ONCE = "Such a page works until something is decided on it."
    FREE_BUSY = (
        "Transparent, cancelled and declined events are free, tentative ones tentative, and "
        "opaque ones busy."
    )
    GONE_RECEIVER = "A receiver's 404 or 410 is a failure like any other, and tried again."
    ICS_ACCOUNT = (
        "An .ics file that is a world of its own is the calendar of one account, named after "
        "the file, which has authorized read_write; times without a zone are in X-WR-TIMEZONE."
    )
    ICS_BROKEN = (
        "A file is refused if times or rules of an event in an .ics file cannot be read; what "
        "cannot be read of anything else is left out."
    )
    ICS_REPLY = (
        "Whoever an event of an .ics file lists as its organizer or does not list at all has "
        "accepted it; any other owner of a calendar was invited, and replied with PARTSTAT."
    )
    ICS_SERIES = (
        "Of an event that recurs in an .ics file those occurrences are made that start within "
        "two years from its first one on, or within two years of now."
    )
    IMPERSONATION = (
        "Impersonating anybody but an account of the application is answered with 403; the "
        "impersonated account is the host, and only its requests can be seen."
    )
    INITIAL_SYNC = (
        "Until its initial sync is complete a profile shows no calendars, and nothing in it is "
        "told of."
    )
    INVALIDATED = (
        "A refresh token that was invalidated is answered with invalid_grant; access tokens stay "
        "good until they expire, and whoever authorizes anew is given another refresh token."
    )
    INVITE_MOVED = (
        "Changing an invite replaces its recipients; those who stay keep their reply unless the"
        " event moves."
    )
    INVITE_ORGANIZER = (
        "The organizer of an invite's file has an address of the service, so that replies come "
        "back; their own address is a parameter of it."
    )
    INVITE_PAGES = (
        "Whoever is invited can reply on a page of the sandbox too, in place of their mail "
        "program; no answer names it, as the service sends its files by mail alone."
    )
    INVITE_TIMES = "The files of invites have all their times in UTC."
    INTERNAL_CALLS = (
        "A client secret is answered with 403 about scheduling requests unless its application is "
        "an internal one of the Organizational Unit."
    )
    LAST_REPLIES = "An invite lists the last reply of each address, the newest reply last."
    LONGEST_SEARCH = (
        "The 35 days within which query periods lie hold for slots, for the periods of a sequence "
        "and of each of its meetings, and for conversations too."
    )
    LONGEST_MEETING = (
        "Meetings and buffers of more than the 35 days that can be searched are refused."
    )
    MANAGED_WINDOW = (
        "Bounds that are given hold for managed events too; only the default bounds do not."
    )
    NONE_SUITS = "A page offers to say that no time suits if there is a URL that is told of it."
    NOTHING_STORED = (
        "An account without any stored rule or period is not restricted by managed_availability."
    )
    NO_LENGTH = "An event may end at the moment it starts; an all-day event lasts a day or more."
    NO_TIMES = (
        "The callbacks about no times hold the link and the zone of its page, and come each time."
    )
    NOTIFIED_BY_HAND = (
        "notify tells a channel of the latest conversation of its account, or of one that does "
        "not exist if it has none; nothing else in the world changes."
    )
    NO_ZONE = "Localized times of events without a zone are in Etc/UTC."
    NO_CHALLENGE = "401 and 403 come without WWW-Authenticate and without a body."
    OTHER_METHODS = "A path that is known for other methods is answered with 404."
    OTHER_MEDIA = (
        "A body that is not labelled as a form is read as JSON, whatever it is labelled as."
    )
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
    QUOTA_COUNTS = (
        "A batch counts as one call of the quota; what is answered with 401 or with the quota's "
        "own 429 does not count, nor do pages that people see."
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
    REVOKED_TRIGGERS = (
        "Once an account's authorization is revoked, nothing is delivered to its channels, and "
        "subscriptions to its events are silent."
    )
    SAME_CONFERENCING = "A conferencing service that is connected again keeps its profile."
    SANDBOX_LEVEL = "Asking for the permission level sandbox gives unrestricted back."
    SAME_CHANNEL = "Making a channel that exists gives that one, without a new verification."
    SCHEDULER_REQUESTS = (
        "The predecessor of scheduling requests is answered with 404: what it takes is not known."
    )
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
    UNIT_CALLS = (
        "A token of an Organizational Unit is good for scheduling requests and identity alone, "
        "and answered with 403 elsewhere."
    )
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
    YEARS = (
        "Events and available periods, and whatever follows of an event that recurs, lie between "
        "the year 2 and the last days of the year 9999; others are refused."
    )
    WIDE_WINDOWS = "from and to beyond the default window are honoured."
    WITHOUT_CALENDAR = (
        "Whoever takes part in a conversation without an account is free at any time."
    )
