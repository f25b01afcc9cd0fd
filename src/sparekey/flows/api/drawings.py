"""Drawing: list, read, make and change drafts, and look at what is wrong with one."""

from typing import Any

import msgspec
from litestar import get, post, put
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from sparekey import access, flows, http
from sparekey.flows.api.shapes import (
    Drawn,
    FindingShown,
    FlowShown,
    FlowWithDraft,
    MaybeDrawn,
    draft_of,
    find,
    findings_shown,
    flow_shown,
    if_match,
    read_body,
    tag,
)
from sparekey.flows.service.publishing import version_numbers
from sparekey.http import Request
from sparekey.kit.problem import Problem


class Flows(msgspec.Struct, frozen=True):
    """Every flow, by name."""

    data: list[FlowShown]


class KindShown(msgspec.Struct, frozen=True):
    """A kind of node: what it is for, and the JSON Schema of its settings, which draws its form."""

    kind: str
    about: str
    is_start: bool
    needs_proof: bool
    proven_by: str | None
    waits: bool
    settings: dict[str, Any]


class Kinds(msgspec.Struct, frozen=True):
    """Every kind of node there is, and why others cannot be used."""

    data: list[KindShown]
    broken: dict[str, str]


class Findings(msgspec.Struct, frozen=True):
    """What was found; without errors it may be published."""

    may_publish: bool
    findings: list[FindingShown]


@get("/v1/flows", scope="flows:read")
async def listed(request: Request) -> Flows:
    """The brand's flows."""
    db, brand = http.context(request).db, access.caller(request).brand_id
    rows = await flows.listed(db, brand)
    numbers = await version_numbers(db, rows)
    return Flows([flow_shown(row, numbers) for row in rows])


@get("/v1/flow-schema", scope="flows:read")
async def schema(request: Request) -> dict[str, Any]:
    """The JSON Schema of a flow document, with the settings of every kind of node."""
    del request
    return flows.json_schema()


@get("/v1/flow-nodes", scope="flows:read")
async def kinds(request: Request) -> Kinds:
    """The kinds of nodes."""
    del request
    loaded, broken = flows.usable()
    return Kinds(
        [
            KindShown(
                kind=name,
                about=node.about,
                is_start=node.is_start,
                needs_proof=node.needs_proof,
                proven_by=node.proven_by,
                waits=node.waits,
                settings=flows.settings_schema(node),
            )
            for name, node in loaded.items()
        ],
        broken,
    )


@post("/v1/flows", scope="flows:write", status_code=201, body=Drawn)
async def create(request: Request) -> FlowWithDraft:
    """Make a flow; nothing of it is live yet."""
    around, caller = http.context(request), access.caller(request)
    body: Drawn = await read_body(request, Drawn)
    made = await flows.create(
        around.db, caller.brand_id, body.document, by=caller.key_id, at=around.clock()
    )
    return await _answer(request, made)


@get("/v1/flows/{name:str}", scope="flows:read")
async def read(request: Request, name: FromPath[str]) -> FlowWithDraft:
    """A flow with its draft; `ETag` is the draft's revision."""
    return await _answer(request, await find(request, name))


@put("/v1/flows/{name:str}", scope="flows:write", body=Drawn)
async def change(request: Request, name: FromPath[str]) -> FlowWithDraft:
    """Put a draft in the place of the one with the revision in `If-Match`."""
    around, caller = http.context(request), access.caller(request)
    revision = if_match(request)
    body: Drawn = await read_body(request, Drawn)
    if body.document.name != name:
        raise Problem(
            "flow.name_differs",
            422,
            f"This document is called {body.document.name}; its name cannot change.",
            extra={"field": "document.name"},
        )
    row = await flows.change(
        around.db,
        caller.brand_id,
        body.document,
        revision=revision,
        by=caller.key_id,
        at=around.clock(),
    )
    return await _answer(request, row)


@post("/v1/flows/{name:str}/validate", scope="flows:read", status_code=200, body=MaybeDrawn)
async def validate(request: Request, name: FromPath[str]) -> Findings:
    """Everything that is wrong with the draft, or with the document that is sent."""
    body: MaybeDrawn = await read_body(request, MaybeDrawn)
    document = body.document or draft_of(await find(request, name))
    report = await flows.validate(
        http.context(request).db, access.caller(request).brand_id, document
    )
    return Findings(not report.errors, findings_shown(report.findings))


DRAWINGS: list[HTTPRouteHandler] = [listed, schema, kinds, create, read, change, validate]


async def _answer(request: Request, row: flows.FlowRow) -> FlowWithDraft:
    tag(request, row)
    numbers = await version_numbers(http.context(request).db, [row])
    return FlowWithDraft(flow_shown(row, numbers), draft_of(row))
