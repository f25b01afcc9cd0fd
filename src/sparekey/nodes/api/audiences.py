"""Starting a flow for many: how many it would be, how far it has come, and stopping it."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Meta

from sparekey import access, brands, http
from sparekey.http import NoFields, Request
from sparekey.kit.ids import parse, show
from sparekey.kit.problem import Problem
from sparekey.nodes.model import Audience
from sparekey.nodes.service import audiences

_PREFIX = "audience"
#: As many ids as a request may name; a file takes more.
_MOST_BYTES = 512 * 1024
_Refs = Annotated[
    list[Annotated[str, Meta(min_length=1, max_length=200)]], Meta(min_length=1, max_length=2000)
]


class Whom(NoFields, frozen=True, kw_only=True):
    """Accounts by the company's own ids; without them, whom the start's filter finds."""

    accounts: _Refs | None = None


class CountShown(msgspec.Struct, frozen=True):
    """How many it would be now, how many ids of a list nobody knows, and how long it would take."""

    accounts: int
    unknown: int
    per_hour: int
    seconds: int


class AudienceShown(msgspec.Struct, frozen=True):
    """How far an audience has come; `spared` are those whom nothing was begun for."""

    id: str
    flow: str
    state: str
    per_hour: int
    expected: int
    begun: int
    spared: int
    made_at: datetime


@post("/v1/flows/{name:str}/audiences/count", scope="flows:read", status_code=200, body=Whom)
async def count(request: Request, name: FromPath[str]) -> CountShown:
    """How many accounts it would be started for; nobody is started. A list tells which ids there
    are, so that counting one takes accounts:read as well."""
    around = http.context(request)
    body = await _read(request)
    if body.accounts is not None:
        access.caller(request).require("accounts:read")
    brand = await brands.by_id(around.db, access.caller(request).brand_id)
    found = await audiences.preview(around.db, brand, name, body.accounts)
    return CountShown(found.accounts, found.unknown, found.per_hour, found.seconds)


@post("/v1/flows/{name:str}/audiences", scope="flows:publish", status_code=201, body=Whom)
async def begin(request: Request, name: FromPath[str]) -> AudienceShown:
    """Start the flow for many, as fast as its start says."""
    around = http.context(request)
    body = await _read(request)
    brand = await brands.by_id(around.db, access.caller(request).brand_id)
    made = await audiences.begin_for_many(around.db, brand, name, body.accounts, at=around.clock())
    return _shown(made)


@get("/v1/audiences/{id:str}", scope="flows:read")
async def read(request: Request, id: FromPath[str]) -> AudienceShown:
    """How far it has come."""
    found = await audiences.find(
        http.context(request).db, access.caller(request).brand_id, _read_id(id)
    )
    return _shown(found)


@post("/v1/audiences/{id:str}/stop", scope="flows:publish", status_code=200)
async def stop(request: Request, id: FromPath[str]) -> AudienceShown:
    """Begin nobody any more; whoever has begun goes on."""
    around = http.context(request)
    brand_id = access.caller(request).brand_id
    return _shown(await audiences.stop(around.db, brand_id, _read_id(id), at=around.clock()))


AUDIENCES: list[HTTPRouteHandler] = [count, begin, read, stop]


async def _read(request: Request) -> Whom:
    raw = await http.read_body(request, most=_MOST_BYTES)
    return http.decode(raw, Whom) if raw else Whom()


def _read_id(text: str) -> UUID:
    found = parse(_PREFIX, text)
    if found is None:
        raise Problem("audience.unknown", 404, "There is no audience of this id.")
    return found


def _shown(one: Audience) -> AudienceShown:
    return AudienceShown(
        id=show(_PREFIX, one.id),
        flow=one.flow,
        state=one.state,
        per_hour=one.per_hour,
        expected=one.expected,
        begun=one.begun,
        spared=one.spared,
        made_at=one.made_at,
    )
