"""
Book a meeting room, which is an application calendar, for the first free hour of tomorrow.

Needs CRONOFY_CLIENT_ID and CRONOFY_CLIENT_SECRET, and CRONOFY_API_URL to use a sandbox.
"""

from datetime import UTC, datetime, timedelta

from cronofy_async import Cronofy
from cronofy_async.booking import Booker, SlotTakenError


def main() -> None:
    """Find the hour and book it; ask again for the same booking, and it is still one."""
    with Cronofy() as cronofy:
        room = cronofy.keep_tokens(
            cronofy.upsert_application_calendar(application_calendar_id="meeting-room-1")
        )
        (calendar,) = room.list_calendars()
        where = (room, calendar.calendar_id)
        booker = Booker(cronofy)
        morning = datetime.now(UTC).replace(hour=9, minute=0, second=0, microsecond=0)
        morning += timedelta(days=1)
        for slot in booker.find(str(room.sub), 60, [(morning, morning + timedelta(hours=8))]):
            try:
                booking = booker.book("board", where, slot.start, slot.end, summary="Board")
            except SlotTakenError as error:
                print(error)
                continue
            again = booker.book("board", where, slot.start, slot.end, summary="Board")
            print("booked", booking.start, booking.end, "once:", booking.event_id == again.event_id)
            return
        raise SystemExit("The room is taken all day.")


if __name__ == "__main__":
    main()
