"""Workers die at the worst moment: nothing is lost, and no code goes twice by a guess."""

import asyncio
import sys
from asyncio.subprocess import PIPE
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from sparekey import gateways, sandbox
from sparekey.db import Db
from sparekey.kit.keyring import BrokenSeal
from sparekey.outbox import Delivery
from tests.outbox.conftest import Desk
from tests.world.wires import delivery_through

ROOT = Path(__file__).parents[2]


async def test_a_worker_killed_while_a_wire_has_the_message_leaves_it_unsure(
    desk: Desk, database_url: str, tmp_path: Path
):
    keyring = tmp_path / "keyring.json"
    desk.simulation.keyring.save(keyring)
    await desk.ask()
    words = [database_url, str(keyring), desk.simulation.clock().isoformat()]
    worker = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.outbox.hanging_worker", *words, cwd=ROOT, stdout=PIPE
    )
    assert worker.stdout is not None
    taken = await worker.stdout.readline()
    worker.kill()
    await worker.wait()

    under_lease = await desk.step(later=59)
    interrupted = await desk.outcome()
    await desk.step(later=2)
    for _ in range(5):
        await desk.step(later=61)

    assert taken == b"taken\n"
    assert under_lease == 0
    assert interrupted == ("sending", True, False)
    assert desk.wire.tries == 0
    assert await desk.outcome() == ("unsure", False, True)
    assert (await desk.message())["failure"] == "interrupted"


@pytest.mark.parametrize("repeats_safely", [True, False])
async def test_a_message_that_was_handed_over_but_not_settled_goes_again_only_where_that_is_safe(
    desk: Desk, *, repeats_safely: bool
):
    desk.wire.repeats_safely = repeats_safely
    await desk.ask()
    dying = desk.worker()
    await dying.hand_over((await dying.claim(10))[0])
    desk.simulation.clock.advance(timedelta(seconds=61))
    await desk.step()

    assert len(desk.wire.sent) == (2 if repeats_safely else 1)
    assert len({message.id for message in desk.wire.sent}) == 1
    assert await desk.outcome() == ("sent" if repeats_safely else "unsure", False, True)


async def test_the_sandbox_shows_a_message_once_that_was_handed_over_twice(desk: Desk):
    await desk.ask()
    house = desk.simulation.house
    around = gateways.Around(sandbox.Inbox(house.db, house.keyring).keep)
    routes = gateways.Gateways(around, house.db, house.keyring)
    dying = Delivery(house.db, house.keyring, house.clock, routes, house.base_url)
    await dying.hand_over((await dying.claim(10))[0])
    desk.simulation.clock.advance(timedelta(seconds=61))
    await desk.simulation.deliver()

    assert len(desk.alice.phone.inbox) == 1
    assert await desk.outcome() == ("sent", False, True)


async def test_an_outcome_that_comes_after_the_lease_changes_nothing(desk: Desk):
    desk.wire.repeats_safely = True
    await desk.ask()
    slow = desk.worker()
    claimed = await slow.claim(10)
    desk.wire.failures = [gateways.Refused()]
    await slow.hand_over(claimed[0])
    await desk.step(later=61)
    before = await desk.message()
    await slow.settle(claimed)

    assert await desk.message() == before
    assert before["state"] == "sent"


async def test_what_a_stopped_worker_had_not_begun_is_due_at_once(desk: Desk):
    await desk.ask()
    stopped = desk.worker()
    await stopped.release(await stopped.claim(10))
    released = await desk.outcome()

    assert released == ("queued", True, False)
    assert await desk.step() == 1
    assert len(desk.wire.sent) == 1


async def test_two_workers_never_claim_the_same_message(desk: Desk):
    await desk.ask()
    first, second = desk.worker(), desk.worker()
    claims = [await first.claim(10), await second.claim(10)]

    assert [len(claim) for claim in claims] == [1, 0]


async def test_a_message_of_another_row_cannot_be_read(desk: Desk):
    await desk.ask()
    await desk.simulation.client.post(
        "/v1/verifications", json={"to": desk.alice.email.address, "purpose": "sign_in"}
    )
    await desk.simulation.db.execute(
        """UPDATE outbox.message AS m SET sealed = other.sealed
        FROM outbox.message AS other WHERE other.id <> m.id"""
    )
    worker = desk.worker()
    claimed = await worker.claim(10)
    for one in claimed:
        with pytest.raises(BrokenSeal):
            await worker.hand_over(one)

    assert len(claimed) == 2
    assert not desk.wire.sent


class _DeafOnce(Db):
    """Carries the first statement out, and the line breaks before its answer."""

    is_deaf = True

    async def fetch(self, sql: str, *values: Any) -> Sequence[Any]:
        rows = await super().fetch(sql, *values)
        if self.is_deaf:
            self.is_deaf = False
            raise asyncpg.ConnectionDoesNotExistError("connection was closed in the middle")
        return rows


async def test_a_claim_whose_answer_was_lost_is_taken_back_at_once(desk: Desk, database_url: str):
    await desk.ask()
    db = await _DeafOnce.connect(database_url, size=1)
    worker = delivery_through(replace(desk.simulation.house, db=db), desk.wire)
    try:
        with pytest.raises(asyncpg.ConnectionDoesNotExistError):
            await worker.claim(10)
        for_others = await desk.worker().claim(10)
        claimed = await worker.claim(10)
        await worker.hand_over(claimed[0])
    finally:
        await db.close()

    assert for_others == []  # it was claimed, and the lease would last a minute
    assert len(claimed) == 1
    assert len(desk.wire.sent) == 1
