"""Forgetting what could be guessed from ended challenges, and whom they were sent to."""

from datetime import datetime, timedelta

from sparekey.db import Executor
from sparekey.kit.ids import floor_id
from sparekey.verification import store

#: MACs stay this long after expiry, for "already used" to be told from "unknown".
KEPT = timedelta(hours=24)
#: No challenge lives longer than a day, so older ids have nothing left to wipe.
_BACK = timedelta(days=3)


async def wipe(on: Executor, *, at: datetime, back: timedelta = _BACK) -> int:
    """Wipe MACs and destinations 24 hours after expiry; how many rows.

    A look further `back` finds what was missed while no worker ran.
    """
    return await store.WIPE.run(
        on, from_id=floor_id(at - back), to_id=floor_id(at - KEPT), before=at - KEPT
    )
