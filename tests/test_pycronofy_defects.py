"""What pycronofy gets wrong, each beside ours."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib import metadata
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pycronofy  # type: ignore[import-untyped]  # it has no types: one reason to migrate
import pytest
from pycronofy import batch as official_batch
from pycronofy import exceptions as official_errors
from pycronofy import pagination as official_pages
from pycronofy import validation as official_rules

from cronofy_async import (
    APIError,
    AuthenticationError,
    BadRequestError,
    ConnectError,
    Cronofy,
    CronofyError,
    InvalidArgumentError,
    InvalidRequestError,
    PaymentRequiredError,
    RetryPolicy,
    TransportTimeoutError,
    UnsafeURLError,
    ZonedTime,
)
from cronofy_async.callbacks import sign, verify
from cronofy_async.operations import DeleteEvent, UpsertEvent

from .pycronofy_support import (
    BACK,
    END,
    START,
    Both,
    Prepared,
    Stub,
    both_clients,
    event,
    periods,
    pointed_at,
    sent_by_pycronofy,
)


@pytest.fixture
def both() -> Iterator[Both]:
    """Both clients, of one person of one sandbox."""
    yield from both_clients()


def test_batch_success(both: Both) -> None:
    """pycronofy takes 402 for success and 200 for failure; ours goes by 2xx, like the rest."""
    entries = [{"status": status} for status in (202, 402, 200)]
    calls = [DeleteEvent(calendar_id=both.cal, event_id=name) for name in "abc"]
    builder = official_batch.BatchBuilder()
    for call in calls:
        builder.delete_event(call.calendar_id, call.event_id)
    with Stub(*[Prepared(207, {"batch": entries})] * 2) as stub:
        with pytest.raises(official_errors.PyCronofyPartialSuccessError) as caught:
            pointed_at(stub.url, access_token="t").batch(builder)
        with Cronofy(api_url=stub.url) as app:
            outcomes = app.account(access_token="t").batch(operations=calls)

    assert [200] == [each.status() for each in caught.value.batch_response.errors()]
    assert [True, False, True] == [each.ok for each in outcomes]
    assert isinstance(outcomes[1].error, PaymentRequiredError)


def test_secrets_in_messages(both: Both) -> None:
    """pycronofy prints the client secret when a code is refused; ours prints no secret."""
    with pytest.raises(official_errors.PyCronofyRequestError) as theirs:
        both.theirs.get_authorization_from_code("wrong-code", redirect_uri=BACK)
    with pytest.raises(BadRequestError) as ours:
        both.app.request_token(code="wrong-code", redirect_uri=BACK)

    assert both.wire.secret in str(theirs.value)
    assert "wrong-code" in str(theirs.value)
    assert "invalid_grant" == ours.value.error
    for text in (str(ours.value), repr(ours.value), repr(ours.value.operation)):
        assert both.wire.secret not in text
        assert "wrong-code" not in text


def test_redirects_to_another_host() -> None:
    """pycronofy follows them and then fails over its own error; ours does not follow them."""
    with Stub() as stub:
        away = Prepared(302, headers={"Location": f"http://localhost:{stub.port}/denied"})
        stub.answers = [away, Prepared(403), away]
        with pytest.raises(KeyError, match="authorization"):
            pointed_at(stub.url, access_token="t").account()
        stub.rest()
        with Cronofy(api_url=stub.url) as app, pytest.raises(APIError) as ours:
            app.account(access_token="t").get_account()

        assert 302 == ours.value.status
        assert 1 == len(stub.rest())


def test_exceptions_keep_what_they_need(both: Both) -> None:
    """pycronofy's lose the sent header and cannot be pickled; ours can, without the token."""
    theirs = pointed_at(both.url, access_token="wrong")
    with pytest.raises(official_errors.PyCronofyRequestError) as official:
        theirs.account()
    with pytest.raises(AuthenticationError) as ours:
        both.app.account(access_token="wrong").get_account()

    assert "Authorization" not in official.value.request.headers
    with pytest.raises(TypeError):
        pickle.loads(pickle.dumps(official.value))
    again = pickle.loads(pickle.dumps(ours.value))
    assert (401, AuthenticationError) == (again.status, type(again))


