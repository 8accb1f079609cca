"""How programs end: in silence, at once, and with the client as it should be."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .children import Children
from .scenarios import Scenario, scenario_parameters
from .servers import Service


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    """A server that holds calls and sends signals."""
    with Service() as server:
        yield server


@pytest.fixture(scope="module")
def children() -> Iterator[Children]:
    """Processes to order; development mode has them complain of all that is left open."""
    with Children("-X", "dev") as made:
        yield made


# Each scenario comes with pytest.mark.fault(its row).
@pytest.mark.parametrize("scenario", scenario_parameters())
def test_programs_end_as_they_should(
    scenario: Scenario, service: Service, children: Children
) -> None:
    """Whatever a program leaves open, is interrupted in or forks in, it ends without a word."""
    scenario.check(children.run(scenario.name, service.given))
