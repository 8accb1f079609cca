"""``python -m cronofy_async operations``: what the SDK can do, as JSON or Markdown."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator, Sequence
from types import UnionType
from typing import Any, get_args, get_origin

import attrs

from .client.endpoints import AccountEndpoints, ApplicationEndpoints
from .core.paging import PagedOperation
from .operations import all_operations


@attrs.frozen(kw_only=True)
class Listed:
    """One operation, as the listing shows it."""

    name: str
    methods: tuple[str, ...]
    method: str
    path: str
    credential: str
    paged: bool
    batchable: bool
    answer: str
    stability: str
    source: str


def listing() -> Iterator[Listed]:
    """Every operation, by chapter."""
    methods: dict[str, list[str]] = {}
    for table, prefix in ((ApplicationEndpoints, ""), (AccountEndpoints, "account.")):
        for base in reversed(table.__mro__):
            for name, row in vars(base).items():
                if hasattr(row, "operation"):
                    methods.setdefault(row.operation.__name__, []).append(f"{prefix}{name}")
    for operation in all_operations():
        host = "{app}" if operation.host == "app" else ""
        paged = operation if issubclass(operation, PagedOperation) else None
        answer: Any = paged.item_type() if paged else operation.answer_type()
        yield Listed(
            name=operation.__name__,
            methods=tuple(methods.get(operation.__name__, ())),
            method=operation.method,
            path=host + operation.path,
            credential=operation.credential.value,
            paged=paged is not None,
            batchable=operation.batchable,
            answer=f"pages of {_spelled(answer)}" if paged else _spelled(answer),
            stability=operation.stability.value,
            source=operation.source,
        )


def _spelled(annotation: Any) -> str:
    if annotation is type(None):
        return "None"
    origin = get_origin(annotation)
    if origin is UnionType:
        return " | ".join(_spelled(each) for each in get_args(annotation))
    if origin is None:
        return str(getattr(annotation, "__name__", annotation))
    arguments = [("..." if a is ... else _spelled(a)) for a in get_args(annotation)]
    return f"{_spelled(origin)}[{', '.join(arguments)}]"


def markdown(rows: Sequence[Listed]) -> str:
    """The table of operations for people."""
    head = ("Operation", "Method", "Request", "Credential", "Answer", "Stability", "Source")
    lines = [
        "# Operations",
        "",
        "Made by `python3 run.py docs`; a test keeps it true. Methods that begin with `account.`",
        "belong to the view that `cronofy.account(...)` gives, the others to the client itself.",
        "",
        f"| {' | '.join(head)} |",
        f"|{'---|' * len(head)}",
    ]
    for row in rows:
        methods = ", ".join(f"`{name}`" for name in row.methods)
        cells = (
            f"`{row.name}`",
            methods,
            f"`{row.method} {row.path}`",
            row.credential,
            f"`{row.answer}`".replace("|", "\\|"),
            row.stability,
            row.source,
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join([*lines, "", f"{len(rows)} operations.", ""])


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m cronofy_async", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="command")
    operations = commands.add_parser("operations", help="list every operation of the API")
    form = operations.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="as a JSON list")
    form.add_argument("--markdown", action="store_true", help="as a Markdown table (the default)")
    options = parser.parse_args(arguments)
    rows = list(listing())
    if options.json:
        text = json.dumps([attrs.asdict(row) for row in rows], indent=2) + "\n"
    else:
        text = markdown(rows)
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever reads has enough; the interpreter must not flush once more at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
