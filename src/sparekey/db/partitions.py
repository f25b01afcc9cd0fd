"""Archives: tables partitioned by week over their UUIDv7 ids, made ahead and dropped by age.

A package's migration creates the parent (`PARTITION BY RANGE (id)`); the weeks begin on Monday
00:00 UTC. New partitions are made beside the parent and then attached, which stops neither
readers nor writers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import LiteralString
from uuid import UUID

from sparekey.db.pool import Db, Tx
from sparekey.db.statement import Executor, statement
from sparekey.kit.ids import floor_id, made_at

WEEK = timedelta(weeks=1)
#: Work queues behind a waiting lock, so a partition waits briefly and is tried again later.
_LOCK_TIMEOUT = "1s"


@dataclass(frozen=True, slots=True)
class Archive:
    """A weekly partitioned table, how long its rows are kept, and its partitions' storage."""

    table: LiteralString
    keep: timedelta
    storage: LiteralString = ""


async def ensure(db: Db, archives: Sequence[Archive], at: datetime, *, ahead: int = 8) -> list[str]:
    """Make the missing partitions from last week to `ahead` weeks on; the names of the new ones."""
    made: list[str] = []
    for archive in archives:
        async with db.transaction() as tx:
            await _lock(tx, archive)
            present = {start for _, start in await _weeks(tx, archive)}
            for number in range(-1, ahead + 1):
                start = monday(at) + number * WEEK
                if start not in present:
                    made.append(await _make(tx, archive, start))
    return made


async def drop_expired(db: Db, archives: Sequence[Archive], at: datetime) -> list[str]:
    """Drop the partitions whose youngest row is older than the archive keeps; their names."""
    dropped: list[str] = []
    for archive in archives:
        async with db.transaction() as tx:
            await _lock(tx, archive)
            for name, start in await _weeks(tx, archive):
                if start + WEEK <= at - archive.keep:
                    await tx.execute(f"ALTER TABLE {archive.table} DETACH PARTITION {name}")
                    await tx.execute(f"DROP TABLE {name}")
                    dropped.append(name)
    return dropped


async def weeks_ahead(on: Executor, archives: Sequence[Archive], at: datetime) -> int:
    """For how many weeks after this one every archive has its partition already."""
    least = 520
    for archive in archives:
        present = {start for _, start in await _weeks(on, archive)}
        ready = 0
        while monday(at) + (ready + 1) * WEEK in present:
            ready += 1
        least = min(least, ready if monday(at) in present else 0)
    return least


def monday(at: datetime) -> datetime:
    """Monday 00:00 UTC of the week of `at`."""
    day = at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return day - timedelta(days=day.weekday())


@dataclass(frozen=True, slots=True)
class _Partition:
    name: str
    first_id: UUID


_partitions = statement(
    r"""
    SELECT child.oid::regclass::text AS name,
           substring(pg_get_expr(child.relpartbound, child.oid)
                     FROM 'FROM \(''([0-9a-f-]{36})''\)')::uuid AS first_id
    FROM pg_inherits
    JOIN pg_class child ON child.oid = inhrelid
    WHERE inhparent = to_regclass(:parent)
    ORDER BY first_id
    """,
    returns=_Partition,
)


async def _weeks(on: Executor, archive: Archive) -> list[tuple[str, datetime]]:
    found = await _partitions.all(on, parent=archive.table)
    return [(partition.name, made_at(partition.first_id)) for partition in found]


async def _make(tx: Tx, archive: Archive, start: datetime) -> str:
    """LIKE brings the indexes along; ATTACH recognises them as the parent's own."""
    name = f"{archive.table}_{start:%Y_%m_%d}"
    storage = f"WITH ({archive.storage})" if archive.storage else ""
    await tx.execute(f"CREATE TABLE {name} (LIKE {archive.table} INCLUDING ALL) {storage}")
    await tx.execute(
        f"ALTER TABLE {archive.table} ATTACH PARTITION {name}"
        f" FOR VALUES FROM ('{floor_id(start)}') TO ('{floor_id(start + WEEK)}')"
    )
    return name


async def _lock(tx: Tx, archive: Archive) -> None:
    """One process at a time per archive; the others then find its work done."""
    await tx.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", archive.table)
    await tx.execute(f"SET LOCAL lock_timeout = '{_LOCK_TIMEOUT}'")
