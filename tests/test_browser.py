"""The consent page in a real browser."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright import sync_api as playwright

from cronofy_async import Cronofy
from cronofy_async.callbacks import AuthorizationRefusedError, read_redirect
from cronofy_transports.sandbox import Sandbox, run_in_thread

T = TypeVar("T")


CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# Nobody listens there: where the browser is sent to is all that counts.
REDIRECT_URI = "http://127.0.0.1:9/authorized?flow=1"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[playwright.Browser]:
    """One headless Chromium for all tests here."""
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: playwright.Browser) -> Iterator[playwright.Page]:
    """A page without cookies; its redirect to the application is caught, not followed."""
    context = browser.new_context()
    context.set_default_timeout(10_000)
    page = context.new_page()
    page.route("http://127.0.0.1:9/**", lambda route: route.fulfill(body="back in the application"))
    yield page
    context.close()


@pytest.fixture
def cronofy() -> Iterator[Cronofy]:
    """A client of a sandbox over real HTTP."""
    sandbox = Sandbox(seed=3)
    with run_in_thread(sandbox) as urls:
        cronofy = Cronofy(sandbox.client_id, sandbox.client_secret, api_url=urls.api_url)
        yield cronofy
        elsewhere(cronofy.close)


def elsewhere(work: Callable[[], T]) -> T:
    """Call something from another thread: Playwright keeps an event loop running in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(work).result()


def consent_url(cronofy: Cronofy) -> str:
    """The URL that the application sends the person to."""
    return cronofy.authorization_url(redirect_uri=REDIRECT_URI, scope="read_write", state="s-1 é")


def test_approving_gives_tokens_of_the_chosen_account(
    cronofy: Cronofy, page: playwright.Page
) -> None:
    """A person picks an account and approves; the code that comes back gives its tokens."""
    page.goto(consent_url(cronofy))
    assert "See the events in your calendars" in page.inner_text("body")
    choices = page.get_by_role("radio")
    assert choices.count() >= 3
    sub = choices.nth(1).get_attribute("value")
    choices.nth(1).check()
    page.get_by_role("button", name="Approve").click()
    page.wait_for_url("http://127.0.0.1:9/**")

    assert ["1"] == parse_qs(urlsplit(page.url).query)["flow"]
    code = read_redirect(page.url, state="s-1 é")
    tokens = elsewhere(lambda: cronofy.request_token(code=code, redirect_uri=REDIRECT_URI))
    assert sub == tokens.sub
    account = cronofy.account(access_token=tokens.access_token)
    assert elsewhere(account.list_calendars)


def test_denying_sends_the_refusal(cronofy: Cronofy, page: playwright.Page) -> None:
    """A person who says no is sent back with the refusal and the state."""
    page.goto(consent_url(cronofy))
    page.get_by_role("button", name="Deny").click()
    page.wait_for_url("http://127.0.0.1:9/**")

    with pytest.raises(AuthorizationRefusedError) as caught:
        read_redirect(page.url, state="s-1 é")
    assert "access_denied" == caught.value.error


def test_the_page_is_plain_and_closed(cronofy: Cronofy, page: playwright.Page) -> None:
    """The page runs no script, loads nothing from elsewhere, and breaks no policy."""
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    requested: list[str] = []
    page.on("request", lambda request: requested.append(request.url))
    answer = page.goto(consent_url(cronofy))

    assert answer is not None
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert 0 == page.locator("script").count()
    assert [] == complaints
    assert 1 == len(requested)
    assert page.get_by_role("heading").count() >= 1
    assert page.locator("html[lang]").count() == 1


def test_a_forged_form_is_refused(cronofy: Cronofy, page: playwright.Page) -> None:
    """A form that another site made up does not give consent."""
    page.goto(consent_url(cronofy))
    page.locator("input[name=seal]").evaluate("field => field.value = 'forged'")
    page.get_by_role("button", name="Approve").click()

    assert "127.0.0.1:9" != urlsplit(page.url).netloc
    assert "not from here" in page.inner_text("body")
