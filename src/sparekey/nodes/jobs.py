"""What nodes do in the background: ask other systems."""

import msgspec

from sparekey import jobs
from sparekey.jobs import Context, Payload
from sparekey.nodes.calling import BACKOFF, JOB, MOST_TRIES, Question, call


@jobs.handles(JOB, max_attempts=MOST_TRIES, backoff=BACKOFF)
async def ask(context: Context, payload: Payload) -> None:
    """Put a run's question to the company's system."""
    await call(
        context.db,
        context.keyring,
        msgspec.convert(payload, Question),
        id=context.job.id,
        is_last=context.job.attempts >= MOST_TRIES,
        at=context.clock(),
    )
