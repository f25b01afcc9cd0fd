"""The name of the outbox's queue, and how to wake its loop in this process."""

from sparekey import jobs

QUEUE = "outbox.due"


def wake() -> None:
    """Look for due messages now; call after the commit."""
    jobs.wake(QUEUE).set()
