"""Publishing: to all or to a share, back to an earlier version, and what differs."""

from typing import Annotated, Any

import msgspec
from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, QueryParameter
from msgspec import Meta

from sparekey import access, flows, http
from sparekey.flows.api.shapes import (
    LINES,
    Reason,
    VersionShown,
    draft_of,
    find,
    version_shown,
)
from sparekey.flows.service.drafting import read_document
from sparekey.flows.service.publishing import versions
from sparekey.http import Body, Request
from sparekey.kit.problem import Problem

_DRAFT = "draft"


class ToPublish(Body, frozen=True, kw_only=True):
    """Why; to how many of a hundred, else to all; and which revision was looked at."""

    reason: Reason
    share: Annotated[int, Meta(ge=1, le=99)] | None = None
    revision: int | None = None


class ToTakeLive(Body, frozen=True, kw_only=True):
    """Which version everybody starts from now on, and why."""

    version: Annotated[int, Meta(ge=1)]
    reason: Reason


class Versions(msgspec.Struct, frozen=True):
    """What was published, newest first."""

    data: list[VersionShown]


class VersionWithDocument(msgspec.Struct, frozen=True):
    """A version and what was drawn in it."""

    version: VersionShown
    document: flows.Document


class DifferenceShown(msgspec.Struct, frozen=True):
    """What differs: a field of a node, or of the flow when there is no node."""

    node: str | None
    field: str
    before: Any
    after: Any


class Differences(msgspec.Struct, frozen=True):
    """What differs between two versions, or a version and the draft."""

    data: list[DifferenceShown]


@post("/v1/flows/{name:str}/publish", scope="flows:publish", status_code=201, body=ToPublish)
async def publish(request: Request, name: FromPath[str]) -> VersionShown:
    """Make the draft a version and let people start it; those under way stay on theirs."""
    around, caller = http.context(request), access.caller(request)
    body = await http.read_json(request, ToPublish, multiline=LINES)
    wish = flows.Wish(reason=body.reason, share=body.share, revision=body.revision)
    made = await flows.publish(
        around.db, caller.brand_id, name, wish, by=caller.key_id, at=around.clock()
    )
    return version_shown(made)


@post("/v1/flows/{name:str}/live", scope="flows:publish", status_code=200, body=ToTakeLive)
async def take_live(request: Request, name: FromPath[str]) -> VersionShown:
    """Let everybody start an earlier version again, or the one on trial."""
    around, caller = http.context(request), access.caller(request)
    body = await http.read_json(request, ToTakeLive, multiline=LINES)
    taken = await flows.take_live(
        around.db, caller.brand_id, name, body.version, body.reason, at=around.clock()
    )
    return version_shown(taken)


@get("/v1/flows/{name:str}/versions", scope="flows:read")
async def listed(request: Request, name: FromPath[str]) -> Versions:
    """What was published, newest first."""
    found = await versions(http.context(request).db, await find(request, name))
    return Versions([version_shown(row) for row in found])


@get("/v1/flows/{name:str}/versions/{number:int}", scope="flows:read")
async def read(request: Request, name: FromPath[str], number: FromPath[int]) -> VersionWithDocument:
    """One version with its document."""
    row = await _numbered(request, await find(request, name), number)
    return VersionWithDocument(version_shown(row), read_document(row.document))


@get("/v1/flows/{name:str}/diff", scope="flows:read")
async def diff(
    request: Request,
    name: FromPath[str],
    before: Annotated[str | None, QueryParameter(name="from")] = None,
    after: Annotated[str | None, QueryParameter(name="to")] = None,
) -> Differences:
    """What `to` (a version's number; the draft unless told) changes in `from` (what is live)."""
    row = await find(request, name)
    live = await versions(http.context(request).db, row)
    was = before or next((str(one.number) for one in live if one.id == row.live_version), None)
    if was is None:
        raise Problem("flow.nothing_live", 422, "Nothing is live yet; name a version in `from`.")
    found = flows.compare(
        await _document(request, row, was), await _document(request, row, after or _DRAFT)
    )
    return Differences(
        [DifferenceShown(one.node, one.field, one.before, one.after) for one in found]
    )


PUBLISHING: list[HTTPRouteHandler] = [publish, take_live, listed, read, diff]


async def _document(request: Request, row: flows.FlowRow, which: str) -> flows.Document:
    if which == _DRAFT:
        return draft_of(row)
    if not (which.isascii() and which.isdigit() and len(which) < 10):
        raise Problem("request.invalid_field", 400, "Name a version by its number, or draft.")
    return read_document((await _numbered(request, row, int(which))).document)


async def _numbered(request: Request, row: flows.FlowRow, number: int) -> flows.VersionRow:
    return await flows.numbered(http.context(request).db, row, number)
