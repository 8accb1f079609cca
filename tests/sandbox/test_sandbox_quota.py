"""The quota of applications: sliding windows on the sandbox's own clock."""

from __future__ import annotations

import json
from random import Random

import pytest

from cronofy_async.core.errors import InvalidArgumentError
from cronofy_async.core.wire import Request, Response
from cronofy_transports.sandbox import Choices, Clock, Quota, Sandbox
from cronofy_transports.sandbox.quota import Meter

from .fetching import fetch
from .test_sandbox_process import process
from .wire import NOW, Person, Wire

CALENDARS = "/v1/calendars"


class Metered:
    """A sandbox with a quota, on a clock that is set by hand."""

    def __init__(self, quota: Quota | None, choices: Choices | None = None) -> None:
        self.now = float(NOW)
        self.sandbox = Sandbox(7, clock=Clock(lambda: self.now), choices=choices, quota=quota)
        self.token = self.sandbox.accounts()[0]["access_token"]

    def get(self, token: str | None = None) -> Response:
        """Read the calendars once."""
        bearer = f"Bearer {token or self.token}"
        return self.sandbox.handle(Request("GET", CALENDARS, {"authorization": bearer}))

    def statuses(self, count: int, gap: float = 0.0) -> list[int]:
        """Read them so often, with a pause after each."""
        found = []
        for _ in range(count):
            found.append(self.get().status)
            self.now += gap
        return found


def test_there_is_no_quota_unless_it_is_asked_for() -> None:
    """A thousand calls in one moment are answered."""
    assert {200} == set(Metered(None).statuses(1000))


def test_the_documented_quota_is_fifty_a_second_and_five_hundred_a_minute() -> None:
    """The fifty-first of a second is refused, and the five hundred and first of a minute."""
    metered = Metered(Quota())
    assert [200] * 50 + [429] == metered.statuses(51)
    metered.now += 1
    assert [200] * 450 + [429] == metered.statuses(451, gap=0.025)
    # The first of the minute leave it first.
    metered.now = NOW + 59.999
    assert 429 == metered.get().status
    metered.now = NOW + 60.0
    assert [200] * 50 + [429] == metered.statuses(51)


def test_the_window_slides() -> None:
    """A second is any second, and no bucket that is emptied at its end."""
    metered = Metered(Quota(per_second=2, per_minute=None))
    assert 200 == metered.get().status
    metered.now += 0.9
    assert 200 == metered.get().status
    metered.now += 0.05
    assert 429 == metered.get().status
    metered.now = NOW + 1.0
    assert [200, 429] == [metered.get().status, metered.get().status]
    metered.now = NOW + 1.9
    assert 200 == metered.get().status


def test_what_is_turned_away_does_not_count() -> None:
    """Whoever keeps knocking gets in as soon as there is room."""
    metered = Metered(Quota(per_second=1, per_minute=None))
    assert [200, *[429] * 7, 200] == metered.statuses(9, gap=0.125)


def test_the_refusal_is_as_bare_as_the_reference_is_silent() -> None:
    """No body and no Retry-After are documented."""
    metered = Metered(Quota(per_second=1))
    metered.get()
    refused = metered.get()
    assert (429, b"", None) == (refused.status, refused.body, refused.header("retry-after"))


def test_the_refusal_can_say_when_to_come_back() -> None:
    """In whole seconds, rounded up, after which there is room."""
    metered = Metered(Quota(per_second=1, per_minute=2), Choices(quota_retry_after=True))
    metered.get()
    assert "1" == metered.get().header("retry-after")
    metered.now += 1.25
    metered.get()
    assert "59" == metered.get().header("retry-after")
    metered.now += 59
    assert 200 == metered.get().status


def test_unknown_credentials_do_not_count() -> None:
    """A 401 costs nothing, and comes however much of the quota is used up."""
    metered = Metered(Quota(per_second=1))
    assert {401} == {metered.get("nobody").status for _ in range(10)}
    assert [200, 429] == metered.statuses(2)
    assert 401 == metered.get("nobody").status


def test_accounts_share_the_quota_of_their_application(wire: Wire, person: Person) -> None:
    """The quota is the application's, and tokens are exchanged at its expense."""
    other = wire.person()
    wire.command("limit_requests", per_second=3)
    refresh = {**wire.client, "grant_type": "refresh_token", "refresh_token": other.refresh_token}
    assert [200, 200, 200, 429, 429] == [
        wire.send("GET", CALENDARS, token=person.token).status,
        wire.send("GET", CALENDARS, token=other.token).status,
        wire.send("POST", "/oauth/token", refresh).status,
        wire.send("POST", "/oauth/token", refresh).status,
        wire.send("GET", CALENDARS, token=person.token).status,
    ]


