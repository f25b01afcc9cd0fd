"""Settling what was worked off, many items per statement, through outages of the database."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Generic, TypeVar

from sparekey.db import is_passing

Item = TypeVar("Item")

#: How often the last items are tried when the loop ends while the database is away.
_LAST_TRIES = 10


class Settling(Generic[Item]):
    """Hands items to `finish`, each time all that came while the last batch was on its way.

    While the database is away they are kept and tried again: what was sent must not look unsent.
    An item that cannot be settled at all is reported and left to its lease.
    """

    def __init__(
        self,
        finish: Callable[[Sequence[Item]], Awaitable[object]],
        *,
        pause: timedelta,
        report: Callable[[str, Exception], None],
    ) -> None:
        self._finish = finish
        self._pause = pause
        self._report = report
        self._items: list[Item] = []
        self._is_closed = False
        self._news = asyncio.Event()

    def put(self, item: Item) -> None:
        """Settle this one with the next batch."""
        self._items.append(item)
        self._news.set()

    def close(self) -> None:
        """Nothing more will come."""
        self._is_closed = True
        self._news.set()

    async def run(self) -> None:
        """Settle until closed and done."""
        tries_left = _LAST_TRIES
        while (self._items or not self._is_closed) and tries_left:
            if not self._items:
                await self._news.wait()
            self._news.clear()
            batch, self._items = self._items, []
            if not await self._settle(batch):
                self._items = [*batch, *self._items]
                tries_left -= self._is_closed
                await asyncio.sleep(self._pause.total_seconds())

    async def _settle(self, batch: list[Item]) -> bool:
        """False when the batch should come again."""
        try:
            if batch:
                await self._finish(batch)
        except Exception as error:  # one batch's failure is not the loop's
            self._report("finish_failed", error)
            if is_passing(error):
                return False
            if len(batch) > 1:  # one of them spoils it for the others
                settled = [await self._settle([item]) for item in batch]
                return all(settled)
        return True
