"""Files that are attached to events."""

from __future__ import annotations

import base64
from typing import Any

import attrs

from ..core.errors import InvalidArgumentError
from .checks import not_empty

__all__ = ("Attachment", "AttachmentFile")


def _base64(value: str | bytes) -> str:
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value


def _is_base64(_: Any, field: attrs.Attribute[Any], value: Any) -> None:
    not_empty(_, field, value)
    try:
        base64.b64decode(value, validate=True)
    except ValueError:
        raise InvalidArgumentError(
            field.name, "is not base64", "give the file's bytes, or text that is"
        ) from None


@attrs.frozen(kw_only=True)
class AttachmentFile:
    """
    A file to be attached. Its content is not shown in the repr.

    Args:
        file_name: Its name, with an extension that fits its type, such as ``.pdf``. Which
            characters may be in it is not published.
        content_type: Its MIME type, for example ``application/pdf``.
        base64_content: What is in it: bytes, which are encoded, or text that is base64
            already; not empty.

    Raises:
        InvalidArgumentError: The name or type is empty, or the content is empty or text
            that is not base64.

    Source: /developers/api/attachments/create/
    """

    file_name: str = attrs.field(validator=not_empty)
    content_type: str = attrs.field(validator=not_empty)
    base64_content: str = attrs.field(
        converter=_base64,
        validator=_is_base64,
        repr=lambda content: f"<{len(content)} characters>",
    )


@attrs.frozen(kw_only=True)
class Attachment:
    """
    A file that was uploaded.

    Attributes:
        attachment_id: Names it in an event's `AttachmentRef`.
        file_name: Its name.
        content_type: Its MIME type.
        md5: The MD5 hash of its content, in 32 hexadecimal digits.

    Source: /developers/api/attachments/create/
    """

    attachment_id: str
    file_name: str | None = None
    content_type: str | None = None
    md5: str | None = None
