"""Measures runs of flows: what waiting costs, how fast they wake, how late; and their drawings.

`python -m benchmarks.flows [--small]` measures these on installations of its own.
"""

import argparse
import asyncio
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles
from typing import Any
from uuid import UUID

import httpx

from benchmarks.house import House, Server, directory, opened
from sparekey import access, brands, flows
from sparekey.flows import Memory, ready
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
#: Requests that find a server cold count for nothing, and none meets the one before it.
_WARM_UPS = 5
_APART_SECONDS = 0.15
_SETTLED_SECONDS = 2
#: The database writes back what filling left behind.
_REST_SECONDS = 20
_DRAWING: list[tuple[str, str, dict[str, Any], dict[str, str]]] = [
    ("begin", "start_api", {}, {"then": "first"}),
    ("first", "wait", {"seconds": _WAIT_SECONDS}, {"then": "second"}),
    ("second", "wait", {"seconds": _WAIT_SECONDS}, {"then": "end"}),
    ("end", "finish", {"outcome": "over"}, {}),
]

_BY_LANGUAGE: dict[str, Any] = {
    "of": "language",
    "cases": [{"exit": "de", "is": ["de"]}, {"exit": "fr", "is": ["fr"]}],
}
_DRAWN_NODES = 300
_TRIED_SECONDS = 1600
_REPEATS = 21

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
_HANDED = """
SELECT extract(epoch FROM m.sent_at - r.requested_at) AS took
FROM recovery.recovery AS r
JOIN outbox.message AS m ON m.about = r.id AND m.sent_at IS NOT NULL
WHERE r.brand_id = $1 ORDER BY r.id
"""
_SIZE = "SELECT pg_total_relation_size('flows.run')"
# As the claim asks, or no index answers: a walk through a million rows is what would be measured.
_LEFT = "SELECT count(*) FROM flows.run WHERE wake_at <= $1 AND parked_at IS NULL"
_LATE = """
SELECT extract(epoch FROM (wake_at - interval '1 hour')) AS woken, id
FROM flows.run WHERE node = 2 AND id = ANY ($1::uuid[])
"""


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much of everything."""

    waiting: int
    woken: int
    samples: int
    recoveries: int


FULL = Sizes(waiting=1_000_000, woken=20_000, samples=9, recoveries=40)
SMALL = Sizes(waiting=50_000, woken=4_000, samples=3, recoveries=10)


async def measure(sizes: Sizes) -> dict[str, float]:
    """All of them, by key, on installations of their own that are gone afterwards."""
    async with directory() as path, opened(path) as house:
        ratio = await _handover_ratio(house, sizes.recoveries)
    async with directory() as one, opened(one) as few, directory() as two, opened(two) as many:
        found = await _waking(few, many, sizes)
    return {
        **found,
        "flows.handover_ratio": ratio,
        "flows.validate_ms": _validate_ms(),
        "flows.try_ms": _try_ms(),
    }


async def _waking(few: House, many: House, sizes: Sizes) -> dict[str, float]:
    """The same load where nobody waits and where a million do, in turn: the machine's moods meet
    both."""
    alone_version, version = await _published(few), await _published(many)
    before = _resident_mb()
    size = await _fill(many, version, sizes.waiting)
    growth = _resident_mb() - before
    alone: list[float] = []
    among: list[float] = []
    for _ in range(sizes.samples):
        alone.append(await _wake(few, alone_version, sizes.woken))
        among.append(await _wake(many, version, sizes.woken))
    return {
        "flows.bytes_per_waiting_run": size,
        "flows.resident_growth_mb": growth,
        "flows.wake_per_s": median(among),
        "flows.waiting_slowdown": 1 - median(b / a for a, b in zip(alone, among, strict=True)),
        "flows.lateness_p99_ms": await _lateness(many, version, per_second=500, seconds=10),
    }


async def _handover_ratio(house: House, count: int) -> float:
    """From the request to the stored outcome of its first message, through a flow against without
    one; medians of requests that take turns, at a server with its worker inside."""
    at = datetime.now(UTC)
    plain, drawn = [await _caller(house, name, at) for name in ("plain", "drawn")]
    document = ready.document("reset_by_code")
    await flows.create(house.db, drawn.brand, document, by=None, at=at)
    wish = flows.Wish(reason="measuring")
    await flows.publish(house.db, drawn.brand, document.name, wish, by=None, at=at)
    server = await Server.start(house.directory)
    try:
        async with httpx.AsyncClient(base_url=server.url) as client:
            for number in range(count + _WARM_UPS):
                for caller in (plain, drawn):
                    await caller.ask(client, f"somebody-{number}@mail.example")
                    await asyncio.sleep(_APART_SECONDS)
        await asyncio.sleep(_SETTLED_SECONDS)
    finally:
        await server.stop()
    return await drawn.median_s(house) / await plain.median_s(house)


@dataclass(frozen=True, slots=True)
class Caller:
    """A brand, and the key that asks for it."""

    brand: int
    key: str

    async def ask(self, client: httpx.AsyncClient, identifier: str) -> None:
        """Request a recovery of nobody's: the same rows are written as for anybody."""
        answer = await client.post(
            "/v1/recoveries",
            json={"identifier": identifier},
            headers={"Authorization": f"Bearer {self.key}"},
        )
        answer.raise_for_status()

    async def median_s(self, house: House) -> float:
        """The median of its requests but the first few, in seconds."""
        rows = await house.db.fetch(_HANDED, self.brand)
        took = [float(row["took"]) for row in rows[_WARM_UPS:]]
        if not took:
            raise RuntimeError("nothing was handed over")
        return median(took)


