"""`sparekey worker` by itself: what it tells of itself where an operator asks for that."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import httpx
import pytest

from sparekey import jobs
from sparekey.db import Db
from sparekey.kit.keyring import Keyring
from tests.world.processes import Process, Server, environment, free_port
from tests.world.waiting import until

_LISTENS = "0A"


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> dict[str, str]:
    """An installation of its own, without a server."""
    Keyring.generate().save(tmp_path / "keyring.json")
    return {
        "DATABASE_URL": database_url,
        "SPAREKEY_DATA_DIR": str(tmp_path),
        "SPAREKEY_BASE_URL": "https://recover.acme.example",
        "SPAREKEY_LOG_LEVEL": "debug",
    }


@pytest.fixture
def worker(settings: dict[str, str], tmp_path: Path) -> Iterator[Server]:
    """One that tells of itself."""
    port = free_port()
    told = environment(**settings, SPAREKEY_WORKER_PORT=str(port))
    process = Server(["worker"], told, tmp_path / "worker.log", port=port)
    process.start()
    yield process
    process.stop()


def listening(pid: int) -> set[str]:
    """The addresses and ports that a process listens on, as the kernel writes them."""
    held: set[str] = set()
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        try:
            held.add(str(descriptor.readlink()))
        except FileNotFoundError:
            continue
    lines = [
        line.split()
        for table in ("tcp", "tcp6")
        for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]
    ]
    return {line[1] for line in lines if line[3] == _LISTENS and f"socket:[{line[9]}]" in held}


async def queue_a_job(db: Db) -> None:
    """Leave something to do."""
    at = datetime.now(UTC)
    await jobs.queue(db, kind="inbox.sweep", payload={}, due_at=at, at=at)


async def test_a_worker_tells_how_it_is_and_what_it_did(worker: Server, db: Db):
    worker.await_ready()
    await queue_a_job(db)
    await db.execute(
        """INSERT INTO inbox.letter (id, message_id, purpose, sealed, received_at)
        VALUES (uuid_in('ffffffff-ffff-7fff-bfff-ffffffffffff'), gen_random_uuid(), 'reply', '',
            now())"""
    )

    told = await asyncio.to_thread(until, partial(told_when_worked, worker.url), within=30)

    assert 'sparekey_waiting_for_a_person{kind="letters"} 1.0' in told
    assert 'sparekey_overdue_seconds{kind="jobs"}' in told


def told_when_worked(url: str) -> str | None:
    """What it tells once it says that a job was done."""
    told = httpx.get(f"{url}/metrics").text
    done = 'sparekey_worked_total{outcome="done",queue="jobs.job"}'
    return told if any(line.startswith(done) for line in told.splitlines()) else None


def test_a_worker_has_no_other_door_and_none_for_strangers(worker: Server):
    worker.await_ready()
    alive = httpx.get(f"{worker.url}/healthz")
    doors = [
        httpx.get(f"{worker.url}/metrics", headers={"X-Forwarded-For": "203.0.113.9"}),
        httpx.post(f"{worker.url}/v1/recoveries", json={"identifier": "alice"}),
        httpx.get(f"{worker.url}/acme/forgot"),
    ]

    assert alive.json() == {"status": "ok"}
    assert [answer.status_code for answer in doors] == [404, 404, 404]
    assert listening(worker.pid) == {f"0100007F:{worker.port:04X}"}


async def test_a_worker_listens_nowhere_unless_told(
    settings: dict[str, str], tmp_path: Path, db: Db
):
    await queue_a_job(db)
    process = Process(["worker"], environment(**settings), tmp_path / "quiet.log")
    process.start()
    has_worked = False
    for _ in range(1500):
        has_worked = await jobs.oldest_due(db) is None
        if has_worked:
            break
        await asyncio.sleep(0.02)
    heard = listening(process.pid)
    process.stop()

    assert has_worked
    assert heard == set()


def test_a_worker_whose_port_is_taken_says_so(
    worker: Server, settings: dict[str, str], tmp_path: Path
):
    worker.await_ready()
    second = Process(worker.words, worker.environment, tmp_path / "second.log")
    second.start()
    until(lambda: not second.is_running(), within=30)
    said = second.log.read_text()
    second.stop()

    assert "SPAREKEY_WORKER_PORT" in said
    assert "Traceback" not in said
    assert worker.is_running()
