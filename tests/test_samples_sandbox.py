"""
The documented examples through the sandbox: each request is taken, each answer written.

The client reads and makes them in ``test_samples``. Here a world is made that has what a
request speaks of, at a time before it; and what was read of an answer is written again
by what writes the sandbox's own answers.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import attrs

from cronofy_async.core import codec
from cronofy_async.core.operation import Credential
from cronofy_async.core.paging import Page, PagedOperation
from cronofy_async.core.wire import Request, Response
from cronofy_async.models import Scope
from cronofy_transports.sandbox import Clock, Sandbox, handlers
from cronofy_transports.sandbox.api import write_reply
from cronofy_transports.sandbox.handlers.registry import HANDLERS, Reply

from .sandbox.wire import ORIGIN
from .test_samples import ANSWERS, REQUESTS, Sample, pick, without_nulls

# What the sandbox refuses of the documented requests, each for its reason.
REFUSED = {
    # Codes and tokens that nobody gave out.
    "authorization-3-RequestToken": {"error": "invalid_grant"},
    "authorization-4-RequestToken": {"error": "invalid_grant"},
    "authorization-6-RequestToken": {"error": "invalid_grant"},
    "authorization-8-RefreshToken": {"error": "invalid_grant"},
    # One official SDK's tests ask for delete_events, which is called delete_event.
    "add_to_calendar-0-AddToCalendar": ["oauth.scope"],
    # Some accounts need no redirect URI; ordinary ones do.
    "permissions-4-RequestPermissions": ["redirect_uri"],
    # A file that nobody uploaded.
    "events-11-UpsertEvent": ["attachments[0].attachment_id"],
    # Decision.SELECTION_RULES: there are none.
    "scheduling_requests-2-CreateSchedulingRequest": ["host_group.sub"],
}

handlers.load()

DAY = 86400

EVERYTHING = f"{Scope.READ_WRITE} {Scope.ORGANIZATIONAL_UNIT_SCHEDULER}"


def dictionaries(raw: Any) -> Iterator[dict[str, Any]]:
    """An object and all within it."""
    if isinstance(raw, dict):
        yield raw
    for each in raw.values() if isinstance(raw, dict) else raw if isinstance(raw, list) else ():
        yield from dictionaries(each)


def named(raw: Any, *names: str) -> list[str]:
    """What stands under some names, alone or in lists, each once and in its order."""
    found: list[str] = []
    for each in dictionaries(raw):
        for value in (each[name] for name in names if name in each):
            found += [value] if isinstance(value, str) else value
    return list(dict.fromkeys(found))


def within(raw: Any, prefix: str) -> list[str]:
    """The ids of a kind, wherever they stand."""
    return list(dict.fromkeys(re.findall(rf"\b{prefix}_[\w-]+", json.dumps(raw))))


def world(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Accounts with the calendars that a request gives them; the others are the first one's."""
    subs = [each for each in named(raw, "sub", "subs") if not each.startswith("sel_")]
    subs = subs or ["acc_0123456789abcdef01234567"]
    owners = {
        calendar: each["sub"]
        for each in dictionaries(raw)
        if "sub" in each
        for calendar in named(each, "calendar_id", "calendar_ids")
    }
    calendars = dict.fromkeys(
        [*named(raw, "calendar_id", "calendar_ids"), *within(raw, "cal")], subs[0]
    )
    calendars |= owners
    accounts = [account(sub, [c for c, owner in calendars.items() if owner == sub]) for sub in subs]
    at = {"start": "2030-01-07T10:00:00Z", "end": "2030-01-07T11:00:00Z"}
    accounts[0]["profiles"][0]["calendars"][0]["events"] = [
        {"event_uid": uid, "summary": "Private", "invited": True, **at}
        for uid in within(raw, "evt_external")
    ]
    return {"accounts": accounts}


