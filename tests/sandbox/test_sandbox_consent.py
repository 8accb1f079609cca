"""The consent page, by plain HTTP: what it shows, and where it sends a browser."""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from cronofy_async.core.wire import Response
from cronofy_transports.sandbox import Choices

from .browsing import Browser, Page
from .wire import ORIGIN, Person, Wire

REDIRECT = "https://app.example.com/callback?tenant=1"


def url(wire: Wire, **changes: Any) -> str:
    """An authorize URL."""
    query = {
        "response_type": "code",
        "client_id": wire.sandbox.client_id,
        "redirect_uri": REDIRECT,
        "scope": "read_write",
        "state": "a b&c=ü",
        **changes,
    }
    given = {name: value for name, value in query.items() if value is not None}
    return f"{ORIGIN}/oauth/authorize?{urlencode(given)}"


def sent_back(response: Response) -> dict[str, str]:
    """The parameters with which a browser is sent back, its own kept."""
    assert 302 == response.status
    location = response.header("location") or ""
    assert location.startswith("https://app.example.com/callback?")
    query = {name: value for name, (value,) in parse_qs(urlsplit(location).query).items()}
    assert "1" == query.pop("tenant")
    return query


def exchange(wire: Wire, code: str) -> dict[str, Any]:
    """Exchange a code for tokens."""
    body = {
        **wire.client,
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": REDIRECT,
    }
    response = wire.send("POST", "/oauth/token", body)
    assert 200 == response.status
    tokens: dict[str, Any] = response.json()
    return tokens


def test_approving_sends_a_code_and_the_state_back(wire: Wire, browser: Browser) -> None:
    """The chosen account's code can be exchanged for its tokens."""
    person, other = wire.person(), wire.person()
    page = Page.of(browser.open(url(wire)))
    assert {"approve", "deny"} == set(page.buttons)
    answer = sent_back(browser.submit(page, choice=other.sub, decision="approve"))
    assert {"code", "state"} == set(answer)
    assert "a b&c=ü" == answer["state"]
    assert 32 == len(answer["code"])
    assert other.sub == exchange(wire, answer["code"])["sub"] != person.sub


def test_denying_sends_an_error_back(wire: Wire, browser: Browser) -> None:
    """Refusal is access_denied with the state, and gives no code."""
    wire.person()
    page = Page.of(browser.open(url(wire)))
    assert {"error": "access_denied", "state": "a b&c=ü"} == sent_back(
        browser.submit(page, decision="deny")
    )
    page = Page.of(browser.open(url(wire, state=None)))
    assert {"error": "access_denied"} == sent_back(browser.submit(page, decision="deny"))


def test_the_page_says_who_asks_for_what(wire: Wire, browser: Browser) -> None:
    """The application's name and each scope in plain words, once, with markup made harmless."""
    wire.sandbox.application.name = "<b>Shop</b> & Co"
    wire.person()
    page = Page.of(browser.open(url(wire, scope="read_events create_event delete_event")))
    assert "<b>Shop</b> & Co" in page.text
    for words in ("See the events", "Create and change events", "Delete events"):
        assert 1 == page.text.count(words)
    assert "b" not in {tag for tag, _ in page.tags}


def test_the_page_can_be_used_by_everybody(wire: Wire, browser: Browser) -> None:
    """It has a language, a title, one heading, a main part, a legend, and a label per choice."""
    wire.person()
    page = Page.of(browser.open(url(wire)))
    tags = [tag for tag, _ in page.tags]
    assert [1] * 6 == [
        tags.count(tag) for tag in ("html", "title", "h1", "main", "legend", "fieldset")
    ]
    assert "en" == dict(page.tags)["html"]["lang"]
    assert tags.count("label") == len(page.choices)
    assert all(page.choices.values())
    assert "script" not in tags


def test_the_page_is_shielded(wire: Wire, browser: Browser) -> None:
    """Nothing may be loaded, framed or stored; the form may lead to the application only."""
    wire.person()
    response = browser.open(url(wire))
    policy = response.header("content-security-policy") or ""
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "form-action 'self' https://app.example.com;" in policy
    assert "unsafe" not in policy
    assert "no-store" == response.header("cache-control")
    assert "nosniff" == response.header("x-content-type-options")
    cookie = response.header("set-cookie") or ""
    assert {"HttpOnly", "SameSite=Lax"} <= set(cookie.split("; "))
    assert "code" not in cookie


