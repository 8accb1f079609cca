"""
Book a meeting room, which is an application calendar, for the first free hour of tomorrow.

Needs CRONOFY_CLIENT_ID and CRONOFY_CLIENT_SECRET, and CRONOFY_API_URL to use a sandbox.
"""

from datetime import UTC, datetime, timedelta

from cronofy_async import Cronofy


def main() -> None:
    """Find the hour, book it, and show what the room has that day."""
    with Cronofy() as cronofy:
        tokens = cronofy.upsert_application_calendar(application_calendar_id="meeting-room-1")
        assert tokens.sub is not None
        room = cronofy.account(tokens.sub, access_token=tokens.access_token)
        (calendar,) = room.list_calendars()

        morning = datetime.now(UTC).replace(hour=9, minute=0, second=0, microsecond=0)
        morning += timedelta(days=1)
        evening = morning + timedelta(hours=8)
        found = cronofy.availability(
            participants=tokens.sub,
            required_duration=60,
            query_periods=[(morning, evening)],
            response_format="slots",
        )
        if not found.available_slots:
            raise SystemExit("The room is taken all day.")
        slot = found.available_slots[0]
        room.upsert_event(
            calendar_id=calendar.calendar_id,
            event_id=f"board-meeting-{slot.start:%Y-%m-%d}",
            summary="Board meeting",
            start=slot.start,
            end=slot.end,
        )
        for event in room.read_events(tzid="Etc/UTC", only_managed=True):
            print(event.start, event.end, event.summary)


if __name__ == "__main__":
    main()
