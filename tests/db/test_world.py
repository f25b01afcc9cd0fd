"""The played PostgreSQL itself: every test has a database of its own."""

from sparekey import floors
from sparekey.db import Db, pending


async def test_a_test_starts_with_a_migrated_database(db: Db) -> None:
    assert await pending(db, floors.PACKAGES) == []


async def test_two_tests_do_not_share_a_database(db: Db) -> None:
    assert (await db.fetchrow("SELECT count(*) FROM db.installation"))[0] == 0
