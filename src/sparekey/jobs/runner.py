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
from sparekey.jobs.model import Context, Job, Lane
from sparekey.jobs.seats import Seats
from sparekey.jobs.wake import wake
from sparekey.kit.clock import Clock
from sparekey.kit.keyring import Keyring
from sparekey.kit.problem import Problem

_LEASE = timedelta(seconds=60)
#: How many of each lane are done at once; a question that hangs only needs to be remembered.
_AT_ONCE = {Lane.PROMPT: 10, Lane.CROWD: 4, Lane.OUTSIDE: 50}
_parked = Counter("sparekey_jobs_parked", "Jobs given up until a person decides", ["kind"])


def runners(
    db: Db, keyring: Keyring, clock: Clock, *, archives: Sequence[Archive] = ()
) -> list[ClaimLoop[Job]]:
    """A runner for each lane."""
    return [runner(db, keyring, clock, lane=lane, archives=archives) for lane in Lane]


def runner(
    db: Db,
    keyring: Keyring,
    clock: Clock,
    *,
    lane: Lane = Lane.PROMPT,
    archives: Sequence[Archive] = (),
    batch: int = 100,
    poll: timedelta = timedelta(seconds=0.5),
) -> ClaimLoop[Job]:
    """Does the jobs of one lane, of every kind that has a handler in this process."""

    async def recall(at: datetime, ends: Sequence[datetime]) -> None:
        await store.recall.run(db, lane=lane, at=at, ends=ends)

    at_once = _AT_ONCE[lane]
    parts = db, keyring, clock, lane, archives, Leases(_LEASE, clock, recall)
    desk = _SharedDesk(*parts, Seats(at_once)) if lane is Lane.OUTSIDE else _Desk(*parts)
    return ClaimLoop(
        name=lane.queue,
        claim=desk.claim,
        work=desk.work,
        finish=desk.finish,
        failed=desk.failed,
        release=desk.release,
        kind=lambda job: job.kind,
        wake=wake(lane.queue),
        concurrency=at_once,
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
    lane: Lane
    archives: Sequence[Archive]
    leases: Leases

    async def claim(self, limit: int) -> list[Job]:
        async def take(at: datetime, until: datetime) -> list[Job]:
            kinds = list(HANDLINGS)
            return await store.claim.all(
                self.db, lane=self.lane, at=at, until=until, kinds=kinds, limit=limit
            )

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


@dataclass(frozen=True, slots=True)
class _SharedDesk(_Desk):
    """The same for a lane whose seats are shared: what is claimed has one, and begins at once."""

    seats: Seats

    async def claim(self, limit: int) -> list[Job]:
        """One of each tenant that is not full; asked again at once while there was something."""
        most, full = min(limit, self.seats.free), self.seats.full

        async def take(at: datetime, until: datetime) -> list[Job]:
            return await store.claim_in_turn.all(
                self.db, at=at, until=until, kinds=list(HANDLINGS), full=full, limit=most
            )

        jobs = await self.leases.claim(take) if most else []
        self.seats.take(jobs)
        if jobs:
            wake(self.lane.queue).set()
        return jobs

    async def work(self, job: Job) -> None:
        try:
            await _Desk.work(self, job)
        finally:
            self._leave([job])

    async def release(self, jobs: Sequence[Job]) -> None:
        self._leave(jobs)
        await _Desk.release(self, jobs)

    def _leave(self, jobs: Sequence[Job]) -> None:
        self.seats.leave(jobs)
        wake(self.lane.queue).set()
