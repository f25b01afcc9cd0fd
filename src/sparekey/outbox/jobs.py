"""What the outbox does in the background besides handing over: listening for silence, sweeping."""

from sparekey import jobs, outbox
from sparekey.jobs import Context, Payload

jobs.every("outbox.watch", "* * * * *")
jobs.every("outbox.sweep", "53 * * * *")


@jobs.handles("outbox.watch")
async def watch(context: Context, _payload: Payload) -> None:
    """Gateways whose receipts stay away come last until one comes."""
    await outbox.watch(context.db, at=context.clock())


@jobs.handles("outbox.sweep")
async def sweep(context: Context, _payload: Payload) -> None:
    """Names, sums and counts that are no longer needed."""
    await outbox.sweep(context.db, at=context.clock())
