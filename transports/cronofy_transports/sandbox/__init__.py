"""
A local sandbox of the Cronofy service.

It keeps calendars, gives out tokens, finds free time and tells of changes as the
reference says, and refuses what the service would refuse. It does not talk to any
calendar provider, sends no e-mail, knows no plans, and forgets all when it ends, unless
it is given a file to keep its world in. It goes wrong when it is told to (see `faults`),
and holds to a quota if it is given one. Where the reference is silent, `choices` says
what it does; a call that it does not emulate is answered with status 501, which the
service never uses.

::

    sandbox = Sandbox(seed=7)
    transport = sandbox.transport()                     # no socket, in this process

    with run_in_thread(sandbox) as urls:                # real HTTP from a thread
        ...
    async with serve(sandbox) as urls:                  # real HTTP in this event loop
        ...

or ``python -m cronofy_transports.sandbox`` as a process of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .choices import Choices
from .clock import Clock
from .faults import Fault
from .quota import Quota
from .sandbox import Sandbox

if TYPE_CHECKING:
    from .addresses import Urls as Urls
    from .keeping.errors import WorldFileError as WorldFileError
    from .keeping.snapshot import Snapshot as Snapshot
    from .server import serve as serve
    from .threads import run_in_thread as run_in_thread
    from .transport import SandboxTransport as SandboxTransport

__all__ = (
    "Choices",
    "Clock",
    "Fault",
    "Quota",
    "Sandbox",
    "SandboxTransport",
    "Snapshot",
    "Urls",
    "WorldFileError",
    "run_in_thread",
    "serve",
)

_LATER = {
    "SandboxTransport": "transport",
    "Snapshot": "keeping.snapshot",
    "Urls": "addresses",
    "WorldFileError": "keeping.errors",
    "run_in_thread": "threads",
    "serve": "server",
}


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    # Loaded when asked for: the web server costs more to import than all the rest.
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
