"""Giving consent: by following the page's own form, or by opening a browser."""

from __future__ import annotations

import asyncio
import webbrowser
from html.parser import HTMLParser
from typing import Final
from urllib.parse import urljoin

import aiohttp
import attrs
from yarl import URL

from .receiver import Receiver
from .screen import Screen

__all__ = ("FormReader", "approve_by_form", "approve_in_browser")

_PATIENCE: Final = 300.0


@attrs.define
class _Form:
    action: str = ""
    fields: dict[str, str] = attrs.field(factory=dict)
    buttons: list[tuple[str, str]] = attrs.field(factory=list)


class FormReader(HTMLParser):
    """Reads the first form of a page as a browser would submit it."""

    def __init__(self) -> None:
        super().__init__()
        self.form = _Form()
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form" and not self.form.action:
            self._inside, self.form.action = True, given.get("action", "")
        if not self._inside or "name" not in given:
            return
        kind = given.get("type", "text")
        name, value = given["name"], given.get("value", "")
        if tag == "button" or kind == "submit":
            self.form.buttons.append((name, value))
        elif tag == "input" and (kind not in ("radio", "checkbox") or "checked" in given):
            self.form.fields[name] = value
        elif tag == "input" and kind == "radio":
            self.form.fields.setdefault(name, value)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False


async def approve_by_form(url: str, screen: Screen) -> str:
    """
    Open the consent page, press its button, and give the URL that the browser is sent to.

    Raises:
        RuntimeError: The page is not one that can be approved.
    """
    # A cookie jar passes over cookies of IP addresses unless it is told not to.
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as browser:
        async with browser.get(URL(url, encoded=True)) as page:
            reader = FormReader()
            reader.feed(await page.text())
            form, address = reader.form, str(page.url)
        yes = [(n, v) for n, v in form.buttons if v in ("approve", "allow", "yes")]
        if not yes:
            raise RuntimeError(f"the consent page has no button to approve with: {form}")
        screen.line(f"  {screen.styled('⌂', 'blue')} pressing “{yes[0][1]}” on the consent page")
        data = {**form.fields, yes[0][0]: yes[0][1]}
        action = urljoin(address, form.action)
        async with browser.post(
            URL(action, encoded=True), data=data, allow_redirects=False
        ) as answer:
            location = answer.headers.get("location")
        if location is None:
            raise RuntimeError(f"approving led nowhere: status {answer.status}")
        return urljoin(action, location)


async def approve_in_browser(url: str, receiver: Receiver, screen: Screen) -> str:
    """
    Have a person give consent in a browser, and give the URL they come back with.

    Raises:
        TimeoutError: Nobody came back within five minutes.
    """
    screen.line("  Please give your consent in the browser. If none opens, visit:")
    screen.line(f"  {url}")
    webbrowser.open(url)
    async with asyncio.timeout(_PATIENCE):
        return await receiver.redirects.get()
