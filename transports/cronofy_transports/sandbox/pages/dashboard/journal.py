"""The journal: every request that the service answered, the latest first."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Final

from ...journal import Entry
from ..html import Html, text
from .accounts import name_of
from .frame import Page, View, Visit
from .parts import button, join, link, section, select, shown_moment, table
from .places import link_to

__all__ = ("PAGE",)

_PAGE: Final = 50
_FILTERS: Final = ("operation", "account", "status")
_BEFORE: Final = "before"


def _show(visit: Visit) -> View:
    found = list(islice(_matching(visit), _PAGE + 1))
    shown = found[:_PAGE]
    steps: list[Html] = []
    if visit.query(_BEFORE):
        steps.append(link(visit.here(before=None), "Latest requests"))
    if len(found) > _PAGE:
        steps.append(link(visit.here(before=str(shown[-1].sequence)), "Earlier requests"))
    return View(
        title="Journal",
        body=join(
            _filter(visit),
            section(
                "Requests",
                table(
                    "The latest first",
                    ("Number", "Time", "Request", "Operation", "Account", "Status", "Remarks"),
                    (_row(visit, each) for each in shown),
                ),
                f'<nav aria-label="Further requests">\n{" ".join(steps)}\n</nav>\n'
                if steps
                else "",
            ),
        ),
    )


def _matching(visit: Visit) -> Iterator[Entry]:
    wanted = {name: visit.query(name) for name in _FILTERS if visit.query(name)}
    before = visit.query(_BEFORE)
    last = int(before) if before.isascii() and before.isdigit() and len(before) < 20 else None
    for each in reversed(tuple(visit.sandbox.journal)):
        if (last is None or each.sequence < last) and all(
            _said(each, name) == value for name, value in wanted.items()
        ):
            yield each


def _said(entry_: Entry, name: str) -> str:
    value = getattr(entry_, name)
    return "" if value is None else str(value)


def _filter(visit: Visit) -> Html:
    found: dict[str, set[str]] = {name: set() for name in _FILTERS}
    for each in visit.sandbox.journal:
        for name, values in found.items():
            values.add(_said(each, name))
    accounts = {
        sub: name_of(visit.world.accounts[sub]) if sub in visit.world.accounts else sub
        for sub in sorted(found["account"])
        if sub
    }
    operations = {each: each for each in sorted(found["operation"]) if each}
    statuses = {each: each for each in sorted(found["status"])}
    return section(
        "Show only",
        f'<form action="{text(visit.request.path)}">\n<div class="row">\n',
        select("Operation", "operation", {"": "all", **operations}, visit.query("operation")),
        select("Account", "account", {"": "all", **accounts}, visit.query("account")),
        select("Status", "status", {"": "all", **statuses}, visit.query("status")),
        button("Show"),
        "</div>\n</form>\n",
    )


def _row(visit: Visit, each: Entry) -> tuple[object, ...]:
    account = visit.world.accounts.get(each.account or "")
    who = link(link_to("account", sub=account.sub), name_of(account)) if account else each.account
    names = f"?{'&'.join(each.parameters)}" if each.parameters else ""
    return (
        each.sequence,
        shown_moment(each.at),
        Html(f"<code>{text(f'{each.method} {each.path}{names}')}</code>"),
        each.operation or "",
        who or "",
        "none" if each.status is None else each.status,
        "; ".join(_remarks(each)),
    )


def _remarks(each: Entry) -> Iterator[str]:
    if each.errors:
        yield f"refused: {', '.join(each.errors)}"
    if each.fault is not None:
        yield f"fault: {each.fault}"
    if not each.carried_out:
        yield "not carried out"
    if not each.delivered:
        yield "the answer did not arrive"


PAGE: Final = Page(show=_show, menu="Journal")
