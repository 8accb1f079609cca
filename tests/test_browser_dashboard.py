"""The dashboard and the reply page in a real browser, without scripts and by the keyboard too."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue
from threading import Thread
from typing import Any

import attrs
import pytest
from playwright import sync_api as playwright

from cronofy_transports.sandbox import Clock, Sandbox, run_in_thread

from .sandbox.fetching import fetch
from .sandbox.wire import NOW
from .test_browser import browser, pytestmark

__all__ = ("browser", "pytestmark")

# Text and what lies behind it, as WCAG 2.2 has it; borders of fields need 3 to 1.
CONTRASTS = """
() => {
  const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
  const parse = colour => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const mix = (one, other, part) => one * part + other * (1 - part);
  const over = (top, below) => [0, 1, 2].map(i => mix(top[i], below[i], top[3])).concat(1);
  const behind = element => {
    const layers = [];
    for (let e = element; e; e = e.parentElement) {
      const colour = parse(getComputedStyle(e).backgroundColor);
      layers.push(colour);
      if (colour[3] === 1) break;
    }
    return layers.reduceRight((below, top) => over(top, below), [255, 255, 255, 1]);
  };
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255).map(
    v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4
  ).reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ratio = (one, other) => {
    const [high, low] = [light(one), light(other)].sort((a, b) => b - a);
    return (high + 0.05) / (low + 0.05);
  };
  const found = [];
  let seen = 0;
  for (const element of document.querySelectorAll("body *")) {
    const style = getComputedStyle(element);
    const says = [...element.childNodes].some(n => n.nodeType === 3 && n.data.trim());
    const name = `${element.tagName} ${element.textContent.trim().slice(0, 30)}`;
    if (says && element.checkVisibility()) {
      seen += 1;
      const value = ratio(over(parse(style.color), behind(element)), behind(element));
      if (value < 4.5) found.push(`${name}: ${value.toFixed(2)}`);
    }
    if (element.matches("input[type=text], input[type=number], select, textarea, button")) {
      const value = ratio(parse(style.borderTopColor), behind(element.parentElement));
      if (value < 3) found.push(`border of ${name}: ${value.toFixed(2)}`);
    }
  }
  return [seen, found];
}
"""


@attrs.frozen
class Receiver:
    """A server that takes callbacks, and keeps what they say."""

    url: str
    arrived: Queue[dict[str, Any]]

    def next_type(self) -> str:
        """The type of the next notification."""
        kind: str = self.arrived.get(timeout=5)["notification"]["type"]
        return kind


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver on loopback."""
    arrived: Queue[dict[str, Any]] = Queue()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            arrived.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # its name is given
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield Receiver(f"http://127.0.0.1:{server.server_port}/hook", arrived)
        server.shutdown()
        thread.join()


@attrs.frozen
class Served:
    """A sandbox with its people, over real HTTP, at a time that stands still."""

    sandbox: Sandbox
    url: str

    def call(self, method: str, path: str, body: Any = None, *, token: str) -> tuple[int, Any]:
        """Call the API as an application does."""
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        status, _, answer = fetch(self.url + path, method=method, body=data, headers=headers)
        return status, json.loads(answer) if answer else None

    def invite(self, callback_url: str) -> None:
        """Invite somebody to a board meeting."""
        event = {
            "summary": "Board meeting",
            "start": "2030-01-22T09:30:00Z",
            "end": "2030-01-22T10:00:00Z",
            "tzid": "Europe/London",
        }
        invite = {
            "smart_invite_id": "inv-1",
            "recipient": {"email": "bo@example.com"},
            "callback_url": callback_url,
            "event": event,
        }
        assert (
            200
            == self.call("POST", "/v1/smart_invites", invite, token=self.sandbox.client_secret)[0]
        )


@pytest.fixture
def served() -> Iterator[Served]:
    """A sandbox to look at."""
    sandbox = Sandbox(7, clock=Clock(lambda: NOW))
    with run_in_thread(sandbox) as urls:
        yield Served(sandbox, urls.api_url)


def opened(browser: playwright.Browser, **options: Any) -> playwright.Page:
    """A page of a browser without cookies, which closes with the browser."""
    context = browser.new_context(**options)
    context.set_default_timeout(10_000)
    return context.new_page()


