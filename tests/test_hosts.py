"""Data centres, base URLs, and which URLs get a token."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cronofy_async.core.errors import InvalidArgumentError, UnsafeURLError
from cronofy_async.core.hosts import DATA_CENTERS, Hosts, is_loopback
from cronofy_async.core.wire import Request


@pytest.mark.parametrize("name", [None, "us", "US", " us "])
def test_us_has_no_suffix(name: str | None) -> None:
    """The data centre of the United States is the one without suffix."""
    assert Hosts("https://api.cronofy.com", "https://app.cronofy.com") == Hosts.of(name)


@pytest.mark.parametrize("name", [n for n in DATA_CENTERS if n != "us"])
def test_others_have_their_name_as_suffix(name: str) -> None:
    """Every other data centre has its name in both hosts, whatever its case."""
    expected = Hosts(f"https://api-{name}.cronofy.com", f"https://app-{name}.cronofy.com")

    assert expected == Hosts.of(name.upper())


@pytest.mark.parametrize("name", ["eu", "x.evil.test/#", "us.", "api-de"])
def test_unknown_data_centres_are_refused(name: str) -> None:
    """A name that is no data centre never becomes part of a host."""
    with pytest.raises(InvalidArgumentError, match="use one of us, de") as caught:
        Hosts.of(name)
    assert "data_center" == caught.value.field


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("http://127.0.0.1:8080/", "http://127.0.0.1:8080"),
        ("http://[::1]:80", "http://[::1]"),
        ("http://localhost:1", "http://localhost:1"),
        ("http://cronofy.localhost:1", "http://cronofy.localhost:1"),
        ("HTTPS://Sandbox.Example:443", "https://sandbox.example"),
    ],
)
def test_base_urls_are_normalised(url: str, origin: str) -> None:
    """A base URL may stand in for the data centre; pages default to the same origin."""
    assert Hosts(origin, origin) == Hosts.of(api_url=url)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com",
        "http://127.0.0.1.example.com",
        "http://localhost.example.com",
        "ftp://127.0.0.1",
        "https://user:pw@api.cronofy.com",
        "https://api.cronofy.com/v1",
        "https://api.cronofy.com?x=1",
        "https://api.cronofy.com#x",
        "https://api.cronofy.com\\@evil.test",
        "https://",
        "api.cronofy.com",
        "https://api.cronofy.com:port",
        "https://[::1",
        "",
    ],
)
def test_unsafe_base_urls_are_refused(url: str) -> None:
    """A base URL is an origin, and plain http goes to this machine alone."""
    with pytest.raises(InvalidArgumentError) as caught:
        Hosts.of(api_url=url or " ")
    assert "api_url" == caught.value.field


@pytest.mark.parametrize("odd", ["https://a.example/\x00", "https://", "https://a:port", "x"])
def test_the_url_of_pages_is_refused_by_its_own_name(odd: str) -> None:
    """With what to give in its place."""
    with pytest.raises(InvalidArgumentError, match="give an origin such as https://") as caught:
        Hosts.of(api_url="https://api.example", app_url=odd)
    assert "app_url" == caught.value.field


def test_pages_may_be_elsewhere() -> None:
    """Each host has a URL of its own, and the data centre fills in for the API's."""
    hosts = Hosts.of("de", app_url="https://pages.example")
    assert ("https://api-de.cronofy.com", "https://pages.example") == (hosts.api, hosts.app)


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        (None, False),
        ("", False),
        ("localhost", True),
        ("a.localhost", True),
        ("alocalhost", False),
        ("127.9.9.9", True),
        ("::1", True),
        ("128.0.0.1", False),
        ("::2", False),
        ("example.com", False),
    ],
)
def test_only_this_machine_is_loopback(host: str | None, expected: bool) -> None:
    """By its name or its addresses; where there is no host, nothing is known."""
    assert expected is is_loopback(host)


def test_resolve_puts_the_origin_in_front() -> None:
    """A request's path goes behind the origin of its host."""
    hosts = Hosts.of("de")

    assert "https://api-de.cronofy.com/v1/x?y=1" == hosts.resolve(Request("GET", "/v1/x?y=1")).url
    given = Request("GET", "https://api-de.cronofy.com/v1/x")
    assert "https://api-de.cronofy.com/v1/x" == hosts.resolve(given).url
    assert "https://app-de.cronofy.com/p" == hosts.resolve(Request("GET", "/p"), "app").url


