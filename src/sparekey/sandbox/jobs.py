"""What the sandbox does in the background: emptying its inboxes after a week."""

from datetime import timedelta

from sparekey import jobs, sandbox
from sparekey.jobs import Context, Payload

KEPT = timedelta(days=7)

jobs.every("sandbox.sweep", "17 * * * *")


@jobs.handles("sandbox.sweep")
async def sweep(context: Context, _payload: Payload) -> None:
    """Messages older than a week go."""
    await sandbox.sweep(context.db, before=context.clock() - KEPT)
