"""Links by which somebody puts an event into a calendar of theirs."""

from __future__ import annotations

import attrs

from ..core import codec
from ..core.errors import DecodeError
from ..core.operation import Credential, Operation, Retry, Stability
from ..core.unset import UNSET, Unset
from ..models.add_to_calendar import AddToCalendarEvent, AddToCalendarLink
from ..models.checks import under
from ..models.real_time_scheduling import SchedulingOAuth, TargetCalendar
from .checks import instance, period
from .links import LinkAnswer
from .real_time_scheduling import _oauth, _target_calendars

__all__ = ("AddToCalendar",)


@attrs.frozen(kw_only=True)
class AddToCalendar(
    Operation[AddToCalendarLink],
    method="POST",
    path="/v1/add_to_calendar",
    credential=Credential.CLIENT_BODY,
    retry=Retry.CREATE,
    source="/developers/api/events/upsert-event/",
    stability=Stability.PRERELEASE,
    lookup="nothing is lost: nothing happens before the user opens the URL, ask for another",
):
    """
    Make a link by which somebody grants access to a calendar and gets one event into it.

    The reference has no page for this call: it is known from the official SDKs alone. What
    they do not show can be given in *extra*.

    Answer: the link, with `url` to send the person to.

    Args:
        oauth: What the person is asked to grant and where they are sent at the end: a
            `SchedulingOAuth`, or only the http or https URL.
        event: The event, with its start and end.
        target_calendars: Further calendars to write it to; one needs no list.

    Raises:
        InvalidArgumentError: The URL is no http or https URL, or the event's times are
            naive without zone, or end before they start.
        InvalidRequestError: The service refuses a value; `errors` says which.
        DecodeError: The answer holds no link.

    Source: /developers/api/events/upsert-event/
    """

    oauth: SchedulingOAuth = attrs.field(converter=_oauth, validator=instance(SchedulingOAuth))
    event: AddToCalendarEvent = attrs.field(validator=instance(AddToCalendarEvent))
    target_calendars: tuple[TargetCalendar, ...] | Unset = attrs.field(
        default=UNSET, converter=_target_calendars, validator=instance(TargetCalendar)
    )

    def __attrs_post_init__(self) -> None:
        with under("event"):
            period(self.event.start, self.event.end, self.event.tzid)

    def read_body(self, body: bytes) -> AddToCalendarLink:
        """Read the link under either of its names."""
        answer: LinkAnswer = codec.decode(body, LinkAnswer)
        if answer.page is None:
            raise DecodeError("the answer has no url", ("url",))
        return AddToCalendarLink(url=answer.page)
