"""A worker is killed in every state that a text passes through; what it was doing is not lost, and
nothing goes twice. The SMSC is a real one, and receipts come back through the next worker."""

import asyncio
import random
import secrets
import time
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeVar

import pytest

from sparekey.db import Db
from tests.faults.customers import Customers
from tests.faults.findings import open_work
from tests.faults.killing import Killer
from tests.faults.line import Line
from tests.faults.texting import Texting, texting
from tests.world.deployment import Deployment
from tests.world.figures import Figures
from tests.world.processes import Process

#: What each worker holds when it is killed.
TEXTS = 6
_PATIENCE_SECONDS = 30.0
#: A text that was claimed often waits a minute for an SMSC that is not there yet, and some more.
_LONGEST_PAUSE_SECONDS = 90.0
Found = TypeVar("Found")


@asynccontextmanager
async def held(texts: Texting) -> AsyncGenerator[Db]:
    """Nobody can write to a message during the block. Whoever still waits for that at its end was
    killed meanwhile: what it had asked for is not done."""
    async with texts.deployment.database() as db, db.transaction() as tx:
        await tx.execute("LOCK TABLE outbox.message IN EXCLUSIVE MODE")
        yield db
        await tx.execute(
            """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE datname = current_database() AND pid <> pg_backend_pid()
                    AND wait_event_type = 'Lock'"""
        )
        await _of_db(db, _WAITING, 0)


async def _while_it_is_queued(texts: Texting, worker: Process) -> None:
    worker.kill()
    await texts.ask(TEXTS)


async def _while_it_is_claimed(texts: Texting, worker: Process) -> None:
    worker.kill()
    await texts.ask(TEXTS)
    async with held(texts) as db:
        worker.start()
        await _of_db(db, "SELECT count(*) FROM outbox.due WHERE attempts = 1", TEXTS)
        worker.kill()


async def _while_it_is_begun(texts: Texting, worker: Process) -> None:
    """The SMSC does not let it in: nothing has been written yet."""
    worker.kill()
    await texts.carrier.tell("behave", settings={"on_bind": ["silent"] * 50})
    await texts.ask(TEXTS)
    worker.start()
    await texts.count("sending", TEXTS)
    worker.kill()
    await texts.carrier.tell("behave", settings={"on_bind": []})


async def _while_it_is_submitted(texts: Texting, worker: Process) -> None:
    """The SMSC has it and does not answer."""
    await _hold_answers(texts)
    worker.kill()


async def _while_it_is_answered(texts: Texting, worker: Process) -> None:
    """The answer has come, and is not written down."""
    await _hold_answers(texts)
    async with held(texts) as db:
        await texts.carrier.tell("answer")
        await _of_db(db, _WAITING + " AND query LIKE '%outbox.settle%'", 1)
        worker.kill()


async def _while_it_is_sent(texts: Texting, worker: Process) -> None:
    await texts.ask(TEXTS)
    await texts.count("sent", TEXTS)
    worker.kill()


async def _while_its_receipt_is_kept(texts: Texting, worker: Process) -> None:
    """The SMSC has our word that the receipt is here; nobody has read it."""
    await texts.ask(TEXTS)
    await texts.count("sent", TEXTS)
    told = len(texts.carrier.of("reported"))
    async with held(texts) as db:
        await texts.carrier.tell("report")
        await texts.carrier.said("reported", count=told + TEXTS)
        worker.kill()
        kept = await db.fetchrow("SELECT count(*) FROM gateways.raw")
    assert kept["count"] == TEXTS


@dataclass(frozen=True, slots=True)
class Moment:
    """When the worker dies; whether the texts reach the SMSC, and what becomes of them."""

    kill: Callable[[Texting, Process], Coroutine[None, None, None]]
    goes: bool
    end: str


MOMENTS = {
    "queued": Moment(_while_it_is_queued, True, "delivered"),
    "claimed": Moment(_while_it_is_claimed, True, "delivered"),
    "begun": Moment(_while_it_is_begun, False, "unsure"),
    "submitted": Moment(_while_it_is_submitted, True, "unsure"),
    "answered": Moment(_while_it_is_answered, True, "unsure"),
    "sent": Moment(_while_it_is_sent, True, "delivered"),
    "receipt kept": Moment(_while_its_receipt_is_kept, True, "delivered"),
}


