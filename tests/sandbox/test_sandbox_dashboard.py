"""The dashboard as a whole: who may look, what it keeps to itself, and the clock."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from cronofy_async.core.wire import Request
from cronofy_transports.sandbox import Clock, Sandbox

from .browsing import Form, Sheet, Surfer, flaws
from .test_sandbox_invites import several
from .test_sandbox_links import link
from .wire import NOW, ORIGIN, Person, Wire

ROOT = "/_sandbox/"
BELOW = "/_sandbox/dashboard/"
NAMES = ("accounts", "channels", "arranged", "journal", "faults")
MEAN = '"><script>alert(1)</script><b onclick=x>'


def fill(wire: Wire, person: Person) -> dict[str, str]:
    """Put something mean into everything that has a place for words; gives the pages of it."""
    world = wire.sandbox.world
    world.accounts[person.sub].name = MEAN
    world.calendars[person.calendar_id].name = MEAN
    invited = {"location": MEAN, "description": MEAN, "invited_by": f"{MEAN}@example.com"}
    uid = wire.external(
        person, "2030-01-02T10:00:00Z", "2030-01-02T11:00:00Z", summary=MEAN, **invited
    )
    wire.external(person, "2030-01-02", "2030-01-04", summary=MEAN)
    wire.write(person, summary=MEAN, attendees={"invite": [{"email": f"{MEAN}@example.com"}]})
    hook = "https://example.com/?<script>alert(1)</script>"
    wire.send("POST", "/v1/channels", {"callback_url": hook}, token=person.token)
    wire.sandbox.world.outbox.due()
    organizer = {"name": MEAN, "email": f"{MEAN}@example.com"}
    event = {"summary": MEAN, "start": "2030-01-22T09:30:00Z", "end": "2030-01-22T10:00:00Z"}
    details = {"description": MEAN, "location": {"description": MEAN}}
    invite = {"organizer": organizer, "smart_invite_id": MEAN, "callback_url": hook}
    several(wire, {"email": f"{MEAN}@example.com"}, event={**event, **details}, **invite)
    link(wire, person, event={"event_id": "e1", "summary": MEAN, "tzid": "Etc/UTC"})
    wire.send("GET", f"/v1/{MEAN}?{MEAN}=1")
    wire.command("add_fault", action="redirect", path=f"/{MEAN}", location="/nowhere")
    pages = {name: BELOW + name for name in NAMES}
    pages |= {"overview": ROOT, "event": f"{BELOW}event?uid={uid}"}
    return pages | {"account": f"{BELOW}account?{urlencode({'sub': person.sub})}"}


PAGES = ("overview", *NAMES, "account", "event")


# What pages are like ------------------------------------------------------------------


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_no_flaw_and_takes_all_words_for_words(
    wire: Wire, person: Person, surfer: Surfer, name: str
) -> None:
    """Whatever people and applications write stands there as text, and every field is named."""
    page = surfer.open(fill(wire, person)[name])
    assert 200 == page.status
    assert [] == flaws(page)
    if name != "overview":
        assert "<script>alert(1)</script>" in page.text


@pytest.mark.parametrize("name", ["", *(f"dashboard/{each}" for each in NAMES)])
def test_an_empty_world_can_be_looked_at(surfer: Surfer, name: str) -> None:
    """Every page says that there is nothing, and has no flaw."""
    page = surfer.open(ROOT + name)
    assert 200 == page.status
    assert [] == flaws(page)
    menu = [each.text for each in page.root.all("nav")[0].all("a") if "aria-current" in each.given]
    assert 1 == len(menu)


@pytest.mark.parametrize(
    ("html", "complaint"),
    [
        ("<h3>x</h3>", "skips a rank"),
        ("<label><input name=a></label>", "'a' has no label"),
        ("<select name=b></select>", "'b' has no label"),
        ("<table><caption>x</caption><tr><th>y</th></tr></table>", "no scope"),
        ("<table></table>", "no caption"),
        ("<button></button>", "a button has no name"),
        ("<button>x</button><button>x</button>", "2 buttons"),
        ("<p onclick=x></p>", "onclick"),
        ("<p style=x></p>", "style"),
        ("<script></script>", "script"),
        ("<form method=post action=x></form>", "no seal"),
        ("<p id=x></p><p id=x></p>", "id of several"),
        ("<div>", "div is not closed"),
    ],
)
def test_a_flaw_would_be_found(wire: Wire, html: str, complaint: str) -> None:
    """The check above is no empty one."""
    sound = "<html lang=en><title>x</title><body><main><h1>x</h1>{}</main></body></html>"
    answer = wire.send("GET", "/")
    pages = [Sheet(answer.__class__(200, (), sound.format(each).encode())) for each in ("", html)]
    assert [] == flaws(pages[0])
    assert any(complaint in each for each in flaws(pages[1]))


@pytest.mark.parametrize("name", PAGES)
def test_pages_are_shielded(wire: Wire, person: Person, surfer: Surfer, name: str) -> None:
    """Nothing runs, nothing is loaded or kept, and no other page may hold or send to them."""
    answer = surfer.send("GET", fill(wire, person)[name])
    policy: dict[str, str] = {}
    for each in (answer.header("content-security-policy") or "").split(";"):
        directive, _, value = each.strip().partition(" ")
        policy[directive] = value
    style = policy.pop("style-src")
    assert style.startswith("'sha256-")
    assert {
        "default-src": "'none'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    } == policy
    assert "no-store" == answer.header("cache-control")
    assert "same-origin" == answer.header("cross-origin-resource-policy")
    assert "HttpOnly" in (answer.header("set-cookie") or "")


def test_secrets_are_kept_back(wire: Wire, person: Person, surfer: Surfer) -> None:
    """Tokens are on no page; the client secret is on the first, folded up, and in no URL."""
    pages = fill(wire, person)
    for name, url in pages.items():
        body = surfer.send("GET", url).body.decode()
        assert person.token not in body
        assert person.refresh_token not in body
        assert (name == "overview") is (wire.secret in body)
    overview = surfer.open(ROOT)
    folded = [each for each in overview.root.all("details") if wire.secret in each.text]
    assert 1 == len(folded)
    assert "open" not in folded[0].given
    urls = [a.given.get("href", "") for a in overview.root.all("a")]
    assert not [each for each in urls if wire.secret in each]


# Who may look and command -------------------------------------------------------------

OWN = {"Sec-Fetch-Site": "same-origin", "Origin": ORIGIN}
LINK = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
FOREIGN = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Origin": "https://evil.example"},
    {"Origin": "http://sandbox.localhost:1"},
    {"Origin": "null"},
]


@pytest.mark.parametrize("headers", FOREIGN)
def test_pages_of_other_origins_cannot_use_it(
    wire: Wire, surfer: Surfer, headers: dict[str, str]
) -> None:
    """Neither with a right seal nor to read; only a link may lead there."""
    form = surfer.open(ROOT).form("1 hour")
    body = urlencode({**form.fields, "seconds": "60"}).encode()
    for more in ({}, LINK):
        assert 403 == surfer.send("POST", ROOT, body, {**headers, **more}).status
    assert NOW == wire.sandbox.world.now()
    assert 403 == surfer.send("GET", ROOT, headers=headers).status
    assert 200 == surfer.send("GET", ROOT, headers={**headers, **LINK}).status
    assert (
        403
        == surfer.send("GET", ROOT, headers={**LINK, **headers, "Sec-Fetch-Dest": "iframe"}).status
    )
    assert 303 == surfer.send("POST", ROOT, body, OWN).status


def test_a_form_needs_the_seal_of_its_page_and_browser(wire: Wire, surfer: Surfer) -> None:
    """None, a forged one, another page's and another browser's are 403, and do nothing."""
    form = surfer.open(ROOT).form("1 hour")
    other = surfer.open(f"{BELOW}faults").form("Set the quota")
    stranger = Surfer(wire)
    stranger.open(ROOT)
    for seal in ("", "0" * 64, "ü", other.fields["seal"]):
        assert 403 == surfer.post(form, seal=seal, seconds="60").status
    assert 403 == stranger.post(form, seconds="60").status
    assert 403 == Surfer(wire).post(form, seconds="60").status
    assert 403 == surfer.post(form, do="nothing").status
    bare = Form(ROOT, "post", {"do": "advance", "seconds": "60"}, [])
    assert 403 == surfer.post(bare).status
    assert NOW == wire.sandbox.world.now()
    assert 303 == surfer.post(form, seconds="60").status
    assert NOW + 60 == wire.sandbox.world.now()


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/_sandbox", 302),
        ("GET", f"{BELOW}nothing", 404),
        ("GET", BELOW, 404),
        ("GET", "/_sandbox/dashboard", 404),
        ("GET", f"{BELOW}account?sub=nobody", 404),
        ("GET", f"{BELOW}event?uid=nothing", 404),
        ("PUT", ROOT, 405),
        ("DELETE", f"{BELOW}faults", 405),
    ],
)
def test_what_there_is_not_is_said(surfer: Surfer, method: str, path: str, status: int) -> None:
    """On a page of the dashboard, with its menu."""
    answer = surfer.send(method, path)
    assert status == answer.status
    if status == 302:
        assert ROOT == answer.header("location")
    else:
        assert [] == flaws(Sheet(answer))


def test_commands_stay_where_they_are(wire: Wire, surfer: Surfer) -> None:
    """The pages are beside them, the root page leads there, and none of it is in the journal."""
    assert NOW + 1 == wire.command("advance", seconds=1)
    assert ROOT == surfer.open("/").link("The dashboard")
    surfer.open(ROOT)
    surfer.open(f"{BELOW}journal")
    surfer.submit(surfer.open(ROOT), "1 hour")
    assert ["/"] == [
        each["path"] for each in json.loads(wire.send("GET", "/_sandbox/journal").body)["result"]
    ]


def test_nothing_of_it_is_loaded_before_somebody_looks() -> None:
    """A sandbox that answers calls is not slowed down by its dashboard."""
    program = """
