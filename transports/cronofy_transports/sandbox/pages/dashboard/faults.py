"""Faults and the quota: what goes wrong with the service, and how often."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import attrs

from cronofy_async.models.notifications import NotificationType
from cronofy_async.operations.catalog import all_operations

from ...faults import Action as Mischief
from ...faults import Fault, Rule
from ...mischief import ACTIONS
from ...quota import PER_MINUTE, PER_SECOND
from ...refusals import Invalid
from ..html import Html, text
from .accounts import name_of
from .frame import Action, Page, View, Visit
from .parts import button, entry, join, section, select, table, unseen

__all__ = ("PAGE",)

_PARAMETER: Final = "parameter_"
_ATTRIBUTE: Final = re.compile(r" {4}(\w+): (.*)")
_ANY: Final = {"": "any"}
_WHOLE: Final = ("after", "times", "every")
_TEXTS: Final = ("operation", "path", "method", "account", "notification")


def _show(visit: Visit) -> View:
    chosen = visit.given.get("action") or visit.query("action")
    kind = ACTIONS.get(chosen) or next(iter(ACTIONS.values()))
    return View(
        title="Faults",
        body=join(_rules(visit), _new(visit, kind), _quota(visit)),
    )


# Those there are ----------------------------------------------------------------------


def _rules(visit: Visit) -> Html:
    rules = list(visit.sandbox.faults)
    rows = (_row(visit, each) for each in rules)
    headings = ("Fault", "What happens", "To which calls", "Seen", "Struck", "Remove")
    listed = table("In the order in which they are asked", headings, rows)
    clear = visit.form("clear", button("Remove all", look="bad")) if rules else ""
    return section("Faults", listed, clear)


def _row(visit: Visit, rule: Rule) -> tuple[object, ...]:
    remove = visit.form("remove", button("Remove", rule.fault_id), fault_id=rule.fault_id)
    struck = f"{rule.struck}, spent" if rule.spent else str(rule.struck)
    action = rule.fault.action
    what = ", ".join((action.name, *_set(action)))
    return rule.fault_id, what, ", ".join(_set(rule.fault)) or "all", rule.seen, struck, remove


def _set(value: Mischief | Fault) -> Iterator[str]:
    """What is not as it is by default."""
    for each in attrs.fields(type(value)):
        given = getattr(value, each.name)
        if each.name != "action" and given != each.default:
            yield f"{each.name} {given}"


# A new one ----------------------------------------------------------------------------


def _new(visit: Visit, kind: type[Mischief]) -> Html:
    actions = {name: name.replace("_", " ") for name in ACTIONS}
    return section(
        "New fault",
        f'<form action="{text(visit.request.path)}">\n<div class="row">\n',
        select("What happens", "action", actions, kind.name),
        button("Choose"),
        "</div>\n</form>\n",
        f"<h3>{text(actions[kind.name].capitalize())}</h3>\n",
        f'<p class="hint">{text(_plain(_summary(kind)))}</p>\n',
        visit.form(
            "add",
            '<div class="columns">\n<div>\n',
            *_parameters(visit.given, kind),
            "</div>\n<div>\n",
            _scope(visit, kind),
            "</div>\n</div>\n",
            button("Add the fault", look="main"),
            action=kind.name,
        ),
    )


def _parameters(kept: Mapping[str, str], kind: type[Mischief]) -> Iterator[Html]:
    hints = _hints(kind)
    for each in attrs.fields(kind):
        needed = each.default is attrs.NOTHING
        further = {"required": ""} if needed else {}
        hint = hints.get(each.name, "")
        if not needed and each.default not in (None, ""):
            hint = f"{hint} Left out: {each.default}."
        name = _PARAMETER + each.name
        label = each.name.replace("_", " ").capitalize()
        yield entry(label, name, value=kept.get(name, ""), hint=hint.strip(), **further)


def _summary(kind: type[Mischief]) -> str:
    return (inspect.getdoc(kind) or "").partition("\n\n")[0]


def _hints(kind: type[Mischief]) -> dict[str, str]:
    """What the docstrings say of an action's attributes, those of its bases too."""
    found: dict[str, str] = {}
    for each in reversed(kind.__mro__):
        name = ""
        for line in inspect.cleandoc(each.__doc__ or "").partition("Attributes:")[2].splitlines():
            begins = _ATTRIBUTE.match(line)
            if begins is not None:
                name, found[begins[1]] = begins[1], begins[2]
            elif name and line.strip():
                found[name] += f" {line.strip()}"
    return {name: _plain(words) for name, words in found.items()}


