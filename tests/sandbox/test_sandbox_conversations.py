"""Scheduling conversations over the wire."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cronofy_async import callbacks
from cronofy_async.core.wire import Response

from .asking import busy, period
from .wire import ORIGIN, Person, Wire, errors

PATH = "/v1/scheduling_conversations"
HOOK = "https://app.example.com/hook"


@pytest.fixture
def grace(wire: Wire) -> Person:
    """Somebody whose calendar speaks for them."""
    return wire.person()


def create(wire: Wire, grace: Person, *others: dict[str, Any], **changes: Any) -> Response:
    """Begin a conversation about an hour between 9 and 12 on Monday."""
    others = others or ({"participant_id": "@karl", "common_name": "Karl"},)
    body = {
        "participants": [{"participant_id": "@grace", "sub": grace.sub}, *others],
        "tzid": "America/Chicago",
        "subject": "Review",
        "event": {"location": {"description": "Board Room"}},
        "required_duration": {"minutes": 60},
        "available_periods": [period("09:00", "12:00")],
        **changes,
    }
    body = {name: value for name, value in body.items() if value is not None}
    return wire.send("POST", PATH, body, token=grace.token)


def begun(wire: Wire, grace: Person, *others: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The same; gives the conversation."""
    response = create(wire, grace, *others, **changes)
    assert (200, response.body) == (response.status, response.body)
    made: dict[str, Any] = response.json()["scheduling_conversation"]
    return made


def read(wire: Wire, grace: Person, made: dict[str, Any]) -> dict[str, Any]:
    """Read a conversation."""
    found: dict[str, Any] = wire.get(f"{PATH}/{made['scheduling_conversation_id']}", grace)
    return found


def action(made: dict[str, Any], index: int = 1, name: str = "slots_list") -> str:
    """The URL of something that one who takes part can do."""
    url: str = made["participants"][index]["possible_actions"][name]["url"]
    return url


def slots(wire: Wire, grace: Person, made: dict[str, Any], index: int = 1) -> dict[str, str]:
    """The slots that can be chosen, by their starts."""
    listed = wire.get(action(made, index), grace)["slots"]
    return {each["start"][11:16]: each["slot_id"] for each in listed}


def choose(
    wire: Wire, grace: Person, made: dict[str, Any], slot_id: str, index: int = 1
) -> Response:
    """Choose a slot for one who takes part."""
    body = {"selected_slots": [{"slot_id": slot_id}]}
    return wire.send("POST", action(made, index, "slots_select"), body, token=grace.token)


def states(made: dict[str, Any]) -> list[str]:
    """How each who takes part stands."""
    return [each["status"] for each in made["participants"]]


def test_a_conversation_begins(wire: Wire, grace: Person) -> None:
    """Whoever chooses has to act, on URLs of the API; the other waits."""
    made = begun(wire, grace)
    conversation_id = made["scheduling_conversation_id"]
    assert conversation_id.startswith("scv_")
    assert "in_progress" == made["status"]
    link = {"url": action(made)}
    assert link["url"].startswith(f"{ORIGIN}{PATH}/{conversation_id}")
    assert [
        {
            "participant_id": "@grace",
            "sub": grace.sub,
            "slots": {"selection_method": "auto"},
            "status": "waiting",
            "possible_actions": {},
        },
        {
            "participant_id": "@karl",
            "common_name": "Karl",
            "slots": {"selection_method": "manual"},
            "status": "needs_action",
            "possible_actions": {"slots_list": link, "slots_select": link},
        },
    ] == made["participants"]
    assert {
        "tzid": "America/Chicago",
        "subject": "Review",
        "event": {"location": {"description": "Board Room"}},
        "required_duration": {"minutes": 60},
        "available_periods": [period("09:00", "12:00")],
    }.items() <= made.items()


def test_reading_gives_it_bare_and_under_its_key(wire: Wire, grace: Person) -> None:
    """The reference shows it bare, official clients read it under its key."""
    made = begun(wire, grace)
    found = read(wire, grace, made)
    assert made == found.pop("scheduling_conversation")
    assert made == found


def test_slots_are_those_of_the_calendar(wire: Wire, grace: Person) -> None:
    """What is busy is not offered, whenever it came."""
    made = begun(wire, grace)
    busy(wire, grace, "10:00", "11:00")
    assert ["09:00", "11:00"] == list(slots(wire, grace, made))


