"""The loops of a worker: hand over, hear what comes back, do jobs, keep schedules, seal."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager, nullcontext
from typing import Any

from sparekey import (
    floors,
    flows,
    gateways,
    inbox,
    jobs,
    nodes,
    outbox,
    receipts,
    sandbox,
    templates,
)
from sparekey.opening import House


def routes_of(house: House) -> gateways.Gateways:
    """The gateways as this process opens them."""
    screens = sandbox.Inbox(house.db, house.keyring)
    around = gateways.Around(keep=screens.keep, hook_url=house.base_url)
    return gateways.Gateways(around, house.db, house.keyring)


def loops(house: House, routes: gateways.Gateways) -> list[jobs.ClaimLoop[Any]]:
    """Every loop of a worker on this house."""
    floors.load_jobs()
    nodes.use_post(nodes.Posting())
    delivery = outbox.Delivery(house.db, house.keyring, house.clock, routes, house.base_url)
    takers = {
        gateways.Report: receipts.take,
        gateways.Incoming: inbox.Texts(house.keyring).take,
    }
    ears = gateways.Ears(house.db, house.keyring, house.clock, takers)
    return [
        *delivery.loops(),
        ears.loop(),
        inbox.Letters(house.db, house.keyring, house.clock).loop(),
        flows.waker(house.db, house.keyring, house.clock),
        *jobs.runners(house.db, house.keyring, house.clock, archives=house.archives),
        jobs.scheduler(house.db, house.clock),
        jobs.sealer(house.db, house.keyring, house.clock),
    ]


@asynccontextmanager
async def working(house: House) -> AsyncGenerator[None]:
    """The loops run while the block does, and drain at its end."""
    routes = routes_of(house)
    running = loops(house, routes)
    preparing = asyncio.create_task(asyncio.to_thread(templates.prepare))
    async with _mail(house), aclosing(routes.wires), asyncio.TaskGroup() as tasks:
        listening = tasks.create_task(routes.wires.keep_listening())
        for loop in running:
            tasks.create_task(loop.run(), name=loop.name)
        polling = _polling(house, tasks)
        try:
            yield
        finally:
            await preparing
            listening.cancel()
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
