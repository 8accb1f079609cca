"""Pages for people: plain HTML that works without scripts, with a keyboard, and read aloud."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from cronofy_async.core.wire import Response

from .style import PAPER, Sheet

__all__ = ("Html", "bare_document", "document", "redirect", "text", "with_query")


class Html(str):
    """Text that is HTML already."""

    __slots__ = ()


def text(value: object) -> Html:
    """Anything as HTML; only what is `Html` already stays as it is."""
    return value if isinstance(value, Html) else Html(escape(str(value)))


def document(
    title: str,
    body: Html,
    *,
    status: int = 200,
    leads_to: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """
    A page for people who know nothing of the sandbox.

    Args:
        title: What it is about; its heading.
        body: The rest of it.
        status: The HTTP status.
        leads_to: A URL that its form redirects to. Browsers hold redirects of forms to
            the policy of the page too, so its origin has to be in there.
        headers: Further headers.
    """
    main = (
        f"<main>\n<h1>{text(title)}</h1>\n{body}\n"
        '<p class="sandbox">This is a local sandbox: nobody in it is real.</p>\n</main>'
    )
    return bare_document(
        title, Html(main), PAPER, status=status, leads_to=leads_to, headers=headers
    )


def bare_document(
    title: str,
    body: Html,
    sheet: Sheet,
    *,
    status: int = 200,
    leads_to: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The same with nothing in its body but what is given, and with a style of its own."""
    action = " ".join(["'self'", *([_origin(leads_to)] if leads_to else [])])
    policy = (
        f"default-src 'none'; style-src {sheet.source}; form-action {action}; "
        "base-uri 'none'; frame-ancestors 'none'"
    )
    page = (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{text(title)} - Cronofy sandbox</title>\n<style>{sheet.text}</style>\n</head>\n"
        f"<body>\n{body}\n</body>\n</html>\n"
    )
    return Response(
        status,
        {
            "content-type": "text/html; charset=utf-8",
            "cache-control": "no-store",
            "content-security-policy": policy,
            "cross-origin-resource-policy": "same-origin",
            "referrer-policy": "no-referrer",
            "x-content-type-options": "nosniff",
            **(headers or {}),
        },
        page.encode(errors="replace"),
    )


def redirect(url: str, headers: Mapping[str, str] | None = None, *, status: int = 302) -> Response:
    """Send a browser elsewhere."""
    return Response(status, {"location": url, "cache-control": "no-store", **(headers or {})})


def with_query(url: str, further: Mapping[str, str | None]) -> str:
    """A URL with parameters added; its own are kept."""
    parts = urlsplit(url)
    own = parse_qsl(parts.query, keep_blank_values=True)
    added = [(name, value) for name, value in further.items() if value is not None]
    return urlunsplit(parts._replace(query=urlencode([*own, *added])))


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
