"""What the inbox does in the background: forgetting messages after a month."""

from sparekey import inbox, jobs
from sparekey.jobs import Context, Payload

jobs.every("inbox.sweep", "27 * * * *")


@jobs.handles("inbox.sweep")
async def sweep(context: Context, _payload: Payload) -> None:
    """Messages that came a month ago go, letters that nobody could read after a week."""
    await inbox.sweep(context.db, at=context.clock())
    await inbox.sweep_letters(context.db, at=context.clock())