async def _caller(house: House, name: str, at: datetime) -> Caller:
    wish = brands.BrandWish(slug=name, name=name.title(), is_sandbox=True)
    brand = await brands.create(house.db, wish, at)
    _, key = await access.create_key(
        house.db, brand, name="bench", scopes=["recoveries:write"], at=at, per_minute=6_000_000
    )
    return Caller(brand.id, key.reveal())


def _placed(name: str, kind: str, settings: dict[str, Any], exits: dict[str, str]) -> flows.Placed:
    return flows.Placed(id=name, kind=kind, settings=dict(settings), exits=exits)


async def _published(house: House) -> int:
    at = datetime.now(UTC)
    brand = (await house.db.fetchrow("SELECT id FROM brands.brand"))["id"]
    nodes = [_placed(*one) for one in _DRAWING]
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


def _validate_ms() -> float:
    """How long a flow of 300 nodes is checked, in milliseconds; the median."""
    nodes = [_placed("begin", "start_api", {}, {"then": "n1"})]
    for number in range(1, _DRAWN_NODES - 1):
        after = f"n{number + 1}" if number < _DRAWN_NODES - 2 else "end"
        if number % 10 == 0:
            nodes.append(_placed(f"n{number}", "wait", {"seconds": 5}, {"then": after}))
        else:
            exits = {"de": after, "fr": after, "otherwise": after}
            nodes.append(_placed(f"n{number}", "branch", _BY_LANGUAGE, exits))
    nodes.append(_placed("end", "finish", {"outcome": "over"}, {}))
    document = flows.Document(name="long", title="Long", nodes=nodes)
    if len(nodes) != _DRAWN_NODES or flows.check(document).errors:
        raise RuntimeError("the long flow is not as it was meant")
    return _median_ms(lambda: flows.check(document))


def _try_ms() -> float:
    """How long a try takes whose clock passes half an hour, in milliseconds; the median."""
    document = ready.document("reset_by_code")
    wrong = flows.Move(after=540, code="wrong")
    script = flows.Script(moves=[wrong, wrong, flows.Move(after=540)])

    def play() -> flows.Played:
        return flows.play(flows.read(document)[0], script)

    if play().seconds < _TRIED_SECONDS:
        raise RuntimeError("the try is over too soon")
    return _median_ms(play)


def _median_ms(work: Callable[[], object]) -> float:
    taken: list[float] = []
    for _ in range(_REPEATS):
        began = time.perf_counter()
        work()
        taken.append((time.perf_counter() - began) * 1000)
    return median(taken)


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1_000_000


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.flows", description=__doc__)
    parser.add_argument("--small", action="store_true", help="under a minute, rough figures")
    sizes = SMALL if parser.parse_args().small else FULL
    for key, figure in asyncio.run(measure(sizes)).items():
        print(f"{key:<30}{figure:>12.3f}")


if __name__ == "__main__":
    main()