def test_a_form_is_only_taken_from_the_page_it_was_shown_on(wire: Wire, browser: Browser) -> None:
    """Another browser, another request and a made-up seal are 403, and give no code."""
    wire.person()
    page = Page.of(browser.open(url(wire)))
    other = Browser(wire)
    other.open(url(wire))
    assert 403 == other.submit(page, decision="approve").status
    assert 403 == Browser(wire).submit(page, decision="approve").status
    assert 403 == browser.submit(page, seal="0" * 64, decision="approve").status
    page.action = urlsplit(url(wire, scope="read_only"))._replace(scheme="", netloc="").geturl()
    assert 403 == browser.submit(page, decision="approve").status
    broken = Browser(wire)
    broken.cookie = 'sandbox_browser="; \x7f=;;'
    assert 403 == broken.submit(page, decision="approve").status


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": None},
        {"client_id": "wrong"},
        {"redirect_uri": None},
        {"redirect_uri": ""},
        {"redirect_uri": "javascript:alert(1)"},
        {"redirect_uri": "/relative"},
        {"redirect_uri": "https://x.example/#fragment"},
        {"redirect_uri": "https://x.example;script-src */"},
        {"redirect_uri": "https://x.example@y.example/"},
        {"redirect_uri": "https:///nowhere"},
        {"redirect_uri": "https://["},
        {"redirect_uri": "https://x.example/\r\nSet-Cookie: a=b"},
    ],
)
def test_nobody_is_sent_where_it_is_not_safe(
    wire: Wire, browser: Browser, changes: dict[str, Any]
) -> None:
    """A wrong application or redirect URI gives a page, and no redirect."""
    response = browser.open(url(wire, **changes))
    assert (400, None) == (response.status, response.header("location"))
    assert "text/html; charset=utf-8" == response.header("content-type")


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": None}, "unsupported_response_type"),
        ({"scope": None}, "invalid_scope"),
        ({"scope": ""}, "invalid_scope"),
        ({"scope": "read_write everything"}, "invalid_scope"),
        ({"link_token": "nothing"}, "invalid_request"),
        ({"avoid_linking": "perhaps"}, "invalid_request"),
    ],
)
def test_a_wrong_request_is_sent_back(
    wire: Wire, browser: Browser, changes: dict[str, Any], error: str
) -> None:
    """Once it is known where to, the error goes there with the state."""
    assert {"error": error, "state": "a b&c=ü"} == sent_back(browser.open(url(wire, **changes)))


def test_blanks_and_capitals_are_pycronofys(wire: Wire, browser: Browser) -> None:
    """Blank parameters count as absent, and avoid_linking may be False; more is passed over."""
    wire.person()
    changes = {"state": "", "provider_name": "", "avoid_linking": "False", "utm_source": "x"}
    page = Page.of(browser.open(url(wire, **changes)))
    assert {"code"} == set(sent_back(browser.submit(page, decision="approve")))


@pytest.mark.parametrize(
    ("registered", "uri", "allowed"),
    [
        ("https://a.example/cb", "https://a.example/cb", True),
        ("https://a.example/cb", "https://a.example/cb/", False),
        ("https://a.example/cb", "https://a.example/cb?x=1", False),
        ("https://*.a.example/cb", "https://shop.a.example/cb", True),
        ("https://*.a.example/cb", "https://a.example/cb", False),
        ("https://*.a.example/cb", "https://x.y.a.example/cb", False),
        ("https://*.a.example/cb", "https://evil.example/.a.example/cb", False),
        ("https://*.a.example/cb", "http://shop.a.example/cb", False),
        ("https://*.a.example/cb", "https://shop.a.example/other", False),
    ],
)
def test_in_production_redirect_uris_are_registered(
    wire: Wire, browser: Browser, registered: str, uri: str, allowed: bool
) -> None:
    """Only registered ones are taken, with wildcards in the host's name alone."""
    wire.person()
    wire.sandbox.application.mode = "production"
    wire.sandbox.application.redirect_uris = ["https://other.example", registered]
    assert (200 if allowed else 400) == browser.open(url(wire, redirect_uri=uri)).status


# Connecting something new -------------------------------------------------------------


def providers(page: Page) -> set[str]:
    """The services that can be connected."""
    return {value for value in page.choices if not value.startswith("acc_")}


