"""`kill -9` of whoever wakes runs, at every step of them: each effect is there exactly once."""

import asyncio
import random
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from sparekey import flows
from sparekey.db import Db
from sparekey.kit.ids import new_id
from tests.faults.killing import Killer
from tests.faults.settling import settle
from tests.flows.drawing import Drawn, published
from tests.world.deployment import Deployment, deployed
from tests.world.figures import Figures
from tests.world.postgres import Cluster
from tests.world.processes import Process

#: Three breaths, in the second of which a ticket is opened.
NODES: Drawn = {
    "begin": ("start_api", {}, {"then": "first"}),
    "first": ("wait", {"seconds": 1}, {"then": "ticket"}),
    "ticket": ("hand_to_support", {"topic": "other"}, {"handed": "second"}),
    "second": ("wait", {"seconds": 1}, {"then": "end"}),
    "end": ("finish", {"outcome": "over"}, {}),
}
_PACE = 0.02
_FOUND = """
SELECT (SELECT count(*) FROM flows.ended WHERE id = ANY ($1::uuid[])) AS ended,
    (SELECT count(*) FROM support.ticket WHERE about = ANY ($1::uuid[])) AS tickets,
    (SELECT count(*) FROM support.message WHERE source = ANY ($1::uuid[])) AS messages
"""


@pytest.fixture
def deployment(durable_postgres: Cluster, tmp_path: Path) -> Iterator[Deployment]:
    """Two servers, the first of which also works."""
    with deployed(durable_postgres, tmp_path) as made:
        yield made


@dataclass(slots=True)
class Starts:
    """Somebody starts runs, one after the other, until told to stop."""

    db: Db
    deployment: Deployment
    ready: flows.Prepared
    ids: list[UUID] = field(default_factory=list[UUID])

    async def keep_starting(self, is_over: asyncio.Event) -> None:
        """Begin a run, again and again."""
        while not is_over.is_set():
            at = datetime.now(UTC)
            start = flows.Start(id=new_id(at), facts={})
            async with self.db.transaction() as tx:
                keyring = self.deployment.keyring
                assert await flows.begin(tx, self.ready, start, keyring=keyring, at=at)
            self.ids.append(start.id)
            await asyncio.sleep(_PACE)


@pytest.mark.parametrize("kills", [10, pytest.param(200, marks=pytest.mark.faults)])
async def test_each_effect_of_a_run_is_there_once_whoever_is_killed(
    deployment: Deployment, figures: Figures, kills: int
) -> None:
    seed = secrets.randbits(32)
    async with deployment.database() as db:
        ready = await published(db, deployment.brand.id, NODES)
        starts = Starts(db, deployment, ready)
        with deployment.worker() as worker:
            processes: list[Process] = [deployment.servers[0], worker]
            killer = Killer(processes, random.Random(seed), work_done=lambda: len(starts.ids))
            await killer.kill_under(starts.keep_starting, kills)
            interrupted = await settle(deployment, processes)
        found = await db.fetchrow(_FOUND, starts.ids)
        row = await flows.find(db, deployment.brand.id, "asking")
        counts = await flows.counts(db, await flows.numbered(db, row, 1))
    begun = len(starts.ids)
    figures.add(f"{killer} begun={begun} interrupted={interrupted} {dict(found)} seed={seed}")

    assert dict(found) == {"ended": begun, "tickets": begun, "messages": begun}
    assert {n for one in counts.nodes for n in one.exits.values()} == {begun}
    assert counts.outcomes == {"over": begun}
    assert begun > 3 * kills
