"""What the configuration file and the marks say about the world of a test."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zlib import crc32

import attrs
import pytest

from ..sandbox.choices import Choices

__all__ = ("Configuration",)


def _seed(value: Any) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        raise pytest.UsageError(f"cronofy: the seed {value!r} is no whole number") from None


def _moment(_: Any, field: attrs.Attribute[Any], value: Any) -> None:
    if value is None:
        return
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise pytest.UsageError(
            f"cronofy: {field.name} is {value!r}: give a datetime with its zone, "
            "such as datetime(2030, 1, 7, 9, tzinfo=UTC)"
        )


def _choices(_: Any, field: attrs.Attribute[Any], value: Any) -> None:
    if not isinstance(value, Choices):
        raise pytest.UsageError(
            f"cronofy: {field.name} is {value!r}: give Choices(...) of cronofy_transports.sandbox"
        )


@attrs.frozen(kw_only=True)
class Configuration:
    """
    The world of one test.

    Attributes:
        seed: Makes its ids and tokens the same in each run.
        people: Whether the three people of the demo are in it.
        world: A description of what is in it instead, as `Sandbox` takes it.
        choices: What the sandbox does where the reference is silent.
        now: The moment at which its clock stands still; `None`: it goes with the machine's.
    """

    seed: int = attrs.field(converter=_seed)
    people: bool = False
    world: Any = ()
    choices: Choices = attrs.field(factory=Choices, validator=_choices)
    now: datetime | None = attrs.field(default=None, validator=_moment)

    @classmethod
    def of_session(cls, config: pytest.Config) -> Configuration:
        """
        What holds for tests without a mark.

        Raises:
            pytest.UsageError: The file is wrong; it says where.
        """
        return cls(seed=config.getini("cronofy_seed"), people=bool(config.getini("cronofy_people")))

    @classmethod
    def of(cls, item: pytest.Item) -> Configuration:
        """
        What holds for a test: nearer marks go before farther ones, and any before the file.

        Raises:
            pytest.UsageError: A mark or the file is wrong; it says where.
        """
        session = cls.of_session(item.config)
        # Other tests have other ids, so that nothing an application keeps of one fits the next.
        changes: dict[str, Any] = {"seed": session.seed ^ crc32(item.nodeid.encode())}
        known = [field.name for field in attrs.fields(cls)]
        for mark in reversed(list(item.iter_markers("cronofy"))):
            wrong = [repr(each) for each in mark.args] + sorted(mark.kwargs.keys() - known)
            if wrong:
                raise pytest.UsageError(
                    f"cronofy: the mark of {item.nodeid} has {', '.join(wrong)}: "
                    f"it takes {', '.join(known)}, by name"
                )
            changes |= mark.kwargs
        return attrs.evolve(session, **changes)
