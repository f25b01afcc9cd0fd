"""The loops of a worker: hand over, hear what comes back, do jobs, keep schedules, seal."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from typing import Any

from sparekey import floors, gateways, inbox, jobs, outbox, receipts, sandbox, templates
from sparekey.opening import House


def loops(house: House) -> list[jobs.ClaimLoop[Any]]:
    """Every loop of a worker on this house."""
    floors.load_jobs()
    screens = sandbox.Inbox(house.db, house.keyring)
    around = gateways.Around(keep=screens.keep, hook_url=house.base_url)
    routes = gateways.Gateways(around, house.db, house.keyring)
    delivery = outbox.Delivery(house.db, house.keyring, house.clock, routes, house.base_url)
    takers = {
        gateways.Report: receipts.take,
        gateways.Incoming: inbox.Texts(house.keyring).take,
    }
    ears = gateways.Ears(house.db, house.keyring, house.clock, takers)
    return [
        delivery.loop(),
        ears.loop(),
        inbox.Letters(house.db, house.keyring, house.clock).loop(),
        jobs.runner(house.db, house.keyring, house.clock, archives=house.archives),
        jobs.scheduler(house.db, house.clock),
        jobs.sealer(house.db, house.keyring, house.clock),
    ]


@asynccontextmanager
async def working(house: House) -> AsyncGenerator[None]:
    """The loops run while the block does, and drain at its end."""
    running = loops(house)
    preparing = asyncio.create_task(asyncio.to_thread(templates.prepare))
    async with _mail(house), asyncio.TaskGroup() as tasks:
        for loop in running:
            tasks.create_task(loop.run(), name=loop.name)
        polling = _polling(house, tasks)
        try:
            yield
        finally:
            await preparing
            if polling is not None:
                polling.cancel()
            for loop in running:
                loop.stop()


def _mail(house: House) -> AbstractAsyncContextManager[object]:
    """Take mail where the settings say so."""
    place = house.settings.mail_listener
    if place is None:
        return nullcontext()
    at = inbox.Place(place.protocol, place.host, place.port)
    return inbox.listening(at, house.db, house.keyring, house.clock)


def _polling(house: House, tasks: asyncio.TaskGroup) -> asyncio.Task[None] | None:
    """Fetch mail where the settings say so."""
    box, password = house.settings.imap, house.settings.imap_password
    if box is None or password is None:
        return None
    mailbox = inbox.Mailbox(box.host, box.port, box.user, password, box.folder, box.is_tls)
    return tasks.create_task(inbox.keep_polling(mailbox, house.db, house.keyring, house.clock))