def menu(page: playwright.Page, name: str) -> None:
    """Go to a page of the menu."""
    page.get_by_role("navigation", name="Pages").get_by_role("link", name=name).click()


PATHS = (
    "/",
    "/_sandbox/",
    *(
        f"/_sandbox/dashboard/{n}"
        for n in ("accounts", "channels", "arranged", "journal", "faults")
    ),
)


def furnished(served: Served) -> list[str]:
    """The URLs of all pages of a world in which there is something of everything."""
    account = served.sandbox.accounts()[0]
    token, calendar_id = account["access_token"], account["calendars"][0]["calendar_id"]
    served.call("POST", "/v1/channels", {"callback_url": "http://127.0.0.1:9/x"}, token=token)
    served.call("GET", "/v1/events?tzid=nowhere", token=token)
    served.invite("http://127.0.0.1:9/x")
    control = served.sandbox.control
    uid = control.create_event(calendar_id, "Visit", date(2030, 1, 3), date(2030, 1, 4))
    control.add_fault("status", status=503, operation="ListCalendars")
    further = [
        f"/_sandbox/dashboard/account?sub={account['sub']}",
        f"/_sandbox/dashboard/event?uid={uid}",
        "/_sandbox/dashboard/event?uid=none",
        control.reply_page("inv-1", "bo@example.com").removeprefix(served.url),
    ]
    return [served.url + each for each in (*PATHS, *further)]


def test_everything_is_done_on_the_dashboard(
    served: Served, browser: playwright.Browser, receiver: Receiver
) -> None:
    """A walk through all of it, with scripts turned off."""
    account = served.sandbox.accounts()[0]
    token, secret = account["access_token"], served.sandbox.client_secret
    served.call("POST", "/v1/channels", {"callback_url": receiver.url}, token=token)
    assert "verification" == receiver.next_type()
    page = opened(browser, java_script_enabled=False)
    page.goto(f"{served.url}/")
    page.get_by_role("link", name="The dashboard").click()

    # The week of somebody's calendars, and an event in it.
    menu(page, "Accounts")
    page.get_by_role("link", name="Amelia Hart", exact=True).click()
    week = page.get_by_role("table")
    assert week.get_by_role("link", name="Budget talk").is_visible()
    assert week.get_by_role("columnheader", name="Wed 2 Jan").is_visible()
    page.get_by_label("Title").fill("<b>Visit</b>")
    page.get_by_role("textbox", name="Start").fill("2030-01-03T11:00")
    page.get_by_role("textbox", name="End").fill("2030-01-03T12:00")
    page.get_by_role("button", name="Create the event").click()
    assert "The event was made." in page.get_by_role("status").inner_text()
    made = week.get_by_role("link", name="<b>Visit</b>")
    assert "11:00 to 12:00" in made.locator("..").inner_text()

    # Time goes on, so the application is told of it.
    menu(page, "Overview")
    page.get_by_role("button", name="1 minute").click()
    assert "2030-01-01 08:01:00 UTC" in page.get_by_role("banner").inner_text()
    assert "change" == receiver.next_type()

    # Any notification can be sent.
    menu(page, "Channels")
    page.get_by_role("button", name="gdpr_requested").click()
    assert "gdpr_requested" == receiver.next_type()
    menu(page, "Channels")
    deliveries = page.get_by_role("table").first
    assert ["change", "verification"] == deliveries.get_by_role("rowheader").all_inner_texts()[-2:]

    # A fault strikes once, and the journal has it.
    menu(page, "Faults")
    page.get_by_role("textbox", name="Status", exact=True).fill("503")
    page.get_by_label("Operation").select_option("ListCalendars")
    page.get_by_label("How many are struck").fill("1")
    page.get_by_role("button", name="Add the fault").click()
    statuses = [served.call("GET", "/v1/calendars", token=token)[0] for _ in range(2)]
    assert [503, 200] == statuses
    menu(page, "Journal")
    page.get_by_label("Operation").select_option("ListCalendars")
    page.get_by_role("button", name="Show").click()
    rows = page.get_by_role("row").all_inner_texts()[1:]
    assert ["200", "503"] == [row.split("\t")[5] for row in rows]
    assert "fault: status" in rows[1]

    # Somebody replies to an invite.
    served.invite(receiver.url)
    menu(page, "Invites and links")
    page.get_by_role("link", name="Reply page").click()
    page.get_by_label("Maybe").check()
    page.get_by_label("Comment").fill("Perhaps later")
    page.get_by_role("button", name="Send the reply").click()
    reply = receiver.arrived.get(timeout=5)["smart_invite"]["reply"]
    assert {"email": "bo@example.com", "status": "tentative", "comment": "Perhaps later"} == reply
    assert "bo@example.com has replied: Maybe" in page.inner_text("main")
    path = "/v1/smart_invites?smart_invite_id=inv-1&recipient_email=bo@example.com"
    assert "tentative" == served.call("GET", path, token=secret)[1]["recipient"]["status"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everything_can_be_read(served: Served, browser: playwright.Browser, scheme: Any) -> None:
    """Text stands out from what is behind it, and fields from what is around them."""
    page = opened(browser, color_scheme=scheme)
    for url in furnished(served):
        page.goto(url)
        seen, found = page.evaluate(CONTRASTS)
        assert seen >= 3
        assert [] == found, url


def test_too_little_contrast_would_be_found(served: Served, browser: playwright.Browser) -> None:
    """The check above is no empty one."""
    page = opened(browser)
    page.set_content(
        "<body style='background: #fff'><p style='color: #888'>grey</p><p>black</p>"
        "<div style='background: rgba(0, 0, 0, 0.9)'><p>hidden</p></div>"
        "<input type=text style='border: 1px solid #ddd'></body>"
    )
    seen, found = page.evaluate(CONTRASTS)
    assert (3, 3) == (seen, len(found))


def test_pages_keep_to_themselves_and_fit_a_narrow_screen(
    served: Served, browser: playwright.Browser
) -> None:
    """No policy is broken, nothing else is loaded, and only tables scroll sideways."""
    page = opened(browser, viewport={"width": 360, "height": 700})
    complaints: list[str] = []
    requested: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: requested.append(request.url))
    urls = furnished(served)
    for url in urls:
        page.goto(url)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), url
    assert urls == requested
    assert not [each for each in complaints if "404" not in each]