def test_what_a_code_gives(both: Both) -> None:
    """pycronofy keeps three keys of the answer and needs all of them; ours keeps all it has."""
    codes = [both.wire.command("authorize", sub=both.person.sub, redirect_uri=BACK) for _ in "ab"]
    theirs = both.theirs.get_authorization_from_code(codes[0], redirect_uri=BACK)
    ours = both.app.request_token(code=codes[1], redirect_uri=BACK)
    short = Prepared(200, {"access_token": "t", "token_type": "bearer", "expires_in": 60})
    with Stub(short, short) as stub:
        with pytest.raises(KeyError, match="refresh_token"):
            pointed_at(stub.url).get_authorization_from_code("c", redirect_uri=BACK)
        with Cronofy("id", "secret", api_url=stub.url) as app:
            assert app.request_token(code="c", redirect_uri=BACK).refresh_token is None

    assert {"access_token", "refresh_token", "token_expiration"} == theirs.keys()
    assert (both.person.sub, "read_write") == (ours.sub, ours.scope)
    assert ours.linking_profile is not None


def test_expired_tokens(both: Both) -> None:
    """pycronofy's own check fails on what it stored, and a 401 stays one; ours renews."""
    stored = both.theirs.refresh_authorization()
    both.theirs.auth.token_expiration = stored["token_expiration"]
    both.wire.command("advance", seconds=4000)

    with pytest.raises(TypeError):
        both.theirs.is_authorization_expired()
    with pytest.raises(official_errors.PyCronofyRequestError):
        both.theirs.list_calendars()
    before = both.mine.tokens.access_token
    assert 1 == len(both.mine.list_calendars())
    assert before != both.mine.tokens.access_token


def test_credentials_of_token_requests() -> None:
    """pycronofy adds a header with None or a user's token; ours sends the one that is needed."""
    answer = Prepared(200, {"access_token": "t", "refresh_token": "r", "expires_in": 60})
    with Stub(answer, answer) as stub:
        pointed_at(stub.url).get_authorization_from_code("c", redirect_uri=BACK)
        with Cronofy("id", "secret", api_url=stub.url) as app:
            app.request_token(code="c", redirect_uri=BACK)

        assert "Bearer None" == stub.next().headers["authorization"]
        assert "authorization" not in stub.next().headers


def test_pages_read_twice(both: Both) -> None:
    """pycronofy's pages are spent after one reading; ours begin anew."""
    for name in "abcde":
        both.wire.write(both.person, name)
    theirs = both.theirs.read_events()
    ours = both.mine.read_events(tzid="Etc/UTC", include_managed=True)

    assert 2 == len(theirs)
    assert (5, 1, 0) == (len(theirs.all()), len(theirs.all()), len(list(theirs)[1:]))
    again = both.theirs.read_events()
    assert (5, 0) == (len(list(again)), len(list(again)))
    assert 5 == len(ours.collect()) == len(ours.collect()) == len(list(ours)) == len(list(ours))


def test_pages_that_are_empty() -> None:
    """pycronofy recurses once for each empty page; ours goes on."""
    count = 1200
    with Stub() as stub:
        empty = {
            "pages": {"current": 1, "total": 9999, "next_page": f"{stub.url}/v1/events/pages/p"},
            "events": [],
        }
        stub.answers = [Prepared(200, empty)] * count
        first = official_pages.Pages(pointed_at(stub.url).request_handler, empty, "events")
        with pytest.raises(RecursionError):
            next(first)
        chain = [
            {
                "pages": {
                    "current": n,
                    "total": count,
                    "next_page": f"{stub.url}/v1/events/pages/{n}",
                },
                "events": [],
            }
            for n in range(1, count)
        ]
        last = {"pages": {"current": count, "total": count}, "events": []}
        stub.answers = [Prepared(200, page) for page in (*chain, last)]
        with Cronofy(api_url=stub.url, limits=None) as app:
            account = app.account(access_token="t")
            assert [] == account.read_events(tzid="Etc/UTC").collect()
        assert [] == stub.answers


