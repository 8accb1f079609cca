"""Making applications, and taking them into production."""

from __future__ import annotations

import re
from typing import Any, Final
from urllib.parse import urlsplit

from cronofy_async.core.errors import INVALID, FieldError
from cronofy_async.core.secret import Secret
from cronofy_async.models.applications import ProvisionedApplication
from cronofy_async.operations.applications import (
    ProvisionApplication,
    SubmitApplicationVerification,
)

from ..caller import Caller
from ..refusals import Invalid
from ..world import World
from .registry import Reply, handles

__all__ = ()

# "*." and the subdomains' own domain, which has a dot of its own.
_WILDCARD: Final = re.compile(r"\*\.[^*.:]+(\.[^*.:]+)+(:[0-9]+)?")


@handles(SubmitApplicationVerification)
def submit_verification(
    _: World, caller: Caller, asked: SubmitApplicationVerification
) -> Reply[Any]:
    """Register further redirect URIs; the application is in production from here on."""
    wrong = {
        f"redirect_uris[{index}]": (FieldError(INVALID, "may have * only before a domain"),)
        for index, uri in enumerate(asked.redirect_uris)
        if "*" in uri and not _is_wildcard(uri)
    }
    if wrong:
        raise Invalid(wrong)
    application = caller.application
    known = application.redirect_uris
    known += [uri for uri in dict.fromkeys(asked.redirect_uris) if uri not in known]
    # Decision.VERIFIED_AT_ONCE
    application.mode = "production"
    return Reply(value={}, status=202)


@handles(ProvisionApplication)
def provision_application(
    world: World, _: Caller, asked: ProvisionApplication
) -> ProvisionedApplication:
    """A new application in development mode."""
    parts = urlsplit(asked.url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Invalid.field("url", "must be an http or https URL")
    secret = world.ids.client_secret()
    application = world.add_application(asked.name, client_id=world.ids.token(), secret=secret)
    return ProvisionedApplication(client_id=application.client_id, client_secret=Secret(secret))


def _is_wildcard(uri: str) -> bool:
    parts = urlsplit(uri)
    rest = parts._replace(netloc="").geturl()
    return "*" not in rest and _WILDCARD.fullmatch(parts.netloc) is not None
