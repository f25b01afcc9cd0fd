"""Measures runs of flows: what waiting costs, how fast they wake, and how late.

python -m benchmarks.flows [--waiting 1000000]
"""

import argparse
import asyncio
import json
import os
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles
from typing import Any
from uuid import UUID

import msgspec

from benchmarks.house import House, directory, opened
from sparekey import flows
from sparekey.flows import Memory
from sparekey.flows.model import pack
from sparekey.kit.ids import new_id

_FACTS = {
    "brand": "bench",
    "channel": "sms",
    "country": "gb",
    "language": "en",
    "verdict": "fine",
    "account": "known",
    "second_factor": "no",
}
_WAIT_SECONDS = 3600
_SAMPLES = 5
#: The database writes back what filling left behind.
_REST_SECONDS = 20
_DRAWING: list[tuple[str, str, dict[str, Any], dict[str, str]]] = [
    ("begin", "start_api", {}, {"then": "first"}),
    ("first", "wait", {"seconds": _WAIT_SECONDS}, {"then": "second"}),
    ("second", "wait", {"seconds": _WAIT_SECONDS}, {"then": "end"}),
    ("end", "finish", {"outcome": "over"}, {}),
]

_FILL = """
INSERT INTO flows.run (id, account_id, wake_at, version_id, brand_id, node, waits, steps, memory,
    path, reply_key)
SELECT gen_random_uuid(), gen_random_uuid(), $1::timestamptz + random() * interval '30 days', $2,
    1, 1, 1, 1, $3, '\\x0000'::bytea, CASE WHEN number % 4 = 0 THEN gen_random_uuid() END
FROM generate_series(1, $4::integer) AS number
"""
_DUE = """
INSERT INTO flows.run (id, wake_at, version_id, brand_id, node, waits, steps, memory, path)
SELECT id, due, $2, 1, 1, 1, 1, $3, '\\x0000'::bytea
FROM unnest($1::uuid[], $4::timestamptz[]) AS made (id, due)
"""
_SIZE = "SELECT pg_total_relation_size('flows.run')"
_LEFT = "SELECT count(*) FROM flows.run WHERE wake_at <= $1"
_LATE = """
SELECT extract(epoch FROM (wake_at - interval '1 hour')) AS woken, id
FROM flows.run WHERE node = 2 AND id = ANY ($1::uuid[])
"""


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured."""

    waiting: int
    bytes_per_waiting_run: float
    wake_per_s_alone: float
    wake_per_s: float
    lateness_p99_ms: float
    resident_growth_mb: float

    @property
    def waiting_slowdown(self) -> float:
        """By which share waking is slower with all the others waiting."""
        return 1 - self.wake_per_s / self.wake_per_s_alone


async def measure(waiting: int) -> Figures:
    """Everything, on an installation of its own that is gone afterwards."""
    async with directory() as path, opened(path) as house:
        version = await _published(house)
        alone = [await _wake(house, version, 20_000) for _ in range(_SAMPLES)]
        before = _resident_mb()
        size = await _fill(house, version, waiting)
        growth = _resident_mb() - before
        among = [await _wake(house, version, 20_000) for _ in range(_SAMPLES)]
        late = await _lateness(house, version, per_second=500, seconds=10)
        print({"alone": alone, "among": among}, file=sys.stderr)
        return Figures(waiting, size, median(alone), median(among), late, growth)


async def _published(house: House) -> int:
    at = datetime.now(UTC)
    brand = (await house.db.fetchrow("SELECT id FROM brands.brand"))["id"]
    nodes = [
        flows.Placed(id=name, kind=kind, settings=dict(settings), exits=exits)
        for name, kind, settings, exits in _DRAWING
    ]
    document = flows.Document(name="bench", title="Bench", nodes=nodes)
    await flows.create(house.db, brand, document, by=None, at=at)
    wish = flows.Wish(reason="measuring")
    return (await flows.publish(house.db, brand, "bench", wish, by=None, at=at)).id


async def _fill(house: House, version: int, waiting: int) -> float:
    """Bytes for each of so many runs that wait for days, indexes included."""
    before = (await house.db.fetchrow(_SIZE))[0]
    later, memory = datetime.now(UTC) + timedelta(days=1), pack(Memory(facts=_FACTS))
    async with house.db.session() as connection:
        for _ in range(10):
            await connection.execute(_FILL, later, version, memory, waiting // 10, timeout=600)
        await connection.execute("VACUUM ANALYZE flows.run", timeout=600)
    await asyncio.sleep(_REST_SECONDS)
    return ((await house.db.fetchrow(_SIZE))[0] - before) / waiting


async def _wake(house: House, version: int, number: int) -> float:
    """So many due at once: how many a second are woken and written down."""
    now = datetime.now(UTC)
    ids = [new_id(now) for _ in range(number)]
    await house.db.execute(_DUE, ids, version, pack(Memory(facts=_FACTS)), [now] * number)
    loop = flows.waker(house.db, house.keyring, lambda: datetime.now(UTC))
    began = time.perf_counter()
    task = asyncio.create_task(loop.run())
    while (await house.db.fetchrow(_LEFT, datetime.now(UTC) + timedelta(minutes=10)))[0]:  # noqa: ASYNC110
        await asyncio.sleep(0.05)
    taken = time.perf_counter() - began
    loop.stop()
    await task
    return number / taken


async def _lateness(house: House, version: int, *, per_second: int, seconds: int) -> float:
    """How late the slowest hundredth is woken, in milliseconds, at a steady rate."""
    begin = datetime.now(UTC) + timedelta(seconds=2)
    number = per_second * seconds
    due = [begin + timedelta(seconds=index / per_second) for index in range(number)]
    ids = [new_id(begin) for _ in due]
    await house.db.execute(_DUE, ids, version, pack(Memory(facts=_FACTS)), due)
    loop = flows.waker(house.db, house.keyring, lambda: datetime.now(UTC))
    task = asyncio.create_task(loop.run())
    await asyncio.sleep(seconds + 4)
    loop.stop()
    await task
    woken: dict[UUID, Any] = {
        row["id"]: float(row["woken"]) for row in await house.db.fetch(_LATE, ids)
    }
    if len(woken) < number:
        raise RuntimeError(f"only {len(woken)} of {number} were woken")
    wanted = dict(zip(ids, due, strict=True))
    late = [(woken[run] - wanted[run].timestamp()) * 1000 for run in ids]
    return quantiles(late, n=100)[98]


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1_000_000


def main() -> None:
    """Measure and print one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--waiting", type=int, default=1_000_000)
    figures = asyncio.run(measure(parser.parse_args().waiting))
    shown = {**msgspec.to_builtins(figures), "waiting_slowdown": figures.waiting_slowdown}
    print(json.dumps({f"flows.{name}": value for name, value in shown.items()}))


if __name__ == "__main__":
    main()
