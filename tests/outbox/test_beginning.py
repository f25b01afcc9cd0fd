"""What was claimed and what was begun are two things: only the second may have gone."""

from datetime import timedelta

from tests.outbox.conftest import Desk

_LEASE = timedelta(seconds=61)


async def test_what_a_worker_had_claimed_and_not_begun_when_it_died_is_sent(desk: Desk):
    await desk.ask()
    await desk.worker().claim(10)
    await desk.step(later=61)

    assert len(desk.wire.sent) == 1
    assert await desk.outcome() == ("sent", False, True)


async def test_what_may_have_gone_is_not_forgotten_by_a_worker_that_gives_it_back(desk: Desk):
    await desk.ask()
    dying, stopped = desk.worker(), desk.worker()
    await dying.hand_over((await dying.claim(10))[0])
    desk.simulation.clock.advance(_LEASE)
    await stopped.release(await stopped.claim(10))
    await desk.step()

    assert len(desk.wire.sent) == 1
    assert await desk.outcome() == ("unsure", False, True)


async def test_a_worker_whose_lease_has_run_out_sends_nothing(desk: Desk):
    await desk.ask()
    slow, quick = desk.worker(), desk.worker()
    claimed = await slow.claim(10)
    desk.simulation.clock.advance(_LEASE)
    taken_over = await quick.claim(10)
    await slow.hand_over(claimed[0])
    await slow.settle(claimed)
    tries = desk.wire.tries
    await quick.hand_over(taken_over[0])
    await quick.settle(taken_over)

    assert tries == 0
    assert len(desk.wire.sent) == 1
    assert await desk.outcome() == ("sent", False, True)


async def test_what_failed_before_it_was_begun_is_tried_again_in_a_second(desk: Desk):
    await desk.ask()
    unlucky = desk.worker()
    [claimed] = await unlucky.claim(10)
    await unlucky.put_back(claimed, ConnectionResetError())
    too_soon = await desk.step()
    await desk.step(later=1)

    assert too_soon == 0
    assert await desk.outcome() == ("sent", False, True)


async def test_what_broke_off_after_it_was_begun_is_unsure_in_a_second(desk: Desk):
    await desk.ask()
    unlucky = desk.worker()
    [claimed] = await unlucky.claim(10)
    desk.wire.failures = [TimeoutError()]
    try:
        await unlucky.hand_over(claimed)
    except TimeoutError as error:
        await unlucky.put_back(claimed, error)
    await desk.step(later=1)

    assert desk.wire.tries == 1
    assert await desk.outcome() == ("unsure", False, True)
