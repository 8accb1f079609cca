"""No way of turning what holds a secret into text or data shows it."""

from __future__ import annotations

import copy
import dataclasses
import io
import json
import logging
import pickle
import pprint
import reprlib
from collections.abc import Callable, Mapping
from inspect import getattr_static
from typing import Any

import attrs
import cattrs
import msgspec
import pytest

from cronofy_async import AsyncCronofy, Cronofy, MemoryTokenStore, Secret, TokenRecord, Tokens
from cronofy_async.core.wire import Request, Response
from cronofy_async.models import DelegatedAuthorization, ElementToken, TokenSet
from cronofy_async.operations import (
    Authorize,
    CreateElementToken,
    RefreshToken,
    RequestToken,
    RevokeByToken,
)
from cronofy_async.stores import SQLiteTokenStore

CANARY = "canary-0123456789-abcdef"
TOKENS = Tokens(access_token=Secret(CANARY), refresh_token=Secret(CANARY))


_short = reprlib.Repr()
_short.maxother = 1000


def _store() -> Any:
    store = MemoryTokenStore()
    store._records["acc"] = TokenRecord(tokens=TOKENS)
    return store


def _client(door: Any) -> Any:
    return door("id", CANARY, admin_api_key=CANARY, token_store=_store(), limits=None)


KEEPERS: dict[str, Callable[[], Any]] = {
    "Secret": lambda: Secret(CANARY),
    "Tokens": lambda: TOKENS,
    "TokenRecord": lambda: TokenRecord(tokens=TOKENS),
    "TokenSet": lambda: TokenSet(access_token=Secret(CANARY), refresh_token=Secret(CANARY)),
    "ElementToken": lambda: ElementToken(token=Secret(CANARY)),
    "DelegatedAuthorization": lambda: DelegatedAuthorization(code=Secret(CANARY)),
    "RefreshToken": lambda: RefreshToken(refresh_token=CANARY),
    "RequestToken": lambda: RequestToken(code=CANARY, redirect_uri="https://a.example/cb"),
    "RevokeByToken": lambda: RevokeByToken(token=CANARY),
    "Authorize": lambda: Authorize(
        redirect_uri="https://a.example/cb", scope="read_write", link_token=CANARY
    ),
    "extra": lambda: CreateElementToken(
        permissions="agenda", origin="https://a.example", extra={"later_token": CANARY}
    ),
    "AsyncCronofy": lambda: _client(AsyncCronofy),
    "Cronofy": lambda: _client(Cronofy),
    "AsyncAccount": lambda: _client(AsyncCronofy).account(
        access_token=CANARY, refresh_token=CANARY
    ),
    "Account": lambda: _client(Cronofy).account(access_token=CANARY, refresh_token=CANARY),
    "MemoryTokenStore": _store,
    "Request": lambda: (
        RefreshToken(refresh_token=CANARY)
        .to_request()
        .with_headers({"authorization": f"Bearer {CANARY}"})
        .replace(url=f"https://api.cronofy.com/x?code={CANARY}")
    ),
    "Response": lambda: Response(200, {"set-cookie": CANARY}, CANARY.encode()),
}
BARE = {"Request", "Response", "extra"}
"""What holds the text itself, as it has to be sent: shown it is not, but its fields have it."""


def _log(value: Any) -> str:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("%(message)s %(args)s"))
    logger = logging.Logger("showing")  # noqa: LOG001  # of no hierarchy
    logger.addHandler(handler)
    logger.warning("a %s and %r", value, value)
    return stream.getvalue()


def _deep(value: Any, depth: int = 6) -> str:
    """What a debugger that opens every object shows, down to so many levels."""
    if depth == 0 or isinstance(value, (str, bytes, int, float)) or value is None:
        return repr(value)
    if isinstance(value, Mapping):
        return " ".join(_deep(each, depth - 1) for pair in value.items() for each in pair)
    if isinstance(value, (list, tuple, set, frozenset)):
        return " ".join(_deep(each, depth - 1) for each in value)
    if isinstance(value, Secret) or not type(value).__module__.startswith("cronofy"):
        return repr(value)
    slots = {
        name: getattr(value, name, None)
        for cls in type(value).__mro__
        for name in vars(cls).get("__slots__", ())
        if not name.startswith("__")
        # What a method computes is no state.
        and not isinstance(getattr_static(type(value), name, None), property)
    }
    return _deep({**slots, **getattr(value, "__dict__", {})}, depth - 1)


