"""The request rate of a key, counted in memory against blocks leased from its one database row.

A process takes a block of requests worth one second of the rate in one statement and spends it
without asking again, so that a busy key costs one row write a second and not one a request. What
a process does not spend in ten seconds is given up, not hoarded.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from weakref import WeakKeyDictionary

from sparekey.access import store
from sparekey.access.model import Caller
from sparekey.db import Db
from sparekey.kit.cache import Cache

WINDOW = timedelta(minutes=1)
_BLOCKS_PER_WINDOW = 60
_LEASE_SECONDS = 10.0
_BUSY_KEYS = 10_000
_NOTHING = timedelta(0)


@dataclass(frozen=True, slots=True)
class Spent:
    """The outcome of one request: whether it may go on, and what the caller is told."""

    is_within: bool
    limit: int
    remaining: int
    reset: timedelta


@dataclass(slots=True)
class _Lease:
    """What is left of a block; `full_at` is when the whole quota is free again. An empty lease
    with `refused_until` remembers a refusal, so that refusing costs no statement either."""

    left: int
    full_at: datetime
    refused_until: datetime | None = None

    def is_spent(self, at: datetime) -> bool:
        return self.left < 1 and (self.refused_until is None or self.refused_until <= at)


class KeyRate:
    """The leases of one process on one database."""

    def __init__(self, db: Db) -> None:
        self._db = db
        self._leases: Cache[UUID, _Lease] = Cache(size=_BUSY_KEYS, seconds=_LEASE_SECONDS)
        self._renewals: dict[UUID, asyncio.Lock] = {}

    async def spend(self, caller: Caller, at: datetime) -> Spent:
        """Take one request from the key's quota."""
        lease = self._leases.get(caller.key_id, at.timestamp())
        if lease is None or lease.is_spent(at):
            lease = await self._renewed(caller, at)
        limit = caller.per_minute
        if lease.left < 1:
            return Spent(False, limit, 0, (lease.refused_until or lease.full_at) - at)
        lease.left -= 1
        reset = max(lease.full_at - at, _NOTHING)
        unleased = (WINDOW - min(reset, WINDOW)) * limit // WINDOW
        return Spent(True, limit, min(unleased + lease.left, limit - 1), reset)

    async def _renewed(self, caller: Caller, at: datetime) -> _Lease:
        """One renewal at a time: who waited for another's finds its block."""
        async with self._renewals.setdefault(caller.key_id, asyncio.Lock()):
            lease = self._leases.get(caller.key_id, at.timestamp())
            if lease is None or lease.is_spent(at):
                lease = await self._lease(caller, at)
                self._leases.put(caller.key_id, lease, at.timestamp())
            return lease

    async def _lease(self, caller: Caller, at: datetime) -> _Lease:
        block = max(caller.per_minute // _BLOCKS_PER_WINDOW, 1)
        cost = WINDOW * block / caller.per_minute
        key_id = caller.key_id
        full_at = await store.LEASE.maybe(self._db, key_id=key_id, at=at, cost=cost, window=WINDOW)
        if full_at is not None:
            return _Lease(block, full_at)
        full_at = await store.FULL_AT.one(self._db, key_id=key_id)
        return _Lease(0, full_at, full_at + cost - WINDOW)


_rates: "WeakKeyDictionary[Db, KeyRate]" = WeakKeyDictionary()


def rate_on(db: Db) -> KeyRate:
    """This process's leases on `db`."""
    rate = _rates.get(db)
    if rate is None:
        rate = _rates[db] = KeyRate(db)
    return rate
