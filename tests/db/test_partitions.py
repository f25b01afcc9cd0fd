"""Archives always have their next weeks ready, and lose their old ones whole."""

import asyncio
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from sparekey.db import Archive, Db, partitions
from sparekey.kit.ids import new_id
from tests.world.basics import START

BOOKS = Archive("shelf.book", keep=timedelta(days=30), storage="fillfactor = 80")
SUNDAY = datetime(2026, 3, 8, 23, 59, 59, 999999, tzinfo=UTC)


@pytest.fixture
async def shelf(empty: Db) -> Db:
    await empty.execute("CREATE SCHEMA shelf")
    await empty.execute(
        "CREATE TABLE shelf.book (id uuid PRIMARY KEY, title text NOT NULL DEFAULT '')"
        " PARTITION BY RANGE (id)"
    )
    await empty.execute("CREATE INDEX book_title ON shelf.book (title)")
    return empty


async def test_eight_weeks_ahead_and_the_last_one_are_made(shelf: Db) -> None:
    made = await partitions.ensure(shelf, [BOOKS], START)

    assert len(made) == 10
    assert made[0] == "shelf.book_2026_02_23"
    assert made[-1] == "shelf.book_2026_04_27"
    assert await partitions.weeks_ahead(shelf, [BOOKS], START) == 8


async def test_a_week_later_one_is_missing_and_made(shelf: Db) -> None:
    await partitions.ensure(shelf, [BOOKS], START)
    later = START + timedelta(weeks=1)

    assert await partitions.weeks_ahead(shelf, [BOOKS], later) == 7
    assert await partitions.ensure(shelf, [BOOKS], later) == ["shelf.book_2026_05_04"]


async def test_an_archive_without_partitions_is_not_ready(shelf: Db) -> None:
    assert await partitions.weeks_ahead(shelf, [BOOKS], START) == 0


@pytest.mark.parametrize("at", [SUNDAY, SUNDAY + timedelta(microseconds=1)])
async def test_every_moment_has_its_row_in_its_week(shelf: Db, at: datetime) -> None:
    await partitions.ensure(shelf, [BOOKS], at)

    await shelf.execute("INSERT INTO shelf.book (id) VALUES ($1)", new_id(at))
    row = await shelf.fetchrow("SELECT tableoid::regclass::text FROM shelf.book")

    assert row[0] == f"shelf.book_{partitions.monday(at):%Y_%m_%d}"


async def test_indexes_and_storage_come_along(shelf: Db) -> None:
    await partitions.ensure(shelf, [BOOKS], START)

    row = await shelf.fetchrow(
        "SELECT reloptions, (SELECT count(*) FROM pg_index WHERE indrelid = c.oid),"
        " (SELECT count(*) FROM pg_inherits JOIN pg_index ON indexrelid = inhrelid"
        "  WHERE indrelid = c.oid)"
        " FROM pg_class c WHERE oid = 'shelf.book_2026_03_02'::regclass"
    )

    assert list(row) == [["fillfactor=80"], 2, 2]


async def test_processes_that_do_it_at_once_do_it_once(shelf: Db) -> None:
    made = await asyncio.gather(
        *(partitions.ensure(shelf, [BOOKS], START) for _ in range(8)),
    )

    assert sorted(len(names) for names in made) == [0] * 7 + [10]


async def test_open_transactions_neither_stop_it_nor_are_stopped(shelf: Db) -> None:
    await partitions.ensure(shelf, [BOOKS], START)
    async with shelf.transaction() as tx:
        await tx.execute("INSERT INTO shelf.book (id) VALUES ($1)", new_id(START))

        made = await partitions.ensure(shelf, [BOOKS], START + timedelta(weeks=1))

        await tx.execute("INSERT INTO shelf.book (id) VALUES ($1)", new_id(START))
    assert len(made) == 1


async def test_a_week_is_dropped_when_its_last_row_is_old_enough(shelf: Db) -> None:
    await partitions.ensure(shelf, [BOOKS], START)
    end = datetime(2026, 3, 9, tzinfo=UTC)
    await shelf.execute("INSERT INTO shelf.book (id) VALUES ($1)", new_id(START))

    just_before = await partitions.drop_expired(
        shelf, [BOOKS], end + BOOKS.keep - timedelta(microseconds=1)
    )
    on_the_day = await partitions.drop_expired(shelf, [BOOKS], end + BOOKS.keep)

    assert just_before == ["shelf.book_2026_02_23"]
    assert on_the_day == ["shelf.book_2026_03_02"]
    assert (await shelf.fetchrow("SELECT count(*) FROM shelf.book"))[0] == 0


async def test_dropping_gives_way_to_a_reader_and_is_tried_again(shelf: Db) -> None:
    await partitions.ensure(shelf, [BOOKS], START)
    years_later = START + timedelta(days=800)
    async with shelf.transaction() as tx:
        await tx.execute("SELECT FROM shelf.book")
        with pytest.raises(asyncpg.LockNotAvailableError):
            await partitions.drop_expired(shelf, [BOOKS], years_later)

    assert len(await partitions.drop_expired(shelf, [BOOKS], years_later)) == 10
