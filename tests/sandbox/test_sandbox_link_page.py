"""The page of a real-time scheduling link, as a visitor without scripts uses it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cronofy_async import callbacks
from cronofy_async.core.wire import Response

from .browsing import Browser, Page
from .test_sandbox_links import EVENT, SLOT, link, status
from .wire import Person, Wire

URLS = {
    "completed_url": "https://example.org/hook",
    "no_times_suitable_url": "https://example.org/none",
    "no_times_displayed_url": "https://example.org/empty",
}


def book(browser: Browser, made: dict[str, Any], clock: str = "10:00") -> Response:
    """Choose a time and confirm it."""
    page = Page.of(browser.open(made["url"]))
    chosen = next(value for value, shown in page.choices.items() if shown.endswith(clock))
    second = Page.of(browser.submit(page, choice=chosen, decision="choose"))
    assert page.choices == Page.of(browser.submit(second, decision="back")).choices
    assert f"You have chosen 2030-01-07 {clock}" in second.text
    return browser.submit(second, decision="confirm")


def told(wire: Wire) -> list[tuple[str, Any]]:
    """The callbacks that are due: where they go and what they say; each is signed."""
    found = []
    for posting in wire.sandbox.world.outbox.due():
        signature = posting.headers[callbacks.SIGNATURE_HEADER]
        assert callbacks.sign(posting.body, wire.secret) == signature
        found.append((posting.url, json.loads(posting.body)))
    return found


def test_a_visitor_books_and_is_sent_on(wire: Wire, person: Person, browser: Browser) -> None:
    """The event is written, the application is told, and the browser goes back."""
    made = link(wire, person, callback_urls=URLS)
    answer = book(browser, made)
    assert (302, "https://example.org/back") == (answer.status, answer.header("location"))
    (event,) = wire.events(person, only_managed=True)
    assert (SLOT, "completed") == (event["start"], status(wire, made)["status"])
    ((url, body),) = told(wire)
    assert (URLS["completed_url"], {"tzid": "Europe/London"}) == (url, body["user"])
    assert "Booked for 2030-01-07 10:00" in Page.of(browser.open(made["url"])).text


def test_a_redirect_of_its_own_gets_the_token(wire: Wire, person: Person, browser: Browser) -> None:
    """redirect_urls go before the redirect URI, and the token finds the link."""
    redirects = {"completed_url": "https://example.org/done?a=1"}
    made = link(wire, person, redirect_urls=redirects)
    token = made["url"].rpartition("/")[2]
    answer = book(browser, made)
    assert f"https://example.org/done?a=1&token={token}" == answer.header("location")
    path = f"/v1/real_time_scheduling?token={token}"
    found = wire.send("GET", path, token=wire.secret).json()["real_time_scheduling"]
    assert "completed" == found["status"]


def test_no_confirm_books_at_the_first_click(wire: Wire, person: Person, browser: Browser) -> None:
    """selection_mode says so."""
    page = Page.of(browser.open(link(wire, person, selection_mode="no_confirm")["url"]))
    answer = browser.submit(page, decision="choose")
    assert 302 == answer.status
    assert 1 == len(wire.events(person, only_managed=True))


def test_none_may_suit(wire: Wire, person: Person, browser: Browser) -> None:
    """The application is told with the link and the zone; the link stays open."""
    made = link(wire, person, callback_urls=URLS)
    page = Page.of(browser.open(made["url"]))
    assert ["choose", "none"] == page.buttons
    assert 200 == browser.submit(page, decision="none").status
    expected = {"real_time_scheduling": made, "user": {"tzid": "Europe/London"}}
    assert [(URLS["no_times_suitable_url"], expected)] == told(wire)
    assert 302 == book(browser, made).status


def test_none_suits_only_if_somebody_is_told_of_it(
    wire: Wire, person: Person, browser: Browser
) -> None:
    """Without a URL for it there is no such button, and a made-up one does nothing."""
    for urls in (None, {"no_times_displayed_url": "https://example.org/empty"}):
        page = Page.of(browser.open(link(wire, person, callback_urls=urls)["url"]))
        assert ["choose"] == page.buttons
        assert "Thank you" not in Page.of(browser.submit(page, decision="none")).text
    assert [] == told(wire)


def test_days_can_be_folded_up(wire: Wire, person: Person, browser: Browser) -> None:
    """Each day of the link's zone is one heading; the day of the chosen time is unfolded."""
    periods = [
        {"start": f"2030-01-{day}T21:00:00Z", "end": f"2030-01-{day}T23:00:00Z"}
        for day in ("07", "09")
    ]
    availability = {
        "participants": [{"members": [{"sub": person.sub}], "required": "all"}],
        "required_duration": {"minutes": 60},
        "query_periods": periods,
    }
    event = {**EVENT, "tzid": "Asia/Dubai"}
    page = Page.of(browser.open(link(wire, person, event=event, availability=availability)["url"]))
    for day in ("Tuesday 2030-01-08", "Thursday 2030-01-10"):
        assert 1 == page.text.count(day)
    assert [True, False] == ["open" in given for tag, given in page.tags if tag == "details"]


