"""Pieces of pages: tables, fields and buttons whose names are complete when read aloud."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ...moments import moment
from ..html import Html, text

__all__ = (
    "button",
    "checkbox",
    "definitions",
    "entry",
    "join",
    "link",
    "section",
    "select",
    "shown_moment",
    "table",
    "unseen",
)


def join(*parts: str) -> Html:
    """Pieces of HTML as one."""
    return Html("".join(parts))


def unseen(words: str) -> Html:
    """What is read aloud and not shown, for a name that is clear by its place alone."""
    return Html(f'<span class="unseen"> {text(words)}</span>')


def link(url: str, words: str, about: str = "") -> Html:
    """A link; *about* completes its name."""
    return Html(f'<a href="{text(url)}">{text(words)}{unseen(about) if about else ""}</a>')


def shown_moment(seconds: float) -> Html:
    """A moment in UTC."""
    at = moment(int(seconds))
    return Html(f'<time datetime="{at.isoformat()}">{at:%Y-%m-%d %H:%M:%S} UTC</time>')


def section(heading: str, *parts: str) -> Html:
    """A part of a page under a heading of the second rank."""
    return join(f"<section>\n<h2>{text(heading)}</h2>\n", *parts, "</section>\n")


def definitions(rows: Mapping[str, str]) -> Html:
    """Names with what they mean; what is `Html` stays as it is."""
    listed = (f"<dt>{text(name)}</dt><dd>{text(value)}</dd>\n" for name, value in rows.items())
    return join("<dl>\n", *listed, "</dl>\n")


def table(caption: str, headings: Sequence[str], rows: Iterable[Sequence[object]]) -> Html:
    """
    A table, or a sentence if it has no rows.

    Args:
        caption: What it lists.
        headings: Those of its columns.
        rows: Cells; the first one of each row names it.
    """
    lines = [
        join(
            f'<tr><th scope="row">{text(first)}</th>',
            *(f"<td>{text(cell)}</td>" for cell in rest),
            "</tr>\n",
        )
        for first, *rest in rows
    ]
    if not lines:
        return Html(f'<p class="none">{text(caption)}: none.</p>\n')
    heads = join(*(f'<th scope="col">{text(each)}</th>' for each in headings))
    return join(
        f'<div class="wide" role="region" aria-label="{text(caption)}" tabindex="0">\n<table>\n',
        f"<caption>{text(caption)}</caption>\n<thead><tr>{heads}</tr></thead>\n<tbody>\n",
        *lines,
        "</tbody>\n</table>\n</div>\n",
    )


# Forms --------------------------------------------------------------------------------


def entry(
    label: str, name: str, *, kind: str = "text", value: str = "", hint: str = "", **given: str
) -> Html:
    """
    A field of one line with its label.

    Args:
        label: What is asked.
        name: What it is sent as.
        kind: The type of the input.
        value: What stands in it at first.
        hint: What there is to know.
        given: Further attributes; an empty one stands without a value.
    """
    about = f"about-{name}"
    if hint:
        given["aria-describedby"] = about
    further = "".join(
        f" {key}" + (f'="{text(each)}"' if each else "") for key, each in given.items()
    )
    # Outside of the label, a hint is no part of the field's name when it is read aloud.
    below = f'<small id="{text(about)}">{text(hint)}</small>' if hint else ""
    return Html(
        f'<div class="field"><label><span>{text(label)}</span>'
        f'<input type="{kind}" name="{text(name)}" value="{text(value)}"{further}>'
        f"</label>{below}</div>\n"
    )


def select(label: str, name: str, options: Mapping[str, str], chosen: str = "") -> Html:
    """A choice of one of several, by value, with its label."""
    listed = "".join(
        f'<option value="{text(value)}"{" selected" if value == chosen else ""}>'
        f"{text(words)}</option>"
        for value, words in options.items()
    )
    return Html(
        f'<div class="field"><label><span>{text(label)}</span>'
        f'<select name="{text(name)}">{listed}</select></label></div>\n'
    )


def checkbox(label: str, name: str, *, checked: bool = False) -> Html:
    """Something to tick."""
    tick = " checked" if checked else ""
    return Html(
        f'<label class="choice"><input type="checkbox" name="{text(name)}" value="yes"{tick}>'
        f"<span>{text(label)}</span></label>\n"
    )


def button(words: str, about: str = "", *, look: str = "", name: str = "", value: str = "") -> Html:
    """
    A button that sends its form.

    Args:
        words: What it says.
        about: What it is about, where only its place says so; read aloud.
        look: ``main``, ``bad`` or nothing.
        name: What it sends, if it is one of several.
        value: As which value.
    """
    given = f' name="{text(name)}" value="{text(value)}"' if name else ""
    dressed = f' class="{look}"' if look else ""
    return Html(f"<button{dressed}{given}>{text(words)}{unseen(about) if about else ''}</button>\n")
