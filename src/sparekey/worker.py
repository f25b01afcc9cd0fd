"""Composition root of the worker; it also runs inside `sparekey serve`, unless told not to."""

import asyncio
import signal

from sparekey.loops import working
from sparekey.opening import open_house, require_address
from sparekey.settings import Settings


async def work(settings: Settings) -> None:
    """Work until a signal asks to stop."""
    async with open_house(settings) as house:
        await require_address(house)
        async with working(house):
            await _asked_to_stop()


async def _asked_to_stop() -> None:
    asked = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, asked.set)
    await asked.wait()
