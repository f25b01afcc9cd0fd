"""A stage for plays of years: the product on one database, and everything fresh for each play."""

import asyncio
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

from sparekey.kit.keyring import Keyring
from sparekey.opening import House
from tests.guard.books import SideBySide
from tests.world.basics import START, MovableClock
from tests.world.simulated import simulating

KEYRING = Keyring((b"c" * 32,), (b"s" * 32,), b"i" * 32)  # so that every run meets the same shards
ALICES, BOBS, SHARED = "+447400123456", "bob@mail.example", "family@mail.example"
NOBODYS = "nobody@mail.example"
PEOPLE = {"alice": (ALICES, SHARED), "bob": (BOBS, SHARED)}
ADDRESSES = (ALICES, BOBS, SHARED, NOBODYS)

_FRESH = """DELETE FROM guard.ledger; DELETE FROM guard.cap; DELETE FROM guard.rate;
    UPDATE guard.budget SET charged_until = '-infinity', holds = '{}'"""


@dataclass(slots=True)
class Stage:
    """A database on which one play after another is given, each with a brand of its own."""

    runner: asyncio.Runner
    house: House
    clock: MovableClock

    def run(self, step: Coroutine[Any, Any, Any]) -> Any:
        """Take one step."""
        return self.runner.run(step)

    async def play(self, around: AsyncExitStack) -> SideBySide:
        """A fresh start: empty books, the first moment."""
        self.clock.now = START
        async with self.house.db.session() as connection:
            await connection.execute(_FRESH)
        product = await around.enter_async_context(simulating(self.house, self.clock))
        play = SideBySide(product)
        for name, addresses in PEOPLE.items():
            await play.enrol(name, *addresses)
        return play
