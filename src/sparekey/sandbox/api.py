"""The sandbox's routes: read a phone or mailbox, and type a reply on it. Test keys only."""

from datetime import datetime

import msgspec
from litestar import post
from litestar.handlers import HTTPRouteHandler

from sparekey import access, brands, http, sandbox
from sparekey.http import Body, Request
from sparekey.kit.address import Address, read_email, read_phone
from sparekey.kit.ids import show
from sparekey.kit.problem import Problem


class WhichInbox(Body, frozen=True, kw_only=True):
    """`POST /v1/sandbox/inbox`: the address stays out of the URL."""

    address: str


class Reply(Body, frozen=True, kw_only=True):
    """`POST /v1/sandbox/replies`: what a customer answers."""

    sender: str = msgspec.field(name="from")
    to: str
    text: str


class Received(msgspec.Struct, frozen=True, omit_defaults=True):
    """A message as the handset or mailbox shows it."""

    id: str
    channel: str
    sender: str = msgspec.field(name="from")
    to: str
    text: str
    sent_at: datetime
    subject: str | None = None
    html: str | None = None


class Inbox(msgspec.Struct, frozen=True):
    """All that was received, oldest first."""

    data: list[Received]


class ReplyKept(msgspec.Struct, frozen=True):
    """The reply was kept."""

    id: str


@post("/v1/sandbox/inbox", scope="sandbox:read", status_code=200)
async def inbox(request: Request) -> Inbox:
    """What this phone or mailbox received."""
    around = http.context(request)
    brand = await _sandbox_brand(request)
    body = await http.read_json(request, WhichInbox)
    found = await sandbox.read_inbox(
        around.db, around.keyring, brand_id=brand.id, address=_address(body.address)
    )
    return Inbox(
        [
            Received(
                id=show("msg", one.id),
                channel=one.channel,
                sender=one.sender,
                to=one.address,
                text=one.text,
                sent_at=one.sent_at,
                subject=one.subject,
                html=one.html,
            )
            for one in found
        ]
    )


@post("/v1/sandbox/replies", scope="sandbox:read", status_code=201)
async def reply(request: Request) -> ReplyKept:
    """Keep what was typed, as an incoming message: a text to the brand's number, or the answer to
    the latest email of a mailbox."""
    around = http.context(request)
    brand = await _sandbox_brand(request)
    body = await http.read_json(request, Reply, multiline=("text",))
    kept = await sandbox.keep_reply(
        around.db,
        around.keyring,
        brand,
        sender=_address(body.sender),
        recipient=body.to,
        text=body.text,
        at=around.clock(),
    )
    return ReplyKept(show("rpl", kept))


ROUTES: list[HTTPRouteHandler] = [inbox, reply]


async def _sandbox_brand(request: Request) -> brands.Brand:
    caller = access.caller(request)
    brand = await brands.by_id(http.context(request).db, caller.brand_id)
    if not (brand.is_sandbox and caller.is_test):
        raise Problem("sandbox.not_a_sandbox", 403, "Use a test key of a sandbox brand.")
    return brand


def _address(text: str) -> Address:
    return read_email(text) if "@" in text else read_phone(text)
