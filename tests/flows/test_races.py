"""Of all that happens to a run at once, one thing wins, and nothing that came early is lost."""

import asyncio
from datetime import timedelta
from typing import Any

from sparekey import flows
from sparekey.db import Db
from sparekey.flows import Event, Signal
from sparekey.kit.ids import new_id
from sparekey.kit.keyring import Keyring
from tests.flows.drawing import ASKING, ROW, Drawn, begun, new_brand, outcome, published
from tests.jobs.conftest import work_off
from tests.world.basics import MovableClock

CHECKING: Drawn = {
    "begin": ("start_api", {}, {"then": "check"}),
    "check": (
        "check_code",
        {"seconds": 600},
        {"proven": "good", "wrong": "bad", "exhausted": "bad", "no_answer": "bad"},
    ),
    "good": ("finish", {"outcome": "proven"}, {}),
    "bad": ("hand_to_support", {"topic": "cannot_get_in"}, {"handed": "end"}),
    "end": ("finish", {"outcome": "not_proven", "is_good": False}, {}),
}
TWO_QUESTIONS: Drawn = {
    "begin": ("start_api", {}, {"then": "first"}),
    "first": (
        "wait_for_reply",
        {"seconds": 60, "replies": {"yes": ["1"]}},
        {"yes": "good", "other": "good", "no_reply": "second"},
    ),
    "second": (
        "wait_for_reply",
        {"seconds": 60, "replies": {"yes": ["2"]}},
        {"yes": "good", "other": "good", "no_reply": "good"},
    ),
    "good": CHECKING["good"],
}


async def begin(
    db: Db, keyring: Keyring, clock: MovableClock, nodes: Drawn = CHECKING, **more: Any
) -> flows.Start:
    """A run of a brand of its own that waits."""
    ready = await published(db, await new_brand(db), nodes)
    start = begun(clock, **more)
    async with db.transaction() as tx:
        assert await flows.begin(tx, ready, start, keyring=keyring, at=clock())
    return start


async def test_of_fifty_events_at_once_one_wakes_the_run(
    db: Db, keyring: Keyring, clock: MovableClock
) -> None:
    start = await begin(db, keyring, clock)
    words = ["proven" if number % 2 else "exhausted" for number in range(50)]

    async def tell(word: str) -> str:
        event = Event(Signal.CODE_CHECKED, word)
        await flows.hear(db, start.id, event, at=clock())
        return word

    await asyncio.gather(*map(tell, words))
    row = await db.fetchrow(ROW, start.id)
    first = (await db.fetchrow("SELECT heard_word FROM flows.run WHERE id = $1", start.id))[0]
    await work_off(flows.waker(db, keyring, clock))

    assert row["heard"] == Signal.CODE_CHECKED
    assert row["waits"] == 0
    ended = {"proven": "proven", "exhausted": "not_proven"}[first]
    assert await outcome(db, start.id) == ended


async def test_an_event_that_comes_while_the_timer_is_worked_voids_the_timer(
    db: Db, keyring: Keyring, clock: MovableClock
) -> None:
    start = await begin(db, keyring, clock)
    clock.advance(timedelta(minutes=10))
    loop = flows.waker(db, keyring, clock)
    claimed = await loop.claim(10)

    assert await flows.hear(db, start.id, Event(Signal.CODE_CHECKED, "proven"), at=clock())
    for row in claimed:  # the timer leads to a ticket, which must not be opened
        await loop.work(row)
    await work_off(flows.waker(db, keyring, clock))

    assert await outcome(db, start.id) == "proven"
    assert (await db.fetchrow("SELECT count(*) FROM support.ticket"))[0] == 0


async def test_an_event_after_the_timer_has_won_changes_nothing(
    db: Db, keyring: Keyring, clock: MovableClock
) -> None:
    start = await begin(db, keyring, clock)
    clock.advance(timedelta(minutes=10))
    await work_off(flows.waker(db, keyring, clock))

    assert not await flows.hear(db, start.id, Event(Signal.CODE_CHECKED, "proven"), at=clock())
    assert await outcome(db, start.id) == "not_proven"


async def test_two_workers_with_the_same_claim_do_everything_once(
    db: Db, keyring: Keyring, clock: MovableClock
) -> None:
    start = await begin(db, keyring, clock)
    clock.advance(timedelta(minutes=10))
    loop = flows.waker(db, keyring, clock)
    claimed = await loop.claim(10)
    await asyncio.gather(*(loop.work(row) for row in [*claimed, *claimed, *claimed]))

    assert await outcome(db, start.id) == "not_proven"
    assert (await db.fetchrow("SELECT count(*) FROM support.message"))[0] == 1


