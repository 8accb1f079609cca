"""The sandbox as a whole: one application, its world, and the ways to reach them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from random import Random, SystemRandom
from threading import RLock
from typing import TYPE_CHECKING, Any

from .choices import Choices
from .clock import Clock
from .controls import Controls
from .demo import populate
from .faults import Faults
from .ids import Ids
from .journal import Journal
from .premises import furnish
from .push import Delivery
from .quota import Meter, Quota
from .state.access import Application
from .world import World

if TYPE_CHECKING:
    from cronofy_async.core.wire import Request, Response

    from .app import App
    from .faults import Meeting
    from .transport import SandboxTransport
    from .worldfiles import WorldSource

__all__ = ("Sandbox",)


class Sandbox:
    """
    The Cronofy service for one application, in this process.

    Nothing is sent or heard before `serve` or `run_in_thread`; until then `transport`
    reaches it without a socket. It may be used by many threads at once.

    Args:
        seed: Makes every id and secret the same in each run; left out, nobody can guess
            them.
        clock: The sandbox's time; left out: that of the machine.
        choices: What to do where the reference is silent.
        people: Whether there are three people with calendars and events from the start;
            otherwise the world is empty but for the application.
        world: What there is from the start in place of them: a description, or the path of
            a ``.json`` or ``.ics`` file; several are put beside each other.
        quota: How many calls applications may make; left out: any number.

    Attributes:
        world: Everything that it knows, for tests to look at.
        control: What people and time do.
        journal: Every request that it answered.
        faults: What goes wrong.
        meter: Counts the calls of applications; `None` without a quota.
        lock: Held by whoever looks at the world or changes it while others may.
        on_queued: Called when there is a callback to deliver, or time has moved.
    """

    def __init__(
        self,
        seed: int | None = None,
        *,
        clock: Clock | None = None,
        choices: Choices | None = None,
        people: bool = True,
        world: WorldSource | Sequence[WorldSource] = (),
        quota: Quota | None = None,
    ) -> None:
        self._seed, self._people, self._quota = seed, people, quota
        self._source = world
        self._clock = clock or Clock()
        self._choices = choices or Choices()
        self.journal = Journal()
        self.lock = RLock()
        self.meter: Meter | None = None
        self._chance: Random = SystemRandom()
        self.faults = Faults(self.lock, lambda: self._chance.random(), self._meet)
        self._calm_down()
        self.on_queued: Callable[[], None] = lambda: None
        self.control = Controls(self)
        self.world = self._new_world()
        self.application = self._new_application(None)
        self._fill()

    # Reaching it ---------------------------------------------------------------------

    def handle(self, request: Request) -> Response:
        """
        Answer one request.

        Raises:
            TransportError: A fault keeps the answer from arriving. Delays are passed over:
                whoever calls this is not kept waiting.
        """
        with self.lock:
            strike = self.faults.strike(request) if self.faults.armed else None
            if strike is None:
                return self.app.handle(request)
            from .mischief.case import arrival

            return arrival(self.app.handle_struck(request, strike), request)

    def transport(self) -> SandboxTransport:
        """A transport to it that opens no socket; any origin leads to it."""
        from .transport import SandboxTransport

        return SandboxTransport(self)

    @cached_property
    def app(self) -> App:
        """The function that answers; loaded when it is first needed, as it costs a while."""
        from .app import App

        return App(self)

    def warm_up(self) -> None:
        """Load what answering a request needs."""
        from cronofy_async.operations import all_operations

        with self.lock:
            _ = self.app
            all_operations()

    # Its credentials -----------------------------------------------------------------

    @property
    def client_id(self) -> str:
        """The id of its application."""
        return self.application.client_id

    @property
    def client_secret(self) -> str:
        """The newest secret of its application."""
        return self.application.secrets[-1]

    def accounts(self) -> list[dict[str, Any]]:
        """The people who have authorized the application, with access tokens that are good."""
        with self.lock:
            return [
                {
                    "sub": authorization.account.sub,
                    "access_token": self.world.vault.live(authorization),
                    "refresh_token": authorization.refresh_token,
                    "calendars": [
                        {
                            "calendar_id": calendar.calendar_id,
                            "calendar_name": calendar.name,
                            "provider_name": calendar.profile.provider_name,
                            "profile_id": calendar.profile.profile_id,
                        }
                        for calendar in authorization.calendars()
                        if not (calendar.readonly or calendar.deleted)
                    ],
                }
                for authorization in self.world.vault.of_application(self.application)
                # A service account is nobody, and has none.
                if authorization.account.profiles
            ]

    # Beginning and beginning again ---------------------------------------------------

    def reset(self) -> None:
        """
        Begin again, without faults; the application keeps its id and its secret.

        The quota is that of the start again.
        """
        with self.lock:
            self._calm_down()
            self.world = self._new_world()
            self.application = self._new_application(self.application)
            self._fill()
            self.journal.clear()

    def restart(
        self,
        seed: int | None = None,
        *,
        clock: Clock | None = None,
        choices: Choices | None = None,
        people: bool = True,
        world: WorldSource | Sequence[WorldSource] = (),
    ) -> None:
        """
        Begin again as another sandbox would, in its place; the arguments are those of the class.

        The application keeps its id and its secret. Whoever serves it need not stop.
        """
        with self.lock:
            self._seed, self._people, self._source = seed, people, world
            self._clock, self._choices = clock or Clock(), choices or Choices()
            self.journal = Journal()
            self.reset()

    # What goes wrong -----------------------------------------------------------------

    def limit(self, quota: Quota | None) -> None:
        """Hold applications to a quota, counted from now on; `None`: to none."""
        with self.lock:
            self.meter = Meter(quota) if quota is not None and quota.limits else None

    def _calm_down(self) -> None:
        self.faults.clear()
        # Of its own, so that ids are the same with faults and without.
        self._chance = SystemRandom() if self._seed is None else Random(self._seed)  # noqa: S311  # asked for
        self.limit(self._quota)

    def _meet(self, request: Request) -> Meeting | None:
        from .app import CONTROL
        from .mischief.meetings import Call

        return None if request.path.startswith(CONTROL) else Call(self.world, request)

    def _new_world(self) -> World:
        random = SystemRandom() if self._seed is None else Random(self._seed)  # noqa: S311  # asked for
        world = World(self._clock, Ids(random), self._choices, _write)
        world.outbox.on_queued = lambda: self.on_queued()
        return world

    def _new_application(self, before: Application | None) -> Application:
        client_id, secret = self.world.ids.token(), self.world.ids.client_secret()
        if before is not None:
            client_id, secret = before.client_id, before.secrets[-1]
        return self.world.add_application("Sandbox application", client_id=client_id, secret=secret)

    def _fill(self) -> None:
        if self._source:
            # Loaded only for those who have a world of their own, as it costs a while.
            from .worldfiles import fill

            fill(self.world, self.application, self._source)
        elif self._people:
            populate(self.world, self.application)
            furnish(self.world, self.application)


def _write(delivery: Delivery) -> tuple[Any, bytes]:
    # Loaded at the first callback, as it costs a while.
    from .letters import write

    return write(delivery)
