"""Asking an account's owner for more, over the wire and on pages."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from cronofy_async.core.wire import Response

from .browsing import Browser, Page
from .wire import ORIGIN, Person, Wire, errors, keys

BACK = "https://app.example.com/done?tenant=1"


def permissions(wire: Wire, person: Person, **changes: Any) -> Response:
    """Ask for the right to change any event of a calendar."""
    body = {
        "permissions": [
            {"calendar_id": person.calendar_id, "permission_level": "unrestricted"},
        ],
        "redirect_uri": BACK,
        **changes,
    }
    given = {name: value for name, value in body.items() if value is not None}
    return wire.send("POST", "/v1/permissions", given, token=person.token)


def conferencing(wire: Wire, person: Person, **changes: Any) -> Response:
    """Ask for a conferencing service."""
    body = {"redirect_uri": BACK, **changes}
    return wire.send("POST", "/v1/conferencing_service_authorizations", body, token=person.token)


def level(wire: Wire, person: Person) -> str:
    """The permission level of a person's calendar."""
    (calendar,) = wire.get("/v1/calendars", person)["calendars"]
    return str(calendar["permission_level"])


def sent_back(response: Response) -> dict[str, str]:
    """The parameters with which a browser is sent back, its own kept."""
    assert 302 == response.status
    location = response.header("location") or ""
    assert location.startswith("https://app.example.com/done?")
    query = {name: value for name, (value,) in parse_qs(urlsplit(location).query).items()}
    assert "1" == query.pop("tenant")
    return query


def test_permissions_are_granted_on_a_page(wire: Wire, person: Person, browser: Browser) -> None:
    """The answer is a page; approving there lets the application change events of others."""
    uid = wire.external(person, "2030-01-02T10:00:00Z", "2030-01-02T11:00:00Z")
    path = f"/v1/calendars/{person.calendar_id}/events"
    delete = {"event_uid": uid}
    assert 403 == wire.send("DELETE", path, delete, token=person.token).status
    response = permissions(wire, person)
    assert 200 == response.status
    url = response.json()["permissions_request"]["url"]
    assert url.startswith(f"{ORIGIN}/permissions/")
    page = Page.of(browser.open(url))
    assert "Work" in page.text
    assert "sandbox" == level(wire, person)
    assert {} == sent_back(browser.submit(page, decision="approve"))
    assert "unrestricted" == level(wire, person)
    assert 202 == wire.send("DELETE", path, delete, token=person.token).status


def test_permissions_can_be_refused_and_are_asked_for_once(
    wire: Wire, person: Person, browser: Browser
) -> None:
    """Refusing is access_denied and changes nothing; the page is gone afterwards."""
    url = permissions(wire, person).json()["permissions_request"]["url"]
    page = Page.of(browser.open(url))
    assert {"error": "access_denied"} == sent_back(browser.submit(page, decision="deny"))
    assert "sandbox" == level(wire, person)
    assert 404 == browser.open(url).status
    assert 404 == browser.submit(page, decision="approve").status


def test_a_page_is_taken_only_from_the_browser_that_it_was_shown_in(
    wire: Wire, person: Person, browser: Browser
) -> None:
    """Another browser's form, or one without its seal, is refused."""
    url = permissions(wire, person).json()["permissions_request"]["url"]
    page = Page.of(browser.open(url))
    assert 403 == Browser(wire).submit(page, decision="approve").status
    assert 403 == browser.submit(page, decision="approve", seal="x").status
    assert "sandbox" == level(wire, person)


def test_a_page_ends_with_the_authorization(wire: Wire, person: Person, browser: Browser) -> None:
    """Whoever took the authorization away is asked for nothing."""
    url = permissions(wire, person).json()["permissions_request"]["url"]
    wire.command("revoke", sub=person.sub)
    assert 404 == browser.open(url).status
    assert 404 == browser.open(f"{ORIGIN}/permissions/none").status
    assert 404 == browser.open(url.replace("permissions", "conferencing_services")).status


