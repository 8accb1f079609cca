"""What most tests of the sandbox begin with."""

from __future__ import annotations

import pytest

from .browsing import Browser, Surfer
from .wire import Person, Wire


@pytest.fixture
def wire() -> Wire:
    """An empty sandbox."""
    return Wire()


@pytest.fixture
def person(wire: Wire) -> Person:
    """Somebody in London, which is on UTC in January."""
    return wire.person()


@pytest.fixture
def surfer(wire: Wire) -> Surfer:
    """A browser without cookies."""
    return Surfer(wire)


@pytest.fixture
def browser(wire: Wire) -> Browser:
    """One that keeps the cookie it is given."""
    return Browser(wire)
