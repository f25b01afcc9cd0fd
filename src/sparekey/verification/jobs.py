"""What verifications do in the background: wipe what could be guessed from ended challenges."""

from datetime import timedelta

from sparekey import jobs
from sparekey.jobs import Context, Payload
from sparekey.kit.ids import floor_id
from sparekey.verification import store

#: MACs stay this long after expiry, for "already used" to be told from "unknown".
KEPT = timedelta(hours=24)
#: No challenge lives longer than a day, so older ids have nothing left to wipe.
_WIPE_BACK = timedelta(days=3)

jobs.every("verification.wipe", "*/10 * * * *")


@jobs.handles("verification.wipe")
async def wipe(context: Context, _payload: Payload) -> None:
    """MACs and destinations go 24 hours after expiry."""
    at = context.clock()
    await store.WIPE.run(
        context.db,
        from_id=floor_id(at - _WIPE_BACK),
        to_id=floor_id(at - KEPT),
        before=at - KEPT,
    )
