"""
A local copy of the events of many accounts that stays right.

`AsyncEventMirror` for asyncio and trio, `EventMirror` for code that does not await. The copy
is kept in a store: `SQLiteMirrorStore`, `SQLAlchemyMirrorStore` (extra ``sqlalchemy``), or
your own `MirrorStore`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..core.lazy import exports as _exports

if TYPE_CHECKING:
    from .alchemy import SQLAlchemyMirrorStore
    from .blocking import EventMirror
    from .changes import AsyncChanges
    from .errors import MirrorStoreError
    from .mirrors import AsyncEventMirror
    from .records import Change, ChangeKind, MirroredAccount, MirrorOutcome, RemovalReason
    from .sqlite import SQLiteMirrorStore
    from .stores import MirrorStore

__all__ = (
    "AsyncChanges",
    "AsyncEventMirror",
    "Change",
    "ChangeKind",
    "EventMirror",
    "MirrorOutcome",
    "MirrorStore",
    "MirrorStoreError",
    "MirroredAccount",
    "RemovalReason",
    "SQLAlchemyMirrorStore",
    "SQLiteMirrorStore",
)

__getattr__: Callable[[str], Any]
__dir__: Callable[[], list[str]]
__getattr__, __dir__ = _exports(
    __name__,
    (
        "errors",
        "records",
        "stores",
        "changes",
        "mirrors",
        "sqlite",
        "blocking",
        # Last, as it loads what few programs need.
        "alchemy",
    ),
    __all__,
)
