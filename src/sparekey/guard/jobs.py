"""What the guard does in the background: forgetting counters that say nothing any more."""

from sparekey import guard, jobs
from sparekey.jobs import Context, Payload

jobs.every("guard.sweep", "41 * * * *")


@jobs.handles("guard.sweep")
async def sweep(context: Context, _payload: Payload) -> None:
    """Empty rates, caps past their longest window, ended blocks, ledgers without a debt."""
    await guard.sweep(context.db, at=context.clock())
