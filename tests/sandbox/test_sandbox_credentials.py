"""Who may call what: every operation with every kind of credential."""

from __future__ import annotations

from typing import Any

import pytest

from cronofy_async.core.operation import Credential, Operation
from cronofy_async.core.wire import Request, Response
from cronofy_async.operations import GetUserinfo, QueryAvailability, RequestToken
from cronofy_transports.sandbox import Choices
from cronofy_transports.sandbox.handlers.registry import HANDLERS

from .asking import MONDAY, period
from .digest import digest
from .furnishing import OPERATIONS, Furnished, sample_of
from .test_sandbox_strictness import every, name_of, written
from .wire import Person, Wire

AnyOperation = type[Operation[Any]]

ORIGIN = "https://shop.example"
ELEMENT = {"Origin": ORIGIN, "Cronofy-Element": "v1.60.0, DateTimePicker"}
UNIT = "organizational_unit_scheduler"


@pytest.fixture(scope="module")
def furnished() -> Furnished:
    """A world with one of everything; who is not recognised leaves it as it is."""
    return Furnished()


def asked(furnished: Furnished, cls: AnyOperation, token: str | None = None) -> Request:
    """The documented request of an operation, with another token if one is given."""
    sample = sample_of(cls)
    request = furnished.request(sample, token)
    return request if cls.method == "GET" else written(request, furnished.body(sample))


def refuse(furnished: Furnished, request: Request, status: int) -> None:
    """Check that a request is refused without a body or a challenge, and changes nothing."""
    before = digest(furnished.sandbox.world)
    response = furnished.sandbox.handle(request)
    assert (status, b"") == (response.status, response.body)
    assert response.header("www-authenticate") is None
    assert before == digest(furnished.sandbox.world)


by_header = pytest.mark.parametrize(
    "cls", [c for c in OPERATIONS if c.credential is not Credential.CLIENT_BODY], ids=name_of
)


@by_header
def test_only_the_right_kind_of_credential_is_recognised(
    furnished: Furnished, cls: AnyOperation
) -> None:
    """No credential, garbage and one of another kind are 401; kinds are not interchangeable."""
    kinds = {
        Credential.ACCESS_TOKEN: {furnished.person_.token, furnished.service_token},
        Credential.CLIENT_SECRET: {furnished.secret},
        Credential.ADMIN_KEY: {furnished.admin_key},
    }
    kinds[Credential.SECRET_OR_TOKEN] = (
        kinds[Credential.ACCESS_TOKEN] | kinds[Credential.CLIENT_SECRET]
    )
    wrong = set.union(*kinds.values()) - kinds[cls.credential]
    for token in {"", "garbage", "\u00fc", furnished.person_.refresh_token, *wrong}:
        refuse(furnished, asked(furnished, cls, token), 401)
    bare = asked(furnished, cls, "x")
    for header in (f"Basic {furnished.token(cls)}", furnished.token(cls), "Bearer", "Bearer None"):
        refuse(furnished, bare.with_headers({"authorization": header}), 401)


@pytest.mark.parametrize(
    "cls", [c for c in OPERATIONS if c.credential is Credential.CLIENT_BODY], ids=name_of
)
def test_credentials_in_a_body_are_those_of_an_application(
    furnished: Furnished, cls: AnyOperation
) -> None:
    """Wrong ones are OAuth's invalid_client in requests about tokens, and 401 elsewhere."""
    sample = sample_of(cls)
    good = furnished.body(sample)
    wrong: list[dict[str, Any]] = [
        {"client_secret": "wrong"},
        {"client_id": "wrong"},
        {"client_secret": None},
        {"client_secret": "\ud800"},
        {"client_id": {}},
        {"client_id": good["client_secret"], "client_secret": good["client_id"]},
    ]
    for changes in wrong:
        request = written(furnished.request(sample), {**good, **changes})
        if cls.path.startswith(RequestToken.path):
            response = furnished.sandbox.handle(request)
            assert (400, {"error": "invalid_client"}) == (response.status, response.json())
        else:
            refuse(furnished, request, 401)


_TOKENS = (Credential.ACCESS_TOKEN, Credential.SECRET_OR_TOKEN)

by_token = pytest.mark.parametrize(
    "cls",
    [
        c
        for c in OPERATIONS
        if c.credential in (Credential.ACCESS_TOKEN, Credential.SECRET_OR_TOKEN)
    ],
    ids=name_of,
)


