"""The queue's statements use its indexes even when they were planned while it was empty."""

from typing import Any

import pytest

from sparekey.db import Db, Statement
from sparekey.jobs import store
from tests.world.postgres import Cluster

CLAIM = "now(), 1::smallint, now(), ARRAY['k'], 100"
TOKENS = "ARRAY[gen_random_uuid()], ARRAY[1]"


async def plan_of(cluster: Cluster, statement: Statement[Any], arguments: str) -> str:
    """The plan PostgreSQL keeps for a prepared statement after its first few runs."""
    url = await cluster.migrated()
    db = await Db.connect(url, size=1)
    async with db.session() as session:
        await session.execute("VACUUM (ANALYZE) jobs.job")
        await session.execute("SET plan_cache_mode = force_generic_plan")
        await session.execute(f"PREPARE it AS {statement.sql}")
        rows = await session.fetch(f"EXPLAIN EXECUTE it ({arguments})")
    await db.close()
    await cluster.drop(url)
    return "\n".join(row[0] for row in rows)


async def test_the_claim_reads_due_rows_in_order(each_postgres: Cluster) -> None:
    plan = await plan_of(each_postgres, store.claim, CLAIM)

    assert "Index Scan using job_due" in plan
    assert "Seq Scan" not in plan
    assert "Sort" not in plan


async def test_the_claim_in_turn_reads_one_row_of_each_tenant(each_postgres: Cluster) -> None:
    arguments = "now(), now(), ARRAY['k'], ARRAY[1], 50"
    plan = await plan_of(each_postgres, store.claim_in_turn, arguments)

    assert "Index Only Scan using job_in_turn" in plan
    assert "Index Scan using job_in_turn" in plan
    assert "Seq Scan" not in plan


@pytest.mark.parametrize("statement", [store.finish, store.release])
async def test_settling_touches_the_settled_rows_only(
    each_postgres: Cluster, statement: Statement[Any]
) -> None:
    arguments = TOKENS if statement is store.finish else f"now(), {TOKENS}"
    plan = await plan_of(each_postgres, statement, arguments)

    assert "job_pkey" in plan
    assert "Index Cond: (id = ANY" in plan
    assert "Seq Scan" not in plan
