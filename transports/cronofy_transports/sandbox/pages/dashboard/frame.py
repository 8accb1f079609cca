"""What all pages of the dashboard have in common: who looks, what is around a page, its forms."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, urlencode, urlsplit

import attrs

from cronofy_async.core.wire import Request, Response

from ...controls import Controls
from ...world import World
from ..cookies import naming
from ..html import Html, bare_document, text
from .parts import join, shown_moment
from .places import link_to, page_at
from .style import SHEET

if TYPE_CHECKING:
    from ...sandbox import Sandbox

__all__ = ("Action", "Page", "View", "Visit")

_DONE: Final = "done"


@attrs.frozen(kw_only=True)
class View:
    """What a page shows: its heading, and what stands below it."""

    title: str
    body: Html


@attrs.frozen
class Action:
    """
    What a form does.

    Args:
        run: Does it, and gives the URL to go on with; `None`: that of the page itself. Raises
            a `Refusal` if it cannot be done.
        done: What is said once it was.
    """

    run: Callable[[Visit], str | None]
    done: str


@attrs.frozen(kw_only=True)
class Page:
    """
    A page of the dashboard.

    Attributes:
        show: Makes it.
        menu: What the menu calls it; `None`: it is reached from another page.
        actions: What its forms can do, by name.
    """

    show: Callable[[Visit], View]
    menu: str | None = None
    actions: Mapping[str, Action] = attrs.field(factory=dict)


@attrs.define(kw_only=True)
class Visit:
    """
    One request to the dashboard.

    Attributes:
        sandbox: What is looked at.
        request: What was asked for.
        browser: The name of the browser.
        given: What a form sent; empty if a page is only looked at.
        problem: What was wrong with that.
    """

    sandbox: Sandbox
    request: Request
    browser: str
    given: Mapping[str, str] = attrs.field(factory=dict)
    problem: str = ""

    @property
    def world(self) -> World:
        """What the sandbox knows."""
        return self.sandbox.world

    @property
    def control(self) -> Controls:
        """What people and time do."""
        return self.sandbox.control

    def query(self, name: str) -> str:
        """A parameter of the URL; empty if it is not there."""
        return dict(self.request.query).get(name, "")

    def here(self, **changes: str | None) -> str:
        """The URL of this page with other parameters; `None` leaves one out."""
        given = parse_qsl(urlsplit(self.request.url).query, keep_blank_values=True)
        query = {**dict(given), _DONE: None, **changes}
        shown = {name: value for name, value in query.items() if value is not None}
        return f"{self.request.path}?{urlencode(shown)}" if shown else self.request.path

    def form(self, action: str, /, *parts: str, **hidden: str) -> Html:
        """
        A form that is only taken from this browser.

        Args:
            action: The name of what it does.
            parts: What is in it, its buttons too.
            hidden: What is sent besides.
        """
        fields = {"seal": self.seal(), "do": action, **hidden}
        return join(
            f'<form method="post" action="{text(self.here())}">\n',
            *(
                f'<input type="hidden" name="{name}" value="{text(value)}">\n'
                for name, value in fields.items()
            ),
            *parts,
            "</form>\n",
        )

    def seal(self) -> str:
        """What proves that a form of this page was shown in this browser."""
        return self.world.browsers.seal(self.browser, self.request.path)

    def is_sealed(self) -> bool:
        """Whether what was sent comes from such a form."""
        browsers, seal = self.world.browsers, self.given.get("seal", "")
        return browsers.is_sealed(self.browser, self.request.path, seal)

    def render(self, view: View, pages: Mapping[str, Page], *, status: int = 200) -> Response:
        """A page as the browser gets it."""
        name = page_at(self.request.path)
        page = pages.get(name)
        done = None if page is None else _said(pages, self.query(_DONE), page)
        body = join(
            '<a class="skip" href="#content">Skip to the content</a>\n<header>\n',
            '<p class="name">Cronofy sandbox</p>\n',
            f'<nav aria-label="Pages">\n<ul>\n{_menu(pages, name)}</ul>\n</nav>\n',
            f"<p>It is {shown_moment(self.world.now())}.</p>\n</header>\n",
            f'<main id="content" tabindex="-1">\n<h1>{text(view.title)}</h1>\n',
            f'<p class="problem" role="alert">{text(self.problem)}</p>\n' if self.problem else "",
            f'<p class="done" role="status">{text(done)}</p>\n' if done else "",
            f"{view.body}\n</main>\n",
            "<footer><p>A local sandbox: nobody in it is real. "
            "This page is for this machine alone.</p></footer>",
        )
        # A form's origin is told only where a page may tell it.
        headers = {**naming(self.browser), "referrer-policy": "same-origin"}
        return bare_document(view.title, body, SHEET, status=status, headers=headers)


def _said(pages: Mapping[str, Page], done: str, page: Page) -> str | None:
    """What is said of an action; what another page sent on is said here too."""
    for each in (page, *pages.values()):
        if done in each.actions:
            return each.actions[done].done
    return None


def _menu(pages: Mapping[str, Page], current: str) -> Html:
    return join(
        *(
            f'<li><a href="{link_to(name)}"{_current(name == current)}>{page.menu}</a></li>\n'
            for name, page in pages.items()
            if page.menu is not None
        )
    )


def _current(is_current: bool) -> str:
    return ' aria-current="page"' if is_current else ""
