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


class Decision(Enum):
    """What the sandbox does where the reference is silent, in a sentence each."""

    APPLICATION_CALENDAR_AGAIN = (
        "Asking for an application calendar again gives a new access token and the same "
        "refresh token, and revives one that was revoked."
    )
    BATCH_ENTRY = "An entry of a batch that may not be in one is answered with 404."
    CALENDARS_OF_RULES = (
        "With several availability rules, events in the calendars of any of them count; a "
        "rule without calendars stands for all calendars."
    )
    CLOCK_CHANGES = (
        "Of a wall-clock time that comes twice the first is meant; one that is skipped "
        "moves forward by the length of the gap."
    )
    DELETE_OF_UNKNOWN = "Deleting what does not exist is accepted."
    DISABLE_AGAIN = "Disabling a link twice replaces its message; a completed one is refused."
    ENDLESS_SERIES = "Of an event that recurs, the occurrences of two years are made."
    FREE_BUSY = (
        "Transparent, cancelled and declined events are free, tentative ones tentative, and "
        "opaque ones busy."
    )
    MANAGED_WINDOW = (
        "Bounds that are given hold for managed events too; only the default bounds do not."
    )
    NOTHING_STORED = (
        "An account without any stored rule or period is not restricted by managed_availability."
    )
    NO_LENGTH = "An event may end at the moment it starts; an all-day event lasts a day or more."
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
    READONLY_CALENDAR = "Writing to a calendar that is only for reading is answered with 403."
    SAME_CHANNEL = "Making a channel that exists gives that one, without a new verification."
    SIMPLIFIED_SCOPES = (
        "read_only, write_only, read_write, free_busy and free_busy_write stand for the "
        "granular scopes that their names suggest."
    )
    UNKNOWN_MEMBER = "A member that is no account of the application is answered with 422."
    UNKNOWN_PROFILE = "Creating a calendar in a profile that does not exist is answered with 404."
    UPSERT_OF_DELETED = (
        "Upserting an event_id that was deleted brings that event back under the same "
        "event_uid, with nothing of its former details."
    )
    WIDE_WINDOWS = "from and to beyond the default window are honoured."
