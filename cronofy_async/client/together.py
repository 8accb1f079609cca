"""Several pieces of work at the same time, as one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

import anyio

from .runtime import start

__all__ = ("together",)

T = TypeVar("T")


async def together(works: Iterable[Callable[[], Awaitable[T]]]) -> list[T]:
    """
    Do all of it at the same time; returns the results in order.

    The first failure stops the rest, and is raised as it is: whoever asked for one answer
    does not want a group of exceptions.
    """
    results: dict[int, T] = {}
    failures: list[Exception] = []

    async def one(index: int, work: Callable[[], Awaitable[T]]) -> None:
        try:
            results[index] = await work()
        except Exception as error:
            failures.append(error)
            group.cancel_scope.cancel()

    async with anyio.create_task_group() as group:
        for index, work in enumerate(works):
            start(group, one, index, work)
    if failures:
        raise failures[0]
    return [results[index] for index in sorted(results)]
