"""Receipts move a message forward only: doubled, out of order, early or foreign ones."""

import random
from datetime import timedelta
from decimal import Decimal

import pytest

from sparekey import gateways, outbox
from sparekey.gateways.service import routing
from sparekey.kit.ids import new_id
from tests.world.carriers import BOB, PARTS, Carriers
from tests.world.cast import fresh_number

FINAL = ["delivered", "undelivered", "failed", "expired"]


async def sent(carriers: Carriers) -> None:
    """One message through one gateway."""
    await carriers.add("only")
    await carriers.ask(channel="sms")
    await carriers.hand_over()


@pytest.mark.parametrize("outcome", FINAL)
async def test_a_receipt_says_what_became_of_a_message(carriers: Carriers, outcome: str):
    await sent(carriers)
    known = await carriers.report("only", outcome, reason="0x45")
    [message] = await carriers.messages()

    assert known
    assert message["state"] == outcome
    assert message["ended_at"] is not None
    assert message["failure"] == (None if outcome == "delivered" else "0x45")


@pytest.mark.parametrize("order", [["delivered", "undelivered"], ["undelivered", "delivered"]])
async def test_contradicting_receipts_end_alike_in_either_order(
    carriers: Carriers, order: list[str]
):
    await sent(carriers)
    for outcome in (*order, *order, "sent"):
        await carriers.report("only", outcome)

    assert [state for state, _, _ in await carriers.states()] == ["delivered"]


async def test_a_receipt_by_our_own_id_is_believed_from_its_own_gateway_only(carriers: Carriers):
    await sent(carriers)
    await carriers.add("other")
    [message] = await carriers.messages()
    said = gateways.Report(gateways.Outcome.DELIVERED, id=message["id"])

    async def told(brand_id: int, gateway: str) -> bool:
        return await outbox.report(
            carriers.simulation.db, brand_id=brand_id, gateway_id=carriers.ids[gateway],
            report=said, at=carriers.simulation.clock(), is_signed=True,
        )  # fmt: skip

    foreign = [await told(carriers.brand.id, "other"), await told(carriers.brand.id + 1, "only")]
    before = await carriers.states()
    own = await told(carriers.brand.id, "only")

    assert foreign == [False, False]
    assert before == [("sent", "only", None)]
    assert own
    assert [state for state, _, _ in await carriers.states()] == ["delivered"]


async def test_a_receipt_that_comes_before_its_name_is_kept_for_it(carriers: Carriers):
    await carriers.add("only")
    await carriers.ask(channel="sms")
    worker = carriers.worker()
    claimed = await worker.claim(10)
    await worker.hand_over(claimed[0])
    early = [await carriers.report("only", outcome) for outcome in ("delivered", "sent")]
    await worker.settle(claimed)
    late = await carriers.report("only", "sent")

    assert early == [False, False]
    assert late
    assert [state for state, _, _ in await carriers.states()] == ["delivered"]


async def test_a_name_that_cannot_be_kept_is_kept_as_far_as_it_can_be(carriers: Carriers):
    await sent(carriers)
    [message] = await carriers.messages()
    said = gateways.Report(gateways.Outcome.DELIVERED, ref=f"\0{message['id']}\n")
    known = await outbox.report(
        carriers.simulation.db, brand_id=carriers.brand.id, gateway_id=carriers.ids["only"],
        report=said, at=carriers.simulation.clock(), is_signed=True,
    )  # fmt: skip

    assert known
    assert [state for state, _, _ in await carriers.states()] == ["delivered"]


async def test_an_early_receipt_of_a_begun_message_does_not_have_it_sent_again(
    carriers: Carriers,
):
    wire = await carriers.add("only")
    await carriers.ask(channel="sms")
    dying = carriers.worker()
    await dying.hand_over((await dying.claim(10))[0])
    said = gateways.Report(gateways.Outcome.DELIVERED, id=wire.sent[0].id)
    await outbox.report(
        carriers.simulation.db, brand_id=carriers.brand.id, gateway_id=carriers.ids["only"],
        report=said, at=carriers.simulation.clock(), is_signed=True,
    )  # fmt: skip
    await carriers.step(later=61)
    [message] = await carriers.messages()

    assert wire.tries == 1
    assert message["state"] == "delivered"
    assert message["sealed"] is None


async def test_a_receipt_settles_what_was_unsure(carriers: Carriers):
    wire = await carriers.add("only")
    wire.failures = [gateways.Unsure()]
    await carriers.ask(channel="sms")
    await carriers.hand_over()
    [message] = await carriers.messages()
    said = gateways.Report(gateways.Outcome.DELIVERED, id=message["id"])
    await outbox.report(
        carriers.simulation.db, brand_id=carriers.brand.id, gateway_id=carriers.ids["only"],
        report=said, at=carriers.simulation.clock(), is_signed=True,
    )  # fmt: skip

    assert message["state"] == "unsure"
    assert [state for state, _, _ in await carriers.states()] == ["delivered"]


async def test_only_a_proven_sender_confirms_a_delivery(carriers: Carriers):
    await sent(carriers)
    await carriers.report("only", "delivered", is_signed=False)
    [unsigned] = await carriers.messages()
    await carriers.report("only", "delivered", is_signed=True)
    [signed] = await carriers.messages()

    assert (unsigned["state"], unsigned["confirmed_at"]) == ("delivered", None)
    assert signed["confirmed_at"] is not None


