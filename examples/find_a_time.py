"""
Find when 50 people can meet: all of the board, and at least half of the others.

Runs against a sandbox of its own, in this process: no calendar is touched.
"""

import asyncio
from datetime import UTC, datetime, timedelta
from random import Random

from cronofy_async import AsyncCronofy
from cronofy_async.booking import AsyncBooker
from cronofy_async.models import Group
from cronofy_transports.sandbox import Sandbox

PEOPLE, BOARD, DAYS = 50, 5, 14
MORNING = datetime.now(UTC).replace(hour=8, minute=0, second=0, microsecond=0) + timedelta(days=1)


def people(sandbox: Sandbox) -> list[str]:
    """Fill the sandbox with people who have three meetings a day; gives their ids."""
    random, subs = Random(7), []  # noqa: S311  # nothing secret
    for number in range(PEOPLE):
        email = f"person.{number}@example.com"
        account = sandbox.world.add_account(email=email, name=email, zoneinfo="Etc/UTC")
        profile = sandbox.world.add_profile(
            account, name=email, provider_name="google", provider_service="gsuite"
        )
        calendar = sandbox.world.add_calendar(profile, "Work", primary=True)
        sandbox.control.grant(account.sub)
        subs.append(account.sub)
        for day in range(DAYS):
            for hour in random.sample(range(9), 3):
                start = MORNING + timedelta(days=day, hours=hour)
                end = start + timedelta(minutes=50)
                sandbox.control.create_event(calendar.calendar_id, "Meeting", start, end)
    return subs


async def main() -> None:
    """Ask for the five earliest times, and print who could come."""
    sandbox = Sandbox(seed=1, people=False)
    subs = people(sandbox)
    others = subs[BOARD:]
    async with AsyncCronofy(
        sandbox.client_id, sandbox.client_secret, transport=sandbox.transport()
    ) as cronofy:
        search = AsyncBooker(cronofy).find(
            [Group(members=subs[:BOARD]), Group(members=others, required=len(others) // 2)],
            30,
            [
                (MORNING + timedelta(days=day), MORNING + timedelta(days=day, hours=9))
                for day in range(DAYS)
            ],
        )
        for time in await search.first(5):
            print(f"{time.start:%a %d %b %H:%M}: {len(time.subs)} of {PEOPLE} can come")


if __name__ == "__main__":
    asyncio.run(main())
