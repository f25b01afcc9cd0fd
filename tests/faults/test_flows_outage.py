"""The database is killed while thousands of runs are due: each is woken, once, when it is back."""

import asyncio
import signal
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sparekey import flows
from sparekey.db import Db
from sparekey.kit.ids import new_id
from tests.faults.settling import settle
from tests.flows.drawing import Drawn, published
from tests.world.deployment import Deployment, deployed
from tests.world.figures import Figures
from tests.world.postgres import Cluster

#: A ticket and one message in it for each run, whoever is interrupted.
NODES: Drawn = {
    "begin": ("start_api", {}, {"then": "wait"}),
    "wait": ("wait", {"seconds": 86_400}, {"then": "ticket"}),
    "ticket": ("hand_to_support", {"topic": "other"}, {"handed": "end"}),
    "end": ("finish", {"outcome": "over"}, {}),
}
_ALL_DUE = "UPDATE flows.run SET wake_at = now()"
_LEFT = "SELECT count(*) FROM flows.run"
_FOUND = """
SELECT (SELECT count(*) FROM flows.ended) AS ended,
    (SELECT count(*) FROM support.ticket) AS tickets,
    (SELECT count(*) FROM support.message) AS messages
"""
_AT_ONCE = 100


@pytest.fixture
def deployment(durable_postgres: Cluster, tmp_path: Path) -> Iterator[Deployment]:
    """Two servers, the first of which also works."""
    with deployed(durable_postgres, tmp_path) as made:
        yield made


async def begin_all(db: Db, deployment: Deployment, number: int) -> None:
    """So many runs that wait."""
    ready = await published(db, deployment.brand.id, NODES)
    at = datetime.now(UTC)
    for first in range(0, number, _AT_ONCE):
        async with db.transaction() as tx:
            for _ in range(first, min(first + _AT_ONCE, number)):
                start = flows.Start(id=new_id(at), facts={})
                await flows.begin(tx, ready, start, keyring=deployment.keyring, at=at)


async def some_done(db: Db, *, under: int, within: float) -> int:
    """Wait until fewer than `under` runs are left; how many there are."""
    async with asyncio.timeout(within):
        while True:
            left = (await db.fetchrow(_LEFT))[0]
            if left < under:
                return left
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("runs", [400, pytest.param(10_000, marks=pytest.mark.faults)])
async def test_runs_that_are_due_when_the_database_is_killed_are_woken_once(
    deployment: Deployment, durable_postgres: Cluster, figures: Figures, runs: int
) -> None:
    server = durable_postgres.server
    async with deployment.database() as db:
        await begin_all(db, deployment, runs)
        await db.execute(_ALL_DUE)
        left = await some_done(db, under=runs, within=30)
    server.end(signal.SIGKILL)
    server.start()
    await asyncio.to_thread(server.await_ready)
    await settle(deployment, deployment.servers)
    async with deployment.database() as db:
        found = await db.fetchrow(_FOUND)
        row = await flows.find(db, deployment.brand.id, "asking")
        counts = await flows.counts(db, await flows.numbered(db, row, 1))
    figures.add(f"due={runs} left_at_the_kill={left} {dict(found)}")

    assert 0 < left < runs
    assert dict(found) == {"ended": runs, "tickets": runs, "messages": runs}
    assert counts.outcomes == {"over": runs}