def test_pages_elsewhere(both: Both) -> None:
    """pycronofy sends its token wherever next_page leads; ours refuses to."""
    with Stub() as other, Stub() as stub:
        page = {
            "pages": {"current": 1, "total": 2, "next_page": f"{other.url}/v1/events/pages/2"},
            "events": [],
        }
        stub.answers = [Prepared(200, page)] * 2
        other.answers = [Prepared(200, {"pages": {"current": 2, "total": 2}, "events": []})]
        pointed_at(stub.url, access_token="secret-token").read_events().all()
        assert "Bearer secret-token" == other.next().headers["authorization"]
        with Cronofy(api_url=stub.url) as app, pytest.raises(UnsafeURLError):
            app.account(access_token="secret-token").read_events(tzid="Etc/UTC").collect()
        assert [] == other.rest()


def test_a_new_token_between_pages(both: Both) -> None:
    """Both go on with the token of the moment; in some other SDKs the second page fails."""
    for name in "abcde":
        both.wire.write(both.person, name)
    theirs = both.theirs.read_events()
    ours = both.mine.read_events(tzid="Etc/UTC", include_managed=True).pages()
    assert 2 == len(next(ours).items)
    both.wire.command("advance", seconds=4000)
    both.theirs.refresh_authorization()

    assert 5 == len(theirs.all())
    assert 3 == sum(len(page.items) for page in ours)


def test_ids_that_climb(both: Both) -> None:
    """With an id of somebody's choice pycronofy deletes all events; ours quotes it."""
    wicked = "../events?delete_all=true#"
    both.wire.write(both.person)
    with pytest.raises(CronofyError):
        both.mine.close_channel(channel_id=wicked)
    assert ["e1"] == both.ids()
    both.theirs.close_notification_channel(wicked)
    assert [] == both.ids()


def test_naive_times(both: Both) -> None:
    """pycronofy takes them for UTC whatever the zone; ours for the zone, or not at all."""
    nine = datetime(2030, 7, 1, 9)  # noqa: DTZ001  # naive on purpose
    ten = nine + timedelta(hours=1)
    both.theirs.upsert_event(both.cal, event("theirs", start=nine, end=ten, tzid="Europe/Paris"))
    write: dict[str, Any] = {"calendar_id": both.cal, "summary": "Talk", "start": nine, "end": ten}
    both.mine.upsert_event(event_id="ours", tzid="Europe/Paris", **write)
    with pytest.raises(InvalidArgumentError):
        both.mine.upsert_event(event_id="neither", **write)

    found = {e["event_id"]: e["start"] for e in both.wire.events(both.person, only_managed=True)}
    assert {"theirs": "2030-07-01T09:00:00Z", "ours": "2030-07-01T07:00:00Z"} == found


def test_kinds_of_times(both: Both) -> None:
    """pycronofy refuses subclasses of datetime and cuts fractions; ours the other way round."""

    class Later(datetime):
        """As pendulum and pandas have them."""

    subclass = Later(2030, 1, 7, 9, tzinfo=UTC)
    fraction = START.replace(microsecond=999_999)
    with pytest.raises(official_errors.PyCronofyDateTimeError):
        both.theirs.upsert_event(both.cal, event(start=subclass))
    both.theirs.upsert_event(both.cal, event("cut", start=fraction))
    write: dict[str, Any] = {"calendar_id": both.cal, "summary": "Talk", "end": END}
    both.mine.upsert_event(event_id="e1", start=subclass, **write)
    with pytest.raises(InvalidArgumentError, match="start"):
        both.mine.upsert_event(event_id="e2", start=fraction, **write)

    times = {e["event_id"]: e["start"] for e in both.wire.events(both.person, only_managed=True)}
    assert dict.fromkeys(("cut", "e1"), "2030-01-07T09:00:00Z") == times


