"""Each framework's adapter, in a real server, answers the same to the same requests."""

from __future__ import annotations

import gzip
from collections.abc import Iterator

import pytest

from cronofy_async.callbacks import SIGNATURE_HEADER, sign
from cronofy_async.models import ChannelNotification, UnknownNotification
from cronofy_async.webhooks import WebhookLimits

from .serving import FRAMEWORKS, Handled, ask, serving
from .signing import SECRET, change, notification, signed

OLD = "CRN_of_yesterday"
BUSY = 5
"""As many as are handled at once."""


@pytest.fixture(scope="module", params=FRAMEWORKS)
def running(request: pytest.FixtureRequest) -> Iterator[Handled]:
    """A receiver with two secrets, in one framework after the other."""
    limits = WebhookLimits(window=0.01, concurrent=BUSY)
    with serving(FRAMEWORKS[request.param], limits, (SECRET, OLD)) as handled:
        # Its threads and the framework's begin now, and not in the middle of a test.
        keep_busy(handled)
        assert 401 == ask(handled.url, b"", {})[0]
        yield handled


def keep_busy(served: Handled) -> list[str]:
    """Have as many callbacks handled as are at once; gives their channels."""
    with served.hold():
        for number in range(BUSY):
            body = change(f"chn_{number}")
            assert 200 == ask(served.url, body, signed(body))[0]
        return [served.next().channel.channel_id for _ in range(BUSY)]


@pytest.fixture
def served(running: Handled) -> Handled:
    """The same, with nothing handed over yet."""
    assert running.came.empty()
    return running


def test_a_callback_is_answered_and_handed_over(served: Handled) -> None:
    """A signed change is answered with 200 and reaches the handler as what it is."""
    status, _ = ask(served.url, change(), signed(change()))
    handed = served.next()

    assert 200 == status
    assert isinstance(handed, ChannelNotification)
    assert ("change", "chn_1") == (handed.notification.type, handed.channel.channel_id)


@pytest.mark.fault(48)
@pytest.mark.parametrize("secrets", [(SECRET,), (OLD,), ("other", OLD), (SECRET, OLD)])
def test_one_good_signature_is_enough(served: Handled, secrets: tuple[str, ...]) -> None:
    """While secrets rotate, a signature with any of ours counts, wherever it stands."""
    body = change()

    assert 200 == ask(served.url, body, signed(body, *secrets))[0]
    served.next()


@pytest.mark.fault(48)
@pytest.mark.parametrize(
    "header", [None, "", "nonsense", sign(change(), "other"), sign(b"{}", SECRET), "x" * 5000]
)
def test_what_is_not_signed_by_us_is_refused(served: Handled, header: str | None) -> None:
    """Without a good signature the answer is 401, and nothing is handed over."""
    headers = {} if header is None else {SIGNATURE_HEADER: header}

    assert 401 == ask(served.url, change(), headers)[0]
    assert served.came.empty()


def test_what_is_no_json_is_refused_though_it_is_signed(served: Handled) -> None:
    """After a good signature the answer to what cannot be read is 400."""
    for body in (b"", b"{", b"[]", b"\xff", b'{"a": NaN}', b"[" * 60_000):
        assert 400 == ask(served.url, body, signed(body))[0]
    assert served.came.empty()


def test_what_is_not_signed_is_not_read(served: Handled) -> None:
    """JSON is no matter before the signature: what is neither is refused for the latter."""
    assert 401 == ask(served.url, b"{", {SIGNATURE_HEADER: "nonsense"})[0]


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_only_post_is_taken(served: Handled, method: str) -> None:
    """Any other method is answered with 405, which names the right one."""
    status, headers = ask(served.url, b"", {}, method)

    assert 405 == status
    assert "POST" in headers["Allow"]


@pytest.mark.fault(48)
def test_a_packed_body_is_refused(served: Handled) -> None:
    """Cronofy packs nothing; what is packed is answered with 415, whatever it is signed with."""
    body = gzip.compress(change())
    for headers in (signed(body), signed(change())):
        assert 415 == ask(served.url, body, {**headers, "Content-Encoding": "gzip"})[0]
    assert served.came.empty()


@pytest.mark.fault(48)
def test_a_body_that_is_too_long_is_refused(served: Handled) -> None:
    """One byte above the cap is 413, up to the cap nothing is amiss."""
    longest = change() + b" " * (64 * 1024 - len(change()))
    assert 200 == ask(served.url, longest, signed(longest))[0]
    served.next()

    assert 413 == ask(served.url, longest + b" ", signed(longest + b" "))[0]
    assert served.came.empty()


def test_unknown_channels_and_kinds_are_answered_well(served: Handled) -> None:
    """What this version does not know is answered with 200 and handed on."""
    for body in (notification("change", "chn_of_nobody"), notification("brand_new"), b'{"x": 1}'):
        assert 200 == ask(served.url, body, signed(body))[0]
    handed = [served.next() for _ in range(3)]

    assert {"chn_of_nobody", "chn_1"} == {
        h.channel.channel_id for h in handed if hasattr(h, "channel")
    }
    assert ["x"] == [key for h in handed if isinstance(h, UnknownNotification) for key in h.body]


def test_the_answer_does_not_wait_for_the_handler(served: Handled) -> None:
    """However long a handler takes, further callbacks are answered at once."""
    assert [f"chn_{number}" for number in range(BUSY)] == sorted(keep_busy(served))


@pytest.mark.parametrize("name", FRAMEWORKS)
def test_a_full_receiver_asks_to_be_sent_it_again(name: str) -> None:
    """Beyond what may wait the answer is 503; what waits is still handled when it closes."""
    with serving(FRAMEWORKS[name], WebhookLimits(window=60, waiting=2, closing=5)) as served:
        for number, expected in ((1, 200), (2, 200), (3, 503), (2, 200)):
            body = change(f"chn_{number}")
            assert expected == ask(served.url, body, signed(body))[0]
        assert served.came.empty()

    assert ["chn_1", "chn_2"] == sorted(served.next().channel.channel_id for _ in range(2))
    assert served.came.empty()
    assert [] == served.unfinished
