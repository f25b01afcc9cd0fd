"""Choosing the new password with a grant, and being back in."""

import msgspec
from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from sparekey import accounts, http, pages, recovery
from sparekey.brands import Brand
from sparekey.http import Answer, Request
from sparekey.kit.problem import Problem
from sparekey.recovery.pages.trails import (
    DEVICE,
    DONE,
    GRANTED,
    LINK,
    OPEN,
    PAGES,
    TRAIL,
    Done,
    Granted,
    granted_at,
    require_room,
)


@get("/{brand:str}/password", **OPEN)
async def ask_for_password(request: Request, brand: FromPath[str]) -> Answer:
    """The form for a new password, while its grant is usable."""
    found = await pages.find_brand(request, brand)
    granted = granted_at(request, found)
    if granted is None:
        return pages.redirect(request, f"/{brand}/code")
    around = http.context(request)
    least = await recovery.least_length(
        around.db, around.keyring, found, granted.recovery, granted.grant, at=around.clock()
    )
    if least is None:
        pages.forget(request, GRANTED)
        return PAGES.show(request, found, "gone", status=410)
    return show_form(request, found, f"/{brand}/password", least=least, granted=granted)


@post("/{brand:str}/password", status_code=303, **OPEN)
async def choose_password(request: Request, brand: FromPath[str]) -> Answer:
    """Set it and end the recovery; one that will not do leaves the grant for another try."""
    found = await pages.find_brand(request, brand)
    pages.require_own_form(request, found)
    await require_room(request)
    granted = granted_at(request, found)
    if granted is None:
        return pages.redirect(request, f"/{brand}/code")
    return await use(request, found, granted, here=f"/{brand}/password")


@get("/{brand:str}/done", **OPEN)
async def show_done(request: Request, brand: FromPath[str]) -> Answer:
    """Back in: where to sign in, if the brand says where."""
    found = await pages.find_brand(request, brand)
    done = pages.kept(request, DONE)
    if done is None or done.brand != found.id:
        return pages.redirect(request, f"/{brand}/forgot")
    only = found.return_urls[0] if len(found.return_urls) == 1 else None
    return PAGES.show(request, found, "done", sign_in=done.return_url or only)


ROUTES: list[HTTPRouteHandler] = [ask_for_password, choose_password, show_done]


def show_form(
    request: Request, brand: Brand, action: str, *, least: int, granted: Granted | None
) -> Answer:
    """The form, with four words for whoever wants them."""
    return PAGES.show(
        request,
        brand,
        "password",
        action=action,
        least=least,
        most=accounts.MAX_LENGTH,
        typed=granted.identifier if granted else "",
        note=granted.note if granted else "",
        words=accounts.suggest_password().reveal(),
    )


async def use(request: Request, brand: Brand, granted: Granted, *, here: str) -> Answer:
    """Set the password that was typed, or taken from the suggestion."""
    around, sent = http.context(request), await pages.fields(request)
    password = sent.get("words" if "use" in sent else "password", "")
    try:
        done = await recovery.set_password(
            around.db,
            around.keyring,
            brand,
            granted.recovery,
            granted.grant,
            password,
            at=around.clock(),
        )
    except Problem as problem:
        if problem.code == recovery.refused().code:
            for cookie in (GRANTED, LINK):
                pages.forget(request, cookie)
            return PAGES.show(request, brand, "gone", status=410)
        if not problem.code.startswith("password."):
            raise
        told = msgspec.structs.replace(granted, note=problem.code.removeprefix("password."))
        pages.keep(request, GRANTED, told)
        return pages.redirect(request, here)
    for cookie in (TRAIL, GRANTED, LINK):
        pages.forget(request, cookie)
    pages.keep(request, DEVICE, done.device_token.reveal())
    pages.keep(request, DONE, Done(brand=brand.id, return_url=granted.return_url))
    return pages.redirect(request, f"/{brand.slug}/done")
