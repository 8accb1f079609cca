"""Forms that are only taken from the browser that they were shown in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Final
from urllib.parse import parse_qsl, urlsplit

import attrs

from cronofy_async.core.wire import Request, Response

from ..world import World
from .cookies import browser_of, naming
from .html import Html, document, text

__all__ = ("Button", "Form", "Option", "field", "origin_of")


_NOTHING: Final = Html("")


@attrs.frozen
class Option:
    """
    One line to choose.

    Args:
        value: What is sent.
        label: What it says.
        group: Neighbours of one group can be folded up under this heading; none: they stand
            for themselves.
    """

    value: str
    label: Html
    group: str = ""


@attrs.frozen
class Button:
    """One way to send a form: what is sent, what it says, and whether a choice is needed."""

    decision: str
    label: str
    needs_choice: bool = True


class Form:
    """
    The form of a page.

    Args:
        world: Where its browsers are known.
        request: What the page was opened or sent with.
    """

    def __init__(self, world: World, request: Request) -> None:
        self._world, self._request = world, request
        query = urlsplit(request.url).query
        self._action = f"{request.path}?{query}" if query else request.path

    def given(self) -> Mapping[str, str] | None:
        """What was sent; `None` if that was not from this page in this browser."""
        body = self._request.body.decode(errors="replace")
        given = dict(parse_qsl(body, keep_blank_values=True))
        browser = browser_of(self._request)
        sealed = self._world.browsers.is_sealed(browser, self._action, given.get("seal", ""))
        return given if sealed else None

    def page(
        self,
        title: str,
        introduction: Html,
        buttons: Sequence[Button],
        *,
        legend: str = "",
        options: Sequence[Option] = (),
        chosen: str | None = None,
        further: Html = _NOTHING,
        hidden: Mapping[str, str] | None = None,
        leads_to: str | None = None,
        status: int = 200,
    ) -> Response:
        """
        Show it.

        Args:
            title: The page's heading.
            introduction: What stands before the form.
            buttons: Ways to send it, the main one first.
            legend: What is asked.
            options: The answers to choose from.
            chosen: The value of the one that is chosen from the start; one that there is not
                stands for none, and `None` for the first.
            further: More fields, after these.
            hidden: What is sent besides.
            leads_to: The URL that it redirects to in the end.
            status: The HTTP status.
        """
        browser = browser_of(self._request) or self._world.browsers.new_name()
        seal = self._world.browsers.seal(browser, self._action)
        fields = {"seal": seal, **(hidden or {})}
        body = Html(
            f'{introduction}\n<form method="post" action="{text(self._action)}">\n'
            + "".join(
                f'<input type="hidden" name="{text(name)}" value="{text(value)}">\n'
                for name, value in fields.items()
            )
            + (_fieldset(legend, options, chosen) if options else "")
            + f'{further}<div class="actions">\n'
            + "".join(_button(each, is_main=index == 0) for index, each in enumerate(buttons))
            + "</div>\n</form>"
        )
        return document(title, body, status=status, leads_to=leads_to, headers=naming(browser))

    @staticmethod
    def refused() -> Response:
        """What is said to whoever sends it from elsewhere."""
        body = Html("<p>Open the link once more.</p>")
        return document("This form is not from here", body, status=403)


def origin_of(request: Request) -> str:
    """Scheme, host and port that a request came to; empty if it does not say."""
    parts = urlsplit(request.url)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


def field(label: str, name: str, *, kind: str = "text", value: str = "", hint: str = "") -> Html:
    """
    A field with its label; empty is fine.

    Args:
        label: What is asked.
        name: What it is sent as.
        kind: The type of the input; ``textarea`` for text of several lines.
        value: What stands in it at first.
        hint: What there is to know.
    """
    about = f"about-{name}"
    described = f' aria-describedby="{text(about)}"' if hint else ""
    if kind == "textarea":
        control = f'<textarea name="{text(name)}" rows="3"{described}>{text(value)}</textarea>'
    else:
        control = f'<input type="{kind}" name="{text(name)}" value="{text(value)}"{described}>'
    # Outside of the label, a hint is no part of the field's name when it is read aloud.
    below = f'<small id="{text(about)}">{text(hint)}</small>' if hint else ""
    return Html(
        f'<div class="field"><label><span>{text(label)}</span>{control}</label>{below}</div>\n'
    )


def _fieldset(legend: str, options: Sequence[Option], chosen: str | None) -> str:
    checked = options[0].value if chosen is None else chosen
    parts: list[str] = []
    for group, members in groupby(options, key=lambda each: each.group):
        listed = list(members)
        lines = "\n".join(_radio(each, checked=each.value == checked) for each in listed)
        if group:
            # What is chosen must not be hidden.
            unfolded = " open" if checked in {each.value for each in listed} else ""
            lines = f"<details{unfolded}>\n<summary>{text(group)}</summary>\n{lines}\n</details>"
        parts.append(lines)
    joined = "\n".join(parts)
    return f"<fieldset>\n<legend>{text(legend)}</legend>\n{joined}\n</fieldset>\n"


def _radio(option: Option, *, checked: bool) -> str:
    return (
        '<label class="choice">'
        f'<input type="radio" name="choice" value="{text(option.value)}" required'
        f"{' checked' if checked else ''}><span>{option.label}</span></label>"
    )


def _button(button: Button, *, is_main: bool) -> str:
    look = ' class="main"' if is_main else ""
    free = "" if button.needs_choice else " formnovalidate"
    return (
        f'<button{look} name="decision" value="{text(button.decision)}"{free}>'
        f"{text(button.label)}</button>\n"
    )