def test_changes_since(both: Both) -> None:
    """pycronofy drops last_modified of free-busy reads; ours sends it."""
    both.wire.write(both.person)

    assert 1 == len(both.theirs.read_free_busy(last_modified=START).all())
    ours = both.mine.read_free_busy(tzid="Etc/UTC", include_managed=True, last_modified=START)
    assert [] == ours.collect()


def test_what_a_read_says() -> None:
    """pycronofy sends a body and every flag, also against the defaults; ours what you gave."""
    empty = Prepared(200, {"pages": {"current": 1, "total": 1}, "events": []})
    with Stub(empty, empty) as stub:
        pointed_at(stub.url, access_token="t").read_events()
        with Cronofy(api_url=stub.url) as app:
            app.account(access_token="t").read_events(
                tzid="Etc/UTC", include_deleted=True
            ).collect()
        theirs, ours = stub.next(), stub.next()

    assert (b"{}", ["True"]) == (theirs.body, theirs.query["include_managed"])
    assert (b"", {"tzid": ["Etc/UTC"], "include_deleted": ["true"]}) == (ours.body, ours.query)


def test_how_all_events_are_deleted() -> None:
    """pycronofy puts text into the query; ours a boolean into the body."""
    with Stub() as stub:
        pointed_at(stub.url, access_token="t").delete_all_events()
        with Cronofy(api_url=stub.url) as app:
            app.account(access_token="t").delete_all_events()
        theirs, ours = stub.next(), stub.next()

    assert ({"delete_all": ["True"]}, {}) == (theirs.query, theirs.json)
    assert ({}, {"delete_all": True}) == (ours.query, ours.json)


def test_calendars_that_cannot_be_made(both: Both) -> None:
    """pycronofy hides why behind another error, or gives None; ours tells why."""
    other = {"errors": {"name": [{"key": "errors.invalid", "description": "is odd"}]}}
    with Stub(Prepared(401, {}), Prepared(422, other), Prepared(422, other)) as stub:
        client = pointed_at(stub.url, access_token="t")
        with pytest.raises(KeyError, match="errors"):
            client.create_calendar("pro_1", "New")
        assert client.create_calendar("pro_1", "New") is None
        with Cronofy(api_url=stub.url) as app, pytest.raises(InvalidRequestError) as caught:
            app.account(access_token="t").create_calendar(profile_id="pro_1", name="New")
    with pytest.raises(AuthenticationError):
        both.app.account(access_token="wrong").create_calendar(profile_id="p", name="New")

    assert "errors.invalid" == caught.value.errors["name"][0].key


def test_shapes_of_availability(both: Both) -> None:
    """pycronofy breaks on some shapes of a question; ours takes them or names the field."""
    question = {"participants": both.one, "required_duration": 60}
    slots = {**question, "query_slots": [{"start": START}]}
    with pytest.raises(KeyError, match="available_periods"):
        both.theirs.real_time_scheduling(slots, {"redirect_uri": BACK}, {})
    with pytest.raises(UnboundLocalError):
        both.theirs.real_time_sequencing(None, {"redirect_uri": BACK}, {})
    with pytest.raises(RecursionError):
        both.theirs.availability(both.person.sub, 60, periods())
    with pytest.raises(TypeError):
        both.theirs.availability(both.one, 60, query_periods=periods())

    found = both.app.availability(
        participants=both.person.sub, required_duration=60, query_slots=[START]
    )
    assert [START] == [each.start for each in found.results]
    with pytest.raises(InvalidArgumentError) as caught:
        both.app.availability(participants=both.person.sub, required_duration=60)
    assert "query_periods" == caught.value.field


