"""What certainly did not go is tried elsewhere; what may have gone is not."""

from datetime import timedelta

import pytest

from sparekey import gateways
from sparekey.gateways.service import configuring, routing
from tests.outbox.conftest import forget_caches
from tests.world.carriers import ALICE, BOB, Carriers

_SECOND = timedelta(seconds=1)
_ELSEWHERE = [gateways.Unreachable(), gateways.Throttled(_SECOND), gateways.Misconfigured()]


@pytest.mark.parametrize("failure", _ELSEWHERE, ids=lambda failure: failure.code)
async def test_the_next_gateway_takes_what_the_first_did_not(
    carriers: Carriers, failure: gateways.WireFailure
):
    first, second = await carriers.add("first"), await carriers.add("second")
    first.failures = [failure]
    await carriers.ask()
    await carriers.hand_over()

    assert (first.tries, len(second.sent)) == (1, 1)
    assert await carriers.states() == [("sent", "second", None)]


@pytest.mark.parametrize(
    ("failure", "state"), [(gateways.Unsure(), "unsure"), (gateways.Refused(), "failed")]
)
async def test_what_may_have_gone_or_never_will_is_tried_nowhere_else(
    carriers: Carriers, failure: gateways.WireFailure, state: str
):
    first, second = await carriers.add("first"), await carriers.add("second")
    first.failures = [failure]
    await carriers.ask(channel="sms")
    await carriers.hand_over()
    for _ in range(3):
        await carriers.step(later=61)

    assert (first.tries, second.tries) == (1, 0)
    assert await carriers.states() == [(state, "first", failure.code)]


async def test_gateways_are_tried_in_the_order_of_their_places(carriers: Carriers):
    for name, place in (("third", 3), ("first", 1), ("second", 2)):
        wire = await carriers.add(name, place=place)
        wire.failures = [gateways.Unreachable()] * (place < 3)
    await carriers.ask()
    await carriers.hand_over()

    assert {name: wire.tries for name, wire in carriers.wires.items()} == {
        "first": 1, "second": 1, "third": 1,
    }  # fmt: skip
    assert await carriers.states() == [("sent", "third", None)]


async def test_conditions_decide_who_may_be_tried(carriers: Carriers):
    await carriers.add("ours", place=1, countries=["GB"])
    await carriers.add("theirs", place=2, prefixes=["1202"])
    await routing.put_sender(
        carriers.simulation.db, carriers.brand, channel="sms", country="US", sender="+12025550199"
    )
    for to in (ALICE, "+12025550123", "+13235550123"):
        await carriers.ask(to, channel="sms")
    await carriers.step()

    assert await carriers.states() == [
        ("sent", "ours", None),
        ("sent", "theirs", None),
        ("failed", None, "no_gateway"),
    ]


async def test_when_all_fail_it_waits_and_begins_with_the_next(carriers: Carriers):
    first, second = await carriers.add("first"), await carriers.add("second")
    first.failures = second.failures = [gateways.Unreachable()]
    await carriers.ask(channel="sms")
    await carriers.hand_over()
    waiting = await carriers.states()
    await carriers.step(later=1)

    assert waiting == [("queued", "second", "unreachable")]
    assert (len(first.sent), len(second.sent)) == (0, 1)


async def test_a_gateway_that_keeps_failing_is_left_alone_and_comes_back(carriers: Carriers):
    first, second = await carriers.add("first"), await carriers.add("second")
    first.failures = [gateways.Unreachable()] * 5
    for number in range(8):
        await carriers.ask(f"+44740012340{number}")
    await carriers.hand_over()
    left_alone = first.tries
    carriers.simulation.clock.advance(timedelta(seconds=10))
    await carriers.ask(BOB)
    await carriers.hand_over()

    assert left_alone == 5
    assert len(second.sent) == 8
    assert [message.to for message in first.sent] == [BOB]


async def test_a_probe_that_is_over_budget_leaves_its_turn_to_the_next(carriers: Carriers):
    first, _ = await carriers.add("first"), await carriers.add("second")
    first.failures = [gateways.Unreachable()] * 5
    await carriers.prices("first", _1=20_000)
    await carriers.budget("US", 0)
    await routing.put_sender(
        carriers.simulation.db, carriers.brand, channel="sms", country="US", sender="+12025550199"
    )
    for number in range(5):
        await carriers.ask(f"+44740012340{number}", channel="sms")
    await carriers.hand_over()
    carriers.simulation.clock.advance(timedelta(seconds=10))
    for to in ("+12025550123", BOB):
        await carriers.ask(to, channel="sms")
        await carriers.hand_over()

    assert [message.to for message in first.sent] == [BOB]


