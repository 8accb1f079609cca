"""Reading events and free-busy periods, and deleting events."""

from __future__ import annotations

import attrs

from ..core.operation import Credential, Retry
from ..core.paging import PagedOperation
from ..core.unset import UNSET, Unset
from ..models.events import Event, FreeBusy
from .checks import not_empty
from .event_fields import EventWrite, WindowRead

__all__ = (
    "DeleteEvent",
    "DeleteExternalEvent",
    "ReadEvents",
    "ReadEventsPage",
    "ReadFreeBusy",
    "ReadFreeBusyPage",
)


@attrs.frozen(kw_only=True)
class ReadEvents(
    WindowRead[Event],
    path="/v1/events",
    source="/developers/api/events/read-events/",
    items="events",
    version="updated",
):
    """
    Read the events of an account's calendars in a window of time.

    The window does not bound events that the application created: with *include_managed*
    and no window, all of them come.

    Answer: pages of `Event`, in an order that is not promised; one request per page. A
    series comes as its single instances.

    Args:
        tzid: IANA name of the zone in which days begin and all-day events lie. Moments
            come in UTC all the same, unless *localized_times* is true. Use the same zone
            in all reads of one account, or events at the borders are missed.
        from_: Only events that end on this day or moment or later. Left out: 42 days ago.
        to: Only events that start before this day or moment. Left out: 201 days ahead.
        include_deleted: Whether deleted events come too. Left out: false.
        include_moved: Whether events come too that were in the window once. Left out: false.
        include_managed: Whether events that the application created come too. Left out:
            false.
        only_managed: Whether only those come; this needs no scope ``read_events``. Left
            out: false.
        include_geo: Whether locations have coordinates. Left out: false.
        last_modified: Only events that changed at this moment or later: the
            ``changes_since`` of a notification.
        calendar_ids: Only these calendars; one needs no list. Left out: all of them.
        localized_times: Whether starts and ends come with their zones, as `ZonedTime`.
            Left out: false.
        google_event_ids: Whether Google's own ids come too. Left out: false.

    Raises:
        InvalidArgumentError: The zone is unknown, *from_* is after *to*, a datetime is
            naive or has a fraction of a second, or *calendar_ids* is empty.
        PaymentRequiredError: The application's plan has no coordinates.
        PermissionDeniedError: The scope does not allow it.

    Source: /developers/api/events/read-events/
    """

    include_moved: bool | Unset = UNSET
    only_managed: bool | Unset = UNSET
    include_geo: bool | Unset = UNSET
    google_event_ids: bool | Unset = UNSET


@attrs.frozen(kw_only=True)
class ReadEventsPage(
    PagedOperation[Event],
    method="GET",
    path="/v1/events/pages/{page}",
    credential=Credential.ACCESS_TOKEN,
    retry=Retry.READ,
    source="/developers/api/events/read-events/",
    items="events",
):
    """
    Read one further page of `ReadEvents`. Pagers do this by themselves.

    Answer: the page.

    Args:
        page: The last segment of the path of ``next_page``.

    Raises:
        NotFoundError: The page is unknown, or not kept any longer: read from the start.

    Source: /developers/api/events/read-events/
    """

    page: str = attrs.field(validator=not_empty)


@attrs.frozen(kw_only=True)
class ReadFreeBusy(
    WindowRead[FreeBusy],
    path="/v1/free_busy",
    source="/developers/api/events/free-busy/",
    items="free_busy",
):
    """
    Read when an account's calendars are taken up, without what by.

    Answer: pages of `FreeBusy`, one per event and calendar, so that they may overlap; in
    an order that is not promised; one request per page.

    Args:
        tzid: IANA name of the zone in which days begin and all-day events lie; see
            `ReadEvents`.
        from_: Only events that end on this day or moment or later. Left out: 42 days ago.
        to: Only events that start before this day or moment. Left out: 201 days ahead.
        include_managed: Whether events that the application created come too, which the
            window does not bound. Left out: false.
        include_ids: Whether the events' ids come too. Left out: false.
        include_free: Whether events that do not take up their time come too. Left out:
            false.
        include_deleted: Whether deleted events come too. Left out: false.
        last_modified: Only events that changed at this moment or later.
        calendar_ids: Only these calendars; one needs no list. Left out: all of them.
        localized_times: Whether starts and ends come with their zones, as `ZonedTime`.
            Left out: false.

    Raises:
        InvalidArgumentError: The zone is unknown, *from_* is after *to*, a datetime is
            naive or has a fraction of a second, or *calendar_ids* is empty.
        PermissionDeniedError: The scope does not allow it.

    Source: /developers/api/events/free-busy/
    """

    include_ids: bool | Unset = UNSET
    include_free: bool | Unset = UNSET


@attrs.frozen(kw_only=True)
class ReadFreeBusyPage(
    PagedOperation[FreeBusy],
    method="GET",
    path="/v1/free_busy/pages/{page}",
    credential=Credential.ACCESS_TOKEN,
    retry=Retry.READ,
    source="/developers/api/events/free-busy/",
    items="free_busy",
):
    """
    Read one further page of `ReadFreeBusy`. Pagers do this by themselves.

    Answer: the page.

    Args:
        page: The last segment of the path of ``next_page``.

    Raises:
        NotFoundError: The page is unknown, or not kept any longer: read from the start.

    Source: /developers/api/events/free-busy/
    """

    page: str = attrs.field(validator=not_empty)


@attrs.frozen(kw_only=True)
class DeleteEvent(
    EventWrite,
    method="DELETE",
    source="/developers/api/events/delete-event/",
    selector="event_id",
):
    """
    Delete an event that the application created; needs the scope ``delete_event``.

    Answer: nothing, as the service carries it out a little later; with
    *include_userinfo*, the account.

    Args:
        calendar_id: The calendar it is in.
        event_id: Your id of it.
        include_userinfo: Whether to answer with the account's `Userinfo`. Left out: false.

    Raises:
        NotFoundError: The calendar is unknown or not granted.
        PermissionDeniedError: The scope does not allow it.

    Source: /developers/api/events/delete-event/
    """

    event_id: str = attrs.field(validator=not_empty)


@attrs.frozen(kw_only=True)
class DeleteExternalEvent(
    EventWrite,
    method="DELETE",
    source="/developers/api/events/delete-external-event/",
    selector="event_uid",
):
    """
    Delete an event that the application did not create.

    The application needs the permission level ``unrestricted`` on the calendar, and the
    event's `options` must allow it. Recurring events cannot be deleted.

    Answer: nothing, as the service carries it out a little later; with
    *include_userinfo*, the account.

    Args:
        calendar_id: The calendar it is in.
        event_uid: Cronofy's id of it.
        include_userinfo: Whether to answer with the account's `Userinfo`. Left out: false.

    Raises:
        InvalidRequestError: ``errors.must_be_external_event_uid`` under ``event_uid``.
        NotFoundError: The calendar is unknown or not granted.
        PermissionDeniedError: The permission level does not allow it.

    Source: /developers/api/events/delete-external-event/
    """

    event_uid: str = attrs.field(validator=not_empty)
