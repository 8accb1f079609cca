"""
The official Node client, as it is, against the sandbox's process: a witness in another language.

``tests/witnesses/node/quickstart.mjs`` walks the quick start, calls every public method and
prints what came of it; here that is held to be right. Nothing of the client is changed but
the host that it sends to. It is installed from its package index into a folder of the test
run; without Node, or without the index, all of this is skipped, and the reason says so.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from cronofy_async.models import Scope

from .pycronofy_support import BACK, approved
from .sandbox.test_sandbox_process import process

WITNESS = Path(__file__).parent / "witnesses" / "node"

UNREACHED = "NO PACKAGE INDEX: the official Node client was not tried against the sandbox"

# What npm says when nobody is there; anything else that fails is a failure.
UNREACHABLE = ("ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "ENETUNREACH")


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the client, in the version that is locked."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        pytest.skip("NO NODE HERE: the official Node client was not tried against the sandbox")
    folder = tmp_path_factory.mktemp("node")
    for file in WITNESS.iterdir():
        if file.is_file():
            shutil.copy(file, folder)
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1"]
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, check=False, timeout=40
        )
    except subprocess.TimeoutExpired:
        pytest.skip(UNREACHED)
    if any(word in done.stderr for word in UNREACHABLE):
        pytest.skip(UNREACHED)
    assert (0, "") == (done.returncode, done.stderr if done.returncode else "")
    return folder


@pytest.fixture(scope="module")
def report(installed: Path) -> dict[str, Any]:
    """What came of each call."""
    with process("--ready-json", "--seed", "7") as running:
        assert running.stdout is not None
        ready = json.loads(running.stdout.readline())
        ready["code"] = code(ready, state="s-1")
        ready["delegating_code"] = code(ready, delegated_scope="read_only")
        done = subprocess.run(
            ["node", "quickstart.mjs"],
            cwd=installed,
            input=json.dumps(ready),
            capture_output=True,
            text=True,
            check=False,
            timeout=50,
        )
    assert (0, "") == (done.returncode, done.stderr)
    found: dict[str, Any] = json.loads(done.stdout)
    return {**found, "accounts": ready["accounts"]}


def code(ready: dict[str, Any], **further: str) -> str:
    """What consent gives, with a page's form; the client has no method that makes this URL."""
    query = {
        "response_type": "code",
        "client_id": ready["client_id"],
        "redirect_uri": BACK,
        "scope": Scope.READ_WRITE.value,
        **further,
    }
    back = approved(f"{ready['app_url']}/oauth/authorize?{urlencode(query)}")
    assert further.get("state") == back.get("state")
    return back["code"]


def test_the_lock_file_pins_one_version_and_no_address() -> None:
    """The client is pinned, every package has its digest, and none says where it is from."""
    (pinned,) = json.loads((WITNESS / "package.json").read_text())["dependencies"].values()
    lock = json.loads((WITNESS / "package-lock.json").read_text())["packages"]
    assert pinned == lock["node_modules/cronofy"]["version"]
    others = [package for name, package in lock.items() if name]
    assert all("integrity" in package for package in others)
    assert not any("resolved" in package for package in others)


def test_every_public_method_is_called(report: dict[str, Any]) -> None:
    """What the client has today is what is tried here, and each of it has an assertion."""
    assert sorted(report["methods"]) == sorted(report["calls"])
    assert sorted(report["methods"]) == sorted(CALLS)


def test_the_quick_start(report: dict[str, Any]) -> None:
    """From consent to a notification, with the answers of each step."""
    found = report["quickStart"]["whole"]["value"]
    assert found["sub"] == found["told"]
    assert found["calendars"] >= 2
    (event,) = found["events"]
    assert ("first", found["slot"]) == (
        event["event_id"],
        {"start": event["start"], "end": event["end"]},
    )
    assert ["verification", "change"] == [each["type"] for each in found["notified"]]
    assert all(each["signed"] for each in found["notified"])
    assert "Private" in found["changed"]


Check = Callable[[dict[str, Any], Any], bool]


def accepted(_: dict[str, Any], value: Any) -> bool:
    """An answer without a body."""
    return bool(value == "")