def test_a_new_service_makes_a_new_account(wire: Wire, browser: Browser) -> None:
    """A profile with one primary calendar, which the tokens reach."""
    page = Page.of(browser.open(url(wire)))
    assert {"google", "office365", "apple", "exchange", "live_connect"} <= providers(page)
    answer = sent_back(browser.submit(page, choice="office365", decision="approve"))
    tokens = exchange(wire, answer["code"])
    assert ("exchange", "office365") == (
        tokens["linking_profile"]["provider_name"],
        tokens["linking_profile"]["provider_service"],
    )
    person = Person(tokens["sub"], tokens["access_token"], "", "", "")
    (calendar,) = wire.get("/v1/calendars", person)["calendars"]
    assert (True, True, False) == (
        calendar["calendar_primary"],
        calendar["calendar_integrated_conferencing_available"],
        calendar["calendar_readonly"],
    )


@pytest.mark.parametrize("avoid", [False, True])
def test_one_browser_links_what_it_connects(wire: Wire, browser: Browser, avoid: bool) -> None:
    """The cookie joins a second service to the first one's account, unless that is avoided."""
    first = sent_back(
        browser.submit(Page.of(browser.open(url(wire))), choice="google", decision="approve")
    )
    page = Page.of(browser.open(url(wire, **({"avoid_linking": "true"} if avoid else {}))))
    second = sent_back(browser.submit(page, choice="apple", decision="approve"))
    one, two = (exchange(wire, each["code"]) for each in (first, second))
    assert avoid is (one["sub"] != two["sub"])
    assert avoid is (one["refresh_token"] != two["refresh_token"])
    elsewhere = Browser(wire)
    page = Page.of(elsewhere.open(url(wire)))
    third = sent_back(elsewhere.submit(page, choice="apple", decision="approve"))
    assert exchange(wire, third["code"])["sub"] not in (one["sub"], two["sub"])


def test_a_link_token_names_the_account(wire: Wire, browser: Browser) -> None:
    """Whatever the browser, the new profile joins that account, for as long as the token lives."""
    person = wire.person()
    token = wire.send("POST", "/v1/link_tokens", {}, token=person.token).json()["link_token"]
    page = Page.of(browser.open(url(wire, link_token=token)))
    assert person.sub not in page.choices
    answer = sent_back(browser.submit(page, choice="apple", decision="approve"))
    assert person.sub == exchange(wire, answer["code"])["sub"]
    assert 2 == len(wire.get("/v1/profiles", person)["profiles"])
    wire.command("advance", seconds=Choices().link_token_lifetime)
    assert "invalid_request" == sent_back(browser.open(url(wire, link_token=token)))["error"]


def test_a_provider_can_be_chosen_beforehand(wire: Wire, browser: Browser) -> None:
    """provider_name leaves only its own services, and the people who have one."""
    person = wire.person()
    page = Page.of(browser.open(url(wire, provider_name="google")))
    assert {person.sub, "google"} == set(page.choices)
    page = Page.of(browser.open(url(wire, provider_name="exchange")))
    assert {"office365", "exchange"} == set(page.choices)
    for mode in ("cronofy", "google_free_busy", "ms_graph_free_busy"):
        assert {mode} == set(Page.of(browser.open(url(wire, provider_name=mode))).choices)
    unknown = sent_back(browser.open(url(wire, provider_name="lotus")))
    assert "invalid_request" == unknown["error"]


def test_a_choice_must_be_on_the_page(wire: Wire, browser: Browser) -> None:
    """A made-up account is refused."""
    page = Page.of(browser.open(url(wire)))
    answer = sent_back(browser.submit(page, choice="acc_x", decision="approve"))
    assert "invalid_request" == answer["error"]


# The other pages ----------------------------------------------------------------------


def test_a_profile_is_connected_again_on_its_page(wire: Wire, browser: Browser) -> None:
    """The relink URL leads to a form that connects it."""
    person = wire.person()
    wire.command("disconnect", profile_id=person.profile_id)
    (profile,) = wire.get("/v1/profiles", person)["profiles"]
    page = Page.of(browser.open(profile["profile_relink_url"]))
    assert 403 == Browser(wire).submit(page).status
    assert 200 == browser.submit(page).status
    (profile,) = wire.get("/v1/profiles", person)["profiles"]
    assert profile["profile_connected"] is True
    assert 404 == browser.open(f"{ORIGIN}/v2/relink/google?email=nobody").status


def test_the_front_door_says_what_this_is(browser: Browser) -> None:
    """Who opens the bare URL finds out where they are."""
    response = browser.open(f"{ORIGIN}/")
    assert 200 == response.status
    assert "sandbox" in unescape(re.sub("<[^>]+>", "", response.body.decode()))
