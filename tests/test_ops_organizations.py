"""The people and rooms of an Organizational Unit, page by page."""

from __future__ import annotations

from typing import Any

import pytest

from cronofy_async import AsyncCronofy
from cronofy_async.models import (
    OrganizationalUnitMember,
    OrganizationalUnitResource,
    OrganizationalUnitRole,
    SchedulerSettings,
)

from .support import RecordingTransport, answer

NEXT = "https://api.cronofy.com/v1/organizational_unit_members/pages/2"


def page(key: str, current: int, entries: list[Any], **pages: Any) -> dict[str, Any]:
    """One of two pages."""
    return {key: entries, "pages": {"current": current, "total": 2, **pages}}


@pytest.mark.asyncio
async def test_members_are_read_over_all_pages_with_the_api_key() -> None:
    """Every page is asked for with the client secret, also where the next one is given."""
    key = "organizational_unit_members"
    doc = {"sub": "acc_2", "roles": ["member", "guest"], "scheduler": {"enabled": False}}
    transport = RecordingTransport(
        [
            answer(200, page(key, 1, [{"sub": "acc_1", "roles": ["owner"]}], next_page=NEXT)),
            answer(200, page(key, 2, [doc])),
        ]
    )
    async with AsyncCronofy(client_secret="s3cret", transport=transport) as cronofy:
        members = await cronofy.list_organizational_unit_members().collect()

    assert [
        OrganizationalUnitMember(sub="acc_1", roles=(OrganizationalUnitRole.OWNER,)),
        OrganizationalUnitMember(
            sub="acc_2",
            roles=(OrganizationalUnitRole.MEMBER, OrganizationalUnitRole("guest")),
            scheduler=SchedulerSettings(enabled=False),
        ),
    ] == members
    assert [NEXT.replace("/pages/2", ""), NEXT] == [each.url for each in transport.requests]
    assert {"Bearer s3cret"} == {each.header("authorization") for each in transport.requests}


@pytest.mark.asyncio
async def test_resources_are_read() -> None:
    """A resource may have no name."""
    raw = {"organizational_unit_resources": [{"sub": "res_1", "email": "a@b.example"}]}
    transport = RecordingTransport([answer(200, raw)])
    async with AsyncCronofy(client_secret="s3cret", transport=transport) as cronofy:
        resources = await cronofy.list_organizational_unit_resources().collect()

    assert [OrganizationalUnitResource(sub="res_1", email="a@b.example")] == resources
