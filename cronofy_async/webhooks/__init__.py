"""
A receiver of what Cronofy sends you, for the web framework that you have.

`AsyncWebhookReceiver` for applications that await, `WebhookReceiver` for those that do not.
They check, answer in time, and call your function after the answer. `asgi_app`,
`aiohttp_handler`, `flask_view` and `django_view` put them into a framework, which is
imported only then; for any other there is ``receive``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..core.lazy import exports as _exports

if TYPE_CHECKING:
    from .aiohttp import aiohttp_handler
    from .asgi import asgi_app
    from .blocking import WebhookReceiver
    from .django import django_view
    from .flask import flask_view
    from .limits import WebhookLimits
    from .receiver import AsyncWebhookReceiver

__all__ = (
    "AsyncWebhookReceiver",
    "WebhookLimits",
    "WebhookReceiver",
    "aiohttp_handler",
    "asgi_app",
    "django_view",
    "flask_view",
)

__getattr__: Callable[[str], Any]
__dir__: Callable[[], list[str]]
__getattr__, __dir__ = _exports(
    __name__, ("receiver", "blocking", "limits", "asgi", "aiohttp", "flask", "django"), __all__
)
