"""A view of Flask around a receiver."""

from __future__ import annotations

from collections.abc import Callable

import flask

from .blocking import WebhookReceiver
from .intake import ANSWER_HEADERS, METHOD
from .wsgi import WSGIBody, headers_of

__all__ = ("flask_view",)


def flask_view(receiver: WebhookReceiver) -> Callable[[], flask.Response]:
    """
    Make a view for ``add_url_rule`` of an application or a blueprint of a receiver.

    Nothing may read the body before it. Close the receiver when the application ends, or
    leave it to the exit of the interpreter.

    Args:
        receiver: Takes the callbacks.
    """

    def cronofy_webhook() -> flask.Response:
        environ = flask.request.environ
        with WSGIBody(environ) as body:
            status = receiver.receive(flask.request.method, headers_of(environ), body.read)
        return flask.Response(status=status, headers=ANSWER_HEADERS.get(status))

    # Where Flask looks for them.
    cronofy_webhook.methods = (METHOD,)  # type: ignore[attr-defined]
    return cronofy_webhook
