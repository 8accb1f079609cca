"""
How pages look: colours by name, for light and for dark, and what is laid out how.

Each sheet stands in its page, and is let through by its hash: nothing else may style it.
"""

from __future__ import annotations

import base64
import hashlib
from typing import Final

import attrs

__all__ = ("BASE", "PAPER", "Sheet")


@attrs.frozen(kw_only=True)
class Sheet:
    """
    A style sheet.

    Attributes:
        text: What stands in the page.
        source: What its policy calls it.
    """

    text: str
    source: str

    @classmethod
    def of(cls, *parts: str) -> Sheet:
        """One sheet of several parts."""
        text = "".join(parts)
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        return cls(text=text, source=f"'sha256-{digest}'")


BASE: Final = """
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; --back: #fbfbfa;
  --card: #ffffff; --text: #1c1b19; --soft: #57534e; --line: #d6d3d1; --field: #78716c;
  --link: #1d4ed8; --main: #14532d; --on-main: #ffffff; --bad: #991b1b; --on-bad: #ffffff; }
@media (prefers-color-scheme: dark) { :root { --back: #171614; --card: #211f1d; --text: #f1efec;
  --soft: #bdb8b2; --line: #45413c; --field: #9d968e; --link: #9dbcff; --main: #86efac;
  --on-main: #0b2a16; --bad: #fca5a5; --on-bad: #3f0a0a; } }
* { box-sizing: border-box; }
body { background: var(--back); color: var(--text); margin: 0; }
main { margin: 0 auto; max-width: 36rem; padding: 2rem 1rem 4rem; }
h1 { font-size: 1.5rem; line-height: 1.25; }
a { color: var(--link); }
fieldset { border: 1px solid var(--line); border-radius: 0.5rem; margin: 1.5rem 0;
  padding: 0.5rem 1rem 1rem; }
legend { font-weight: 600; padding: 0 0.5rem; }
.choice { align-items: start; display: flex; gap: 0.75rem; padding: 0.5rem 0; }
.choice input { height: 1.25rem; margin: 0.125rem 0 0; width: 1.25rem; }
.choice small { display: block; }
.actions { align-items: center; display: flex; flex-wrap: wrap; gap: 0.75rem; }
.field { margin: 0.75rem 0; }
.field label { display: block; }
.field span { display: block; font-weight: 600; }
.field small { color: var(--soft); display: block; }
input, select, textarea { background: var(--card); border: 1px solid var(--field);
  border-radius: 0.375rem; color: var(--text); font: inherit; max-width: 100%;
  padding: 0.375rem 0.5rem; }
input[type="radio"], input[type="checkbox"] { padding: 0; }
.field input, .field textarea { width: 100%; }
button { background: var(--card); border: 2px solid var(--field); border-radius: 0.5rem;
  color: var(--text); cursor: pointer; font: inherit; min-height: 2.75rem;
  padding: 0.25rem 1.25rem; }
button:hover { border-color: var(--text); }
button.main { background: var(--main); border-color: var(--main); color: var(--on-main);
  font-weight: 600; }
button.bad { border-color: var(--bad); color: var(--bad); }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
summary { cursor: pointer; padding: 0.375rem 0; }
.sandbox { border: 1px dashed var(--field); border-radius: 0.5rem; padding: 0.5rem 1rem; }
.problem { border: 1px solid; border-left-width: 0.5rem; border-radius: 0.375rem;
  color: var(--bad); padding: 0.5rem 0.75rem; }
dl { display: grid; gap: 0.25rem 1rem; grid-template-columns: max-content minmax(0, 1fr);
  margin: 0; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
pre { white-space: pre-wrap; }
.words { font: inherit; margin: 0; }
"""
"""What every sheet begins with."""

PAPER: Final = Sheet.of(BASE)
"""The sheet of the pages that the service has too."""
