"""The loops of a worker: hand messages over, do jobs, keep schedules, seal the journal."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from sparekey import floors, gateways, jobs, outbox, sandbox, templates
from sparekey.opening import House


def loops(house: House) -> list[jobs.ClaimLoop[Any]]:
    """Every loop of a worker on this house."""
    floors.load_jobs()
    inbox = sandbox.Inbox(house.db, house.keyring)
    around = gateways.Around(keep=inbox.keep)
    routes = gateways.Gateways(around, house.db, house.keyring)
    delivery = outbox.Delivery(house.db, house.keyring, house.clock, routes, house.base_url)
    return [
        *delivery.loops(),
        jobs.runner(house.db, house.keyring, house.clock, archives=house.archives),
        jobs.scheduler(house.db, house.clock),
        jobs.sealer(house.db, house.keyring, house.clock),
    ]


@asynccontextmanager
async def working(house: House) -> AsyncGenerator[None]:
    """The loops run while the block does, and drain at its end."""
    running = loops(house)
    preparing = asyncio.create_task(asyncio.to_thread(templates.prepare))
    async with asyncio.TaskGroup() as tasks:
        for loop in running:
            tasks.create_task(loop.run(), name=loop.name)
        try:
            yield
        finally:
            await preparing
            for loop in running:
                loop.stop()
