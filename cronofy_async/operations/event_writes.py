"""Creating and changing events."""

from __future__ import annotations

import attrs

from .checks import not_empty
from .event_fields import EventDetails

__all__ = ("EditExternalEvent", "UpsertEvent")


@attrs.frozen(kw_only=True)
class UpsertEvent(
    EventDetails,
    source="/developers/api/events/upsert-event/",
    selector="event_id",
):
    """
    Create an event, or change the one with the same id; needs the scope ``create_event``.

    Answer: nothing, as the service carries it out a little later; with
    *include_userinfo*, the account. Links to meet at are made later still: read the event,
    or subscribe to ``conferencing_assigned``.

    Args:
        calendar_id: The calendar to write to, neither read-only nor deleted.
        event_id: Your id of the event, unique in the calendar. The same id again changes
            the event instead of making another.
        summary: Its title, of at most 1024 characters.
        start: When it starts: an aware datetime, which is sent in UTC; a `ZonedTime`; a
            naive datetime, which *tzid* is the zone of; or a `date` for whole days.
        end: When it ends, exclusive, in one of the same forms: a date if *start* is one.
            Not before *start*.
        description: Its text, plain, of at most 4096 characters.
        tzid: IANA name of the zone of naive datetimes, and in which the rest is shown.
            Left out: UTC.
        location: Where it takes place; text stands for a `Location` described by it.
            Leave it out if you ask for a link to meet at: the link is put there where the
            calendar has no better place.
        url: Its page on the web. Left out: unchanged. `None`: removed, where the provider
            can.
        transparency: ``opaque`` if it takes up its time, else ``transparent``. Left out:
            ``transparent`` for whole days, else ``opaque``.
        extended_transparency: The same in more detail: also ``working_elsewhere``,
            ``tentative`` or ``out_of_office``.
        event_private: Whether to hide its details from others. Left out: false.
        color: Six hex digits after a ``#``, for example ``#49BED8``.
        reminders: At most 5, the most important first, since some providers keep only
            one; an int is minutes. Empty: none at all. Left out: the provider's default.
        reminders_create_only: Whether to leave the reminders of an event as they are
            that is there already. Left out: false.
        attendees: Whom to invite and to remove; others stay. A list invites, and an
            address stands for an `Invitee`. Application calendars cannot invite.
        conferencing: Which link to meet at to make; text is its `profile_id`, for example
            ``default``. Left out: unchanged.
        subscriptions: Who is to be told of what happens to it. Empty: nobody. Left out:
            unchanged.
        attachments: Attachments uploaded before; text is an id. Beta.
        meeting_agent: An agent that joins the meeting; text is its `profile_id`, that is
            ``cronofy``, or ``none`` to send it away. Left out: unchanged. Beta.
        recurrence: How it recurs; one rule stands for itself. Empty: not any more. Left
            out: unchanged. Alpha.
        locale: The two letters of a language, where a template is used.
        tags: Labels; a list is of private ones, and text stands for a `Tag`.
        include_userinfo: Whether to answer with the account's `Userinfo`. Left out: false.

    Raises:
        InvalidArgumentError: A value is outside the bounds given above; a time is naive
            without a zone or has a fraction of a second.
        InvalidRequestError: The service refuses a value; `errors` says which.
        NotFoundError: The calendar is unknown or not granted.
        PermissionDeniedError: The scope does not allow it.

    Source: /developers/api/events/upsert-event/
    """

    event_id: str = attrs.field(validator=not_empty)


@attrs.frozen(kw_only=True)
class EditExternalEvent(
    EventDetails,
    source="/developers/api/events/edit-external-events/",
    selector="event_uid",
):
    """
    Change an event that the application did not create.

    The application needs the permission level ``unrestricted`` on the calendar, and the
    event's `options` must allow it. Recurring events cannot be changed, and deleted ones
    do not come back.

    Answer: nothing, as the service carries it out a little later; with
    *include_userinfo*, the account.

    Args:
        calendar_id: The calendar it is in.
        event_uid: Cronofy's id of it. (Given as ``event_id`` to `UpsertEvent`, it would
            make another event.)
        summary: Its title, of at most 1024 characters.
        start: When it starts, in the forms of `UpsertEvent`.
        end: When it ends, exclusive, in the same forms.
        description: Its text, plain, of at most 4096 characters.
        tzid: As in `UpsertEvent`, as are all that follow.
        location: Where it takes place.
        url: Its page on the web, or `None` to remove it.
        transparency: Whether it takes up its time.
        extended_transparency: The same in more detail.
        event_private: Whether to hide its details from others.
        color: Six hex digits after a ``#``.
        reminders: At most 5, the most important first.
        reminders_create_only: Without effect, as nothing is created.
        attendees: Whom to invite and to remove.
        conferencing: Which link to meet at to make.
        subscriptions: Who is to be told of what happens to it.
        attachments: Attachments uploaded before. Beta.
        meeting_agent: An agent that joins the meeting. Beta.
        recurrence: How it recurs. Alpha.
        locale: The two letters of a language, where a template is used.
        tags: Labels.
        include_userinfo: Whether to answer with the account's `Userinfo`.

    Raises:
        InvalidArgumentError: A value is outside the bounds that `UpsertEvent` gives.
        InvalidRequestError: ``errors.must_be_external_event_uid`` under ``event_uid``, or
            the service refuses another value; `errors` says which.
        NotFoundError: The calendar is unknown or not granted.
        PermissionDeniedError: The permission level does not allow it.

    Source: /developers/api/events/edit-external-events/
    """

    event_uid: str = attrs.field(validator=not_empty)
