"""Waking a loop of this process as soon as there is work, instead of at its next look.

PostgreSQL's NOTIFY would serialise the commits of everyone who notifies, so processes are not
told of each other's work: they find it at their next look, a fraction of a second later.
"""

import asyncio
from collections import defaultdict
from datetime import timedelta


class Wake:
    """A flag that one loop waits for and clears, and that anybody may set."""

    def __init__(self) -> None:
        self._is_set = False
        self._waiting: asyncio.Future[None] | None = None

    def set(self) -> None:
        """Let the loop look for work at once; call it after the commit."""
        self._is_set = True
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)

    async def wait(self, at_most: timedelta) -> None:
        """Return when it is set (again), at the latest after `at_most`."""
        if not self._is_set:
            self._waiting = asyncio.get_running_loop().create_future()
            await asyncio.wait([self._waiting], timeout=at_most.total_seconds())
            self._waiting = None
        self._is_set = False


_wakes: defaultdict[str, Wake] = defaultdict(Wake)


def wake(queue: str) -> Wake:
    """This process's wake-up for the loop over the table `queue`, `outbox.due` for example."""
    return _wakes[queue]
