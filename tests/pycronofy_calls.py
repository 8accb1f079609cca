"""What must come of each call that pycronofy sends."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from pycronofy import batch as official_batch  # type: ignore[import-untyped]  # it has no types
from pycronofy import exceptions as official_errors

from cronofy_async.callbacks import SIGNATURE_HEADER
from cronofy_async.models import SequenceItem

from .pycronofy_support import (
    BACK,
    END,
    ROOM,
    START,
    Both,
    Stub,
    approved,
    event,
    periods,
    pointed_at,
)

__all__ = ("Calls", "notified")


def notified(client: Any, receiver: Stub) -> dict[str, Any]:
    """The next notification, which pycronofy must find to be signed."""
    seen = receiver.next()
    assert client.hmac_valid(seen.headers[SIGNATURE_HEADER.lower()], seen.body.decode())
    found: dict[str, Any] = seen.json["notification"]
    return found


class Calls(Both):
    """Each call that pycronofy sends, under its name there: what must come of it."""

    # Identity and access

    def account(self) -> None:
        account = self.theirs.account()
        assert self.person.sub == account["account_id"] == self.mine.get_account().account_id

    def userinfo(self) -> None:
        assert self.person.sub == self.theirs.userinfo()["sub"] == self.mine.get_userinfo().sub

    def list_profiles(self) -> None:
        ours = [each.profile_id for each in self.mine.list_profiles()]
        assert [self.person.profile_id] == ours
        assert ours == [each["profile_id"] for each in self.theirs.list_profiles()]

    def get_authorization_from_code(self) -> None:
        code = self.wire.command("authorize", sub=self.person.sub, redirect_uri=BACK)
        client = pointed_at(self.url, **self.wire.client)
        client.get_authorization_from_code(code, redirect_uri=BACK)
        assert self.person.sub == client.account()["account_id"]

    def refresh_authorization(self) -> None:
        self.wire.command("advance", seconds=4000)
        with pytest.raises(official_errors.PyCronofyRequestError):
            self.theirs.account()
        answer = self.theirs.refresh_authorization()
        assert self.person.token != answer["access_token"]
        assert self.person.sub == self.theirs.account()["account_id"]

    def revoke_authorization(self) -> None:
        self.theirs.revoke_authorization()
        assert 401 == self.wire.send("GET", "/v1/account", token=self.person.token).status
        assert self.theirs.auth.access_token is None

    def revoke_profile(self) -> None:
        self.theirs.revoke_profile(self.person.profile_id)
        assert [] == self.mine.list_profiles()

    def application_calendar(self) -> None:
        answer = self.theirs.application_calendar("room")
        ours = self.app.upsert_application_calendar(application_calendar_id="room")
        assert ("room", ours.sub) == (answer["application_calendar_id"], answer["sub"])
        assert answer["sub"].startswith("apc_")
        assert 1 == len(self.theirs.list_calendars())

    def elevated_permissions(self) -> None:
        wanted = {"calendar_id": self.cal, "permission_level": "unrestricted"}
        request = self.theirs.elevated_permissions([wanted], BACK)
        assert "error" not in approved(request["url"])
        (calendar,) = self.theirs.list_calendars()
        assert "unrestricted" == calendar["permission_level"]

    def get_conferencing_services_auth_link(self) -> None:
        back = approved(self.theirs.get_conferencing_services_auth_link(BACK, "zoom"))
        profiles = self.theirs.userinfo()["cronofy.data"]["conferencing_profiles"]
        found = {each["profile_id"]: each["provider_name"] for each in profiles}
        assert "zoom" == found[back["last_linked_profile_id"]]

    def get_ui_element_token(self) -> None:
        answer = self.theirs.get_ui_element_token(
            ["agenda"], [self.person.sub], "https://app.example.com"
        )
        token = answer["element_token"]
        assert (["agenda"], "https://app.example.com") == (token["permissions"], token["origin"])

    # Enterprise Connect

    def resources(self) -> None:
        (room,) = self.service_account().resources()
        assert {"email": ROOM, "name": "Board room"} == room

    def authorize_with_service_account(self) -> None:
        broker = self.service_account()
        with Stub() as receiver:
            broker.authorize_with_service_account(ROOM, "read_write", receiver.url, state="s-2")
            client, answer = self.delegated(receiver)
        assert "s-2" == answer["state"]
        assert ROOM == client.list_profiles()[0]["profile_name"]

    def authorize_multiple_accounts_via_service_account(self) -> None:
        broker = self.service_account()
        with Stub() as receiver:
            asked = {"email": ROOM, "scope": "read_write", "callback_url": receiver.url}
            broker.authorize_multiple_accounts_via_service_account([asked])
            client, _ = self.delegated(receiver)
        assert ROOM == client.list_profiles()[0]["profile_name"]

    def service_account(self) -> Any:
        """pycronofy for an account that reaches a whole domain, authorized by its page."""
        self.wire.command("add_room", email=ROOM, title="Board room")
        url = self.app.enterprise_authorization_url(
            redirect_uri=BACK,
            scope="service_account/accounts/manage service_account/resources/manage",
            delegated_scope="read_write",
        )
        client = pointed_at(self.url, **self.wire.client)
        client.get_authorization_from_code(approved(url)["code"], redirect_uri=BACK)
        return client

    def delegated(self, receiver: Stub) -> tuple[Any, dict[str, Any]]:
        """What a callback of Enterprise Connect gives access to, and the callback."""
        self.wire.command("advance", seconds=60)
        seen = receiver.next()
        client = pointed_at(self.url, **self.wire.client)
        assert client.hmac_valid(seen.headers[SIGNATURE_HEADER.lower()], seen.body.decode())
        answer: dict[str, Any] = seen.json["authorization"]
        client.get_authorization_from_code(answer["code"], redirect_uri=receiver.url)
        return client, answer

    # Calendars and events

    def list_calendars(self) -> None:
        ours = [each.calendar_id for each in self.mine.list_calendars()]
        assert [self.cal] == ours == [each["calendar_id"] for each in self.theirs.list_calendars()]

    def create_calendar(self) -> None:
        made = self.theirs.create_calendar(self.person.profile_id, "New")["calendar"]
        assert "New" == made["calendar_name"]
        with pytest.raises(official_errors.PyCronofyRequestError):
            self.theirs.create_calendar(self.person.profile_id, "New")
        again = self.theirs.create_calendar(self.person.profile_id, "New", error_on_duplicate=False)
        assert made["calendar_id"] == again["calendar_id"]

    def read_events(self) -> None:
        for hours in range(5):
            self.wire.write(self.person, f"e{hours}")
        everything = self.theirs.read_events(calendar_ids=[self.cal], include_geo=True).all()
        assert self.ids() == sorted(each["event_id"] for each in everything)
        window = {"from_date": START, "to_date": END, "last_modified": START, "tzid": "Etc/UTC"}
        flags = {"include_deleted": True, "include_moved": True, "localized_times": True}
        assert [] == self.theirs.read_events(only_managed=True, **window, **flags).all()

    def read_free_busy(self) -> None:
        for hours in range(5):
            self.wire.write(self.person, f"e{hours}")
        found = self.theirs.read_free_busy(calendar_ids=[self.cal], localized_times=True).all()
        assert ["busy"] * 5 == [each["free_busy_status"] for each in found]
        window = {"from_date": START, "to_date": END, "include_managed": False}
        assert [] == self.theirs.read_free_busy(**window).all()

    def upsert_event(self) -> None:
        self.theirs.upsert_event(
            self.cal,
            event(
                location={"description": "Room 1"},
                reminders=[{"minutes": 10}],
                attendees={"invite": [{"email": "kai@example.com"}], "remove": []},
                transparency="opaque",
                color="#49BED8",
            ),
        )
        (found,) = self.wire.events(self.person, only_managed=True)
        assert ("e1", "2030-01-07T09:00:00Z") == (found["event_id"], found["start"])
        assert "kai@example.com" == found["attendees"][0]["email"]

    def delete_event(self) -> None:
        self.wire.write(self.person)
        self.theirs.delete_event(self.cal, "e1")
        assert [] == self.ids()

    def delete_external_event(self) -> None:
        self.wire.command("unrestrict", calendar_id=self.cal)
        uid = self.wire.external(self.person, "2030-01-08T09:00:00Z", "2030-01-08T10:00:00Z")
        self.theirs.delete_external_event(self.cal, uid)
        assert [] == self.summaries()

    def delete_all_events(self) -> None:
        self.wire.external(self.person, "2030-01-08T09:00:00Z", "2030-01-08T10:00:00Z")
        for arguments in ((), ((self.cal,),)):
            self.wire.write(self.person)
            self.theirs.delete_all_events(*arguments)
            assert ["Private"] == self.summaries(include_managed=True)

    def change_participation_status(self) -> None:
        uid = self.wire.external(
            self.person,
            "2030-01-08T09:00:00Z",
            "2030-01-08T10:00:00Z",
            invited_by="kai@example.com",
            participation_status="needs_action",
        )
        self.theirs.change_participation_status(self.cal, uid, "tentative")
        assert "tentative" == self.wire.events(self.person)[0]["participation_status"]

    def batch(self) -> None:
        self.wire.write(self.person, "gone")
        builder = official_batch.BatchBuilder()
        builder.upsert_event(self.cal, event()).delete_event(self.cal, "gone")
        entries = self.theirs.batch(builder).entries
        assert [202, 202] == [each.status() for each in entries]
        assert ["e1"] == self.ids()
        wrong = official_batch.BatchBuilder().upsert_event(self.cal, event("e2", summary=None))
        wrong.delete_external_event(self.cal, "nothing")
        with pytest.raises(official_errors.PyCronofyPartialSuccessError) as caught:
            self.theirs.batch(wrong)
        assert [422, 422] == [each.status() for each in caught.value.batch_response.errors()]

    # Channels

    def create_notification_channel(self) -> None:
        with Stub() as receiver:
            channel = self.theirs.create_notification_channel(receiver.url, (self.cal,), True)
            assert "verification" == notified(self.theirs, receiver)["type"]
        assert {"calendar_ids": [self.cal], "only_managed": True} == channel["filters"]

    def list_notification_channels(self) -> None:
        with Stub() as receiver:
            made = self.mine.create_channel(callback_url=receiver.url)
            receiver.next()
        (found,) = self.theirs.list_notification_channels()
        assert made.channel_id == found["channel_id"]

    def close_notification_channel(self) -> None:
        with Stub() as receiver:
            made = self.mine.create_channel(callback_url=receiver.url)
            receiver.next()
        self.theirs.close_notification_channel(made.channel_id)
        assert [] == self.mine.list_channels()

    # Scheduling

    def availability(self) -> None:
        self.wire.external(self.person, "2030-01-07T10:00:00Z", "2030-01-07T11:00:00Z")
        found = self.theirs.availability(
            [self.one], 60, periods(), start_interval=60, buffer={"before": 0}, max_results=9
        )
        assert ["09:00", "11:00"] == [each["start"][11:16] for each in found]
        ours = self.app.availability(
            participants=self.person.sub, required_duration=60, query_periods=[(START, END)]
        )
        assert [each["end"][11:16] for each in found] == [f"{r.end:%H:%M}" for r in ours.results]
        slots = [{"start": START}, {"start": START + timedelta(hours=1)}]
        found = self.theirs.availability(self.one, 60, query_slots=slots, response_format="slots")
        assert ["09:00"] == [each["start"][11:16] for each in found]

    def sequenced_availability(self) -> None:
        steps = [
            {"sequence_id": name, "ordinal": place, "participants": self.one, **SHAPE}
            for place, name in enumerate(("first", "second"), 1)
        ]
        found = self.theirs.sequenced_availability(steps, periods())
        items = [
            SequenceItem(
                sequence_id=name,
                ordinal=place,
                participants=self.person.sub,
                required_duration=60,
                start_interval=60,
            )
            for place, name in enumerate(("first", "second"), 1)
        ]
        ours = self.app.sequenced_availability(sequence=items, query_periods=[(START, END)])
        assert found
        assert [[each["sequence_id"] for each in way["sequence"]] for way in found] == [
            [each.sequence_id for each in way.sequence] for way in ours
        ]

    def upsert_availability_rule(self) -> None:
        stored = self.theirs.upsert_availability_rule(RULE)
        assert stored["weekly_periods"] == RULE["weekly_periods"]
        assert "hours" == self.mine.list_availability_rules()[0].availability_rule_id

    def list_availability_rules(self) -> None:
        self.theirs.upsert_availability_rule(RULE)
        (rule,) = self.theirs.list_availability_rules()
        assert "hours" == rule["availability_rule_id"]

    def get_availability_rule(self) -> None:
        self.theirs.upsert_availability_rule(RULE)
        assert "Europe/London" == self.theirs.get_availability_rule("hours")["tzid"]

    def delete_availability_rule(self) -> None:
        self.theirs.upsert_availability_rule(RULE)
        self.theirs.delete_availability_rule("hours")
        assert [] == self.mine.list_availability_rules()

    # Links and invites

    def real_time_scheduling(self) -> None:
        link = self.link()
        found = self.app.get_real_time_scheduling(
            real_time_scheduling_id=link["real_time_scheduling_id"]
        )
        assert ("open", link["url"]) == (found.status, found.url)

    def get_real_time_scheduling_status(self) -> None:
        link = self.link()
        number, token = link["real_time_scheduling_id"], link["url"].rpartition("/")[2]
        by_id = self.theirs.get_real_time_scheduling_status(real_time_scheduling_id=number)
        by_token = self.theirs.get_real_time_scheduling_status(token=token)
        assert "open" == by_id["real_time_scheduling"]["status"]
        assert by_id == by_token

    def disable_real_time_scheduling_link(self) -> None:
        number = self.link()["real_time_scheduling_id"]
        self.theirs.disable_real_time_scheduling_link(number, "Too late")
        found = self.app.get_real_time_scheduling(real_time_scheduling_id=number)
        assert "disabled" == found.status

    def real_time_sequencing(self) -> None:
        step = {"sequence_id": "only", "participants": self.one, **SHAPE}
        answer = self.theirs.real_time_sequencing(
            {"sequence": [step], "available_periods": periods()},
            {"redirect_uri": BACK},
            self.template(),
            self.targets(),
            minimum_notice=60,
        )
        number = answer["real_time_sequencing"]["real_time_sequencing_id"]
        found = self.app.get_real_time_sequencing(real_time_sequencing_id=number)
        assert ("open", answer["url"]) == (found.status, found.url)

    def upsert_smart_invite(self) -> None:
        one = self.invite()
        assert ("i1", "pending") == (one["smart_invite_id"], one["recipient"]["status"])
        assert "METHOD:REQUEST" in one["attachments"]["icalendar"]
        people = [{"email": "kai@example.com"}, {"email": "lena@example.com"}]
        many = self.theirs.upsert_smart_invite("i2", people, self.occasion())
        assert people == [{"email": each["email"]} for each in many["recipients"]]

    def get_smart_invite(self) -> None:
        self.invite()
        found = self.theirs.get_smart_invite("i1", "kai@example.com")
        ours = self.app.get_smart_invite(smart_invite_id="i1", recipient_email="kai@example.com")
        assert "i1" == found["smart_invite_id"] == ours.smart_invite_id
        assert "Talk" == found["event"]["summary"]

    def cancel_smart_invite(self) -> None:
        self.invite()
        answer = self.theirs.cancel_smart_invite("i1", {"email": "kai@example.com"})
        assert "METHOD:CANCEL" in answer["attachments"]["icalendar"]

    def link(self) -> dict[str, Any]:
        """A real-time scheduling link made by pycronofy."""
        query = {"participants": self.one, "available_periods": periods(), **SHAPE}
        answer = self.theirs.real_time_scheduling(
            query,
            {"redirect_uri": BACK},
            self.template(),
            self.targets(),
            minimum_notice=60,
            callback_urls={"completed_url": BACK},
            redirect_urls={"completed_url": BACK},
            event_creation="single",
        )
        link: dict[str, Any] = answer["real_time_scheduling"]
        assert answer["url"] == link["url"]
        return link

    def template(self) -> dict[str, Any]:
        """An event without its times."""
        return {"event_id": "e1", "summary": "Talk", "tzid": "Europe/London"}

    def targets(self) -> list[dict[str, str]]:
        """Where an event is to be made."""
        return [{"sub": self.person.sub, "calendar_id": self.cal}]

    def occasion(self) -> dict[str, Any]:
        """What to invite to."""
        return {name: value for name, value in event().items() if name != "event_id"}

    def invite(self) -> dict[str, Any]:
        """A smart invite made by pycronofy."""
        recipient, organizer = {"email": "kai@example.com"}, {"name": "Ada"}
        made: dict[str, Any] = self.theirs.upsert_smart_invite(
            "i1", recipient, self.occasion(), "https://app.example.com/replied", organizer
        )
        return made


SHAPE = {"required_duration": 60, "start_interval": 60}
RULE = {
    "availability_rule_id": "hours",
    "tzid": "Europe/London",
    "weekly_periods": [{"day": "monday", "start_time": "09:00", "end_time": "17:00"}],
}
