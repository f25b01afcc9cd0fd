"""Putting jobs into the queue, and what people decide about those that were given up."""

import json
from datetime import datetime
from uuid import UUID

from sparekey.db import Executor, Tx
from sparekey.jobs import store
from sparekey.jobs.model import Context, Lane, LostLease, Parked, Payload
from sparekey.jobs.wake import wake
from sparekey.kit.ids import new_id


async def queue(
    on: Executor,
    *,
    kind: str,
    payload: Payload,
    due_at: datetime,
    at: datetime,
    id: UUID | None = None,
    lane: Lane = Lane.PROMPT,
    tenant: int = 0,
) -> UUID:
    """Have a job done at `due_at` or soon after, if the transaction commits; its id.

    `payload` holds ids, never a secret or an address. Queueing the same `id` again does nothing.
    `tenant` is whose system is asked, in a lane that is shared.
    """
    job_id = id or new_id(at)
    await store.queue.run(
        on, id=job_id, kind=kind, payload=json.dumps(payload), due_at=due_at, at=at, lane=lane,
        tenant=tenant,
    )  # fmt: skip
    if due_at <= at:
        on.after_commit(wake(lane.queue).set)
    return job_id


async def settle(tx: Tx, context: Context) -> None:
    """End the handler's own job in `tx`, so that its effects happen exactly once.

    Raises LostLease, which undoes them, if the job is somebody else's by now.
    """
    job = context.job
    if await store.finish.run(tx, **store.tokens([job])) == 0:
        raise LostLease(job.kind)


async def parked(on: Executor, *, limit: int = 100) -> list[Parked]:
    """The jobs that were given up, the latest first."""
    return await store.parked.all(on, limit=limit)


async def count_parked(on: Executor) -> int:
    """How many jobs were given up."""
    return await store.count_parked.one(on)


async def oldest_due(on: Executor, lane: Lane = Lane.PROMPT) -> datetime | None:
    """When the first job of a lane was, or will be, due."""
    return await store.oldest_due.maybe(on, lane=lane)


async def revive(on: Executor, job_id: UUID, *, at: datetime) -> bool:
    """Let a parked job be tried anew; False when it is not parked."""
    lane = await store.revive.maybe(on, id=job_id, at=at)
    if lane is None:
        return False
    on.after_commit(wake(Lane(lane).queue).set)
    return True
