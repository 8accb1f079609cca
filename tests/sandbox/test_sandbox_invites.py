"""Smart invites over the wire, and the files that go with them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cronofy_async import callbacks
from cronofy_async.core.wire import Response

from .wire import Wire, errors

BO = "bo@example.com"
CY = "cy@example.com"
WAITS = "ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE"
HOOK = "https://app.example.com/si"
EVENT = {
    "summary": "Board meeting",
    "description": "Discuss plans, costs; and more.\nBring: a \\ pen",
    "start": "2030-01-22T09:30:00Z",
    "end": "2030-01-22T10:00:00Z",
    "tzid": "Europe/London",
    "location": {"description": "Board room", "lat": "51.5", "long": "-0.12"},
}


def post(wire: Wire, **changes: Any) -> Response:
    """Send an invite to one person, with changes; `None` leaves a field out."""
    body = {
        "method": "request",
        "smart_invite_id": "inv-1",
        "recipient": {"email": BO},
        "callback_url": HOOK,
        "event": EVENT,
        **changes,
    }
    body = {name: value for name, value in body.items() if value is not None}
    return wire.send("POST", "/v1/smart_invites", body, token=wire.secret)


def made(wire: Wire, **changes: Any) -> dict[str, Any]:
    """The same; gives the answer of its 200."""
    response = post(wire, **changes)
    assert (200, response.body) == (response.status, response.body)
    answer: dict[str, Any] = response.json()
    return answer


def several(wire: Wire, *recipients: dict[str, str], **changes: Any) -> dict[str, Any]:
    """An invite to several people."""
    given = list(recipients) or [{"email": BO}, {"email": CY}]
    return made(wire, recipient=None, recipients=given, **changes)


def get(wire: Wire, query: str) -> Response:
    """Read an invite."""
    return wire.send("GET", f"/v1/smart_invites?{query}", token=wire.secret)


def unfolded(file: str) -> list[str]:
    """The lines of a file, as whoever reads one joins them."""
    assert file.endswith("\r\n")
    assert "\n" not in file.replace("\r\n", "")
    return file.replace("\r\n ", "").removesuffix("\r\n").split("\r\n")


def lines(answer: dict[str, Any], name: str) -> list[str]:
    """The lines of an answer's file that begin with a name."""
    listed = unfolded(answer["attachments"]["icalendar"])
    return [line for line in listed if line.startswith((f"{name}:", f"{name};"))]


def delivered(wire: Wire) -> list[Any]:
    """The bodies of the callbacks that are due, each of which is signed."""
    bodies = []
    for posting in wire.sandbox.world.outbox.due():
        signature = posting.headers[callbacks.SIGNATURE_HEADER]
        assert callbacks.sign(posting.body, wire.secret) == signature
        bodies.append((posting.url, json.loads(posting.body)))
    return bodies


def test_an_invite_is_answered_as_documented(wire: Wire) -> None:
    """Times come with their zone, the recipient is pending, and there is a file."""
    answer = made(wire, organizer={"name": "Ada"})
    assert answer.pop("attachments").keys() == {"icalendar"}
    times = {name: {"time": EVENT[name], "tzid": "Europe/London"} for name in ("start", "end")}
    assert {
        "smart_invite_id": "inv-1",
        "callback_url": HOOK,
        "recipient": {"email": BO, "status": "pending"},
        "event": {
            "summary": EVENT["summary"],
            "description": EVENT["description"],
            "location": EVENT["location"],
            **times,
        },
    } == answer


def test_the_file_is_what_a_mail_program_reads(wire: Wire) -> None:
    """One event with its times in UTC, its text escaped, its organizer and its attendee."""
    answer = made(wire, organizer={"name": 'Ada "A", Inc', "email": "ada@example.com"})
    found = unfolded(answer["attachments"]["icalendar"])
    assert ["BEGIN:VCALENDAR", "VERSION:2.0"] == found[:2]
    assert ["END:VEVENT", "END:VCALENDAR"] == found[-2:]
    (uid,) = lines(answer, "UID")
    mailbox = uid.removeprefix("UID:")
    assert {
        "METHOD:REQUEST",
        "CALSCALE:GREGORIAN",
        "DTSTAMP:20300101T080000Z",
        "DTSTART:20300122T093000Z",
        "DTEND:20300122T100000Z",
        "SEQUENCE:0",
        "STATUS:CONFIRMED",
        "SUMMARY:Board meeting",
        "DESCRIPTION:Discuss plans\\, costs\\; and more.\\nBring: a \\\\ pen",
        "LOCATION:Board room",
        "GEO:51.500000;-0.120000",
        f"ORGANIZER;CN=\"Ada ^'A^', Inc\";EMAIL=ada@example.com:mailto:{mailbox}",
        f"{WAITS}:mailto:{BO}",
    } <= set(found)


