"""
Every call of the API, one frozen attrs class each, by chapter of its reference.

The classes are values: make one, look at its request, send it with any client, put
it into a batch. `parse` goes the other way and reads a request back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..core.lazy import exports
from .catalog import CHAPTERS
from .catalog import all_operations as all_operations
from .catalog import parse as parse

if TYPE_CHECKING:
    from .calendars import *

__getattr__, __dir__ = exports(__name__, CHAPTERS)