@by_token
def test_a_token_that_is_over_is_401(cls: AnyOperation) -> None:
    """Once it has expired, and once its authorization is revoked."""
    furnished = Furnished(Choices(page_size=2, access_token_lifetime=60))
    token = furnished.person_.token
    assert 401 != furnished.sandbox.handle(asked(furnished, cls, token)).status
    furnished.command("advance", seconds=60)
    refuse(furnished, asked(furnished, cls, token), 401)
    fresh = furnished.command("grant", sub=furnished.person_.sub)["access_token"]
    furnished.command("revoke", sub=furnished.person_.sub)
    refuse(furnished, asked(furnished, cls, fresh), 401)


SCOPED = [
    (cls, entry.scope)
    for cls in OPERATIONS
    if (entry := HANDLERS[cls]).scope is not None and cls.credential is not Credential.CLIENT_SECRET
]


@pytest.mark.parametrize(("cls", "scope"), SCOPED, ids=[cls.__name__ for cls, _ in SCOPED])
def test_a_token_without_the_scope_is_403(
    furnished: Furnished, cls: AnyOperation, scope: str
) -> None:
    """Whatever else it may do; with the scope alone it is let in."""
    sub = furnished.person().sub
    for others in ("read_account", "list_calendars create_calendar", "free_busy_write"):
        token = furnished.command("grant", sub=sub, scope=others)["access_token"]
        response = furnished.sandbox.handle(asked(furnished, cls, token))
        is_enough = scope in _meaning(others)
        assert is_enough == (response.status != 403), (others, response.status)
    token = furnished.command("grant", sub=sub, scope=scope)["access_token"]
    assert 403 != furnished.sandbox.handle(asked(furnished, cls, token)).status


def _meaning(scopes: str) -> set[str]:
    # From the table of scopes in the reference.
    written_out = "read_free_busy create_event delete_event create_calendar"
    return set(scopes.replace("free_busy_write", written_out).split())


@by_token
def test_a_service_account_is_no_calendars_owner(furnished: Furnished, cls: AnyOperation) -> None:
    """Its token is 403 except where a domain or who calls is meant."""
    response = furnished.sandbox.handle(asked(furnished, cls, furnished.service_token))
    is_meant = HANDLERS[cls].domain_wide
    assert is_meant == (response.status != 403)


@by_token
def test_a_unit_is_no_calendars_owner(furnished: Furnished, cls: AnyOperation) -> None:
    """A token of an Organizational Unit schedules and tells who it is, and nothing else."""
    sub = furnished.person().sub
    token = furnished.command("grant", sub=sub, scope=UNIT)["access_token"]
    response = furnished.sandbox.handle(asked(furnished, cls, token))
    entry = HANDLERS[cls]
    if entry.scope == UNIT or cls.__name__ in ("GetUserinfo", "GetAccount"):
        assert response.status in (200, 202)
    else:
        assert 403 == response.status


def test_scheduling_requests_are_for_internal_applications(furnished: Furnished) -> None:
    """The client secret of any other application is 403."""
    furnished.command("link_to_unit", linked=False)
    for cls in [each for each in OPERATIONS if HANDLERS[each].scope == UNIT]:
        refuse(furnished, asked(furnished, cls), 403)
    furnished.command("link_to_unit")


@every
def test_another_applications_things_are_not_there(cls: AnyOperation) -> None:
    """Its own credentials reach nothing of this one's: no success is about another's id."""
    furnished = Furnished()
    world = furnished.sandbox.world
    other = world.add_application("Other", client_id="other", secret="other secret")
    account = world.add_account(email="cy@example.org", name="Cy", zoneinfo="Etc/UTC")
    token = world.vault.issue(world.vault.authorize(other, account, "read_write"))
    secret = {"client_id": "other", "client_secret": "other secret"}
    is_token = cls.credential in (Credential.ACCESS_TOKEN, Credential.SECRET_OR_TOKEN)
    sample = sample_of(cls)
    request = furnished.request(sample, token if is_token else secret["client_secret"])
    if cls.method != "GET":
        body = furnished.body(sample)
        body |= secret if cls.credential is Credential.CLIENT_BODY else {}
        request = written(request, body)
    response = furnished.sandbox.handle(request)
    mine = {furnished.ids[name] for name in ("calendar_id", "profile_id", "event_uid", "sub")}
    named = [each for each in mine if each in request.url or each.encode() in request.body]
    if named and response.ok and "Revoke" not in cls.__name__ and cls.__name__ != "Batch":
        pytest.fail(f"{response.status} {response.body!r} about {named}")
    assert not any(each.encode() in response.body for each in mine)


# Elements -----------------------------------------------------------------------------


def element_token(wire: Wire, permission: str, *people: Person) -> str:
    """A token for a component in a browser."""
    body = {"version": "1", "permissions": [permission], "origin": ORIGIN}
    subs = {"subs": [each.sub for each in people]}
    made = wire.send("POST", "/v1/element_tokens", {**body, **subs}, token=wire.secret)
    return str(made.json()["element_token"]["token"])


