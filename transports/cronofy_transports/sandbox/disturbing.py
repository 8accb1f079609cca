"""Commands to the sandbox about faults and the quota."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from .faults import Fault
from .quota import PER_MINUTE, PER_SECOND, Quota

if TYPE_CHECKING:
    from .sandbox import Sandbox

__all__ = ("Disturbing",)


class Disturbing:
    """What goes wrong with the service and the network; a part of `Controls`."""

    _sandbox: Sandbox

    def add_fault(
        self,
        action: str,
        *,
        operation: str | None = None,
        path: str | None = None,
        method: str | None = None,
        account: str | None = None,
        notification: str | None = None,
        after: int = 0,
        times: int | None = None,
        every: int = 1,
        probability: float = 1.0,
        **parameters: Any,
    ) -> str:
        """
        Have something go wrong from now on.

        Args:
            action: The name of what happens: a key of `mischief.ACTIONS`.
            operation: Which calls: this and the next eight as in `Fault`.
            path: How their path begins.
            method: Their HTTP method.
            account: The sub of their account.
            notification: The type of a notification.
            after: How many pass first.
            times: How many are struck; `None`: for ever.
            every: Only each n-th.
            probability: How likely.
            parameters: Those of the action, for example ``status=503``.

        Returns:
            The fault's id, for `remove_fault`.

        Raises:
            InvalidArgumentError: A name or a value is wrong; it says what to do.
        """
        from .mischief import make

        return self._sandbox.faults.add(
            Fault(
                action=make(action, parameters),
                operation=operation,
                path=path,
                method=method,
                account=account,
                notification=notification,
                after=after,
                times=times,
                every=every,
                probability=probability,
            )
        )

    def remove_fault(self, fault_id: str) -> None:
        """Have a fault not strike any more."""
        self._sandbox.faults.remove(fault_id)

    def clear_faults(self) -> None:
        """Have nothing go wrong any more; a quota stays."""
        self._sandbox.faults.clear()

    def faults(self) -> list[dict[str, Any]]:
        """
        The faults in the order in which they are asked.

        Each has the keys that `add_fault` takes, its ``fault_id``, how many matching calls
        it has ``seen`` and how many of them it ``struck``.
        """
        return [
            {
                "fault_id": rule.fault_id,
                "action": rule.fault.action.name,
                **attrs.asdict(rule.fault.action),
                **attrs.asdict(rule.fault, filter=lambda field, _: field.name != "action"),
                "seen": rule.seen,
                "struck": rule.struck,
            }
            for rule in self._sandbox.faults
        ]

    def limit_requests(
        self, per_second: int | None = PER_SECOND, per_minute: int | None = PER_MINUTE
    ) -> None:
        """
        Hold applications to a quota, counted from now on; the documented one by default.

        Args:
            per_second: Calls in any second; `None`: any number.
            per_minute: Calls in any minute; with both `None` there is no quota.
        """
        self._sandbox.limit(Quota(per_second=per_second, per_minute=per_minute))
