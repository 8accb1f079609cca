"""
Whose credentials a request carries, by the one kind that its operation takes.

Kinds are not interchangeable: a client secret at a user's endpoint is as unknown as
a user's token at the application's.

Source: /developers/api/authentication/
"""

from __future__ import annotations

import hmac
from typing import Any

from cronofy_async.core.operation import Credential, Operation
from cronofy_async.core.wire import Request
from cronofy_async.operations import RequestToken

from .leniency import body_of, object_of, with_body
from .refusals import OAuthRefusal, Unrecognised
from .state.access import Application, Authorization
from .world import World

__all__ = ("authenticate", "take_credentials")

_CLIENT = ("client_id", "client_secret")


def authenticate(
    world: World, operation: type[Operation[Any]], request: Request
) -> tuple[Application, Authorization | None]:
    """
    Find out who calls.

    Returns:
        The application, and what its access token stands for if it sent one.

    Raises:
        Unrecognised: The credentials are unknown, expired, or of another kind.
        OAuthRefusal: Those in the body of a request about tokens are.
    """
    kind = operation.credential
    if kind is Credential.CLIENT_BODY:
        # Whatever the header says: clients send "Bearer None" and other people's tokens.
        return _by_body(world, operation, request), None
    token = _bearer(request)
    if kind is Credential.ADMIN_KEY and token in world.unit.admin_keys:
        return world.unit.administration, None
    if kind in (Credential.ACCESS_TOKEN, Credential.SECRET_OR_TOKEN):
        authorization = world.vault.by_access_token(token)
        if authorization is not None:
            return authorization.application, authorization
    if kind in (Credential.CLIENT_SECRET, Credential.SECRET_OR_TOKEN):
        application = world.by_secret(token)
        if application is not None:
            return application, None
    raise Unrecognised


def take_credentials(request: Request) -> tuple[Request, str | None]:
    """
    Take a client secret out of the body of a request that should have it in its header.

    Returns:
        The request without it, and the secret; `None` if there was none.
    """
    body = body_of(request)
    if not all(isinstance(body.get(name), str) for name in _CLIENT):
        return request, None
    secret: str = body["client_secret"]
    rest = {name: value for name, value in body.items() if name not in _CLIENT}
    return with_body(request, rest), secret


def _bearer(request: Request) -> str:
    kind, _, token = (request.header("authorization") or "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


def _by_body(world: World, operation: type[Operation[Any]], request: Request) -> Application:
    body = body_of(request)
    client_id, secret = (body.get(name) for name in _CLIENT)
    application = world.applications.get(client_id) if isinstance(client_id, str) else None
    if application is not None and isinstance(secret, str) and _is_one_of(secret, application):
        return application
    # Only requests about tokens are answered in OAuth's words.
    if not operation.path.startswith(RequestToken.path):
        raise Unrecognised
    if object_of(request) is None:
        raise OAuthRefusal("invalid_request")
    raise OAuthRefusal("invalid_client", world.choices.invalid_client_status)


def _is_one_of(secret: str, application: Application) -> bool:
    given = secret.encode("utf-8", "surrogatepass")
    return any(hmac.compare_digest(given, active.encode()) for active in application.secrets)
