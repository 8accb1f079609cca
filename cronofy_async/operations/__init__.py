"""
Every call of the API, one frozen attrs class each, by chapter of its reference.

The classes are values: make one, look at its request, send it with any client, put
it into a batch. `parse` goes the other way and reads a request back.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..core.lazy import exports
from .catalog import CHAPTERS
from .catalog import all_operations as all_operations
from .catalog import parse as parse

if TYPE_CHECKING:
    from .add_to_calendar import *
    from .applications import *
    from .attachments import *
    from .authorization import *
    from .availability import *
    from .availability_rules import *
    from .available_periods import *
    from .batch import *
    from .bookable_events import *
    from .bulk import *
    from .calendars import *
    from .channels import *
    from .enterprise_connect import *
    from .event_writes import *
    from .events import *
    from .identity import *
    from .meeting_agents import *
    from .organizations import *
    from .permissions import *
    from .real_time_scheduling import *
    from .real_time_sequencing import *
    from .scheduling_conversations import *
    from .scheduling_requests import *
    from .sequenced_availability import *
    from .smart_invites import *

__getattr__: Callable[[str], Any]
__dir__: Callable[[], list[str]]
__getattr__, __dir__ = exports(__name__, CHAPTERS)
