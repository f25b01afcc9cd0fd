"""Kills, as power cuts and out-of-memory killers do, and what a service manager does after them."""

import asyncio
import random
import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from tests.world.postgres import Postmaster
from tests.world.processes import Process


@dataclass(slots=True)
class Killer:
    """Kills one process after the other at moments of chance; each is started again at once."""

    processes: Sequence[Process]
    chance: random.Random
    work_done: Callable[[], int]
    postmaster: Postmaster | None = None
    kills: int = 0
    database_kills: int = 0
    ended_alone: list[str] = field(default_factory=list[str])

    async def kill(self, times: int, *, within: tuple[float, float], database_at: Sequence[int]):
        """`within` are the shortest and longest time between two kills, in seconds; after the
        kills numbered in `database_at` the database server is killed as well.

        Something must get done between two kills: a machine on which a start takes longer than
        that would show nothing else.
        """
        for number in range(1, times + 1):
            goal = self.work_done() + 3
            await asyncio.sleep(self.chance.uniform(*within))
            await until(lambda goal=goal: self.work_done() >= goal, self._look_after, within=60)
            victim = self.chance.choice([one for one in self.processes if one.is_running()])
            victim.kill()
            victim.start()
            self.kills += 1
            if number in database_at:
                await self._kill_database()

    async def revive(self) -> None:
        """Have every process running."""
        await until(lambda: all(one.is_running() for one in self.processes), self._look_after)

    def _look_after(self) -> None:
        """Start what ended by itself: its database may have died while it started."""
        for one in self.processes:
            if not one.is_running():
                self.ended_alone.append(one.log.read_text()[-2000:])
                one.start()

    async def _kill_database(self) -> None:
        postmaster = self.postmaster
        assert postmaster is not None
        await asyncio.sleep(self.chance.uniform(0, 0.5))
        postmaster.end(signal.SIGKILL)
        self.database_kills += 1

        def start_again() -> None:
            if not postmaster.is_running():
                postmaster.start()

        await until(postmaster.is_ready, start_again)


async def until(
    condition: Callable[[], bool], meanwhile: Callable[[], object] = int, *, within: float = 30
) -> None:
    """Look until it is true, doing something meanwhile; AssertionError when it is not in time."""
    async with asyncio.timeout(within):
        while not condition():
            meanwhile()
            await asyncio.sleep(0.02)
