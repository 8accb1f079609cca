"""
Print what an account has in its calendars during the next seven days.

Needs CRONOFY_ACCESS_TOKEN, and CRONOFY_API_URL to use a sandbox.
"""

import asyncio
from datetime import UTC, datetime, timedelta

from cronofy_async import AsyncCronofy


async def main() -> None:
    """Read page after page, and print entry after entry."""
    async with AsyncCronofy() as cronofy:
        account = cronofy.account()
        names = {c.calendar_id: c.calendar_name for c in await account.list_calendars()}
        today = datetime.now(UTC).date()
        async for event in account.read_events(
            tzid="Europe/Paris", from_=today, to=today + timedelta(days=7), include_managed=True
        ):
            print(event.start, event.summary, f"({names.get(event.calendar_id)})")


if __name__ == "__main__":
    asyncio.run(main())
