"""The demo, as a newcomer runs it."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys

import pytest

from cronofy_async.core.wire import Request, Response
from cronofy_transports.demo.__main__ import main
from cronofy_transports.demo.consent import FormReader
from cronofy_transports.demo.journey import DeviationError, expect
from cronofy_transports.demo.screen import Screen, ShownTransport

from .support import RecordingTransport


@pytest.mark.slow
def test_walks_all_steps_against_the_sandbox() -> None:
    """The demo ends well, shows every step, and shows no secret."""
    done = subprocess.run(
        [sys.executable, "-m", "cronofy_transports.demo"],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )

    assert (0, "") == (done.returncode, done.stderr), done.stdout
    for number in range(1, 7):
        assert f"Step {number}." in done.stdout
    assert "And an application calendar" in done.stdout
    assert "all as expected" in done.stdout
    assert "CRN_" not in done.stdout


def test_live_says_what_it_needs(capsys: pytest.CaptureFixture[str]) -> None:
    """Without credentials the live demo names the variables and fails."""
    assert 1 == main(["--live"])
    shown = capsys.readouterr().out

    assert "CRONOFY_CLIENT_ID and CRONOFY_CLIENT_SECRET" in shown


def test_a_deviation_says_what_was_expected() -> None:
    """Whatever is not as expected ends the journey with both sides named."""
    with pytest.raises(DeviationError, match="expected a calendar, found \\[\\]"):
        expect(False, "a calendar", [])


SECRETS = {
    "client_secret": "sec-1",
    "access_token": "tok-1",
    "refresh_token": "ref-1",
    "code": "code-1",
    "nested": [{"token": "tok-2"}],
}


@pytest.mark.asyncio
async def test_the_screen_masks_secrets_in_both_directions() -> None:
    """Neither a request's nor an answer's secrets are shown."""
    out = io.StringIO()
    body = json.dumps(SECRETS).encode()
    transport = ShownTransport(
        RecordingTransport([Response(200, (), body)]), Screen(out, color=True)
    )
    request = Request("POST", "https://a.example/x?code=code-1&y=1", {"authorization": "b"}, body)
    await transport.send(request, timeout=1)

    shown = out.getvalue()
    assert not [s for s in ("sec-1", "tok-1", "ref-1", "code-1", "tok-2") if s in shown]
    assert "y=1" in shown
    assert "\x1b[" in shown


def test_the_form_is_read_as_a_browser_would() -> None:
    """Hidden fields and the checked choice are submitted; buttons only when pressed."""
    reader = FormReader()
    reader.feed(
        '<form action="/go?x=1&amp;y=2"><input type="hidden" name="seal" value="s">'
        '<input type="radio" name="choice" value="a"><input type="radio" name="choice" value="b"'
        ' checked><button name="decision" value="approve">Yes</button></form>'
        '<form action="/other"><input name="later" value="z"></form>'
    )

    assert "/go?x=1&y=2" == reader.form.action
    assert {"seal": "s", "choice": "b"} == reader.form.fields
    assert [("decision", "approve")] == reader.form.buttons
