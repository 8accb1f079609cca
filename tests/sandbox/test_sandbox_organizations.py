"""The people and rooms of an Organizational Unit, over the wire."""

from __future__ import annotations

from typing import Any

import pytest

from cronofy_async.core.wire import Response
from cronofy_transports.sandbox import Choices, Clock, Sandbox

from .wire import NOW, ORIGIN, Wire, errors

MEMBERS = "/v1/organizational_unit_members"
RESOURCES = "/v1/organizational_unit_resources"


@pytest.fixture
def wire() -> Wire:
    """A sandbox whose application is linked to its Organizational Unit."""
    wire = Wire(Choices(page_size=2))
    wire.command("link_to_unit")
    return wire


def pages(wire: Wire, path: str) -> list[dict[str, Any]]:
    """Every page of a list."""
    found: list[dict[str, Any]] = []
    url: str | None = path
    while url is not None:
        response = wire.send("GET", url, token=wire.secret)
        assert 200 == response.status
        found.append(response.json())
        url = found[-1]["pages"].get("next_page")
    return found


def test_members_have_roles_and_settings(wire: Wire) -> None:
    """Each is told of with their account's id, address, roles and Scheduler."""
    owner, member = wire.person(), wire.person()
    wire.command(
        "join_unit",
        sub=owner.sub,
        roles=["owner", "developer"],
        public_url="https://example.com/ada",
    )
    wire.command("join_unit", sub=member.sub, scheduler=False)
    (page,) = pages(wire, MEMBERS)
    assert {
        "organizational_unit_members": [
            {
                "sub": owner.sub,
                "email": "ada@example.com",
                "roles": ["owner", "developer"],
                "scheduler": {"enabled": True, "public_url": "https://example.com/ada"},
            },
            {
                "sub": member.sub,
                "email": "ada@example.com",
                "roles": ["member"],
                "scheduler": {"enabled": False},
            },
        ],
        "pages": {"current": 1, "total": 1},
    } == page


def test_rooms_are_listed(wire: Wire) -> None:
    """Each is told of with an id of its own, address and name."""
    sub = wire.command("add_room", email="board@example.com", title="Board room")
    assert sub.startswith("res_")
    (page,) = pages(wire, RESOURCES)
    assert [
        {
            "sub": sub,
            "email": "board@example.com",
            "name": "Board room",
            "scheduler": {"enabled": True},
        }
    ] == page["organizational_unit_resources"]


def test_lists_come_in_pages(wire: Wire) -> None:
    """next_page leads through all of them, on the host that was asked, once each."""
    subs = [wire.person().sub for _ in range(5)]
    for sub in subs:
        wire.command("join_unit", sub=sub)
    found = pages(wire, ORIGIN + MEMBERS)
    assert [2, 2, 1] == [len(each["organizational_unit_members"]) for each in found]
    assert [(1, 3), (2, 3), (3, 3)] == [
        (each["pages"]["current"], each["pages"]["total"]) for each in found
    ]
    assert found[0]["pages"]["next_page"].startswith(ORIGIN + MEMBERS)
    assert subs == [row["sub"] for each in found for row in each["organizational_unit_members"]]


@pytest.mark.parametrize("page", ["0", "2", "x", "-1", "²"])
def test_a_page_that_is_not_there_is_404(wire: Wire, page: str) -> None:
    """So is one whose number is none."""
    assert 404 == wire.send("GET", f"{MEMBERS}?page={page}", token=wire.secret).status


def test_only_internal_applications_are_told(wire: Wire) -> None:
    """403 without the link; a user's token is not known; unknown parameters are refused."""

    def send(path: str, token: str) -> Response:
        return wire.send("GET", path, token=token)

    for path in (MEMBERS, RESOURCES):
        assert 401 == send(path, wire.person().token).status
        assert ["sub"] == list(errors(send(f"{path}?sub=x", wire.secret)))
    wire.command("link_to_unit", linked=False)
    for path in (MEMBERS, RESOURCES):
        assert 403 == send(path, wire.secret).status
    assert 404 == wire.send("POST", "/_sandbox/join_unit", {"sub": "acc_x"}).status


def test_the_small_world_has_a_unit() -> None:
    """Its people are members and its rooms have places."""
    sandbox = Sandbox(7, clock=Clock(lambda: NOW))
    wire = Wire()
    wire.sandbox, wire.secret = sandbox, sandbox.client_secret
    (members,) = pages(wire, MEMBERS)
    assert {each["sub"] for each in sandbox.accounts()} == {
        each["sub"] for each in members["organizational_unit_members"]
    }
    tokens = wire.command(
        "grant_domain",
        domain="example.com",
        scope="service_account/resources/manage",
        delegated_scope="read_write",
    )
    response = wire.send(
        "GET", "/v1/resources?include_details=location%20capacity", token=tokens["access_token"]
    )
    board, library, projector = response.json()["resources"]
    assert ("GB", 14) == (board["location"]["address"]["country"], board["capacity"])
    assert ({"email", "name", "capacity"}, {"email", "name"}) == (set(library), set(projector))
