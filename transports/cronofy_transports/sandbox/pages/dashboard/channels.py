"""Channels and what is sent to them, and the callbacks of other kinds."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Final

from cronofy_async.models.notifications import NotificationType

from ...push import Delivery
from ...state.channels import Channel
from ..html import Html, text
from .accounts import name_of
from .frame import Action, Page, View, Visit
from .parts import button, definitions, join, link, section, shown_moment, table
from .places import link_to

__all__ = ("PAGE",)

_LATEST: Final = 5
_MOST: Final = 100


def _show(visit: Visit) -> View:
    outbox = visit.world.outbox
    channels = list(chain.from_iterable(visit.world.channels.values()))
    none = Html('<p class="none">No application has made a channel yet.</p>\n')
    waiting = (_waiting(each) for each in outbox.open()[:_MOST])
    ended = (_ended(each) for each in outbox.ended()[:_MOST])
    about = ("What", "To", "Attempts")
    return View(
        title="Channels and callbacks",
        body=join(
            *([_channel(visit, each) for each in channels] or [none]),
            section("Not delivered yet", table("Callbacks waiting", (*about, "Next try"), waiting)),
            section("Delivered or given up", table("Latest callbacks", (*about, "Outcome"), ended)),
        ),
    )


def _channel(visit: Visit, channel: Channel) -> Html:
    account = channel.authorization.account
    is_open = not channel.closed and channel.authorization.active
    state = "open" if is_open else "closed" if channel.closed else "its authorization was revoked"
    option = channel.scheduling_conversations
    known = {
        "Account": link(link_to("account", sub=account.sub), name_of(account)),
        "State": state,
        "Callback URL": Html(f"<code>{text(channel.callback_url)}</code>"),
        "Calendars": ", ".join(_calendars(visit, channel)) or "all",
        "Events": "only those that the application made" if channel.filters.only_managed else "all",
        "Conversations": "told of them" if option is not None and option.enabled else "not told",
    }
    latest = (_outcome(each) for each in visit.world.outbox.ended() if each.channel is channel)
    first = [each for each, _ in zip(latest, range(_LATEST), strict=False)]
    return section(
        f"Channel {channel.channel_id}",
        definitions(known),
        "<h3>Send a notification</h3>\n" if is_open else "",
        _triggers(visit, channel) if is_open else "",
        "<h3>Latest deliveries</h3>\n",
        table(f"Sent to {channel.channel_id}", ("What", "Attempts", "Outcome"), first),
    )


def _calendars(visit: Visit, channel: Channel) -> Iterator[str]:
    for calendar_id in channel.filters.calendar_ids or ():
        calendar = visit.world.calendars.get(calendar_id)
        yield calendar_id if calendar is None else calendar.name or calendar_id


def _triggers(visit: Visit, channel: Channel) -> Html:
    buttons = (
        button(each, f"to {channel.channel_id}", name="notification_type", value=each)
        for each in NotificationType
    )
    row = ('<div class="actions inline">\n', *buttons, "</div>\n")
    return visit.form("notify", *row, channel_id=channel.channel_id)


def _waiting(delivery: Delivery) -> tuple[object, ...]:
    underway = delivery.state == "on its way"
    due = "on its way" if underway else shown_moment(delivery.due_at)
    return delivery.type, _url(delivery), delivery.attempts, due


def _ended(delivery: Delivery) -> tuple[object, ...]:
    what, *outcome = _outcome(delivery)
    return what, _url(delivery), *outcome


def _outcome(delivery: Delivery) -> tuple[object, ...]:
    words = "delivered" if delivery.state == "done" else "given up"
    at = shown_moment(delivery.ended_at) if delivery.ended_at is not None else Html("")
    return delivery.type, delivery.attempts, join(text(words), " at ", at)


def _url(delivery: Delivery) -> Html:
    return Html(f"<code>{text(delivery.url)}</code>")


def _notify(visit: Visit) -> None:
    given = visit.given
    visit.control.notify(given.get("channel_id", ""), given.get("notification_type", ""))


PAGE: Final = Page(
    show=_show,
    menu="Channels",
    actions={"notify": Action(_notify, "The notification is on its way.")},
)
