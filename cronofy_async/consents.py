"""
The state of a consent: made for one person's session, good once and for ten minutes.

Without it, somebody could have another person's browser bring in a code of their own,
and so connect their calendar to that person's account in your application.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, MutableMapping
from typing import Any, Final

from .callbacks import Redirect
from .client.runtime import Runtime, unguessable
from .core.errors import InvalidArgumentError
from .core.secret import Secret

__all__ = ("new_state", "take_code")

_KEY: Final = "cronofy_async.states"
_LIFE: Final = 600.0
_MOST: Final = 8
"""Consents that may be open at once, in several tabs of a browser."""

_RUNTIME: Final = Runtime()


def new_state(
    session: MutableMapping[str, Any],
    *,
    now: Callable[[], float] = _RUNTIME.now,
    draw: Callable[[], str] = unguessable,
) -> str:
    """
    Make the state of one consent, and note it in the session of who is to give it.

    Answer: 256 bits of chance as text, for `authorization_url`.

    Args:
        session: The person's session, such as Django's, Flask's or Starlette's, kept
            by the server or signed. What is put into it is made of JSON.
        now: Seconds since the epoch; for tests.
        draw: Makes what nobody can guess; for tests.
    """
    moment = now()
    states = _alive(session, moment)
    for oldest in list(states)[: max(0, len(states) + 1 - _MOST)]:
        del states[oldest]
    state = draw()
    session[_KEY] = {**states, state: moment + _LIFE}
    return state


def take_code(
    url: str, session: MutableMapping[str, Any], *, now: Callable[[], float] = _RUNTIME.now
) -> Secret:
    """
    Take the code out of the URL with which a browser comes back from the consent page.

    Its state has to be one that `new_state` noted in the same session in the last ten
    minutes, and is used up, whatever comes of it.

    Args:
        url: The whole URL, or its query.
        session: The person's session.
        now: Seconds since the epoch; for tests.

    Returns:
        The code, to be used once and at once with `request_token`.

    Raises:
        AuthorizationRefusedError: The person, or Cronofy, said no.
        InvalidArgumentError: The state is none of this session's: perhaps somebody
            else's authorization is being slipped in. Or the URL is malformed.

    Source: /developers/api/authorization/request-authorization/
    """
    try:
        redirect = Redirect.of(url)
    finally:
        # It holds the code, which a traceback with local variables would show.
        del url
    states = _alive(session, now())
    own = [state for state in states if redirect.is_of(state)]
    if not own:
        raise InvalidArgumentError(
            "state",
            "is not of this session, was used before, or is older than ten minutes",
            "begin a new authorization for this person",
        )
    session[_KEY] = {state: until for state, until in states.items() if state not in own}
    return redirect.take_code(own[0])


def _alive(session: Mapping[str, Any], now: float) -> dict[str, float]:
    """The states of a session that are still good, the oldest first."""
    kept = session.get(_KEY)
    return {
        state: until
        for state, until in (kept.items() if isinstance(kept, Mapping) else ())
        # A clock that was put back makes none of them live longer.
        if isinstance(until, (int, float)) and now < until <= now + _LIFE
    }
