"""Kills, as power cuts and out-of-memory killers do, and what a service manager does after them."""

import asyncio
import random
import signal
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from tests.world.postgres import Postmaster
from tests.world.processes import Process

#: The shortest and the longest time between two kills.
_PAUSE_SECONDS = (0.2, 2.0)


class Database(Protocol):
    """A database server to be killed."""

    def kill(self) -> None:
        """End it as a power cut would."""
        ...

    def is_back(self) -> bool:
        """Do the next step of having it back; True when it answers again."""
        ...


@dataclass(frozen=True, slots=True)
class Served:
    """The operator's own, started again by whatever looks after it."""

    postmaster: Postmaster

    def kill(self) -> None:
        self.postmaster.end(signal.SIGKILL)

    def is_back(self) -> bool:
        if not self.postmaster.is_running():
            self.postmaster.start()
        return self.postmaster.is_ready()


@dataclass(slots=True)
class Killer:
    """Ends one process after the other at moments of chance; each is started again at once.

    `by` is how: SIGKILL, or SIGTERM to see that nobody who is asked loses anything.
    """

    processes: Sequence[Process]
    chance: random.Random
    work_done: Callable[[], int]
    database: Database | None = None
    by: signal.Signals = signal.SIGKILL
    kills: int = 0
    database_kills: int = 0
    ended_alone: list[str] = field(default_factory=list[str])

    def __str__(self) -> str:
        return f"kills={self.kills} database_kills={self.database_kills}"

    async def kill_under(
        self,
        load: Callable[[asyncio.Event], Coroutine[None, None, None]],
        kills: int,
        database_kills: int = 0,
    ) -> None:
        """Kill so many times while `load` goes on; afterwards everybody is there again."""
        is_over = asyncio.Event()
        every = kills // database_kills if database_kills else kills + 1
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
        await asyncio.to_thread(victim.stop, self.by)
        victim.start()
        self.kills += 1

    def _look_after(self) -> None:
        """Start what ended by itself: its database may have died while it started."""
        for one in self.processes:
            if not one.is_running():
                self.ended_alone.append(one.log.read_text()[-2000:])
                one.start()

    async def _kill_database(self) -> None:
        assert self.database is not None
        await asyncio.sleep(self.chance.uniform(0, 0.5))
        self.database.kill()
        self.database_kills += 1
        await until(self.database.is_back)


async def until(
    condition: Callable[[], bool], meanwhile: Callable[[], object] = int, *, within: float = 30
) -> None:
    """Look until it is true, doing something meanwhile; AssertionError when it is not in time."""
    async with asyncio.timeout(within):
        while not condition():
            meanwhile()
            await asyncio.sleep(0.02)
