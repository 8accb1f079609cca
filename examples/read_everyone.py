"""
Read every event of 200 accounts at once, with a progress bar.

Runs against a sandbox of its own, in this process: no calendar is touched. With ``--async``
the same is awaited.
"""

import asyncio
import sys
from datetime import UTC, datetime, timedelta

from cronofy_async import AsyncCronofy, Cronofy, Limits, Progress
from cronofy_async.operations import ReadEvents
from cronofy_transports.sandbox import Sandbox

ACCOUNTS = 200
EVENTS = 30

# The sandbox has no quota; leave this out to keep to that of the service.
UNLIMITED = Limits(concurrent=16, per_second=100_000, per_minute=1_000_000)


def people(sandbox: Sandbox) -> dict[str, str]:
    """Fill the sandbox with people who have events; their access tokens by their ids."""
    world, tokens = sandbox.world, {}
    morning = datetime.now(UTC).replace(hour=9, minute=0, second=0, microsecond=0)
    for number in range(ACCOUNTS):
        email = f"person.{number}@example.com"
        account = world.add_account(email=email, name=f"Person {number}", zoneinfo="Etc/UTC")
        profile = world.add_profile(
            account, name=email, provider_name="google", provider_service="gsuite"
        )
        calendar = world.add_calendar(profile, "Work", primary=True)
        tokens[account.sub] = sandbox.control.grant(account.sub)["access_token"]
        for day in range(EVENTS):
            start = morning + timedelta(days=day)
            sandbox.control.create_event(
                calendar.calendar_id, f"Meeting {day}", start, start + timedelta(hours=1)
            )
    return tokens


def draw(progress: Progress) -> None:
    """Draw the bar anew."""
    done, total = progress.accounts_done, progress.accounts_total or 0
    bar = "#" * (40 * done // total)
    end = "\n" if done == total else ""
    print(
        f"\r[{bar:40}] {done}/{total} accounts, {progress.entries} events, "
        f"{progress.rate:,.0f}/s, {progress.accounts_failed} failed",
        end=end,
        flush=True,
    )


def read(sandbox: Sandbox, tokens: dict[str, str]) -> int:
    """Read everyone without awaiting; how many events there are."""
    found = 0
    with Cronofy(
        sandbox.client_id,
        sandbox.client_secret,
        transport=sandbox.transport(),
        limits=UNLIMITED,
    ) as cronofy:
        accounts = [cronofy.account(sub, access_token=token) for sub, token in tokens.items()]
        with cronofy.read_many(ReadEvents(tzid="Etc/UTC"), accounts) as reading:
            for outcome in reading:
                found += len(outcome.result())
                draw(reading.progress)
    return found


async def read_async(sandbox: Sandbox, tokens: dict[str, str]) -> int:
    """The same, awaited."""
    found = 0
    async with AsyncCronofy(
        sandbox.client_id,
        sandbox.client_secret,
        transport=sandbox.transport(),
        limits=UNLIMITED,
    ) as cronofy:
        accounts = [cronofy.account(sub, access_token=token) for sub, token in tokens.items()]
        async with cronofy.read_many(ReadEvents(tzid="Etc/UTC"), accounts) as reading:
            async for outcome in reading:
                found += len(outcome.result())
                draw(reading.progress)
    return found


def main() -> None:
    """Fill a sandbox and read everyone in it."""
    sandbox = Sandbox(seed=1, people=False)
    tokens = people(sandbox)
    if "--async" in sys.argv[1:]:
        found = asyncio.run(read_async(sandbox, tokens))
    else:
        found = read(sandbox, tokens)
    print(f"{found} events of {len(tokens)} accounts")


if __name__ == "__main__":
    main()