def test_long_lines_are_folded_between_characters(wire: Wire) -> None:
    """No line has more than 75 octets, and none ends within a character."""
    summary = "Größe \N{GRINNING FACE} " * 30
    file = made(wire, event={**EVENT, "summary": summary})["attachments"]["icalendar"]
    folded = file.split("\r\n")
    assert max(len(line.encode()) for line in folded) <= 75
    assert f"SUMMARY:{summary}" in unfolded(file)
    assert any(line.startswith(" ") for line in folded)


def test_nothing_in_a_value_can_begin_a_line(wire: Wire) -> None:
    """Line ends and controls in text, names, addresses and URLs stay within their line."""
    event = {
        **EVENT,
        "summary": "a\r\nSTATUS:CANCELLED\x07",
        "url": "https://example.com/a\r\nX-B:1?q=é",
        "location": {"description": "x\rX-C:1", "lat": "1\nX-D:1", "long": "2"},
    }
    answer = made(
        wire,
        event=event,
        organizer={"name": "Eve\r\nX-A:1"},
        recipient={"email": "a\r\nX-E:1@example.com"},
    )
    found = unfolded(answer["attachments"]["icalendar"])
    assert "SUMMARY:a\\nSTATUS:CANCELLED" in found
    assert "URL:https://example.com/a%0D%0AX-B:1?q=%C3%A9" in found
    assert not [line for line in found if line.startswith("X-")]
    assert 1 == len(lines(answer, "STATUS"))


def test_days_reminders_and_free_time_are_in_the_file(wire: Wire) -> None:
    """An all-day event has dates, each reminder an alarm."""
    event = {
        "summary": "Away",
        "start": "2030-01-22",
        "end": "2030-01-24",
        "transparency": "transparent",
        "reminders": [{"minutes": 60}, {"minutes": 0}],
    }
    answer = made(wire, event=event)
    assert ["DTSTART;VALUE=DATE:20300122"] == lines(answer, "DTSTART")
    assert ["DTEND;VALUE=DATE:20300124"] == lines(answer, "DTEND")
    assert ["TRANSP:TRANSPARENT"] == lines(answer, "TRANSP")
    assert ["TRIGGER:-PT60M", "TRIGGER:-PT0M"] == lines(answer, "TRIGGER")
    assert {"time": "2030-01-22", "tzid": "Etc/UTC"} == answer["event"]["start"]


def test_an_invite_is_named_by_its_id_and_address(wire: Wire) -> None:
    """The same pair changes it under the same uid; another address is another invite."""
    first, again = made(wire), made(wire, method=None)
    assert lines(first, "UID") == lines(again, "UID")
    assert ["SEQUENCE:0"] == lines(again, "SEQUENCE")
    changed = made(wire, event={**EVENT, "summary": "Other"}, recipient={"email": BO.upper()})
    assert lines(first, "UID") == lines(changed, "UID")
    assert ["SEQUENCE:1"] == lines(changed, "SEQUENCE")
    assert lines(first, "UID") != lines(made(wire, recipient={"email": CY}), "UID")