async def test_a_price_is_put_right_by_a_proven_receipt_in_the_brands_own_money(
    carriers: Carriers,
):
    wire = await carriers.add("only")
    await carriers.prices("only", _44=40_000 // PARTS)
    await carriers.budget("*", 1_000_000)
    await carriers.budget("GB", 1_000_000)
    await routing.put_terms(carriers.simulation.db, carriers.brand, gateways.Terms("USD", 0))
    await carriers.ask(channel="sms")
    await carriers.hand_over()
    charged = await carriers.spent()
    for currency, is_signed in (("EUR", True), ("USD", False)):
        await carriers.report(
            "only", "sent", price=Decimal(9), currency=currency, is_signed=is_signed
        )
    unbelieved = await carriers.spent()
    for _ in range(2):
        await carriers.report("only", "delivered", price=Decimal("-0.05"), currency="usd")

    assert len(wire.sent) == 1
    assert (charged, unbelieved) == (40_000, 40_000)
    assert (await carriers.spent(), await carriers.spent("GB")) == (50_000, 50_000)


async def test_a_name_that_a_gateway_uses_again_is_the_newer_messages(carriers: Carriers):
    await sent(carriers)
    await carriers.ask(BOB, channel="sms")
    await carriers.hand_over()
    await carriers.simulation.db.execute(
        "UPDATE outbox.provider_ref SET ref = 'same' WHERE message_id = $1",
        carriers.wires["only"].sent[0].id,
    )
    worker = carriers.worker()
    await carriers.ask("+447400123499", channel="sms")
    [claimed] = await worker.claim(10)
    await worker.hand_over(claimed)
    claimed.ref = "same"
    await worker.settle([claimed])
    said = gateways.Report(gateways.Outcome.DELIVERED, ref="same")
    await outbox.report(
        carriers.simulation.db, brand_id=carriers.brand.id, gateway_id=carriers.ids["only"],
        report=said, at=carriers.simulation.clock(), is_signed=True,
    )  # fmt: skip

    assert [state for state, _, _ in await carriers.states()] == ["sent", "sent", "delivered"]


async def test_ten_thousand_receipts_doubled_and_out_of_order_end_right(carriers: Carriers):
    db, at = carriers.simulation.db, carriers.simulation.clock()
    await carriers.add("only")
    gateway, brand = carriers.ids["only"], carriers.brand.id
    ids = [new_id(at) for _ in range(2_500)]
    await db.execute(
        """INSERT INTO outbox.message (id, brand_id, channel, template, locale, state, is_decoy,
            code_length, created_at, expires_at, sent_at, gateway, gateway_id)
        SELECT id, $2, 'sms', 'sign_in_code', 'en', 'sent', false, 8, $3, $3, $3, 'only', $4
        FROM unnest($1::uuid[]) AS id""",
        ids, brand, at, gateway,
    )  # fmt: skip
    await db.execute(
        """INSERT INTO outbox.provider_ref (gateway_id, ref, message_id, expires_at)
        SELECT $2, id::text, id, $3 FROM unnest($1::uuid[]) AS id""",
        ids, gateway, at + timedelta(days=1),
    )  # fmt: skip
    drawn = random.Random(4)
    ends = {one: drawn.choice(FINAL) for one in ids}
    receipts = [(one, outcome) for one in ids for outcome in ("sent", ends[one])] * 2
    drawn.shuffle(receipts)
    async with db.transaction() as tx:
        for one, outcome in receipts:
            said = gateways.Report(gateways.Outcome(outcome), ref=str(one))
            assert await outbox.report(
                tx, brand_id=brand, gateway_id=gateway, report=said, at=at, is_signed=True
            )
    states = await db.fetch("SELECT id, state FROM outbox.message")

    assert len(receipts) == 10_000
    assert {row["id"]: row["state"] for row in states} == ends


async def test_names_are_forgotten_when_no_receipt_can_come_any_more(carriers: Carriers):
    await sent(carriers)
    db = carriers.simulation.db
    await outbox.sweep(db, at=carriers.simulation.clock() + timedelta(days=7))
    kept = await db.fetchrow("SELECT count(*) FROM outbox.provider_ref")
    await outbox.sweep(db, at=carriers.simulation.clock() + timedelta(days=9))
    left = await db.fetchrow("SELECT count(*) FROM outbox.provider_ref")

    assert (kept[0], left[0]) == (1, 0)


async def test_a_gateway_whose_receipts_stay_away_comes_last_until_one_comes(carriers: Carriers):
    first, second = await carriers.add("first"), await carriers.add("second")
    clock, db = carriers.simulation.clock, carriers.simulation.db

    async def send(count: int) -> None:
        for number in range(count):
            await carriers.ask(fresh_number(), channel="sms")
            clock.advance(timedelta(milliseconds=number))
        await carriers.hand_over(carriers.worker())

    await send(10)
    await carriers.report("first", "delivered")
    clock.advance(timedelta(minutes=3))
    await outbox.watch(db, at=clock())
    clock.advance(timedelta(minutes=15))
    await send(10)
    clock.advance(timedelta(minutes=3))
    await outbox.watch(db, at=clock())
    tried = len(first.sent)
    await send(1)
    silent = len(first.sent) - tried, len(second.sent)
    await carriers.report("first", "delivered")
    await outbox.watch(db, at=clock())
    await send(1)

    assert tried == 20
    assert silent == (0, 1)
    assert len(first.sent) == 21
