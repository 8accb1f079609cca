"""What the API speaks about, as frozen attrs classes, in groups loaded at first use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..core.lazy import exports

if TYPE_CHECKING:
    from .calendars import *
    from .times import *

__getattr__, __dir__ = exports(__name__, ("times", "calendars"))
