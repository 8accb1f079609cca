"""Pages for people: plain HTML that works without scripts, with a keyboard, and read aloud."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from html import escape
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from cronofy_async.core.wire import Response

__all__ = ("Html", "document", "redirect", "text", "with_query")

_STYLE: Final = """
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
body { margin: 0 auto; max-width: 36rem; padding: 2rem 1rem 4rem; }
h1 { font-size: 1.5rem; line-height: 1.25; }
fieldset { border: 1px solid; border-radius: 0.5rem; margin: 1.5rem 0; padding: 0.5rem 1rem 1rem; }
legend { font-weight: 600; padding: 0 0.5rem; }
.choice { align-items: start; display: flex; gap: 0.75rem; padding: 0.5rem 0; }
.choice input { height: 1.25rem; margin: 0.125rem 0 0; width: 1.25rem; }
.choice small { display: block; }
.actions { display: flex; flex-wrap: wrap; gap: 1rem; }
button { border: 2px solid; border-radius: 0.5rem; cursor: pointer; font: inherit;
  min-height: 2.75rem; padding: 0.25rem 1.25rem; }
button.main { background: #14532d; border-color: #14532d; color: #fff; font-weight: 600; }
:focus-visible { outline: 3px solid #1d4ed8; outline-offset: 2px; }
.sandbox { border: 1px dashed; border-radius: 0.5rem; padding: 0.5rem 1rem; }
pre { white-space: pre-wrap; }
"""
_STYLE_HASH: Final = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()


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
    A page.

    Args:
        title: What it is about; its heading.
        body: The rest of it.
        status: The HTTP status.
        leads_to: A URL that its form redirects to. Browsers hold redirects of forms to
            the policy of the page too, so its origin has to be in there.
        headers: Further headers.
    """
    action = " ".join(["'self'", *([_origin(leads_to)] if leads_to else [])])
    policy = (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action {action}; "
        "base-uri 'none'; frame-ancestors 'none'"
    )
    page = (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{text(title)} - Cronofy sandbox</title>\n<style>{_STYLE}</style>\n</head>\n"
        f"<body>\n<main>\n<h1>{text(title)}</h1>\n{body}\n"
        '<p class="sandbox">This is a local sandbox: nobody in it is real.</p>\n'
        "</main>\n</body>\n</html>\n"
    )
    return Response(
        status,
        {
            "content-type": "text/html; charset=utf-8",
            "cache-control": "no-store",
            "content-security-policy": policy,
            "referrer-policy": "no-referrer",
            "x-content-type-options": "nosniff",
            **(headers or {}),
        },
        page.encode(errors="replace"),
    )


def redirect(url: str, headers: Mapping[str, str] | None = None) -> Response:
    """Send a browser elsewhere."""
    return Response(302, {"location": url, "cache-control": "no-store", **(headers or {})})


def with_query(url: str, further: Mapping[str, str | None]) -> str:
    """A URL with parameters added; its own are kept."""
    parts = urlsplit(url)
    own = parse_qsl(parts.query, keep_blank_values=True)
    added = [(name, value) for name, value in further.items() if value is not None]
    return urlunsplit(parts._replace(query=urlencode([*own, *added])))


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
