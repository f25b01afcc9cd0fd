"""Confirming an address on a page: with the code of our message, or by the button behind its link.

The company's server starts the verification and sends its customer here with the handle; a link of
ours brings its token. Either leaves the address at once, into a cookie that no script can read, and
opening a page consumes nothing.
"""

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from sparekey import guard, http, outbox, pages, verification
from sparekey.brands import Brand
from sparekey.http import Answer, Request
from sparekey.kit.problem import Problem
from sparekey.verification.model import LONGEST_CODE_TTL, State

_PAGES = pages.Pages(Path(__file__).parent / "html")
_OPEN: dict[str, Any] = {
    "public": True,
    "include_in_schema": False,
    "exception_handlers": pages.HANDLERS,
}


class Confirming(msgspec.Struct, frozen=True, kw_only=True):
    """What this browser confirms: by a code, or by the token of a link."""

    brand: int
    id: UUID
    token: str | None = None
    note: str = ""


CONFIRMING = pages.Cookie("verify", Confirming, LONGEST_CODE_TTL)
#: What a link came to is kept in the browser that pressed its button: a token is looked at once,
#: and until then nobody learns anything by it.
_LINK_PAGES = {"right": "verified", "refused": "verify-over"}


@get("/{brand:str}/verify", **_OPEN)
async def ask(request: Request, brand: FromPath[str]) -> Answer:
    """The form for the code or the button of the link, or what has become of it."""
    found = await pages.find_brand(request, brand)
    if (brought := _brought(request, found)) is not None:
        pages.keep(request, CONFIRMING, brought)
        return pages.redirect(request, f"/{brand}/verify")
    confirming = _confirming(request, found)
    if confirming is None:
        return _PAGES.show(request, found, "verify-elsewhere")
    if confirming.token is not None:
        return _PAGES.show(request, found, _LINK_PAGES.get(confirming.note, "verify-link"))
    return await _show_code(request, found, confirming)


@post("/{brand:str}/verify", status_code=303, **_OPEN)
async def confirm(request: Request, brand: FromPath[str]) -> Answer:
    """Look at the code or use the link; what came of it is shown by the page itself."""
    found = await pages.find_brand(request, brand)
    pages.require_own_form(request, found)
    await _require_room(request)
    confirming = _confirming(request, found)
    if confirming is not None:
        look = _use_link if confirming.token is not None else _use_code
        note = await look(request, found, confirming)
        pages.keep(request, CONFIRMING, msgspec.structs.replace(confirming, note=note))
    return pages.redirect(request, f"/{brand}/verify")


@post("/{brand:str}/verify/resend", status_code=303, **_OPEN)
async def send_again(request: Request, brand: FromPath[str]) -> Answer:
    """Another code to the same address."""
    found = await pages.find_brand(request, brand)
    pages.require_own_form(request, found)
    await _require_room(request)
    confirming = _confirming(request, found)
    if confirming is not None and confirming.token is None:
        note = await _send_again(request, found, confirming)
        pages.keep(request, CONFIRMING, msgspec.structs.replace(confirming, note=note))
    return pages.redirect(request, f"/{brand}/verify")


ROUTES: list[HTTPRouteHandler] = [ask, confirm, send_again]


def _brought(request: Request, brand: Brand) -> Confirming | None:
    """What the address of this request brings along; None when it brings nothing of ours."""
    handle, token = (request.query_params.get(name, "") for name in ("h", "l"))
    if handle:
        about = verification.read_handle(http.context(request).keyring, brand.id, handle)
        return Confirming(brand=brand.id, id=about) if about else None
    read = verification.read_link_token(token)
    return Confirming(brand=brand.id, id=read[0], token=token) if read else None


def _confirming(request: Request, brand: Brand) -> Confirming | None:
    found = pages.kept(request, CONFIRMING)
    return found if found is not None and found.brand == brand.id else None


async def _show_code(request: Request, brand: Brand, confirming: Confirming) -> Answer:
    challenge = await _challenge(request, brand, confirming)
    if challenge is None:
        return _PAGES.show(request, brand, "verify-elsewhere")
    if challenge.row.state == State.APPROVED:
        return _PAGES.show(request, brand, "verified")
    if challenge.row.state != State.PENDING:
        return _PAGES.show(request, brand, "verify-over")
    wait = challenge.row.next_send_at - http.context(request).clock()
    return _PAGES.show(
        request,
        brand,
        "verify-code",
        channel=challenge.row.channel,
        works_until=challenge.row.expires_at,
        note=confirming.note,
        left=challenge.checks_left,
        wait=max(0, -int(-wait.total_seconds() // 1)),
    )


async def _challenge(
    request: Request, brand: Brand, confirming: Confirming
) -> verification.Challenge | None:
    around = http.context(request)
    found = await verification.find(
        around.db, around.keyring, id=confirming.id, brand_id=brand.id, at=around.clock()
    )
    return None if found is None or found.row.is_owned else found


async def _use_link(request: Request, brand: Brand, confirming: Confirming) -> str:
    if confirming.note == "right":  # the same form, sent twice
        return "right"
    around = http.context(request)
    checked = await verification.check_link(
        around.db,
        around.keyring,
        id=confirming.id,
        brand_id=brand.id,
        token=confirming.token or "",
        at=around.clock(),
    )
    return "right" if checked.is_right else "refused"


async def _use_code(request: Request, brand: Brand, confirming: Confirming) -> str:
    typed = (await pages.fields(request)).get("code", "")
    if verification.read_code(typed) is None:
        return "malformed"
    around = http.context(request)
    await verification.check_code(
        around.db,
        around.keyring,
        id=confirming.id,
        brand_id=brand.id,
        typed=typed,
        at=around.clock(),
    )
    return "wrong"  # if it was right, the challenge says so


async def _send_again(request: Request, brand: Brand, confirming: Confirming) -> str:
    around, challenge = http.context(request), await _challenge(request, brand, confirming)
    if challenge is None:
        return ""
    wanted = verification.Resend.as_before(challenge, brand, await guard.base(around.db))
    try:
        await verification.resend(around.db, around.keyring, challenge, wanted, at=around.clock())
    except Problem as problem:
        if problem.code not in {"verification.too_soon", "verification.ended"}:
            raise
        return "too_soon"
    outbox.wake()
    return "resent"


async def _require_room(request: Request) -> None:
    """Forms are open to all, so each network has its rate; Problem 429."""
    around = http.context(request)
    networks = [around.keyring.index("network", key) for key in http.client(request).keys]
    retry_at = await guard.ask(around.db, networks=networks, at=around.clock())
    if retry_at is not None:
        wait = retry_at - around.clock()
        raise http.too_many(http.Quota("network", 60, timedelta(minutes=10), 0, wait))
