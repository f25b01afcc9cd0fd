"""A brand's money: counted exactly, charged at hand-over, with a part kept for owners."""

import asyncio
from datetime import timedelta
from decimal import Decimal

import pytest

from sparekey import gateways, outbox
from sparekey.kit import gsm7
from tests.outbox.conftest import forget_caches
from tests.world.carriers import ALICE, BOB, PARTS, Carriers

PART = 20_000
PRICE = PARTS * PART


def number(of: int) -> str:
    """One of many numbers, no two with one prefix."""
    return f"+447400{of:02}0123"


async def test_fifty_sends_at_once_by_five_workers_never_exceed_a_budget(carriers: Carriers):
    wire = await carriers.add("only")
    await carriers.prices("only", _44=PART)
    await carriers.budget("GB", 20 * PRICE + 1)
    for one in range(50):
        await carriers.ask(number(one), channel="sms")
    workers = [carriers.worker() for _ in range(5)]
    claims = [await worker.claim(10) for worker in workers]
    await asyncio.gather(
        *(
            worker.hand_over(one)
            for worker, claim in zip(workers, claims, strict=True)
            for one in claim
        )
    )
    for worker, claim in zip(workers, claims, strict=True):
        await worker.settle(claim)
    failures = [failure for state, _, failure in await carriers.states() if state == "failed"]

    assert [len(claim) for claim in claims] == [10] * 5
    assert len(wire.sent) == 20
    assert failures == ["budget"] * 30
    assert await carriers.spent("GB") == 20 * PRICE


async def test_countries_have_budgets_of_their_own_under_one_altogether(carriers: Carriers):
    await carriers.add("only")
    await carriers.prices("only", _44=PART, _1=PART)
    await carriers.budget("*", 3 * PRICE)
    await carriers.budget("GB", 2 * PRICE)
    for one in range(3):
        await carriers.ask(number(one), channel="sms")
    await carriers.step()
    british = [state for state, _, _ in await carriers.states()]

    assert sorted(british) == ["failed", "sent", "sent"]
    assert (await carriers.spent(), await carriers.spent("GB")) == (2 * PRICE, 2 * PRICE)


async def test_every_part_of_a_text_costs(carriers: Carriers):
    wire = await carriers.add("only")
    await carriers.prices("only", _44=PART)
    await carriers.budget("*", 100 * PART)
    for to, locale in ((ALICE, "en"), (BOB, "ar")):
        await carriers.ask(to, locale=locale, channel="sms")
    await carriers.hand_over()
    parts = [gsm7.segments(message.text).count for message in wire.sent]

    assert parts[0] == PARTS < parts[1]
    assert await carriers.spent() == sum(parts) * PART


async def test_what_certainly_did_not_go_costs_nothing(carriers: Carriers):
    wire = await carriers.add("only")
    wire.failures = [gateways.Refused()]
    await carriers.prices("only", _44=PART)
    await carriers.budget("*", PRICE)
    await carriers.ask(channel="sms")
    await carriers.step()
    refunded = await carriers.spent()
    await carriers.ask(BOB, channel="sms")
    await carriers.step()

    assert refunded == 0
    assert [state for state, _, _ in await carriers.states()] == ["failed", "sent"]


@pytest.mark.parametrize("failure", [gateways.Unsure(), None], ids=["unsure", "sent"])
async def test_what_may_have_gone_is_paid_for(
    carriers: Carriers, failure: gateways.WireFailure | None
):
    wire = await carriers.add("only")
    wire.failures = [failure]
    await carriers.prices("only", _44=PART)
    await carriers.budget("*", PRICE)
    await carriers.ask(channel="sms")
    await carriers.step()

    assert await carriers.spent() == PRICE


async def test_a_message_that_is_tried_many_times_is_charged_once(carriers: Carriers):
    wire = await carriers.add("only")
    wire.failures = [gateways.Unreachable(), gateways.Unreachable(), gateways.Unreachable()]
    await carriers.prices("only", _44=PART)
    await carriers.budget("*", PRICE)
    await carriers.ask(channel="sms")
    await carriers.hand_over()
    held = await carriers.spent()
    for _ in range(4):
        await carriers.step(later=20)

    assert held == PRICE
    assert len(wire.sent) == 1
    assert await carriers.spent() == PRICE


