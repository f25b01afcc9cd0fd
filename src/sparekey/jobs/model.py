"""A job, who does it, and when it is tried again."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum
from typing import Any
from uuid import UUID

from sparekey.db import Archive, Db
from sparekey.kit.clock import Clock
from sparekey.kit.keyring import Keyring

QUEUE = "jobs.job"


@dataclass(frozen=True, slots=True)
class Backoff:
    """Waiting times between tries: the first, then doubled each time, up to the longest."""

    first: timedelta = timedelta(seconds=2)
    longest: timedelta = timedelta(hours=1)

    def after(self, attempts: int) -> timedelta:
        """How long to wait after so many failed attempts."""
        return min(self.first * 2 ** min(attempts - 1, 32), self.longest)


class Lane(IntEnum):
    """Lanes are worked off side by side: a long one makes nobody in another wait."""

    #: Somebody waits for it.
    PROMPT = 0
    #: Anybody can pile it up: texts in forged names, sign-ins that fail.
    CROWD = 1
    #: Somebody else's system says how long it takes: tenants share it, none has it all.
    OUTSIDE = 2

    @property
    def queue(self) -> str:
        """What its loop is called."""
        return QUEUE if self is Lane.PROMPT else f"{QUEUE}.{self.name.lower()}"


@dataclass(frozen=True, slots=True)
class Job:
    """A claimed job; `fence` tells this claim from any later one."""

    id: UUID
    kind: str
    json: str
    attempts: int
    fence: int
    tenant: int


Payload = dict[str, Any]
Handler = Callable[["Context", Payload], Awaitable[object]]


class LostLease(Exception):
    """This job took longer than its lease, and another worker has claimed it since."""


@dataclass(frozen=True, slots=True)
class Context:
    """What a handler works with: the parts given by the composition root, and its own job."""

    db: Db
    keyring: Keyring
    clock: Clock
    job: Job
    archives: Sequence[Archive]


@dataclass(frozen=True, slots=True)
class Handling:
    """How one kind of job is done."""

    kind: str
    handler: Handler
    max_attempts: int
    backoff: Backoff


@dataclass(frozen=True, slots=True)
class Parked:
    """A job that was given up: how often it failed, and by which error last."""

    id: UUID
    kind: str
    attempts: int
    last_error_code: str | None
