"""
What Cronofy sends you: verified, and typed.

Push notifications arrive as an HTTP POST with a signature of the raw body; a browser
comes back from the consent page with a code in its URL. Either is checked and read
in one call.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import logging
import re
from collections.abc import Iterable
from typing import Any, Final, TypeAlias
from urllib.parse import parse_qs, urlsplit

import attrs

from .core import codec
from .core.errors import CronofyError, DecodeError, InvalidArgumentError, SignatureError
from .core.secret import Secret
from .models.callbacks_authorization import AuthorizationNotification
from .models.callbacks_events import (
    AttachmentNotification,
    EventNotification,
    MeetingAgentNotification,
)
from .models.notifications import ChannelNotification, UnknownNotification
from .models.scheduling_callbacks import (
    MultiRecipientSmartInviteReplied,
    RealTimeSchedulingCompleted,
    RealTimeSchedulingWithoutTime,
    SchedulingRequestChanged,
    SmartInviteReplied,
)
from .models.shorthands import entries
from .models.shorthands import secret as as_secret

__all__ = (
    "SIGNATURE_HEADER",
    "AuthorizationRefusedError",
    "Callback",
    "read_callback",
    "read_redirect",
    "sign",
    "verify",
)

Callback: TypeAlias = (
    ChannelNotification
    | AuthorizationNotification
    | EventNotification
    | MeetingAgentNotification
    | AttachmentNotification
    | SmartInviteReplied
    | MultiRecipientSmartInviteReplied
    | RealTimeSchedulingCompleted
    | RealTimeSchedulingWithoutTime
    | SchedulingRequestChanged
    | UnknownNotification
)
"""Whatever Cronofy may call you about; `match` tells the kinds apart by their classes."""

_KINDS: Final[tuple[tuple[str, type[Callback]], ...]] = (
    ("notification.type channel.channel_id", ChannelNotification),
    ("authorization.code", AuthorizationNotification),
    ("authorization.error", AuthorizationNotification),
    ("notification meeting_agent.sub", MeetingAgentNotification),
    ("notification attachment.attachment_id", AttachmentNotification),
    ("notification.interactions", EventNotification),
    ("notification.transitions", EventNotification),
    ("notification.type=event_subscription", EventNotification),
    ("notification smart_invite.recipients", MultiRecipientSmartInviteReplied),
    ("notification smart_invite.recipient", SmartInviteReplied),
    ("notification scheduling_request.scheduling_request_id", SchedulingRequestChanged),
    ("event.start participants", RealTimeSchedulingCompleted),
    ("real_time_scheduling.status=open", RealTimeSchedulingWithoutTime),
)
"""
By what a body has, which kind of callback it is; the first that fits counts.