def test_it_is_used_by_the_keyboard(served: Served, browser: playwright.Browser) -> None:
    """The first stop leads past the menu, every stop can be seen, and buttons are pressed."""
    page = opened(browser)
    page.goto(f"{served.url}/_sandbox/")
    stops: list[str] = []
    while "1 hour" not in stops:
        assert len(stops) < 30
        page.keyboard.press("Tab")
        focused = page.locator(":focus")
        stops.append(focused.inner_text() or str(focused.get_attribute("name")))
        assert "none" != focused.evaluate("e => getComputedStyle(e).outlineStyle")
        box = focused.bounding_box()
        assert box is not None
        assert box["y"] >= 0
    assert ["Skip to the content", "Overview", "Accounts"] == stops[:3]
    page.keyboard.press("Enter")
    page.wait_for_url("**/?done=advance")
    assert NOW + 3600 == served.sandbox.world.now()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert "number" == page.locator(":focus").get_attribute("name")


def test_another_page_cannot_send_its_forms(served: Served, browser: playwright.Browser) -> None:
    """A form elsewhere that leads here is refused, whatever it holds."""
    page = opened(browser)
    page.goto(f"{served.url}/_sandbox/")
    seal = page.locator("input[name=seal]").first.input_value()
    page.route(
        "http://127.0.0.1:9/**",
        lambda route: route.fulfill(
            content_type="text/html",
            body=f"<form method=post action='{served.url}/_sandbox/'><input name=seal value={seal}>"
            "<input name=do value=advance><input name=seconds value=60><button>x</button></form>",
        ),
    )
    page.goto("http://127.0.0.1:9/")
    with page.expect_response(f"{served.url}/_sandbox/") as answered:
        page.get_by_role("button").click()
    assert 403 == answered.value.status
    assert NOW == served.sandbox.world.now()
