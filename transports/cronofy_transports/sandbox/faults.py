"""
Faults on demand: which calls something happens to, and how often.

A `Fault` says when it strikes and what it does; what can be done is in `mischief`, by
the names in its table `ACTIONS`. A call is struck by one fault at the most: faults are
asked in the order in which they were added, and the first that strikes decides. Those
after it do not learn of that call.

::

    fault = Fault(action=mischief.Status(status=503), operation="ReadEvents", times=2)
    fault_id = sandbox.faults.add(fault)
    sandbox.control.add_fault("status", status=503, operation="ReadEvents", times=2)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, ClassVar, Final, Protocol

import attrs

from cronofy_async.core.errors import InvalidArgumentError

if TYPE_CHECKING:
    from cronofy_async.core.wire import Request

    from .mischief.case import Case, Struck

__all__ = ("Action", "Fault", "Faults", "Meeting", "Rule", "Strike")

_METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")


# What happens -------------------------------------------------------------------------


@attrs.frozen(kw_only=True)
class Action:
    """
    What a fault does: the base of everything in `mischief`.

    Attributes:
        name: How it is called over HTTP, and in the journal.
        of_notifications: Whether it is done to notifications; otherwise to calls.
    """

    name: ClassVar[str]
    of_notifications: ClassVar[bool] = False

    @property
    def wait(self) -> float:
        """Seconds for which a call is kept waiting before it is carried out."""
        return 0.0

    @property
    def carries_out(self) -> bool:
        """Whether the call is carried out all the same."""
        return True

    @property
    def in_batches(self) -> bool:
        """Whether it can be done to one entry of a batch."""
        return False

    def concerns(self, met: Meeting) -> bool:  # noqa: ARG002  # not every action is choosy
        """Whether it can be done to a call; others do not count."""
        return True

    def act(self, case: Case) -> Struck | None:
        """Make what the caller gets to see; `None`: there was nothing to do it to."""
        raise NotImplementedError


# When it happens ----------------------------------------------------------------------


def _whole(least: int) -> Callable[[Any, attrs.Attribute[Any], Any], None]:
    def check(_: Any, field: attrs.Attribute[Any], value: Any) -> None:
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            raise InvalidArgumentError(
                field.name, f"{value!r} is no whole number from {least} on", f"give {least} or more"
            )

    return check


def _probability(_: Any, field: attrs.Attribute[Any], value: Any) -> None:
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not 0 < value <= 1:
        raise InvalidArgumentError(
            field.name, f"{value!r} is no probability", "give one above 0 and up to 1"
        )


def _operation(_: Any, field: attrs.Attribute[Any], value: Any) -> None:
    # Loaded here, as the catalog costs a while.
    from cronofy_async.operations.catalog import all_operations

    names = [each.__name__ for each in all_operations()]
    if value in names:
        return
    if not isinstance(value, str):
        raise InvalidArgumentError(
            field.name, f"is a {type(value).__name__}", "give the name of an operation"
        )
    # Methods of clients are called read_events where operations are called ReadEvents.
    plain = {name.lower(): name for name in names}
    near = get_close_matches(value.replace("_", "").lower(), plain, 3, 0.6)
    listed = " or ".join(plain[each] for each in near)
    raise InvalidArgumentError(
        field.name,
        f"there is no operation {value!r}",
        f"did you mean {listed}?" if near else "give a name such as ReadEvents",
    )


def _path(_: Any, field: attrs.Attribute[Any], value: Any) -> None:
    if not isinstance(value, str) or not value.startswith("/"):
        raise InvalidArgumentError(field.name, f"{value!r} is no path", "begin it with a slash")


def _method(_: Any, field: attrs.Attribute[Any], value: Any) -> None:
    if value not in _METHODS:
        raise InvalidArgumentError(
            field.name, f"{value!r} is no method", f"give one of {', '.join(_METHODS)}"
        )


def _text(_: Any, field: attrs.Attribute[Any], value: Any) -> None:
    if not isinstance(value, str) or not value:
        raise InvalidArgumentError(field.name, "is empty or no text", "give text, or leave it out")


def _action(_: Any, field: attrs.Attribute[Any], value: Any) -> None:
    if not isinstance(value, Action):
        raise InvalidArgumentError(
            field.name, f"is a {type(value).__name__}", "give an action of sandbox.mischief"
        )


_optional: Final = attrs.validators.optional


@attrs.frozen(kw_only=True)
class Fault:
    """
    What happens, to which calls.

    What is left out matches everything; what the control commands of the sandbox are sent
    is never struck.

    Attributes:
        action: What happens.
        operation: The name of the operation, as the journal has it: ``ReadEvents``. Further
            pages are operations of their own: ``ReadEventsPage``.
        path: How the path begins; for notifications that of their callback URL.
        method: The HTTP method.
        account: The sub of the account whose tokens the call carries or exchanges, or
            whose notification it is.
        notification: The type of the notification, for example ``change``.
        after: How many matching calls pass first.
        times: How many are struck; `None`: for ever.
        every: Of those after the first *after*, only each n-th counts: 3 is the third, the
            sixth and so on.
        probability: How likely each that is left is struck, above 0 and up to 1. Chance is
            the sandbox's own: the same in each run with its seed.

    Raises:
        InvalidArgumentError: One of them is wrong; it says which and what to do.
    """

    action: Action = attrs.field(validator=_action)
    operation: str | None = attrs.field(default=None, validator=_optional(_operation))
    path: str | None = attrs.field(default=None, validator=_optional(_path))
    method: str | None = attrs.field(default=None, validator=_optional(_method))
    account: str | None = attrs.field(default=None, validator=_optional(_text))
    notification: str | None = attrs.field(default=None, validator=_optional(_text))
    after: int = attrs.field(default=0, validator=_whole(0))
    times: int | None = attrs.field(default=None, validator=_optional(_whole(1)))
    every: int = attrs.field(default=1, validator=_whole(1))
    probability: float = attrs.field(default=1.0, validator=_probability)

    def __attrs_post_init__(self) -> None:
        foreign = ("operation", "method") if self.action.of_notifications else ("notification",)
        for name in foreign:
            if getattr(self, name) is not None:
                about = "notifications" if self.action.of_notifications else "calls"
                raise InvalidArgumentError(
                    name, f"does not go with {self.action.name}", f"leave it out: it is of {about}"
                )


class Meeting(Protocol):
    """A call or a notification, as far as faults look at it; each is found out when asked for."""

    @property
    def operation(self) -> str | None: ...
    @property
    def path(self) -> str: ...
    @property
    def method(self) -> str | None: ...
    @property
    def account(self) -> str | None: ...
    @property
    def notification(self) -> str | None: ...


@attrs.define(kw_only=True, eq=False)
class Rule:
    """
    A fault that was added.

    Attributes:
        fault_id: Its name, for `Faults.remove`.
        fault: What was added.
        seen: How many matching calls there were since.
        struck: How many of them it struck.
    """

    fault_id: str
    fault: Fault
    seen: int = 0
    struck: int = 0

    @property
    def spent(self) -> bool:
        """Whether it will not strike any more."""
        return self.fault.times is not None and self.struck >= self.fault.times

    def strikes(self, met: Meeting, draw: Callable[[], float]) -> bool:
        """Whether it strikes this one, which counts."""
        fault = self.fault
        if self.spent or not _matches(fault, met):
            return False
        self.seen += 1
        rank = self.seen - fault.after
        if rank <= 0 or rank % fault.every:
            return False
        # No chance is taken where none is left, so that others' does not depend on it.
        if fault.probability < 1 and draw() >= fault.probability:
            return False
        self.struck += 1
        return True


def _matches(fault: Fault, met: Meeting) -> bool:
    # What is cheap to find out is asked first.
    return (
        (fault.method is None or fault.method == met.method)
        and (fault.path is None or met.path.startswith(fault.path))
        and (fault.notification is None or fault.notification == met.notification)
        and (fault.operation is None or fault.operation == met.operation)
        and fault.action.concerns(met)
        and (fault.account is None or fault.account == met.account)
    )


def _is_for_entries(fault: Fault) -> bool:
    return fault.operation is not None and fault.action.in_batches


@attrs.frozen(kw_only=True)
class Strike:
    """A fault that strikes: its name and what it does."""

    fault_id: str
    action: Action


class Faults:
    """
    The faults of one sandbox; iterating gives each `Rule`, in the order of their adding.

    Args:
        lock: Held while they are looked at or changed.
        draw: Gives random numbers from 0 up to 1.
        meet: Finds out about a request what faults ask for; `None`: it is never struck.

    Attributes:
        armed: Whether any of them may still strike a call.
        armed_for_notifications: Whether any may still strike a notification.
    """

    def __init__(
        self,
        lock: AbstractContextManager[Any],
        draw: Callable[[], float],
        meet: Callable[[Request], Meeting | None],
    ) -> None:
        self._lock, self._draw, self._meet = lock, draw, meet
        self._rules: dict[str, Rule] = {}
        self._last_id = 0
        self.armed = False
        self.armed_for_notifications = False

    def __len__(self) -> int:
        return len(self._rules)

    def __iter__(self) -> Iterator[Rule]:
        with self._lock:
            return iter(tuple(self._rules.values()))

    def add(self, fault: Fault) -> str:
        """Have a fault strike from now on; returns its id."""
        with self._lock:
            self._last_id += 1
            rule = Rule(fault_id=f"flt_{self._last_id}", fault=fault)
            self._rules[rule.fault_id] = rule
            self._arm()
            return rule.fault_id

    def remove(self, fault_id: str) -> None:
        """
        Take a fault away.

        Raises:
            InvalidArgumentError: There is none of this id.
        """
        with self._lock:
            if self._rules.pop(fault_id, None) is None:
                known = ", ".join(self._rules) or "none"
                raise InvalidArgumentError(
                    "fault_id", f"there is no fault {fault_id!r}", f"there are: {known}"
                )
            self._arm()

    def clear(self) -> None:
        """Take all faults away."""
        with self._lock:
            self._rules.clear()
            self._arm()

    def strike(self, request: Request) -> Strike | None:
        """The fault that strikes a request; this counts as one call."""
        with self._lock:
            met = self._meet(request)
            if met is None:
                return None
            return self._first(met, lambda fault: not fault.action.of_notifications)

    def miss(self, strike: Strike) -> None:
        """Take note that a fault found nothing to do: it did not strike after all."""
        rule = self._rules.get(strike.fault_id)
        if rule is not None:
            rule.struck -= 1
            self._arm()

    def strike_entry(self, met: Meeting) -> Strike | None:
        """
        The fault that strikes an entry of a batch.

        Entries are only met by faults that name an operation and can be done to one.
        """
        # Decision.FAULTS_IN_BATCHES
        return self._first(met, _is_for_entries)

    def strike_notification(self, met: Meeting) -> Strike | None:
        """The fault that strikes a notification that is about to be sent."""
        return self._first(met, lambda fault: fault.action.of_notifications)

    def _first(self, met: Meeting, applies: Callable[[Fault], bool]) -> Strike | None:
        for rule in self._rules.values():
            if applies(rule.fault) and rule.strikes(met, self._draw):
                if rule.spent:
                    self._arm()
                return Strike(fault_id=rule.fault_id, action=rule.fault.action)
        return None

    def _arm(self) -> None:
        live = [rule.fault.action for rule in self._rules.values() if not rule.spent]
        self.armed = any(not action.of_notifications for action in live)
        self.armed_for_notifications = any(action.of_notifications for action in live)
