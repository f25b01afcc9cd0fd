"""Jobs at set times: each due row of `jobs.schedule` queues one job, whichever process sees it."""

from datetime import datetime, timedelta

from sparekey.db import Db
from sparekey.jobs import store
from sparekey.jobs.declare import SCHEDULES
from sparekey.jobs.loop import ClaimLoop
from sparekey.jobs.queue import queue
from sparekey.jobs.wake import wake
from sparekey.kit.clock import Clock
from sparekey.kit.ids import new_id


def scheduler(db: Db, clock: Clock) -> ClaimLoop[str]:
    """Queues the jobs of every schedule that this process declares, looking once a second."""

    is_planned = False

    async def claim(_limit: int) -> list[str]:
        nonlocal is_planned
        if not is_planned:
            await plan(db, clock())
            is_planned = True
        return await tick(db, clock())

    async def work(_kind: str) -> None:
        """All is done once the job is queued."""

    return ClaimLoop(
        name="jobs.schedule",
        claim=claim,
        work=work,
        wake=wake("jobs.schedule"),
        concurrency=1,
        batch=1,
        poll=timedelta(seconds=1),
    )


async def plan(db: Db, at: datetime) -> None:
    """Write down the declared schedules; an unchanged cron expression keeps its next time."""
    for name, cron in sorted(SCHEDULES.items()):
        await store.plan.run(db, name=name, cron=cron, next_at=_next(cron, at))


async def tick(db: Db, at: datetime) -> list[str]:
    """Queue a job for each schedule that is due; their kinds."""
    queued: list[str] = []
    for due in await store.due.all(db, at=at, names=list(SCHEDULES)):
        job_id = new_id(at)
        async with db.transaction() as tx:
            won = await store.advance.run(
                tx, name=due.name, was=due.next_at, next_at=_next(due.cron, at), job_id=job_id
            )
            if won:
                await queue(tx, kind=due.name, payload={}, due_at=at, at=at, id=job_id)
                queued.append(due.name)
    return queued


def _next(cron: str, at: datetime) -> datetime:
    from croniter import croniter  # 80 ms at import, and only workers need it

    return croniter(cron, at).get_next(datetime)
