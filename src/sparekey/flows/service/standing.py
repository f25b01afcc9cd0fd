"""How runs stand: counts on nodes and exits, and what people decide about stuck ones."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sparekey import events, jobs
from sparekey.db import Db, Executor, Tx
from sparekey.flows import journal
from sparekey.flows.graph import Graph
from sparekey.flows.model import RunState, Signal, steps_of
from sparekey.flows.service.loading import graph, graph_from
from sparekey.flows.service.settling import QUEUE
from sparekey.flows.store import drawings, runs
from sparekey.flows.store.drawings import Here, VersionRow
from sparekey.flows.store.runs import Standing
from sparekey.kit.problem import Problem


@dataclass(frozen=True, slots=True)
class NodeCounts:
    """One node of a version: who is here now, and how often each exit was taken."""

    node: str
    waiting: int
    parked: int
    exits: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Counts:
    """A version in numbers."""

    nodes: Sequence[NodeCounts]
    outcomes: Mapping[str, int]


async def counts(on: Executor, version: VersionRow) -> Counts:
    """The numbers of a version now."""
    drawn = graph_from(version)
    rows = await drawings.counts.all(on, version=version.id)
    taken = {(one.node, one.exit): one.count for one in rows}
    here = {one.node: one for one in await drawings.here.all(on, version=version.id)}
    outcomes = await drawings.outcomes.all(on, version=version.id)
    return Counts(_of_nodes(drawn, taken, here), {one.outcome: one.count for one in outcomes})


@dataclass(frozen=True, slots=True)
class Told:
    """One run as people are told of it: how it stands, where, and the exits it took."""

    state: RunState
    flow: str
    node: str | None
    outcome: str | None
    reason: str | None
    path: Sequence[tuple[str, str]]


async def tell(db: Db, brand_id: int, run: UUID) -> Told:
    """How a run of the brand stands, or how it ended; Problem 404 when there is none."""
    row = await runs.find.maybe(db, id=run, brand=brand_id)
    if row is None:
        return await _ended(db, brand_id, run)
    drawn = await graph(db, row.version_id)
    reason = await runs.reason.maybe(db, id=run)
    state = RunState.WAITING if row.waits else RunState.DUE
    return Told(
        RunState.PARKED if reason else state,
        drawn.name,
        drawn.points[row.node].id,
        None,
        reason,
        _path(drawn, row.path),
    )


async def _ended(db: Db, brand_id: int, run: UUID) -> Told:
    found = await runs.ended.maybe(db, id=run, brand=brand_id)
    if found is None:
        raise Problem("flow.run_unknown", 404, "There is no run of this id.")
    drawn = await graph(db, found.version_id)
    path = _path(drawn, found.path)
    return Told(RunState.ENDED, drawn.name, None, found.outcome, None, path)


def _path(drawn: Graph, path: bytes) -> list[tuple[str, str]]:
    points = drawn.points
    return [(points[node].id, points[node].exits[exit_]) for node, exit_ in steps_of(path)]


async def stuck(on: Executor, brand_id: int, *, limit: int = 100) -> list[Standing]:
    """The runs that cannot go on by themselves, the latest first."""
    return await runs.parked.all(on, brand=brand_id, limit=limit)


async def count_stuck(on: Executor, brand_id: int | None = None) -> int:
    """How many runs of a brand, or of all, cannot go on by themselves."""
    return await runs.count_parked.one(on, brand=brand_id)


async def oldest_due(on: Executor) -> datetime | None:
    """When the time of the first run came, or comes."""
    return await runs.oldest_due.maybe(on)


async def retry(db: Db, brand_id: int, run: UUID, *, by: UUID | None, at: datetime) -> None:
    """Let a stuck run try again where it stands; Problem 404 when it is not stuck."""
    async with db.transaction() as tx:
        if not await runs.revive.run(tx, id=run, brand=brand_id, at=at):
            raise _not_stuck()
        await _decided(tx, brand_id, run, "retry", by, at)


async def skip(
    db: Db, brand_id: int, run: UUID, exit: str, *, by: UUID | None, at: datetime
) -> None:
    """Let a stuck run leave its node by an exit; Problem 404 or, for what only proof may take, 422.

    A person cannot vouch for a proof: the exit behind it stays shut.
    """
    row = await runs.find.maybe(db, id=run, brand=brand_id)
    if row is None:
        raise _not_stuck()
    point = (await graph(db, row.version_id)).points[row.node]
    if exit not in point.exits or exit == point.node.proven_by:
        open_ = ", ".join(one for one in point.exits if one != point.node.proven_by)
        raise Problem("flow.exit_unknown", 422, f"Choose one of its exits: {open_ or 'none'}.")
    async with db.transaction() as tx:
        signal = int(Signal.SKIPPED)
        if not await runs.skip.run(tx, id=run, brand=brand_id, at=at, signal=signal, exit=exit):
            raise _not_stuck()
        await _decided(tx, brand_id, run, "skip", by, at)


async def _decided(
    tx: Tx, brand_id: int, run: UUID, what: str, by: UUID | None, at: datetime
) -> None:
    data = {"what": what, "by": by}
    await events.append(tx, at=at, kind=journal.DECIDED, brand=brand_id, subject=run, data=data)
    tx.after_commit(jobs.wake(QUEUE).set)


def _of_nodes(
    drawn: Graph, taken: Mapping[tuple[int, int], int], here: Mapping[int, Here]
) -> list[NodeCounts]:
    found: list[NodeCounts] = []
    for number, point in enumerate(drawn.points):
        now = here.get(number)
        exits = {name: taken.get((number, of), 0) for of, name in enumerate(point.exits)}
        waiting, parked = (now.waiting, now.parked) if now else (0, 0)
        found.append(NodeCounts(point.id, waiting, parked, exits))
    return found


def _not_stuck() -> Problem:
    return Problem("flow.run_not_stuck", 404, "No run of this id is stuck.")