OWN = [
    "https://api.cronofy.com/v1/events/pages/08a07b",
    "https://api.cronofy.com:443/v1/events/pages/08a07b",
    "https://API.cronofy.COM/v1/events/pages/08a07b",
]


@pytest.mark.parametrize("url", OWN)
def test_own_urls_become_relative(url: str) -> None:
    """A URL on the API's origin, however spelled, is followed."""
    assert "/v1/events/pages/08a07b" == Hosts.of().relative(url)


def test_relative_keeps_the_query() -> None:
    """The query of a URL that is followed stays as it is."""
    assert "/p?a=%2F&b=" == Hosts.of().relative("https://api.cronofy.com/p?a=%2F&b=#frag")


FOREIGN = [
    "http://api.cronofy.com/v1/x",
    "https://api-de.cronofy.com/v1/x",
    "https://app.cronofy.com/v1/x",
    "https://api.cronofy.com:8443/v1/x",
    "https://api.cronofy.com./v1/x",
    "https://api.cronofy.com.evil.test/v1/x",
    "https://evil.test/https://api.cronofy.com/v1/x",
    "https://api.cronofy.com@evil.test/v1/x",
    "https://evil.test@api.cronofy.com/v1/x",
    "https://:@api.cronofy.com/v1/x",
    "https://api.cronofy.com\\@evil.test/v1/x",
    "https://evil.test\\.api.cronofy.com/v1/x",
    "//evil.test/v1/x",
    "///evil.test/v1/x",
    "/v1/x",
    "v1/x",
    "https:/api.cronofy.com/v1/x",
    "https:///api.cronofy.com/v1/x",
    "https://api.cronofy.com",
    "https://api.cronofy.com?x",
    "https://api.cronofy.com/../oauth/token",
    "https://api.cronofy.com/./v1/x",
    "https://api.cronofy.com/v1/%2E",
    "https://api.cronofy.com/v1/%2e%2e/oauth/token",
    "https://api.cronofy.com/v1/..%2Foauth/token",
    "https://api.cronofy.com/v1/..%5coauth/token",
    "https://api.cronofy.com/v1/x y",
    "https://api.cronofy.com/v1/x\r\nX-A: 1",
    "https://api.cronofy.com/v1/\tx",
    " https://api.cronofy.com/v1/x",
    "https://api.cronofy.com/v1/\u2025",
    "https://api\uff0ecronofy.com/v1/x",
    "https://аpi.cronofy.com/v1/x",  # noqa: RUF001  # a Cyrillic a
    "javascript:alert(1)",
    "file:///etc/passwd",
    "https://[::1/v1/x",
    "https://api.cronofy.com:99999/v1/x",
    "",
]


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("https://api.cronofy.com/v1/x y", "characters that no URL has"),
        ("https://me@api.cronofy.com/v1/x", "user information"),
        ("https://:pw@api.cronofy.com/v1/x", "user information"),
        ("https://evil.test/v1/x", "on another origin"),
        ("https://api.cronofy.com/v1/../x", "no plain path"),
        ("https://[::1/v1/x", "not a URL"),
    ],
)
def test_a_refusal_says_why(url: str, problem: str) -> None:
    """And shows nothing of the URL, which may hold what the server likes."""
    with pytest.raises(UnsafeURLError, match=problem) as caught:
        Hosts.of().relative(url)
    assert "evil" not in str(caught.value)


@pytest.mark.fault(36)
@pytest.mark.parametrize("url", FOREIGN)
def test_foreign_urls_are_refused(url: str) -> None:
    """A URL that is not plainly on the API's origin gets no request."""
    with pytest.raises(UnsafeURLError):
        Hosts.of().relative(url)


@pytest.mark.fault(36)
@given(st.text() | st.from_regex(r"https?://[a-z@:.\\/%2e]*api\.cronofy\.com[a-z@:./\\%]*"))
def test_whatever_is_followed_stays_on_the_origin(url: str) -> None:
    """Any URL is either refused or turned into an absolute path without dot segments."""
    try:
        path = Hosts.of().relative(url)
    except UnsafeURLError:
        return
    assert path.startswith("/")
    assert ".." not in path.split("?")[0].split("/")
    assert url.lower().startswith(("https://api.cronofy.com/", "https://api.cronofy.com:443/"))
