"""The sandbox as a whole: one application, its world, and the ways to reach them."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Sequence
from functools import cached_property
from random import Random, SystemRandom
from threading import RLock
from typing import TYPE_CHECKING, Any, Self, TypeVar

from .choices import Choices
from .clock import Clock
from .controls import Controls
from .demo import populate
from .faults import Faults
from .ids import Ids, Seeded
from .journal import Journal
from .keeping.errors import WorldFileError
from .premises import furnish
from .push import Delivery
from .quota import Meter, Quota
from .state.access import Application
from .world import World

if TYPE_CHECKING:
    from cronofy_async.core.wire import Request, Response

    from .app import App
    from .faults import Meeting, Strike
    from .keeping.file import WorldFile
    from .keeping.snapshot import Snapshot
    from .mischief.case import Struck
    from .transport import SandboxTransport
    from .worldfiles import WorldSource

__all__ = ("Sandbox",)

log = logging.getLogger("cronofy_transports.sandbox")

T = TypeVar("T")


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
        db: A file to keep the world in, or one that has kept a world: then that goes on,
            with its own seed. Left out: all is forgotten at the end.

    Raises:
        CommandError: Something in *world* is wrong.
        WorldFileError: *db* is in use, is no such file, or cannot be read or written.
        ValueError: *db* holds a world of another seed.

    Attributes:
        world: Everything that it knows, for tests to look at.
        control: What people and time do.
        journal: Every request that it answered. It is no part of the world: nothing
            brings back what it has forgotten, nor makes it forget, but `reset`.
        faults: What goes wrong. They are no part of the world either.
        meter: Counts the calls of applications; `None` without a quota. The same.
        snapshots: Those that were given a name.
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
        db: str | os.PathLike[str] | None = None,
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
        self.snapshots: dict[str, Snapshot] = {}
        self.control = Controls(self)
        self._file: WorldFile | None = None
        self.world = self._new_world()
        if db is None or not self._open(db):
            try:
                self.application = self._new_application(None)
                self._fill()
                self.keep()
            except BaseException:
                self.close()
                raise

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
                return self.answer(request)
            from .mischief.case import arrival

            return arrival(self.answer_struck(request, strike), request)

    def answer(self, request: Request) -> Response:
        """Answer one request as if there were no faults, once what it changed is kept."""
        with self.lock:
            return self._kept(lambda: self.app.handle(request), lambda failure: failure)

    def answer_struck(self, request: Request, strike: Strike) -> Struck:
        """Answer one request that a fault strikes, once what it changed is kept."""
        from .mischief.case import Struck

        with self.lock:
            return self._kept(
                lambda: self.app.handle_struck(request, strike),
                lambda failure: Struck(response=failure),
            )

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
            found = [
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
            self.keep()
            return found

    # Keeping its world ---------------------------------------------------------------

    def keep(self) -> None:
        """
        Write what has changed to the file, if there is one.

        After each request and each command this is done; it is for those who change
        `world` themselves.

        Raises:
            WorldFileError: It cannot be written.
        """
        if self._file is not None:
            with self.lock:
                self._file.write(self.world)

    def close(self) -> None:
        """Let go of the file, if there is one: what is changed after that is refused."""
        if self._file is not None:
            with self.lock:
                self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def snapshot(self) -> Snapshot:
        """Everything that it knows now, to go back to; the journal is not in it."""
        from .keeping.snapshot import Snapshot

        with self.lock:
            return Snapshot.of(self.world)

    def remember(self, name: str) -> None:
        """Take a snapshot and keep it under a name, in the file too if there is one."""
        with self.lock:
            taken = self.snapshot()
            if self._file is not None:
                self._file.keep(name, taken)
            self.snapshots.pop(name, None)
            self.snapshots[name] = taken

    def restore(self, snapshot: Snapshot) -> None:
        """
        Go back to how everything was, to the second and to the next id of a seed.

        The clock shows the time of the snapshot and goes on from there: what was stamped
        later is gone. The application has the secrets of then. Callbacks that were on
        their way then are sent again. Dials stand as they were turned then; those that
        were not are as in this sandbox. Faults and the quota stay.

        Raises:
            ValueError: The snapshot is damaged.
            WorldFileError: The world is in a file that cannot be written.
        """
        with self.lock:
            world = self._new_world()
            snapshot.fill(world)
            self._go_on_with(world)
            self.keep()
        self.on_queued()

    def _open(self, db: str | os.PathLike[str]) -> bool:
        """Go on with the world of a file; returns whether there was one."""
        # Loaded only here, as it costs a while.
        from .keeping.file import WorldFile

        file = WorldFile(db)
        try:
            found = file.read(self.world)
            self.snapshots |= file.snapshots()
            if found:
                self._take_seed()
                self._go_on_with(self.world)
        except BaseException:
            file.close()
            raise
        self._file = file
        return found

    def _take_seed(self) -> None:
        random = self.world.ids.random
        seed = random.number if isinstance(random, Seeded) else None
        if self._seed is not None and self._seed != seed:
            raise ValueError(f"the world of this file has the seed {seed}: give that, or none")
        self._seed = seed
        self._calm_down()

    def _go_on_with(self, world: World) -> None:
        self.world = world
        self.application = next(iter(world.applications.values()))

    def _kept(self, answer: Callable[[], T], failed: Callable[[Response], T]) -> T:
        """Answer once what the answer tells of is in the file."""
        try:
            try:
                return answer()
            finally:
                self.keep()
        except WorldFileError as error:
            from cronofy_async.core.wire import Response

            log.error("%s", error)
            return failed(Response(500))

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
            try:
                self._fill()
            finally:
                self.keep()
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
        random = SystemRandom() if self._seed is None else Seeded(self._seed)
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
