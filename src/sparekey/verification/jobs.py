"""What verifications do in the background: wiping what has ended."""

from sparekey import jobs, verification
from sparekey.jobs import Context, Payload

jobs.every("verification.wipe", "*/10 * * * *")


@jobs.handles("verification.wipe")
async def wipe(context: Context, _payload: Payload) -> None:
    """MACs and destinations go 24 hours after expiry."""
    await verification.wipe(context.db, at=context.clock())
