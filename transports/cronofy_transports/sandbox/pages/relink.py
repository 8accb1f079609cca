"""The page on which somebody connects a calendar service that was disconnected anew."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

from cronofy_async.core.wire import Request, Response

from ..connections import reconnect
from ..handlers.identity import RELINK
from ..state.accounts import ConferencingProfile, Profile
from ..world import World
from .cookies import browser_of, naming
from .html import Html, document, text

__all__ = ("relink_page",)


def relink_page(world: World, request: Request) -> Response:
    """Show the page, or connect the profiles that it is about."""
    provider = request.path.removeprefix(RELINK)
    email = dict(request.query).get("email", "")
    found = _profiles(world, provider, email)
    if not found:
        return document(
            "This link does not work", Html("<p>There is no such calendar.</p>"), status=404
        )
    form = f"{request.path}?{urlsplit(request.url).query}"
    browser = browser_of(request)
    if request.method == "POST":
        given = dict(parse_qsl(request.body.decode(errors="replace")))
        if not world.browsers.is_sealed(browser, form, given.get("seal", "")):
            return document(
                "This form is not from here", Html("<p>Open the link once more.</p>"), status=403
            )
        for profile in found:
            reconnect(world, profile)
        return document("Connected", Html(f"<p>{text(email)} is connected again.</p>"))
    browser = browser or world.browsers.new_name()
    body = Html(
        f"<p>{text(email)} is {'connected' if _connected(found) else 'disconnected'}.</p>\n"
        f'<form method="post" action="{text(form)}">\n'
        f'<input type="hidden" name="seal" value="{world.browsers.seal(browser, form)}">\n'
        '<button class="main" name="decision" value="approve">Connect again</button>\n</form>'
    )
    return document("Connect your calendar again", body, headers=naming(browser))


def _profiles(world: World, provider: str, email: str) -> list[Profile | ConferencingProfile]:
    every: list[Profile | ConferencingProfile] = []
    for account in world.accounts.values():
        every += [*account.profiles, *account.conferencing_profiles]
    return [each for each in every if (each.provider_name, each.name) == (provider, email)]


def _connected(profiles: list[Profile | ConferencingProfile]) -> bool:
    return all(profile.connected for profile in profiles)
