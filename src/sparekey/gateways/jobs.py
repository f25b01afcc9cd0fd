"""What gateways do in the background: forgetting what could not be read."""

from sparekey import gateways, jobs
from sparekey.jobs import Context, Payload

jobs.every("gateways.sweep", "23 * * * *")


@jobs.handles("gateways.sweep")
async def sweep(context: Context, _payload: Payload) -> None:
    """Rows that nobody could read go after a week."""
    await gateways.sweep(context.db, at=context.clock())
