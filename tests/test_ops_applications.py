"""Making an application and taking it into production."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cronofy_async import AsyncCronofy
from cronofy_async.core.errors import CredentialError, InvalidArgumentError
from cronofy_async.core.secret import Secret
from cronofy_async.core.wire import Response
from cronofy_async.models import ProvisionedApplication, VerificationContact
from cronofy_async.operations import ProvisionApplication, SubmitApplicationVerification

from .support import RecordingTransport, answer

URI = "https://shop.example/oauth/cronofy"
CONTACT = "admin@shop.example"
VERIFICATION: dict[str, Any] = {"redirect_uris": URI, "contact": CONTACT}
SHOP: dict[str, Any] = {"name": "Shop", "url": "https://shop.example"}


@pytest.mark.parametrize("uris", [URI, [URI], (URI,)])
@pytest.mark.parametrize("contact", [CONTACT, VerificationContact(CONTACT)])
def test_one_uri_needs_no_list_and_an_address_is_a_contact(uris: Any, contact: Any) -> None:
    """The short forms are sent like the long ones."""
    operation = SubmitApplicationVerification(redirect_uris=uris, contact=contact)

    assert {"redirect_uris": [URI], "contact": {"email": CONTACT}} == json.loads(
        operation.to_request().body
    )


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"redirect_uris": []}, "redirect_uris", "one entry or more"),
        ({"redirect_uris": [URI, "shop.example/cb"]}, "redirect_uris[1]", "https://"),
        ({"redirect_uris": [URI, "myapp://cb"]}, "redirect_uris[1]", "https://"),
        ({"redirect_uris": [1]}, "redirect_uris[0]", "https://"),
        ({"contact": ""}, "email", "string"),
        ({"contact": {"email": CONTACT}}, "contact", "VerificationContact(...)"),
    ],
)
def test_a_verification_is_checked(changes: dict[str, Any], field: str, words: str) -> None:
    """Where nobody can be sent back to, and nobody can be written to, is found out here."""
    with pytest.raises(InvalidArgumentError) as caught:
        SubmitApplicationVerification(**(VERIFICATION | changes))

    assert field == caught.value.field
    assert words in caught.value.remedy


@pytest.mark.parametrize("body", [b"{}", b"", b'{"later": 1}'])
def test_the_empty_answer_is_nothing(body: bytes) -> None:
    """What may be in it one day changes nothing now."""
    operation = SubmitApplicationVerification(redirect_uris=URI, contact=CONTACT)

    operation.from_response(Response(202, (), body))


@pytest.mark.parametrize("field", ["name", "url"])
def test_an_application_has_a_name_and_a_home(field: str) -> None:
    """Neither may be empty."""
    given: dict[str, Any] = {**SHOP, field: ""}
    with pytest.raises(InvalidArgumentError) as caught:
        ProvisionApplication(**given)
    assert field == caught.value.field


@pytest.mark.asyncio
async def test_an_application_is_made_with_the_admin_key_alone() -> None:
    """The Admin API key goes with it, and the new secret is in no repr."""
    raw = {"oauth_client": {"client_id": "c2", "client_secret": "canary"}}
    transport = RecordingTransport([answer(200, raw)])
    cronofy = AsyncCronofy("c1", "s1", admin_api_key="admin", transport=transport)
    made = await cronofy.provision_application(**SHOP)

    assert ProvisionedApplication(client_id="c2", client_secret=Secret("canary")) == made
    assert "canary" not in repr(made)
    (request,) = transport.requests
    assert "Bearer admin" == request.header("authorization")
    assert SHOP == json.loads(request.body)


@pytest.mark.asyncio
async def test_without_an_admin_key_no_application_is_made() -> None:
    """The client secret does not stand in for it."""
    transport = RecordingTransport()
    with pytest.raises(CredentialError, match="admin_api_key"):
        await AsyncCronofy("c1", "s1", transport=transport).provision_application(
            name="Shop", url="https://shop.example"
        )
    assert [] == transport.requests
