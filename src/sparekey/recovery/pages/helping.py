"""Who helps when nothing reaches you any more, and where password managers find us."""

from litestar import get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from sparekey import brands, http, pages
from sparekey.http import Answer, Request
from sparekey.kit.problem import Problem
from sparekey.recovery.pages.trails import OPEN, PAGES


@get("/{brand:str}/help", **OPEN)
async def show_help(request: Request, brand: FromPath[str]) -> Answer:
    """ "I no longer have this phone or email": the same for everybody."""
    return PAGES.show(request, await pages.find_brand(request, brand), "help")


@get("/.well-known/change-password", **OPEN)
async def find_change(request: Request) -> Answer:
    """Where a password is changed (W3C, A Well-Known URL for Changing Passwords): at the brand
    whose own address this is, or at the only brand."""
    everyone = await brands.everyone(http.context(request).db)
    named = [
        one for one in everyone if one.base_url and http.is_addressed_to(request, one.base_url)
    ]
    found = named or everyone
    if len(found) != 1:
        raise Problem("request.not_found", 404, "There is no page at this address.")
    return pages.redirect(request, f"/{found[0].slug}/forgot")


ROUTES: list[HTTPRouteHandler] = [show_help, find_change]
