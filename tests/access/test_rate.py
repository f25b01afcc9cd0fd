"""A key's rate holds over processes, and a busy key costs one row write a second."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import pytest

from sparekey import access
from sparekey.access.service.rate import KeyRate
from sparekey.db import Db
from tests.access.cast import a_brand, a_key
from tests.world.basics import MovableClock


@pytest.fixture
async def another_db(database_url: str) -> AsyncIterator[Db]:
    db = await Db.connect(database_url)
    yield db
    await db.close()


async def a_caller(db: Db, clock: MovableClock, per_minute: int) -> access.Caller:
    key = await a_key(db, clock, await a_brand(db, clock), per_minute=per_minute)
    return await access.authenticate(db, f"Bearer {key}", clock())


async def spent(rate: KeyRate, caller: access.Caller, clock: MovableClock, times: int) -> int:
    """How many of `times` simultaneous requests were within the rate."""
    outcomes = await asyncio.gather(*(rate.spend(caller, clock()) for _ in range(times)))
    return sum(outcome.is_within for outcome in outcomes)


async def test_two_processes_together_stay_within_the_rate(
    db: Db, another_db: Db, clock: MovableClock
):
    caller = await a_caller(db, clock, per_minute=120)
    one, two = KeyRate(db), KeyRate(another_db)

    within = await asyncio.gather(spent(one, caller, clock, 100), spent(two, caller, clock, 100))

    assert sum(within) == 120


async def test_a_quota_comes_back_evenly(db: Db, clock: MovableClock):
    caller = await a_caller(db, clock, per_minute=60)
    rate = KeyRate(db)
    assert await spent(rate, caller, clock, 100) == 60

    clock.advance(timedelta(seconds=10))

    assert await spent(rate, caller, clock, 100) == 10


async def test_a_thousand_requests_of_a_busy_key_cost_one_lease(db: Db, clock: MovableClock):
    caller = await a_caller(db, clock, per_minute=60_000)
    rate = KeyRate(db)

    await spent(rate, caller, clock, 1000)
    first = await _full_at(db, caller.key_id)
    await spent(rate, caller, clock, 1)

    assert first == clock() + timedelta(seconds=1)
    assert await _full_at(db, caller.key_id) == clock() + timedelta(seconds=2)


async def test_refusing_costs_no_statement(db: Db, clock: MovableClock):
    caller = await a_caller(db, clock, per_minute=1)
    rate = KeyRate(db)
    await spent(rate, caller, clock, 2)
    await db.execute("DROP TABLE access.key_rate")

    assert await spent(rate, caller, clock, 100) == 0


async def test_what_is_not_spent_in_ten_seconds_is_given_up(db: Db, clock: MovableClock):
    caller = await a_caller(db, clock, per_minute=600)
    rate = KeyRate(db)
    await spent(rate, caller, clock, 1)

    clock.advance(timedelta(seconds=10))
    await spent(rate, caller, clock, 1)

    assert await _full_at(db, caller.key_id) == clock() + timedelta(seconds=1)


async def _full_at(db: Db, key_id: UUID):
    row = await db.fetchrow("SELECT full_at FROM access.key_rate WHERE key_id = $1", key_id)
    return row["full_at"]
