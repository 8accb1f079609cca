"""Uploading files: what may be given as content, and what is shown of it."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cronofy_async.core.errors import InvalidArgumentError
from cronofy_async.models import Attachment, AttachmentFile, Interaction, Subscription
from cronofy_async.operations import CreateAttachment, parse

from .support import answer

FILE: dict[str, Any] = {
    "file_name": "brief.pdf",
    "content_type": "application/pdf",
    "base64_content": b"Hello",
}
HOOK = "https://app.example/hook"


@given(st.binary(min_size=1))
def test_bytes_are_encoded_once(content: bytes) -> None:
    """They are sent as base64, and text that is base64 is left as it is."""
    file = AttachmentFile(file_name="a.bin", content_type="a/b", base64_content=content)

    assert content == base64.b64decode(file.base64_content)
    assert file == AttachmentFile(
        file_name="a.bin", content_type="a/b", base64_content=file.base64_content
    )


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"file_name": ""}, "file_name", "string"),
        ({"content_type": ""}, "content_type", "string"),
        ({"base64_content": b""}, "base64_content", "string"),
        ({"base64_content": "Hello!"}, "base64_content", "bytes"),
        ({"base64_content": "SGVsbG8"}, "base64_content", "bytes"),
        ({"base64_content": "SGVs\nbG8="}, "base64_content", "bytes"),
        ({"base64_content": "_-8="}, "base64_content", "bytes"),
        ({"base64_content": "ü"}, "base64_content", "bytes"),
    ],
)
def test_a_file_is_checked(changes: dict[str, Any], field: str, words: str) -> None:
    """Text that is not standard base64 would arrive as another file than was meant."""
    with pytest.raises(InvalidArgumentError) as caught:
        AttachmentFile(**(FILE | changes))

    assert field == caught.value.field
    assert words in caught.value.remedy
    assert "SGVs" not in str(caught.value)


def test_the_content_is_not_shown() -> None:
    """Neither the file nor the call shows what is in it, only how much."""
    operation = CreateAttachment(attachment=AttachmentFile(**FILE))

    assert "SGVsbG8=" not in repr(operation)
    assert "<8 characters>" in repr(operation.attachment)


def test_a_file_is_uploaded_with_those_to_be_told() -> None:
    """The answer's id is what events are given."""
    subscription = Subscription(uri=HOOK, interactions=["attachment_approved"])
    operation = CreateAttachment(attachment=AttachmentFile(**FILE), subscriptions=[subscription])
    body = {
        "attachment": {**FILE, "base64_content": "SGVsbG8="},
        "subscriptions": [
            {"type": "webhook", "uri": HOOK, "interactions": [{"type": "attachment_approved"}]}
        ],
    }

    assert body == json.loads(operation.to_request().body)
    assert operation == parse(operation.to_request())
    assert (Interaction(type="attachment_approved"),) == subscription.interactions
    assert Attachment(attachment_id="att_1", md5="0" * 32) == operation.from_response(
        answer(200, {"attachment": {"attachment_id": "att_1", "md5": "0" * 32}})
    )


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"attachment": FILE}, "attachment"),
        (
            {"attachment": AttachmentFile(**FILE), "subscriptions": [{"uri": HOOK}]},
            "subscriptions[0]",
        ),
        ({"attachment": AttachmentFile(**FILE), "subscriptions": HOOK}, "subscriptions"),
    ],
)
def test_an_upload_is_checked(given: dict[str, Any], field: str) -> None:
    """A dict is not taken for a value, nor text for a list."""
    with pytest.raises(InvalidArgumentError) as caught:
        CreateAttachment(**given)
    assert field == caught.value.field
