"""
What can go wrong: each action is a value, and is called by one name everywhere.

Loaded when it is first needed, as the sandbox does not need it to be ready.
"""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, Final

import attrs

from cronofy_async.core.errors import InvalidArgumentError

from ..faults import Action
from .answers import Redirect, Status
from .bodies import Body, ContentType, Unexpected
from .connections import Delay, Drip, Drop, Extra, Garbage, Gzip, Truncate
from .notifications import (
    DelayNotifications,
    DropNotifications,
    DuplicateNotifications,
    ReorderNotifications,
)
from .paging import Entries, NextPage, Total

__all__ = (
    "ACTIONS",
    "Body",
    "ContentType",
    "Delay",
    "DelayNotifications",
    "Drip",
    "Drop",
    "DropNotifications",
    "DuplicateNotifications",
    "Entries",
    "Extra",
    "Garbage",
    "Gzip",
    "NextPage",
    "Redirect",
    "ReorderNotifications",
    "Status",
    "Total",
    "Truncate",
    "Unexpected",
    "make",
)

ACTIONS: Final[Mapping[str, type[Action]]] = {
    action.name: action
    for action in (
        Status,
        Redirect,
        Delay,
        Drip,
        Drop,
        Truncate,
        Garbage,
        Extra,
        Gzip,
        Body,
        ContentType,
        Unexpected,
        Entries,
        NextPage,
        Total,
        DuplicateNotifications,
        DropNotifications,
        DelayNotifications,
        ReorderNotifications,
    )
}
"""Every action by its name; its attributes are its parameters."""


def make(name: str, parameters: Mapping[str, Any]) -> Action:
    """
    Make an action by its name.

    Raises:
        InvalidArgumentError: The name or a parameter is unknown, missing or wrong.
    """
    kind = ACTIONS.get(name) if isinstance(name, str) else None
    if kind is None:
        near = get_close_matches(str(name), ACTIONS, 3, 0.6)
        raise InvalidArgumentError(
            "action",
            f"there is no action {name!r}",
            f"did you mean {' or '.join(near)}?" if near else f"there are: {', '.join(ACTIONS)}",
        )
    fields = attrs.fields_dict(kind)
    for given in parameters:
        if given not in fields:
            known = ", ".join(fields) or "none"
            raise InvalidArgumentError(given, f"is no parameter of {name}", f"it takes {known}")
    for field in fields.values():
        if field.default is attrs.NOTHING and field.name not in parameters:
            raise InvalidArgumentError(field.name, "must be specified", f"{name} needs it")
    return kind(**parameters)
