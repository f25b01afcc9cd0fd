"""The guard's SQL against counting by hand: several caps in one call, rates, holds, failures."""

import asyncio
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from sparekey.db import Db, statement
from sparekey.guard import store
from sparekey.guard.model import flat
from sparekey.guard.rules.sends import OWNER, STRANGER
from tests.guard.oracles import Bucket, Holds, Rules, Uses
from tests.guard.stage import Stage
from tests.world.basics import START, MovableClock
from tests.world.simulated import Simulation

RULES: list[Rules] = [STRANGER, OWNER, ((2, 30), (4, 300), (5, 301)), ((1, 60),)]
MANY = settings(max_examples=60, deadline=None, derandomize=True, database=None)
MICROSECOND = timedelta(microseconds=1)
_SECONDS = (0, 0, 0.000001, 29.999999, 30, 59.999999, 60, 300, 600, 86_399.999999, 86_400)
PAUSES = some.sampled_from([round(seconds * 1_000_000) for seconds in _SECONDS])

_EMPTY = "DELETE FROM guard.cap; DELETE FROM guard.rate; DELETE FROM guard.block"
_WITH_HOLD = statement("SELECT guard.with_hold(:holds, :now, :slot, :units)", returns=list[int])
_HELD = statement("SELECT guard.held(:holds, :now)", returns=int)


@MANY
@given(
    steps=some.lists(
        some.tuples(PAUSES, some.sets(some.integers(0, len(RULES) - 1), min_size=1)),
        max_size=25,
    )
)
def test_several_caps_are_taken_all_or_none(stage: Stage, steps: list[tuple[int, set[int]]]):
    async def check() -> None:
        await stage.house.db.execute(_EMPTY)
        uses, at = Uses(), 0
        for pause, wanted in steps:
            at += pause
            keys = [bytes([number]) * 16 for number in sorted(wanted)]
            caps = [(key, RULES[key[0]]) for key in keys]
            taken = await store.TAKE_CAPS.one(
                stage.house.db, at=START + at * MICROSECOND, keys=keys, classes=[1] * len(keys),
                rules=[number for _, rules in caps for number in flat(rules)],
            )  # fmt: skip
            assert taken.refused == uses.take(caps, at)

    stage.run(check())


@MANY
@given(steps=some.lists(some.tuples(PAUSES, some.integers(0, 2)), max_size=40))
def test_rates_are_exact_to_the_microsecond(stage: Stage, steps: list[tuple[int, int]]):
    async def check() -> None:
        await stage.house.db.execute(_EMPTY)
        bucket, at = Bucket(every=30_000_000, burst=3), 0
        every = timedelta(seconds=30)
        for pause, key in steps:
            at += pause
            taken = await store.TAKE_RATES.one(
                stage.house.db, at=START + at * MICROSECOND, keys=[bytes([key])], every=[every],
                burst=[every * 3],
            )  # fmt: skip
            assert (taken.refused == 0) == bucket.take(key, at)

    stage.run(check())


@MANY
@given(
    steps=some.lists(
        some.tuples(some.integers(0, 2), some.integers(0, 5), some.integers(-300, 300)),
        max_size=40,
    )
)
def test_holds_are_what_was_put_in_and_not_taken_out(
    stage: Stage, steps: list[tuple[int, int, int]]
):
    async def check() -> None:
        by_hand, holds, now = Holds(), list[int](), 100
        for later, ahead, units in steps:
            now += later
            holds = await _WITH_HOLD.one(
                stage.house.db, holds=holds, now=now, slot=now + ahead, units=units
            )
            by_hand.add(now + ahead, units)
            assert await _HELD.one(stage.house.db, holds=holds, now=now) == by_hand.held(now)
            assert len(holds) <= 2 * 6

    stage.run(check())


@MANY
@given(steps=some.lists(PAUSES, max_size=25), attempts=some.integers(1, 5))
def test_failures_pause_after_so_many_within_the_pause(
    stage: Stage, steps: list[int], attempts: int
):
    async def check() -> None:
        await stage.house.db.execute(_EMPTY)
        pause, at, failures = 300_000_000, 0, list[int]()
        for by in steps:
            at += by
            paused = await store.COUNT_FAILURE.one(
                stage.house.db, at=START + at * MICROSECOND, key=b"k", cap_class=12,
                attempts=attempts, pause=pause * MICROSECOND,
            )  # fmt: skip
            failures.append(at)
            is_due = sum(one > at - pause for one in failures) >= attempts
            assert paused == is_due
            if is_due:
                failures.clear()

    stage.run(check())


async def test_parallel_calls_over_several_caps_admit_what_the_tightest_allows(
    db: Db, clock: MovableClock
):
    keys = [b"a" * 16, b"b" * 16]
    rules = [*flat(((5, 600),)), *flat(((3, 600),))]

    async def one() -> int:
        taken = await store.TAKE_CAPS.one(db, at=clock(), keys=keys, classes=[1, 1], rules=rules)
        return taken.refused

    taken = await asyncio.gather(*(one() for _ in range(40)))
    alone = await store.TAKE_CAPS.one(
        db, at=clock(), keys=keys[:1], classes=[1], rules=flat(((4, 600),))
    )

    assert (taken.count(0), taken.count(1), taken.count(2)) == (3, 0, 37)
    assert alone.refused == 0  # a refused use of the second cap counted nothing at the first


@pytest.mark.parametrize(("owners", "is_decoy"), [(7, False), (8, True)])
async def test_an_address_of_more_accounts_than_can_be_charged_is_nobodys(
    app_client: Simulation, owners: int, is_decoy: bool
):
    address = {"kind": "email", "value": "team@mail.example", "verified": True}
    for number in range(owners):
        path = f"/v1/accounts/member-{number}"
        await app_client.client.put(path, json={"addresses": [address]})
    body = {"to": address["value"], "purpose": "sign_in"}
    await app_client.post("/v1/verifications", body)

    row = await app_client.db.fetchrow(
        "SELECT is_decoy, cardinality(ledger_keys) AS ledgers FROM verification.verification"
    )

    assert (row["is_decoy"], row["ledgers"]) == (is_decoy, 8)