import sys
from cronofy_async.core.wire import Request
from cronofy_transports.sandbox import Sandbox
sandbox = Sandbox(1)
loaded = lambda: [n for n in sys.modules if "pages.dashboard." in n and "places" not in n]
sandbox.handle(Request("GET", "http://sandbox.localhost/v1/calendars"))
before = loaded()
sandbox.handle(Request("GET", "http://sandbox.localhost/_sandbox/"))
print(before, len(loaded()) > 5)
"""
    root = Path(__file__).parents[2]
    path = os.pathsep.join([str(root), str(root / "transports")])
    environment = {**os.environ, "PYTHONPATH": path}
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
    )
    assert "[] True\n" == done.stdout


# The first page -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "fields", "seconds"),
    [
        ("Move on", {"number": "3", "unit": "60"}, 180),
        ("Move on", {"number": "2", "unit": "3600"}, 7200),
        ("Move on", {"number": "1.5", "unit": "86400"}, 129600),
        ("1 minute", {}, 60),
        ("1 week", {}, 604800),
    ],
)
def test_the_clock_is_moved_on(
    wire: Wire, surfer: Surfer, words: str, fields: dict[str, str], seconds: int
) -> None:
    """By a number of minutes, hours or days, or at one click."""
    page = surfer.submit(surfer.open(ROOT), words, **fields)
    assert NOW + seconds == wire.sandbox.world.now()
    assert "The clock was moved on." in page.text
    assert "The clock was moved on." not in surfer.open(ROOT).text


@pytest.mark.parametrize("number", ["", "soon", "-1", "nan", "inf", "1e300"])
def test_a_wrong_number_is_said(wire: Wire, surfer: Surfer, number: str) -> None:
    """On the page itself, which is 422, and the clock stays."""
    page = surfer.submit(surfer.open(ROOT), "Move on", number=number)
    assert 422 == page.status
    assert [] == flaws(page)
    (alert,) = [each for each in page.root.all("p") if each.given.get("role") == "alert"]
    assert alert.text
    assert NOW == wire.sandbox.world.now()


def test_the_sandbox_begins_again(wire: Wire, person: Person, surfer: Surfer) -> None:
    """The world is as at the start, and the browser goes on as before."""
    page = surfer.submit(surfer.open(ROOT), "Yes, forget everything")
    assert "has begun again" in page.text
    assert {} == wire.sandbox.world.accounts
    assert 303 == surfer.post(page.form("1 hour"), seconds="60").status


def test_counts_lead_to_what_they_count(surfer: Surfer) -> None:
    """Each number of the first page is a link that has no end of its own."""
    page = surfer.open(ROOT)
    links = [a.given["href"] for a in page.root.all("dd") for a in a.all("a")]
    assert links
    assert {200} == {surfer.open(each).status for each in links}


def test_people_of_the_small_world_are_there() -> None:
    """The world that the sandbox begins with has no flaw on any page."""
    sandbox = Sandbox(7, clock=Clock(lambda: NOW))

    def get(path: str) -> Sheet:
        return Sheet(sandbox.handle(Request("GET", ORIGIN + path)))

    listed = get(f"{BELOW}accounts")
    people = [a.given["href"] for a in listed.root.all("a") if "sub=" in a.given["href"]]
    assert [] == flaws(listed)
    for url in sorted(set(people)):
        page: Any = get(url)
        assert [] == flaws(page)
        assert page.root.all("table")
