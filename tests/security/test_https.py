"""Plain http goes to this machine alone, wherever an address comes from."""

from __future__ import annotations

from typing import Any

import pytest

from cronofy_async import AsyncCronofy, Cronofy, InvalidArgumentError

PLAIN = {
    "http://127.0.0.1:8080": True,
    "http://127.8.8.8": True,
    "http://[::1]:8080": True,
    "http://localhost:8080": True,
    "http://sandbox.localhost:8080": True,
    "http://api.cronofy.com": False,
    "HTTP://api.cronofy.com": False,
    "http://localhost.example.com": False,
    "http://localhost.": False,
    "http://127.0.0.1.example.com": False,
    "http://127.1": False,
    "http://2130706433": False,
    "http://0.0.0.0": False,
    "http://[::]": False,
    "http://[::ffff:192.0.2.1]": False,
    "http://169.254.169.254": False,
    "http://192.168.0.1": False,
    "http://10.0.0.1:8080": False,
    "http://[fe80::1]": False,
    "ws://127.0.0.1": False,
}


@pytest.mark.parametrize("door", [AsyncCronofy, Cronofy])
@pytest.mark.parametrize("setting", ["api_url", "app_url"])
@pytest.mark.parametrize("way", ["argument", "environment"])
@pytest.mark.parametrize("url", PLAIN)
def test_http_is_for_this_machine(
    url: str, way: str, setting: str, door: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An address off loopback is refused by the name of its setting before anything is sent."""
    given = {setting: url} if way == "argument" else {}
    if way == "environment":
        monkeypatch.setenv(f"CRONOFY_{setting.upper()}", url)
    if PLAIN[url]:
        made = door("id", "canary-secret-of-https", **given)
        hosts = (made._async if door is Cronofy else made).driver.hosts
        assert url in (hosts.api, hosts.app)
        return
    with pytest.raises(InvalidArgumentError) as caught:
        door("id", "canary-secret-of-https", **given)
    assert setting == caught.value.field