def slots(wire: Wire, token: str, person: Person, **headers: str) -> Response:
    """Ask for slots as a component in a browser does."""
    query = {
        "participants": [{"members": [{"sub": person.sub}], "required": "all"}],
        "required_duration": {"minutes": 60},
        "query_periods": [period("09:00", "11:00")],
        "response_format": "overlapping_slots",
    }
    given = {name: text for name, text in {**ELEMENT, **headers}.items() if text}
    return wire.send("POST", f"{QueryAvailability.path}?et={token}", query, headers=given)


def test_an_element_asks_for_availability(wire: Wire) -> None:
    """With its token in the query, from its page, about the accounts of its token."""
    person, other = wire.person(), wire.person()
    token = element_token(wire, "availability", person)
    answer = slots(wire, token, person).json()["available_slots"]
    assert [f"{MONDAY}T09:00:00Z", f"{MONDAY}T10:00:00Z"] == [each["start"] for each in answer]
    assert 403 == slots(wire, token, other).status
    assert 403 == slots(wire, element_token(wire, "agenda", person), person).status


@pytest.mark.parametrize(
    "headers",
    [{"Cronofy-Element": ""}, {"Origin": ""}, {"Origin": "https://evil.example"}],
    ids=["no element", "no page", "another page"],
)
def test_only_an_element_on_its_page_is_recognised(wire: Wire, headers: dict[str, str]) -> None:
    """Without its header, which the service is known to insist on, or elsewhere it is 401."""
    person = wire.person()
    token = element_token(wire, "availability", person)
    assert 401 == slots(wire, token, person, **headers).status


def test_an_element_token_is_good_for_a_while(wire: Wire) -> None:
    """Unknown ones are 401, and after 18 hours all are; as a bearer token it never is one."""
    person = wire.person()
    token = element_token(wire, "availability", person)
    assert 401 == slots(wire, "nobody", person).status
    assert 401 == wire.send("POST", QueryAvailability.path, {}, token=token).status
    wire.command("advance", seconds=64800)
    assert 401 == slots(wire, token, person).status


@pytest.mark.parametrize(
    ("permission", "path"),
    [
        ("agenda", "/v1/events?tzid=Etc%2FUTC&et="),
        ("account_management", "/v1/userinfo?et="),
        ("managed_availability", "/v1/availability_rules?et="),
    ],
)
def test_an_element_shows_its_one_account(wire: Wire, permission: str, path: str) -> None:
    """By its permission; a token of several accounts, or of another permission, is 403."""
    person, other = wire.person(), wire.person()
    good = element_token(wire, permission, person)
    assert 200 == wire.send("GET", path + good, headers=ELEMENT).status
    for token in (
        element_token(wire, permission, person, other),
        element_token(wire, "availability", person),
    ):
        assert 403 == wire.send("GET", path + token, headers=ELEMENT).status
    wire.command("revoke", sub=person.sub)
    assert 401 == wire.send("GET", path + good, headers=ELEMENT).status


# The plan -----------------------------------------------------------------------------


@every
def test_what_the_plan_lacks_is_402(cls: AnyOperation) -> None:
    """Once who calls is known, and before anything is read."""
    furnished = Furnished(Choices(page_size=2))
    lacking = Choices(page_size=2, not_in_plan=frozenset({cls.__name__}))
    furnished.sandbox.world.choices = lacking
    refuse(furnished, asked(furnished, cls), 402)
    if cls.credential is not Credential.CLIENT_BODY:
        refuse(furnished, asked(furnished, cls, "nobody"), 401)


def test_places_are_in_the_plan_of_those_who_are_not_verified() -> None:
    """include_geo is 402 for an application in production whose plan has no places."""
    wire = Wire(Choices(not_in_plan=frozenset({"include_geo"})))
    person = wire.person()
    path = "/v1/events?tzid=Etc%2FUTC&include_geo="
    assert 200 == wire.send("GET", path + "true", token=person.token).status
    wire.sandbox.application.mode = "production"
    assert 402 == wire.send("GET", path + "true", token=person.token).status
    assert 200 == wire.send("GET", path + "false", token=person.token).status
    assert 200 == wire.send("GET", GetUserinfo.path, token=person.token).status


def test_codes_that_nobody_used_are_not_kept(wire: Wire) -> None:
    """Once they have expired, the next code takes their place."""
    vault, person = wire.sandbox.world.vault, wire.person()
    for _ in range(3):
        wire.sandbox.control.authorize(person.sub, ORIGIN)
        wire.sandbox.control.authorize(person.sub, ORIGIN)
        wire.sandbox.control.advance(301)
    wire.sandbox.control.authorize(person.sub, ORIGIN)
    assert 1 == len(vault._codes)
