"""The fixtures for tests of applications, as a suite uses them."""

from __future__ import annotations

import os
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from cronofy_async import (
    AsyncCronofy,
    Cronofy,
    CronofyError,
    PermissionDeniedError,
    ReauthorizationRequiredError,
    RetryPolicy,
)
from cronofy_async.client import options
from cronofy_transports.pytest_plugin import (
    CronofyAccount,
    CronofyAccounts,
    CronofyApp,
    CronofyClock,
    CronofyFaults,
    CronofySandbox,
    CronofyServer,
    app,
)
from cronofy_transports.sandbox import Choices

MONDAY = datetime(2030, 1, 7, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


def book(account: CronofyAccount, event_id: str = "booking") -> None:
    """Write an event as an application would that has its settings from the environment."""
    with Cronofy() as cronofy:
        cronofy.account(**account.tokens).upsert_event(
            calendar_id=account.calendar_id,
            event_id=event_id,
            summary="Booking",
            start=MONDAY,
            end=MONDAY + HOUR,
        )


# The application ------------------------------------------------------------------------


def test_an_application_without_arguments_finds_the_sandbox(
    cronofy_app: CronofyApp, cronofy_account: CronofyAccount
) -> None:
    """What the application writes with the settings of its environment is in the calendar."""
    book(cronofy_account)

    assert ["Booking"] == [event.summary for event in cronofy_account.events()]


@pytest.mark.asyncio
async def test_an_asynchronous_application_finds_it_too(
    cronofy_app: CronofyApp, cronofy_account: CronofyAccount
) -> None:
    """Both a client without arguments and one of the fixture reach the account."""
    async with AsyncCronofy() as one, cronofy_app.async_client() as other:
        found = [
            await cronofy.account(**cronofy_account.tokens).list_calendars()
            for cronofy in (one, other)
        ]

    assert found[0] == found[1]
    assert [cronofy_account.calendar_id] == [each.calendar_id for each in found[0]]


def test_the_settings_are_those_of_the_server(
    cronofy_server: CronofyServer, cronofy_sandbox: CronofySandbox, cronofy_app: CronofyApp
) -> None:
    """An application that was made for the whole session has the same settings."""
    assert cronofy_server.env == cronofy_app.env
    assert cronofy_app.env.items() <= os.environ.items()
    for each in (cronofy_server, cronofy_sandbox):
        assert (cronofy_app.client_id, cronofy_app.client_secret) == (
            each.client_id,
            each.client_secret,
        )
        assert (cronofy_app.api_url, cronofy_app.app_url) == (each.api_url, each.app_url)


def test_whatever_the_client_reads_from_the_environment_is_set_or_taken_out(
    cronofy_sandbox: CronofySandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No setting of the developer's own is left that could lead to the real service."""
    source = Path(options.__file__).read_text(encoding="utf-8")
    read = {f"CRONOFY_{name}" for name in re.findall(r'(?:given|chosen)\(.*?"([A-Z_]+)"', source)}
    assert {"CRONOFY_API_URL", "CRONOFY_DATA_CENTRE"} <= read
    for name in read:
        monkeypatch.setenv(name, "a developer's own")

    with app.settled(cronofy_sandbox) as settled:
        assert settled.env == {name: os.environ[name] for name in read & os.environ.keys()}
    assert {"a developer's own"} == {os.environ[name] for name in read}


def test_a_client_is_closed_after_the_test(cronofy_sandbox: CronofySandbox) -> None:
    """Clients of the fixture cannot be used once it is over, and the environment is as before."""
    before = dict(os.environ)
    with app.settled(cronofy_sandbox) as settled:
        client = settled.client(timeout=5)
        client.upsert_application_calendar(application_calendar_id="room")

    assert before == dict(os.environ)
    with pytest.raises(CronofyError, match="closed"):
        client.upsert_application_calendar(application_calendar_id="room")


def test_secrets_are_in_no_repr(cronofy_app: CronofyApp, cronofy_account: CronofyAccount) -> None:
    """What pytest shows of the fixtures of a test that failed holds no secret."""
    shown = repr((cronofy_app, cronofy_account, cronofy_app.sandbox, cronofy_app.sandbox.server))

    assert cronofy_account.sub in shown
    for secret in (cronofy_app.client_secret, *cronofy_account.tokens.values()):
        assert secret not in shown


# Accounts -------------------------------------------------------------------------------


def test_an_account_begins_with_an_empty_calendar(cronofy_account: CronofyAccount) -> None:
    """There is one calendar with nothing in it, and the application may write there."""
    assert [] == cronofy_account.events()
    calendars = cronofy_account.client.list_calendars()
    assert cronofy_account.calendars == {each.calendar_name: each.calendar_id for each in calendars}


def test_a_person_acts_in_their_calendar(cronofy_account: CronofyAccount) -> None:
    """What a person makes, moves and deletes, the application sees; the journal does not."""
    uid = cronofy_account.create_event("Dentist", MONDAY, MONDAY + HOUR)
    gone = cronofy_account.create_event("Holiday", date(2030, 1, 8), date(2030, 1, 9))
    cronofy_account.move_event(uid, MONDAY + HOUR, MONDAY + 2 * HOUR)
    cronofy_account.cancel_event(gone)

    assert [("Dentist", MONDAY + HOUR)] == [
        (event.summary, event.start) for event in cronofy_account.events()
    ]
    assert {"Dentist", "Holiday"} == {
        event.summary for event in cronofy_account.events(deleted=True)
    }
    assert 0 == len(cronofy_account.app.sandbox.journal)


def test_all_events_are_seen_and_not_a_page_of_them(cronofy_account: CronofyAccount) -> None:
    """Events are listed over all pages, however far away they are."""
    for number in range(101):
        start = MONDAY + timedelta(days=100 * number)
        cronofy_account.create_event(f"{number}", start, start + HOUR)

    assert [f"{n}" for n in range(101)] == [event.summary for event in cronofy_account.events()]


def test_accounts_differ(cronofy_accounts: CronofyAccounts) -> None:
    """Each account is somebody else, with the scope and the service that were asked for."""
    ada = cronofy_accounts(name="Ada", email="ada@example.com", zone="Europe/Paris")
    reader = cronofy_accounts(scope="read_only", service="apple")

    assert ("Ada", "ada@example.com") == (ada.name, ada.email)
    userinfo = reader.client.get_userinfo()
    assert (reader.sub, "apple") == (userinfo.sub, reader.client.list_profiles()[0].provider_name)
    assert {ada.sub, reader.sub} == {each.sub for each in cronofy_accounts.existing()}
    with pytest.raises(PermissionDeniedError):
        book(reader)


def test_an_unknown_service_is_refused(cronofy_accounts: CronofyAccounts) -> None:
    """The error names those that there are."""
    with pytest.raises(ValueError, match="office365"):
        cronofy_accounts(service="lotus")


def test_a_revoked_account_refuses_the_application(cronofy_account: CronofyAccount) -> None:
    """Once a person took the authorization away, neither token is any good."""
    cronofy_account.revoke()

    with pytest.raises(ReauthorizationRequiredError, match="invalid_grant"):
        book(cronofy_account)


# The world ------------------------------------------------------------------------------

SEEN: list[str] = []


@pytest.mark.parametrize("number", range(2))
def test_each_test_has_a_world_and_ids_of_its_own(
    number: int, cronofy_account: CronofyAccount, cronofy_accounts: CronofyAccounts
) -> None:
    """Nobody of another test is there, and nobody has the id of somebody there."""
    assert [cronofy_account.sub] == [each.sub for each in cronofy_accounts.existing()]
    assert cronofy_account.sub not in SEEN
    assert 0 == len(cronofy_account.app.sandbox.journal)
    SEEN.append(cronofy_account.sub)
    book(cronofy_account)
    assert 1 == next(iter(cronofy_account.app.sandbox.journal)).sequence


@pytest.mark.cronofy(seed=7)
@pytest.mark.parametrize("number", range(2))
def test_a_seed_fixes_the_ids(number: int, cronofy_account: CronofyAccount) -> None:
    """With a seed of its own, a world has the same ids in every test."""
    SEEDED.add(cronofy_account.sub)

    assert 1 == len(SEEDED)


SEEDED: set[str] = set()


@pytest.mark.cronofy(people=True, choices=Choices(page_size=3))
def test_a_mark_describes_the_world(cronofy_accounts: CronofyAccounts) -> None:
    """The people of the demo are there if asked for, and the choices hold."""
    amelia, *others = cronofy_accounts.existing()

    assert (2, "Amelia Hart") == (len(others), amelia.name)
    first = next(iter(amelia.client.read_events(tzid="Etc/UTC").pages()))
    assert 3 == len(first.items)


@pytest.mark.cronofy(world={"accounts": [{"email": "zoe@example.com"}]})
def test_a_mark_can_describe_it_whole(cronofy_accounts: CronofyAccounts) -> None:
    """A description in the form of the sandbox's world files takes the place of the people."""
    world = cronofy_accounts().app.sandbox.sandbox.world

    assert "zoe@example.com" in [account.email for account in world.accounts.values()]


@pytest.mark.parametrize("number", range(2))
def test_a_rotated_secret_is_forgotten(number: int, cronofy_sandbox: CronofySandbox) -> None:
    """The secret of the session is good in each test, whatever the one before did to it."""
    assert cronofy_sandbox.server.client_secret == cronofy_sandbox.client_secret
    cronofy_sandbox.control.add_secret()
    cronofy_sandbox.control.retire_secret()
    assert cronofy_sandbox.server.client_secret != cronofy_sandbox.client_secret


# Time -----------------------------------------------------------------------------------


@pytest.mark.cronofy(now=MONDAY)
def test_a_mark_stops_the_clock(cronofy_clock: CronofyClock) -> None:
    """The clock stands at the moment of the mark until it is moved."""
    assert MONDAY == cronofy_clock.now()
    assert MONDAY + HOUR == cronofy_clock.advance(HOUR)
    assert MONDAY + HOUR + timedelta(seconds=1.5) == cronofy_clock.advance(1.5)
    with pytest.raises(ValueError, match="now="):
        cronofy_clock.freeze(MONDAY)
    with pytest.raises(ValueError, match="zone"):
        cronofy_clock.freeze(datetime(2031, 1, 1))  # noqa: DTZ001  # that is the point
    cronofy_clock.resume()
    assert HOUR <= cronofy_clock.now() - MONDAY < 2 * HOUR


def test_the_clock_can_be_stopped_and_goes_on(cronofy_clock: CronofyClock) -> None:
    """The clock goes with the machine's, stands still, and goes on from there."""
    before = cronofy_clock.now()
    stopped = cronofy_clock.freeze()
    assert before <= stopped == cronofy_clock.now()
    later = stopped + timedelta(days=1)
    assert later == cronofy_clock.freeze(later)
    cronofy_clock.resume()
    first = cronofy_clock.now()
    while cronofy_clock.now() == first:
        pass
    assert later <= first < later + timedelta(minutes=1)


def test_tokens_expire_by_the_clock(
    cronofy_account: CronofyAccount, cronofy_clock: CronofyClock
) -> None:
    """After an hour the application has to renew its token, and does."""
    cronofy_clock.advance(HOUR)
    book(cronofy_account)

    journal = cronofy_account.app.sandbox.journal
    assert [401, 200, 202] == [entry.status for entry in journal]


# Faults ---------------------------------------------------------------------------------


@pytest.mark.parametrize("number", range(2))
def test_faults_strike_in_one_test_alone(
    number: int, cronofy_faults: CronofyFaults, cronofy_account: CronofyAccount
) -> None:
    """A fault that is never spent is gone in the next test."""
    assert [] == list(cronofy_faults)
    book(cronofy_account)
    fault_id = cronofy_faults.add("status", status=422, operation="UpsertEvent")
    with pytest.raises(Exception, match="422"):
        book(cronofy_account)
    assert [(fault_id, 1)] == [(rule.fault_id, rule.struck) for rule in cronofy_faults]


def test_the_application_survives_an_outage(
    cronofy_faults: CronofyFaults, cronofy_account: CronofyAccount
) -> None:
    """A call that is struck twice is sent a third time."""
    cronofy_faults.add("status", status=503, operation="ListCalendars", times=2)
    patient = RetryPolicy(wait_initial=0.001)
    assert cronofy_account.client.with_options(retry=patient).list_calendars()

    entries = list(cronofy_account.app.sandbox.journal)
    assert [(503, "status"), (503, "status"), (200, None)] == [
        (entry.status, entry.fault) for entry in entries
    ]


def test_a_fault_can_be_taken_away(
    cronofy_faults: CronofyFaults, cronofy_account: CronofyAccount
) -> None:
    """Once removed or cleared, faults do not strike."""
    cronofy_faults.remove(cronofy_faults.add("status", status=422))
    cronofy_faults.add("status", status=422)
    cronofy_faults.clear()
    book(cronofy_account)