async def test_a_text_is_neither_lost_nor_doubled_whenever_its_worker_is_killed(
    unmanned: Deployment, figures: Figures
):
    """One after the other: whoever goes on after a kill is killed at the next moment."""
    async with texting(unmanned, receipts="when told") as texts:
        worker = texts.worker("killed at every moment")
        worker.start()
        for name, moment in MOMENTS.items():
            before, ends = set(texts.asked), await texts.states()
            await texts.carrier.tell("behave", settings={"receipts": "when told"})
            await moment.kill(texts, worker)
            await texts.let_leases_run_out()
            worker.start()
            await texts.carrier.tell("report")
            await texts.count(moment.end, ends[moment.end] + TEXTS)
            asked, doubled = set(texts.asked) - before, texts.doubled()
            reached = texts.reached() - before
            figures.add(
                f"killed while {name}: texts={TEXTS} handed_over={len(reached)}"
                f" doubled={len(doubled)} {moment.end}={TEXTS}"
            )
            assert reached == (asked if moment.goes else set()), name
            assert doubled == [], name
        await asyncio.to_thread(worker.stop)
        states = await texts.states()

    assert states == {"delivered": 4 * TEXTS, "unsure": 3 * TEXTS}


@pytest.mark.faults
async def test_of_two_hundred_kills_none_loses_or_doubles_a_text(
    unmanned: Deployment, figures: Figures
):
    seed = secrets.randbits(32)
    async with texting(unmanned, receipts="at once", slowest_ms=300) as texts:
        workers = [texts.worker(name) for name in ("one", "two")]
        for worker in workers:
            worker.start()
        killer = Killer(
            [*workers, *unmanned.servers],
            random.Random(seed),
            work_done=lambda: len(texts.carrier.events),
        )
        async with unmanned.client(api_key=texts.key) as client:
            customers = Customers(Line(client), random.Random(seed))
            await killer.kill_under(customers.keep_asking, 200)
        await asyncio.gather(*(asyncio.to_thread(worker.stop) for worker in workers))
        await texts.let_leases_run_out()
        workers[0].start()
        await _until(lambda: _unsettled(texts), {}, within=_LONGEST_PAUSE_SECONDS)
        await asyncio.to_thread(workers[0].stop)
        states, reached = await texts.states(), texts.reached()
        unsure = await _numbers_of(texts, customers, "unsure")
    asked = {one.address for one in customers.promises}
    figures.add(
        f"{killer} accepted={len(asked)} delivered={states['delivered']} unsure={states['unsure']}"
        f" of_which_had_gone={len(unsure & reached)} doubled={len(texts.doubled())}"
        f" lost={len(asked - reached - unsure)} seed={seed}"
    )

    assert texts.doubled() == []
    assert asked - reached <= unsure
    assert set(states) <= {"delivered", "unsure"}
    assert len(asked) == states.total()


async def _hold_answers(texts: Texting) -> None:
    """The SMSC is given texts, and keeps its answers to itself."""
    given = len(texts.carrier.of("submit"))
    await texts.carrier.tell("behave", settings={"on_submit": ["hold"] * TEXTS})
    await texts.ask(TEXTS)
    await texts.carrier.said("submit", count=given + TEXTS)


async def _numbers_of(texts: Texting, customers: Customers, state: str) -> set[str]:
    """To whom the messages of a state were to go."""
    async with texts.deployment.database() as db:
        rows = await db.fetch(
            "SELECT about FROM outbox.message WHERE brand_id = $1 AND state = $2",
            texts.brand.id, state,
        )  # fmt: skip
    addresses = {one.id: one.address for one in customers.promises}
    return {addresses[row["about"]] for row in rows}


async def _unsettled(texts: Texting) -> dict[str, int]:
    """What waits, here or at the SMSC: `sent` is a receipt that is still to come."""
    sent = (await texts.states())["sent"]
    async with texts.deployment.database() as db:
        waiting = await open_work(db)
    return {"sent": sent, **waiting} if sent else waiting


_WAITING = """SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND wait_event_type = 'Lock'"""


async def _of_db(db: Db, query: str, wanted: int) -> None:
    """Wait until a query counts so many."""

    async def counted() -> int:
        return (await db.fetchrow(query))["count"]

    await _until(counted, wanted)


async def _until(
    counted: Callable[[], Coroutine[None, None, Found]],
    wanted: Found,
    *,
    within: float = _PATIENCE_SECONDS,
) -> None:
    deadline = time.monotonic() + within
    while (found := await counted()) != wanted:
        assert time.monotonic() < deadline, found
        await asyncio.sleep(0.02)
