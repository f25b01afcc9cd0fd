"""Reading the journal: what happened at a brand, in its sealed order."""

from datetime import datetime
from typing import Any

import msgspec
from litestar import get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromQuery

from sparekey import access, events, http
from sparekey.http import Request
from sparekey.kit.ids import show
from sparekey.kit.problem import Problem


class EventShown(msgspec.Struct, frozen=True):
    """One event; `data` holds ids and words of ours, never an address."""

    seq: int
    id: str
    kind: str
    at: datetime
    subject: str | None
    data: dict[str, Any]


class EventPage(msgspec.Struct, frozen=True):
    """Events from the oldest; pass `next` as `after` to continue, also later."""

    data: list[EventShown]
    next: str


@get("/v1/events", scope="events:read")
async def listed(
    request: Request, after: FromQuery[str | None] = None, limit: FromQuery[str | None] = None
) -> EventPage:
    """What happened after the event numbered `after`."""
    start = _number(after)
    found = await events.read(
        http.context(request).db,
        brand=access.caller(request).brand_id,
        after=start,
        limit=http.read_size(limit),
    )
    last = found[-1].seq if found else start
    return EventPage([_shown(one) for one in found], str(last))


ROUTES: list[HTTPRouteHandler] = [listed]


def _number(text: str | None) -> int:
    if text is None:
        return 0
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise Problem(
            "request.invalid_field",
            400,
            "`after` is the `next` of the page before.",
            extra={"field": "after"},
        )
    return int(text)


def _shown(entry: events.Entry) -> EventShown:
    return EventShown(
        seq=entry.seq,
        id=show("evt", entry.id),
        kind=entry.kind,
        at=entry.at,
        subject=None if entry.subject is None else str(entry.subject),
        data=dict(entry.data),
    )
