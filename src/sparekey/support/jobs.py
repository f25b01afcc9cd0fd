"""What tickets do in the background: close."""

from sparekey import jobs
from sparekey.jobs import Context, Payload
from sparekey.support.service import close_solved

jobs.every("support.close", "29 * * * *")


@jobs.handles("support.close")
async def close(context: Context, _payload: Payload) -> None:
    """What was solved two weeks ago is over."""
    await close_solved(context.db, at=context.clock())