async def test_decoys_do_not_make_a_failing_gateway_look_well(carriers: Carriers):
    first, second = await carriers.add("first"), await carriers.add("second")
    first.failures = [gateways.Unreachable()] * 8
    for number in range(8):
        for _ in range(2):  # the second is too soon: a decoy
            await carriers.ask(f"+44740012340{number}", channel="sms")
    await carriers.hand_over()

    assert len(first.dropped) > 0
    assert (first.tries, len(second.sent)) == (5, 8)


async def test_with_every_gateway_left_alone_a_message_waits_until_one_may_be_tried(
    carriers: Carriers,
):
    only = await carriers.add("only")
    only.failures = [gateways.Unreachable()] * 5
    for number in range(6):
        await carriers.ask(f"+44740012340{number}", channel="sms")
    await carriers.hand_over()
    tried = only.tries
    await carriers.step(later=9.9)
    too_soon = only.tries
    for _ in range(5):
        await carriers.step(later=5)

    assert (tried, too_soon) == (5, 5)
    assert len(only.sent) == 6
    assert {state for state, _, _ in await carriers.states()} == {"sent"}


async def test_more_than_a_gateways_pace_waits_for_the_next_second(carriers: Carriers):
    wire = await carriers.add("only", per_second=10)
    for number in range(12):
        await carriers.ask(f"+4474001234{number:02}", channel="sms")
    await carriers.hand_over()
    at_once = len(wire.sent)
    await carriers.step(later=1)

    assert at_once == 10
    assert len(wire.sent) == 12


async def test_a_stopped_template_goes_nowhere_until_it_is_resumed(carriers: Carriers):
    wire = await carriers.add("only")
    db, brand = carriers.simulation.db, carriers.brand
    await routing.stop(db, brand, "sign_in_code", at=carriers.simulation.clock())
    await carriers.ask()
    await carriers.hand_over()
    stopped = await carriers.states()
    await routing.lift(db, brand, "sign_in_code")
    forget_caches(carriers)
    await carriers.ask(BOB)
    await carriers.hand_over()

    assert stopped == [("failed", None, "stopped")]
    assert [message.to for message in wire.sent] == [BOB]


async def test_a_gateway_that_is_switched_off_is_passed_over(carriers: Carriers):
    first, second = await carriers.add("first"), await carriers.add("second")
    await configuring.switch(carriers.simulation.db, carriers.brand, "first", is_on=False)
    await carriers.ask()
    await carriers.hand_over()

    assert (first.tries, len(second.sent)) == (0, 1)


async def test_a_country_has_its_own_sender_and_the_words_know_whether_it_reads(
    carriers: Carriers,
):
    wire = await carriers.add("only")
    for country, sender, can_reply in (("GB", "60777", True), ("*", "+447400999999", False)):
        await routing.put_sender(
            carriers.simulation.db, carriers.brand, channel="sms", country=country,
            sender=sender, can_reply=can_reply,
        )  # fmt: skip
    await carriers.ask(ALICE)
    await carriers.ask("+12025550123")
    await carriers.hand_over()
    british, american = wire.sent

    assert (british.sender, american.sender) == ("60777", "+447400999999")
    assert "Reply NO" in british.text
    assert "Reply NO" not in american.text


async def test_a_name_is_not_sent_to_a_country_that_drops_names(carriers: Carriers):
    wire = await carriers.add("only")
    await carriers.ask("+12025550123", channel="sms")
    await carriers.hand_over()

    assert wire.tries == 0
    assert await carriers.states() == [("failed", "only", "no_sender")]


async def test_a_decoy_takes_the_same_way_and_is_dropped(carriers: Carriers):
    first, second = await carriers.add("first"), await carriers.add("second")
    first.failures = [gateways.Unreachable()]
    await carriers.ask()
    await carriers.hand_over()
    await carriers.ask()  # too soon: a decoy
    await carriers.hand_over()

    assert len(second.sent) + len(first.sent) == 1
    assert len(second.dropped) + len(first.dropped) == 1
    assert [state for state, _, _ in await carriers.states()] == ["sent", "sent"]
