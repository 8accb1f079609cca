"""What the API speaks about, as frozen attrs classes, in groups loaded at first use."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..core.lazy import exports

if TYPE_CHECKING:
    from .add_to_calendar import *
    from .applications import *
    from .attachments import *
    from .authorization import *
    from .availability import *
    from .availability_rules import *
    from .availability_search import *
    from .available_periods import *
    from .batch import *
    from .bookable_events import *
    from .calendars import *
    from .callbacks_authorization import *
    from .callbacks_events import *
    from .channels import *
    from .enterprise_connect import *
    from .event_details import *
    from .event_template import *
    from .events import *
    from .identity import *
    from .meeting_agents import *
    from .notifications import *
    from .organizations import *
    from .participants import *
    from .permissions import *
    from .real_time_scheduling import *
    from .real_time_sequencing import *
    from .scheduling_callbacks import *
    from .scheduling_conversations import *
    from .scheduling_requests import *
    from .sequenced_availability import *
    from .smart_invites import *
    from .subscriptions import *
    from .times import *

__getattr__: Callable[[str], Any]
__dir__: Callable[[], list[str]]
__getattr__, __dir__ = exports(
    __name__,
    (
        "times",
        "calendars",
        "identity",
        "authorization",
        "permissions",
        "enterprise_connect",
        "organizations",
        "applications",
        "events",
        "event_details",
        "event_template",
        "subscriptions",
        "attachments",
        "meeting_agents",
        "channels",
        "batch",
        "notifications",
        "callbacks_authorization",
        "callbacks_events",
        "participants",
        "availability",
        "availability_search",
        "availability_rules",
        "available_periods",
        "real_time_scheduling",
        "sequenced_availability",
        "real_time_sequencing",
        "smart_invites",
        "bookable_events",
        "scheduling_conversations",
        "scheduling_requests",
        "add_to_calendar",
        "scheduling_callbacks",
    ),
)
