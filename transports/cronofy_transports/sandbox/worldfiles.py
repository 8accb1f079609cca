"""Descriptions of worlds out of files, or from wherever else they come."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any, TypeAlias

from cronofy_async.core import codec
from cronofy_async.core.errors import RequestParseError

from .building import build
from .calendars_from_ics import read
from .commands import CommandError
from .parsing import refuse_halves
from .refusals import Invalid
from .state.access import Application
from .world import World
from .worlds import (
    DescribedAccount,
    DescribedCalendar,
    DescribedProfile,
    DescribedWorld,
    Description,
)

__all__ = ("WorldSource", "fill")

WorldSource: TypeAlias = "Description | str | PathLike[str]"
"""A description, or the path of a ``.json`` or ``.ics`` file."""


def fill(
    world: World, application: Application, sources: WorldSource | Sequence[WorldSource]
) -> None:
    """
    Put worlds into a world that is new.

    Args:
        world: Where.
        application: The one that accounts have authorized.
        sources: One world or several.

    Raises:
        CommandError: Something in one is wrong; it names the field, and the file.
        OSError: A file cannot be read.
        ImportError: An ``.ics`` file needs the extra.
    """
    if isinstance(sources, (DescribedWorld, Mapping, str, PathLike)):
        sources = (sources,)
    for source in sources:
        path = Path(source) if isinstance(source, (str, PathLike)) else None
        try:
            described = _described(source, world.now())
            build(world, application, described)
        except (Invalid, CommandError) as error:
            name = "" if path is None else f"{path.name}: "
            raise CommandError({f"{name}{at}": each for at, each in error.errors.items()}) from None


def _described(source: WorldSource, now: int) -> DescribedWorld:
    if isinstance(source, DescribedWorld):
        return source
    if isinstance(source, Mapping):
        return _structured(source)
    path = Path(source)
    if path.suffix.lower() not in (".json", ".ics"):
        raise Invalid.field("world", f"must be a .json or .ics file, and {path} is neither")
    try:
        text = path.read_text(encoding="utf-8-sig")
        return _of_ics(path, text, now) if path.suffix.lower() == ".ics" else _of_json(text)
    except UnicodeDecodeError:
        raise Invalid.field("world", f"must be text in UTF-8, and {path} is not") from None


def _of_json(text: str) -> DescribedWorld:
    try:
        raw = json.loads(text)
    except ValueError as error:
        raise Invalid.field("world", f"must be JSON: {error}") from None
    except RecursionError:
        raise Invalid.field("world", "must be JSON that is not nested so deeply") from None
    if r"\ud" in text.lower():
        refuse_halves(raw)
    return _structured(raw)


def _structured(raw: Any) -> DescribedWorld:
    try:
        described: DescribedWorld = codec.structure(raw, DescribedWorld, strict=True)
    except RequestParseError as error:
        raise CommandError({name or "world": each for name, each in error.errors.items()}) from None
    return described


def _of_ics(path: Path, text: str, now: int) -> DescribedWorld:
    # Decision.ICS_ACCOUNT
    local = re.sub(r"[^a-z0-9]+", ".", path.stem.lower()).strip(".") or "calendar"
    email = f"{local}@example.com"
    found = read(text, zone="Etc/UTC", now=now, owner=(email,))
    calendar = DescribedCalendar(name=found.name or path.stem, primary=True, events=found.events)
    account = DescribedAccount(
        email=email,
        name=found.name or path.stem,
        zone=found.zone or "Etc/UTC",
        profiles=(DescribedProfile(provider_name="google", calendars=(calendar,)),),
    )
    return DescribedWorld(accounts=(account,))