def _plain(words: str) -> str:
    return " ".join(words.replace("`", "").replace("None:", "left out:").split())


def _scope(visit: Visit, kind: type[Mischief]) -> Html:
    kept = visit.given
    accounts = {sub: name_of(each) for sub, each in visit.world.accounts.items()}
    if kind.of_notifications:
        types = {each: each for each in NotificationType}
        first = select("Notification", "notification", _ANY | types, kept.get("notification", ""))
    else:
        names = {each: each for each in sorted(each.__name__ for each in all_operations())}
        first = select("Operation", "operation", _ANY | names, kept.get("operation", ""))
    return join(
        first,
        select("Account", "account", _ANY | accounts, kept.get("account", "")),
        entry("Path begins with", "path", value=kept.get("path", "")),
        _number(kept, "Matching calls that pass first", "after", "0"),
        _number(kept, "How many are struck", "times", "1", "Left out: for ever."),
        _number(kept, "Only each n-th", "every", "1"),
        entry(
            "Probability",
            "probability",
            kind="number",
            value=kept.get("probability", ""),
            hint="Above 0 and up to 1. Left out: always.",
            step="any",
        ),
    )


def _number(kept: Mapping[str, str], label: str, name: str, least: str, hint: str = "") -> Html:
    return entry(label, name, kind="number", value=kept.get(name, ""), hint=hint, min=least)


def _add(visit: Visit) -> None:
    given = {name: value for name, value in visit.given.items() if value}
    parameters: dict[str, Any] = {
        name.removeprefix(_PARAMETER): _value(value)
        for name, value in given.items()
        if name.startswith(_PARAMETER)
    }
    scope: dict[str, Any] = {name: given[name] for name in _TEXTS if name in given}
    for name in _WHOLE:
        if name in given:
            scope[name] = _parsed(name, given[name], int)
    if "probability" in given:
        scope["probability"] = _parsed("probability", given["probability"], float)
    visit.control.add_fault(given.get("action", ""), **scope, **parameters)


def _value(words: str) -> Any:
    """A number or a truth value, where it is written as one; text otherwise."""
    try:
        return json.loads(words, parse_constant=lambda _: words)
    except ValueError:
        return words


def _parsed(name: str, words: str, kind: type[int | float]) -> int | float:
    try:
        return kind(words)
    except ValueError:
        raise Invalid.field(name, "must be a number") from None


# The quota ----------------------------------------------------------------------------


def _quota(visit: Visit) -> Html:
    quota = None if visit.sandbox.meter is None else visit.sandbox.meter.quota
    second = "" if quota is None or quota.per_second is None else str(quota.per_second)
    minute = "" if quota is None or quota.per_minute is None else str(quota.per_minute)
    limits = [f"{n} a {unit}" for n, unit in ((second, "second"), (minute, "minute")) if n]
    state = f"Calls are limited to {' and '.join(limits)}." if limits else "There is no quota."
    return section(
        "Quota",
        f"<p>{state} The service's own is {PER_SECOND} a second and {PER_MINUTE} a minute.</p>\n",
        visit.form(
            "limit",
            '<div class="row">\n',
            entry("Calls a second", "per_second", kind="number", value=second, min="1"),
            entry("Calls a minute", "per_minute", kind="number", value=minute, min="1"),
            button("Set the quota"),
            unseen("Left empty: no limit."),
            "</div>\n",
        ),
    )


def _limit(visit: Visit) -> None:
    given = {
        name: int(_parsed(name, value, int)) if value else None
        for name in ("per_second", "per_minute")
        for value in (visit.given.get(name, ""),)
    }
    visit.control.limit_requests(**given)


def _remove(visit: Visit) -> None:
    visit.control.remove_fault(visit.given.get("fault_id", ""))


def _clear(visit: Visit) -> None:
    visit.control.clear_faults()


PAGE: Final = Page(
    show=_show,
    menu="Faults",
    actions={
        "add": Action(_add, "The fault was added."),
        "remove": Action(_remove, "The fault was removed."),
        "clear": Action(_clear, "All faults were removed."),
        "limit": Action(_limit, "The quota was set."),
    },
)
