"""How the dashboard looks: what it adds to the other pages."""

from __future__ import annotations

from typing import Final

from ..style import BASE, Sheet

__all__ = ("SHEET",)

_ADDED: Final = """
:root { --c0: #1d4ed8; --c1: #b45309; --c2: #047857; --c3: #a21caf; --c4: #b91c1c; --c5: #0e7490;
  --tint: #f0efed; }
@media (prefers-color-scheme: dark) { :root { --c0: #93b4ff; --c1: #fbbf6b; --c2: #6ee7b7;
  --c3: #f0abfc; --c4: #fca5a5; --c5: #67e8f9; --tint: #2a2725; } }
header { align-items: baseline; background: var(--card); border-bottom: 1px solid var(--line);
  display: flex; flex-wrap: wrap; gap: 0.25rem 2rem; padding: 0.75rem 1.5rem; }
header p { margin: 0; }
header p + nav + p, footer { color: var(--soft); }
header > p:last-child { margin-left: auto; }
.name { font-weight: 700; }
nav ul { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; list-style: none; margin: 0;
  padding: 0; }
nav a { display: inline-block; padding: 0.25rem 0; text-decoration: none; }
nav a:hover { text-decoration: underline; }
nav a[aria-current] { border-bottom: 3px solid; color: var(--text); font-weight: 600; }
.skip { background: var(--card); left: 0.5rem; padding: 0.5rem; position: absolute; top: -4rem; }
.skip:focus { top: 0.5rem; }
.unseen { clip-path: inset(50%); height: 1px; overflow: hidden; position: absolute;
  white-space: nowrap; width: 1px; }
main { max-width: 80rem; padding: 1rem 1.5rem 3rem; }
main:focus { outline: none; }
footer { font-size: 0.875rem; margin: 0 auto; max-width: 80rem; padding: 0 1.5rem 2rem; }
h1, h2, h3 { overflow-wrap: anywhere; }
h2 { font-size: 1.125rem; line-height: 1.3; margin: 0 0 0.75rem; }
h3 { font-size: 1rem; margin: 1.25rem 0 0.5rem; }
section { background: var(--card); border: 1px solid var(--line); border-radius: 0.75rem;
  margin: 1rem 0; padding: 1rem 1.25rem 1.25rem; }
.columns { display: grid; gap: 1rem;
  grid-template-columns: repeat(auto-fit, minmax(min(22rem, 100%), 1fr)); }
.columns section { margin: 0; }
.columns > * { min-width: 0; }
.done { border: 1px solid; border-left-width: 0.5rem; border-radius: 0.375rem;
  color: var(--main); padding: 0.5rem 0.75rem; }
.none, .hint { color: var(--soft); margin: 0; }
code { font-family: ui-monospace, monospace; font-size: 0.9em; overflow-wrap: anywhere; }
.wide { overflow-x: auto; position: relative; }
table { border-collapse: collapse; width: 100%; }
caption { color: var(--soft); font-size: 0.875rem; padding: 0 0 0.375rem; text-align: left; }
th, td { border-bottom: 1px solid var(--line); padding: 0.5rem 0.75rem 0.5rem 0; text-align: left;
  vertical-align: top; }
thead th { color: var(--soft); font-size: 0.875rem; font-weight: 600; }
tbody th { font-weight: 600; }
tbody tr:last-child > * { border-bottom: 0; }
td time { white-space: nowrap; }
td form { margin-left: 0.5rem; }
.plain form { margin: 0; }
td form, .inline form { display: inline-block; }
td button, .inline button { border-width: 1px; min-height: 2rem; padding: 0 0.75rem; }
.row { align-items: end; display: flex; flex-wrap: wrap; gap: 0.75rem; }
.row .field { margin: 0; }
.row .field input { width: auto; }
.row input[type="number"] { width: 6rem; }
.field select { min-width: 10rem; }
.row input, .row select { min-height: 2.5rem; }
.row button { min-height: 2.5rem; padding: 0 1rem; }
.plain { list-style: none; margin: 0; padding: 0; }
.plain li { align-items: center; display: flex; flex-wrap: wrap; gap: 0.25rem 0.75rem;
  padding: 0.125rem 0; }
.week { border-left: 1px solid var(--line); table-layout: fixed; min-width: 60rem; }
.week th, .week td { border-bottom: 1px solid var(--line); border-right: 1px solid var(--line);
  padding: 0.125rem 0.25rem; }
.week thead th { padding: 0.375rem; text-align: center; }
.week thead th[aria-current] { background: var(--tint); color: var(--text); }
.week tbody th { color: var(--soft); font-size: 0.8125rem; font-weight: 400; white-space: nowrap; }
.week tbody tr.half > *:not([rowspan]) { border-bottom-style: dotted; }
.week td { height: 1.5rem; }
.week .hour { width: 4rem; }
.week .day { width: calc((100% - 4rem) / 7); }
.event { background: var(--tint); font-size: 0.8125rem; line-height: 1.3;
  overflow-wrap: anywhere; padding: 0.125rem 0.375rem; }
.week td.event { border-bottom: 2px solid var(--card); padding: 0.125rem 0.375rem; }
div.event + div.event { margin-top: 0.125rem; }
.event a { color: var(--text); font-weight: 600; }
.event small { color: var(--soft); display: block; font-size: 0.75rem; }
.week .c0, .key .c0 { border-left: 0.3rem solid var(--c0); }
.week .c1, .key .c1 { border-left: 0.3rem solid var(--c1); }
.week .c2, .key .c2 { border-left: 0.3rem solid var(--c2); }
.week .c3, .key .c3 { border-left: 0.3rem solid var(--c3); }
.week .c4, .key .c4 { border-left: 0.3rem solid var(--c4); }
.week .c5, .key .c5 { border-left: 0.3rem solid var(--c5); }
.key { display: flex; flex-wrap: wrap; gap: 0.5rem 1.25rem; list-style: none; margin: 0.75rem 0;
  padding: 0; }
.key li { font-size: 0.875rem; padding-left: 0.5rem; }
"""

SHEET: Final = Sheet.of(BASE, _ADDED)
"""The sheet of every page of the dashboard."""
