"""The loop that does jobs: finds the handler, retries with backoff, parks what stays undone."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from prometheus_client import Counter

from sparekey.db import Archive, Db
from sparekey.jobs import store
from sparekey.jobs.declare import HANDLINGS
from sparekey.jobs.leases import Leases
from sparekey.jobs.loop import ClaimLoop
from sparekey.jobs.model import Context, Job
from sparekey.jobs.queue import OUTSIDE, QUEUE
from sparekey.jobs.wake import wake
from sparekey.kit.clock import Clock
from sparekey.kit.keyring import Keyring
from sparekey.kit.problem import Problem

_LEASE = timedelta(seconds=60)
_parked = Counter("sparekey_jobs_parked", "Jobs given up until a person decides", ["kind"])


def runner(
    db: Db,
    keyring: Keyring,
    clock: Clock,
    *,
    archives: Sequence[Archive] = (),
    concurrency: int = 10,
    batch: int = 100,
    poll: timedelta = timedelta(seconds=0.5),
    calls_outside: bool | None = None,
) -> ClaimLoop[Job]:
    """Does the jobs of every kind that has a handler in this process; if told so, only of those
    that call outside, or only of the others."""

    async def recall(at: datetime, ends: Sequence[datetime]) -> None:
        await store.recall.run(db, at=at, ends=ends)

    name = OUTSIDE if calls_outside else QUEUE
    desk = _Desk(db, keyring, clock, archives, Leases(_LEASE, clock, recall), calls_outside)
    return ClaimLoop(
        name=name,
        claim=desk.claim,
        work=desk.work,
        finish=desk.finish,
        failed=desk.failed,
        release=desk.release,
        kind=lambda job: job.kind,
        wake=wake(name),
        concurrency=concurrency,
        batch=batch,
        poll=poll,
        lease=_LEASE,
    )


@dataclass(frozen=True, slots=True)
class _Desk:
    """The verbs of the loop over the table of jobs."""

    db: Db
    keyring: Keyring
    clock: Clock
    archives: Sequence[Archive]
    leases: Leases
    calls_outside: bool | None

    async def claim(self, limit: int) -> list[Job]:
        async def take(at: datetime, until: datetime) -> list[Job]:
            kinds = [
                kind
                for kind, handling in HANDLINGS.items()
                if self.calls_outside in (None, handling.calls_outside)
            ]
            return await store.claim.all(self.db, at=at, until=until, kinds=kinds, limit=limit)

        return await self.leases.claim(take)

    async def work(self, job: Job) -> None:
        handling = HANDLINGS[job.kind]
        if job.attempts > handling.max_attempts:  # the process died over it each time
            await self._park(job, None)
            return
        context = Context(self.db, self.keyring, self.clock, job, self.archives)
        await handling.handler(context, json.loads(job.json))

    async def finish(self, jobs: Sequence[Job]) -> None:
        await store.finish.run(self.db, **store.tokens(jobs))

    async def release(self, jobs: Sequence[Job]) -> None:
        await store.release.run(self.db, at=self.clock(), **store.tokens(jobs))

    async def failed(self, job: Job, error: Exception) -> None:
        handling = HANDLINGS[job.kind]
        code = error.code if isinstance(error, Problem) else type(error).__name__
        if job.attempts >= handling.max_attempts:
            await self._park(job, code)
            return
        due_at = self.clock() + handling.backoff.after(job.attempts)
        await store.retry.run(self.db, id=job.id, fence=job.fence, due_at=due_at, error_code=code)

    async def _park(self, job: Job, code: str | None) -> None:
        at = self.clock()
        if await store.park.run(self.db, id=job.id, fence=job.fence, at=at, error_code=code):
            _parked.labels(job.kind).inc()