def its(name: str, *further: str) -> Check:
    """An answer with these keys under a name."""
    return lambda _, value: set(further) <= value[name].keys()


def amelia(report: dict[str, Any]) -> str:
    """The sub of whoever most calls are made for."""
    return str(report["accounts"][0]["sub"])


CALLS: dict[str, Check] = {
    "accountInformation": lambda r, v: amelia(r) == v["account"]["account_id"],
    "userInfo": lambda r, v: amelia(r) == v["sub"],
    "profileInformation": lambda _, v: (
        ["google", "apple"] == [each["provider_name"] for each in v["profiles"]]
    ),
    "listCalendars": lambda r, v: (
        {each["calendar_id"] for each in r["accounts"][0]["calendars"]}
        <= {each["calendar_id"] for each in v["calendars"]}
    ),
    "createCalendar": lambda _, v: "New" == v["calendar"]["calendar_name"],
    "requestAccessToken": lambda r, v: v["kept"] and r["accounts"][1]["sub"] == v["answer"]["sub"],
    "refreshAccessToken": lambda r, v: r["accounts"][1]["sub"] == v["account"]["sub"],
    "revokeAuthorization": lambda _, v: (
        401 == v["after"]["status"] and ["client_id", "client_secret"] == v["left"]
    ),
    "revokeProfileAuthorization": lambda _, v: (
        v["answer"] == ""
        and v["profile_id"] not in {each["profile_id"] for each in v["profiles"]["profiles"]}
    ),
    "applicationCalendar": lambda _, v: (
        v["answer"]["sub"].startswith("apc_") and 1 == len(v["calendars"]["calendars"])
    ),
    "elevatedPermissions": its("permissions_request", "url"),
    "conferencingServiceAuthorizations": its("authorization_request", "url"),
    "requestElementToken": lambda _, v: ["agenda"] == v["element_token"]["permissions"],
    "createEvent": lambda _, v: (
        v["answer"] == "" and ["e1"] == [each["event_id"] for each in v["events"]]
    ),
    "readEvents": lambda _, v: whole(v, "events") and "time" in v[0]["events"][0]["start"],
    "freeBusy": lambda _, v: whole(v, "free_busy"),
    "deleteEvent": lambda _, v: v["answer"] == "" and ["e1"] == v["ids"],
    "bulkDeleteEvents": lambda _, v: ["", ""] == v["answers"] and [] == v["events"],
    "updateExternalEvent": lambda _, v: "Changed" == v["summary"] and "event_id" not in v,
    "deleteExternalEvent": lambda _, v: v["answer"] == "" and v["event"]["deleted"],
    "batch": lambda _, v: [202, 202, 422] == [each["status"] for each in v["batch"]],
    "createNotificationChannel": lambda _, v: (
        v["filters"] == v["answer"]["channel"]["filters"]
        and "verification" == v["notified"]["notification"]["type"]
    ),
    "listNotificationChannels": lambda _, v: 1 == len(v["channels"]),
    "deleteNotificationChannel": lambda _, v: v["answer"] == "" and [] == v["channels"],
    "hmacValid": lambda _, v: [True, True, False, False] == v,
    "availability": lambda r, v: amelia(r) == v["available_periods"][0]["participants"][0]["sub"],
    "sequencedAvailability": lambda _, v: (
        ["first", "second"] == [each["sequence_id"] for each in v["sequences"][0]["sequence"]]
    ),
    "upsertAvailabilityRule": its("availability_rule", "weekly_periods"),
    "listAvailabilityRules": lambda _, v: (
        ["hours"] == [each["availability_rule_id"] for each in v["availability_rules"]]
    ),
    "readAvailabilityRule": its("availability_rule", "weekly_periods"),
    "deleteAvailabilityRule": lambda _, v: v["answer"] == "" and [] == v["availability_rules"],
    "upsertAvailablePeriod": accepted,
    "listAvailablePeriods": lambda _, v: (
        ["p1"] == [each["available_period_id"] for each in v[0]["available_periods"]]
    ),
    "deleteAvailablePeriods": lambda _, v: (
        ["", ""] == v["answers"]
        and ["p2"] == [each["available_period_id"] for each in v["left"]]
        and [] == v["available_periods"]
    ),
    "realTimeScheduling": lambda _, v: "open" == v["real_time_scheduling"]["status"],
    "realTimeSequencing": lambda _, v: "open" == v["real_time_sequencing"]["status"],
    "addToCalendar": lambda _, v: v["oauth_url"].startswith("http://127.0.0.1:"),
    "createSmartInvite": lambda _, v: "METHOD:REQUEST" in v["attachments"]["icalendar"],
    "getSmartInvite": lambda _, v: ("i1", []) == (v["smart_invite_id"], v["replies"]),
    "cancelSmartInvite": lambda _, v: "METHOD:CANCEL" in v["attachments"]["icalendar"],
    "createBookableEvent": lambda _, v: 2 == v["registration"]["capacity"],
    "readBookableEvents": lambda _, v: 0 == v["registration"]["registered_count"],
    "upsertRegistrationBookableEvent": lambda _, v: 1 == v["registration"]["registered_count"],
    "deleteRegistrationBookableEvent": lambda _, v: 0 == v["registration"]["registered_count"],
    "authorizeWithServiceAccount": lambda _, v: told(v, "s-2"),
    "listAccessibleCalendars": lambda _, v: (
        "board.room@example.com" in {each["email"] for each in v["accessible_calendars"]}
    ),
    "delegatedAuthorizations": lambda _, v: told(v, "s-3"),
}
"""Under the name of each public method: what must hold of the report and of its answer."""


