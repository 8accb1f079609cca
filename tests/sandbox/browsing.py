"""Pages as a browser without scripts has them: what they say, their forms, and their flaws."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode

import attrs

from cronofy_async.core.wire import Response

from .wire import ORIGIN, Wire

__all__ = ("Browser", "Form", "Node", "Page", "Sheet", "Surfer", "flaws")

_EMPTY = frozenset({"meta", "input", "br", "link", "img", "hr"})
_CONTROLS = frozenset({"input", "select", "textarea"})
_LABELLED = frozenset({"a", "button", "summary", "legend", "caption", "th", "h1", "h2", "h3"})


@attrs.define(eq=False)
class Node:
    """An element: its attributes, and what is in it."""

    tag: str
    given: dict[str, str] = attrs.field(factory=dict)
    parent: Node | None = attrs.field(default=None, repr=False)
    children: list[Node | str] = attrs.field(factory=list, repr=False)

    @property
    def text(self) -> str:
        """What it says, in one line."""
        parts = (each if isinstance(each, str) else each.text for each in self.children)
        return " ".join(" ".join(parts).split())

    def all(self, *tags: str) -> list[Node]:
        """The elements in it of these kinds, in the order of the page; every one without."""
        found: list[Node] = []
        for each in self.children:
            if isinstance(each, Node):
                found += [each] if not tags or each.tag in tags else []
                found += each.all(*tags)
        return found

    def above(self) -> Iterator[Node]:
        """The elements that it is in, from the inside out."""
        node = self.parent
        while node is not None:
            yield node
            node = node.parent


@attrs.frozen
class Form:
    """A form: where it leads, what is in its fields, and its buttons' names, values and words."""

    action: str
    method: str
    fields: dict[str, str]
    buttons: list[tuple[str, str, str]]

    @classmethod
    def of(cls, node: Node) -> Form:
        """Read one."""
        fields: dict[str, str] = {}
        for each in node.all("input", "textarea", "select"):
            name, kind = each.given["name"], each.given.get("type")
            if each.tag == "select":
                options = each.all("option")
                chosen = [o for o in options if "selected" in o.given] or options[:1]
                fields.update((name, o.given["value"]) for o in chosen)
            elif kind not in ("radio", "checkbox") or "checked" in each.given:
                fields[name] = each.given.get("value", each.text)
        buttons = [
            (each.given.get("name", ""), each.given.get("value", ""), each.text)
            for each in node.all("button")
        ]
        return cls(node.given["action"], node.given.get("method", "get"), fields, buttons)


