"""What became of messages, without their words or addresses."""

from datetime import datetime
from uuid import UUID

import msgspec
from litestar import get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery

from sparekey import access, http, outbox
from sparekey.http import Page, Request
from sparekey.kit.ids import parse, show
from sparekey.kit.problem import Problem


class MessageShown(msgspec.Struct, frozen=True):
    """A message as its brand's own key may see it."""

    id: str
    channel: str
    template: str
    locale: str
    status: str
    created_at: datetime
    sent_at: datetime | None
    ended_at: datetime | None
    gateway: str | None
    failure: str | None


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


ROUTES: list[HTTPRouteHandler] = [listed, read]


def _shown(row: outbox.Record) -> MessageShown:
    return MessageShown(
        id=show("msg", row.id),
        channel=row.channel,
        template=row.template,
        locale=row.locale,
        status=row.state,
        created_at=row.created_at,
        sent_at=row.sent_at,
        ended_at=row.ended_at,
        gateway=row.gateway,
        failure=row.failure,
    )


def _id_of(row: outbox.Record) -> UUID:
    return row.id
