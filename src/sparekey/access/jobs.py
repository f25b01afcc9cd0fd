"""What the way in does in the background: forgetting idempotency keys after their day."""

from sparekey import http, jobs
from sparekey.jobs import Context, Payload

_MOST_ROUNDS = 200

jobs.every("access.sweep", "*/10 * * * *")


@jobs.handles("access.sweep")
async def sweep(context: Context, _payload: Payload) -> None:
    """Expired keys go, five thousand at a time."""
    for _ in range(_MOST_ROUNDS):
        if not await http.sweep(context.db, context.clock()):
            return
