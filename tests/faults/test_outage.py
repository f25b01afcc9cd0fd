"""The database goes away under running servers and a worker: they say so, and recover alone."""

import asyncio
import signal
import time
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from tests.faults.killing import until
from tests.world.cast import new_person
from tests.world.deployment import Deployment, deployed
from tests.world.postgres import Cluster
from tests.world.processes import Process


@pytest.fixture(scope="module")
def deployment(
    durable_postgres: Cluster, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Deployment]:
    """Two servers, the first of which also works, on the server that may be killed."""
    with deployed(durable_postgres, tmp_path_factory.mktemp("outage")) as made:
        yield made


@pytest.fixture
async def worker(deployment: Deployment) -> AsyncIterator[Process]:
    """One more worker in a process of its own."""
    with deployment.worker() as worker:
        yield worker


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGQUIT, signal.SIGKILL])
async def test_everybody_recovers_from_a_restart_of_the_database(
    deployment: Deployment, durable_postgres: Cluster, worker: Process, by: signal.Signals
):
    server = durable_postgres.server
    before = [one.pid for one in (*deployment.servers, worker)]
    async with deployment.client() as client:
        before_it = new_person("alice", deployment)
        kept = await verify(client, before_it.phone.address)
        server.end(by)
        asked = [await verify(client, f"+4477009001{n:02d}") for n in range(6)]
        ready = [await client.get("/readyz") for _ in deployment.servers]
        alive = [await client.get("/healthz") for _ in deployment.servers]
        server.start()
        await asyncio.to_thread(server.await_ready)
        began = time.monotonic()
        for one in deployment.servers:
            await asyncio.to_thread(one.await_ready)
        after_it = new_person("bob", deployment)
        again = await verify(client, after_it.phone.address)
        received = [await asyncio.to_thread(person.phone.next) for person in (before_it, after_it)]
        seconds = time.monotonic() - began

    assert [answer.status_code for answer in asked] == [503] * 6
    assert {answer.json()["code"] for answer in asked} == {"server.unavailable"}
    assert {answer.headers["retry-after"] for answer in asked} == {"1"}
    assert [answer.status_code for answer in ready] == [503] * 2
    assert all(answer.json()["checks"]["database"] != "ok" for answer in ready)
    assert [answer.status_code for answer in alive] == [200] * 2
    assert (kept.status_code, again.status_code) == (201, 201)
    assert [one.code.isdigit() for one in received] == [True, True]
    assert seconds < 15  # a lease would be 60
    assert [one.pid for one in (*deployment.servers, worker)] == before


async def test_a_worker_of_its_own_goes_on_after_a_restart_of_the_database(
    deployment: Deployment, durable_postgres: Cluster, worker: Process
):
    server = durable_postgres.server
    deployment.servers[0].stop()  # the only other one that works
    server.end(signal.SIGKILL)
    server.start()
    await asyncio.to_thread(server.await_ready)
    alice = new_person("alice", deployment)
    async with deployment.client(deployment.servers[1]) as client:
        await until_ready(client)
        asked = await verify(client, alice.phone.address)
        received = await asyncio.to_thread(alice.phone.next)
    deployment.servers[0].start()
    deployment.servers[0].await_ready()

    assert asked.status_code == 201
    assert received.code.isdigit()
    assert worker.is_running()


async def test_a_server_waits_for_a_database_that_is_still_starting(
    deployment: Deployment, durable_postgres: Cluster
):
    server = durable_postgres.server
    newcomer = deployment.servers[1]
    newcomer.stop()
    server.end(signal.SIGKILL)
    newcomer.start()
    await until(lambda: "database_awaited" in newcomer.log.read_text())
    server.start()
    await asyncio.to_thread(newcomer.await_ready)

    assert newcomer.is_running()


async def verify(client: httpx.AsyncClient, to: str) -> httpx.Response:
    """Ask for a code; answered in any case."""
    return await client.post("/v1/verifications", json={"to": to, "purpose": "sign_in"})


async def until_ready(client: httpx.AsyncClient) -> None:
    """Wait for one server that is asked for it."""
    deadline = time.monotonic() + 20
    while (await client.get("/readyz")).status_code != 200:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.05)
