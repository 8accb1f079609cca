"""The scene that most tests of mirrors play in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from .scene import Scene


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    """One person in a sandbox."""
    made = Scene(tmp_path)
    yield made
    made.store.close()  # type: ignore[attr-defined]  # that of SQLite


@pytest.fixture
def crowd(tmp_path: Path) -> Iterator[Scene]:
    """Three people in a sandbox."""
    made = Scene(tmp_path, 3)
    yield made
    made.store.close()  # type: ignore[attr-defined]  # that of SQLite