def test_applications_have_quotas_of_their_own() -> None:
    """One that floods does not slow the others down."""
    meter = Meter(Quota(per_second=1, per_minute=None))
    assert [True, False, True] == [
        meter.take("a", 1.0) == 0,
        meter.take("a", 1.0) == 0,
        meter.take("b", 1.0) == 0,
    ]


def test_a_batch_counts_once(wire: Wire, person: Person) -> None:
    """Its entries are no calls of their own."""
    wire.command("limit_requests", per_second=1)
    path = f"/v1/calendars/{person.calendar_id}/events"
    entry = {"method": "DELETE", "relative_url": path, "data": {"event_id": "e1"}}
    answer = wire.send("POST", "/v1/batch", {"batch": [entry] * 5}, token=person.token)
    assert [202] * 5 == [each["status"] for each in answer.json()["batch"]]
    assert 429 == wire.send("GET", CALENDARS, token=person.token).status


def test_the_quota_is_switched_by_a_command(wire: Wire, person: Person) -> None:
    """On with the documented limits, off with none; a reset brings back that of the start."""
    wire.command("limit_requests")
    assert wire.sandbox.meter is not None
    assert Quota() == wire.sandbox.meter.quota
    wire.command("limit_requests", per_second=None, per_minute=None)
    assert wire.sandbox.meter is None
    wire.command("limit_requests", per_minute=1)
    assert 200 == wire.send("GET", CALENDARS, token=person.token).status
    assert 429 == wire.send("GET", CALENDARS, token=person.token).status
    wire.sandbox.reset()
    assert wire.sandbox.meter is None


def test_people_and_commands_are_not_limited(wire: Wire, person: Person) -> None:
    """Pages and the sandbox's own strings have no quota."""
    wire.command("limit_requests", per_second=1)
    wire.send("GET", CALENDARS, token=person.token)
    assert {200} == {wire.send("GET", "/").status for _ in range(3)}
    assert [] == wire.command("faults")


@pytest.mark.parametrize("wrong", [0, -1, 1.5, True, "50"])
def test_a_limit_is_a_number_of_calls(wire: Wire, wrong: object) -> None:
    """Anything else is refused, over HTTP too."""
    with pytest.raises(InvalidArgumentError, match="give 1 or more"):
        Quota(per_second=wrong)  # type: ignore[arg-type]  # what is tested
    body = {"per_minute": wrong}
    assert 422 == wire.send("POST", "/_sandbox/limit_requests", body).status


def test_the_meter_agrees_with_counting_by_hand() -> None:
    """No window ever holds more, and none is turned away that a list of all would let in."""
    random = Random(11)
    quota = Quota(per_second=5, per_minute=40)
    meter, now = Meter(quota), 0.0
    taken: list[float] = []
    for _ in range(3000):
        now += random.choice((0.0, 0.01, 0.1, 1.0, 3.0)) * random.random()
        room = all(
            sum(1 for each in taken if each > now - length) < most for length, most in quota.limits
        )
        wait = meter.take("a", now)
        assert room == (wait == 0)
        if room:
            taken.append(now)
        else:
            later = now + wait + 1e-9
            assert all(
                sum(1 for each in taken if each > later - length) < most
                for length, most in quota.limits
            )
    assert len(taken) < 3000


def test_a_call_costs_the_same_however_many_there_were() -> None:
    """Only as many calls are remembered as a window holds, and each is forgotten once."""
    meter = Meter(Quota(per_second=None, per_minute=1000))
    for number in range(50_000):
        meter.take("a", number / 10)
    (window,) = meter._taken["a"]
    assert len(window) <= 1000


def test_a_process_can_have_a_quota() -> None:
    """`--quota` is the documented one."""
    with process("--ready-json", "--quota") as running:
        assert running.stdout is not None
        ready = json.loads(running.stdout.readline())
        headers = {"Authorization": f"Bearer {ready['accounts'][0]['access_token']}"}
        statuses = [fetch(f"{ready['api_url']}{CALENDARS}", headers=headers)[0] for _ in range(501)]
    assert (200, 429) == (statuses[0], statuses[-1])
