"""Composition root of the worker; it also runs inside `sparekey serve`, unless told not to."""

import asyncio
import signal
import socket

from sparekey.loops import working
from sparekey.opening import CannotStart, House, open_house, require_address
from sparekey.settings import Settings


async def work(settings: Settings) -> None:
    """Work until a signal asks to stop."""
    place = _place(settings)
    async with open_house(settings) as house:
        await require_address(house)
        async with working(house):
            await (_asked_to_stop() if place is None else _tell(house, place))


def _place(settings: Settings) -> socket.socket | None:
    """Where this worker tells how it is, taken before it does anything; CannotStart if it is not
    to be had."""
    if settings.worker_port is None:
        return None
    host, port = settings.worker_host, settings.worker_port
    place = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        place.bind((host, port))
    except OSError as error:
        place.close()
        raise CannotStart(
            f"A worker cannot listen at {host}, port {port} ({error.strerror}): give each on this"
            " machine a SPAREKEY_WORKER_PORT of its own, or none."
        ) from error
    return place


async def _tell(house: House, place: socket.socket) -> None:
    """Answer who watches, until a signal asks to stop."""
    import uvicorn  # only who is watched needs it

    from sparekey import http
    from sparekey.watching import watched

    options = http.server_options(house.settings.worker_host, house.settings.worker_port or 0)
    server = http.Server(uvicorn.Config(watched(http.application([]), house), **options))
    await server.serve(sockets=[place])


async def _asked_to_stop() -> None:
    asked = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, asked.set)
    await asked.wait()
