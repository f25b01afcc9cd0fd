"""What became of messages, without their words or addresses; and sending a test of one."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery
from msgspec import Meta

from sparekey import access, brands, http, outbox, templates
from sparekey.http import Body, Page, Request
from sparekey.kit.address import read_email, read_phone
from sparekey.kit.ids import parse, show
from sparekey.kit.problem import Problem


class MessageShown(msgspec.Struct, frozen=True):
    """A message as its brand's own key may see it."""

    id: str
    channel: str
    template: str
    locale: str
    template_version: int
    status: str
    created_at: datetime
    sent_at: datetime | None
    ended_at: datetime | None
    gateway: str | None
    failure: str | None


class TestWanted(Body, frozen=True, kw_only=True):
    """`POST /v1/templates/{name}/test`."""

    to: Annotated[str, Meta(min_length=1, max_length=254)]
    locale: Annotated[str, Meta(pattern=r"^[a-z]{2,3}(-[A-Z]{2})?$")] | None = None


class TestQueued(msgspec.Struct, frozen=True):
    """The test waits to be handed over; `GET /v1/messages/{id}` tells what becomes of it."""

    id: str
    status: str


@get("/v1/messages", scope="messages:read")
async def listed(
    request: Request, after: FromQuery[str | None] = None, limit: FromQuery[str | None] = None
) -> Page[MessageShown]:
    """A brand's messages, oldest first."""
    size = http.read_size(limit)
    rows = await outbox.page(
        http.context(request).db,
        brand_id=access.caller(request).brand_id,
        after=http.read_cursor(after),
        size=size,
    )
    return http.page(rows, size, show=_shown, id_of=_id_of)


@get("/v1/messages/{id:str}", scope="messages:read")
async def read(request: Request, id: FromPath[str]) -> MessageShown:
    """One message."""
    found = await outbox.find(
        http.context(request).db,
        id=parse("msg", id) or UUID(int=0),
        brand_id=access.caller(request).brand_id,
    )
    if found is None:
        raise Problem("message.unknown", 404, "This brand has no message of this id.")
    return _shown(found)


@post(
    "/v1/templates/{name:str}/test",
    scope="templates:write",
    status_code=202,
    body=TestWanted,
)
async def send_test(request: Request, name: FromPath[str]) -> TestQueued:
    """Send a message with sample values to an address of the caller's own, marked as a test."""
    around, caller = http.context(request), access.caller(request)
    body = await http.read_json(request, TestWanted)
    brand = await brands.by_id(around.db, caller.brand_id)
    template, region = templates.known(name), (brand.countries or (None,))[0]
    to = read_email(body.to) if "@" in body.to else read_phone(body.to, region)
    if ("email" if "@" in body.to else "sms") not in template.channels:
        raise Problem("request.invalid_field", 400, "This message has no words for that channel.")
    locale = body.locale or brand.locale
    templates.require_locale(locale)
    made = await outbox.send_test(
        around.db,
        around.keyring,
        brand,
        outbox.Test(name, locale, to),
        base_url=around.base_url,
        at=around.clock(),
    )
    return TestQueued(show("msg", made), outbox.State.QUEUED)


ROUTES: list[HTTPRouteHandler] = [listed, read, send_test]


def _shown(row: outbox.Record) -> MessageShown:
    return MessageShown(
        id=show("msg", row.id),
        channel=row.channel,
        template=row.template,
        locale=row.locale,
        template_version=row.words_version,
        status=row.state,
        created_at=row.created_at,
        sent_at=row.sent_at,
        ended_at=row.ended_at,
        gateway=row.gateway,
        failure=row.failure,
    )


def _id_of(row: outbox.Record) -> UUID:
    return row.id
