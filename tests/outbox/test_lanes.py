"""What somebody waits for never waits behind what nobody waits for."""

from datetime import timedelta

from sparekey import outbox, templates
from sparekey.outbox import Envelope, Lane, Message
from tests.world.carriers import Carriers


async def notices(carriers: Carriers, count: int) -> None:
    """Put so many notices into the queue."""
    at = carriers.simulation.clock()
    async with carriers.simulation.db.transaction() as tx:
        for _ in range(count):
            envelope = Envelope("+447400123456", {"happened_at": at.isoformat()})
            notice = Message(
                carriers.brand.id, "sms", "password_changed_no_link", "en", envelope,
                expires_at=at + timedelta(days=3),
            )  # fmt: skip
            await outbox.enqueue(tx, carriers.simulation.keyring, notice, at=at)


def test_proofs_and_answers_to_somebody_who_waits_are_urgent_and_nothing_else_is():
    lanes = {name: outbox.lane_of(name) for name in templates.registry.names()}

    assert {name for name, lane in lanes.items() if lane is Lane.URGENT} == {
        name for name in lanes if templates.find(name).proof is not None
    } | {"username_reminder", "text_asked"}
    assert Lane.BULK in lanes.values()


async def test_a_claim_of_one_lane_leaves_the_other_alone(carriers: Carriers):
    await notices(carriers, 3)
    await carriers.ask(channel="sms")
    worker = carriers.worker()
    urgent = await worker.claim(100)
    bulk = await worker.claim(100, Lane.BULK)

    assert [one.message.template for one in urgent] == ["sign_in_code"]
    assert len(bulk) == 3


async def test_a_pace_is_used_up_by_codes_before_notices(carriers: Carriers):
    wire = await carriers.add("only", per_second=10)
    await notices(carriers, 9)
    worker = carriers.worker()
    for one in await worker.claim(100, Lane.BULK):
        await worker.hand_over(one)
    bulk = len(wire.sent)
    for number in range(3):
        await carriers.ask(f"+44740012340{number}", channel="sms")
    for one in await worker.claim(100):
        await worker.hand_over(one)

    assert bulk == 7
    assert len(wire.sent) == 10


async def test_a_backlog_that_a_pace_holds_up_is_left_alone_for_a_moment(carriers: Carriers):
    wire = await carriers.add("only", per_second=10)
    await notices(carriers, 30)
    worker = carriers.worker()
    first = await worker.claim(20, Lane.BULK)
    for one in first:
        await worker.hand_over(one)
    await worker.settle(first)
    meanwhile = await worker.claim(20, Lane.BULK)
    carriers.simulation.clock.advance(timedelta(seconds=1))
    later = await worker.claim(20, Lane.BULK)

    assert len(wire.sent) == 7
    assert (len(meanwhile), len(later)) == (0, 20)


async def test_a_clock_that_is_set_back_does_not_leave_the_backlog_alone_for_longer(
    carriers: Carriers,
):
    await carriers.add("only", per_second=10)
    await notices(carriers, 30)
    worker = carriers.worker()
    held_up = await worker.claim(20, Lane.BULK)
    for one in held_up:
        await worker.hand_over(one)
    await worker.settle(held_up)
    carriers.simulation.clock.advance(-timedelta(hours=1))
    await notices(carriers, 5)

    assert len(await worker.claim(20, Lane.BULK)) == 5


async def test_a_claim_reads_its_own_lane_from_an_index(carriers: Carriers):
    await carriers.simulation.db.execute(
        """INSERT INTO outbox.due (message_id, due_at, lane)
        SELECT gen_random_uuid(), $1::timestamptz - interval '1 day', 1
        FROM generate_series(1, 20000)""",
        carriers.simulation.clock(),
    )
    await carriers.ask(channel="sms")
    async with carriers.simulation.db.transaction() as tx:
        await tx.execute("SET LOCAL enable_bitmapscan = off")  # as the claim itself does
        plan = await tx.fetch(
            """EXPLAIN (ANALYZE, BUFFERS) SELECT message_id FROM outbox.due
            WHERE lane = 0::smallint AND due_at <= $1 ORDER BY lane, due_at LIMIT 64
            FOR UPDATE SKIP LOCKED""",
            carriers.simulation.clock(),
        )
    lines = "\n".join(row[0] for row in plan)

    assert "Index Scan using due_lane" in lines
    assert "Sort" not in lines
    assert "Rows Removed" not in lines
