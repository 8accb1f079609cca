"""A token goes to the API's own origin alone, whatever URL a server gives."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import httpcore2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from yarl import URL

from cronofy_async import Cronofy, RetryPolicy, TransportError, UnsafeURLError
from cronofy_async.core.hosts import Hosts
from cronofy_async.core.wire import Request

from .listeners import Leading, Listener

API = "https://api.cronofy.com"
TOKEN = "canary-token-of-origins"

FOLLOWED = {
    f"{API}/v1/events/pages/08a07b": "/v1/events/pages/08a07b",
    f"{API}:443/v1/x": "/v1/x",
    f"{API}:0443/v1/x": "/v1/x",
    f"{API}:/v1/x": "/v1/x",
    "HTTPS://api.cronofy.com/v1/x": "/v1/x",
    "https://API.Cronofy.Com/v1/x": "/v1/x",
    f"{API}/v1/x?a=https://evil.test/": "/v1/x?a=https://evil.test/",
    f"{API}/v1/x?a=../../b": "/v1/x?a=../../b",
    f"{API}/v1/x#https://evil.test": "/v1/x",
    f"{API}/v1/%41": "/v1/%41",
    f"{API}/v1/a:b@c": "/v1/a:b@c",
    f"{API}//evil.test/v1/x": "//evil.test/v1/x",
    f"{API}/https://evil.test/": "/https://evil.test/",
    f"{API}/v1/...": "/v1/...",
}

REFUSED = [
    # Another scheme.
    "http://api.cronofy.com/v1/x",
    "http://api.cronofy.com:443/v1/x",
    "ftp://api.cronofy.com/v1/x",
    "wss://api.cronofy.com/v1/x",
    "file://api.cronofy.com/v1/x",
    "javascript://api.cronofy.com/%0aalert(1)",
    "https:api.cronofy.com/v1/x",
    "https:/api.cronofy.com/v1/x",
    "https:///api.cronofy.com/v1/x",
    "://api.cronofy.com/v1/x",
    # Another host.
    "https://evil.test/v1/x",
    "https://api-de.cronofy.com/v1/x",
    "https://app.cronofy.com/v1/x",
    "https://cronofy.com/v1/x",
    "https://api.cronofy.com.evil.test/v1/x",
    "https://evil-api.cronofy.com/v1/x",
    "https://api.cronofy.com./v1/x",
    "https://.api.cronofy.com/v1/x",
    "https://api..cronofy.com/v1/x",
    "https://api%2ecronofy.com/v1/x",
    "https://api.cronofy.com%00.evil.test/v1/x",
    "https://api.cronofy.com%2f.evil.test/v1/x",
    "https://api.cronofy.com;.evil.test/v1/x",
    "https://api.cronofy.com,evil.test/v1/x",
    "https://[::1]/v1/x",
    "https://[api.cronofy.com]/v1/x",
    "https://127.0.0.1/v1/x",
    "https://2130706433/v1/x",
    "https://xn--pi-7ed.cronofy.com/v1/x",
    "https://\u0430pi.cronofy.com/v1/x",
    "https://api\uff0ecronofy.com/v1/x",
    "https://api.cronofy\u3002com/v1/x",
    "https://api.cron\u00adofy.com/v1/x",
    "https://evil.test\u2100api.cronofy.com/v1/x",
    # Another port.
    "https://api.cronofy.com:80/v1/x",
    "https://api.cronofy.com:8443/v1/x",
    "https://api.cronofy.com:0/v1/x",
    "https://api.cronofy.com:99999/v1/x",
    "https://api.cronofy.com:-443/v1/x",
    "https://api.cronofy.com:4 43/v1/x",
    "https://api.cronofy.com:443:80/v1/x",
    # User information.
    "https://api.cronofy.com@evil.test/v1/x",
    "https://evil.test@api.cronofy.com/v1/x",
    "https://u:p@api.cronofy.com/v1/x",
    "https://@api.cronofy.com/v1/x",
    "https://:@api.cronofy.com/v1/x",
    "https://api.cronofy.com\\@evil.test/v1/x",
    "https://evil.test\\@api.cronofy.com/v1/x",
    "https://api.cronofy.com:443@evil.test/v1/x",
    # No origin at all, or somebody else's notation of one.
    "//evil.test/v1/x",
    "//api.cronofy.com/v1/x",
    "///api.cronofy.com/v1/x",
    "\\\\evil.test\\v1\\x",
    "/v1/x",
    "v1/x",
    "?page=2",
    "#x",
    "",
    # Another path than it seems, or characters that some reader drops.
    "https://api.cronofy.com",
    "https://api.cronofy.com?x=1",
    "https://api.cronofy.com/../oauth/token",
    "https://api.cronofy.com/v1/./x",
    "https://api.cronofy.com/v1/%2e%2E/oauth/token",
    "https://api.cronofy.com/v1/..%2Foauth/token",
    "https://api.cronofy.com/v1/..%5Coauth/token",
    "https://api.cronofy.com/v1\\..\\oauth/token",
    "https://api.cronofy.com/v1/x\r\nHost: evil.test",
    "https://api.cronofy.com/v1/\tx",
    "https://api.cronofy.com/v1/\x00x",
    "https://api.cronofy.com/v1/x y",
    " https://api.cronofy.com/v1/x",
    "https://api.cronofy.com/v1/x ",
    "ht\ntps://evil.test/v1/x",
    "https://api.cronofy.com/v1/\u2025",
    "https://api.cronofy.com\t@evil.test/v1/x",
]


@pytest.mark.parametrize("url", FOLLOWED)
def test_what_is_plainly_our_own_is_followed(url: str) -> None:
    """However its origin is spelled, its path and query are taken as they are."""
    assert FOLLOWED[url] == Hosts.of().relative(url)


@pytest.mark.parametrize("url", REFUSED)
def test_everything_else_is_refused(url: str) -> None:
    """The error says why, and quotes neither path nor query nor anything that moves a cursor."""
    with pytest.raises(UnsafeURLError) as caught:
        Hosts.of().relative(url)
    assert str(caught.value).isprintable()
    assert "evil" not in str(caught.value)


def test_the_table_is_long_enough() -> None:
    """Sixty spellings are the least, and each counts once."""
    assert len(FOLLOWED) + len(set(REFUSED)) == len(FOLLOWED) + len(REFUSED) >= 60


pieces = st.sampled_from(
    [
        "http", "https", "HTTPS", ":", "/", "//", "\\", "@", "#", "?", "%2e", "%2f", "%5c", "%00",
        "..", ".", ";", ",", "[", "]", "::1", "api.cronofy.com", "API.CRONOFY.COM", "evil.test",
        "127.0.0.1", "localhost", "443", "80", "\t", "\n", " ", "v1", "oauth/token", "\u3002",
        "\uff0f", "\uff20", "\u2100", "xn--", "u:p@", "\x00", "\u200b", "\u00df", "\udc80",
    ]
)  # fmt: skip
spelled = st.lists(pieces, max_size=12).map("".join)
begun = st.builds("".join, st.tuples(st.sampled_from([API, API + ":443", "https://"]), spelled))
urls = spelled | begun | st.text(max_size=40)


@settings(max_examples=2000)
@given(urls)
def test_every_reader_of_urls_agrees_where_it_leads(url: str) -> None:
    """What is followed is on our origin in the eyes of each library that might send it."""
    hosts = Hosts.of()
    try:
        sent = hosts.resolve(Request("GET", hosts.relative(url))).url
    except UnsafeURLError:
        return
    parts = urlsplit(sent)
    theirs = URL(sent, encoded=True)
    assert ("https", "api.cronofy.com", None) == (parts.scheme, parts.hostname, parts.port)
    assert ("https", "api.cronofy.com", 443) == (theirs.scheme, theirs.host, theirs.port)
    assert (b"https", b"api.cronofy.com") == (httpcore2.URL(sent).scheme, httpcore2.URL(sent).host)
    assert theirs.user is theirs.password is None
    assert sent.isascii()


@pytest.fixture(scope="module")
def own() -> Iterator[Leading]:
    """The API."""
    with Leading() as server:
        yield server


@pytest.fixture(scope="module")
def foreign() -> Iterator[Listener]:
    """Another origin on this machine."""
    with Listener() as server:
        yield server


@pytest.fixture(scope="module")
def cronofy(own: Leading) -> Iterator[Cronofy]:
    """A client of the API that is not held back."""
    with Cronofy("id", "canary-secret-of-origins", api_url=own.url, limits=None) as client:
        yield client


@settings(max_examples=300)
@given(data=st.data())
def test_no_next_page_sends_a_byte_elsewhere(
    data: st.DataObject, own: Leading, foreign: Listener, cronofy: Cronofy
) -> None:
    """Over real sockets, a page's address is followed on its own origin or not at all."""
    here, there = own.url, foreign.url
    ports = st.sampled_from([str(own.port), str(foreign.port)])
    address = st.lists(
        pieces | ports | st.sampled_from([here, there, f"//127.0.0.1:{foreign.port}"]), max_size=8
    ).map("".join)
    url = data.draw(
        address
        | st.builds("{}{}".format, st.sampled_from([here, here + "/", there]), address)
        | st.builds(
            "http://{}{}127.0.0.1:{}/v1/x".format,
            st.sampled_from(["127.0.0.1", f"127.0.0.1:{own.port}", "u:p"]),
            st.sampled_from(["@", "\\@", "%40", "#@", "?@", "/@", "\t@", ";@", "%00@"]),
            ports,
        ),
        label="next_page",
    )
    page = {"current": 1, "total": 2, "next_page": url.encode("utf-8", "replace").decode()}
    own.lead(200, {"events": [], "pages": page})
    try:
        list(cronofy.account(access_token=TOKEN).read_events(tzid="Etc/UTC"))
    except UnsafeURLError:
        assert 1 == len(own.targets)
    assert (0, b"") == (foreign.connections, foreign.received)
    assert all(had_token for _, had_token in own.targets)


def test_the_listener_hears_who_does_come(foreign: Listener) -> None:
    """The test above could fail."""
    once = RetryPolicy(attempts=1)
    with (
        Listener() as other,
        Cronofy("id", "canary-secret-of-origins", api_url=other.url, retry=once) as cronofy,
        pytest.raises(TransportError),
    ):
        cronofy.account(access_token=TOKEN).list_calendars()
    assert TOKEN.encode() in other.received
    assert b"" == foreign.received