async def test_what_comes_early_is_heard_at_the_next_wait(
    db: Db, keyring: Keyring, clock: MovableClock
) -> None:
    nodes: Drawn = {
        **CHECKING,
        "begin": ("start_api", {}, {"then": "first"}),
        "first": ("wait_for_reply", {}, {"other": "check", "no_reply": "check"}),
    }
    start = await begin(db, keyring, clock, nodes)
    await flows.hear(db, start.id, Event(Signal.REPLY, "other"), at=clock())

    kept = await flows.hear(db, start.id, Event(Signal.CODE_CHECKED, "proven"), at=clock())
    for _ in range(2):  # to its next wait, and from there
        await work_off(flows.waker(db, keyring, clock))

    assert kept
    assert await outcome(db, start.id) == "proven"
    assert (await db.fetchrow("SELECT count(*) FROM flows.early"))[0] == 0


async def test_beginning_the_same_twice_begins_it_once(
    db: Db, keyring: Keyring, clock: MovableClock
) -> None:
    ready = await published(db, await new_brand(db), ASKING)
    start = begun(clock)

    async def once() -> bool:
        async with db.transaction() as tx:
            return await flows.begin(tx, ready, start, keyring=keyring, at=clock())

    began = await asyncio.gather(*(once() for _ in range(8)))

    assert sorted(began) == [False] * 7 + [True]


async def test_an_account_has_so_many_runs_at_most_however_they_race(
    db: Db, keyring: Keyring, clock: MovableClock
) -> None:
    ready = await published(db, await new_brand(db), ASKING)
    account = new_id(clock())

    async def one() -> bool:
        async with db.transaction() as tx:
            start = begun(clock, account_id=account)
            return await flows.begin(tx, ready, start, keyring=keyring, at=clock())

    began = await asyncio.gather(*(one() for _ in range(30)))

    assert sum(began) == flows.Door.COMPANY.most


async def test_a_clock_that_is_set_back_makes_a_wait_longer_and_breaks_nothing(
    db: Db, keyring: Keyring, clock: MovableClock
) -> None:
    start = await begin(db, keyring, clock, ASKING)
    clock.advance(timedelta(hours=-1))
    await work_off(flows.waker(db, keyring, clock))
    assert await outcome(db, start.id) is None

    clock.advance(timedelta(hours=2))
    await work_off(flows.waker(db, keyring, clock))
    clock.advance(timedelta(minutes=1))
    await work_off(flows.waker(db, keyring, clock))

    assert await outcome(db, start.id) == "unknown"


async def test_a_run_whose_worker_died_is_taken_up_again(
    db: Db, keyring: Keyring, clock: MovableClock
) -> None:
    start = await begin(db, keyring, clock)
    clock.advance(timedelta(minutes=10))
    await flows.waker(db, keyring, clock).claim(10)  # and nothing more is ever heard of it
    await work_off(flows.waker(db, keyring, clock))
    assert await outcome(db, start.id) is None

    clock.advance(timedelta(minutes=2))
    await work_off(flows.waker(db, keyring, clock))

    assert await outcome(db, start.id) == "not_proven"


async def test_a_reply_that_meets_the_end_of_its_question_does_not_answer_the_next(
    db: Db, keyring: Keyring, clock: MovableClock
) -> None:
    start = await begin(db, keyring, clock, TWO_QUESTIONS, reply_key=new_id(clock()))
    reply = flows.Reply(text="1", ref=None, as_of=clock())
    brand = (await db.fetchrow("SELECT brand_id FROM flows.run WHERE id = $1", start.id))[0]
    clock.advance(timedelta(minutes=1))
    waker = flows.waker(db, keyring, clock)
    claimed = await waker.claim(10)
    await waker.work(claimed[0])
    assert start.reply_key is not None

    async def time_is_over() -> None:
        assert waker.finish is not None
        await waker.finish(claimed)

    async with db.transaction() as tx:  # whoever comes meanwhile waits for the row in turn
        await flows.hold(tx, start.id)
        timer = asyncio.create_task(time_is_over())
        await blocked(db, 1)
        told = flows.hear_reply(db, brand, start.reply_key, reply, at=clock())
        heard = asyncio.create_task(told)
        await blocked(db, 2)
    await timer

    assert not await heard
    row = await db.fetchrow(ROW, start.id)
    assert (row["node"], row["heard"]) == (2, 0)
    assert row["waits"] & Signal.REPLY


async def blocked(db: Db, many: int) -> None:
    """So many wait for a row."""
    found = 0
    async with asyncio.timeout(10):
        while found < many:
            found = (await db.fetchrow(BLOCKED))[0]


BLOCKED = """SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND wait_event_type = 'Lock'"""
