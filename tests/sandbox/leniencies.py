"""For each thing that is let pass, a request that needs it, in the form of its client."""

from __future__ import annotations

from typing import Any

__all__ = ("CASES",)

# Each leniency by the beginning of its description, and a request that needs it.
AVAILABILITY: dict[str, Any] = {
    "participants": [{"members": [{"sub": "{sub}"}], "required": "all"}],
    "required_duration": {"minutes": 60},
    "query_periods": [{"start": "2030-01-07T09:00:00Z", "end": "2030-01-07T17:00:00Z"}],
}
EVENT: dict[str, Any] = {
    "event_id": "e1",
    "summary": "Talk",
    "start": "2030-01-02T10:00:00Z",
    "end": "2030-01-02T11:00:00Z",
}
LINK: dict[str, Any] = {
    "oauth": {"redirect_uri": "https://example.org/back"},
    "event": {"event_id": "e1", "summary": "Talk", "tzid": "Etc/UTC"},
    "availability": AVAILABILITY,
}
REVOKE = "/oauth/token/revoke"
EVENTS = "/v1/calendars/{calendar_id}/events"
EVERY_FORM = "application/x-www-form-urlencoded"

CASES: dict[str, tuple[str, str, Any, dict[str, str]]] = {
    "A slash at the end": ("GET", "/v1/calendars/", None, {}),
    "Bodies in the form": (
        "POST",
        REVOKE,
        b"client_id={client_id}&client_secret={client_secret}&token={refresh_token}",
        {"Authorization": "", "Content-Type": EVERY_FORM},
    ),
    "The parameters of a DELETE": ("DELETE", "/v1/events?delete_all=True", {}, {}),
    "A query at the URL of a further": (
        "GET",
        "{next_page}?tzid=Etc%2FUTC&include_managed=true",
        None,
        {},
    ),
    "True and False": ("GET", "/v1/events?tzid=Etc%2FUTC&include_managed=True", None, {}),
    "refresh_token in the place": (
        "POST",
        REVOKE,
        {
            "client_id": "{client_id}",
            "client_secret": "{client_secret}",
            "refresh_token": "{refresh_token}",
        },
        {"Authorization": ""},
    ),
    "A refresh token beside an authorization code": (
        "POST",
        "/oauth/token",
        {
            "client_id": "{client_id}",
            "client_secret": "{client_secret}",
            "grant_type": "authorization_code",
            "code": "{code}",
            "redirect_uri": "https://example.org/back",
            "refresh_token": "{refresh_token}",
        },
        {"Authorization": ""},
    ),
    "The header's secret once more": (
        "POST",
        "/v1/bookable_events",
        {
            "bookable_event_id": "b",
            "start": "2030-01-02T10:00:00Z",
            "end": "2030-01-02T11:00:00Z",
            "status": "confirmed",
            "registration": {"capacity": 1},
            "bearer_token": "{client_secret}",
        },
        {"Authorization": "Bearer {client_secret}"},
    ),
    "sub beside token": (
        "POST",
        REVOKE,
        {
            "client_id": "{client_id}",
            "client_secret": "{client_secret}",
            "token": "{refresh_token}",
            "sub": "{sub}",
        },
        {"Authorization": ""},
    ),
    "null in the place": ("POST", EVENTS, {**EVENT, "color": None}, {}),
    "An empty buffer": (
        "POST",
        "/v1/sequenced_availability",
        {
            "query_periods": AVAILABILITY["query_periods"],
            "sequence": [{**AVAILABILITY, "sequence_id": 1, "query_periods": []}],
        },
        {},
    ),
    "event_uid beside event_id": ("POST", EVENTS, {**EVENT, "event_uid": "evt_external_1"}, {}),
    "Times without an offset": (
        "POST",
        EVENTS,
        {**EVENT, "start": "2030-01-02T10:00:00", "end": "2030-01-02T11:00:00"},
        {},
    ),
    "Numbers and truth values": (
        "POST",
        EVENTS,
        (
            b"event_id=e1&summary=s&start=2030-01-02&end=2030-01-03"
            b"&reminders[][minutes]=5&event_private=true"
        ),
        {"Content-Type": EVERY_FORM},
    ),
    "A body on GET": ("GET", "/v1/account", {}, {}),
    "A space in the place": (
        "POST",
        EVENTS,
        {**EVENT, "start": "2030-01-02 10:00:00Z", "end": "2030-01-02T11:00:00.000Z"},
        {},
    ),
    "`Bearer None`": (
        "POST",
        "/v1/application_calendars",
        {
            "client_id": "{client_id}",
            "client_secret": "{client_secret}",
            "application_calendar_id": "x",
        },
        {"Authorization": "Bearer None"},
    ),
    "Credentials in the body": (
        "POST",
        "/v1/real_time_scheduling",
        {**LINK, "client_id": "{client_id}", "client_secret": "{client_secret}"},
        {},
    ),
    "Blank parameters": (
        "GET",
        (
            "/oauth/authorize?response_type=code&client_id={client_id}&scope=read_write"
            "&redirect_uri=https%3A%2F%2Fexample.org&state=&provider_name=&avoid_linking=False"
        ),
        None,
        {"Authorization": ""},
    ),
    "A Content-Encoding header": (
        "POST",
        EVENTS,
        EVENT,
        {"Content-Encoding": "gzip;q=1.0,deflate;q=0.6,identity;q=0.3"},
    ),
    "Token requests on the app host": (
        "POST",
        "https://app-de.cronofy.com" + REVOKE,
        {
            "client_id": "{client_id}",
            "client_secret": "{client_secret}",
            "token": "{refresh_token}",
        },
        {"Authorization": ""},
    ),
    "reject for those": (
        "POST",
        EVENTS,
        {**EVENT, "attendees": {"reject": [{"email": "bo@example.com"}]}},
        {},
    ),
    "available_periods for": (
        "POST",
        "/v1/availability",
        {
            **{name: value for name, value in AVAILABILITY.items() if name != "query_periods"},
            "available_periods": AVAILABILITY["query_periods"],
        },
        {},
    ),
    "Groups without required": (
        "POST",
        "/v1/availability",
        {**AVAILABILITY, "participants": [{"members": [{"sub": "{sub}"}]}]},
        {},
    ),
    "A parameter of the path": (
        "DELETE",
        "/v1/availability_rules/default",
        {"availability_rule_id": "default"},
        {},
    ),
}
