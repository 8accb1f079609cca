"""The page on which somebody who is invited replies."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest

from .browsing import Sheet, Surfer, flaws
from .test_sandbox_invites import BO, CY, EVENT, HOOK, delivered, get, made, post, several
from .wire import ORIGIN, Wire


def url(wire: Wire, recipient: str = BO) -> str:
    """The page of somebody who is invited."""
    wire.send("GET", "/")
    found: str = wire.command("reply_page", smart_invite_id="inv-1", recipient=recipient)
    assert found.startswith(f"{ORIGIN}/invites/")
    return found


def reply(surfer: Surfer, page: Sheet, choice: str, **fields: str) -> Sheet:
    """Send a reply; gives the page that follows."""
    return surfer.submit(page, "Send the reply", choice=choice, **fields)


@pytest.mark.parametrize(
    ("choice", "words"),
    [
        ("accepted", "Yes, I will come"),
        ("tentative", "Maybe"),
        ("declined", "No, I cannot come"),
    ],
)
def test_a_reply_reaches_the_application(
    wire: Wire, surfer: Surfer, choice: str, words: str
) -> None:
    """Signed, with the comment, as from a mail program; the page shows it and can change it."""
    made(wire)
    page = surfer.open(url(wire))
    assert [] == flaws(page)
    assert f"{BO} has not replied yet." in page.text
    assert "choice" not in page.form("Send the reply").fields
    page = reply(surfer, page, choice, comment="So be it.")
    assert f"{BO} has replied: {words} . So be it." in page.text
    assert choice == page.form("Send the reply").fields["choice"]
    told = {"email": BO, "status": choice, "comment": "So be it."}
    ((to, body),) = delivered(wire)
    assert (HOOK, told, told) == (
        to,
        body["smart_invite"]["recipient"],
        body["smart_invite"]["reply"],
    )
    reply(surfer, page, "declined")
    query = urlencode({"smart_invite_id": "inv-1", "recipient_email": BO})
    assert {"email": BO, "status": "declined"} == get(wire, query).json()["recipient"]


def test_it_says_what_it_is_about(wire: Wire, surfer: Surfer) -> None:
    """The title, the time in the zone of the event, where, from whom, and the text as text."""
    made(wire, organizer={"name": "Ada"}, event={**EVENT, "tzid": "Europe/Paris"})
    page = surfer.open(url(wire))
    assert EVENT["summary"] == page.heading
    for words in (
        "10:30 to 2030-01-22 11:00 in Europe/Paris",
        "Board room",
        "Ada",
        "Bring: a \\ pen",
    ):
        assert words in page.text


def test_another_time_is_proposed(wire: Wire, surfer: Surfer) -> None:
    """In the zone of the event, on either side of a change of clocks."""
    made(wire, event={**EVENT, "tzid": "Europe/Paris"})
    times = {"from": "2030-07-01T10:00", "until": "2030-07-01T10:30"}
    reply(surfer, surfer.open(url(wire)), "tentative", **times)
    ((_, body),) = delivered(wire)
    zoned = [
        {"time": f"2030-07-01T08:{minute}:00Z", "tzid": "Europe/Paris"} for minute in ("00", "30")
    ]
    assert {"start": zoned[0], "end": zoned[1]} == body["smart_invite"]["reply"]["proposal"]


def test_other_days_are_proposed_for_an_event_of_days(wire: Wire, surfer: Surfer) -> None:
    """The fields are for days, and so is the proposal."""
    made(wire, event={"summary": "Trip", "start": "2030-01-22", "end": "2030-01-24"})
    page = surfer.open(url(wire))
    assert "2030-01-22 to 2030-01-23, all day" in page.text
    reply(surfer, page, "declined", **{"from": "2030-02-01", "until": "2030-02-03"})
    ((_, body),) = delivered(wire)
    proposal = body["smart_invite"]["reply"]["proposal"]
    assert ["2030-02-01", "2030-02-03"] == [proposal[name]["time"] for name in ("start", "end")]


def test_somebody_replies_to_whom_it_was_forwarded(wire: Wire, surfer: Surfer) -> None:
    """The recipient has not replied by that."""
    made(wire)
    page = reply(surfer, surfer.open(url(wire)), "accepted", email=CY)
    assert f"{BO} has not replied yet." in page.text
    ((_, body),) = delivered(wire)
    assert (CY, BO) == tuple(body["smart_invite"][name]["email"] for name in ("reply", "recipient"))


@pytest.mark.parametrize(
    "fields",
    [
        {"choice": ""},
        {"choice": "perhaps"},
        {"choice": "accepted", "from": "2030-07-01T10:00"},
        {"choice": "accepted", "until": "2030-07-01T10:00"},
        {"choice": "accepted", "from": "soon", "until": "later"},
        {"choice": "accepted", "from": "2030-07-01T10:00", "until": "2030-07-01T10:00"},
    ],
)
def test_a_wrong_reply_is_said_and_kept(wire: Wire, surfer: Surfer, fields: dict[str, str]) -> None:
    """The page is 422 with what was entered, and nobody is told."""
    made(wire)
    page = surfer.submit(surfer.open(url(wire)), "Send the reply", comment="Hello", **fields)
    assert (422, []) == (page.status, flaws(page))
    assert "Hello" == page.form("Send the reply").fields["comment"]
    assert [] == delivered(wire)


def test_everybody_has_a_page_of_their_own(wire: Wire, surfer: Surfer) -> None:
    """One reply is that of one; it stays the same page when the invite changes."""
    several(wire)
    pages = [url(wire, who) for who in (BO, CY, BO.upper())]
    assert pages[0] == pages[2] != pages[1]
    reply(surfer, surfer.open(pages[1]), "accepted")
    several(wire, event={**EVENT, "summary": "New"})
    assert "has replied: Yes" in surfer.open(pages[1]).text
    assert ("New", True) == (
        surfer.open(pages[0]).heading,
        "has not replied" in surfer.open(pages[0]).text,
    )


def test_the_dashboard_leads_there_and_no_answer_does(wire: Wire, surfer: Surfer) -> None:
    """The page is the sandbox's own: what the service answers does not name it."""
    answer: dict[str, Any] = made(wire)
    page = url(wire)
    name = page.rpartition("/")[2]
    assert name not in str(answer)
    shown = surfer.open("/_sandbox/dashboard/arranged")
    assert page == ORIGIN + shown.link("Reply page")
    reply(surfer, surfer.open(page), "tentative", comment="Late")
    assert f"{BO} tentative: Late" in surfer.open("/_sandbox/dashboard/arranged").text


