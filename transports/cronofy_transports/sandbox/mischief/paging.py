"""Actions that are done to answers in pages."""

from __future__ import annotations

from functools import cache
from typing import Any, ClassVar, Final, Literal
from urllib.parse import urlsplit

import attrs

from cronofy_async.core.errors import InvalidArgumentError
from cronofy_async.core.paging import PagedOperation
from cronofy_async.operations.catalog import all_operations

from ..faults import Action, Meeting
from ..handlers.pages import entry_before
from .bodies import object_of, with_object
from .case import Case, Struck
from .checks import header_text, one_of

__all__ = ("Entries", "NextPage", "Total")

_PAGES: Final = "pages"


@cache
def _paged() -> frozenset[str]:
    """The names of the operations whose answers come in pages."""
    return frozenset(each.__name__ for each in all_operations() if issubclass(each, PagedOperation))


@attrs.frozen
class _Page:
    """A page that was opened to be changed."""

    case: Case
    body: dict[str, Any]

    @property
    def pages(self) -> dict[str, Any]:
        """What it says of the others."""
        found: dict[str, Any] = self.body[_PAGES]
        return found

    @property
    def entries(self) -> list[Any]:
        """What is on it."""
        operation: Any = self.case.operation
        found: list[Any] = self.body[operation.items]
        return found

    @property
    def name(self) -> str:
        """The last part of its URL, which names further pages."""
        return self.case.request.path.rstrip("/").rpartition("/")[2]

    @property
    def url(self) -> str:
        """Where it was asked for."""
        url = self.case.request.url
        return url if "://" in url else self.case.world.origin + url


@attrs.frozen(kw_only=True)
class _OfPages(Action):
    def concerns(self, met: Meeting) -> bool:
        """Whether the answer comes in pages."""
        return met.operation in _paged()

    def act(self, case: Case) -> Struck | None:
        """Change what the page says, if there is something to change."""
        body = object_of(case.answer)
        if body is None or not self.change(_Page(case, body)):
            return None
        return Struck(response=with_object(case.answer, body))

    def change(self, page: _Page) -> bool:
        """Change it; returns whether there was anything to change."""
        raise NotImplementedError


@attrs.frozen(kw_only=True)
class Entries(_OfPages):
    """
    Puts an entry where it does not belong, or an order where there is none.

    Attributes:
        form: ``doubled``: a page's first entry comes twice on it; ``repeated``: the last
            entry of the page before comes again, as it looks now, as if entries had moved
            between the two reads; ``reversed``: the entries come in reverse.
    """

    name: ClassVar[str] = "entries"

    form: Literal["doubled", "repeated", "reversed"] = attrs.field(
        default="doubled", validator=one_of("doubled", "repeated", "reversed")
    )

    def change(self, page: _Page) -> bool:
        entries = page.entries
        if self.form == "repeated":
            earlier = entry_before(page.case.world, page.name)
            if earlier is None:
                return False
            entries.insert(0, earlier)
        elif self.form == "doubled":
            entries[:1] *= 2
        else:
            entries.reverse()
        return bool(entries)


@attrs.frozen(kw_only=True)
class NextPage(_OfPages):
    """
    Leads astray from page to page.

    Attributes:
        form: Where ``next_page`` leads. ``host``, ``scheme`` and ``port``: to the true page,
            but on another host, by http in place of https or the other way round, or on
            another port; ``self``: to the page that it stands on; ``cycle``: from the third
            page back to the second; ``beyond``: from the last page to itself, though it is
            the last. ``none``: it is missing, though there are more pages.
        host: With ``host``: which, perhaps with a port.
    """

    name: ClassVar[str] = "next_page"

    form: Literal["host", "scheme", "port", "self", "cycle", "beyond", "none"] = attrs.field(
        validator=one_of("host", "scheme", "port", "self", "cycle", "beyond", "none")
    )
    host: str = attrs.field(default="elsewhere.example", validator=header_text)

    def change(self, page: _Page) -> bool:
        pages = page.pages
        true = pages.get("next_page")
        if self.form == "beyond":
            if true is not None:
                return False
            pages["next_page"] = page.url
        elif self.form == "cycle":
            second = page.case.world.shelf.second_page(page.name)
            if second is None or pages.get("current") != 3:
                return False
            pages["next_page"] = page.url.rstrip("/").rpartition("/")[0] + f"/{second}"
            # Whoever takes the count for granted would stop there.
            pages["total"] = max(pages["total"], 4)
        elif true is None:
            return False
        elif self.form == "none":
            del pages["next_page"]
        else:
            pages["next_page"] = page.url if self.form == "self" else self._elsewhere(true)
        return True

    def _elsewhere(self, url: str) -> str:
        parts = urlsplit(url)
        if self.form == "host":
            return parts._replace(netloc=self.host).geturl()
        if self.form == "scheme":
            return parts._replace(scheme="https" if parts.scheme == "http" else "http").geturl()
        host, port = parts.hostname or "", (parts.port or 443) % 65535 + 1
        return parts._replace(
            netloc=f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        ).geturl()


def _more(_: Any, field: attrs.Attribute[Any], value: Any) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or value == 0:
        raise InvalidArgumentError(field.name, f"{value!r} is no lie", "give 1, -1 or more")


@attrs.frozen(kw_only=True)
class Total(_OfPages):
    """
    Says that there are more pages than there are, or fewer.

    Attributes:
        more: By how many; negative: fewer, though never less than one.
    """

    name: ClassVar[str] = "total"

    more: int = attrs.field(default=1, validator=_more)

    def change(self, page: _Page) -> bool:
        true: int = page.pages["total"]
        page.pages["total"] = max(1, true + self.more)
        return bool(page.pages["total"] != true)