def test_whose_availability(both: Both) -> None:
    """pycronofy asks as a user only; ours as the application, which needs no user's token."""
    client = pointed_at(both.url, **both.wire.client)
    with pytest.raises(official_errors.PyCronofyRequestError):
        client.availability(both.one, 60, periods())
    found = both.app.availability(
        participants=both.person.sub, required_duration=60, query_periods=[(START, END)]
    )
    assert found.available_periods

    with Stub(*[Prepared(200, {"available_slots": []})] * 2) as stub:
        with pytest.raises(KeyError, match="available_periods"):
            pointed_at(stub.url).availability(both.one, 60, periods())
        with Cronofy("id", "secret", api_url=stub.url) as app:
            found = app.availability(
                participants=both.person.sub, required_duration=60, query_periods=[(START, END)]
            )
        assert {} == stub.next().json["buffer"]
        assert "buffer" not in stub.next().json
    assert () == found.available_slots


def test_arguments_are_left_alone(both: Both) -> None:
    """pycronofy rewrites what it is given; ours works on values that do not change."""
    theirs, group, searched = event(), both.one, periods()
    both.theirs.upsert_event(both.cal, theirs)
    both.theirs.availability(group, 60, searched)
    ours = UpsertEvent(calendar_id=both.cal, **event("ours"))
    both.mine.send(ours)

    assert "2030-01-07T09:00:00Z" == theirs["start"]
    assert [{"sub": both.person.sub}] == group["members"]
    assert "2030-01-07T09:00:00Z" == searched[0]["start"]
    assert UpsertEvent(calendar_id=both.cal, **event("ours")) == ours


def test_how_access_is_given_up(both: Both) -> None:
    """pycronofy knows the access token alone, which may be missing; ours any token, or the sub."""
    client = pointed_at(both.url, **both.wire.client, refresh_token=both.person.refresh_token)
    with pytest.raises(official_errors.PyCronofyRequestError):
        client.revoke_authorization()
    assert both.person.sub == both.mine.get_account().account_id
    both.app.revoke_by_token(token=both.person.refresh_token)
    both.app.revoke_by_sub(sub=both.person.sub)
    assert 401 == both.wire.send("GET", "/v1/account", token=both.person.token).status


def test_signatures() -> None:
    """pycronofy fails on bytes and on a space between signatures; ours verifies."""
    body = '{"notification": {"type": "change"}}'
    both_secrets = f"{sign(body.encode(), 'former')}, {sign(body.encode(), 'secret')}"
    client = pycronofy.Client(client_secret="secret")

    assert client.hmac_valid(both_secrets.replace(" ", ""), body)
    assert not client.hmac_valid(both_secrets, body)
    with pytest.raises(AttributeError):
        client.hmac_valid(both_secrets, body.encode())
    verify(body.encode(), both_secrets, "secret")
    with pytest.raises(InvalidArgumentError):
        verify(body, both_secrets, "secret")  # type: ignore[arg-type]  # text, to be refused


def test_data_centers() -> None:
    """pycronofy puts the name into the host as it is; ours knows the names."""
    wicked = "x.evil.test/#"
    base = pycronofy.Client(data_center=wicked).request_handler.base_url
    assert "api-x.evil.test" == urlsplit(base).hostname
    with pytest.raises(InvalidArgumentError, match="data_center"):
        Cronofy("id", "secret", data_center=wicked)


