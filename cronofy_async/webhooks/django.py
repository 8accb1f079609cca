"""A view of Django around a receiver."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any, overload

from django.core.exceptions import ImproperlyConfigured
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpResponse

from .blocking import WebhookReceiver
from .intake import ANSWER_HEADERS, CHUNK
from .receiver import AsyncWebhookReceiver
from .wsgi import WSGIBody, headers_of

__all__ = ("django_view",)


@overload
def django_view(receiver: WebhookReceiver) -> Callable[..., Any]: ...
@overload
def django_view(receiver: AsyncWebhookReceiver) -> Callable[..., Awaitable[Any]]: ...


def django_view(receiver: WebhookReceiver | AsyncWebhookReceiver) -> Callable[..., Any]:
    """
    Make a view for ``urlpatterns`` of a receiver: an asynchronous one of an asynchronous receiver.

    It asks for no CSRF token, which Cronofy has not. Nothing may read the body before it.
    Under ASGI, Django itself has received the whole body before any view is called,
    however long that took and whatever its size: there, rather put `asgi_app` in front.

    Args:
        receiver: Takes the callbacks.

    Raises:
        django.core.exceptions.ImproperlyConfigured: By the view of an asynchronous receiver
            that is called under WSGI, where its event loop ends with the request.
    """
    view = _awaited(receiver) if isinstance(receiver, AsyncWebhookReceiver) else _blocking(receiver)
    view.csrf_exempt = True  # type: ignore[attr-defined]  # where Django looks for it
    return view


def _blocking(receiver: WebhookReceiver) -> Callable[..., Any]:
    def cronofy_webhook(request: Any) -> HttpResponse:
        headers = headers_of(request.META)
        if isinstance(request, ASGIRequest):
            # Django has all of it already.
            return _answer(
                receiver.receive(request.method, headers, lambda _: bytes(request.read(CHUNK)))
            )
        with WSGIBody(request.environ) as body:
            return _answer(receiver.receive(request.method, headers, body.read))

    return cronofy_webhook


def _awaited(receiver: AsyncWebhookReceiver) -> Callable[..., Any]:
    async def cronofy_webhook(request: Any) -> HttpResponse:
        if not isinstance(request, ASGIRequest):
            raise ImproperlyConfigured("under WSGI, give django_view a WebhookReceiver")

        async def read() -> bytes:
            return bytes(request.read(CHUNK))

        return _answer(await receiver.receive(request.method, headers_of(request.META), read))

    return cronofy_webhook


def _answer(status: HTTPStatus) -> HttpResponse:
    return HttpResponse(status=status, headers=ANSWER_HEADERS.get(status))
