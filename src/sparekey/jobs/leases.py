"""Claiming under leases, and taking back the claims whose answer was lost on its way.

A claim may be durable though its answer never came: the database ended, or the line broke, between
the commit and the answer. Its rows would wait out their lease with nobody at work on them. They all
carry the end of that lease, to the microsecond, and are found again by it.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from sparekey.kit.clock import Clock

Row = TypeVar("Row")


@dataclass(slots=True)
class Leases:
    """Leases of one `length` over one queue.

    `recall(at, ends)` makes due again, from `at`, what is leased until exactly one of `ends`. It
    may hit a lease of another process that ends in the same microsecond: their fencing tokens
    settle it.
    """

    length: timedelta
    clock: Clock
    recall: Callable[[datetime, Sequence[datetime]], Awaitable[object]]
    _lost: list[datetime] = field(default_factory=list[datetime])

    async def claim(self, take: Callable[[datetime, datetime], Awaitable[list[Row]]]) -> list[Row]:
        """What `take(at, until)` takes; whatever earlier claims took unheard is due again first."""
        at = self.clock()
        self._lost = [end for end in self._lost if end > at]
        if self._lost:
            await self.recall(at, self._lost)
            self._lost.clear()
        until = at + self.length
        try:
            return await take(at, until)
        except BaseException:
            self._lost.append(until)
            raise
