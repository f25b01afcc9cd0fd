"""Jobs are done at least once, tried again with patience, and kept when they cannot be done."""

import asyncio
import signal
import sys
from datetime import timedelta
from uuid import UUID

import pytest

from sparekey import events, jobs
from sparekey.db import Db
from sparekey.jobs import store
from sparekey.jobs.seats import Seats
from sparekey.kit.ids import new_id
from sparekey.kit.keyring import Keyring
from sparekey.kit.problem import Problem
from tests.jobs.conftest import Counting, running, work_off
from tests.world.basics import START, MovableClock

KIND = "library.remind"
A_SECOND = timedelta(seconds=1)


async def queued(db: Db, **payload: object) -> UUID:
    return await jobs.queue(db, kind=KIND, payload=payload, due_at=START, at=START)


async def waiting(db: Db) -> int:
    return (await db.fetchrow("SELECT count(*) FROM jobs.job"))[0]


async def claimed(db: Db, clock: MovableClock) -> jobs.Job:
    """Claim one job as a worker would; its lease is a minute."""
    at = clock()
    until = at + timedelta(minutes=1)
    return await store.claim.one(
        db, lane=jobs.Lane.PROMPT, at=at, until=until, kinds=[KIND], limit=1
    )


async def test_a_job_is_done_and_gone(db: Db, keyring: Keyring, clock: MovableClock) -> None:
    remind = Counting()
    jobs.handles(KIND)(remind)

    async with running(jobs.runner(db, keyring, clock)):
        await queued(db, book="b1")
        await remind.calls(1)

    assert remind.payloads == [{"book": "b1"}]
    assert await waiting(db) == 0


async def test_two_workers_share_the_jobs_and_do_each_once(
    db: Db, keyring: Keyring, clock: MovableClock
) -> None:
    remind = Counting()
    jobs.handles(KIND)(remind)
    await db.execute(
        "INSERT INTO jobs.job (id, kind, payload, due_at, created_at)"
        " SELECT gen_random_uuid(), $1, jsonb_build_object('n', n), $2, $2"
        " FROM generate_series(1, 1000) n",
        KIND,
        START,
    )

    async with running(*(jobs.runner(db, keyring, clock, batch=20) for _ in range(2))):
        await remind.calls(1000)

    assert sorted(payload["n"] for payload in remind.payloads) == list(range(1, 1001))
    assert await waiting(db) == 0


async def test_a_job_waits_for_its_time(db: Db, keyring: Keyring, clock: MovableClock) -> None:
    remind = Counting()
    jobs.handles(KIND)(remind)
    due_at = START + timedelta(days=1)
    await jobs.queue(db, kind=KIND, payload={}, due_at=due_at, at=START)

    await work_off(jobs.runner(db, keyring, clock))
    early = len(remind.payloads)
    clock.advance(timedelta(days=1))
    async with running(jobs.runner(db, keyring, clock)):
        await remind.calls(1)

    assert early == 0


async def test_a_job_of_a_kind_unknown_here_is_left_for_others(
    db: Db, keyring: Keyring, clock: MovableClock
) -> None:
    await queued(db)

    await work_off(jobs.runner(db, keyring, clock))

    assert (await db.fetchrow("SELECT attempts FROM jobs.job"))[0] == 0


async def test_a_rolled_back_job_was_never_queued_and_wakes_nobody(db: Db) -> None:
    async def queue_and_fail() -> None:
        async with db.transaction() as tx:
            await jobs.queue(tx, kind=KIND, payload={}, due_at=START, at=START)
            raise ZeroDivisionError

    await jobs.wake("jobs.job").wait(timedelta(0))
    with pytest.raises(ZeroDivisionError):
        await queue_and_fail()

    assert await waiting(db) == 0
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0):
            await jobs.wake("jobs.job").wait(timedelta(hours=1))


async def test_one_id_is_one_job(db: Db) -> None:
    job_id = new_id(START)

    for _ in range(2):
        await jobs.queue(db, kind=KIND, payload={}, due_at=START, at=START, id=job_id)

    assert await waiting(db) == 1


async def test_a_failing_job_is_tried_again_ever_later_and_then_parked(
    db: Db, keyring: Keyring, clock: MovableClock
) -> None:
    tries: list[timedelta] = []

    @jobs.handles(KIND, max_attempts=4, backoff=jobs.Backoff(first=A_SECOND, longest=3 * A_SECOND))
    async def fail(context: jobs.Context, payload: jobs.Payload) -> None:
        tries.append(clock() - START)
        raise Problem("library.closed", 503, "Come back tomorrow.")

    job_id = await queued(db)
    for _ in range(12):
        await work_off(jobs.runner(db, keyring, clock))
        clock.advance(A_SECOND)

    assert tries == [0 * A_SECOND, 1 * A_SECOND, 3 * A_SECOND, 6 * A_SECOND]
    assert await jobs.parked(db) == [jobs.Parked(job_id, KIND, 4, "library.closed")]


