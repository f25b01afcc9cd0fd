"""What this package does in the background itself: partitions made ahead and dropped by age."""

from sparekey.db import partitions
from sparekey.jobs.declare import every, handles
from sparekey.jobs.model import Context, Payload

every("jobs.turn_partitions", "17 * * * *")


@handles("jobs.turn_partitions")
async def turn_partitions(context: Context, _payload: Payload) -> None:
    """Eight weeks are always ready, so this may fail for six before anybody is affected."""
    at = context.clock()
    await partitions.ensure(context.db, context.archives, at)
    await partitions.drop_expired(context.db, context.archives, at)