def test_there_may_be_none_to_show(wire: Wire, person: Person, browser: Browser) -> None:
    """The application is told each time; nobody is told where no URL was given."""
    made = link(wire, person, callback_urls=URLS)
    quiet = link(wire, person, callback_urls=None)
    wire.external(person, "2030-01-07T09:00:00Z", "2030-01-07T12:00:00Z")
    for _ in range(2):
        assert "no time left" in Page.of(browser.open(made["url"])).text
    assert "no time left" in Page.of(browser.open(quiet["url"])).text
    expected = {"real_time_scheduling": made, "user": {"tzid": "Europe/London"}}
    assert [(URLS["no_times_displayed_url"], expected)] * 2 == told(wire)


def test_a_time_that_was_taken_meanwhile_can_be_replaced(
    wire: Wire, person: Person, browser: Browser
) -> None:
    """Availability is looked at anew at the last click, and another time can be chosen."""
    made = link(wire, person)
    page = Page.of(browser.open(made["url"]))
    second = Page.of(browser.submit(page, decision="choose"))
    wire.external(person, "2030-01-07T09:00:00Z", "2030-01-07T09:30:00Z")
    assert 409 == browser.submit(second, decision="confirm").status
    assert 409 == browser.submit(page, choice="nonsense", decision="choose").status
    assert [] == wire.events(person, only_managed=True)
    assert 302 == book(browser, made, "11:00").status


def test_its_form_is_only_taken_from_its_page(wire: Wire, person: Person, browser: Browser) -> None:
    """A made-up seal, another browser and another link's seal are 403, and book nothing."""
    made, other = link(wire, person), link(wire, person)
    page = Page.of(browser.open(made["url"]))
    assert 403 == browser.submit(page, seal="0" * 64, decision="confirm").status
    foreign = Page.of(browser.open(other["url"]))
    assert 403 == browser.submit(page, seal=foreign.fields["seal"], decision="confirm").status
    stranger = Browser(wire)
    stranger.open(made["url"])
    assert 403 == stranger.submit(page, decision="confirm").status
    assert [] == wire.events(person, only_managed=True)


def test_a_time_that_cannot_be_booked_says_so(wire: Wire, person: Person, browser: Browser) -> None:
    """The link stays open, as the application's event is wrong."""
    event = {**EVENT, "conferencing": {"profile_id": "pro_gone"}}
    made = link(wire, person, event=event)
    assert 422 == book(browser, made).status
    assert "open" == status(wire, made)["status"]


@pytest.mark.parametrize(
    ("hours", "shown"), [("h", "01:00 PM"), ("H", "13:00"), ("12", "13:00"), (None, "13:00")]
)
def test_times_are_in_the_zone_and_form_of_the_link(
    wire: Wire, person: Person, browser: Browser, hours: str | None, shown: str
) -> None:
    """The zone is that of the event; a twelve-hour clock only if asked for."""
    event = {**EVENT, "tzid": "Asia/Dubai"}
    formatting = None if hours is None else {"hour_format": hours}
    page = Page.of(browser.open(link(wire, person, event=event, formatting=formatting)["url"]))
    assert f"2030-01-07 {shown}" == next(iter(page.choices.values()))
    assert "Times in Asia/Dubai" in page.text


def test_the_page_is_shielded_and_works_without_scripts(
    wire: Wire, person: Person, browser: Browser
) -> None:
    """No script runs, no frame holds it, and its form may only lead where the link does."""
    answer = browser.open(link(wire, person, event={**EVENT, "summary": "<b>Talk</b>"})["url"])
    policy = answer.header("content-security-policy") or ""
    assert "default-src 'none'" in policy
    assert "form-action 'self' https://example.org;" in policy
    assert "frame-ancestors 'none'" in policy
    assert "script" not in {tag for tag, _ in Page.of(answer).tags}
    assert b"&lt;b&gt;Talk" in answer.body