async def test_a_parked_job_can_be_given_another_chance(
    db: Db, keyring: Keyring, clock: MovableClock
) -> None:
    is_closed = True

    @jobs.handles(KIND, max_attempts=1)
    async def remind(context: jobs.Context, payload: jobs.Payload) -> None:
        if is_closed:
            raise ZeroDivisionError

    job_id = await queued(db)
    await work_off(jobs.runner(db, keyring, clock))
    [parked] = await jobs.parked(db)
    is_closed = False
    revived = [await jobs.revive(db, job_id, at=clock()) for _ in range(2)]
    await work_off(jobs.runner(db, keyring, clock))

    assert parked.last_error_code == "ZeroDivisionError"
    assert revived == [True, False]
    assert await waiting(db) == 0


async def test_a_job_that_kills_its_workers_is_parked_unseen(
    db: Db, keyring: Keyring, clock: MovableClock
) -> None:
    remind = Counting()
    jobs.handles(KIND, max_attempts=2)(remind)
    await queued(db)
    for _ in range(2):
        await claimed(db, clock)
        clock.advance(timedelta(minutes=1))

    await work_off(jobs.runner(db, keyring, clock))

    assert remind.payloads == []
    assert len(await jobs.parked(db)) == 1


async def test_a_worker_killed_at_work_leaves_the_job_to_the_next(
    database_url: str, db: Db, keyring: Keyring, clock: MovableClock
) -> None:
    await queued(db)
    worker = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.jobs.hanging_worker",
        database_url,
        stdout=asyncio.subprocess.PIPE,
    )
    assert worker.stdout is not None
    at_work = await worker.stdout.readline()
    worker.send_signal(signal.SIGKILL)
    await worker.wait()

    remind = Counting()
    jobs.handles(KIND)(remind)
    await work_off(jobs.runner(db, keyring, clock))
    under_lease = len(remind.payloads)
    clock.advance(timedelta(minutes=1))
    async with running(jobs.runner(db, keyring, clock)):
        await remind.calls(1)

    assert at_work == b"at work\n"
    assert under_lease == 0
    assert await waiting(db) == 0


async def test_lost_connections_lose_no_job(db: Db, keyring: Keyring, clock: MovableClock) -> None:
    remind = Counting()
    jobs.handles(KIND)(remind)
    for number in range(300):
        await queued(db, n=number)

    runner = jobs.runner(db, keyring, clock, batch=20, poll=timedelta(0))
    async with running(runner):
        for done in (1, 100, 200):
            await remind.calls(done)
            await db.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
    clock.advance(timedelta(minutes=1))
    await work_off(jobs.runner(db, keyring, clock))

    assert {payload["n"] for payload in remind.payloads} == set(range(300))
    assert await waiting(db) == 0


async def test_a_worker_whose_lease_ran_out_changes_nothing(db: Db, clock: MovableClock) -> None:
    await queued(db)
    slow = await claimed(db, clock)
    clock.advance(timedelta(minutes=1))
    quick = await claimed(db, clock)
    at = clock()

    slow_effects = [
        await store.finish.run(db, **store.tokens([slow])),
        await store.release.run(db, at=at, **store.tokens([slow])),
        await store.retry.run(db, id=slow.id, fence=slow.fence, due_at=at, error_code="x"),
        await store.park.run(db, id=slow.id, fence=slow.fence, at=at, error_code="x"),
    ]

    assert slow_effects == [0, 0, 0, 0]
    assert await store.finish.run(db, **store.tokens([quick])) == 1


async def test_a_job_settled_in_its_own_transaction_has_its_effects_once(
    db: Db, keyring: Keyring, clock: MovableClock
) -> None:
    await db.execute("CREATE TABLE public.reminded (id uuid)")
    lost: list[jobs.LostLease] = []

    @jobs.handles(KIND)
    async def remind(context: jobs.Context, payload: jobs.Payload) -> None:
        try:
            async with db.transaction() as tx:
                await tx.execute("INSERT INTO reminded VALUES ($1)", context.job.id)
                await jobs.settle(tx, context)
        except jobs.LostLease as error:
            lost.append(error)

    await queued(db)
    slow = jobs.Context(db, keyring, clock, await claimed(db, clock), ())
    clock.advance(timedelta(minutes=1))
    await work_off(jobs.runner(db, keyring, clock))
    await remind(slow, {})

    assert len(lost) == 1
    assert (await db.fetchrow("SELECT count(*) FROM reminded"))[0] == 1


