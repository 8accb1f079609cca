"""
The page on which somebody who is invited replies, in place of their mail program.

Source: /developers/api/smart-invites/invite-status/
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from cronofy_async.core.unset import Unset
from cronofy_async.core.wire import Request, Response
from cronofy_async.models.smart_invites import (
    InviteProposal,
    InviteReply,
    InviteStatus,
    SmartInviteEvent,
)
from cronofy_async.models.times import ZonedTime

from ..handlers.invites import take_reply, whose_page
from ..moments import moment, span, to_day, wall_seconds
from ..refusals import Invalid
from ..state.invites import Invite
from ..world import World
from .choosing import shown_time
from .forms import Button, Form, Option, field
from .html import Html, document, redirect, text
from .links import no_such_link

__all__ = ("invite_page",)

_ANSWERS: Final[Mapping[str, str]] = {
    InviteStatus.ACCEPTED: "Yes, I will come",
    InviteStatus.TENTATIVE: "Maybe",
    InviteStatus.DECLINED: "No, I cannot come",
}


def invite_page(world: World, request: Request, _: str) -> Response:
    """Show an invite, or take the reply to it; 404 if there is no such page."""
    found = whose_page(world, request.path.rstrip("/"))
    if found is None:
        return no_such_link()
    invite, recipient = found
    if invite.cancelled:
        off = Html(f"{_described(invite.event)}\n<p>It was called off.</p>")
        return document(invite.event.summary, off)
    form = Form(world, request)
    if request.method != "POST":
        return _show(form, invite, recipient)
    given = form.given()
    if given is None:
        return form.refused()
    try:
        take_reply(world, invite, _reply(invite, recipient, given))
    except Invalid as refusal:
        return _show(form, invite, recipient, given, _sentence(refusal))
    return redirect(request.path, status=303)


def _show(
    form: Form,
    invite: Invite,
    recipient: InviteReply,
    given: Mapping[str, str] | None = None,
    problem: str = "",
) -> Response:
    kept = given or {}
    sort = "date" if _times(invite.event)["all_day"] else "datetime-local"
    complaint = f'<p class="problem" role="alert">{text(problem)}</p>\n' if problem else ""
    further = (
        field("Comment", "comment", kind="textarea", value=kept.get("comment", ""))
        + "<details><summary>Propose another time, or reply for somebody else</summary>\n"
        + field("From", "from", kind=sort, value=kept.get("from", ""))
        + field(
            "Until",
            "until",
            kind=sort,
            value=kept.get("until", ""),
            hint=f"In {_zone(invite.event)}.",
        )
        + field(
            "Your address, if the invite was forwarded to you",
            "email",
            kind="email",
            value=kept.get("email", ""),
        )
        + "</details>\n"
    )
    return form.page(
        invite.event.summary,
        Html(f"{complaint}{_described(invite.event, invite)}\n{_said(recipient)}"),
        [Button("reply", "Send the reply")],
        legend="Will you come?",
        options=[Option(value, text(label)) for value, label in _ANSWERS.items()],
        chosen=kept.get("choice", recipient.status),
        further=Html(further),
        status=422 if problem else 200,
    )


def _said(recipient: InviteReply) -> str:
    words = _ANSWERS.get(recipient.status or InviteStatus.PENDING)
    if words is None:
        return f"<p>{text(recipient.email)} has not replied yet.</p>"
    comment = f" <q>{text(recipient.comment)}</q>" if recipient.comment else ""
    return f"<p>{text(recipient.email)} has replied: <strong>{words}</strong>.{comment}</p>"


def _described(event: SmartInviteEvent, invite: Invite | None = None) -> Html:
    times, tzid = _times(event), _zone(event)
    if times["all_day"]:
        last = to_day(times["end"]) - date.resolution
        when = text(f"{to_day(times['start'])} to {last}, all day")
    else:
        start, end = shown_time(times["start"], tzid), shown_time(times["end"], tzid)
        when = Html(f"{start} to {end} in {text(tzid)}")
    rows = {"When": when}
    if not isinstance(event.location, Unset) and event.location.description:
        rows["Where"] = text(event.location.description)
    organizer = None if invite is None else invite.organizer
    if organizer is not None and (organizer.name or organizer.email):
        rows["From"] = text(organizer.name or organizer.email)
    if not isinstance(event.description, Unset):
        rows["About"] = Html(f'<pre class="words">{text(event.description)}</pre>')
    listed = "".join(f"<dt>{name}</dt><dd>{value}</dd>\n" for name, value in rows.items())
    return Html(f"<dl>\n{listed}</dl>")


# Taking a reply -----------------------------------------------------------------------


def _reply(invite: Invite, recipient: InviteReply, given: Mapping[str, str]) -> InviteReply:
    if given.get("choice") not in _ANSWERS:
        raise Invalid.field("reply", "must be one of those that are offered")
    return InviteReply(
        email=given.get("email", "").strip() or recipient.email,
        status=InviteStatus(given["choice"]),
        comment=given.get("comment", "").strip() or None,
        proposal=_proposal(invite.event, given.get("from", ""), given.get("until", "")),
    )


def _proposal(event: SmartInviteEvent, start: str, end: str) -> InviteProposal | None:
    if not start and not end:
        return None
    try:
        first, last = datetime.fromisoformat(start), datetime.fromisoformat(end)
    except ValueError:
        raise Invalid.field("proposal", "needs both a start and an end") from None
    if last <= first:
        raise Invalid.field("proposal", "must end after it starts")
    tzid = _zone(event)
    if _times(event)["all_day"]:
        return InviteProposal(start=ZonedTime(first.date(), tzid), end=ZonedTime(last.date(), tzid))
    return InviteProposal(start=_zoned(first, tzid), end=_zoned(last, tzid))


def _zoned(wall: datetime, tzid: str) -> ZonedTime:
    return ZonedTime(moment(wall_seconds(wall.replace(tzinfo=None), tzid)), tzid)


def _sentence(refusal: Invalid) -> str:
    return " ".join(
        f"The {name.replace('_', ' ')} {each.description}."
        for name, complaints in refusal.errors.items()
        for each in complaints
    )


def _zone(event: SmartInviteEvent) -> str:
    # Decision.NO_ZONE
    return _times(event)["start_tzid"] or "Etc/UTC"


def _times(event: SmartInviteEvent) -> Mapping[str, Any]:
    return span(event.start, event.end, None if isinstance(event.tzid, Unset) else event.tzid)