def test_a_chosen_slot_settles_it(wire: Wire, grace: Person) -> None:
    """Both are complete, with the slot; there is nothing more to choose, or written."""
    made = begun(wire, grace)
    listed = slots(wire, grace, made)
    answer = choose(wire, grace, made, listed["10:00"])
    assert 200 == answer.status
    done = answer.json()
    times = {"start": "2030-01-07T10:00:00Z", "end": "2030-01-07T11:00:00Z"}
    assert {"available_slot_id": listed["10:00"], **times} == done["chosen_slot"]
    assert ("complete", ["complete", "complete"]) == (done["status"], states(done))
    assert [{"slot_id": listed["10:00"], **times}] == done["participants"][0]["slots"]["selected"]
    assert [{}, {}] == [each["possible_actions"] for each in done["participants"]]
    assert 404 == wire.send("GET", action(made), token=grace.token).status
    assert 404 == choose(wire, grace, made, listed["10:00"]).status
    assert [] == wire.events(grace, include_managed=True)


def test_two_who_choose_come_to_terms(wire: Wire, grace: Person) -> None:
    """Another choice asks the other anew; the same one settles it."""
    manual = {"participant_id": "@grace", "sub": grace.sub, "slots": {"selection_method": "manual"}}
    made = begun(wire, grace, participants=[manual, {"email": "karl@example.com"}])
    assert ["needs_action", "needs_action"] == states(made)
    listed = slots(wire, grace, made)
    first = choose(wire, grace, made, listed["09:00"], 0).json()
    assert ["waiting", "needs_action"] == states(first)
    second = choose(wire, grace, made, listed["11:00"]).json()
    assert (["needs_action", "waiting"], "in_progress") == (states(second), second["status"])
    third = choose(wire, grace, second, listed["11:00"], 0).json()
    assert ("complete", listed["11:00"]) == (
        third["status"],
        third["chosen_slot"]["available_slot_id"],
    )


def test_calendars_alone_settle_it_at_once(wire: Wire, grace: Person) -> None:
    """If nobody has to choose, the first time that suits both is settled on."""
    karl = wire.person()
    busy(wire, grace, "09:00", "10:00")
    busy(wire, karl, "10:00", "11:00")
    made = begun(wire, grace, {"sub": karl.sub})
    assert "2030-01-07T11:00:00Z" == made["chosen_slot"]["start"]
    busy(wire, karl, "11:00", "12:00")
    assert ["waiting", "waiting"] == states(begun(wire, grace, {"sub": karl.sub}))


def test_stored_hours_count_if_asked_for(wire: Wire, grace: Person) -> None:
    """managed_availability limits the slots to the account's working hours."""
    rule = {
        "availability_rule_id": "default",
        "tzid": "Europe/London",
        "weekly_periods": [{"day": "monday", "start_time": "10:00", "end_time": "11:00"}],
    }
    wire.send("POST", "/v1/availability_rules", rule, token=grace.token)
    managed = {"sub": grace.sub, "managed_availability": True}
    made = begun(wire, grace, participants=[managed, {"participant_id": "@karl"}])
    assert ["10:00"] == list(slots(wire, grace, made))


def test_little_has_to_be_said(wire: Wire, grace: Person) -> None:
    """Without length and periods it is about an hour within two weeks, for whom anything suits."""
    bare = dict.fromkeys(("tzid", "subject", "event", "required_duration", "available_periods"))
    made = begun(wire, grace, participants=[{"participant_id": "@karl"}], **bare)
    listed = wire.get(action(made, 0), grace)["slots"]
    first = {"start": "2030-01-01T08:00:00Z", "end": "2030-01-01T09:00:00Z"}
    assert first.items() <= listed[0].items()
    assert "2030-01-15T07:00:00Z" == listed[-1]["start"]


def test_joining_gives_a_token_that_leads_back(wire: Wire, grace: Person) -> None:
    """The conversation is found by it, with whose it is."""
    made = begun(wire, grace)
    conversation_id = made["scheduling_conversation_id"]
    token = wire.command(
        "join_conversation", scheduling_conversation_id=conversation_id, participant=2
    )
    assert {"participant": made["participants"][1], "scheduling_conversation": made} == wire.get(
        PATH, grace, token=token
    )
    for command in (
        {"scheduling_conversation_id": "scv_x", "participant": 1},
        {"scheduling_conversation_id": conversation_id, "participant": 3},
    ):
        assert 404 == wire.send("POST", "/_sandbox/join_conversation", command).status


