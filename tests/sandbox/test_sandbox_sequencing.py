"""Real-time sequencing links over the wire, and their page."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cronofy_async import callbacks
from cronofy_async.core.wire import Response

from .asking import busy, period
from .browsing import Browser, Page
from .wire import ORIGIN, Person, Wire, errors

PATH = "/v1/real_time_sequencing"
EVENT = {"event_id": "e1", "summary": "Interview", "tzid": "Europe/London", "description": "Hello"}


def item(name: str | int, ordinal: int, person: Person, **changes: Any) -> dict[str, Any]:
    """A meeting of an hour with one person."""
    body = {
        "sequence_id": name,
        "ordinal": ordinal,
        "participants": [{"members": [{"sub": person.sub}], "required": "all"}],
        "required_duration": {"minutes": 60},
        "event": {"event_id": f"e-{name}", "summary": f"Part {name}"},
        **changes,
    }
    return {key: value for key, value in body.items() if value is not None}


def create(wire: Wire, items: list[dict[str, Any]], *people: Person, **changes: Any) -> Response:
    """Make a link for meetings between 9 and 12 on Monday in each one's calendar."""
    body = {
        "oauth": {"redirect_uri": "https://example.org/back"},
        "event": EVENT,
        "availability": {"sequence": items, "query_periods": [period("09:00", "12:00")]},
        "target_calendars": [{"sub": each.sub, "calendar_id": each.calendar_id} for each in people],
        "callback_url": "https://example.org/hook",
        **changes,
    }
    body = {name: value for name, value in body.items() if value is not None}
    return wire.send("POST", PATH, body, token=wire.secret)


def link(wire: Wire, *people: Person, **changes: Any) -> dict[str, Any]:
    """A link for one meeting with each; gives it."""
    items = [item(name, n, each) for n, (name, each) in enumerate(zip("ab", people, strict=True))]
    response = create(wire, items, *people, **changes)
    assert (200, response.body) == (response.status, response.body)
    made: dict[str, Any] = response.json()["real_time_sequencing"]
    return made


def status(wire: Wire, made: dict[str, Any]) -> dict[str, Any]:
    """What became of a link."""
    path = f"{PATH}/{made['real_time_sequencing_id']}"
    found: dict[str, Any] = wire.send("GET", path, token=wire.secret).json()["real_time_sequencing"]
    return found


def choose(wire: Wire, made: dict[str, Any], clock: str) -> bool:
    """Have a visitor choose the way that begins at a time of Monday."""
    name, start = "real_time_sequencing_id", f"2030-01-07T{clock}:00Z"
    return bool(wire.command("choose_sequence", **{name: made[name]}, start=start))


def written(wire: Wire, person: Person) -> list[tuple[str, str, str]]:
    """The events that the application wrote to somebody's calendar."""
    return [
        (each["event_id"], each["summary"], each["start"][11:16])
        for each in wire.events(person, only_managed=True)
    ]


@pytest.mark.parametrize("in_body", [False, True])
def test_a_link_is_answered_in_all_known_forms(wire: Wire, in_body: bool) -> None:
    """With its URL once more at the root; credentials may be in the body."""
    person = wire.person()
    given = wire.client if in_body else {}
    response = create(wire, [item("a", 1, person)], person, **given)
    made = response.json()["real_time_sequencing"]
    assert made["real_time_sequencing_id"].startswith("seq_")
    assert made["url"].startswith(ORIGIN)
    assert (made["url"], "open") == (response.json()["url"], made["status"])
    assert {"event_id": "e1", "summary": "Interview"}.items() <= made["event"].items()
    assert made == status(wire, made)
    if in_body:
        body = {**wire.client, "oauth": {"redirect_uri": "https://example.org/back"}}
        assert 422 == wire.send("POST", PATH, body).status


