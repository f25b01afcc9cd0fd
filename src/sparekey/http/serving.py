"""A web server beside other things that have to end well after it."""

import asyncio
import signal
import socket
from collections.abc import Callable, Generator
from contextlib import contextmanager

import uvicorn

_SIGNALS = (signal.SIGINT, signal.SIGTERM)

_lasting: set[Callable[[], None]] = set()
_stopping = asyncio.Event()


@contextmanager
def ended_with_server(end: Callable[[], None]) -> Generator[None]:
    """For answers that last: `end` is called as soon as this process's server begins to stop.

    A server waits for every answer that it began, so one that goes on would hold up the drain.
    """
    _lasting.add(end)
    if _stopping.is_set():
        end()
    try:
        yield
    finally:
        _lasting.discard(end)


class Server(uvicorn.Server):
    """Its `serve()` returns at SIGINT or SIGTERM, so that whoever opened the rest can close it.

    uvicorn's own raises the signal again, which ends the process before the worker has drained.
    """

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """Listen while serving; a second signal, while closing, ends the process at once."""
        loop = asyncio.get_running_loop()
        for number in _SIGNALS:
            loop.add_signal_handler(number, self.handle_exit, number, None)
        try:
            yield
        finally:
            for number in _SIGNALS:
                loop.remove_signal_handler(number)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End what would last, then stop as every server does: wait for the rest."""
        _stopping.set()
        for end in tuple(_lasting):
            end()
        try:
            await super().shutdown(sockets)
        finally:
            _stopping.clear()
