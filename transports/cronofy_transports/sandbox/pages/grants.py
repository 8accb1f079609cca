"""Pages on which something is granted or refused, and that send the browser back with that."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import attrs

from cronofy_async.core.wire import Request, Response

from ..world import World
from .forms import Button, Form, Option
from .html import Html, redirect, text, with_query

__all__ = ("Grant",)

_BUTTONS: Final = (Button("approve", "Approve"), Button("deny", "Deny", needs_choice=False))


def _nothing() -> None:
    """Nothing is to be done."""


@attrs.frozen(kw_only=True)
class Grant:
    """
    Something to approve or to deny.

    Attributes:
        title: What it is about.
        introduction: What there is to know.
        redirect_uri: Where the browser goes afterwards.
        approve: Carries it out, given what was chosen; gives the parameters with which
            the browser goes on.
        legend: What can be chosen, if anything.
        choices: From what, and what each says.
        state: Goes on with the browser too.
        close: Called after any decision.
    """

    title: str
    introduction: Html
    redirect_uri: str
    approve: Callable[[str], Mapping[str, str]]
    legend: str = ""
    choices: Mapping[str, str] = attrs.field(factory=dict)
    state: str | None = None
    close: Callable[[], None] = _nothing

    def answer(self, world: World, request: Request) -> Response:
        """Show the page, or act on its form."""
        form = Form(world, request)
        if request.method != "POST":
            return form.page(
                self.title,
                self.introduction,
                _BUTTONS,
                legend=self.legend,
                options=[Option(value, text(label)) for value, label in self.choices.items()],
                leads_to=self.redirect_uri,
            )
        given = form.given()
        if given is None:
            return form.refused()
        answer = {"error": "access_denied"}
        if given.get("decision") == "approve":
            answer = self._approve(given.get("choice", ""))
        self.close()
        return redirect(with_query(self.redirect_uri, {**answer, "state": self.state}))

    def _approve(self, choice: str) -> dict[str, str]:
        if self.choices and choice not in self.choices:
            return {"error": "invalid_request"}
        return dict(self.approve(choice))