async def test_sql_functions_queue_jobs_too(db: Db) -> None:
    await db.execute("SELECT jobs.queue($1, $2, '{}', $3, $3)", new_id(START), KIND, START)

    assert await waiting(db) == 1


async def test_a_reaction_queues_a_job_with_its_event(
    db: Db, keyring: Keyring, clock: MovableClock
) -> None:
    lent = events.declare("library.book_borrowed", "A reader took a book home to read it.")
    remind = Counting()
    jobs.handles(KIND)(remind)
    jobs.react(lent, KIND)
    reader = new_id(START)

    async with db.transaction() as tx:
        data = {"book": "b1"}
        event = await events.append(tx, at=START, kind=lent, brand=1, subject=reader, data=data)
    async with running(jobs.runner(db, keyring, clock)):
        await remind.calls(1)

    assert remind.payloads == [
        {"event": str(event.id), "kind": lent, "brand": 1, "subject": str(reader), "data": data}
    ]


async def test_a_kind_has_one_handler() -> None:
    jobs.handles(KIND)(Counting())

    with pytest.raises(ValueError, match=r"two handlers for the job library\.remind"):
        jobs.handles(KIND)(Counting())


async def test_a_crowd_and_a_system_that_hangs_hold_up_nobody_who_waits(
    db: Db, keyring: Keyring, clock: MovableClock
) -> None:
    hang, remind = asyncio.Event(), Counting()

    @jobs.handles("test.crowded")
    async def crowded(_context: jobs.Context, _payload: jobs.Payload) -> None:
        await hang.wait()

    jobs.handles(KIND)(remind)
    async with running(*jobs.runners(db, keyring, clock)):
        for lane in (jobs.Lane.CROWD, jobs.Lane.OUTSIDE):
            for _ in range(50):
                await jobs.queue(
                    db, kind="test.crowded", payload={}, due_at=START, at=START, lane=lane
                )
        await queued(db, book="b1")
        await remind.calls(1)
        before = await waiting(db)
        hang.set()

    assert before >= 100
    assert remind.payloads == [{"book": "b1"}]


async def ask(db: Db, times: int, *, tenant: int) -> None:
    """Queue questions to somebody's system."""
    for _ in range(times):
        await jobs.queue(
            db, kind=KIND, payload={"tenant": tenant}, due_at=START, at=START,
            lane=jobs.Lane.OUTSIDE, tenant=tenant,
        )  # fmt: skip


async def test_a_party_whose_system_hangs_leaves_room_for_others(
    db: Db, keyring: Keyring, clock: MovableClock
) -> None:
    hang, begun, done = asyncio.Event(), Counting(), Counting()

    @jobs.handles(KIND)
    async def called(context: jobs.Context, payload: jobs.Payload) -> None:
        await begun(context, payload)
        if payload != {"tenant": 3}:
            await hang.wait()
        await done(context, payload)

    await ask(db, 150, tenant=1)
    async with running(*(jobs.runner(db, keyring, clock, lane=jobs.Lane.OUTSIDE) for _ in "ab")):
        await begun.calls(50)
        await ask(db, 60, tenant=2)
        await begun.calls(76)
        await ask(db, 60, tenant=3)
        await done.calls(60)
        hung = [payload for payload in begun.payloads if payload != {"tenant": 3}]
        hang.set()
        await done.calls(270)

    assert done.payloads[:60] == [{"tenant": 3}] * 60
    assert (hung.count({"tenant": 1}), hung.count({"tenant": 2})) == (50, 26)
    assert await waiting(db) == 0


async def test_who_ends_makes_room_for_who_has_least() -> None:
    seats = Seats(3)
    [first, second] = [jobs.Job(new_id(START), KIND, "{}", 1, 1, tenant=1) for _ in "ab"]
    other = jobs.Job(new_id(START), KIND, "{}", 1, 1, tenant=2)

    seats.take([first, second])
    alone = seats.full
    seats.take([other])
    together = seats.free
    seats.leave([first])
    seats.leave([first])

    assert alone == [1]
    assert together == 0
    assert (seats.free, seats.full) == (1, [1, 2])


async def test_a_job_given_back_unbegun_leaves_its_seat(
    db: Db, keyring: Keyring, clock: MovableClock
) -> None:
    await ask(db, 60, tenant=1)
    jobs.handles(KIND)(Counting())
    runner = jobs.runner(db, keyring, clock, lane=jobs.Lane.OUTSIDE)
    assert runner.release is not None
    taken: list[jobs.Job] = []

    for _ in range(60):
        taken += await runner.claim(100)
    await runner.release(taken)

    assert len(taken) == 25
    assert len(await runner.claim(100)) == 1
