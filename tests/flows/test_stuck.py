"""A run that cannot go on waits for a person, who can let it go on but can prove nothing for it."""

from datetime import timedelta

import pytest

from sparekey import flows
from sparekey.db import Db
from sparekey.flows import Event, Signal
from sparekey.kit.keyring import Keyring
from sparekey.kit.problem import Problem
from tests.flows.drawing import Drawn, begun, new_brand, outcome, published
from tests.jobs.conftest import work_off
from tests.world.basics import MovableClock

#: Unlocks after a proof that the flow was told of and the recovery knows nothing about.
UNLOCKING: Drawn = {
    "begin": ("start_api", {}, {"then": "check"}),
    "check": (
        "check_code",
        {"seconds": 600},
        {"proven": "unlock", "wrong": "end", "exhausted": "end", "no_answer": "end"},
    ),
    "unlock": ("unlock", {"reason": "proven"}, {"done": "end"}),
    "end": ("finish", {"outcome": "over"}, {}),
}


async def stuck_at_the_proof(
    db: Db, keyring: Keyring, clock: MovableClock
) -> tuple[int, flows.Start]:
    """A run that was told of a proof which never was."""
    brand = await new_brand(db)
    ready = await published(db, brand, UNLOCKING)
    start = begun(clock)
    async with db.transaction() as tx:
        await flows.begin(tx, ready, start, keyring=keyring, at=clock())
    await flows.hear(db, start.id, Event(Signal.CODE_CHECKED, "proven"), at=clock())
    await work_off(flows.waker(db, keyring, clock))
    return brand, start


async def test_what_needs_proof_asks_the_recovery_whatever_the_flow_was_told(
    db: Db, keyring: Keyring, clock: MovableClock
) -> None:
    brand, start = await stuck_at_the_proof(db, keyring, clock)

    found = await flows.stuck(db, brand)

    assert [(one.id, one.parked_for) for one in found] == [(start.id, "proof.missing")]
    assert await outcome(db, start.id) is None


async def test_a_person_cannot_let_a_run_out_by_the_proven_exit(
    db: Db, keyring: Keyring, clock: MovableClock
) -> None:
    brand, start = await stuck_at_the_proof(db, keyring, clock)

    with pytest.raises(Problem, match="exit_unknown"):
        await flows.skip(db, brand, start.id, "proven", by=None, at=clock())
    await flows.skip(db, brand, start.id, "exhausted", by=None, at=clock())
    await work_off(flows.waker(db, keyring, clock))

    assert await outcome(db, start.id) == "over"


async def test_a_stuck_run_holds_up_nobody(db: Db, keyring: Keyring, clock: MovableClock) -> None:
    brand, _ = await stuck_at_the_proof(db, keyring, clock)
    ready = await published(db, brand, UNLOCKING)
    start = begun(clock)
    async with db.transaction() as tx:
        await flows.begin(tx, ready, start, keyring=keyring, at=clock())
    clock.advance(timedelta(minutes=10))
    await work_off(flows.waker(db, keyring, clock))

    assert await outcome(db, start.id) == "over"


async def test_a_run_that_ends_its_worker_each_time_is_parked(
    db: Db, keyring: Keyring, clock: MovableClock
) -> None:
    brand = await new_brand(db)
    ready = await published(db, brand, UNLOCKING)
    start = begun(clock)
    async with db.transaction() as tx:
        await flows.begin(tx, ready, start, keyring=keyring, at=clock())
    clock.advance(timedelta(minutes=10))
    for _ in range(6):
        assert await flows.waker(db, keyring, clock).claim(10)  # and the worker is gone
        clock.advance(timedelta(minutes=2))
    await work_off(flows.waker(db, keyring, clock))

    assert [one.parked_for for one in await flows.stuck(db, brand)] == ["run.died"]


async def test_only_a_stuck_run_is_retried(db: Db, keyring: Keyring, clock: MovableClock) -> None:
    brand, start = await stuck_at_the_proof(db, keyring, clock)
    other = await new_brand(db)

    with pytest.raises(Problem, match="not_stuck"):
        await flows.retry(db, other, start.id, by=None, at=clock())
    await flows.retry(db, brand, start.id, by=None, at=clock())

    assert await flows.stuck(db, brand) == []