class Sheet(HTMLParser):
    """
    A page.

    Attributes:
        root: What holds it all.
        unclosed: Elements that were not closed, or closed twice.
    """

    def __init__(self, response: Response) -> None:
        super().__init__()
        self.status = response.status
        self.root = Node("")
        self.unclosed: list[str] = []
        self._open = [self.root]
        self.feed(response.body.decode())
        self.unclosed += [each.tag for each in self._open[1:]]

    @property
    def text(self) -> str:
        """What its body says."""
        return self.root.all("body")[0].text

    @property
    def heading(self) -> str:
        """Its heading."""
        return self.root.all("h1")[0].text

    def forms(self) -> list[Form]:
        """Its forms."""
        return [Form.of(each) for each in self.root.all("form")]

    def form(self, words: str) -> Form:
        """The form that has a button whose words begin so."""
        found = [f for f in self.forms() if any(b[2].startswith(words) for b in f.buttons)]
        assert found, f"no form of {self.heading!r} has a button {words!r}"
        return found[0]

    def link(self, words: str) -> str:
        """Where the first link leads whose words begin so."""
        return next(a.given["href"] for a in self.root.all("a") if a.text.startswith(words))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take a tag."""
        node = Node(tag, {name: value or "" for name, value in attrs}, self._open[-1])
        self._open[-1].children.append(node)
        if tag not in _EMPTY:
            self._open.append(node)

    def handle_endtag(self, tag: str) -> None:
        """Take the end of an element."""
        if self._open[-1].tag == tag:
            self._open.pop()
        else:
            self.unclosed.append(f"/{tag}")

    def handle_data(self, data: str) -> None:
        """Take text."""
        self._open[-1].children.append(data)


class Surfer:
    """
    Somebody with a browser, which keeps the cookie that it is given.

    Args:
        wire: Where they look.
    """

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self.cookie: str | None = None

    def send(
        self, method: str, url: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> Response:
        """Send a request as a browser does."""
        given = {"Cookie": self.cookie} if self.cookie is not None else {}
        if body:
            given["Content-Type"] = "application/x-www-form-urlencoded"
        response = self._wire.send(method, url, body, headers={**given, **(headers or {})})
        cookie = response.header("set-cookie")
        if cookie is not None:
            self.cookie = cookie.partition(";")[0]
        return response

    def open(self, url: str) -> Sheet:
        """Open a page."""
        return Sheet(self.send("GET", url))

    def post(self, form: Form, **fields: str) -> Response:
        """Send a form with some fields changed; gives the bare answer."""
        return self.send("POST", form.action, urlencode({**form.fields, **fields}).encode())

    def submit(self, page: Sheet, words: str, **fields: str) -> Sheet:
        """Press the button whose words begin so; gives the page that it leads to in the end."""
        form = page.form(words)
        name, value, _ = next(each for each in form.buttons if each[2].startswith(words))
        sent: dict[str, Any] = {**({name: value} if name else {}), **fields}
        if form.method == "get":
            return self.open(f"{form.action}?{urlencode({**form.fields, **sent})}")
        response = self.post(form, **sent)
        if response.status != 303:
            return Sheet(response)
        location = response.header("location")
        assert location is not None
        return self.open(location if location.startswith("http") else ORIGIN + location)


def flaws(page: Sheet) -> list[str]:
    """What keeps somebody from using a page who cannot see it well, or uses only a keyboard."""
    root = page.root
    found = [f"{each} is not closed" for each in page.unclosed]
    found += [f"there is no {tag}" for tag in ("title", "main") if not root.all(tag)]
    found += [] if root.all("html")[0].given.get("lang") else ["the page has no language"]
    found += [] if len(root.all("h1")) == 1 else ["there is not just one h1"]
    ids = Counter(each.given["id"] for each in root.all() if "id" in each.given)
    found += [f"{name} is the id of several" for name, number in ids.items() if number > 1]
    for check in (_headings, _names, _labels, _tables, _behaviour):
        found += check(root)
    return found


def _headings(root: Node) -> Iterator[str]:
    before = 0
    for each in root.all("h1", "h2", "h3", "h4"):
        rank = int(each.tag[1])
        if rank > before + 1:
            yield f"{each.text!r} skips a rank"
        before = rank


def _names(root: Node) -> Iterator[str]:
    for each in root.all(*_LABELLED):
        if not each.text:
            yield f"a {each.tag} has no name"
    words = Counter(
        (a.text, bool(a.given.get("href", "").startswith("http"))) for a in root.all("button")
    )
    yield from (
        f"{number} buttons are called {name[0]!r}" for name, number in words.items() if number > 1
    )
    landmarks = Counter(each.given.get("aria-label", "") for each in root.all("nav"))
    yield from (
        f"several nav are called {name!r}" for name, number in landmarks.items() if number > 1
    )


def _labels(root: Node) -> Iterator[str]:
    for each in root.all(*_CONTROLS):
        if each.given.get("type") == "hidden":
            continue
        label = next((above for above in each.above() if above.tag == "label"), None)
        # The words of its options name nothing.
        words = [] if label is None else [n.text for n in label.all() if n.tag == "span"]
        if not any(words):
            yield f"the field {each.given.get('name')!r} has no label"


def _tables(root: Node) -> Iterator[str]:
    for table in root.all("table"):
        if not table.all("caption"):
            yield "a table has no caption"
        for head in table.all("th"):
            if head.given.get("scope") not in ("col", "colgroup", "row"):
                yield f"the heading {head.text!r} has no scope"


def _behaviour(root: Node) -> Iterator[str]:
    for each in root.all():
        if each.tag in ("script", "iframe", "object", "embed", "base"):
            yield f"there is a {each.tag}"
        for name in each.given:
            if name.startswith("on") or name == "style":
                yield f"a {each.tag} has the attribute {name}"
        if each.given.get("tabindex", "0") not in ("0", "-1"):
            yield f"a {each.tag} changes the order of the keyboard"
        if each.given.get("method") == "post" and "seal" not in Form.of(each).fields:
            yield "a form has no seal"


@attrs.define
class Page(HTMLParser):
    """A page, read as a browser reads it."""

    text: str = ""
    action: str | None = None
    fields: dict[str, str] = attrs.field(factory=dict)
    choices: dict[str, str] = attrs.field(factory=dict)
    buttons: list[str] = attrs.field(factory=list)
    tags: list[tuple[str, dict[str, str]]] = attrs.field(factory=list)

    @classmethod
    def of(cls, response: Response) -> Page:
        """Read an answer."""
        page = cls()
        HTMLParser.__init__(page)
        page.feed(response.body.decode())
        return page

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take a tag."""
        given = {name: value or "" for name, value in attrs}
        self.tags.append((tag, given))
        if tag == "form":
            self.action = given["action"]
        if tag == "button":
            self.buttons.append(given["value"])
        if tag == "input" and given["type"] == "radio":
            self.choices[given["value"]] = ""
            if "checked" in given:
                self.fields[given["name"]] = given["value"]
        elif tag == "input":
            self.fields[given["name"]] = given["value"]

    def handle_data(self, data: str) -> None:
        """Take text."""
        self.text += data
        if self.choices and not list(self.choices.values())[-1]:
            self.choices[list(self.choices)[-1]] = data.strip()


class Browser:
    """Something that keeps the cookie it is given."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self.cookie: str | None = None

    def open(self, url: str) -> Response:
        """Open a page."""
        return self._keep(self._wire.send("GET", url, headers=self._headers()))

    def submit(self, page: Page, **fields: str) -> Response:
        """Send a page's form."""
        assert page.action is not None
        body = urlencode({**page.fields, **fields}).encode()
        headers = {**self._headers(), "Content-Type": "application/x-www-form-urlencoded"}
        return self._keep(self._wire.send("POST", page.action, body, headers=headers))

    def _headers(self) -> dict[str, str]:
        return {} if self.cookie is None else {"Cookie": self.cookie}

    def _keep(self, response: Response) -> Response:
        given = response.header("set-cookie")
        if given is not None:
            self.cookie = given.partition(";")[0]
        return response