def test_connections_and_their_failures() -> None:
    """pycronofy connects for each call and lets its library's errors out; ours does neither."""
    with Stub(*[Prepared(200, {"calendars": []})] * 6) as stub:
        client = pointed_at(stub.url, access_token="t")
        with Cronofy(api_url=stub.url) as app:
            account = app.account(access_token="t")
            for call in (client.list_calendars, account.list_calendars):
                assert [[], [], []] == [call() for _ in range(3)]
        ports = [each.port for each in stub.rest()]
        port = stub.port
    assert (3, 1) == (len(set(ports[:3])), len(set(ports[3:])))

    nobody = f"http://127.0.0.1:{port}"
    with pytest.raises(OSError, match="refused") as leaked:
        pointed_at(nobody, access_token="t").list_calendars()
    assert type(leaked.value).__module__.startswith("requests")
    with Cronofy(api_url=nobody, retry=RetryPolicy(attempts=1)) as app, pytest.raises(ConnectError):
        app.account(access_token="t").list_calendars()


def test_patience(both: Both) -> None:
    """pycronofy waits for ever and asks once; ours has a deadline and asks again."""
    seen: list[Any] = []
    pycronofy.set_request_hook(lambda response, **options: seen.append(options["timeout"]))
    try:
        both.theirs.account()
    finally:
        pycronofy.set_request_hook(None)
    assert [None] == seen

    busy = Prepared(429, {}, {"Retry-After": "0"})
    with Stub(busy, busy, Prepared(200, {"calendars": []}), Prepared(delay=0.05)) as stub:
        with pytest.raises(official_errors.PyCronofyRequestError):
            pointed_at(stub.url, access_token="t").list_calendars()
        with Cronofy(api_url=stub.url) as app:
            account = app.account(access_token="t")
            assert [] == account.list_calendars()
            with pytest.raises(TransportTimeoutError):
                account.with_options(timeout=0.02).list_calendars()


def test_links_for_consent(both: Both) -> None:
    """pycronofy's have empty parameters and lack some; ours have what you gave."""
    theirs = parse_qs(urlsplit(both.theirs.user_auth_link(BACK)).query, keep_blank_values=True)
    ours = both.app.authorization_url(redirect_uri=BACK, scope="read_write", link_token="lt")
    given = parse_qs(urlsplit(ours).query, keep_blank_values=True)

    assert ([""], [""], ["False"]) == tuple(
        theirs[name] for name in ("state", "provider_name", "avoid_linking")
    )
    assert BACK == both.theirs.auth.redirect_uri
    assert {"response_type", "client_id", "redirect_uri", "scope", "link_token"} == given.keys()


def test_checks_before_sending(both: Both) -> None:
    """pycronofy checks some methods if it is told to, and has no types; ours checks always."""
    known = set(vars(pycronofy.Client)) & official_rules.METHOD_RULES.keys()
    assert len(known) < len(sent_by_pycronofy()) / 2
    files = metadata.files("pycronofy") or []
    assert not [each for each in files if each.name == "py.typed"]
    journal = len(both.wire.sandbox.journal)
    with pytest.raises(InvalidArgumentError) as caught:
        both.mine.upsert_event(calendar_id="", event_id="e1", summary="Talk", start=START, end=END)
    assert ("calendar_id", journal) == (caught.value.field, len(both.wire.sandbox.journal))


def test_answers_of_writes(both: Both) -> None:
    """pycronofy gives nothing back; ours gives the whole answer if you ask for it."""
    assert both.theirs.upsert_event(both.cal, event()) is None
    answer = both.mine.send_raw(UpsertEvent(calendar_id=both.cal, **event()))
    assert (202, 1) == (answer.response.status, answer.attempts)


def test_slips_of_the_pen(both: Both) -> None:
    """pycronofy's dictionaries take any name; ours are typed, and say so."""
    both.wire.write(both.person)
    (theirs,) = both.theirs.read_events()
    (ours,) = both.mine.read_events(tzid="Etc/UTC", include_managed=True).collect()

    assert theirs.get("summry") is None
    with pytest.raises(AttributeError, match="summry"):
        getattr(ours, "summry")  # noqa: B009  # checkers would see the slip
    assert datetime(2030, 1, 2, 10, tzinfo=UTC) == ours.start
    assert not isinstance(ours.start, ZonedTime)
