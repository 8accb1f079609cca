"""
The programs, and how each is to end; run as a module it runs them over and over.

``python -m tests.lives.scenarios --times 200`` prints how long they took to end, from the
end of their own work, or from the signal that they got.
"""

from __future__ import annotations

import argparse
import signal
import statistics
from itertools import cycle, islice

import attrs
import pytest

from .children import Children, End
from .servers import Service

__all__ = ("SCENARIOS", "Scenario")

INTERRUPTED = -signal.SIGINT
TERMINATED = -signal.SIGTERM
LONGEST = 2.0

NOISE = (
    "Exception ignored",
    "Exception in thread",
    "ResourceWarning",
    "Unclosed",
    "destroyed",
    "internal error",
    "never awaited",
    "never retrieved",
)


@attrs.frozen(kw_only=True)
class Scenario:
    """
    A program and how it is to end.

    Attributes:
        name: Of the function that it is.
        row: Of the fault catalogue.
        out: The lines that it prints.
        status: With which it ends.
        err: What it complains of; of the traceback of Ctrl-C, the last line.
    """

    name: str
    row: int
    out: tuple[str, ...] = ()
    status: int = 0
    err: str = ""

    def check(self, end: End) -> None:
        """Compare an end with what it is to be."""
        assert (self.status, list(self.out)) == (end.status, end.out.splitlines()), end
        assert [] == [noise for noise in NOISE if noise in end.err], end.err
        if self.status == INTERRUPTED:
            lines = end.err.splitlines()
            assert (1, "KeyboardInterrupt") == (lines.count("KeyboardInterrupt"), lines[-1]), end
        else:
            assert self.err == end.err


def ending(names: str, *out: str, row: int = 46, status: int = 0, err: str = "") -> list[Scenario]:
    """Scenarios that end alike."""
    return [Scenario(name=name, row=row, out=out, status=status, err=err) for name in names.split()]


CLEAN = ("interrupted", "works True", "left 0 0 0", "MainThread cronofy_async")
FORKED = ("child True", "status 0", "parent True")
REFUSED = (
    "child Cronofy blocks, and this thread runs an event loop that it would freeze: "
    "use AsyncCronofy here"
)

SCENARIOS = (
    *ending("client_left_open client_on_httpx2_left_open client_in_a_circle", "4"),
    *ending("async_client_left_open async_client_closed_on_trio", "4"),
    *ending("client_never_used", "made"),
    *ending("pager_left_open async_pager_left_open", "Event"),
    *ending("fan_out_left_open async_fan_out_left_open async_call_left_under_way", "True"),
    *ending("left_by_an_error", status=1, err="the program failed\n"),
    *ending("call_in_a_daemon_thread read_in_a_daemon_thread fan_out_in_a_daemon_thread", "end"),
    *ending("poller_in_a_daemon_thread async_loop_in_a_daemon_thread", "end"),
    *ending("call_with_tokens_in_a_file", "end"),
    *ending("exchange_in_a_daemon_thread", "exchanged", "exit", "stored True"),
    *ending("interrupted_call interrupted_read interrupted_pager", row=47, status=INTERRUPTED),
    *ending("interrupted_fan_out interrupted_by_start", row=47, status=INTERRUPTED),
    *ending("interrupted_sending async_interrupted_call", row=47, status=INTERRUPTED),
    *ending("async_interrupted_fan_out", row=47, status=INTERRUPTED),
    *ending("async_interrupted_fan_out_left_open", row=47, status=INTERRUPTED),
    *ending("interrupted_fan_out_on_trio", row=47, status=INTERRUPTED),
    *ending("interrupted_call_and_going_on interrupted_fan_out_and_going_on", *CLEAN, row=47),
    *ending("terminated_call terminated_fan_out", row=47, status=TERMINATED),
    *ending("terminated_with_a_handler", row=47, status=7),
    *ending("async_terminated_with_a_handler", "cancelled", row=47),
    *ending("forked_with_an_open_client forked_before_the_first_call", *FORKED, row=45),
    *ending("forked_and_closed_by_the_child forked_on_httpx2", *FORKED, row=45),
    *ending("forked_and_forgotten_by_the_child forked_during_calls", *FORKED, row=45),
    *ending("forked_while_the_bridge_is_busy", *FORKED, row=45),
    *ending("async_forked_between_runs async_forked_in_a_run", *FORKED, row=45),
    *ending("forked_twice", "child True", "grandchild True", "status 0", *FORKED[1:], row=45),
    *ending("forked_on_trio", REFUSED, *FORKED[1:], row=45),
)


def main() -> None:
    """Run the scenarios so many times, and print how long each took to end."""
    parser = argparse.ArgumentParser(prog="python -m tests.lives.scenarios")
    parser.add_argument("--times", type=int, default=200, help="how many are run, in turn")
    times = parser.parse_args().times
    seconds: dict[str, list[float]] = {each.name: [] for each in SCENARIOS}
    failures: list[str] = []
    with Service() as service, Children() as children:
        for scenario in islice(cycle(SCENARIOS), times):
            end = children.run(scenario.name, service.given)
            try:
                scenario.check(end)
            except AssertionError as error:
                failures.append(f"{scenario.name}: {error}")
            began = end.done or service.signalled.get(end.pid)
            if began is not None:
                seconds[scenario.name].append(end.over - began)
    print(f"{'scenario':40} {'times':>5} {'median':>8} {'most':>8}")
    for name, taken in seconds.items():
        if taken:
            print(f"{name:40} {len(taken):5} {statistics.median(taken):6.2f} s {max(taken):6.2f} s")
    all_taken = [each for taken in seconds.values() for each in taken]
    late = [each for each in all_taken if each > LONGEST]
    print(f"{len(all_taken)} ends timed, the longest {max(all_taken):.2f} s")
    print(
        f"{len(late)} took longer than {LONGEST:.0f} s; {len(failures)} of {times} ended otherwise"
    )
    for failure in failures:
        print(failure)
    raise SystemExit(bool(late or failures))


def scenario_parameters() -> list[object]:
    """The scenarios as parameters of a test."""
    return [
        pytest.param(each, id=each.name, marks=pytest.mark.fault(each.row)) for each in SCENARIOS
    ]


if __name__ == "__main__":
    main()
