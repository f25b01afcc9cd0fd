"""Handing over by itself: how fast, how much starts suffer, what a bulk backlog adds, receipts.

`python -m benchmarks.lanes [--small]` measures these on an installation of its own.
"""

import argparse
import asyncio
import sys
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from benchmarks.house import House, Server, directory, opened
from benchmarks.load import load
from benchmarks.phases import now
from sparekey import brands, gateways, outbox
from sparekey.kit.ids import floor_id, new_id

_WORKERS = 2
_REPORTERS = 16
_CHUNK = 2_000
#: The pace of the gateway while a backlog waits for it, as carriers have one.
_BACKLOG_PER_S = 500

_ENQUEUE = """SELECT outbox.enqueue(m.id, $1::timestamptz, $2, m.id, 'sms', $3, 'en', 0, false,
        8::smallint, m.sealed, $1::timestamptz + interval '1 hour', $4::smallint, false)
    FROM unnest($5::uuid[], $6::bytea[]) AS m (id, sealed)"""
_P95 = """SELECT percentile_cont(0.95)
        WITHIN GROUP (ORDER BY extract(epoch FROM sent_at - created_at))
    FROM outbox.message WHERE id >= $1 AND brand_id = $2 AND sent_at IS NOT NULL
        AND template = 'sign_in_code'"""


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much of everything."""

    messages: int
    backlog: int
    urgent: int
    receipts: int
    seconds: int


FULL = Sizes(messages=40_000, backlog=1_000_000, urgent=400, receipts=15_000, seconds=6)
SMALL = Sizes(messages=4_000, backlog=20_000, urgent=60, receipts=2_000, seconds=2)


@dataclass(slots=True)
class Lanes:
    """A live brand with a gateway that takes everything."""

    house: House
    brand: brands.Brand
    gateway: UUID

    @classmethod
    async def furnish(cls, house: House) -> "Lanes":
        """Make them."""
        at = now()
        wish = brands.BrandWish(
            slug="lanes", name="Lanes", countries=("GB",), base_url="https://acme.example"
        )
        brand, gateway = await brands.create(house.db, wish, at), new_id(at)
        await house.db.execute(
            """INSERT INTO gateways.gateway
                (id, brand_id, name, kind, channels, sealed, is_on, created_at)
            VALUES ($1, $2, 'noop', 'noop', '{sms}', '', true, $3)""",
            gateway, brand.id, at,
        )  # fmt: skip
        return cls(house, brand, gateway)

    async def per_s(self, count: int) -> float:
        """Codes handed over a second by two workers, from the first to the last of them."""
        await self._enqueue(count)
        async with self._working():
            began = time.perf_counter()
            await self._drained("lane = 0")
            return count / (time.perf_counter() - began)

    async def start_drop(self, seconds: int) -> float:
        """The part of its starts that a server loses while their messages are handed over beside
        it, against a time in which nobody hands any over."""
        server = await Server.start(self.house.directory, "--no-worker")
        try:
            await self._starts_per_s(server, 1)
            alone = await self._starts_per_s(server, seconds)
            await self.house.db.execute("TRUNCATE outbox.due")
            async with self._working():
                beside = await self._starts_per_s(server, seconds)
        finally:
            await server.stop()
        await self.house.db.execute("TRUNCATE outbox.due")
        return 1 - beside / alone

    async def _starts_per_s(self, server: Server, seconds: int) -> float:
        done = await load(
            "start", url=server.url, key=self.house.key, seconds=seconds, connections=16, given={}
        )
        return done.per_s

    async def hand_over_ms(self, count: int) -> float:
        """From the moment of a start to the stored outcome, 95th percentile, one at a time."""
        since = now()
        for _ in range(count):
            await self._enqueue(1)
            await asyncio.sleep(0.02)
        await self._drained("lane = 0")
        row = await self.house.db.fetchrow(_P95, floor_id(since), self.brand.id)
        return float(row[0]) * 1000

    async def added_ms(self, backlog: int, urgent: int) -> float:
        """How much later a code is handed over when so many notices wait."""
        async with self._working():
            alone = await self.hand_over_ms(urgent)
            await self.house.db.execute(
                "UPDATE gateways.gateway SET per_second = $2 WHERE id = $1",
                self.gateway, _BACKLOG_PER_S,
            )  # fmt: skip
            await self._enqueue(backlog, "password_changed_no_link", lane=1)
            beside = await self.hand_over_ms(urgent)
        await self.house.db.execute("TRUNCATE outbox.due")
        return beside - alone

    async def receipts_per_s(self, count: int) -> float:
        """Receipts applied a second, each in a transaction of its own, by sixteen at once."""
        rows = await self.house.db.fetch(
            "SELECT ref FROM outbox.provider_ref WHERE message_id IS NOT NULL LIMIT $1", count
        )
        refs = [row["ref"] for row in rows]
        began = time.perf_counter()
        await asyncio.gather(*(self._report(refs[n::_REPORTERS]) for n in range(_REPORTERS)))
        return len(refs) / (time.perf_counter() - began)

    async def _report(self, refs: Sequence[str]) -> None:
        for ref in refs:
            said = gateways.Report(gateways.Outcome.DELIVERED, ref=ref)
            await outbox.report(
                self.house.db, brand_id=self.brand.id, gateway_id=self.gateway, report=said,
                at=now(), is_signed=True,
            )  # fmt: skip

    async def _enqueue(self, count: int, template: str = "sign_in_code", lane: int = 0) -> None:
        for first in range(0, count, _CHUNK):
            at = now()
            ids = [new_id(at) for _ in range(min(_CHUNK, count - first))]
            sealed = [self._sealed(one, at) for one in ids]
            await self.house.db.execute(_ENQUEUE, at, self.brand.id, template, lane, ids, sealed)

    def _sealed(self, id: UUID, at: datetime) -> bytes:
        number = f"+4474{id.int % 10**8:08}"
        values = {"code": "123456789012", "valid_for": "10", "happened_at": at.isoformat()}
        envelope = outbox.Envelope(number, values, country="GB")
        return outbox.seal_envelope(self.house.keyring, id, envelope)

    async def _drained(self, which: str) -> None:
        sql = f"SELECT count(*) FROM outbox.due WHERE {which}"
        while (await self.house.db.fetchrow(sql))[0]:  # noqa: ASYNC110
            await asyncio.sleep(0.02)

    @asynccontextmanager
    async def _working(self) -> AsyncGenerator[None]:
        """Two worker processes, ready."""
        words = ["-m", "benchmarks.noop_worker", self.house.lease.dsn]
        words.append(str(self.house.directory / "keyring.json"))
        workers = [
            await asyncio.create_subprocess_exec(
                sys.executable, *words, stdout=asyncio.subprocess.PIPE,
                cwd=Path(__file__).parents[1],
            )
            for _ in range(_WORKERS)
        ]  # fmt: skip
        for worker in workers:
            assert worker.stdout is not None
            await asyncio.wait_for(worker.stdout.readline(), 60)
        try:
            yield
        finally:
            for worker in workers:
                worker.terminate()
                await worker.wait()


async def measure(house: House, sizes: Sizes) -> dict[str, float]:
    """All of them, by key."""
    lanes = await Lanes.furnish(house)
    found = {"dispatch.per_s": await lanes.per_s(sizes.messages)}
    found["dispatch.start_drop"] = await lanes.start_drop(sizes.seconds)
    found["receipts.per_s"] = await lanes.receipts_per_s(sizes.receipts)
    found["lanes.added_p95_ms"] = await lanes.added_ms(sizes.backlog, sizes.urgent)
    return found


async def _main(sizes: Sizes) -> None:
    async with directory() as path, opened(path) as house:
        for key, figure in (await measure(house, sizes)).items():
            print(f"{key:<22}{figure:>10.2f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.lanes", description=__doc__)
    parser.add_argument("--small", action="store_true", help="a few seconds, rough figures")
    asyncio.run(_main(SMALL if parser.parse_args().small else FULL))
