""" "That wasn't me", and undoing a change of address: a page, a button, and what it did."""

from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from sparekey import accounts, http, pages, recovery
from sparekey.http import Answer, Request
from sparekey.recovery.pages.trails import (
    GRANTED,
    OPEN,
    PAGES,
    TRAIL,
    require_room,
    trail_at,
)


@get("/{brand:str}/not-me", **OPEN)
async def ask_not_me(request: Request, brand: FromPath[str]) -> Answer:
    """The button of "that wasn't me": with a message's token, or in the browser that started."""
    found = await pages.find_brand(request, brand)
    token, trail = request.query_params.get("m", ""), trail_at(request, found)
    if not token and (trail is None or trail.recovery is None):
        return PAGES.show(request, found, "not-me-how")
    return PAGES.show(request, found, "not-me", token=token)


@post("/{brand:str}/not-me", status_code=303, **OPEN)
async def not_me(request: Request, brand: FromPath[str]) -> Answer:
    """By the token what is pending dies, strangers' codes close for 30 days, a person is told; by
    the browser that started, what it started ends."""
    found = await pages.find_brand(request, brand)
    await require_room(request)
    around, token = http.context(request), (await pages.fields(request)).get("m", "")
    trail = trail_at(request, found)
    if token:
        stopped = await recovery.repudiate(
            around.db, around.keyring, found.id, token, at=around.clock()
        )
        if not stopped:
            return PAGES.show(request, found, "gone", status=404)
    elif trail is None or trail.recovery is None:
        return PAGES.show(request, found, "gone", status=404)
    else:
        pages.require_own_form(request, found)
        await recovery.deny(around.db, trail.recovery, found.id, at=around.clock())
        for cookie in (TRAIL, GRANTED):
            pages.forget(request, cookie)
    return pages.redirect(request, f"/{brand}/stopped")


@get("/{brand:str}/stopped", **OPEN)
async def show_stopped(request: Request, brand: FromPath[str]) -> Answer:
    """What happens now, and who helps."""
    return PAGES.show(request, await pages.find_brand(request, brand), "stopped")


@get("/{brand:str}/undo", **OPEN)
async def ask_undo(request: Request, brand: FromPath[str]) -> Answer:
    """The button that undoes a change of address."""
    found = await pages.find_brand(request, brand)
    return PAGES.show(request, found, "undo", token=request.query_params.get("m", ""))


@post("/{brand:str}/undo", status_code=303, **OPEN)
async def undo(request: Request, brand: FromPath[str]) -> Answer:
    """The old address is back, the new one gone."""
    found = await pages.find_brand(request, brand)
    await require_room(request)
    around = http.context(request)
    token = (await pages.fields(request)).get("m", "")
    async with around.db.transaction() as tx:
        undone = await accounts.undo(tx, around.keyring, token, around.clock())
    if not undone:
        return PAGES.show(request, found, "gone", status=404)
    return pages.redirect(request, f"/{brand}/undone")


@get("/{brand:str}/undone", **OPEN)
async def show_undone(request: Request, brand: FromPath[str]) -> Answer:
    """What is so again, and who helps."""
    return PAGES.show(request, await pages.find_brand(request, brand), "undone")


ROUTES: list[HTTPRouteHandler] = [
    ask_not_me,
    not_me,
    show_stopped,
    ask_undo,
    undo,
    show_undone,
]
