"""The one loop that works off a queue: claim under a lease, work, settle.

It serves every table that is a queue. The owner of the table brings the claim (an UPDATE … FOR
UPDATE SKIP LOCKED that sets a lease and counts up a fencing token) and the work; the loop brings
bounded concurrency, time-outs, survival of database restarts, and an orderly end. An item whose
process dies is claimed again when its lease has run out.
"""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Generic, TypeVar

from prometheus_client import Counter

from sparekey.db import is_passing
from sparekey.jobs.settling import Settling
from sparekey.jobs.wake import Wake
from sparekey.kit.outlived import outlive

Item = TypeVar("Item")

_worked = Counter("sparekey_worked", "Items worked off, by queue and outcome", ["queue", "outcome"])


def _type_name(item: object) -> str:
    return type(item).__name__


@dataclass(slots=True, kw_only=True, eq=False)
class ClaimLoop(Generic[Item]):
    """Works off the queue `name` between `run()` and `stop()`.

    `claim(limit)` takes at most so many due items, `work(item)` does one of them. After a work
    that raised, `failed(item, error)` decides when it comes again (else its lease does). Items
    that are done go to `finish` many at a time, which is what makes them cheap; those that were
    not begun (at the stop, or too late in their lease) go back by `release`. Every verb must do
    nothing for an item whose fencing token is no longer the row's. Claims are at least `apart`
    from each other: a busy queue is then claimed in larger, cheaper batches, an idle one at once.
    """

    name: str
    claim: Callable[[int], Awaitable[Sequence[Item]]]
    work: Callable[[Item], Awaitable[object]]
    wake: Wake
    finish: Callable[[Sequence[Item]], Awaitable[object]] | None = None
    failed: Callable[[Item, Exception], Awaitable[object]] | None = None
    release: Callable[[Sequence[Item]], Awaitable[object]] | None = None
    kind: Callable[[Item], str] = _type_name
    concurrency: int = 10
    batch: int = 100
    poll: timedelta = timedelta(seconds=0.5)
    apart: timedelta = timedelta(0)
    lease: timedelta = timedelta(seconds=60)
    timeout: timedelta = timedelta(seconds=30)
    now: Callable[[], float] = time.monotonic
    _backlog: deque[tuple[float, Item]] = field(default_factory=deque[tuple[float, Item]])
    _room: asyncio.Event = field(default_factory=asyncio.Event)
    _begin: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(0))
    _settling: Settling[Item] | None = None
    _done: Counter = field(init=False)
    _is_stopping: bool = False

    def __post_init__(self) -> None:
        if self.lease <= self.timeout:
            raise ValueError(f"{self.name}: the lease must outlast the work's time-out")
        self._done = _worked.labels(self.name, "done")
        if self.finish is not None:
            self._settling = Settling(self.finish, pause=self.poll, report=self._report)

    async def run(self) -> None:
        """Work until `stop()` is called, then finish what was begun and give back the rest."""
        async with asyncio.TaskGroup() as tasks:
            if self._settling is not None:
                tasks.create_task(self._settling.run())
            async with asyncio.TaskGroup() as workers:
                for _ in range(self.concurrency):
                    workers.create_task(self._work_off())
                await self._keep_claiming()
            if self._settling is not None:
                self._settling.close()

    def stop(self) -> None:
        """Ask `run()` to come to its end."""
        self._is_stopping = True
        self._room.set()
        self.wake.set()

    async def _keep_claiming(self) -> None:
        self._room.set()
        while not self._is_stopping:
            await self._room.wait()
            limit = self.batch - len(self._backlog)
            began = self.now()
            if await self._claim(limit) < limit:
                await self.wake.wait(self.poll)
                early = self.apart.total_seconds() - (self.now() - began)
                if early > 0:
                    await asyncio.sleep(early)
        unbegun = [item for _, item in self._backlog]
        self._backlog.clear()
        for _ in range(self.concurrency):
            self._begin.release()
        await self._give_back(unbegun)

    async def _claim(self, limit: int) -> int:
        started = self.now()
        try:
            items = await self.claim(limit)
        except Exception as error:  # this loop outlives a restart of its database
            self._report("claim_failed", error)
            return 0
        for item in items:
            self._backlog.append((started, item))
            self._begin.release()
        if len(self._backlog) > self.batch // 2:
            self._room.clear()
        return len(items)

    async def _work_off(self) -> None:
        latest_start = (self.lease - self.timeout).total_seconds()
        while True:
            await self._begin.acquire()
            if self._is_stopping or not self._backlog:
                return
            claimed, item = self._backlog.popleft()
            if len(self._backlog) <= self.batch // 2:
                self._room.set()
            if self.now() - claimed < latest_start:
                await self._work(item, claimed + self.lease.total_seconds())
            else:  # another may claim it before we are done: leave it to them
                _worked.labels(self.name, "late").inc()
                await self._give_back([item])

    async def _work(self, item: Item, lease_ends: float) -> None:
        try:
            async with asyncio.timeout(self.timeout.total_seconds()):
                await self.work(item)
        except Exception as error:  # one item's failure is not the loop's
            self._report("work_failed", error, kind=self.kind(item))
            _worked.labels(self.name, "failed").inc()
            if self.failed is not None:
                await self._safely("fail", partial(self.failed, item, error), until=lease_ends)
            return
        self._done.inc()
        if self._settling is not None:
            self._settling.put(item)

    async def _give_back(self, items: Sequence[Item]) -> None:
        if items and self.release is not None:
            await self._safely("release", partial(self.release, items), until=self.now())

    async def _safely(
        self, what: str, settle: Callable[[], Awaitable[object]], *, until: float
    ) -> None:
        """Settle, through an outage of the database if need be, as long as the item is ours.

        A lost settlement costs a repetition when the lease ends, and nothing else.
        """
        while True:
            try:
                await settle()
                return
            except Exception as error:
                self._report(f"{what}_failed", error)
                if not is_passing(error) or self._is_stopping or self.now() >= until:
                    return
            await asyncio.sleep(self.poll.total_seconds())

    def _report(self, event: str, error: Exception, **more: str) -> None:
        outlive(event, error, queue=self.name, **more)