def test_channels_that_want_to_hear_of_it(wire: Wire, grace: Person) -> None:
    """Joining and choosing are told with the conversation's id, signed; others hear nothing."""
    channels = []
    for option in ({"enabled": True}, {"enabled": False}, None):
        body = {"callback_url": HOOK, "scheduling_conversations": option}
        body = {name: value for name, value in body.items() if value is not None}
        channels.append(
            wire.send("POST", "/v1/channels", body, token=grace.token).json()["channel"]
        )
    wire.sandbox.world.outbox.due()
    made = begun(wire, grace)
    conversation_id = made["scheduling_conversation_id"]
    wire.command("join_conversation", scheduling_conversation_id=conversation_id, participant=2)
    choose(wire, grace, made, slots(wire, grace, made)["10:00"])
    postings = wire.sandbox.world.outbox.due()
    assert [
        {
            "notification": {
                "type": f"scheduling_conversation_{what}",
                "scheduling_conversation_id": conversation_id,
            },
            "channel": channels[0],
        }
        for what in ("joined", "updated")
    ] == [json.loads(each.body) for each in postings]
    for each in postings:
        assert callbacks.sign(each.body, wire.secret) == each.headers[callbacks.SIGNATURE_HEADER]


def test_a_closed_channel_hears_nothing_more(wire: Wire, grace: Person) -> None:
    """Not even of what was waiting to be told when it was closed."""
    body = {"callback_url": HOOK, "scheduling_conversations": {"enabled": True}}
    channel = wire.send("POST", "/v1/channels", body, token=grace.token).json()["channel"]
    wire.sandbox.world.outbox.due()
    made = begun(wire, grace)
    join = {"scheduling_conversation_id": made["scheduling_conversation_id"], "participant": 2}
    wire.command("join_conversation", **join)
    wire.send("DELETE", f"/v1/channels/{channel['channel_id']}", token=grace.token)
    wire.command("join_conversation", **join)
    assert [] == wire.sandbox.world.outbox.due()


def test_only_those_concerned_can_see_it(wire: Wire, grace: Person) -> None:
    """Others get 404, by its id, by a token and by its URLs; the application alone gets 401."""
    other, karl = wire.person(), wire.person()
    manual = {"sub": karl.sub, "slots": {"choice_method": "manual"}}
    made = begun(wire, grace, manual)
    conversation_id = made["scheduling_conversation_id"]
    token = wire.command(
        "join_conversation", scheduling_conversation_id=conversation_id, participant=2
    )
    for path in (f"{PATH}/{conversation_id}", f"{PATH}?token={token}", action(made)):
        assert [200, 404, 401] == [
            wire.send("GET", path, token=each).status
            for each in (karl.token, other.token, wire.secret)
        ]


@pytest.mark.parametrize(
    "path", ["/scv_x", "?token=x", "/scv_x/slots?participant=1", "/a/b/c", "/{id}/slots"]
)
def test_unknown_conversations_are_404(wire: Wire, grace: Person, path: str) -> None:
    """By id, by token and by URLs that were never given."""
    path = path.replace("{id}", begun(wire, grace)["scheduling_conversation_id"])
    assert 404 == wire.send("GET", PATH + path, token=grace.token).status


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"participants": []}, "participants"),
        ({"participants": [{"participant_id": str(n)} for n in range(3)]}, "participants"),
        ({"participants": [{"common_name": "Karl"}]}, "participants[0].participant_id"),
        ({"participants": [{"sub": "acc_x"}]}, "participants[0].sub"),
        ({"required_duration": {"minutes": 0}}, "required_duration"),
        ({"tzid": "Nowhere"}, "tzid"),
    ],
)
def test_a_wrong_conversation_is_refused(
    wire: Wire, grace: Person, changes: dict[str, Any], field: str
) -> None:
    """The complaint is under the field's path."""
    assert [field] == list(errors(create(wire, grace, **changes)))


def test_a_wrong_choice_is_refused(wire: Wire, grace: Person) -> None:
    """An unknown slot, one that is taken by now, and none or two of them."""
    made = begun(wire, grace)
    taken = slots(wire, grace, made)["10:00"]
    busy(wire, grace, "10:00", "11:00")
    for slot_id in ("slt_x", taken):
        refused = choose(wire, grace, made, slot_id)
        assert ["selected_slots[0].slot_id"] == list(errors(refused))
    for many in (0, 2):
        body = {"selected_slots": [{"slot_id": "slt_1"}] * many}
        refused = wire.send("POST", action(made), body, token=grace.token)
        assert ["selected_slots"] == list(errors(refused))


def test_calendars_that_may_not_be_asked_about_are_403(wire: Wire) -> None:
    """Whoever granted no free-busy cannot be matched by calendar."""
    assert 403 == create(wire, wire.person("create_event")).status
