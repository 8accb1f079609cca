"""
A service that connects people's calendars and shows their next events.

It signs people in through Cronofy, keeps their tokens, mirrors their events and is told of
changes. Run it with ``uvicorn fastapi_service:app --port 8000``; it takes the usual
``CRONOFY_...`` variables, and `PUBLIC_URL`, where the world reaches it.
"""

import asyncio
import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import token_urlsafe
from typing import Any

from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.middleware.sessions import SessionMiddleware
from starlette.routing import Route

from cronofy_async import AsyncCronofy, CronofyError
from cronofy_async.callbacks import Callback
from cronofy_async.consents import new_state, take_code
from cronofy_async.mirror import AsyncEventMirror, SQLiteMirrorStore
from cronofy_async.models import ChannelNotification
from cronofy_async.stores import SQLiteTokenStore
from cronofy_async.webhooks import AsyncWebhookReceiver, asgi_app

PUBLIC_URL = os.environ.get("PUBLIC_URL", "http://127.0.0.1:8000")
DATA = Path(os.environ.get("DATA_FOLDER", "service-data"))
BACK, HOOK = f"{PUBLIC_URL}/connected", f"{PUBLIC_URL}/cronofy"

tokens = SQLiteTokenStore(DATA / "tokens.db")
events = SQLiteMirrorStore(DATA / "events.db")
cronofy = AsyncCronofy(token_store=tokens)
mirror = AsyncEventMirror(cronofy, events, pause=0.5)
channels: dict[str, str] = {}


async def told(callback: Callback) -> None:
    """Take what Cronofy says as a hint to read that account."""
    if isinstance(callback, ChannelNotification):
        sub = channels.get(callback.channel.channel_id)
        if sub is not None:
            mirror.notify(sub, callback)


receiver = AsyncWebhookReceiver(os.environ["CRONOFY_CLIENT_SECRET"], told)


async def listen(sub: str) -> None:
    """See to it that the account has one channel that leads here."""
    account = cronofy.account(sub)
    ours = [each for each in await account.list_channels() if each.callback_url == HOOK]
    for channel in ours or [await account.create_channel(callback_url=HOOK)]:
        channels[channel.channel_id] = sub


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncGenerator[None]:
    """Go on where the last process stopped."""
    async with cronofy, receiver, asyncio.TaskGroup() as tasks:
        for account in await mirror.accounts():
            try:
                await listen(account.sub)
            except CronofyError as error:
                print(f"{account.sub} is not listened to: {error}")
        running = tasks.create_task(mirror.run())
        yield
        running.cancel()
    events.close()
    tokens.close()


app = FastAPI(lifespan=lifespan, routes=[Route("/cronofy", asgi_app(receiver))])
app.add_middleware(SessionMiddleware, secret_key=os.environ.get("SESSION_KEY") or token_urlsafe())


@app.get("/")
async def home(request: Request) -> HTMLResponse:
    """Offer to connect, or lead on to the events."""
    link = "/events" if "sub" in request.session else "/connect"
    return HTMLResponse(f'<!doctype html><title>Calendars</title><a href="{link}">{link[1:]}</a>')


@app.get("/connect")
async def connect(request: Request) -> RedirectResponse:
    """Lead to the consent page."""
    state = new_state(request.session)
    return RedirectResponse(
        cronofy.authorization_url(redirect_uri=BACK, scope="read_write", state=state)
    )


@app.get("/connected")
async def connected(request: Request) -> RedirectResponse:
    """Take the consent, and begin to mirror the account."""
    try:
        code = take_code(str(request.url), request.session)
        answer = await cronofy.request_token(code=code, redirect_uri=BACK)
        account = await cronofy.keep_tokens(answer)
    except CronofyError as error:
        raise HTTPException(400, "The authorization failed: please try again.") from error
    request.session["sub"] = account.sub
    await mirror.add(str(account.sub))
    await listen(str(account.sub))
    return RedirectResponse("/events")


@app.get("/events")
async def show(request: Request, days: int = 7) -> list[dict[str, Any]]:
    """Give the events of the next days, out of the mirror."""
    if "sub" not in request.session:
        raise HTTPException(401, "Connect a calendar first.")
    now = datetime.now(UTC)
    found = mirror.events(request.session["sub"], start=now, end=now + timedelta(days=days))
    return [{"summary": event.summary, "start": str(event.start)} async for event in found]
