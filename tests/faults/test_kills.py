"""`kill -9` of servers, workers and the database at random moments under load: nothing is lost."""

import random
import secrets
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.customers import Customers
from tests.faults.embedded import Supervised, embedded
from tests.faults.findings import Findings, journal_is_whole
from tests.faults.killing import Killer, Served
from tests.faults.line import Line
from tests.faults.settling import settle
from tests.world.deployment import Deployment, deployed
from tests.world.figures import Figures
from tests.world.postgres import Cluster
from tests.world.processes import Process


@pytest.fixture
def deployment(durable_postgres: Cluster, tmp_path: Path) -> Iterator[Deployment]:
    """Two servers, the first of which also works, on the server that may be killed."""
    with deployed(durable_postgres, tmp_path, SPAREKEY_LOG_LEVEL="info") as made:
        yield made


@pytest.mark.parametrize(
    ("kills", "database_kills"),
    [(20, 2), pytest.param(200, 10, marks=pytest.mark.faults)],
)
async def test_nothing_accepted_is_lost_and_nothing_is_sent_twice(
    deployment: Deployment,
    durable_postgres: Cluster,
    figures: Figures,
    kills: int,
    database_kills: int,
):
    seed = secrets.randbits(32)
    with deployment.worker() as worker:
        processes: list[Process] = [*deployment.servers, worker]
        async with deployment.client() as client:
            customers = Customers(Line(client), random.Random(seed))
            killer = Killer(
                processes,
                random.Random(seed),
                work_done=lambda: len(customers.promises),
                database=Served(durable_postgres.server),
            )
            await killer.kill_under(customers.keep_coming, kills, database_kills)
            interrupted = await settle(deployment, processes)
            findings = await look(deployment, customers)
    promises = customers.promises
    found = findings.found(promises)
    figures.add(
        f"{killer} accepted={len(promises)} found={found} interrupted={interrupted}"
        f" {customers.line} seed={seed}"
    )

    assert findings.complaints(promises) == []
    assert (killer.kills, found) == (kills, len(promises))
    assert len(promises) > 3 * kills
    assert customers.line.repeats > kills
    assert killer.ended_alone == []


async def test_nor_on_the_database_that_sparekey_brings_along(figures: Figures):
    seed = secrets.randbits(32)
    async with embedded() as (deployment, place), deployment.client() as client:
        with deployment.worker() as worker:
            processes: list[Process] = [*deployment.servers, worker]
            customers = Customers(Line(client), random.Random(seed))
            killer = Killer(
                processes,
                random.Random(seed),
                work_done=lambda: len(customers.promises),
                database=Supervised(place, random.Random(seed)),
            )
            await killer.kill_under(customers.keep_coming, 6, 3)
            interrupted = await settle(deployment, processes)
            findings = await look(deployment, customers)
    promises = customers.promises
    found = findings.found(promises)
    figures.add(
        f"{killer} accepted={len(promises)} found={found} interrupted={interrupted}"
        f" {customers.line} seed={seed}"
    )

    assert findings.complaints(promises) == []
    assert found == len(promises)
    assert killer.ended_alone == []


async def test_whoever_is_asked_to_stop_loses_nothing_and_holds_nothing_back(
    deployment: Deployment, figures: Figures
):
    seed = secrets.randbits(32)
    with deployment.worker() as worker:
        processes: list[Process] = [*deployment.servers, worker]
        async with deployment.client() as client:
            customers = Customers(Line(client), random.Random(seed))
            killer = Killer(
                processes,
                random.Random(seed),
                work_done=lambda: len(customers.promises),
                by=signal.SIGTERM,
            )
            await killer.kill_under(customers.keep_coming, 8)
            interrupted = await settle(deployment, processes)
            findings = await look(deployment, customers)
    promises = customers.promises
    found = findings.found(promises)
    figures.add(f"stops={killer.kills} accepted={len(promises)} found={found} {customers.line}")

    assert findings.complaints(promises) == []
    assert found == len(promises)
    assert interrupted == 0
    assert "Traceback" not in deployment.logs


async def look(deployment: Deployment, customers: Customers) -> Findings:
    """Read everything; try the codes that nobody has tried, and the passwords that were set."""
    for server in deployment.servers:
        server.await_ready()
    async with deployment.database() as db:
        findings = await Findings.read(db)
        assert await journal_is_whole(db, deployment.keyring)
    await customers.try_what_is_left()
    return findings