def test_each_meeting_is_written_to_whom_it_concerns(wire: Wire) -> None:
    """The events have what all have in common, and the link is completed and told."""
    a, b = wire.person(), wire.person()
    busy(wire, a, "09:00", "10:00")
    made = link(wire, a, b)
    assert choose(wire, made, "09:00") is False
    assert choose(wire, made, "10:00") is True
    assert [("e-a", "Part a", "10:00")] == written(wire, a)
    assert [("e-b", "Part b", "11:00")] == written(wire, b)
    assert "Hello" == wire.events(b, only_managed=True)[0]["description"]
    done = status(wire, made)
    times = {
        "start": {"time": "2030-01-07T10:00:00Z", "tzid": "Europe/London"},
        "end": {"time": "2030-01-07T12:00:00Z", "tzid": "Europe/London"},
    }
    assert "completed" == done["status"]
    assert times.items() <= done["event"].items()
    (posting,) = wire.sandbox.world.outbox.due()
    signature = posting.headers[callbacks.SIGNATURE_HEADER]
    body = json.loads(posting.body)
    assert "https://example.org/hook" == posting.url
    assert callbacks.sign(posting.body, wire.secret) == signature
    assert times.items() <= body["event"].items()
    assert [("a", [{"sub": a.sub}]), ("b", [{"sub": b.sub}])] == [
        (each["sequence_id"], each["participants"]) for each in body["sequence"]
    ]
    assert {"tzid": "Etc/UTC"} == body["user"]
    assert choose(wire, made, "10:00") is False


def test_meetings_of_one_id_do_not_overwrite_each_other(wire: Wire) -> None:
    """As in the reference's own example, where all have the same event_id."""
    person = wire.person()
    items = [
        item("a", 1, person, event={"event_id": "e1", "summary": "Pre screen"}),
        item(7, 2, person, event=None),
    ]
    made = create(wire, items, person).json()["real_time_sequencing"]
    choose(wire, made, "09:00")
    assert [("e1_a", "Pre screen", "09:00"), ("e1_7", "Interview", "10:00")] == written(
        wire, person
    )


def test_whoever_takes_no_part_gets_all_if_nobody_does(wire: Wire) -> None:
    """An application's own calendar may be the only target."""
    a, b = wire.person(), wire.person()
    targets = [{"sub": b.sub, "calendar_id": b.calendar_id}]
    made = create(wire, [item("a", 1, a)], target_calendars=targets)
    choose(wire, made.json()["real_time_sequencing"], "09:00")
    assert [("e-a", "Part a", "09:00")] == written(wire, b)


def test_all_meetings_are_written_or_none(wire: Wire) -> None:
    """One that cannot be written keeps the others out of the calendars, and the link open."""
    a, b = wire.person(), wire.person()
    broken = {"event_id": "e-b", "summary": "B", "conferencing": {"profile_id": "pro_gone"}}
    items = [item("a", 0, a), item("b", 1, b, event=broken)]
    made = create(wire, items, a, b).json()["real_time_sequencing"]
    command = {
        "real_time_sequencing_id": made["real_time_sequencing_id"],
        "start": "2030-01-07T09:00:00Z",
    }
    assert 422 == wire.send("POST", "/_sandbox/choose_sequence", command).status
    assert ([], [], "open") == (written(wire, a), written(wire, b), status(wire, made)["status"])


def test_minimum_notice_holds(wire: Wire) -> None:
    """The first meeting starts no sooner, also where a meeting has its own time."""
    wire.command("advance", seconds=6 * 86400)
    person = wire.person()
    for own in (None, [period("09:00", "12:00")]):
        items = [item("a", 1, person, query_periods=own)]
        changes = {"minimum_notice": {"hours": 3}, "target_calendars": None}
        made = create(wire, items, **changes).json()["real_time_sequencing"]
        # It is eight o'clock on Monday.
        assert [False, True] == [choose(wire, made, clock) for clock in ("10:00", "11:00")]
    late = create(wire, [item("a", 1, person)], minimum_notice={"hours": 5})
    assert choose(wire, late.json()["real_time_sequencing"], "11:00") is False


