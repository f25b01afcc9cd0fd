"""Who are you, and where shall we send it? Whoever is named, the same pages."""

import unicodedata

import msgspec
from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from sparekey import http, pages
from sparekey.http import Answer, Request
from sparekey.recovery.pages.codes import send_again
from sparekey.recovery.pages.trails import (
    OPEN,
    PAGES,
    TRAIL,
    Trail,
    channels,
    goes_by_link,
    start,
    trail_at,
)

_LONGEST = 254


@get("/{brand:str}/forgot", **OPEN)
async def ask_who(request: Request, brand: FromPath[str]) -> Answer:
    """The form for the identifier, with what was typed here before."""
    found = await pages.find_brand(request, brand)
    trail = trail_at(request, found) or Trail(brand=found.id, identifier="")
    asked = request.query_params.get("return_url")
    if asked is not None and found.allows_return_to(asked):
        trail = msgspec.structs.replace(trail, return_url=asked)
        pages.keep(request, TRAIL, trail)
    return PAGES.show(
        request,
        found,
        "forgot",
        typed=trail.identifier,
        note=trail.note,
        sign_in=trail.return_url,
    )


@post("/{brand:str}/forgot", status_code=303, **OPEN)
async def tell_who(request: Request, brand: FromPath[str]) -> Answer:
    """Keep what was typed; nobody is looked up."""
    found = await pages.find_brand(request, brand)
    pages.require_own_form(request, found)
    before = trail_at(request, found)
    typed = (await pages.fields(request)).get("identifier", "").strip()
    trail = Trail(
        brand=found.id, identifier=typed, return_url=before.return_url if before else None
    )
    if not _is_typed(typed):
        told = msgspec.structs.replace(trail, identifier="", note="identifier")
        pages.keep(request, TRAIL, told)
        return pages.redirect(request, f"/{brand}/forgot")
    offered = channels(found)
    if len(offered) == 1:
        return await start(request, found, trail, offered[0])
    pages.keep(request, TRAIL, trail)
    return pages.redirect(request, f"/{brand}/forgot/channel")


@get("/{brand:str}/forgot/channel", **OPEN)
async def ask_where(request: Request, brand: FromPath[str]) -> Answer:
    """The brand's channels, never the account's."""
    found = await pages.find_brand(request, brand)
    trail = trail_at(request, found)
    if trail is None or not trail.identifier:
        return pages.redirect(request, f"/{brand}/forgot")
    at = http.context(request).clock()
    is_again = not trail.is_over(found, at)
    offered = channels(found)
    return PAGES.show(
        request,
        found,
        "channel",
        channels=offered,
        chosen=trail.channel if is_again and trail.channel in offered else offered[0],
        is_again=is_again,
        wait=trail.wait(at) if is_again else 0,
        is_by_link=goes_by_link(found, "email"),
    )


@post("/{brand:str}/forgot/channel", status_code=303, **OPEN)
async def tell_where(request: Request, brand: FromPath[str]) -> Answer:
    """Start, or send what is under way by another channel."""
    found = await pages.find_brand(request, brand)
    pages.require_own_form(request, found)
    trail = trail_at(request, found)
    if trail is None or not trail.identifier:
        return pages.redirect(request, f"/{brand}/forgot")
    offered = channels(found)
    wished = (await pages.fields(request)).get("channel", "")
    return await send_again(request, found, trail, wished if wished in offered else offered[0])


ROUTES: list[HTTPRouteHandler] = [ask_who, tell_who, ask_where, tell_where]


def _is_typed(text: str) -> bool:
    is_plain = all(unicodedata.category(character) not in {"Cc", "Cs"} for character in text)
    return 1 <= len(text) <= _LONGEST and is_plain
