"""Writing down how far runs went: row, effects and counts in one transaction, for one or many."""

import secrets
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sparekey import jobs
from sparekey.db import Tx
from sparekey.flows.contract import Applying, Instead, Stuck
from sparekey.flows.engine import Moved
from sparekey.flows.graph import Graph
from sparekey.flows.model import NOTHING, Run, pack
from sparekey.flows.service.loading import fresh_graph
from sparekey.flows.store import drawings, runs
from sparekey.kit.keyring import Keyring

QUEUE = "flows.run"
_SHARDS = 16


class TurnedAt(Stuck):
    """This breath must be taken anew: the run leaves this node by this exit."""

    def __init__(self, node: str, exit: str) -> None:
        super().__init__(f"exit.{exit}")
        self.way = {node: exit}


async def carry_out(tx: Tx, graph: Graph, moved: Moved, *, keyring: Keyring, at: datetime) -> None:
    """Do what a breath said shall be done; raises TurnedAt where something cannot be."""
    for done in moved.effects:
        around = Applying(
            run=moved.run.id,
            node=done.node,
            brand_id=moved.run.brand_id,
            account_id=moved.run.account_id,
            pins=graph.pins,
            facts=moved.run.memory.facts,
            keyring=keyring,
            fence=moved.run.fence,
            at=at,
        )
        try:
            await done.effect.apply(tx, around)
        except Instead as turn:
            raise TurnedAt(done.node, turn.exit) from turn


async def write(tx: Tx, moves: Sequence[Moved], *, at: datetime) -> set[UUID]:
    """Settle and finish runs that are still the worker's own; the ids of those that were."""
    going = [moved for moved in moves if moved.end is None]
    ending = [moved for moved in moves if moved.end is not None]
    won: set[UUID] = set()
    if going:
        won |= set(await runs.settle.all(tx, **_columns([moved.run for moved in going]), at=at))
    if ending:
        found = await runs.finish.all(
            tx,
            ids=[moved.run.id for moved in ending],
            fences=[moved.run.fence for moved in ending],
            outcomes=[moved.end.outcome for moved in ending if moved.end],
            paths=[moved.run.path for moved in ending],
            at=at,
        )
        won |= set(found)
    await count(tx, [moved for moved in moves if moved.run.id in won])
    return won


async def count(tx: Tx, moves: Iterable[Moved]) -> None:
    """Add to the counts what these runs took and reached."""
    taken: Counter[tuple[int, int, int]] = Counter()
    ended: Counter[tuple[int, str, bool]] = Counter()
    for moved in moves:
        version = moved.version
        taken.update((version, node, number) for node, number in moved.left)
        if moved.end is not None:
            ended[version, moved.end.outcome, moved.end.is_good] += 1
    if taken or ended:
        await runs.count.run(
            tx,
            versions=[version for version, _, _ in taken],
            nodes=[node for _, node, _ in taken],
            exits=[number for _, _, number in taken],
            counts=list(taken.values()),
            ended=[version for version, _, _ in ended],
            outcomes=[outcome for _, outcome, _ in ended],
            goods=[is_good for _, _, is_good in ended],
            ends=list(ended.values()),
            shard=secrets.randbelow(_SHARDS),
        )


async def landed(tx: Tx, moved: Moved, *, at: datetime) -> Moved:
    """A run that jumped, at the start of the other flow's live version, to be entered there."""
    if moved.jump is None:
        return moved
    target = await drawings.find.maybe(tx, brand=moved.run.brand_id, name=moved.jump)
    if target is None or target.live_version is None:
        raise Stuck("jump.nowhere")
    starts = (await fresh_graph(tx, target.live_version)).starts
    if not starts:
        raise Stuck("jump.nowhere")
    run = replace(
        moved.run,
        version_id=target.live_version,
        node=starts[0],
        waits=NOTHING,
        wake_at=at,
        path=b"",
    )
    tx.after_commit(jobs.wake(QUEUE).set)
    return replace(moved, run=run)


def _columns(going: Sequence[Run]) -> dict[str, list[object]]:
    named: dict[str, list[object]] = {
        "ids": [run.id for run in going],
        "memories": [pack(run.memory) for run in going],
    }
    for run in going:
        for name, value in runs.columns(run).items():
            named.setdefault(name, []).append(value)
    return named