def test_replies_come_back_signed(wire: Wire) -> None:
    """The callback has the invite, the recipient as they are now, and the reply."""
    made(wire)
    wire.command(
        "reply_to_invite",
        smart_invite_id="inv-1",
        recipient=BO,
        status="tentative",
        comment="maybe later",
        proposed_start="2030-03-02T09:00:00Z",
        proposed_end="2030-03-02T09:30:00Z",
        tzid="Europe/Paris",
    )
    ((url, body),) = delivered(wire)
    proposal = {
        "start": {"time": "2030-03-02T09:00:00Z", "tzid": "Europe/Paris"},
        "end": {"time": "2030-03-02T09:30:00Z", "tzid": "Europe/Paris"},
    }
    reply = {"email": BO, "status": "tentative", "comment": "maybe later", "proposal": proposal}
    assert HOOK == url
    assert {
        "notification": {"type": "smart_invite"},
        "smart_invite": {
            "smart_invite_id": "inv-1",
            "callback_url": HOOK,
            "recipient": reply,
            "reply": reply,
        },
    } == body
    answer = get(wire, f"smart_invite_id=inv-1&recipient_email={BO}").json()
    assert (reply, [reply]) == (answer["recipient"], answer["replies"])
    assert "attachments" not in answer


def test_half_a_proposal_is_refused(wire: Wire) -> None:
    """A time that somebody proposes has a start and an end."""
    made(wire)
    reply = {"smart_invite_id": "inv-1", "recipient": BO, "status": "declined"}
    half = {**reply, "proposed_start": "2030-03-02T09:00:00Z"}
    refused = wire.send("POST", "/_sandbox/reply_to_invite", half)
    assert ["proposed_end"] == list(errors(refused))


def test_a_forwarded_invite_can_be_replied_to_by_others(wire: Wire) -> None:
    """Their reply is listed, the recipient stays pending; of each only the last one counts."""
    made(wire)
    for status in ("accepted", "declined"):
        wire.command(
            "reply_to_invite", smart_invite_id="inv-1", recipient=BO, email=CY, status=status
        )
    answer = get(wire, f"smart_invite_id=inv-1&recipient_email={BO}&include_ics=true").json()
    assert {"email": BO, "status": "pending"} == answer["recipient"]
    assert [{"email": CY, "status": "declined"}] == answer["replies"]
    assert "METHOD:REQUEST" in unfolded(answer["attachments"]["icalendar"])
    told = [body["smart_invite"] for _, body in delivered(wire)]
    assert [("pending", "accepted"), ("pending", "declined")] == [
        (each["recipient"]["status"], each["reply"]["status"]) for each in told
    ]


def test_a_reply_stays_unless_the_event_moves(wire: Wire) -> None:
    """Another title leaves what was replied; another time asks anew."""
    made(wire)
    wire.command("reply_to_invite", smart_invite_id="inv-1", recipient=BO, status="accepted")
    kept = made(wire, event={**EVENT, "summary": "Other"})
    assert "accepted" == kept["recipient"]["status"]
    assert "PARTSTAT=ACCEPTED" in lines(kept, "ATTENDEE")[0]
    moved = made(wire, event={**EVENT, "end": "2030-01-22T11:00:00Z"})
    assert "pending" == moved["recipient"]["status"]


def test_a_cancelled_invite_has_a_file_that_says_so(wire: Wire) -> None:
    """It counts up once, can be read, takes no reply, and inviting again revives it."""
    made(wire)
    cancel = {"method": "cancel", "event": None, "callback_url": None}
    for _ in range(2):
        cancelled = made(wire, **cancel)
        listed = unfolded(cancelled["attachments"]["icalendar"])
        assert {"METHOD:CANCEL", "STATUS:CANCELLED", "SEQUENCE:1"} <= set(listed)
        assert EVENT["summary"] == cancelled["event"]["summary"]
    reply = {"smart_invite_id": "inv-1", "recipient": BO, "status": "accepted"}
    assert 422 == wire.send("POST", "/_sandbox/reply_to_invite", reply).status
    assert [] == delivered(wire)
    assert {"METHOD:REQUEST", "SEQUENCE:2"} <= set(unfolded(made(wire)["attachments"]["icalendar"]))


