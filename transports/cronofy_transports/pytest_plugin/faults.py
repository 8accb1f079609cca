"""Faults, as a test asks for them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..sandbox.faults import Fault, Rule
    from .served import CronofySandbox

__all__ = ("CronofyFaults",)


class CronofyFaults:
    """
    What goes wrong with the service and the network during one test.

    Iterating gives each fault that was added, with how often it struck.

    Args:
        sandbox: Where it goes wrong.
    """

    def __init__(self, sandbox: CronofySandbox) -> None:
        self._sandbox = sandbox

    def add(self, action: str | Fault, **parameters: Any) -> str:
        """
        Have something go wrong from now on: ``add("status", status=503, times=2)``.

        Args:
            action: The name of what happens, of `sandbox.mischief.ACTIONS`, or a whole fault.
            parameters: Which calls are struck and how often, as in `Fault`, and those
                of the action.

        Returns:
            Its id, for `remove`.

        Raises:
            InvalidArgumentError: A name or a value is wrong; it says what to do.
        """
        if isinstance(action, str):
            return self._sandbox.control.add_fault(action, **parameters)
        return self._sandbox.sandbox.faults.add(action)

    def limit_requests(self, **limits: int | None) -> None:
        """Hold the application to the documented quota, or to ``per_second``, ``per_minute``."""
        self._sandbox.control.limit_requests(**limits)

    def remove(self, fault_id: str) -> None:
        """
        Take one fault away.

        Raises:
            InvalidArgumentError: There is none of this id.
        """
        self._sandbox.control.remove_fault(fault_id)

    def clear(self) -> None:
        """Have nothing go wrong any more."""
        self._sandbox.control.clear_faults()

    def __iter__(self) -> Iterator[Rule]:
        return iter(self._sandbox.sandbox.faults)
