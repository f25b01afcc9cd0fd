"""Forgetting what was asked, and the grants of recoveries that are over."""

from datetime import datetime, timedelta

from sparekey.db import Executor
from sparekey.kit.ids import floor_id
from sparekey.recovery import store

#: A recovery lives a day: whatever is older than three has been wiped already.
_BACK = timedelta(days=3)


async def wipe_ended(on: Executor, *, at: datetime, back: timedelta = _BACK) -> int:
    """Wipe what was never looked up and grants that nobody used; how many rows.

    A look further `back` finds what was missed while no worker ran.
    """
    return await store.WIPE.run(on, from_id=floor_id(at - back), to_id=floor_id(at), at=at)
