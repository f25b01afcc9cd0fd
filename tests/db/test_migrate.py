"""Migrations go forward only, once each, whoever starts them and however often."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import asyncpg
import pytest

from sparekey import floors
from sparekey.db import Db, Patience, SchemaMismatch, migrate, pending
from tests.db.conftest import Tree

PACKAGES = ("db", "shelf", "shop")


@pytest.fixture
def shop(tree: Tree) -> Tree:
    tree.write("shelf/migrations/0001_book.sql", "CREATE TABLE shelf.book (id int);")
    tree.write("shop/migrations/0001_sale.sql", "CREATE TABLE shop.sale (id int);")
    tree.write(
        "shelf/functions.sql",
        "CREATE FUNCTION shelf.answer() RETURNS int LANGUAGE sql AS 'SELECT 1';",
    )
    return tree


async def test_everything_is_applied_from_the_lowest_floor_up(empty: Db, shop: Tree) -> None:
    applied = await migrate(empty, PACKAGES, root=shop.root)

    assert applied == [
        "db/0001_installation",
        "shelf/0001_book",
        "shop/0001_sale",
        "shelf/functions",
    ]
    assert await pending(empty, PACKAGES, root=shop.root) == []
    assert await migrate(empty, PACKAGES, root=shop.root) == []


async def test_what_is_pending_is_told_before_it_is_applied(empty: Db, shop: Tree) -> None:
    await migrate(empty, PACKAGES, root=shop.root)
    shop.write("shelf/migrations/0002_page.sql", "CREATE TABLE shelf.page (id int);")

    assert await pending(empty, PACKAGES, root=shop.root) == ["shelf/0002_page"]


async def test_ten_migrators_at_once_apply_everything_once(empty: Db, shop: Tree) -> None:
    results = await asyncio.gather(
        *(migrate(empty, PACKAGES, root=shop.root) for _ in range(10)),
    )

    assert sorted(len(applied) for applied in results) == [0] * 9 + [4]


async def test_an_applied_file_must_not_change(empty: Db, shop: Tree) -> None:
    await migrate(empty, PACKAGES, root=shop.root)
    shop.write("shelf/migrations/0001_book.sql", "CREATE TABLE shelf.book (id bigint);")

    with pytest.raises(SchemaMismatch, match="shelf/0001_book is not the file that was applied"):
        await migrate(empty, PACKAGES, root=shop.root)


async def test_a_database_of_a_newer_version_is_refused(empty: Db, shop: Tree) -> None:
    await migrate(empty, PACKAGES, root=shop.root)
    shop.remove("shop/migrations/0001_sale.sql")

    with pytest.raises(SchemaMismatch, match=r"newer than this program: it has shop/0001_sale"):
        await pending(empty, PACKAGES, root=shop.root)


@pytest.mark.parametrize("name", ["0003_gap.sql", "2_short.sql", "0001_again.sql"])
async def test_files_are_numbered_without_gaps(empty: Db, shop: Tree, name: str) -> None:
    shop.write(f"shelf/migrations/{name}", "SELECT 1;")

    with pytest.raises(SchemaMismatch, match="shelf"):
        await migrate(empty, PACKAGES, root=shop.root)


async def test_a_migration_that_fails_leaves_nothing_behind(empty: Db, shop: Tree) -> None:
    shop.write("shop/migrations/0002_broken.sql", "CREATE TABLE shop.half (id int); SELECT 1 / 0;")

    with pytest.raises(asyncpg.DivisionByZeroError):
        await migrate(empty, PACKAGES, root=shop.root)

    assert (await empty.fetchrow("SELECT to_regclass('shop.half')"))[0] is None
    assert "shop/0002_broken" in await pending(empty, PACKAGES, root=shop.root)


async def test_a_table_held_for_long_is_left_to_its_holder(empty: Db, shop: Tree) -> None:
    hurry = Patience(lock_timeout=timedelta(milliseconds=10), tries=2, pause=timedelta(0))
    await migrate(empty, PACKAGES, root=shop.root)
    shop.write("shelf/migrations/0002_title.sql", "ALTER TABLE shelf.book ADD title text;")

    async with empty.transaction() as tx:
        await tx.execute("SELECT FROM shelf.book")
        with pytest.raises(SchemaMismatch, match="other sessions hold its tables"):
            await migrate(empty, PACKAGES, root=shop.root, patience=hurry)

    assert await migrate(empty, PACKAGES, root=shop.root) == ["shelf/0002_title"]


async def test_a_table_held_briefly_only_delays(empty: Db, shop: Tree) -> None:
    await migrate(empty, PACKAGES, root=shop.root)
    shop.write("shelf/migrations/0002_title.sql", "ALTER TABLE shelf.book ADD title text;")

    async with empty.transaction() as tx:
        await tx.execute("SELECT FROM shelf.book")
        migrator = asyncio.create_task(migrate(empty, PACKAGES, root=shop.root))
        while not (await empty.fetchrow("SELECT count(*) FROM pg_locks WHERE NOT granted"))[0]:
            pass

    assert await migrator == ["shelf/0002_title"]


async def test_functions_may_change_their_shape_and_use_each_other(empty: Db, shop: Tree) -> None:
    await migrate(empty, PACKAGES, root=shop.root)
    shop.write(
        "shelf/functions.sql",
        """
        CREATE FUNCTION shelf.answer() RETURNS text LANGUAGE sql RETURN 'two';
        CREATE PROCEDURE shelf.act() LANGUAGE sql AS 'SELECT 1';
        """,
    )
    shop.write(
        "shop/functions.sql",
        "CREATE FUNCTION shop.ask() RETURNS text LANGUAGE sql RETURN shelf.answer();",
    )
    await migrate(empty, PACKAGES, root=shop.root)
    shop.write(
        "shelf/functions.sql",
        "CREATE FUNCTION shelf.answer() RETURNS text LANGUAGE sql RETURN 'three';",
    )

    assert await migrate(empty, PACKAGES, root=shop.root) == ["shelf/functions"]
    assert (await empty.fetchrow("SELECT shop.ask()"))[0] == "three"
    assert (await empty.fetchrow("SELECT to_regproc('shelf.act')"))[0] is None


async def test_callers_never_miss_a_function_that_is_replaced(empty: Db, shop: Tree) -> None:
    await migrate(empty, PACKAGES, root=shop.root)
    answers: set[int] = set()
    is_over = asyncio.Event()

    async def call_without_pause() -> None:
        while not is_over.is_set():
            answers.add((await empty.fetchrow("SELECT shelf.answer()"))[0])

    callers = [asyncio.create_task(call_without_pause()) for _ in range(4)]
    for number in range(2, 30):
        body = f"CREATE FUNCTION shelf.answer() RETURNS int LANGUAGE sql AS 'SELECT {number}';"
        shop.write("shelf/functions.sql", body)
        await migrate(empty, PACKAGES, root=shop.root)
    is_over.set()
    await asyncio.gather(*callers)

    assert max(answers) == 29


async def test_the_whole_product_migrates_and_knows_it(empty: Db) -> None:
    await migrate(empty, floors.PACKAGES)

    assert await pending(empty, floors.PACKAGES) == []
    assert await empty.fetchrow("SELECT jobs.queue($1, 'k', '{}', now(), now())", uuid4())