A form lists paths, all of which lead to something; ``path=text`` also says to what.
"""

SIGNATURE_HEADER: Final = "Cronofy-HMAC-SHA256"
"""The header that holds the signatures. Source: /developers/push-notifications/authentication/"""

log: Final = logging.getLogger("cronofy_async")

_MOST_SIGNATURES: Final = 8
_LONGEST_HEADER: Final = 1024
_ERROR_CODE: Final = re.compile(r"[a-z_]{1,64}")

Secrets: TypeAlias = str | Secret | Iterable[str | Secret]


class AuthorizationRefusedError(CronofyError):
    """
    The person did not grant the authorization.

    Attributes:
        error: OAuth's code, for example ``access_denied``. It comes with the browser:
            anybody may have written it.
    """

    def __init__(self, error: str) -> None:
        super().__init__(error)
        self.error = error

    def __str__(self) -> str:
        code = self.error if _ERROR_CODE.fullmatch(self.error) else ascii(self.error[:64])
        return f"the authorization was not granted: {code}"


def sign(body: bytes, secret: str | Secret) -> str:
    """
    The signature of a body: base64 of HMAC-SHA256 with the client secret as its key.

    Source: /developers/push-notifications/authentication/
    """
    key = Secret(secret).reveal().encode()
    return base64.b64encode(hmac.digest(key, body, hashlib.sha256)).decode()


def verify(body: bytes, signature: str | bytes | None, secrets: Secrets) -> None:
    """
    Check that a callback is signed with one of our secrets.

    Args:
        body: The raw bytes of the body, exactly as they arrived.
        signature: The value of the header `SIGNATURE_HEADER`: one signature for each
            active secret, separated by commas; as text, or as the bytes that ASGI gives.
        secrets: The client secret, or several while one replaces the other.

    Raises:
        SignatureError: It is not. Answer with status 401 and do nothing.
        InvalidArgumentError: The body is not bytes, the signature no header, or there
            is no secret.
    """
    # As text, they would be seen in a traceback with local variables.
    secrets = as_secrets(secrets)
    if not isinstance(body, (bytes, bytearray, memoryview)):
        raise InvalidArgumentError(
            "body", f"is {type(body).__name__}", "pass the raw bytes of the request"
        )
    if not isinstance(signature, (str, bytes, type(None))):
        raise InvalidArgumentError(
            "signature", f"is {type(signature).__name__}", "pass the value of the header"
        )
    header = signature.decode("latin-1") if isinstance(signature, bytes) else signature or ""
    if len(header) > _LONGEST_HEADER:
        raise SignatureError("the signature header is too long")
    if not _fits(bytes(body), header, secrets):
        raise SignatureError("no signature in the header fits the body and our secrets")


def _fits(body: bytes, header: str, secrets: Iterable[Secret]) -> bool:
    ours = [sign(body, each).encode() for each in secrets]
    theirs = [_bytes(part.strip()) for part in header.split(",")][:_MOST_SIGNATURES]
    matches = False
    for candidate in theirs:
        for own in ours:
            # No early exit: how long this takes tells nothing about where a match is.
            matches |= hmac.compare_digest(candidate, own)
    return matches


def read_callback(body: bytes, signature: str | bytes | None, secrets: Secrets) -> Callback:
    """
    Verify a callback and read it; nothing is read before it is verified.

    Args:
        body: The raw bytes of the body, exactly as they arrived.
        signature: The value of the header `SIGNATURE_HEADER`.
        secrets: The client secret, or several while one replaces the other.

    Returns:
        A typed notification; an `UnknownNotification` for a kind this version does not know,
        or that it cannot read.

    Raises:
        SignatureError: It is not signed with our secret.
        DecodeError: It is signed, but is no JSON object.

    Source: /developers/api/push-notifications/
    """
    secrets = as_secrets(secrets)
    verify(body, signature, secrets)
    raw = codec.load(bytes(body))
    if not isinstance(raw, dict):
        raise DecodeError("the callback is no JSON object")
    return _typed(raw)


def _typed(raw: dict[str, Any]) -> Callback:
    for form, cls in _KINDS:
        if all(_leads_somewhere(raw, path) for path in form.split()):
            try:
                found: Callback = codec.structure(raw, cls)
            except DecodeError as error:
                # It is genuine all the same: refused, it would only be sent again.
                log.warning("a callback is no %s: %s", cls.__name__, error)
                break
            return found
    kind = _at(raw, "notification.type")
    return UnknownNotification(type=kind if isinstance(kind, str) else None, body=raw)


def _leads_somewhere(raw: dict[str, Any], condition: str) -> bool:
    path, _, wanted = condition.partition("=")
    value = _at(raw, path)
    return value == wanted if wanted else value is not None


def _at(raw: Any, path: str) -> Any:
    """What a dotted path leads to; `None` if it leads nowhere."""
    for name in path.split("."):
        raw = raw.get(name) if isinstance(raw, dict) else None
    return raw


def read_redirect(url: str, *, state: str | None) -> Secret:
    """
    Take the code out of the URL with which a browser comes back from the consent page.

    Args:
        url: The whole URL, or its query.
        state: What was given to `authorization_url`, kept in the person's session;
            `None` only if none was given.

    Returns:
        The code, to be used once and at once with `request_token`.

    Raises:
        AuthorizationRefusedError: The person, or Cronofy, said no.
        InvalidArgumentError: The state is another: perhaps somebody else's authorization
            is being slipped in. Do not use the code. Or the URL is malformed.

    Source: /developers/api/authorization/request-authorization/
    """
    if not isinstance(state, (str, type(None))):
        raise InvalidArgumentError("state", f"is {type(state).__name__}", "pass text")
    try:
        redirect = Redirect.of(url)
    finally:
        # It holds the code, which a traceback with local variables would show.
        del url
    return redirect.take_code(state or "")


@attrs.frozen(kw_only=True)
class Redirect:
    """
    What a browser brings back from the consent page.

    Attributes:
        state: Empty if there is none.
        error: OAuth's code, if the person or Cronofy said no.
        code: The code; `None` if there is none, or a malformed one.
        has_code: Whether there is one.
    """

    state: str
    error: str | None
    code: Secret | None
    has_code: bool

    @classmethod
    def of(cls, url: str) -> Redirect:
        """
        Read a URL, or its query.

        Raises:
            InvalidArgumentError: It is malformed.
        """
        query = _query(url)
        if query is None:
            kind = f"is {type(url).__name__}" if not isinstance(url, str) else "is malformed"
            del url
            raise InvalidArgumentError("url", kind, "pass the whole URL as text")
        code = query.get("code", [""])[0]
        return cls(
            state=query.get("state", [""])[0],
            error=query["error"][0] if "error" in query else None,
            code=_secret_or_none(code),
            has_code=bool(code),
        )

    def is_of(self, state: str) -> bool:
        """Whether it comes from the authorization with this state."""
        return hmac.compare_digest(_bytes(self.state), _bytes(state))

    def take_code(self, state: str) -> Secret:
        """
        Give the code if the state fits.

        Raises:
            AuthorizationRefusedError: The person, or Cronofy, said no.
            InvalidArgumentError: The state is another, or there is no code.
        """
        if not self.is_of(state):
            raise InvalidArgumentError(
                "state", "is not the one we sent", "begin a new authorization for this person"
            )
        if self.error is not None:
            raise AuthorizationRefusedError(self.error)
        if not self.has_code:
            raise InvalidArgumentError("url", "holds neither code nor error", "pass the whole URL")
        if self.code is None:
            raise InvalidArgumentError(
                "url", "holds a malformed code", "begin a new authorization for this person"
            )
        return self.code


def _query(url: str) -> dict[str, list[str]] | None:
    # Errors are raised elsewhere: a traceback may show what is local here.
    if not isinstance(url, str):
        return None
    try:
        return parse_qs(urlsplit(url).query or url, keep_blank_values=True)
    except ValueError:
        return None


def _secret_or_none(text: str) -> Secret | None:
    try:
        return Secret(text)
    except ValueError:
        return None


def _bytes(text: str) -> bytes:
    # Servers may hand on half a character; it fits nothing, and must not fail either.
    return text.encode("utf-8", "surrogatepass")


def as_secrets(secrets: Secrets) -> tuple[Secret, ...]:
    """
    Take one client secret, or several while one replaces the other.

    Raises:
        InvalidArgumentError: There is none, or one is malformed.
    """
    listed = [secrets] if isinstance(secrets, (str, Secret)) else entries("secrets", secrets)
    if not listed:
        raise InvalidArgumentError("secrets", "is empty", "give the client secret")
    return tuple(as_secret("secrets", each) for each in listed)
