"""
Token stores that outlive the process and are shared by many.

`SQLiteTokenStore` for the processes of one machine, `RedisTokenStore` (extra ``redis``)
for many machines. Both encrypt if they are given keys (extra ``secure``).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..core.lazy import exports as _exports

if TYPE_CHECKING:
    from .redis import RedisTokenStore
    from .sealing import new_key
    from .sqlite import SQLiteTokenStore

__all__ = ("RedisTokenStore", "SQLiteTokenStore", "new_key")

__getattr__: Callable[[str], Any]
__dir__: Callable[[], list[str]]
__getattr__, __dir__ = _exports(__name__, ("sealing", "sqlite", "redis"), __all__)
