"""The loop that wakes runs: claim those whose time has come, let each take its breath, write down.

A breath without effects is written with many others; one with effects in a transaction of its own,
which stands or falls with the fencing token of its claim. So whatever happens at once, one wins.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sparekey import events, jobs
from sparekey.db import Db
from sparekey.flows import journal
from sparekey.flows.contract import Stuck
from sparekey.flows.engine import Moved, advance
from sparekey.flows.service.loading import graph
from sparekey.flows.service.settling import QUEUE, TurnedAt, carry_out, landed, write
from sparekey.flows.store import runs
from sparekey.flows.store.runs import RunRow
from sparekey.kit.clock import Clock
from sparekey.kit.keyring import Keyring

_LEASE = timedelta(seconds=60)
_BACKOFF = jobs.Backoff(first=timedelta(seconds=2), longest=timedelta(minutes=10))
#: So often a run is tried before a person has to look at it.
MOST_ATTEMPTS = 6


def waker(
    db: Db,
    keyring: Keyring,
    clock: Clock,
    *,
    concurrency: int = 10,
    batch: int = 500,
    poll: timedelta = timedelta(seconds=0.1),
) -> jobs.ClaimLoop[RunRow]:
    """Wakes the runs of every brand."""

    async def recall(at: datetime, ends: Sequence[datetime]) -> None:
        await runs.recall.run(db, at=at, ends=ends)

    desk = _Desk(db, keyring, clock, jobs.Leases(_LEASE, clock, recall))
    return jobs.ClaimLoop(
        name=QUEUE,
        claim=desk.claim,
        work=desk.work,
        finish=desk.finish,
        failed=desk.failed,
        release=desk.release,
        wake=jobs.wake(QUEUE),
        concurrency=concurrency,
        batch=batch,
        poll=poll,
        lease=_LEASE,
    )


@dataclass(frozen=True, slots=True)
class _Desk:
    """The verbs of the loop over the table of runs."""

    db: Db
    keyring: Keyring
    clock: Clock
    leases: jobs.Leases
    #: Breaths without effects, by their run, until they are written.
    quiet: dict[UUID, Moved] = field(default_factory=dict[UUID, Moved])

    async def claim(self, limit: int) -> list[RunRow]:
        async def take(at: datetime, until: datetime) -> list[RunRow]:
            return await runs.claim.all(self.db, at=at, until=until, limit=limit)

        return await self.leases.claim(take)

    async def work(self, row: RunRow) -> None:
        if row.attempts > MOST_ATTEMPTS:  # the process died over it each time
            await self._park(row, "run.died")
            return
        instead: dict[str, str] = {}
        while True:  # each node turns a run once in a breath
            try:
                await self._breathe(row, instead)
                return
            except TurnedAt as turned:
                instead |= turned.way

    async def _breathe(self, row: RunRow, instead: Mapping[str, str]) -> None:
        at = self.clock()
        drawn = await graph(self.db, row.version_id)
        moved = advance(drawn, row.run, row.event, at=at, instead=instead)
        if not moved.effects and moved.jump is None:
            self.quiet[row.id] = moved
            return
        async with self.db.transaction() as tx:
            won = await write(tx, [await landed(tx, moved, at=at)], at=at)
            if won:  # else something else happened to it first, and nothing of this did
                await carry_out(tx, drawn, moved, keyring=self.keyring, at=at)

    async def finish(self, rows: Sequence[RunRow]) -> None:
        moves = [moved for row in rows if (moved := self._quiet_of(row)) is not None]
        if moves:
            async with self.db.transaction() as tx:
                await write(tx, moves, at=self.clock())
        for moved in moves:
            if self.quiet.get(moved.run.id) is moved:  # else it was claimed again meanwhile
                del self.quiet[moved.run.id]

    def _quiet_of(self, row: RunRow) -> Moved | None:
        moved = self.quiet.get(row.id)
        return moved if moved is not None and moved.run.fence == row.fence else None

    async def release(self, rows: Sequence[RunRow]) -> None:
        await runs.release.run(self.db, at=self.clock(), **runs.tokens(rows))

    async def failed(self, row: RunRow, error: Exception) -> None:
        if isinstance(error, Stuck):
            await self._park(row, error.code)
        elif row.attempts >= MOST_ATTEMPTS:
            await self._park(row, type(error).__name__)
        else:
            wake_at = self.clock() + _BACKOFF.after(row.attempts)
            await runs.retry_later.run(self.db, id=row.id, fence=row.fence, wake_at=wake_at)

    async def _park(self, row: RunRow, reason: str) -> None:
        at = self.clock()
        async with self.db.transaction() as tx:
            if await runs.park.run(tx, id=row.id, fence=row.fence, at=at, reason=reason):
                await events.append(
                    tx,
                    at=at,
                    kind=journal.PARKED,
                    brand=row.brand_id,
                    subject=row.id,
                    data={"reason": reason},
                )
