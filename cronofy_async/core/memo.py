"""Remembering what a class was found to be."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

__all__ = ("memo",)

R = TypeVar("R")


def memo(function: Callable[[Any], R]) -> Callable[[Any], R]:
    """`functools.cache` for functions of one class, with their signature kept."""
    return cache(function)