def test_nobody_replies_to_what_is_called_off(wire: Wire, surfer: Surfer) -> None:
    """The page says so; a form that was shown before is refused, and removed people have none."""
    made(wire)
    page = surfer.open(url(wire))
    post(wire, method="cancel", event=None, callback_url=None)
    shown = reply(surfer, page, "accepted")
    assert "It was called off." in shown.text
    assert [] == delivered(wire)
    several(wire, smart_invite_id="inv-2")
    wire.send("GET", "/")
    theirs = wire.command("reply_page", smart_invite_id="inv-2", recipient=CY)
    post(
        wire,
        smart_invite_id="inv-2",
        method="remove",
        recipient={"email": CY},
        event=None,
        callback_url=None,
    )
    assert 404 == surfer.open(theirs).status
    assert 404 == surfer.open("/invites/nothing").status


def test_its_form_is_only_taken_from_its_page(wire: Wire, surfer: Surfer) -> None:
    """A made-up seal, another browser and another's page are 403, and nobody is told."""
    several(wire)
    form = surfer.open(url(wire)).form("Send the reply")
    other = surfer.open(url(wire, CY)).form("Send the reply")
    sent = {"choice": "accepted", "decision": "reply"}
    assert 403 == surfer.post(form, **sent, seal="0" * 64).status
    assert 403 == surfer.post(form, **sent, seal=other.fields["seal"]).status
    assert 403 == Surfer(wire).post(form, **sent).status
    assert [] == delivered(wire)


def test_the_command_knows_who_was_invited(wire: Wire) -> None:
    """An unknown invite or recipient is 404."""
    made(wire)
    for invite, who in (("inv-1", CY), ("inv-2", BO)):
        body = {"smart_invite_id": invite, "recipient": who}
        assert 404 == wire.send("POST", "/_sandbox/reply_page", body).status
