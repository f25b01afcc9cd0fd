"""Every committed event gets one number, in an order nobody can be overtaken in."""

import asyncio
from datetime import timedelta

from sparekey import events
from sparekey.db import Db, partitions
from sparekey.kit.keyring import Keyring
from tests.events.conftest import LENT, books, lend
from tests.world.basics import START


async def numbered(db: Db) -> list[int]:
    return [row[0] for row in await db.fetch("SELECT seq FROM events.event_seal ORDER BY seq")]


async def test_an_older_open_transaction_holds_the_numbers_back(db: Db, keyring: Keyring) -> None:
    async with db.transaction() as slow:
        await events.append(slow, at=START, kind=LENT, brand=1, data={"book": "slow"})
        await lend(db, "quick")

        while_open = await events.seal(db, keyring, START)
    after = await events.seal(db, keyring, START)

    assert while_open is None
    assert after is not None
    assert await books(db) == ["slow", "quick"]


async def test_a_younger_open_transaction_does_not(db: Db, keyring: Keyring) -> None:
    await lend(db, "first")
    async with db.transaction() as slow:
        await events.append(slow, at=START, kind=LENT, brand=1, data={"book": "second"})
        await events.seal(db, keyring, START)
        assert await books(db) == ["first"]
    await events.seal(db, keyring, START)

    assert await books(db) == ["first", "second"]


async def test_sealers_at_once_number_once(db: Db, keyring: Keyring) -> None:
    async def keep_lending() -> None:
        for number in range(50):
            await lend(db, f"b{number}")

    async def keep_sealing() -> None:
        while len(await numbered(db)) < 200:
            await events.seal(db, keyring, START, limit=7)

    await asyncio.gather(*(keep_lending() for _ in range(4)), *(keep_sealing() for _ in range(4)))

    assert await numbered(db) == list(range(1, 201))
    assert await events.verify(db, keyring) is None


async def test_whoever_follows_the_numbers_misses_nothing(db: Db, keyring: Keyring) -> None:
    followed: list[object] = []
    seen_seq = 0

    async def keep_lending(reader: int) -> None:
        for number in range(40):
            await lend(db, f"r{reader}.{number}")

    async def follow() -> None:
        nonlocal seen_seq
        while len(followed) < 160:
            await events.seal(db, keyring, START, limit=10)
            for entry in await events.read(db, brand=1, after=seen_seq, limit=100):
                followed.append(entry.data["book"])
                seen_seq = entry.seq

    await asyncio.gather(*(keep_lending(reader) for reader in range(4)), follow())

    assert len(set(followed)) == 160


async def test_a_sealer_that_dies_midway_leaves_its_work_to_the_next(
    database_url: str, db: Db, keyring: Keyring
) -> None:
    await lend(db)
    dying = await Db.connect(database_url, size=1)
    async with dying.session() as session:
        await session.execute("BEGIN")
        await session.execute("SELECT pg_advisory_xact_lock(1935761772)")
        await session.execute("DELETE FROM events.unsealed")
        meanwhile = await events.seal(db, keyring, START)
        pid = await session.fetchval("SELECT pg_backend_pid()")
        await db.execute("SELECT pg_terminate_backend($1, 5000)", pid)
    await dying.close()

    assert meanwhile is None
    assert await events.seal(db, keyring, START) is not None
    assert await books(db) == ["b1"]


async def test_events_of_a_restored_dump_are_numbered_too(db: Db, keyring: Keyring) -> None:
    """Another cluster counts its transactions from elsewhere: its numbers may lie in our future."""
    await lend(db, "restored")
    await db.execute("UPDATE events.unsealed SET xid = '1000000000000'::xid8")
    await db.execute("UPDATE events.event SET xid = '1000000000000'::xid8")
    await lend(db, "new")

    await events.seal(db, keyring, START)

    assert await books(db) == ["new", "restored"]
    assert await events.verify(db, keyring) is None


async def test_one_checkpoint_an_hour_stays(db: Db, keyring: Keyring) -> None:
    for minutes in (0, 20, 59, 60, 61):
        await lend(db)
        await events.seal(db, keyring, START + timedelta(minutes=minutes))

    rows = await db.fetch("SELECT seq FROM events.checkpoint ORDER BY seq")
    assert [row["seq"] for row in rows] == [3, 5]
    assert await events.verify(db, keyring) is None


async def test_events_past_their_time_go_and_the_chain_still_holds(
    db: Db, keyring: Keyring
) -> None:
    await lend(db, "old")
    await events.seal(db, keyring, START)
    later = START + timedelta(days=400)
    await partitions.drop_expired(db, events.ARCHIVES, later)

    assert await events.verify(db, keyring) == 1
    assert await events.verify(db, keyring, expired_before=later - timedelta(days=365)) is None