def whole(pages: list[dict[str, Any]], items: str) -> bool:
    """Whether pages are several, in their order, and none of them is empty."""
    places = [(page["pages"]["current"], page["pages"]["total"]) for page in pages]
    expected = [(number, len(pages)) for number in range(1, len(pages) + 1)]
    return len(pages) > 1 and expected == places and all(page[items] for page in pages)


def told(value: dict[str, Any], state: str) -> bool:
    """Whether a callback brought a code, beside an answer without a body."""
    authorization = value["told"]["authorization"]
    return value["answer"] == "" and state == authorization["state"] and "code" in authorization


@pytest.mark.parametrize("name", CALLS)
def test_a_call_has_its_effect(name: str, report: dict[str, Any]) -> None:
    """What a method of the client sends is understood, carried out and answered."""
    found = report["calls"][name]
    assert "value" in found, found
    assert CALLS[name](report, found["value"]), found


DEFECTS: dict[str, tuple[Any, str]] = {
    "tokenToAnyHost": (True, "The token goes to whatever host next_page names."),
    "secretInUrl": (True, "Reading a bookable event puts the client secret into its URL."),
    "bearerUndefined": ("Bearer undefined", "Calls with credentials in the body send this."),
    "pathsUnescaped": ("/v1/account?x=/events", "An id can lead to another endpoint."),
    "refreshTokenForgotten": (None, "An answer without a refresh token loses the one it had."),
    "headersLost": ({"status": 429, "response": None}, "Retry-After cannot be read."),
    "spaceInSignature": (False, "A good signature after a comma and a space is refused."),
}


@pytest.mark.parametrize("name", DEFECTS)
def test_a_defect_of_the_client_is_its_own(name: str, report: dict[str, Any]) -> None:
    """What it does by itself, whatever it talks to; ours is held not to, beside pycronofy's."""
    assert {"value": DEFECTS[name][0]} == report["defects"][name], DEFECTS[name][1]


def test_what_it_sends_wrongly_is_refused(report: dict[str, Any]) -> None:
    """Dates of its language have milliseconds, which the service does not take."""
    refused = report["defects"]["millisecondsSent"]["value"]
    assert (422, ["start"]) == (refused["status"], list(refused["error"]["errors"]))


def test_a_token_that_has_expired_stays_expired(report: dict[str, Any]) -> None:
    """The client has a refresh token, and leaves its use to the program."""
    assert 401 == report["defects"]["tokenNotRenewed"]["value"]["status"]


def test_each_defect_is_asserted(report: dict[str, Any]) -> None:
    """No defect is shown without being held."""
    assert {*DEFECTS, "millisecondsSent", "tokenNotRenewed"} == set(report["defects"])
