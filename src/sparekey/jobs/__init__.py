"""Work that is done later or again: the queue, its handlers and schedules, and the claim loop."""

from sparekey.jobs.declare import HANDLINGS, SCHEDULES, every, handles, react
from sparekey.jobs.leases import Leases
from sparekey.jobs.loop import ClaimLoop
from sparekey.jobs.model import Backoff, Context, Job, LostLease, Parked, Payload
from sparekey.jobs.queue import OUTSIDE, parked, queue, revive, settle
from sparekey.jobs.runner import runner
from sparekey.jobs.schedule import plan, scheduler, tick
from sparekey.jobs.sealer import sealer
from sparekey.jobs.wake import Wake, wake

__all__ = [
    "HANDLINGS",
    "OUTSIDE",
    "SCHEDULES",
    "Backoff",
    "ClaimLoop",
    "Context",
    "Job",
    "Leases",
    "LostLease",
    "Parked",
    "Payload",
    "Wake",
    "every",
    "handles",
    "parked",
    "plan",
    "queue",
    "react",
    "revive",
    "runner",
    "scheduler",
    "sealer",
    "settle",
    "tick",
    "wake",
]
