"""What is measured, one phase after the other; every figure is of this machine in this minute.

A load is driven between two runs of pgbench with as many connections, and divided by their mean.
While pgbench runs the server gets no processor, so that pgbench has the whole machine.
"""

import asyncio
import random
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import LiteralString

from benchmarks.house import House, Server
from benchmarks.load import Load, load
from benchmarks.machine import CpuSeconds
from benchmarks.rival import Pgbench, Rate
from benchmarks.statements import LANE, LANES, Statements, made_id
from sparekey.kit.ids import floor_id, show


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a load, what it cost, and what pgbench did before and after it.

    `share` is the part of all those calls that did what they are measured for.
    """

    load: Load
    cpu: CpuSeconds
    share: float
    rival: tuple[Rate, ...] = ()
    rival_cpu: tuple[CpuSeconds, ...] = ()

    @property
    def rival_per_s(self) -> float:
        return sum(rate.per_s for rate in self.rival) / len(self.rival)

    @property
    def ratio(self) -> float:
        """How much of what PostgreSQL alone can do arrives at the door."""
        return self.load.per_s / self.rival_per_s

    @property
    def work_ratio(self) -> float:
        """The same from processor time per call: what it would be if nobody else were here and no
        processor ever idle. On a busy machine one server gets less of it than sixteen backends."""
        theirs = sum(cpu.ours for cpu in self.rival_cpu) / sum(rate.calls for rate in self.rival)
        return theirs / (self.cpu.ours / self.load.requests)


@dataclass(slots=True)
class Bench:
    """Everything a phase needs, and how far the challenges made for checks are used up."""

    house: House
    server: Server
    rival: Pgbench
    statements: Statements
    made_at: datetime
    made: int
    _pgbench_turns: int = 0
    _load_turns: int = 0
    _order: list[int] = field(default_factory=list[int])

    async def make_challenges(self) -> None:
        """Make the challenges that checks are sent to: two thirds for pgbench."""
        await asyncio.gather(*(self._make(lane) for lane in range(LANES)))
        await self.house.db.execute("TRUNCATE outbox.due")
        await self.house.db.execute("VACUUM ANALYZE")
        numbers = list(range(self._share + 1, self.made + 1))
        for _ in range(3):
            random.shuffle(numbers)
            self._order += numbers

    async def _make(self, lane: int) -> None:
        for first in range(1 + lane * LANE, self.made + 1, LANES * LANE):
            await self.house.db.fetch(self.statements.make, first, first + LANE - 1)

    @property
    def _share(self) -> int:
        return self.made * 2 // 3

    async def start(self, *, seconds: int, connections: int) -> Run:
        """Starts, between two runs of pgbench."""
        since = now()
        before, its_cpu = await self._rival_starts(seconds, connections)
        load, cpu = await self._driven("start", seconds, connections)
        after, again = await self._rival_starts(seconds, connections)
        share = await self._admitted(since) / (load.requests + before.calls + after.calls)
        return Run(load, cpu, share, (before, after), (its_cpu, again))

    async def start_alone(self, *, seconds: int, connections: int, pause_ms: int = 0) -> Run:
        """Starts; with a pause on each connection between them."""
        since = now()
        given = {"BENCH_PAUSE_MS": str(pause_ms)}
        load, cpu = await self._driven("start", seconds, connections, given)
        await self.drained()
        return Run(load, cpu, await self._admitted(since) / load.requests)

    async def pairs(self, *, seconds: int, connections: int) -> Run:
        """A start, and one wrong code at what it answered."""
        since = now()
        load, cpu = await self._driven("pairs", seconds, connections)
        await self.drained()
        looked_at = await self._count(_GUESSES, floor_id(since))
        return Run(load, cpu, (await self._admitted(since) + looked_at) / load.requests)

    async def check(self, *, seconds: int, connections: int) -> Run:
        """Wrong codes, between two runs of pgbench."""
        looked_at = await self._count(_GUESSES, made_id(self.made_at, 0))
        before, its_cpu = await self._rival_checks(seconds, connections)
        lines = [show("ver", made_id(self.made_at, n)) for n in self._order[self._load_turns :]]
        path = self.house.directory / "challenges.txt"
        path.write_text("\n".join(lines) + "\n")
        load, cpu = await self._driven("check", seconds, connections, {"BENCH_IDS": str(path)})
        self._load_turns += load.requests + connections
        after, again = await self._rival_checks(seconds, connections)
        looked_at = await self._count(_GUESSES, made_id(self.made_at, 0)) - looked_at
        calls = load.requests + before.calls + after.calls
        return Run(load, cpu, looked_at / calls, (before, after), (its_cpu, again))

    async def _driven(
        self, script: str, seconds: int, connections: int, given: Mapping[str, str] | None = None
    ) -> tuple[Load, CpuSeconds]:
        before = self._cpu()
        done = await load(
            script,
            url=self.server.url,
            key=self.house.key,
            seconds=seconds,
            connections=connections,
            given=given or {},
        )
        return done, self._cpu().since(before)

    def _cpu(self) -> CpuSeconds:
        return CpuSeconds.now(server=self.server.pid, postmaster=self.house.postmaster)

    async def _rival_starts(self, seconds: int, connections: int) -> tuple[Rate, CpuSeconds]:
        return await self._pgbench("start", self.statements.start, seconds, connections, {})

    async def _rival_checks(self, seconds: int, connections: int) -> tuple[Rate, CpuSeconds]:
        given = {"i": 0, "base": self._pgbench_turns, "size": self._share}
        check = self.statements.check
        rate, cpu = await self._pgbench("check", check, seconds, connections, given)
        self._pgbench_turns += rate.calls * 9 // 8  # the fastest client is ahead of the others
        return rate, cpu

    async def _pgbench(
        self, name: str, script: str, seconds: int, connections: int, given: Mapping[str, int]
    ) -> tuple[Rate, CpuSeconds]:
        async with self._frozen():
            before = self._cpu()
            rate = await self.rival.run(
                name, script, seconds=seconds, connections=connections, given=given
            )
            return rate, self._cpu().since(before)

    @asynccontextmanager
    async def _frozen(self) -> AsyncGenerator[None]:
        """The server stands still, holds no lock, and never sees what pgbench put in its queue."""
        await self.drained()
        self.server.freeze()
        while await self._count(_STATEMENTS_UNDER_WAY):
            self.server.thaw()
            await asyncio.sleep(0.01)
            self.server.freeze()
        try:
            yield
        finally:
            await self.house.db.execute("TRUNCATE outbox.due")
            self.server.thaw()

    async def drained(self) -> None:
        """Wait until every message has been handed over, by looking: PostgreSQL tells nobody."""
        while await self._count("SELECT count(*) FROM outbox.due"):  # noqa: ASYNC110
            await asyncio.sleep(0.05)

    async def _admitted(self, since: datetime) -> int:
        """Starts that were really made since then: no decoys."""
        return await self._count(
            "SELECT count(*) FROM verification.verification WHERE id >= $1 AND NOT is_decoy",
            floor_id(since),
        )

    async def hand_over_ms(self, since: datetime) -> float:
        """From the moment of a start to the stored outcome of its message, 95th percentile."""
        row = await self.house.db.fetchrow(_HAND_OVER, floor_id(since))
        return float(row[0]) * 1000

    async def _count(self, sql: LiteralString, *values: object) -> int:
        return (await self.house.db.fetchrow(sql, *values))[0]


def now() -> datetime:
    return datetime.now(UTC)


_STATEMENTS_UNDER_WAY = """SELECT count(*) FROM pg_stat_activity
    WHERE backend_type = 'client backend' AND state <> 'idle' AND pid <> pg_backend_pid()"""
_GUESSES = "SELECT coalesce(sum(attempts), 0) FROM verification.verification WHERE id >= $1"
_HAND_OVER = """SELECT percentile_cont(0.95)
        WITHIN GROUP (ORDER BY extract(epoch FROM sent_at - created_at))
    FROM outbox.message WHERE id >= $1 AND sent_at IS NOT NULL"""