TEXTS: dict[str, Callable[[Any], str]] = {
    "repr": repr,
    "str": str,
    "format": format,
    "f-string": lambda v: f"{v} {v!r} {v!s} {v!a}",
    "percent": lambda v: "%s %r %a" % (v, v, v),  # noqa: UP031  # the point
    "in a list": lambda v: str([v, {"k": v}]),
    "pprint": pprint.pformat,
    "reprlib": _short.repr,
    "log": _log,
    "print": lambda v: _printed(v),
    "exception": lambda v: repr(ValueError(v)) + str(KeyError(v)),
    "json default": lambda v: json.dumps({"v": v}, default=str),
    "ascii": ascii,
}
DUMPS: dict[str, Callable[[Any], Any]] = {
    "pickle": pickle.dumps,
    "oldest pickle": lambda v: pickle.dumps(v, protocol=0),
    "reduce": lambda v: v.__reduce_ex__(4),
    "state": lambda v: v.__getstate__(),
    "vars": vars,
    "asdict": attrs.asdict,
    "astuple": attrs.astuple,
    "dataclass": lambda v: dataclasses.asdict(v),
    "cattrs": cattrs.unstructure,
    "msgspec": lambda v: msgspec.json.encode(v),
    "json": json.dumps,
    "json of vars": lambda v: json.dumps(v, default=vars),
    "copy": lambda v: repr(copy.copy(v)),
    "deepcopy": lambda v: repr(copy.deepcopy(v)),
    "opened": _deep,
}


def _printed(value: Any) -> str:
    stream = io.StringIO()
    print(value, file=stream)
    return stream.getvalue()


@pytest.mark.parametrize("show", TEXTS)
@pytest.mark.parametrize("keeper", KEEPERS)
def test_no_text_shows_it(keeper: str, show: str) -> None:
    """Whatever makes text of what holds a secret gives a stand-in."""
    assert CANARY[:9] not in TEXTS[show](KEEPERS[keeper]())


@pytest.mark.parametrize("dump", DUMPS)
@pytest.mark.parametrize("keeper", [each for each in KEEPERS if each not in BARE])
def test_no_dump_holds_it(keeper: str, dump: str) -> None:
    """What writes an object down by itself is refused, or gets a Secret that shows nothing."""
    try:
        written = DUMPS[dump](KEEPERS[keeper]())
    except (TypeError, AttributeError, ValueError, attrs.exceptions.NotAnAttrsClassError) as error:
        written = str(error)
    assert CANARY[:9] not in repr(written)


@pytest.mark.parametrize("keeper", ["Request", "Response"])
@pytest.mark.parametrize("dump", ["pickle", "oldest pickle", "reduce", "state"])
def test_what_goes_over_the_wire_is_not_written_down(keeper: str, dump: str) -> None:
    """Requests and answers have the text in their fields, and refuse to be serialised."""
    with pytest.raises(TypeError, match="not pickled"):
        DUMPS[dump](KEEPERS[keeper]())


def test_the_ways_of_showing_show_what_is_no_secret() -> None:
    """The tests above could fail."""
    plain = attrs.make_class("Plain", ["token"])(CANARY)
    unseen = {name for name, show in TEXTS.items() if CANARY[:9] not in show(plain)}
    assert set() == unseen
    assert CANARY in _deep({"a": [CANARY]})
    assert CANARY in repr(attrs.asdict(plain))


def test_a_store_in_a_file_shows_where_it_is_alone(tmp_path: Any) -> None:
    """Its path is its repr, and it cannot be pickled."""
    with SQLiteTokenStore(tmp_path / "own" / "tokens.db", keys=None) as store:
        assert f"<SQLiteTokenStore {tmp_path / 'own' / 'tokens.db'}>" == repr(store)


def test_a_bare_request_is_what_errors_keep() -> None:
    """Method, origin and path alone: nothing of what `Request` holds besides."""
    bare = KEEPERS["Request"]().bare()

    assert Request("POST", "https://api.cronofy.com/x") == bare
    assert CANARY not in repr(attrs.astuple(bare))
