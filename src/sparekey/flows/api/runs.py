"""How people fare: counts on nodes and exits, and runs that are stuck."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery

from sparekey import access, flows, http
from sparekey.flows.api.shapes import find
from sparekey.flows.model import Word
from sparekey.flows.service.publishing import versions
from sparekey.http import Body, Request
from sparekey.kit.ids import parse, show
from sparekey.kit.problem import Problem


class NodeCount(msgspec.Struct, frozen=True):
    """Who is at a node now, and how often each exit was taken."""

    node: str
    waiting: int
    stuck: int
    exits: Mapping[str, int]


class FlowCounts(msgspec.Struct, frozen=True):
    """A version in numbers."""

    version: int
    nodes: list[NodeCount]
    outcomes: Mapping[str, int]


class StuckShown(msgspec.Struct, frozen=True):
    """A run that cannot go on by itself, and why."""

    id: str
    flow: str
    version: int
    reason: str
    parked_at: datetime


class StuckRuns(msgspec.Struct, frozen=True):
    """The latest hundred."""

    data: list[StuckShown]


class StepShown(msgspec.Struct, frozen=True):
    """A node that was left, and by which exit."""

    node: str
    exit: str


class RunShown(msgspec.Struct, frozen=True):
    """A run: how it stands and where, or with which outcome it ended, and the way it took."""

    id: str
    flow: str
    status: str
    node: str | None
    outcome: str | None
    reason: str | None
    path: list[StepShown]


class ToSkip(Body, frozen=True, kw_only=True):
    """By which exit it shall leave its node."""

    exit: Word


@get("/v1/flows/{name:str}/counts", scope="flows:read")
async def counted(
    request: Request, name: FromPath[str], version: FromQuery[str | None] = None
) -> FlowCounts:
    """A version's counts; of the live one unless told."""
    db = http.context(request).db
    row = await find(request, name)
    found = await versions(db, row)
    wanted = [
        one
        for one in found
        if (one.id == row.live_version if version is None else str(one.number) == version)
    ]
    if not wanted:
        raise Problem("flow.version_unknown", 404, "This flow has no such version.")
    numbers = await flows.counts(db, wanted[0])
    return FlowCounts(
        wanted[0].number,
        [NodeCount(one.node, one.waiting, one.parked, one.exits) for one in numbers.nodes],
        numbers.outcomes,
    )


@get("/v1/runs/stuck", scope="flows:read")
async def stuck(request: Request) -> StuckRuns:
    """Runs that wait for a person's decision."""
    found = await flows.stuck(http.context(request).db, access.caller(request).brand_id)
    return StuckRuns(
        [
            StuckShown(
                show("run", one.id), one.flow, one.version, one.parked_for or "", one.parked_at
            )
            for one in found
            if one.parked_at
        ]
    )


@get("/v1/runs/{id:str}", scope="flows:read")
async def read(request: Request, id: FromPath[str]) -> RunShown:
    """One run; its path is that in the flow it is in now."""
    db, brand = http.context(request).db, access.caller(request).brand_id
    told = await flows.tell(db, brand, _run(id))
    return RunShown(
        id=id,
        flow=told.flow,
        status=told.state,
        node=told.node,
        outcome=told.outcome,
        reason=told.reason,
        path=[StepShown(node, exit_) for node, exit_ in told.path],
    )


@post("/v1/runs/{id:str}/retry", scope="flows:publish", status_code=204)
async def retry(request: Request, id: FromPath[str]) -> None:
    """Let a stuck run try again."""
    around, caller = http.context(request), access.caller(request)
    await flows.retry(around.db, caller.brand_id, _run(id), by=caller.key_id, at=around.clock())


@post("/v1/runs/{id:str}/skip", scope="flows:publish", status_code=204, body=ToSkip)
async def skip(request: Request, id: FromPath[str]) -> None:
    """Let a stuck run leave its node by an exit; never by the one behind a proof."""
    around, caller = http.context(request), access.caller(request)
    body = await http.read_json(request, ToSkip)
    await flows.skip(
        around.db, caller.brand_id, _run(id), body.exit, by=caller.key_id, at=around.clock()
    )


RUNS: list[HTTPRouteHandler] = [counted, stuck, read, retry, skip]


def _run(id: str) -> UUID:
    return parse("run", id) or UUID(int=0)
