"""
``python -m docs.operations``: OPERATIONS.md, with what the sandbox does for each operation.

What is known of the sandbox is read out of its code. A handler is followed through all
functions that it uses; on the way stand the decisions (``# Decision.X`` at the line that
carries one out), the dials that are asked, and the refusals that are raised. Where the
knowledge of an operation is from, the samples in ``tests/data`` say.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import attrs

from cronofy_async.__main__ import Listed, listing, markdown
from cronofy_async.core.operation import Credential, Operation
from cronofy_async.operations import all_operations
from cronofy_transports.sandbox import handlers
from cronofy_transports.sandbox.choices import Choices, Decision
from cronofy_transports.sandbox.handlers.registry import HANDLERS

from .following import Code

__all__ = ("Emulated", "emulated", "main", "page")

ROOT = Path(__file__).parents[1]
SANDBOX = "cronofy_transports.sandbox"

_DOCUMENTED = ("/developers/", "seed")

# Wrong credentials in the body are told in OAuth's words, with the status that a dial sets.
_OF_THE_BODY = "\nOAuthRefusal choices.invalid_client_status\n"


@attrs.frozen(kw_only=True)
class Emulated:
    """
    What the sandbox does for one operation.

    Attributes:
        by: The handler, or what else answers.
        scope: What an authorization must allow.
        refusals: The statuses other than 2xx that it may be answered with.
        dials: The fields of `Choices` that change it.
        decisions: The names of the decisions that it rests on.
        request: Where its parameters are known from.
        answer: The same of its answer.
    """

    name: str
    by: str
    scope: str
    refusals: tuple[int, ...]
    dials: tuple[str, ...]
    decisions: tuple[str, ...]
    request: str
    answer: str


def emulated() -> Iterator[Emulated]:
    """Every operation, in the order of the listing."""
    handlers.load()
    code, samples = Code(SANDBOX), _samples()
    dials = [field.name for field in attrs.fields(Choices)]
    for operation in all_operations():
        entry = HANDLERS.get(operation)
        sampled = samples.get(operation.__name__, [])
        text = "" if entry is None else code.text_behind(entry.handler)
        if operation.credential is Credential.CLIENT_BODY:
            text += _OF_THE_BODY
        yield Emulated(
            name=operation.__name__,
            by="a page" if entry is None else _place(entry.handler),
            scope="" if entry is None or entry.scope is None else entry.scope.value,
            refusals=() if entry is None else tuple(_refusals(operation, text)),
            dials=tuple(name for name in dials if re.search(rf"choices\.{name}\b", text)),
            decisions=tuple(name for name in _decisions() if f"Decision.{name}\n" in _ended(text)),
            request=_known([each["source"] for each in sampled if "request" in each]),
            answer=_known(
                [each["source"] for each in sampled if each.get("status", 0) // 100 == 2]
            ),
        )


def _decisions() -> list[str]:
    return [each.name for each in Decision]


def _ended(text: str) -> str:
    """The text with nothing behind the names of decisions, so that none is found in another."""
    return re.sub(r"(Decision\.[A-Z_]+)[^\n]*", r"\1\n", text)


def _place(handler: Any) -> str:
    return f"{handler.__module__.removeprefix(SANDBOX + '.')}.{handler.__name__}"


_STATUSES = {
    "OAuthRefusal": 400,
    "Unrecognised": 401,
    "Forbidden": 403,
    "NotFound": 404,
    "Invalid": 422,
    "Locked": 423,
}


def _refusals(operation: type[Operation[Any]], text: str) -> list[int]:
    found = {status for name, status in _STATUSES.items() if re.search(rf"\b{name}\b", text)}
    # What is the same for all is done before the handler: credentials, scope, parameters.
    if operation.credential not in (Credential.NONE, Credential.CLIENT_BODY):
        found.add(401)
    entry = HANDLERS[operation]
    found |= {403} if entry.scope is not None else set()
    found |= {400} if entry.oauth else {422}
    return sorted(found)


def _samples() -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for path in sorted((ROOT / "tests" / "data").glob("*.json")):
        for sample in json.loads(path.read_text(encoding="utf-8")):
            found.setdefault(sample["operation"], []).append(sample)
    return found


def _known(sources: Sequence[str]) -> str:
    """Documented, read in an official SDK, or neither."""
    if any(source.startswith(_DOCUMENTED) for source in sources):
        return "docs"
    return "sdk" if sources else "inferred"


def page() -> str:
    """OPERATIONS.md."""
    operations: list[Listed] = list(listing())
    rows = list(emulated())
    head = (
        "Operation",
        "Answered by",
        "Scope",
        "Refusals",
        "Parameters",
        "Answer",
        "Dials",
        "Decisions",
    )
    lines = [
        "## In the sandbox",
        "",
        "What the sandbox does, read out of its code. *Parameters* and *Answer* say where they are",
        "known from: the reference (docs), an official SDK (sdk), or from what stands around them",
        "(inferred). Dials are fields of `Choices`. A decision is what the sandbox does where the",
        "reference is silent; each is a sentence below. Besides the refusals that are listed there",
        "are 429 while the quota is enforced, and whatever faults are asked for.",
        "",
        f"| {' | '.join(head)} |",
        f"|{'---|' * len(head)}",
    ]
    for row in rows:
        cells = (
            f"`{row.name}`",
            f"`{row.by}`" if "." in row.by else row.by,
            row.scope and f"`{row.scope}`",
            " ".join(map(str, row.refusals)),
            row.request,
            row.answer,
            " ".join(f"`{name}`" for name in row.dials),
            " ".join(f"[{name}](#{name.lower()})" for name in row.decisions),
        )
        lines.append(f"| {' | '.join(cells)} |")
    lines += ["", *_sentences(rows), *_dials(rows)]
    return "\n".join([markdown(operations), *lines, ""])


def _sentences(rows: Sequence[Emulated]) -> Iterator[str]:
    yield "## Decisions"
    yield ""
    yield "Those that no operation leads to are about pages, callbacks, files and time."
    for decision in Decision:
        users = [row.name for row in rows if decision.name in row.decisions]
        yield ""
        yield f"### {decision.name}"
        yield ""
        yield decision.value
        if users:
            yield ""
            yield f"In {', '.join(f'`{name}`' for name in users)}."
    yield ""


def _dials(rows: Sequence[Emulated]) -> Iterator[str]:
    yield "## Dials"
    yield ""
    yield "| Dial | At first | In |"
    yield "|---|---|---|"
    for field in attrs.fields(Choices):
        users = [f"`{row.name}`" for row in rows if field.name in row.dials]
        yield f"| `{field.name}` | `{field.default!r}` | {' '.join(users)} |"


def main() -> int:
    """Print the page."""
    sys.stdout.write(page())
    return 0


if __name__ == "__main__":
    sys.exit(main())
