"""What verifications do in the background: wiping what has ended."""

from datetime import timedelta

from sparekey import jobs, verification
from sparekey.jobs import Context, Payload

_EVERYTHING = timedelta(days=3660)

jobs.every("verification.wipe", "*/10 * * * *")
jobs.every("verification.wipe_all", "37 3 * * *")


@jobs.handles("verification.wipe")
async def wipe(context: Context, _payload: Payload) -> None:
    """MACs and destinations go 24 hours after expiry."""
    await verification.wipe(context.db, at=context.clock())


@jobs.handles("verification.wipe_all")
async def wipe_all(context: Context, _payload: Payload) -> None:
    """Once a day, whatever a long stop of all workers has missed."""
    await verification.wipe(context.db, at=context.clock(), back=_EVERYTHING)
