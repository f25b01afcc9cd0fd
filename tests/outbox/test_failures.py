"""A wire fails in five named ways, and each has one consequence."""

from datetime import timedelta

import pytest

from sparekey import gateways
from tests.outbox.conftest import Desk

WAITS = ("queued", True, False)


async def test_what_was_taken_is_sent_once_and_wiped(desk: Desk):
    await desk.ask()
    handed_over = [await desk.step(), await desk.step(later=120)]

    message = await desk.message()
    assert handed_over == [1, 0]
    assert len(desk.wire.sent) == 1
    assert await desk.outcome() == ("sent", False, True)
    assert (message["gateway"], message["failure"]) == ("played", None)
    assert message["sent_at"] is not None


@pytest.mark.parametrize(
    ("failure", "state"),
    [
        (gateways.Refused(), "failed"),
        (gateways.Misconfigured(), "failed"),
        (gateways.Unsure(), "unsure"),
    ],
    ids=lambda given: getattr(given, "code", given),
)
async def test_what_cannot_or_may_have_gone_is_never_tried_again(
    desk: Desk, failure: gateways.WireFailure, state: str
):
    desk.wire.failures = [failure]
    await desk.ask()
    await desk.step()
    later = [await desk.step(later=61) for _ in range(11)]

    message = await desk.message()
    assert not any(later)
    assert desk.wire.tries == 1
    assert await desk.outcome() == (state, False, True)
    assert message["failure"] == failure.code
    assert message["ended_at"] is not None


async def test_a_throttled_message_waits_as_long_as_it_is_told_to(desk: Desk):
    desk.wire.failures = [gateways.Throttled(timedelta(seconds=30))]
    await desk.ask()
    await desk.step()
    waiting = await desk.outcome()
    handed_over = [await desk.step(later=29.9), await desk.step(later=0.1)]

    assert waiting == WAITS
    assert handed_over == [0, 1]
    assert len(desk.wire.sent) == 1
    assert await desk.outcome() == ("sent", False, True)


async def test_an_unreachable_wire_is_tried_less_and_less_often_and_then_sent_once(desk: Desk):
    desk.wire.failures = [gateways.Unreachable()] * 3
    await desk.ask()
    handed_over = {later: await desk.step(later=later) for later in (0, 1, 4.9, 0.1, 14.9, 0.11)}
    again = await desk.step(later=61)

    assert handed_over == {0: 1, 1: 1, 4.9: 0, 0.1: 1, 14.9: 0, 0.11: 1}
    assert again == 0
    assert (desk.wire.tries, len(desk.wire.sent)) == (4, 1)
    assert await desk.outcome() == ("sent", False, True)


async def test_a_wire_that_stays_away_outlives_no_code(desk: Desk):
    desk.wire.failures = [gateways.Unreachable()] * 100
    await desk.ask()
    for _ in range(12):
        await desk.step(later=60)
    tries = desk.wire.tries

    await desk.step(later=600)
    assert desk.wire.tries == tries
    assert await desk.outcome() == ("expired", False, True)


async def test_a_message_past_its_time_is_not_sent(desk: Desk):
    await desk.ask(ttl_seconds=60)
    await desk.step(later=60)

    assert desk.wire.tries == 0
    assert await desk.outcome() == ("expired", False, True)


async def test_a_message_in_its_last_second_is_sent(desk: Desk):
    await desk.ask(ttl_seconds=60)
    await desk.step(later=59.9)

    assert len(desk.wire.sent) == 1


@pytest.mark.parametrize("repeats_safely", [True, False])
async def test_a_wire_that_breaks_in_an_unnamed_way_may_have_sent(
    desk: Desk, *, repeats_safely: bool
):
    desk.wire.repeats_safely = repeats_safely
    desk.wire.failures = [ZeroDivisionError()]
    await desk.ask()
    with pytest.raises(ZeroDivisionError):
        await desk.step()
    await desk.step(later=61)

    assert len(desk.wire.sent) == (1 if repeats_safely else 0)
    assert await desk.outcome() == ("sent" if repeats_safely else "unsure", False, True)


async def test_a_decoy_goes_the_same_way_up_to_the_wire_that_drops_it(desk: Desk):
    await desk.ask()
    await desk.step()
    await desk.ask()
    await desk.step()

    states = await desk.simulation.db.fetch(
        "SELECT is_decoy, state, gateway, sealed FROM outbox.message ORDER BY is_decoy"
    )
    assert [tuple(row) for row in states] == [
        (False, "sent", "played", None),
        (True, "sent", "played", None),
    ]
    assert (len(desk.wire.sent), len(desk.wire.dropped)) == (1, 1)


async def test_what_prints_of_a_message_holds_no_word_of_it(desk: Desk):
    await desk.ask()
    await desk.step()
    sent = desk.wire.sent[0]

    assert sent.to == desk.alice.phone.address
    assert sent.to not in repr(sent)
    assert sent.text not in repr(sent)
