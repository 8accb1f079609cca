"""Actions that put another answer in the place of the true one."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any, ClassVar, Final, Literal

import attrs

from cronofy_async.core.errors import InvalidArgumentError
from cronofy_async.core.wire import Response

from ..faults import Action
from ..refusals import Invalid, OAuthRefusal, Refusal
from ..writer import phrase, refusal_response
from .case import Case, Struck
from .checks import header_text, is_number, one_of, text, whole

__all__ = ("Redirect", "Status", "When")

When = Literal["before", "after"]

# Dates end with the year 9999.
_LAST: Final = datetime(9999, 12, 31, tzinfo=UTC).timestamp()
_REDIRECTS: Final = (301, 302, 303, 307, 308)
_HTML: Final = (
    "<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n"
    "<center><h1>{title}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
)

_optional: Final = attrs.validators.optional
_when: Final = one_of("before", "after")


@attrs.frozen(kw_only=True)
class _Instead(Action):
    """
    Answers with something else.

    Attributes:
        when: ``before``: the call is not carried out; ``after``: it was, and nobody is told.
    """

    when: When = attrs.field(default="before", validator=_when)

    @property
    def carries_out(self) -> bool:
        return self.when == "after"


def _wait(_: Any, field: attrs.Attribute[Any], value: Any) -> None:
    if isinstance(value, str):
        header_text(_, field, value)
    elif not is_number(value):
        raise InvalidArgumentError(
            field.name,
            f"{value!r} cannot be sent as it is",
            "give a number, or any text: '-1', 'inf', 'soon'",
        )


def _moment(_: Any, field: attrs.Attribute[Any], value: Any) -> None:
    if not is_number(value) or abs(value) > 10**10:
        raise InvalidArgumentError(
            field.name,
            f"{value!r} leads to no date",
            "give seconds from now, negative for the past",
        )


@attrs.frozen(kw_only=True)
class Status(_Instead):
    """
    Answers with a status of 4xx or 5xx.

    Attributes:
        status: From 400 to 599.
        body: ``service``: what the service sends with this status, which is nothing but for
            400 and 422; ``html``: the page of a gateway; ``none``: nothing.
        error: With 400: OAuth's code, for example ``invalid_grant``.
        field: With 422: the parameter that is complained about.
        retry_after: The header of that name, as it is: ``0``, ``2.5``, ``"-1"``, ``"inf"``
            or ``"soon"``; `None`: there is none.
        retry_at: The same as an HTTP-date, so many seconds from now by the sandbox's clock;
            negative: in the past.
    """

    name: ClassVar[str] = "status"

    status: int = attrs.field(validator=whole(400, 599))
    body: Literal["service", "html", "none"] = attrs.field(
        default="service", validator=one_of("service", "html", "none")
    )
    error: str = attrs.field(default="invalid_request", validator=text)
    field: str = attrs.field(default="", validator=text)
    retry_after: int | float | str | None = attrs.field(default=None, validator=_optional(_wait))
    retry_at: float | None = attrs.field(default=None, validator=_optional(_moment))

    def __attrs_post_init__(self) -> None:
        if self.retry_after is not None and self.retry_at is not None:
            raise InvalidArgumentError(
                "retry_at", "is the same header as retry_after", "give one of them"
            )

    @property
    def in_batches(self) -> bool:
        # The data of an entry are JSON.
        return self.body != "html"

    def act(self, case: Case) -> Struck:
        """Answer with the status."""
        made = self._made()
        retry = self._retry(case.world.clock.time())
        if retry is not None:
            made = attrs.evolve(made, headers=(*made.headers, ("retry-after", retry)))
        return Struck(response=made)

    def _made(self) -> Response:
        if self.body == "none":
            return Response(self.status)
        if self.body == "html":
            page = _HTML.format(title=f"{self.status} {phrase(self.status)}")
            return Response(self.status, {"content-type": "text/html"}, page.encode())
        refusal = Refusal(self.status)
        if self.status == 400:
            refusal = OAuthRefusal(self.error)
        elif self.status == 422:
            refusal = Invalid.field(self.field, "is refused by a fault of the sandbox")
        return refusal_response(refusal)

    def _retry(self, now: float) -> str | None:
        if self.retry_at is None:
            return None if self.retry_after is None else str(self.retry_after)
        moment = min(max(now + self.retry_at, 0), _LAST)
        return format_datetime(datetime.fromtimestamp(moment, UTC), usegmt=True)


@attrs.frozen(kw_only=True)
class Redirect(_Instead):
    """
    Answers with a redirect, which the service never does.

    Attributes:
        status: 301, 302, 303, 307 or 308.
        location: Where to, as it is: a path, or a URL of any host; `None`: to itself.
    """

    name: ClassVar[str] = "redirect"

    status: int = attrs.field(default=302, validator=one_of(*_REDIRECTS))
    location: str | None = attrs.field(default=None, validator=_optional(header_text))

    def act(self, case: Case) -> Struck:
        """Answer with the redirect."""
        location = case.request.url if self.location is None else self.location
        return Struck(response=Response(self.status, {"location": location}))
