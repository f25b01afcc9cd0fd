"""Tickets from before runs joined: the database is brought along, and nobody is left waiting."""

from collections.abc import AsyncIterator
from importlib.resources import files
from uuid import UUID

import pytest

from sparekey.db import Db
from sparekey.kit.ids import new_id
from tests.world.basics import START
from tests.world.postgres import Cluster

_MIGRATIONS = files("sparekey.support") / "migrations"
_OPENED = """INSERT INTO support.ticket (id, brand_id, account_id, about, topic, state, opened_at,
    changed_at) VALUES ($1, 1, $2, $3, 'other', $4, $5, $5)"""


@pytest.fixture
async def earlier(postgres: Cluster) -> AsyncIterator[Db]:
    """A database with tickets and nothing else, as they were."""
    url = await postgres.empty()
    db = await Db.connect(url, size=1)
    await db.execute("CREATE SCHEMA support")
    await db.execute((_MIGRATIONS / "0001_tickets.sql").read_text())
    yield db
    await db.close()
    await postgres.drop(url)


async def test_the_oldest_of_an_accounts_tickets_is_the_one_that_is_joined(earlier: Db) -> None:
    alice, ids = new_id(START), [UUID(int=n) for n in range(1, 6)]
    runs = [new_id(START) for _ in ids]
    states = ("solved", "waiting", "open", "open", "open")
    for one, account, run, state in zip(ids, [alice] * 4 + [None], runs, states, strict=True):
        await earlier.execute(_OPENED, one, account, run, state, START)

    await earlier.execute((_MIGRATIONS / "0002_joining.sql").read_text())
    tickets = await earlier.fetch("SELECT id, party, runs, topics FROM support.ticket ORDER BY id")
    told = await earlier.fetch("SELECT run_id FROM support.handed ORDER BY ticket_id")

    assert [row["party"] for row in tickets] == [None, alice, None, None, None]
    assert {(row["runs"], *row["topics"]) for row in tickets} == {(1, "other")}
    assert [row["run_id"] for row in told] == runs[1:]
