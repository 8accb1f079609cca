"""Documented requests, made wrong at random: never a fault, and never a half-done change."""

from __future__ import annotations

import json
from random import Random
from typing import Any, Final
from urllib.parse import quote

import pytest

from cronofy_async.core.wire import Request, Response
from cronofy_transports.sandbox.error_keys import ERROR_KEYS
from tests.test_samples import Sample

from .digest import digest
from .furnishing import SAMPLED, Furnished
from .test_sandbox_strictness import Path, at, places, put, without

_ODD: Final[tuple[Any, ...]] = (
    None,
    True,
    0,
    -1,
    1.5,
    2**31,
    10**400,
    "",
    " ",
    "..",
    "\0",
    "\ud800",
    "é" * 5000,
    "2030-01-02",
    "2030-01-02T10:00:00",
    "2030-01-02T10:00:00Z",
    "2030-01-02T10:00:00.000Z",
    "2030-01-02 10:00:00Z",
    "2030-01-02T10:00:00+05:30",
    "0001-01-01",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31",
    "9999-12-31T23:59:59-12:00",
    "9999-12-31T23:59:59Z",
    "Pacific/Apia",
    "../etc/passwd",
    "https://example.com/",
    "http://[::1]:99999/",
    [],
    {},
    [[]],
    [{}],
    {"": None},
    {"minutes": 2**31 - 1},
    {"minutes": -1},
    {"hours": 35_000_000, "minutes": 7},
    {"time": "2030-03-31T01:30:00", "tzid": "Europe/London"},
    {"time": "0001-01-01", "tzid": "Pacific/Kiritimati"},
    {"time": "9999-12-31T23:59:59", "tzid": "Etc/GMT+12"},
    {"minimum": {"minutes": 5}, "maximum": {"minutes": 1}},
)

ENDING: Final = ("Revoke", "Disable", "Cancel", "Close", "Remove", "Delete")
"""After what ends something, a new world is begun."""

CHANGES: Final = 4
"""The most changes to one request."""

_MANNERS: Final = ("replace", "replace", "remove", "repeat", "nest", "swap")


def mutated(draw: Random, furnished: Furnished, sample: Sample) -> Request:
    """A documented request with a few of its values replaced, removed, repeated or moved."""
    request = furnished.request(sample)
    if request.method == "GET":
        return request.replace(url=_url(draw, request))
    body: Any = furnished.body(sample)
    for _ in range(draw.randint(1, CHANGES)):
        found = list(places(body))
        if found:
            body = _changed(draw, body, found)
    content = json.dumps(body).encode() if body else b""
    if draw.random() < 0.05:
        content = content[: draw.randint(0, len(content))]
    return request.replace(body=content)


def _changed(draw: Random, body: Any, found: list[Path]) -> Any:
    path = draw.choice(found)
    item = at(body, path)
    match draw.choice(_MANNERS):
        case "replace":
            return put(body, path, draw.choice(_ODD))
        case "remove":
            return without(body, path)
        case "repeat":
            return put(body, path, item * 60 if isinstance(item, list) else [item, item])
        case "nest":
            return put(body, path, {str(path[-1]): item} if draw.random() < 0.5 else [item])
        case _:
            return put(body, path, at(body, draw.choice(found)))


def _url(draw: Random, request: Request) -> str:
    base, _, query = request.url.partition("?")
    name = draw.choice(sorted(dict(request.query)) or ["page"])
    text = quote(str(draw.choice(_ODD)).replace("\ud800", ""), safe="")
    raw = draw.choice(
        [f"{name}={text}", f"{name}[]={text}", "%ff", "%00=%ed%a0%80", "&&=", "a[b]=1"]
    )
    return f"{base}?{query}&{raw}" if draw.random() < 0.7 else f"{base}?{raw}"


def is_well_formed(response: Response) -> bool:
    """Whether an answer has the body that belongs to its status."""
    if response.status == 422:
        complaints = response.json()["errors"]
        return bool(complaints) and all(
            listed
            and all(
                {"key", "description"} == set(each) and each["key"] in ERROR_KEYS for each in listed
            )
            for listed in complaints.values()
        )
    if response.status == 400:
        return {"error"} == set(response.json())
    return response.status in (200, 202, 207, 302, 401, 403, 404, 423) and (
        response.status < 400 or response.body == b""
    )


@pytest.mark.parametrize("seed", range(20))
def test_no_request_is_a_fault(seed: int) -> None:
    """Whatever is asked, the answer is one of the service's, and a refusal changes nothing."""
    draw = Random(seed)  # nothing secret is drawn
    furnished = Furnished()
    world = furnished.sandbox.world
    seen = digest(world)
    for _ in range(100):
        sample = draw.choice(SAMPLED)
        request = mutated(draw, furnished, sample)
        response = furnished.sandbox.handle(request)
        about = (sample.name, request.url[:200], request.body[:500], response.status, response.body)
        assert is_well_formed(response), about
        before, seen = seen, digest(world)
        assert response.status < 400 or before == seen, about
        if sample.raw["operation"].startswith(ENDING) and response.ok:
            furnished = Furnished()
            world = furnished.sandbox.world
            seen = digest(world)
