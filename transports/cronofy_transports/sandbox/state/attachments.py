"""Files that were uploaded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import attrs

from .access import Application

if TYPE_CHECKING:
    from cronofy_async.models.subscriptions import Subscription

__all__ = ("StoredAttachment",)


@attrs.define(kw_only=True, eq=False)
class StoredAttachment:
    """
    An uploaded file.

    Attributes:
        attachment_id: ``att_`` and 24 hex digits.
        content: What is in it.
        md5: The MD5 hash of *content*, in hexadecimal digits.
        state: ``pending`` until it is screened.
        subscriptions: Who is told of that.
    """

    attachment_id: str
    application: Application
    file_name: str
    content_type: str
    content: bytes = attrs.field(repr=False)
    md5: str
    state: Literal["pending", "approved", "rejected"] = "pending"
    subscriptions: tuple[Subscription, ...] = ()
