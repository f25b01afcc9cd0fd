"""What packages declare in their `jobs.py`: who does a kind of job, when, and after which event."""

from collections.abc import Awaitable, Callable

from sparekey import events
from sparekey.db import Tx
from sparekey.jobs.model import Backoff, Handler, Handling
from sparekey.jobs.queue import queue

Wanted = Callable[[Tx, events.Event], Awaitable[bool]]

HANDLINGS: dict[str, Handling] = {}
#: The cron expression (UTC) of each kind of job that is queued at set times.
SCHEDULES: dict[str, str] = {}


def handles(
    kind: str,
    *,
    max_attempts: int = 10,
    backoff: Backoff | None = None,
    calls_outside: bool = False,
) -> Callable[[Handler], Handler]:
    """The decorated handler does the jobs of this kind; ValueError if another one does already.

    A job is done at least once: a handler must bear being repeated, or end its job inside its
    own transaction with `jobs.settle`. One that `calls_outside` is done by a loop of its own: a
    system that hangs holds up only what waits for others, too.
    """

    def register(handler: Handler) -> Handler:
        if kind in HANDLINGS:
            raise ValueError(f"two handlers for the job {kind}")
        HANDLINGS[kind] = Handling(kind, handler, max_attempts, backoff or Backoff(), calls_outside)
        return handler

    return register


def every(kind: str, cron: str) -> None:
    """Queue a job of this kind, without payload, whenever `cron` says so (UTC).

    Times missed while no worker ran count as one, and two jobs of one schedule never overlap.
    """
    if SCHEDULES.setdefault(kind, cron) != cron:
        raise ValueError(f"two schedules for the job {kind}")


def react(event_kind: str, job_kind: str, *, when: Wanted | None = None) -> None:
    """Queue a job of `job_kind` in each transaction that appends an event of `event_kind`.

    Its payload is the event: id, kind, brand, subject and data. `when` may look at the database
    and say that nobody waits for it.
    """

    @events.on(event_kind)
    async def hook(tx: Tx, event: events.Event) -> None:  # pyright: ignore[reportUnusedFunction]
        if when is not None and not await when(tx, event):
            return
        payload = {
            "event": str(event.id),
            "kind": event.kind,
            "brand": event.brand_id,
            "subject": None if event.subject is None else str(event.subject),
            "data": dict(event.data),
        }
        await queue(tx, kind=job_kind, payload=payload, due_at=event.at, at=event.at)
