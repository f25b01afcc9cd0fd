"""The link of an email. Opening it consumes nothing, only its button does.

A link's token leaves the address at once: it moves into a cookie that no script can read.
"""

from uuid import UUID

from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from sparekey import accounts, http, pages, recovery, verification
from sparekey.brands import Brand
from sparekey.http import Answer, Request
from sparekey.recovery.pages.passwords import show_form, use
from sparekey.recovery.pages.trails import (
    GRANTED,
    LINK,
    OPEN,
    PAGES,
    Granted,
    granted_at,
    require_room,
    trail_at,
)


@get("/l/{token:str}", **OPEN)
async def open_link(request: Request, token: FromPath[str]) -> Answer:
    """Take the token out of the address; mail scanners may come as often as they like."""
    if verification.read_link_token(token) is None:
        return _gone(request)
    pages.keep(request, LINK, token)
    return pages.redirect(request, "/l")


@get("/l", **OPEN)
async def ask_for_password(request: Request) -> Answer:
    """The form for a new password, while the link works."""
    token, about, brand = await _opened(request)
    if about is None or brand is None:
        return _gone(request)
    around, granted = http.context(request), granted_at(request, brand, about)
    stands = granted is not None or await recovery.link_stands(
        around.db, around.keyring, brand, about, token, at=around.clock()
    )
    if not stands:
        return PAGES.show(request, brand, "gone", status=410)
    return show_form(request, brand, "/l", least=accounts.MIN_LENGTH, granted=granted)


@post("/l", status_code=303, **OPEN)
async def use_link(request: Request) -> Answer:
    """Use the link, once; a password that will not do leaves the grant for another try."""
    token, about, brand = await _opened(request)
    pages.require_own_form(request, brand)
    await require_room(request)
    if about is None or brand is None:
        return _gone(request)
    granted = granted_at(request, brand, about)
    if granted is None:
        granted = await _proven(request, brand, about, token)
    if granted is None:
        pages.forget(request, LINK)
        return PAGES.show(request, brand, "gone", status=410)
    return await use(request, brand, granted, here="/l")


ROUTES: list[HTTPRouteHandler] = [open_link, ask_for_password, use_link]


async def _opened(request: Request) -> tuple[str, UUID | None, Brand | None]:
    """The link that this browser opened: its token, what it is about, and at which brand."""
    around, token = http.context(request), pages.kept(request, LINK) or ""
    read = verification.read_link_token(token)
    if read is None:
        return token, None, None
    brand = await recovery.brand_of(around.db, read[0], at=around.clock())
    return token, read[0], brand


async def _proven(request: Request, brand: Brand, about: UUID, token: str) -> Granted | None:
    around = http.context(request)
    grant = await recovery.prove_link(
        around.db, around.keyring, brand, about, token, at=around.clock()
    )
    if grant is None:
        return None
    trail = trail_at(request, brand)
    is_same = trail is not None and trail.recovery == about
    granted = Granted(
        brand=brand.id,
        recovery=about,
        grant=grant.token.reveal(),
        identifier=trail.identifier if trail and is_same else "",
        return_url=trail.return_url if trail and is_same else None,
    )
    pages.keep(request, GRANTED, granted)
    return granted


def _gone(request: Request) -> Answer:
    return PAGES.show(request, None, "gone", status=404)
