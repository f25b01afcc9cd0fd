"""Telling a database that is away for a moment from a statement that can never succeed."""

import asyncpg
import pytest

from sparekey.db import Db, is_passing


async def test_a_lost_connection_passes(db: Db) -> None:
    with pytest.raises(asyncpg.PostgresError) as lost:
        await db.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    assert is_passing(lost.value)
    assert await db.execute("SELECT 1") == "SELECT 1"


async def test_a_lock_not_had_in_time_passes(db: Db) -> None:
    async with db.transaction() as holder, db.transaction() as other:
        await holder.execute("LOCK TABLE db.installation")
        await other.execute("SET LOCAL lock_timeout = '1ms'")
        with pytest.raises(asyncpg.PostgresError) as waited:
            await other.execute("LOCK TABLE db.installation")

    assert is_passing(waited.value)


async def test_a_wrong_statement_does_not_pass(db: Db) -> None:
    with pytest.raises(asyncpg.DivisionByZeroError) as wrong:
        await db.execute("SELECT 1 / 0")

    assert not is_passing(wrong.value)