def test_a_link_can_be_disabled_before_it_is_used(wire: Wire) -> None:
    """Disabled is for good; a completed link is refused."""
    person = wire.person()
    made = create(wire, [item("a", 1, person)], person).json()["real_time_sequencing"]
    path = f"{PATH}/{made['real_time_sequencing_id']}/disable"
    for _ in range(2):
        disabled = wire.send("POST", path, {"display_message": "<Over>"}, token=wire.secret)
        assert "disabled" == disabled.json()["real_time_sequencing"]["status"]
    assert choose(wire, made, "09:00") is False
    assert "&lt;Over&gt;" in wire.send("GET", made["url"]).body.decode()
    used = create(wire, [item("a", 1, person)], person).json()["real_time_sequencing"]
    choose(wire, used, "09:00")
    path = path.replace(made["real_time_sequencing_id"], used["real_time_sequencing_id"])
    assert 422 == wire.send("POST", path, {"display_message": "x"}, token=wire.secret).status


def test_unknown_links_are_404(wire: Wire) -> None:
    """By id, to disable, by the command, and the page."""
    body = {"display_message": "x"}
    command = {"real_time_sequencing_id": "seq_x", "start": "2030-01-07T09:00:00Z"}
    assert [404, 404, 404, 404] == [
        wire.send("GET", f"{PATH}/seq_x", token=wire.secret).status,
        wire.send("POST", f"{PATH}/seq_x/disable", body, token=wire.secret).status,
        wire.send("POST", "/_sandbox/choose_sequence", command).status,
        wire.send("GET", "/sequences/x").status,
    ]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"oauth": None}, "oauth"),
        ({"event": None}, "event"),
        ({"availability": {"sequence": []}}, "availability.sequence"),
        (
            {
                "availability": {
                    "sequence": "past",
                    "query_periods": [period("09:00", "10:00", "2029-01-01")],
                }
            },
            "availability.query_periods[0].end",
        ),
        ({"target_calendars": [{"sub": "acc_x", "calendar_id": "y"}]}, "target_calendars[0].sub"),
    ],
)
def test_a_wrong_link_is_refused(wire: Wire, changes: dict[str, Any], field: str) -> None:
    """The complaint is under the field's path."""
    person = wire.person()
    availability = changes.get("availability", {})
    if availability.get("sequence") == "past":
        changes = {"availability": {**availability, "sequence": [item("a", 1, person)]}}
    assert [field] == list(errors(create(wire, [item("a", 1, person)], person, **changes)))


def test_its_page_books_and_sends_the_visitor_on(wire: Wire) -> None:
    """Every way is one choice, which is shown again before it is made."""
    a, b = wire.person(), wire.person()
    made = link(wire, a, b)
    browser = Browser(wire)
    page = Page.of(browser.open(made["url"]))
    assert 1 == len(page.choices)
    assert "Part a 2030-01-07 09:00, Part b 2030-01-07 10:00" in page.text
    (value,) = page.choices
    second = Page.of(browser.submit(page, choice=value, decision="choose"))
    assert "You have chosen" in second.text
    answer = browser.submit(second, decision="confirm")
    assert (302, "https://example.org/back") == (answer.status, answer.header("location"))
    assert [("e-b", "Part b", "10:00")] == written(wire, b)
    assert "Booked from 2030-01-07 09:00" in Page.of(browser.open(made["url"])).text


def test_its_page_says_when_nothing_is_left(wire: Wire) -> None:
    """Also when somebody can no longer be asked about."""
    person = wire.person()
    made = create(wire, [item("a", 1, person)], person).json()["real_time_sequencing"]
    wire.command("revoke", sub=person.sub)
    assert "no time left" in wire.send("GET", made["url"]).body.decode()