async def test_a_dearer_gateway_is_charged_at_its_own_price(carriers: Carriers):
    first, _ = await carriers.add("first"), await carriers.add("second")
    first.failures = [gateways.Unreachable()]
    await carriers.prices("first", _44=PART)
    await carriers.prices("second", _=3 * PART)
    await carriers.budget("*", 10 * PRICE)
    await carriers.ask(channel="sms")
    await carriers.step()
    [message] = await carriers.messages()

    assert message["gateway"] == "second"
    assert (await carriers.spent(), message["price"]) == (3 * PRICE, 3 * PRICE)


async def test_a_decoy_costs_nothing_and_is_told_what_a_message_would_be(carriers: Carriers):
    wire = await carriers.add("only")
    await carriers.prices("only", _44=PART)
    await carriers.budget("*", 2 * PRICE)
    await carriers.ask(channel="sms")
    await carriers.ask(channel="sms")  # too soon: a decoy
    await carriers.step()
    spent = await carriers.spent()
    await carriers.ask(BOB, channel="sms")
    await carriers.ask(BOB, channel="sms")  # another
    await carriers.step()
    told = [(m["is_decoy"], m["state"]) for m in await carriers.messages()]

    assert spent == PRICE
    assert (len(wire.sent), len(wire.dropped)) == (2, 1)
    assert sorted(told) == [(False, "sent"), (False, "sent"), (True, "failed"), (True, "sent")]


async def test_a_reserve_is_left_to_owners_own_doors(carriers: Carriers):
    wire = await carriers.add("only")
    await carriers.prices("only", _44=PART)
    await carriers.budget("*", 2 * PRICE, reserve=PRICE)
    for to in (ALICE, BOB):
        await carriers.ask(to, channel="sms")
    await carriers.simulation.db.execute(
        """UPDATE outbox.message SET is_own_door = id = (SELECT id FROM outbox.message
            ORDER BY created_at DESC, id DESC LIMIT 1)"""
    )
    await carriers.hand_over()

    assert len(wire.sent) == 2
    await carriers.ask("+447400199999", channel="sms")
    await carriers.hand_over()
    assert (await carriers.states())[-1] == ("failed", "only", "budget")


async def test_a_budget_that_begins_in_the_middle_of_a_day_counts_all_of_it(carriers: Carriers):
    await carriers.add("only")
    await carriers.prices("only", _44=PART)
    await carriers.ask(channel="sms")
    await carriers.step()
    await carriers.budget("*", 10 * PRICE)
    forget_caches(carriers)
    await carriers.ask(BOB, channel="sms")
    await carriers.step()
    both = await carriers.spent()
    await carriers.report("only", "delivered", nth=0, price=Decimal("0.01"), currency="EUR")

    assert both == 2 * PRICE
    assert (await carriers.spent(), await carriers.spent("GB")) == (PRICE + 10_000, PRICE + 10_000)


async def test_what_only_a_receipt_prices_is_counted(carriers: Carriers):
    await carriers.add("only")
    await carriers.budget("*", PRICE)
    await carriers.ask(channel="sms")
    await carriers.step()
    await carriers.report("only", "delivered", price=Decimal("0.03"), currency="EUR")

    assert (await carriers.spent(), await carriers.spent("GB")) == (30_000, 30_000)


async def test_the_next_day_has_a_budget_of_its_own(carriers: Carriers):
    await carriers.add("only")
    await carriers.prices("only", _44=PART)
    await carriers.budget("*", PRICE)
    for to in (ALICE, BOB):
        await carriers.ask(to, channel="sms")
    await carriers.step()
    await carriers.simulation.wait(timedelta(days=1))
    forget_caches(carriers)
    await carriers.ask("+447400199999", channel="sms")
    await carriers.step()

    assert sorted(state for state, _, _ in await carriers.states()) == ["failed", "sent", "sent"]


async def test_proofs_are_counted_by_prefix_and_day(carriers: Carriers):
    wire = await carriers.add("only")
    ids = [await carriers.ask(to, channel="sms") for to in (ALICE, BOB)]
    await carriers.step()
    code = "".join(c for c in wire.sent[0].text.splitlines()[-1].partition("#")[2] if c.isdigit())
    await carriers.simulation.post(f"/v1/verifications/{ids[0]}/check", {"code": code})
    day = carriers.simulation.clock().date()
    [counted] = await outbox.conversions(
        carriers.simulation.db, brand_id=carriers.brand.id, day=day
    )

    assert (counted.prefix, counted.country) == ("+44740012", "GB")
    assert (counted.sent, counted.proven) == (2, 1)
