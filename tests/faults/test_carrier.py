"""A carrier that sends twice what it is handed twice is never handed a message twice."""

import asyncio
import random
import secrets
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from sparekey.db import Db
from tests.faults.carrier import Carrier
from tests.faults.customers import Customers
from tests.faults.findings import let_leases_run_out, open_work
from tests.faults.killing import Killer, Served, until
from tests.faults.line import Line
from tests.world.deployment import Deployment, deployed
from tests.world.figures import Figures
from tests.world.postgres import Cluster
from tests.world.processes import Process, environment

_ROOT = Path(__file__).parents[2]
#: What one worker hands over at once, and more than that.
_AT_ONCE, _ASKED = 96, 124


@pytest.fixture
def deployment(durable_postgres: Cluster, tmp_path: Path) -> Iterator[Deployment]:
    """One server that hands nothing over."""
    with deployed(durable_postgres, tmp_path, SPAREKEY_LOG_LEVEL="info") as made:
        made.servers.pop(0).stop()
        yield made


@pytest.fixture
async def carrier() -> AsyncIterator[Carrier]:
    """Listens."""
    async with Carrier(random.Random(0)).listening() as carrier:
        yield carrier


def carrier_worker(deployment: Deployment, carrier: Carrier, name: str) -> Process:
    """A worker that hands over to the carrier."""
    return Process(
        ["-m", "tests.faults.carrier_worker", str(carrier.port)],
        environment(**deployment.settings, PYTHONPATH=str(_ROOT)),
        deployment.directory / f"{name}.log",
        program=Path(sys.executable),
    )


@pytest.mark.parametrize(
    ("kills", "database_kills"), [(8, 1), pytest.param(60, 6, marks=pytest.mark.faults)]
)
async def test_no_code_is_handed_over_twice_whoever_is_killed(
    deployment: Deployment,
    durable_postgres: Cluster,
    carrier: Carrier,
    figures: Figures,
    kills: int,
    database_kills: int,
):
    seed = secrets.randbits(32)
    workers = [carrier_worker(deployment, carrier, name) for name in ("one", "two")]
    for worker in workers:
        worker.start()
    killer = Killer(
        [*workers, *deployment.servers],
        random.Random(seed),
        work_done=lambda: len(carrier.taken),
        database=Served(durable_postgres.server),
    )
    async with deployment.client() as client:
        customers = Customers(Line(client), random.Random(seed))
        await killer.kill_under(customers.keep_asking, kills, database_kills)
    states = await settled(deployment, workers)
    times = Counter(carrier.taken)
    ends = Counter(states.values())
    figures.add(
        f"{killer} accepted={len(customers.promises)} taken={len(carrier.taken)}"
        f" sent={ends['sent']} unsure={ends['unsure']}"
        f" never_handed_over={len(states.keys() - times.keys())} seed={seed}"
    )

    assert [one for one, count in times.items() if count > 1] == []
    assert len(set(carrier.texts)) == len(carrier.texts)
    assert {one.id for one in customers.promises} <= await asked(deployment)
    assert set(ends) <= {"sent", "unsure"}
    assert kills < 60 or ends["unsure"] > 0  # few kills may all miss the moment of handing over
    assert {one for one, state in states.items() if state == "sent"} <= times.keys()


async def test_a_worker_asked_to_stop_ends_what_it_began_and_gives_the_rest_back(
    deployment: Deployment, carrier: Carrier
):
    first, second = (carrier_worker(deployment, carrier, name) for name in ("one", "two"))
    async with deployment.client() as client, deployment.database() as db:
        line = Line(client)
        carrier.is_answering.clear()
        await Customers(line, random.Random(0)).ask(_ASKED)
        first.start()
        await until(lambda: len(carrier.taken) == _AT_ONCE)
        stopping = asyncio.create_task(asyncio.to_thread(first.stop))
        await _until_states(db, {"sending": _AT_ONCE, "queued": _ASKED - _AT_ONCE})
        carrier.is_answering.set()
        await stopping
        left = await _states(db)
        waiting = await db.fetchrow(
            "SELECT count(*) AS due FROM outbox.due WHERE due_at <= clock_timestamp()"
        )
        second.start()
        await _until_states(db, {"sent": _ASKED})
        await asyncio.to_thread(second.stop)

    assert left == {"sent": _AT_ONCE, "queued": _ASKED - _AT_ONCE}
    assert waiting["due"] == _ASKED - _AT_ONCE
    assert set(Counter(carrier.taken).values()) == {1}


async def settled(deployment: Deployment, workers: list[Process]) -> dict[str, str]:
    """Every message's final state."""
    await asyncio.gather(*(asyncio.to_thread(worker.stop) for worker in workers))
    deadline = time.monotonic() + 60
    async with deployment.database() as db:
        await let_leases_run_out(db)
        workers[0].start()
        while "due" in (waiting := await open_work(db)):
            await asyncio.sleep(0.05)
            assert time.monotonic() < deadline, waiting
        await asyncio.to_thread(workers[0].stop)
        rows = await db.fetch("SELECT id, state FROM outbox.message")
    return {str(row["id"]): row["state"] for row in rows}


async def asked(deployment: Deployment) -> set[object]:
    """The ids of all challenges."""
    async with deployment.database() as db:
        return {row["id"] for row in await db.fetch("SELECT id FROM verification.verification")}


async def _until_states(db: Db, wanted: dict[str, int]) -> None:
    deadline = time.monotonic() + 20
    while (found := await _states(db)) != wanted:
        assert time.monotonic() < deadline, found
        await asyncio.sleep(0.01)


async def _states(db: Db) -> dict[str, int]:
    rows = await db.fetch("SELECT state, count(*) AS count FROM outbox.message GROUP BY state")
    return {row["state"]: row["count"] for row in rows}
