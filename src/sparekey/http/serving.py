"""A web server beside other things that have to end well after it."""

import asyncio
import signal
from collections.abc import Generator
from contextlib import contextmanager

import uvicorn

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


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
