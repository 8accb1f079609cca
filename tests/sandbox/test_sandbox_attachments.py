"""Files that are uploaded and attached, over the wire."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

import pytest

from cronofy_async.core.wire import Response

from .wire import Person, Wire, errors, keys

CONTENT = b"%PDF-1.4\n\x00\xff"
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
APPROVED, REJECTED = "attachment_approved", "attachment_rejected"


@pytest.fixture
def person(wire: Wire) -> Person:
    """Somebody whose calendar takes attachments."""
    person = wire.person()
    wire.sandbox.world.calendars[person.calendar_id].attachments = True
    return person


def upload(wire: Wire, content: bytes = CONTENT, *interactions: str, **changes: Any) -> Response:
    """Upload a file."""
    file = {
        "file_name": "brief.pdf",
        "content_type": "application/pdf",
        "base64_content": base64.b64encode(content).decode(),
        **changes,
    }
    body: dict[str, Any] = {
        "attachment": {name: value for name, value in file.items() if value is not None}
    }
    if interactions:
        body["subscriptions"] = [
            {
                "type": "webhook",
                "uri": "https://app.example/files",
                "interactions": [{"type": each} for each in interactions],
            }
        ]
    return wire.send("POST", "/v1/attachments", body, token=wire.secret)


def attachment(response: Response) -> dict[str, str]:
    """The file that was made."""
    assert 200 == response.status
    made: dict[str, str] = response.json()["attachment"]
    return made


def told(wire: Wire) -> list[dict[str, Any]]:
    """What is told after a while."""
    wire.command("advance", seconds=2)
    return [json.loads(each.body) for each in wire.sandbox.world.outbox.due()]


def test_a_file_is_described_by_its_hash(wire: Wire) -> None:
    """The answer has an id, the name and type, and the MD5 of what is in the file."""
    made = attachment(upload(wire))
    assert {
        "attachment_id": made["attachment_id"],
        "file_name": "brief.pdf",
        "content_type": "application/pdf",
        "md5": hashlib.md5(CONTENT).hexdigest(),
    } == made
    assert made["attachment_id"].startswith("att_")
    assert made["attachment_id"] != attachment(upload(wire))["attachment_id"]


@pytest.mark.parametrize(
    ("content", "interaction"), [(CONTENT, APPROVED), (EICAR, REJECTED)], ids=["good", "bad"]
)
def test_what_came_of_a_file_is_told(wire: Wire, content: bytes, interaction: str) -> None:
    """A moment later, to those who subscribed to just that."""
    made = attachment(upload(wire, content, APPROVED, REJECTED))
    assert [] == wire.sandbox.world.outbox.due()
    (body,) = told(wire)
    assert {
        "notification": {
            "type": "event_subscription",
            "interactions": [{"type": interaction}],
        },
        "attachment": made,
    } == body
    upload(wire, content, REJECTED if interaction == APPROVED else APPROVED)
    upload(wire, content)
    assert [] == told(wire)


def test_a_file_can_be_screened_at_will(wire: Wire, person: Person) -> None:
    """A test need not wait, and decides itself."""
    made = attachment(upload(wire, CONTENT, APPROVED, REJECTED))
    screen = {"attachment_id": made["attachment_id"], "approved": False}
    assert wire.command("screen_attachment", **screen) is True
    assert wire.command("screen_attachment", **screen) is False
    (body,) = told(wire)
    assert [{"type": REJECTED}] == body["notification"]["interactions"]
    refs = [{"attachment_id": made["attachment_id"]}]
    assert ["attachments[0].attachment_id"] == list(errors(wire.write(person, attachments=refs)))
    screen["attachment_id"] = "att_x"
    assert 404 == wire.send("POST", "/_sandbox/screen_attachment", screen).status


def test_files_are_attached_to_events(wire: Wire, person: Person) -> None:
    """By their ids, before and after they are screened; nothing is written otherwise."""
    made = attachment(upload(wire))
    refs = [{"attachment_id": made["attachment_id"]}]
    assert 202 == wire.write(person, attachments=refs).status
    told(wire)
    assert 202 == wire.write(person, attachments=refs).status
    assert 202 == wire.write(person, attachments=[]).status
    wrong = [*refs, {"attachment_id": "att_x"}]
    refused = wire.write(person, "e2", attachments=wrong)
    assert ["attachments[1].attachment_id"] == list(errors(refused))
    other = wire.person()
    assert ["attachments"] == list(errors(wire.write(other, attachments=refs)))
    assert 202 == wire.write(other, attachments=[]).status
    assert 1 == len(wire.events(person, only_managed=True))


def test_another_application_s_file_cannot_be_attached(wire: Wire, person: Person) -> None:
    """Files belong to the application that uploaded them."""
    key = wire.command("add_admin_key")
    body = {"name": "Second", "url": "https://second.example"}
    made = wire.send("POST", "/v1/applications", body, token=key).json()["oauth_client"]
    mine, wire.secret = wire.secret, made["client_secret"]
    foreign = attachment(upload(wire))["attachment_id"]
    wire.secret = mine
    refused = wire.write(person, attachments=[{"attachment_id": foreign}])
    assert ["attachments[0].attachment_id"] == list(errors(refused))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"file_name": None}, "attachment.file_name"),
        ({"file_name": "brief"}, "attachment.file_name"),
        ({"file_name": "brief.png"}, "attachment.file_name"),
        ({"file_name": "a/b.pdf"}, "attachment.file_name"),
        ({"file_name": 'a"b.pdf'}, "attachment.file_name"),
        ({"content_type": None}, "attachment.content_type"),
        ({"content_type": "pdf"}, "attachment.content_type"),
        ({"base64_content": None}, "attachment.base64_content"),
        ({"base64_content": ""}, "attachment.base64_content"),
        ({"base64_content": "not base64!"}, "attachment.base64_content"),
    ],
)
def test_wrong_files_are_refused(wire: Wire, changes: dict[str, Any], field: str) -> None:
    """What is missing or does not fit is named."""
    assert [field] == list(errors(upload(wire, **changes)))
    assert {} == wire.sandbox.world.attachments


@pytest.mark.parametrize(
    ("file_name", "content_type"),
    [
        ("Überblick (2).PDF", "application/pdf"),
        ("a.txt", "text/plain; charset=utf-8"),
        ("model.xyz", "application/x-nobody-knows"),
    ],
)
def test_names_may_have_letters_spaces_and_brackets(
    wire: Wire, file_name: str, content_type: str
) -> None:
    """A type that is not known fits any extension."""
    made = attachment(upload(wire, file_name=file_name, content_type=content_type))
    assert (file_name, content_type) == (made["file_name"], made["content_type"])


def test_a_file_needs_the_secret(wire: Wire, person: Person) -> None:
    """A user's token is not known there; the file itself is required."""
    assert 401 == wire.send("POST", "/v1/attachments", {}, token=person.token).status
    missing = wire.send("POST", "/v1/attachments", {}, token=wire.secret)
    assert {"attachment": ["errors.required"]} == keys(missing)
