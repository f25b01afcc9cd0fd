"""Typing the code, and having it sent again."""

import msgspec
from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from sparekey import http, pages, recovery, verification
from sparekey.brands import Brand
from sparekey.http import Answer, Request
from sparekey.kit.problem import Problem
from sparekey.recovery.pages.trails import (
    GRANTED,
    OPEN,
    PAGES,
    TRAIL,
    TRIES,
    Granted,
    Trail,
    channels,
    goes_by_link,
    granted_at,
    require_room,
    start,
    trail_at,
)


@get("/{brand:str}/code", **OPEN)
async def ask_for_code(request: Request, brand: FromPath[str]) -> Answer:
    """The form for the code, or what has become of it; another browser is told where to go on."""
    found = await pages.find_brand(request, brand)
    trail = trail_at(request, found)
    if trail is None or trail.recovery is None:
        return PAGES.show(request, found, "elsewhere")
    if granted_at(request, found, trail.recovery):
        return pages.redirect(request, f"/{brand}/password")
    at = http.context(request).clock()
    if trail.is_over(found, at):
        return PAGES.show(request, found, "over", is_used_up=trail.wrong >= TRIES)
    return PAGES.show(
        request,
        found,
        "code",
        channel=trail.channel,
        is_link=goes_by_link(found, trail.channel),
        works_until=trail.works_until(found),
        note=trail.note,
        left=TRIES - trail.wrong,
        wait=trail.wait(at),
        has_choice=len(channels(found)) > 1,
    )


@post("/{brand:str}/code", status_code=303, **OPEN)
async def bring_code(request: Request, brand: FromPath[str]) -> Answer:
    """Evaluate a typed code; a right one leads to the password, once."""
    found = await pages.find_brand(request, brand)
    pages.require_own_form(request, found)
    await require_room(request)
    trail = trail_at(request, found)
    here = f"/{brand}/code"
    if trail is None or trail.recovery is None or trail.wrong >= TRIES:
        return pages.redirect(request, here)
    if granted_at(request, found, trail.recovery):  # the same form, sent twice
        return pages.redirect(request, f"/{brand}/password")
    typed = (await pages.fields(request)).get("code", "")
    if verification.read_code(typed) is None:
        pages.keep(request, TRAIL, msgspec.structs.replace(trail, note="malformed"))
        return pages.redirect(request, here)
    around = http.context(request)
    grant = await recovery.prove_code(
        around.db, around.keyring, found, trail.recovery, typed, at=around.clock()
    )
    if grant is None:
        wrong = msgspec.structs.replace(trail, wrong=trail.wrong + 1, note="wrong")
        pages.keep(request, TRAIL, wrong)
        return pages.redirect(request, here)
    granted = Granted(
        brand=found.id,
        recovery=trail.recovery,
        grant=grant.token.reveal(),
        identifier=trail.identifier,
        return_url=trail.return_url,
    )
    pages.keep(request, GRANTED, granted)
    return pages.redirect(request, f"/{brand}/password")


@get("/{brand:str}/code/resend", **OPEN)
async def show_after_resend(request: Request, brand: FromPath[str]) -> Answer:
    """Nothing is sent by opening an address."""
    await pages.find_brand(request, brand)
    return pages.redirect(request, f"/{brand}/code")


@post("/{brand:str}/code/resend", status_code=303, **OPEN)
async def resend_code(request: Request, brand: FromPath[str]) -> Answer:
    """Send again by the same channel."""
    found = await pages.find_brand(request, brand)
    pages.require_own_form(request, found)
    trail = trail_at(request, found)
    if trail is None or not trail.identifier:
        return pages.redirect(request, f"/{brand}/code")
    return await send_again(request, found, trail, trail.channel)


ROUTES: list[HTTPRouteHandler] = [ask_for_code, bring_code, show_after_resend, resend_code]


async def send_again(request: Request, brand: Brand, trail: Trail, channel: str) -> Answer:
    """Send another code of the recovery that is under way, else begin one."""
    around = http.context(request)
    at = around.clock()
    if trail.recovery is None or trail.is_over(brand, at):
        return await start(request, brand, trail, channel)
    await require_room(request)
    try:
        await recovery.request_resend(
            around.db, id=trail.recovery, brand_id=brand.id, channel=channel, at=at
        )
    except Problem as problem:
        if problem.code == "recovery.ended":
            return await start(request, brand, trail, channel)
        if problem.code != "recovery.too_soon":
            raise
        told = msgspec.structs.replace(trail, note="too_soon")
    else:
        told = msgspec.structs.replace(
            trail,
            channel=channel,
            sent_at=at,
            next_send_at=at + recovery.RESEND_AFTER,
            note="resent",
        )
    pages.keep(request, TRAIL, told)
    return pages.redirect(request, f"/{brand.slug}/code")
