"""
Events as entries of an answer.

An entry is written to JSON once for each way of looking at it, and kept until its
event changes: reading pages again then costs no more than joining them.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import attrs
import msgspec

from cronofy_async.core import codec
from cronofy_async.models import events as models
from cronofy_async.models.authorization import Scope
from cronofy_async.models.identity import ConferencingProvider

from ..moments import localized, moment, to_day
from ..scopes import allows
from ..state.access import Application, Authorization
from ..state.events import Attendee, Event
from ..state.rows import RowCache

__all__ = (
    "View",
    "event_row",
    "free_busy_row",
    "free_busy_status",
    "in_callback",
    "is_tentative",
    "options",
)


@attrs.frozen(kw_only=True)
class View:
    """How an answer shows its events."""

    authorization: Authorization
    localized: bool = False
    geo: bool = False
    google_ids: bool = False
    ids: bool = False
    deleted: bool = False


def event_row(event: Event, view: View, cache: RowCache) -> msgspec.Raw:
    """An event as `ReadEvents` shows it."""
    mine = event.owner == view.authorization.application.client_id
    allowed = options(event, view.authorization)
    key = (mine, allowed, view.localized, view.geo, view.google_ids)
    row = cache.get(event, key)
    if row is None:
        row = _written(_event(event, view, allowed, mine), event, view)
        cache.keep(event, key, row)
    return row


def free_busy_row(event: Event, view: View, cache: RowCache) -> msgspec.Raw:
    """An event as `ReadFreeBusy` shows it."""
    mine = event.owner == view.authorization.application.client_id
    key = (mine, view.localized, view.ids, view.deleted)
    row = cache.get(event, key)
    if row is None:
        start, end = _times(event)
        period = models.FreeBusy(
            calendar_id=event.calendar.calendar_id,
            start=start,
            end=end,
            free_busy_status=free_busy_status(event),
            event_uid=event.uid if view.ids else None,
            event_id=event.event_id if view.ids and mine else None,
            deleted=event.deleted if view.deleted else None,
        )
        row = _written(period, event, view)
        cache.keep(event, key, row)
    return row


def free_busy_status(event: Event) -> models.FreeBusyStatus:
    """Whether an event takes up its time; Decision.FREE_BUSY."""
    if event.free:
        return models.FreeBusyStatus.FREE
    if is_tentative(event):
        return models.FreeBusyStatus.TENTATIVE
    if event.transparency == models.Transparency.OPAQUE:
        return models.FreeBusyStatus.BUSY
    return models.FreeBusyStatus.UNKNOWN


def is_tentative(event: Event) -> bool:
    """Whether it is not certain that an event takes place, or that its owner goes there."""
    return (
        event.status == models.EventStatus.TENTATIVE
        or event.participation_status == models.ParticipationStatus.TENTATIVE
        or event.extended_transparency == models.ExtendedTransparency.TENTATIVE
    )


def options(event: Event, authorization: Authorization) -> models.EventOptions:
    """What an application may do to an event; Decision.OPTIONS."""
    calendar = event.calendar
    scope = authorization.scope
    mine = event.owner == authorization.application.client_id
    unrestricted = calendar.calendar_id in authorization.unrestricted and not event.recurring
    may_write = not calendar.readonly and not event.deleted and (mine or unrestricted)
    return models.EventOptions(
        delete=may_write and allows(scope, Scope.DELETE_EVENT),
        update=may_write and allows(scope, Scope.CREATE_EVENT),
        change_participation_status=(
            event.invited
            and not event.deleted
            and not calendar.readonly
            and allows(scope, Scope.CHANGE_PARTICIPATION_STATUS)
        ),
    )


def in_callback(event: Event, application: Application) -> dict[str, Any]:
    """An event as callbacks to an application show it."""
    start, end = _times(event)
    shown = models.Event(
        calendar_id=event.calendar.calendar_id,
        event_uid=event.uid,
        event_id=event.event_id if event.owner == application.client_id else None,
        summary=event.summary,
        start=start,
        end=end,
        conferencing=_conferencing(event),
    )
    row: dict[str, Any] = codec.unstructure(shown)
    return {**row, "tzid": event.start_tzid or "Etc/UTC"}


def _event(event: Event, view: View, allowed: models.EventOptions, mine: bool) -> models.Event:
    start, end = _times(event)
    conferencing = _conferencing(event)
    return models.Event(
        calendar_id=event.calendar.calendar_id,
        event_uid=event.uid,
        event_id=event.event_id if mine else None,
        google_event_id=event.google_event_id if view.google_ids else None,
        summary=event.summary,
        description=event.description,
        start=start,
        end=end,
        deleted=event.deleted,
        created=moment(event.created),
        updated=moment(event.updated),
        location=_location(event, view),
        participation_status=models.ParticipationStatus(event.participation_status),
        attendees=tuple(
            models.Attendee(
                email=each.email,
                display_name=each.display_name,
                status=models.ParticipationStatus(each.status),
            )
            for each in event.attendees
        ),
        organizer=_organizer(event.organizer),
        transparency=models.Transparency(event.transparency),
        extended_transparency=_extended_transparency(event),
        status=models.EventStatus(event.status),
        categories=event.categories,
        recurring=event.recurring,
        series_identifier=event.series,
        event_private=event.private,
        meeting_url=conferencing.join_url if conferencing is not None else None,
        conferencing=conferencing,
        url=event.url,
        options=allowed,
    )


def _times(event: Event) -> tuple[datetime, datetime] | tuple[date, date]:
    if event.all_day:
        return to_day(event.start), to_day(event.end)
    return moment(event.start), moment(event.end)


def _location(event: Event, view: View) -> models.Location | None:
    if event.location is None and (event.lat is None or not view.geo):
        return None
    return models.Location(
        description=event.location,
        lat=event.lat if view.geo else None,
        long=event.long if view.geo else None,
    )


def _organizer(organizer: Attendee | None) -> models.Organizer | None:
    if organizer is None:
        return None
    return models.Organizer(email=organizer.email, display_name=organizer.display_name)


def _extended_transparency(event: Event) -> models.ExtendedTransparency:
    if event.extended_transparency is not None:
        return models.ExtendedTransparency(event.extended_transparency)
    if event.status == models.EventStatus.TENTATIVE:
        return models.ExtendedTransparency.TENTATIVE
    return models.ExtendedTransparency(event.transparency)


def _conferencing(event: Event) -> models.EventConferencing | None:
    held = event.conferencing
    if held is None:
        return None
    if held.join_url is None:
        return models.EventConferencing(pending=True)
    return models.EventConferencing(
        provider_name=ConferencingProvider(held.provider_name), join_url=held.join_url
    )


def _written(entry: models.Event | models.FreeBusy, event: Event, view: View) -> msgspec.Raw:
    row: dict[str, Any] = codec.unstructure(entry)
    if view.localized:
        row["start"] = localized(event.start, event.start_tzid, is_day=event.all_day)
        row["end"] = localized(event.end, event.end_tzid, is_day=event.all_day)
    return msgspec.Raw(msgspec.json.encode(row))
