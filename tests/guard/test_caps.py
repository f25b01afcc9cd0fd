"""Caps are exact in any window and rates let nobody past, however many come together."""

import asyncio
from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from sparekey.db import Db
from sparekey.guard import store
from sparekey.guard.model import flat
from sparekey.guard.rules.sends import OWNER, STRANGER
from tests.world.basics import START, MovableClock

Rules = tuple[tuple[int, int], ...]

RULES: list[Rules] = [STRANGER, OWNER, ((1, 1),), ((20, 86_400),), ((2, 10), (2, 20), (3, 20))]
_SAME_DATABASE = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


async def take(db: Db, at: datetime, rules: Rules, *keys: bytes, cap_class: int = 1) -> int:
    """Ask for one use of every key; 0 when it was given, else which one was full."""
    taken = await store.TAKE_CAPS.one(
        db, at=at, keys=list(keys), classes=[cap_class] * len(keys), rules=flat(rules) * len(keys)
    )
    return taken.refused


def by_the_book(asked_at: list[datetime], rules: Rules) -> list[bool]:
    """Which of the uses a cap admits, counted naively."""
    given_at: list[datetime] = []
    admitted: list[bool] = []
    for at in asked_at:
        windows = [(most, at - timedelta(seconds=seconds)) for most, seconds in rules]
        fits = all(sum(one > since for one in given_at) < most for most, since in windows)
        admitted.append(fits)
        given_at += [at] * fits
    return admitted


@_SAME_DATABASE
@given(
    rules=some.sampled_from(RULES),
    pauses=some.lists(
        some.one_of(
            some.sampled_from([0, 0.001, 1, 9.999, 10, 59.999, 60, 600, 86_399, 86_400]),
            some.floats(0, 90_000),
        ),
        min_size=1, max_size=30,
    ),
    key=some.binary(min_size=16, max_size=16),
)  # fmt: skip
async def test_a_cap_admits_what_counting_by_hand_admits(
    db: Db, rules: Rules, pauses: list[float], key: bytes
):
    await db.execute("DELETE FROM guard.cap")
    asked_at: list[datetime] = []
    at = START
    for pause in pauses:
        at += timedelta(microseconds=round(pause * 1_000_000))
        asked_at.append(at)

    admitted = [await take(db, at, rules, key) == 0 for at in asked_at]

    assert admitted == by_the_book(asked_at, rules)


async def test_of_fifty_at_once_three_are_admitted(db: Db, clock: MovableClock):
    taken = await asyncio.gather(*(take(db, clock(), ((3, 600),), b"k" * 16) for _ in range(50)))

    assert sum(refused == 0 for refused in taken) == 3


async def test_whoever_asks_for_keys_in_any_order_gets_no_deadlock(db: Db, clock: MovableClock):
    keys = [bytes([n]) * 16 for n in range(6)]
    wanted = [sorted({keys[n % 6], keys[(n * 5 + 1) % 6], keys[(n * 3) % 6]}) for n in range(60)]

    taken = await asyncio.gather(*(take(db, clock(), ((1, 60),), *some) for some in wanted))

    assert sum(refused == 0 for refused in taken) >= 1


async def test_a_refused_use_counts_nowhere(db: Db, clock: MovableClock):
    full, free = b"a" * 16, b"b" * 16
    await take(db, clock(), ((1, 60),), full)

    refused = [await take(db, clock(), ((1, 60),), *keys) for keys in ((full, free), (b"9", full))]

    assert refused == [1, 2]
    assert await take(db, clock(), ((1, 60),), free) == 0
    assert await take(db, clock(), ((1, 60),), b"9") == 0


async def test_classes_of_one_subject_are_counted_apart(db: Db, clock: MovableClock):
    taken = [
        await take(db, clock(), ((1, 60),), b"k" * 16, cap_class=cap_class)
        for cap_class in (1, 1, 2, 3, 4, 2)
    ]

    assert taken == [0, 1, 0, 0, 0, 1]


async def test_a_full_cap_says_when_it_will_not_be(db: Db, clock: MovableClock):
    key = b"k" * 16
    for seconds in (0, 60, 60):
        await take(db, clock.advance(timedelta(seconds=seconds)), STRANGER, key)
    values = {"keys": [key], "classes": [1], "rules": flat(STRANGER)}

    found = await store.TAKE_CAPS.one(db, at=clock(), **values)

    assert found.retry_at == START + timedelta(seconds=600)
    assert await take(db, START + timedelta(seconds=599.999), STRANGER, key) == 1
    assert await take(db, START + timedelta(seconds=600), STRANGER, key) == 0


@_SAME_DATABASE
@given(
    pauses=some.lists(some.floats(0, 40), min_size=1, max_size=40),
    every=some.sampled_from([1, 10]),
    burst=some.sampled_from([1, 5, 10]),
    key=some.binary(min_size=16, max_size=16),
)
async def test_a_rate_is_never_passed_and_never_stingy(
    db: Db, pauses: list[float], every: int, burst: int, key: bytes
):
    await db.execute("DELETE FROM guard.rate")
    at, admitted = START, list[datetime]()
    for pause in pauses:
        at += timedelta(microseconds=round(pause * 1_000_000))
        taken = await store.TAKE_RATES.one(
            db, at=at, keys=[key], every=[timedelta(seconds=every)],
            burst=[timedelta(seconds=every * burst)],
        )  # fmt: skip
        if taken.refused == 0:
            admitted.append(at)
        else:
            assert taken.retry_at is not None
            assert at < taken.retry_at <= at + timedelta(seconds=every)

    for first in range(len(admitted)):
        for last in range(first, len(admitted)):
            seconds = (admitted[last] - admitted[first]).total_seconds()
            assert last - first + 1 <= burst + seconds / every + 1e-6
    assert len(admitted) >= min(len(pauses), burst)


async def test_of_fifty_at_once_a_rate_admits_its_burst(db: Db, clock: MovableClock):
    async def one() -> int:
        taken = await store.TAKE_RATES.one(
            db, at=clock(), keys=[b"k" * 16], every=[timedelta(seconds=10)],
            burst=[timedelta(seconds=100)],
        )  # fmt: skip
        return taken.refused

    taken = await asyncio.gather(*(one() for _ in range(50)))

    assert taken.count(0) == 10


async def test_two_rates_are_taken_narrow_first(db: Db, clock: MovableClock):
    values = {
        "keys": [b"narrow", b"wide"],
        "every": [timedelta(seconds=10)] * 2,
        "burst": [timedelta(seconds=20), timedelta(seconds=40)],
    }
    refused = [(await store.TAKE_RATES.one(db, at=clock(), **values)).refused for _ in range(5)]

    assert refused == [0, 0, 1, 1, 1]
    assert all(before <= after for before, after in pairwise(refused))
