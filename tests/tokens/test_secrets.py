"""No token in anything that is shown, logged, raised or pickled."""

from __future__ import annotations

import copy
import gc
import logging
import pickle
import weakref
from traceback import TracebackException
from typing import Any

import pytest

from cronofy_async import (
    CronofyError,
    MemoryTokenStore,
    ReauthorizationRequiredError,
    TokenLease,
    TokenRecord,
    TokenStoreError,
    TransportError,
)
from cronofy_async.core.wire import Request

from ..faults.never import shown
from .bench import Altering, Bench, DistantStore, PlainStore, bench, given
from .service import ServiceTransport, is_exchange

pytestmark = pytest.mark.anyio


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> Any:
    """Each test runs on both event loops."""
    return request.param


def revoked(b: Bench, transport: ServiceTransport) -> None:
    """The account's owner takes their consent back."""
    b.service.revoke("acc_1")


def cut(b: Bench, transport: ServiceTransport) -> None:
    """The way to the service is cut while tokens are exchanged."""

    def fail(request: Request) -> None:
        if is_exchange(request):
            raise TransportError("connection reset", request)

    transport.before = fail


@pytest.mark.parametrize("harm", [revoked, cut])
@pytest.mark.parametrize("kind", [MemoryTokenStore, PlainStore, DistantStore])
async def test_no_failure_shows_a_token(
    kind: Any, harm: Any, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """Whatever ends a renewal, its error, its traceback with locals and its log show no token."""
    caplog.set_level(logging.DEBUG)
    async with bench(store=kind()) as b:
        cronofy, transport = b.wired()
        account = cronofy.account("acc_1", **given(b.service.grant("acc_1", expired=True)))
        harm(b, transport)
        with pytest.raises(CronofyError) as caught:
            await account.list_calendars()
        told = shown(caught.value) + repr(account) + repr(cronofy) + repr(b.store)
        told += repr(account.tokens) + "".join(map(shown, b.refused))

    assert "canary" not in told
    assert "canary" not in caplog.text
    assert "canary" not in "".join(capfd.readouterr())


@pytest.mark.parametrize("answer", [{"access_token": 5}, {"access_token": ["canary-odd"]}])
async def test_an_unreadable_answer_shows_no_token(answer: dict[str, Any]) -> None:
    """An answer of the service that cannot be read is not quoted."""
    async with bench() as b:
        account = b.client(Altering(b.service, **answer)).account(
            "acc_1", **given(b.service.grant("acc_1", expired=True))
        )
        with pytest.raises(CronofyError) as caught:
            await account.list_calendars()

    assert "canary" not in str(caught.value) + repr(caught.value)


@pytest.mark.parametrize(
    "error", [ReauthorizationRequiredError("acc_1"), TokenStoreError("the disk is full")]
)
async def test_what_hooks_are_told_can_be_sent_on(error: CronofyError) -> None:
    """The errors of tokens can be copied and pickled, whole."""
    for twin in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):
        assert (type(error), str(error)) == (type(twin), str(twin))
        assert getattr(error, "sub", None) == getattr(twin, "sub", None)


async def test_a_damaged_record_is_not_quoted() -> None:
    """A record that cannot be read is an error without its text."""
    record = TokenRecord(
        tokens=Bench().service.grant("acc_1"), lease=TokenLease(owner="a", until=1)
    )
    text = record.reveal()
    assert record == TokenRecord.read(text)
    for odd in (text[:-5], text.replace('"version": 0', '"version": "0"'), "[]", "5", "[" * 10**5):
        with pytest.raises(ValueError, match="no record") as caught:
            TokenRecord.read(odd)
        assert "canary" not in "".join(TracebackException.from_exception(caught.value).format())


async def test_nothing_is_left_of_a_client() -> None:
    """A closed client's renewals, clocks and holders are collected with it."""
    async with bench() as b:
        account = b.client().account("acc_1", **given(b.service.grant("acc_1", expired=True)))
        await account.list_calendars()
        assert set() == account.driver.under_way
        # Other tests may have clients of their own.
        mine: list[Any] = [account, account.driver, account._holder]
        left = [weakref.ref(each) for each in mine]
        del mine
    del account, b
    gc.collect()
    assert [None] * 3 == [each() for each in left]
