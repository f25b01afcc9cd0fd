"""Composition root of the worker: the loops that hand messages over, do jobs and seal the journal.

It runs inside `sparekey serve`, or in as many processes of its own as are wanted.
"""

import asyncio
import signal
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from sparekey import floors, gateways, jobs, outbox, sandbox, templates
from sparekey.opening import House, open_house
from sparekey.settings import Settings


def loops(house: House) -> list[jobs.ClaimLoop[Any]]:
    """Every loop of a worker on this house."""
    floors.load_jobs()
    inbox = sandbox.Inbox(house.db, house.keyring)
    routes = gateways.Gateways(gateways.Around(keep=inbox.keep))
    delivery = outbox.Delivery(house.db, house.keyring, house.clock, routes, house.base_url)
    return [
        delivery.loop(),
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


async def work(settings: Settings) -> None:
    """Work until a signal asks to stop."""
    async with open_house(settings) as house, working(house):
        await _asked_to_stop()


async def _asked_to_stop() -> None:
    asked = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, asked.set)
    await asked.wait()