def test_several_are_invited_by_one_file(wire: Wire) -> None:
    """Each has a status of their own, which may be known from the start."""
    answer = several(wire, {"email": BO, "status": "accepted"}, {"email": CY})
    assert [{"email": BO, "status": "accepted"}, {"email": CY, "status": "pending"}] == (
        answer["recipients"]
    )
    assert "recipient" not in answer
    assert [True, False] == ["ACCEPTED" in line for line in lines(answer, "ATTENDEE")]
    wire.command("reply_to_invite", smart_invite_id="inv-1", recipient=CY, status="declined")
    ((_, body),) = delivered(wire)
    expected = [{"email": BO, "status": "accepted"}, {"email": CY, "status": "declined"}]
    assert (expected, expected[1]) == (
        body["smart_invite"]["recipients"],
        body["smart_invite"]["reply"],
    )
    assert expected == get(wire, "smart_invite_id=inv-1").json()["recipients"]


def test_one_of_several_can_be_removed(wire: Wire) -> None:
    """They get a file that does not call the event off; the others one without them."""
    several(wire)
    remove = {"method": "remove", "event": None, "callback_url": None}
    answer = made(wire, **remove)
    removed = answer["attachments"]["removed"]
    assert ({"email": BO, "status": "pending"}, BO) == (answer["recipient"], removed["email"])
    theirs = unfolded(removed["icalendar"])
    assert {"METHOD:CANCEL", "SEQUENCE:1"} <= set(theirs)
    assert not [line for line in theirs if line.startswith("STATUS")]
    assert [CY] == [each["email"] for each in answer["recipients"]]
    assert [CY] == [line.rpartition("mailto:")[2] for line in lines(answer, "ATTENDEE")]
    assert 404 == post(wire, **remove).status
    last = made(wire, **remove, recipient={"email": CY})
    assert {"removed"} == last["attachments"].keys()


def test_cancelling_for_several_is_for_all(wire: Wire) -> None:
    """Whoever is named, everybody's event is called off."""
    several(wire)
    body = {"method": "cancel", "smart_invite_id": "inv-1", "recipients": [{"email": BO}]}
    answer = wire.send("POST", "/v1/smart_invites", body, token=wire.secret).json()
    assert 2 == len(lines(answer, "ATTENDEE"))
    assert ["METHOD:CANCEL"] == lines(answer, "METHOD")


def test_unknown_invites_are_404(wire: Wire) -> None:
    """To read, to cancel, to be removed from, and to reply to; one person is not several."""
    made(wire)
    bare = {"event": None, "callback_url": None}
    assert 404 == get(wire, "smart_invite_id=inv-1").status
    assert 404 == get(wire, f"smart_invite_id=inv-1&recipient_email={CY}").status
    assert 404 == post(wire, method="cancel", smart_invite_id="x", **bare).status
    assert 404 == post(wire, method="remove", **bare).status
    several(wire, {"email": CY})
    for command in (
        {"smart_invite_id": "x", "recipient": BO},
        {"smart_invite_id": "inv-1", "recipient": "di@example.com"},
    ):
        body = {**command, "status": "accepted"}
        assert 404 == wire.send("POST", "/_sandbox/reply_to_invite", body).status


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"event": None}, "event"),
        ({"event": {**EVENT, "summary": ""}}, "event.summary"),
        ({"event": {**EVENT, "end": "2030-01-22T09:00:00Z"}}, "event.end"),
        ({"event": {**EVENT, "start": "2030-01-22", "end": "2030-01-22"}}, "event.end"),
        ({"event": {**EVENT, "event_id": "e"}}, "event.event_id"),
        ({"recipient": {}}, "recipient.email"),
        ({"smart_invite_id": None}, "smart_invite_id"),
        ({"callback_url": "ftp://x"}, "callback_url"),
        ({"method": "forward"}, "method"),
    ],
)
def test_a_wrong_invite_is_refused(wire: Wire, changes: dict[str, Any], field: str) -> None:
    """The complaint is under the field's path."""
    assert [field] == list(errors(post(wire, **changes)))


def test_invites_belong_to_the_application(wire: Wire) -> None:
    """A user's token is not recognised, and without callback_url nothing is told."""
    token = wire.person().token
    body = {"smart_invite_id": "i", "recipient": {"email": BO}, "event": EVENT}
    assert 401 == wire.send("POST", "/v1/smart_invites", body, token=token).status
    made(wire, callback_url=None)
    wire.command("reply_to_invite", smart_invite_id="inv-1", recipient=BO, status="accepted")
    assert [] == delivered(wire)
