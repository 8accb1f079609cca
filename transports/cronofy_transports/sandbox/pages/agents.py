"""An agent's page, and what it recorded."""

from __future__ import annotations

import io
import wave

from cronofy_async.core.wire import Response
from cronofy_async.models.meeting_agents import MeetingAgentResourceCategory

from ..moments import moment
from ..state.agents import Agent
from ..world import World
from .html import Html, document, text

__all__ = ("agent_page", "file_of")

_RATE = 8000


def agent_page(world: World, agent_id: str) -> Response:
    """How far an agent is; 404 if there is none."""
    agent = world.agents.by_id.get(agent_id)
    if agent is None:
        return document(
            "This link does not work", Html("<p>There is no such agent.</p>"), status=404
        )
    return document("Meeting agent", Html(f"<p>It is {text(agent.state)}.</p>"))


def file_of(world: World, token: str) -> Response:
    """What an agent recorded; 403 once the URL is no longer good, as stores of files have it."""
    found = world.agents.downloads.get(token)
    if found is None or found.expires_at <= world.now():
        return Response(403)
    if found.category == MeetingAgentResourceCategory.TRANSCRIPT:
        content_type, content = "text/vtt; charset=utf-8", _transcript(found.agent)
    else:
        content_type, content = "audio/wav", _silence()
    return Response(200, {"content-type": content_type, "cache-control": "no-store"}, content)


def _transcript(agent: Agent) -> bytes:
    joined, left = agent.joined_at or 0, agent.left_at or 0
    hours, rest = divmod(left - joined, 3600)
    end = f"{hours:02}:{rest // 60:02}:{rest % 60:02}.000"
    return (
        f"WEBVTT\n\nNOTE joined {moment(joined).isoformat()}\n\n"
        f"00:00:00.000 --> {end}\nNobody spoke: this is a sandbox.\n"
    ).encode()


def _silence() -> bytes:
    written = io.BytesIO()
    with wave.open(written, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(1)
        sound.setframerate(_RATE)
        sound.writeframes(b"\x80" * _RATE)
    return written.getvalue()
