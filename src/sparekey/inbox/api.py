"""Handing in mail over HTTP, as it was received: for mail services that deliver by webhook."""

import msgspec
from litestar import post
from litestar.handlers import HTTPRouteHandler

from sparekey import access, http, inbox, outbox
from sparekey.http import Request
from sparekey.kit.problem import Problem

_MEDIA_TYPE = "message/rfc822"


class LetterKept(msgspec.Struct, frozen=True):
    """How many messages of this brand the mail was about; it may be none."""

    kept: int


@post("/v1/inbox/emails", scope="inbox:write", status_code=202)
async def hand_in(request: Request) -> LetterKept:
    """A whole mail (RFC 5322), its recipient in Delivered-To, X-Original-To or To."""
    around, caller = http.context(request), access.caller(request)
    if (http.header(request, b"content-type") or "").partition(";")[0].strip() != _MEDIA_TYPE:
        raise Problem("request.unsupported_media_type", 415, f"Send the mail as {_MEDIA_TYPE}.")
    octets = await http.read_body(request, most=inbox.MOST_BYTES)
    kept = 0
    for to in inbox.addressed(around.keyring, octets):
        if await outbox.brand_of(around.db, to.message_id) == caller.brand_id:
            await _keep(around, to, octets)
            kept += 1
    return LetterKept(kept)


ROUTES: list[HTTPRouteHandler] = [hand_in]


async def _keep(around: http.Context, to: inbox.Addressed, octets: bytes) -> None:
    sender = inbox.return_path(octets)
    try:
        await inbox.keep_letter(around.db, around.keyring, to, sender, octets, at=around.clock())
    except inbox.Full as full:
        raise Problem(
            "inbox.full", 429, "Send it again later.", headers={"Retry-After": "3600"}
        ) from full
