"""
A sandbox in which every documented request finds what it speaks about.

The ids of the examples are placeholders: each is replaced by that of a thing of its
kind, and their dates are moved to lie ahead.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from cronofy_async.core.operation import Credential, Operation, layout
from cronofy_async.core.wire import Request, Response
from cronofy_async.operations import (
    AuthorizeManyWithServiceAccount,
    CreateRealTimeScheduling,
    CreateRealTimeSequencing,
    CreateSchedulingConversation,
    CreateSchedulingRequest,
    ListResources,
    all_operations,
)
from cronofy_transports.sandbox import Choices, handlers
from cronofy_transports.sandbox.state.accounts import ConferencingProfile
from tests.sandbox.wire import NOW, ORIGIN, Wire
from tests.test_samples import REQUESTS, Sample

handlers.load()

__all__ = ("OPERATIONS", "SAMPLED", "Furnished", "pruned", "sample_of")

SAMPLED: Final = tuple(each for each in REQUESTS if each.cls.host == "api")
"""The documented requests to the API; the pages for people are not strict about anything."""

OPERATIONS: Final = tuple(each for each in all_operations() if each.host == "api")

_BY_SERVICE_ACCOUNT: Final = (AuthorizeManyWithServiceAccount.path, ListResources.path)
_DATE: Final = re.compile(r"(?<!\d)\d{4}-\d\d-\d\d(?!\d)")
_DOMAIN: Final = "corp.example"
_BACK: Final = "https://app.example.com/back"


def sample_of(cls: type[Operation[Any]]) -> Sample:
    """The documented request of an operation that gives the most parameters."""
    samples = (each for each in SAMPLED if each.cls is cls)
    return max(samples, key=lambda each: len(str(each.raw["request"])))


def pruned(sample: Sample) -> dict[str, Any]:
    """The body of a documented request as it is sent today, its dates all ahead."""
    body = sample.raw.get("sends", sample.raw["request"].get("body", {}))
    text = json.dumps(body)
    found = [date.fromisoformat(each) for each in _DATE.findall(text)]
    if found:
        moved = datetime.fromtimestamp(NOW, UTC).date() + timedelta(days=2) - min(found)
        text = _DATE.sub(lambda m: str(date.fromisoformat(m[0]) + moved), text)
    result: dict[str, Any] = json.loads(text)
    return result


class Furnished(Wire):
    """
    A world with one of everything.

    Args:
        choices: The dials of the sandbox.
    """

    def __init__(self, choices: Choices | None = None) -> None:
        super().__init__(choices or Choices(page_size=2))
        world = self.sandbox.world
        self.person_ = person = self.person()
        self.admin_key = str(self.command("add_admin_key"))
        self.command("link_to_unit")
        account = world.accounts[person.sub]
        account.conferencing_profiles.append(
            ConferencingProfile(
                profile_id=world.ids.profile(), name="ada@example.com", provider_name="zoom"
            )
        )
        calendar = world.calendars[person.calendar_id]
        calendar.attachments = True
        self.command("unrestrict", calendar_id=person.calendar_id)
        found = world.vault.authorization(self.sandbox.application, person.sub)
        assert found is not None
        found.delegated_scope = "read_write free_busy"
        self.service_token = str(
            self.command(
                "grant_domain",
                domain=_DOMAIN,
                scope="service_account/accounts/manage service_account/resources/manage",
                delegated_scope="read_write",
            )["access_token"]
        )
        self.ids: dict[str, Any] = {
            "sub": person.sub,
            "calendar_id": person.calendar_id,
            "profile_id": person.profile_id,
            "conferencing_profile_id": account.conferencing_profiles[0].profile_id,
            **self.client,
        }
        self.ids["code"] = str(self.command("authorize", sub=person.sub, redirect_uri=_BACK))
        self._fill()

    # What is there -------------------------------------------------------------------

    def _fill(self) -> None:
        person, call = self.person_, self._call
        self.ids["event_uid"] = self.external(
            person, "2030-01-03T10:00:00Z", "2030-01-03T11:00:00Z", invited_by="bo@example.com"
        )
        for number in range(4):
            self.write(person, f"e{number}")
            period = {"start": "2030-01-03T10:00:00Z", "end": "2030-01-03T11:00:00Z"}
            call("POST", "/v1/available_periods", {"available_period_id": f"p{number}", **period})
        call("POST", "/v1/availability_rules", {"availability_rule_id": "default", **_WEEK})
        for name in ("events", "free_busy", "available_periods"):
            query = {"tzid": "Etc/UTC", "include_managed": "true"}
            if name == "available_periods":
                del query["include_managed"]
            page = call("GET", f"/v1/{name}?{urlencode(query)}")
            self.ids[f"page of {name}"] = _last(page["pages"]["next_page"])
        self.ids["channel_id"] = call("POST", "/v1/channels", {"callback_url": _BACK})["channel"][
            "channel_id"
        ]
        file = {"attachment": {**_FILE, "base64_content": "SGVsbG8="}}
        made = call("POST", "/v1/attachments", file, secret=True)
        self.ids["attachment_id"] = made["attachment"]["attachment_id"]
        self._fill_arrangements()

    def _fill_arrangements(self) -> None:
        call, ids = self._call, self.ids
        event = {"bookable_event_id": "83hi8qhfiaif", **_HOUR, "status": "confirmed"}
        call("POST", "/v1/bookable_events", {**event, "registration": {"capacity": 9}}, secret=True)
        path = "/v1/bookable_events/83hi8qhfiaif"
        for number in ("87326", "r2", "r3"):
            body = {"registration_id": number, "status": "accepted"}
            call("POST", f"{path}/registrations", body, secret=True)
        registered = call("GET", path, secret=True)["registration"]
        ids["page of registrations"] = _last(registered["pages"]["next_page"])
        link = self._make(CreateRealTimeScheduling)["real_time_scheduling"]
        ids["real_time_scheduling_id"] = link["real_time_scheduling_id"]
        ids["token of link"] = _last(link["url"])
        link = self._make(CreateRealTimeSequencing)["real_time_sequencing"]
        ids["real_time_sequencing_id"] = link["real_time_sequencing_id"]
        made = self._make(CreateSchedulingConversation)["scheduling_conversation"]
        ids["scheduling_conversation_id"] = made["scheduling_conversation_id"]
        ids["url of slots"] = made["participants"][1]["possible_actions"]["slots_list"]["url"]
        ids["slot_id"] = call("GET", ids["url of slots"])["slots"][0]["slot_id"]
        ids["token of conversation"] = self.command(
            "join_conversation",
            scheduling_conversation_id=ids["scheduling_conversation_id"],
            participant=2,
        )
        made = self._make(CreateSchedulingRequest)["scheduling_request"]
        ids["scheduling_request_id"] = made["scheduling_request_id"]
        for sample in SAMPLED:
            if sample.raw["operation"].startswith(("UpsertSmart", "UpsertMulti")):
                call("POST", "/v1/smart_invites", pruned(sample), secret=True)
        ids["url of agent"] = self._agent()

    def _agent(self) -> str:
        """The URL of something that an agent recorded; takes no time."""
        body = {"join_url": "https://meet.example.com/1"}
        agent_id = self._call("POST", "/v1/meeting_agents", body, secret=True)["sub"]
        agent = self.sandbox.world.agents.by_id[agent_id]
        agent.state, agent.plan = "complete", None
        return f"/v1/meeting_agents/{agent_id}/transcript"

    def _make(self, cls: type[Operation[Any]]) -> Any:
        response = self.try_(cls)
        assert (200, response.body) == (response.status, response.body)
        return response.json()

    def _call(self, method: str, path: str, body: Any = None, *, secret: bool = False) -> Any:
        token = self.secret if secret else self.person_.token
        response = self.send(method, path, body, token=token)
        assert response.ok, response.body
        return response.json() if response.body else None

    # Asking --------------------------------------------------------------------------

    def try_(self, cls: type[Operation[Any]]) -> Response:
        """Make the documented request of an operation."""
        return self.ask(sample_of(cls))

    def ask(self, sample: Sample, change: Callable[[Any], Any] = lambda body: body) -> Response:
        """Make a documented request, with its body changed."""
        request = self.request(sample)
        body = change(self.body(sample))
        content = json.dumps(body).encode() if sample.cls.method != "GET" and body else b""
        return self.sandbox.handle(request.replace(body=content))

    def request(self, sample: Sample, token: str | None = None) -> Request:
        """A documented request with good credentials, or another token, and without its body."""
        cls = sample.cls
        query = urlsplit(sample.raw["request"]["url"]).query
        path = self._path(sample)
        if "?" not in path and query:
            path += f"?{self._query(cls, query)}"
        headers = {} if cls.method == "GET" else {"content-type": "application/json; charset=utf-8"}
        token = self.token(cls) if token is None else token
        if token:
            headers["authorization"] = f"Bearer {token}"
        return Request(cls.method, path if path.startswith("http") else ORIGIN + path, headers)

    def body(self, sample: Sample) -> dict[str, Any]:
        """The body of a documented request, about what is there."""
        cls, body = sample.cls, self._real(pruned(sample))
        assert isinstance(body, dict)
        if cls.credential is Credential.CLIENT_BODY:
            body |= self.client
        for name, value in self._fresh(cls).items():
            if name in body:
                body[name] = value
        return body

    def token(self, cls: type[Operation[Any]]) -> str:
        """What an operation authenticates with; nothing if that is in its body."""
        if cls.path in _BY_SERVICE_ACCOUNT:
            return self.service_token
        return {
            Credential.CLIENT_BODY: "",
            Credential.ACCESS_TOKEN: self.person_.token,
            Credential.ADMIN_KEY: self.admin_key,
        }.get(cls.credential, self.secret)

    def _fresh(self, cls: type[Operation[Any]]) -> dict[str, Any]:
        """Parameters of this operation that mean something else elsewhere."""
        if "code" in layout(cls).names:
            return {"code": self.ids["code"], "redirect_uri": _BACK}
        if cls.credential is Credential.CLIENT_BODY:
            return {
                "token": self.person_.refresh_token,
                "refresh_token": self.person_.refresh_token,
            }
        return {}

    def _path(self, sample: Sample) -> str:
        cls, given = sample.cls, urlsplit(sample.raw["request"]["url"]).path.split("/")
        if "{+" in cls.path:
            name = "url of agent" if "agent" in cls.path else "url of slots"
            return str(self.ids[name])
        parts: list[str] = []
        for part, text in zip(cls.path.split("/"), given, strict=True):
            name = part.strip("{}")
            if name == "page":
                name = f"page of {parts[-2]}"
            real = self.ids.get(name) if part.startswith("{") else None
            parts.append(text if real is None else quote(real, safe=""))
        return "/".join(parts)

    def _query(self, cls: type[Operation[Any]], query: str) -> str:
        token = "conversation" if "conversation" in cls.path else "link"
        known = {**self.ids, "token": self.ids.get(f"token of {token}")}
        pairs: dict[str, Any] = {}
        for name, text in parse_qsl(query):
            pairs[name] = known.get(name.removesuffix("s[]"), text)
        return urlencode(pairs)

    def _real(self, value: Any, name: str = "", above: str = "") -> Any:
        """The same with the ids of things that there are."""
        if isinstance(value, dict):
            return {key: self._real(item, key, name) for key, item in value.items()}
        if isinstance(value, list):
            single = name.removesuffix("s")
            inner = single if name != single and (single in self.ids or single == "sub") else name
            return list(
                {
                    json.dumps(each): each for each in (self._real(v, inner, above) for v in value)
                }.values()
            )
        if name == "profile_id" and above in ("conferencing", "meeting_agent"):
            is_one = str(value).startswith("pro_")
            return self.ids["conferencing_profile_id"] if is_one else value
        if name == "relative_url":
            return (
                f"/v1/calendars/{quote(self.ids['calendar_id'])}/events"
                if "cal" in value
                else value
            )
        return self.ids.get(name, value)


def _last(url: str) -> str:
    return urlsplit(url).path.rpartition("/")[2]


_WEEK: Final = {
    "tzid": "Europe/London",
    "weekly_periods": [
        {"day": day, "start_time": "00:00", "end_time": "24:00"}
        for day in ("wednesday", "thursday", "friday")
    ],
}
_FILE: Final = {"file_name": "brief.pdf", "content_type": "application/pdf"}
_HOUR: Final = {"start": "2030-01-03T10:00:00Z", "end": "2030-01-03T11:00:00Z"}
