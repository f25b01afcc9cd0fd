"""Jobs at set times: one per time, whoever looks and however late."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from sparekey import floors, jobs
from sparekey.db import Db, partitions
from sparekey.kit.keyring import Keyring
from tests.jobs.conftest import Counting, running, work_off
from tests.world.basics import START, MovableClock

KIND = "library.count_books"
HOURLY = "17 * * * *"
FIRST = datetime(2026, 3, 4, 12, 17, tzinfo=UTC)


@pytest.fixture
async def hourly(db: Db) -> Db:
    jobs.SCHEDULES.clear()
    jobs.every(KIND, HOURLY)
    await jobs.plan(db, START)
    return db


async def done(db: Db) -> None:
    await db.execute("DELETE FROM jobs.job")


async def test_nothing_is_queued_before_its_time(hourly: Db) -> None:
    assert await jobs.tick(hourly, FIRST - timedelta(microseconds=1)) == []
    assert await jobs.tick(hourly, FIRST) == [KIND]


async def test_each_time_is_one_job(hourly: Db) -> None:
    times = [FIRST, FIRST, FIRST + timedelta(minutes=59), FIRST + timedelta(hours=1)]
    queued: list[int] = []
    for at in times:
        queued.append(len(await jobs.tick(hourly, at)))
        await done(hourly)

    assert queued == [1, 0, 0, 1]


async def test_many_processes_at_once_queue_one_job(hourly: Db) -> None:
    queued = await asyncio.gather(*(jobs.tick(hourly, FIRST) for _ in range(10)))

    assert sum(len(kinds) for kinds in queued) == 1
    assert (await hourly.fetchrow("SELECT count(*) FROM jobs.job"))[0] == 1


async def test_missed_times_count_as_one(hourly: Db) -> None:
    late = FIRST + timedelta(days=3)

    assert await jobs.tick(hourly, late) == [KIND]
    await done(hourly)
    assert await jobs.tick(hourly, late) == []


async def test_a_job_still_at_work_is_not_joined_by_another(hourly: Db) -> None:
    await jobs.tick(hourly, FIRST)
    next_time = FIRST + timedelta(hours=1)

    while_at_work = await jobs.tick(hourly, next_time)
    await done(hourly)

    assert while_at_work == []
    assert await jobs.tick(hourly, next_time) == [KIND]


async def test_a_changed_schedule_counts_from_now_and_an_unchanged_one_goes_on(
    hourly: Db,
) -> None:
    await jobs.plan(hourly, FIRST + timedelta(minutes=1))
    unchanged = await jobs.tick(hourly, FIRST)
    await done(hourly)
    jobs.SCHEDULES[KIND] = "0 3 * * *"
    await jobs.plan(hourly, START)

    assert unchanged == [KIND]
    assert await jobs.tick(hourly, START + timedelta(hours=14, minutes=59)) == []
    assert await jobs.tick(hourly, START + timedelta(hours=15)) == [KIND]


async def test_the_loops_of_a_worker_do_it_all(
    db: Db, keyring: Keyring, clock: MovableClock
) -> None:
    count = Counting()
    jobs.SCHEDULES.clear()
    jobs.every(KIND, HOURLY)
    jobs.handles(KIND)(count)
    await jobs.plan(db, START)
    clock.advance(timedelta(hours=1))

    async with running(jobs.scheduler(db, clock), jobs.runner(db, keyring, clock)):
        await count.calls(1)


async def test_partitions_are_made_ahead_by_a_job(
    db: Db, keyring: Keyring, clock: MovableClock
) -> None:
    floors.load_jobs()
    archives = floors.archives()
    clock.advance(timedelta(weeks=5))
    before = await partitions.weeks_ahead(db, archives, clock())
    kind = "jobs.turn_partitions"
    await jobs.queue(db, kind=kind, payload={}, due_at=clock(), at=clock())

    await work_off(jobs.runner(db, keyring, clock, archives=archives))

    assert before == 3
    assert await partitions.weeks_ahead(db, archives, clock()) == 8