def test_permissions_can_be_given_back(wire: Wire, person: Person, browser: Browser) -> None:
    """The level sandbox takes away what was granted."""
    wire.command("unrestrict", calendar_id=person.calendar_id)
    asked = [{"calendar_id": person.calendar_id, "permission_level": "sandbox"}]
    url = permissions(wire, person, permissions=asked).json()["permissions_request"]["url"]
    browser.submit(Page.of(browser.open(url)), decision="approve")
    assert "sandbox" == level(wire, person)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"permissions": None}, "permissions"),
        ({"permissions": []}, "permissions"),
        (
            {"permissions": [{"calendar_id": "cal_x", "permission_level": "unrestricted"}]},
            "permissions[0].calendar_id",
        ),
        ({"permissions": [{"permission_level": "sandbox"}]}, "permissions[0].calendar_id"),
        (
            {"permissions": [{"calendar_id": "c", "permission_level": "all"}]},
            "permissions[0].permission_level",
        ),
        ({"redirect_uri": None}, "redirect_uri"),
        ({"redirect_uri": "ftp://a.example"}, "redirect_uri"),
        ({"redirect_uri": "https://a.example/#x"}, "redirect_uri"),
    ],
)
def test_wrong_requests_for_permissions_are_refused(
    wire: Wire, person: Person, changes: dict[str, Any], field: str
) -> None:
    """What is missing or wrong is named."""
    assert [field] == list(errors(permissions(wire, person, **changes)))


def test_a_page_comes_back_only_where_a_production_application_may(
    wire: Wire, person: Person
) -> None:
    """Redirect URIs that are not registered are refused."""
    application = wire.sandbox.application
    application.mode, application.redirect_uris = "production", ["https://app.example.com/other"]
    assert ["redirect_uri"] == list(errors(permissions(wire, person)))
    assert ["redirect_uri"] == list(errors(conferencing(wire, person)))


def test_a_conferencing_service_is_connected_on_a_page(
    wire: Wire, person: Person, browser: Browser
) -> None:
    """The browser comes back with the profile's id, and events can meet there."""
    response = conferencing(wire, person)
    assert 200 == response.status
    url = response.json()["authorization_request"]["url"]
    assert url.startswith(f"{ORIGIN}/conferencing_services/")
    page = Page.of(browser.open(url))
    assert {"ms_teams", "go_to", "zoom"} == set(page.choices)
    answer = sent_back(browser.submit(page, choice="zoom", decision="approve"))
    assert ["last_linked_profile_id"] == list(answer)
    (profile,) = wire.get("/v1/userinfo", person)["cronofy.data"]["conferencing_profiles"]
    assert ("zoom", answer["last_linked_profile_id"], True) == (
        profile["provider_name"],
        profile["profile_id"],
        profile["profile_connected"],
    )
    assert profile["profile_id"].startswith("pro_")
    wire.write(person, conferencing={"profile_id": answer["last_linked_profile_id"]})
    wire.command("advance", seconds=2)
    (event,) = wire.events(person, only_managed=True)
    assert "zoom" == event["conferencing"]["provider_name"]


def test_a_named_service_is_the_only_choice_and_keeps_its_profile(
    wire: Wire, person: Person, browser: Browser
) -> None:
    """provider_name leaves one; connecting it twice gives the same profile."""
    found: list[str] = []
    for _ in range(2):
        asked = conferencing(wire, person, provider_name="go_to")
        page = Page.of(browser.open(asked.json()["authorization_request"]["url"]))
        assert {"go_to"} == set(page.choices)
        found.append(sent_back(browser.submit(page, decision="approve"))["last_linked_profile_id"])
    assert found[0] == found[1]
    assert 1 == len(wire.get("/v1/userinfo", person)["cronofy.data"]["conferencing_profiles"])


def test_a_conferencing_service_can_be_refused(
    wire: Wire, person: Person, browser: Browser
) -> None:
    """Refusing is access_denied; a service that was not offered is refused too."""
    asked = conferencing(wire, person, provider_name="zoom")
    page = Page.of(browser.open(asked.json()["authorization_request"]["url"]))
    assert {"error": "access_denied"} == sent_back(browser.submit(page, decision="deny"))
    asked = conferencing(wire, person, provider_name="zoom")
    page = Page.of(browser.open(asked.json()["authorization_request"]["url"]))
    assert {"error": "invalid_request"} == sent_back(
        browser.submit(page, choice="go_to", decision="approve")
    )
    data = wire.get("/v1/userinfo", person)["cronofy.data"]
    assert [] == data.get("conferencing_profiles", [])


def test_these_calls_need_an_account_s_token(wire: Wire, person: Person) -> None:
    """The client secret is not known there; a wrong provider and a missing URI are named."""
    for path in ("/v1/permissions", "/v1/conferencing_service_authorizations", "/v1/link_tokens"):
        assert 401 == wire.send("POST", path, {}, token=wire.secret).status
    assert ["provider_name"] == list(errors(conferencing(wire, person, provider_name="skype")))
    response = wire.send("POST", "/v1/conferencing_service_authorizations", {}, token=person.token)
    assert {"redirect_uri": ["errors.required"]} == keys(response)
