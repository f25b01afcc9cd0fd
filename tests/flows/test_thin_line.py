"""A flow from its drawing to its end, on a real database."""

from datetime import timedelta

from sparekey import flows
from sparekey.db import Db
from sparekey.kit.ids import new_id
from sparekey.kit.keyring import Keyring
from tests.flows.drawing import ASKING, begun, new_brand, outcome, published
from tests.jobs.conftest import work_off
from tests.world.basics import MovableClock


async def test_a_run_waits_hears_and_ends(db: Db, keyring: Keyring, clock: MovableClock) -> None:
    brand = await new_brand(db)
    ready = await published(db, brand, ASKING)
    person, start = new_id(clock()), begun(clock, reply_key=new_id(clock()))
    async with db.transaction() as tx:
        assert await flows.begin(tx, ready, start, keyring=keyring, at=clock())
    await work_off(flows.waker(db, keyring, clock))
    assert await outcome(db, start.id) is None

    assert start.reply_key is not None
    fine = flows.Reply(text="Fine!", ref=None, as_of=clock())
    assert not await flows.hear_reply(db, brand, person, fine, at=clock())
    assert await flows.hear_reply(db, brand, start.reply_key, fine, at=clock())
    await work_off(flows.waker(db, keyring, clock))

    assert await outcome(db, start.id) == "well"


async def test_a_run_that_hears_nothing_goes_on_in_time(
    db: Db, keyring: Keyring, clock: MovableClock
) -> None:
    ready = await published(db, await new_brand(db), ASKING)
    start = begun(clock)
    async with db.transaction() as tx:
        await flows.begin(tx, ready, start, keyring=keyring, at=clock())
    for passed in (timedelta(hours=1), timedelta(minutes=1)):
        assert await outcome(db, start.id) is None
        clock.advance(passed)
        await work_off(flows.waker(db, keyring, clock))

    assert await outcome(db, start.id) == "unknown"
