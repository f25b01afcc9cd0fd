"""The names of the outbox's two queues, and how to wake their loops in this process."""

from sparekey import jobs
from sparekey.outbox.model import Lane

QUEUES = {Lane.URGENT: "outbox.due", Lane.BULK: "outbox.due.bulk"}


def wake(lane: Lane = Lane.URGENT) -> None:
    """Look for due messages of a lane now; call after the commit."""
    jobs.wake(QUEUES[lane]).set()
