"""Handlers that only exist for one test, and loops that run for the length of a block."""

import asyncio
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest

from sparekey import floors, jobs


@pytest.fixture(autouse=True)
def own_declarations() -> Iterator[None]:
    """What a test declares is forgotten after it; what the product declares is not."""
    floors.load_jobs()
    handlings, schedules = dict(jobs.HANDLINGS), dict(jobs.SCHEDULES)
    yield
    for registry in (jobs.HANDLINGS, jobs.SCHEDULES):
        registry.clear()
    jobs.HANDLINGS.update(handlings)
    jobs.SCHEDULES.update(schedules)


@asynccontextmanager
async def running(*loops: jobs.ClaimLoop[Any]) -> AsyncGenerator[None]:
    """Run the loops inside the block; after it they have come to their orderly end."""
    tasks = [asyncio.create_task(loop.run()) for loop in loops]
    yield
    for loop in loops:
        loop.stop()
    await asyncio.gather(*tasks)


async def work_off(loop: jobs.ClaimLoop[Any]) -> None:
    """Run the loop until it finds nothing more that is due."""
    claim, work, is_idle = loop.claim, loop.work, asyncio.Event()
    unworked = 0

    async def claim_and_tell(limit: int) -> Sequence[Any]:
        nonlocal unworked
        items = await claim(limit)
        unworked += len(items)
        if not unworked:
            is_idle.set()
        return items

    async def work_and_count(item: Any) -> None:
        nonlocal unworked
        try:
            await work(item)
        finally:
            unworked -= 1

    loop.claim, loop.work = claim_and_tell, work_and_count
    loop.poll = timedelta(0)
    async with running(loop), asyncio.timeout(10):
        await is_idle.wait()


class Counting:
    """A handler that counts and lets a test wait for the n-th call."""

    def __init__(self) -> None:
        self.payloads: list[jobs.Payload] = []
        self._called = asyncio.Condition()

    async def __call__(self, context: jobs.Context, payload: jobs.Payload) -> None:
        async with self._called:
            self.payloads.append(payload)
            self._called.notify_all()

    async def calls(self, number: int) -> None:
        async with self._called, asyncio.timeout(10):
            await self._called.wait_for(lambda: len(self.payloads) >= number)
