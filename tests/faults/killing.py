"""Kills, as power cuts and out-of-memory killers do, and what a service manager does after them."""

import asyncio
import random
import signal
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field

from tests.world.postgres import Postmaster
from tests.world.processes import Process

#: The shortest and the longest time between two kills.
_PAUSE_SECONDS = (0.2, 2.0)


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

    def __str__(self) -> str:
        return f"kills={self.kills} database_kills={self.database_kills}"

    async def kill_under(
        self,
        load: Callable[[asyncio.Event], Coroutine[None, None, None]],
        kills: int,
        database_kills: int,
    ) -> None:
        """Kill so many times while `load` goes on; afterwards everybody is there again."""
        is_over = asyncio.Event()
        every = kills // database_kills
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(load(is_over))
            for number in range(1, kills + 1):
                await self._kill_one()
                if number % every == 0:
                    await self._kill_database()
            is_over.set()
        await until(lambda: all(one.is_running() for one in self.processes), self._look_after)

    async def _kill_one(self) -> None:
        """Something must get done before: on a machine on which a start takes longer than the
        pause nothing would be seen but starts."""
        goal = self.work_done() + 3
        await asyncio.sleep(self.chance.uniform(*_PAUSE_SECONDS))
        await until(lambda: self.work_done() >= goal, self._look_after, within=60)
        victim = self.chance.choice([one for one in self.processes if one.is_running()])
        victim.kill()
        victim.start()
        self.kills += 1

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