def account(sub: str, calendars: list[str]) -> dict[str, Any]:
    """Somebody who let the application do everything in these calendars, or in one of its own."""
    shape = {"permission_level": "unrestricted", "attachments": True}
    return {
        "sub": sub,
        "email": f"{sub}@example.com",
        "scope": EVERYTHING,
        "profiles": [
            {
                "provider_name": "google",
                "name": f"{sub}@example.com",
                "calendars": [{"calendar_id": each, "name": each, **shape} for each in calendars]
                or [{"name": "Work", **shape}],
            }
        ],
    }


def answered(sample: Sample) -> Response:
    """What a sandbox says to a documented request, with good credentials in place of its own."""
    raw = sample.raw["request"]
    dates = re.findall(r"\b20\d\d-\d\d-\d\d", json.dumps(raw))
    first = min(dates, default="2030-01-01")
    now = int(datetime.fromisoformat(first).replace(tzinfo=UTC).timestamp()) - DAY
    sandbox = Sandbox(7, clock=Clock(lambda: now), world=world(raw))
    authorization = sandbox.world.vault.authorization(
        sandbox.application, sandbox.accounts()[0]["sub"]
    )
    assert authorization is not None
    authorization.delegated_scope = EVERYTHING
    sandbox.control.link_to_unit()
    credential = sample.cls.credential
    body = dict(raw["body"]) if isinstance(raw.get("body"), dict) else raw.get("body")
    token = sandbox.accounts()[0]["access_token"]
    if isinstance(body, dict) and (credential is Credential.CLIENT_BODY or "client_id" in body):
        body |= {"client_id": sandbox.client_id, "client_secret": sandbox.client_secret}
    if credential in (Credential.CLIENT_SECRET, Credential.SECRET_OR_TOKEN):
        token = sandbox.client_secret
    elif HANDLERS[sample.cls].domain_wide and "enterprise-connect" in sample.cls.source:
        token = sandbox.control.grant_domain(
            domain="example.com",
            scope=f"{Scope.MANAGE_ACCOUNTS} {Scope.MANAGE_RESOURCES}",
            delegated_scope=EVERYTHING,
        )["access_token"]
    elif credential is Credential.ADMIN_KEY:
        token = sandbox.control.add_admin_key()
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    url = re.sub(r"^https://[^/]*", ORIGIN, raw["url"])
    content = b"" if body is None else json.dumps(body).encode()
    return sandbox.handle(Request(raw["method"], url, headers, content))


@pick([sample for sample in REQUESTS if sample.cls in HANDLERS])
def test_a_documented_request_is_taken(sample: Sample) -> None:
    """The sandbox finds nothing wrong with its parameters; things of no world may be unknown."""
    response = answered(sample)
    expected = REFUSED.get(sample.name)
    if expected is None:
        assert response.ok or response.status == 404, (response.status, response.body)
        return
    refused = response.json()
    assert expected == (list(refused["errors"]) if "errors" in refused else refused)


def test_what_is_refused_is_a_sample() -> None:
    """Nothing in the table of exceptions is out of date."""
    assert REFUSED.keys() <= {sample.name for sample in REQUESTS}


@pick([s for s in ANSWERS if "answer" in s.raw and s.cls in HANDLERS and s.name[:5] != "batch"])
def test_a_documented_answer_is_written(sample: Sample) -> None:
    """What the client reads of an answer, the sandbox writes as it was; a batch has no writer."""
    cls, envelope = sample.cls, sample.cls.envelope
    raw = {**sample.raw.get("reads", sample.raw["answer"])}
    value: Any = sample.operation().from_response(sample.response)
    beside: dict[str, Any] = {}
    if issubclass(cls, PagedOperation):
        assert isinstance(value, Page)
        value = attrs.evolve(value, items=codec.unstructure(value.items))
        raw["pages"] = sample.raw["answer"]["pages"]
    elif envelope is not None and envelope in raw:
        # Handlers write what stands beside the envelope themselves.
        beside = {name: each for name, each in raw.items() if name != envelope}
    elif envelope is not None:
        # An older form, without the envelope.
        raw = {envelope: raw}
    written = write_reply(cls, Reply(value=value, status=sample.raw["status"], beside=beside))
    assert without_nulls(raw) == written.json()
