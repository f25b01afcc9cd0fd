"""Reading what came in, and having it applied: what the loop over the stored rows does.

Rows are read one by one, outside of any transaction; those that were read are applied together, in
one transaction that also takes them away, so each counts once. A batch that fails is applied row by
row; a row that fails again and again is put aside, as one that cannot be read.
"""

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import structlog
from prometheus_client import Counter

from sparekey import brands, jobs
from sparekey.db import Db, Executor, Tx
from sparekey.gateways import store
from sparekey.gateways.kinds import KINDS
from sparekey.gateways.model import Gateway, Heard, Hears, Incoming, Raw, Unreadable
from sparekey.gateways.service.arriving import CACHED_SECONDS, QUEUE, Sealed
from sparekey.gateways.service.configuring import opened_values
from sparekey.kit.cache import Cache
from sparekey.kit.clock import Clock
from sparekey.kit.ids import floor_id
from sparekey.kit.keyring import BrokenSeal, Keyring
from sparekey.kit.registry import BrokenPlugin, UnknownPlugin

LEASE = timedelta(seconds=60)
#: After so many tries a row is put aside.
MOST_ATTEMPTS = 5
#: How long what could not be read waits for somebody to look at it.
KEPT = timedelta(days=7)
#: How long the pieces of a long message wait for each other; and how many there are at most, each
#: perhaps twice.
PIECES_KEPT = timedelta(hours=24)
_MOST_PIECES = 512
_NOTED_EVERY = timedelta(seconds=10)
_CACHED_GATEWAYS = 1000

_log = structlog.get_logger()
_read = Counter("sparekey_hooks_read", "Stored rows that were read, by outcome", ["outcome"])


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that a gateway said. `is_signed`: proven to be its provider's."""

    brand: brands.Brand
    gateway: Gateway
    heard: Heard
    is_signed: bool
    at: datetime


#: Applies one thing that was said, within the transaction that takes its row away.
Take = Callable[[Tx, Told], Awaitable[object]]


@dataclass(slots=True)
class Listening:
    """One claimed row and what was read in it; None while nothing was."""

    row: store.RawRow
    told: list[Told] | None = None
    #: Whose row it is.
    gateway: Gateway | None = None

    @property
    def is_piece(self) -> bool:
        """Whether it is a part of a long message."""
        return self.row.group_key is not None


@dataclass(slots=True)
class Ears:
    """The verbs of the loop over `gateways.raw`; `takers` apply each kind of what is heard."""

    db: Db
    keyring: Keyring
    clock: Clock
    takers: Mapping[type[Any], Take]
    _leases: jobs.Leases = field(init=False)
    _noted: dict[UUID, datetime] = field(default_factory=dict[UUID, datetime])
    _known: Cache[UUID, Gateway] = field(
        default_factory=lambda: Cache(size=_CACHED_GATEWAYS, seconds=CACHED_SECONDS)
    )

    def __post_init__(self) -> None:
        self._leases = jobs.Leases(LEASE, self.clock, self._recall)

    def loop(self, *, concurrency: int = 16, batch: int = 200) -> jobs.ClaimLoop[Listening]:
        """The loop, ready to run."""
        return jobs.ClaimLoop(
            name=QUEUE,
            claim=self.claim,
            work=self.read,
            finish=self.apply,
            release=self.release,
            wake=jobs.wake(QUEUE),
            concurrency=concurrency,
            batch=batch,
            lease=LEASE,
            poll=timedelta(milliseconds=500),
            apart=timedelta(milliseconds=20),
        )

    async def claim(self, limit: int) -> list[Listening]:
        """Take stored rows under a lease, the oldest first."""

        async def take(at: datetime, until: datetime) -> list[store.RawRow]:
            return await store.CLAIM_RAW.all(self.db, at=at, until=until, limit=limit)

        rows = await self._leases.claim(take)
        return [Listening(row) for row in sorted(rows, key=lambda row: row.id)]

    async def _recall(self, at: datetime, ends: Sequence[datetime]) -> None:
        await store.RECALL_RAW.run(self.db, at=at, ends=ends)

    async def read(self, listening: Listening) -> None:
        """Read one row, by the kind of its gateway; perhaps not for the first time."""
        row = listening.row
        if row.fence > MOST_ATTEMPTS:
            reason = "it failed again and again"
            _log.warning("hook_unreadable", gateway_id=str(row.gateway_id), reason=reason)
            return
        gateway = listening.gateway = await self._gateway(row.gateway_id)
        if gateway is None:  # removed meanwhile: nobody is left whom it could tell something
            listening.told = []
            return
        try:
            heard = await self._heard(KINDS.get(gateway.kind).hears, gateway, row)
        except (Unreadable, BrokenSeal, UnknownPlugin, BrokenPlugin) as error:
            _log.warning(
                "hook_unreadable", gateway=gateway.name, kind=gateway.kind, reason=str(error)[:120]
            )
            return
        brand = await brands.by_id(self.db, gateway.brand_id)
        listening.told = [
            Told(brand, gateway, one, row.is_signed, row.received_at) for one in heard
        ]

    async def _heard(
        self, hears: Hears | None, gateway: Gateway, row: store.RawRow
    ) -> Sequence[Heard]:
        """What a row says; of a piece, what its long message says once all of it is there."""
        if hears is None:
            return ()
        values = opened_values(self.keyring, gateway)
        if row.group_key is None or hears.join is None:
            return hears.read(values, self._raw(row))
        pieces = await store.PIECES.all(
            self.db,
            group_key=row.group_key,
            gateway=gateway.id,
            since=row.received_at - PIECES_KEPT,
            limit=_MOST_PIECES,
        )
        return hears.join(values, [self._raw(one) for one in pieces])

    async def _gateway(self, gateway_id: UUID) -> Gateway | None:
        """As it was five seconds ago at most."""
        now = time.monotonic()
        gateway = self._known.get(gateway_id, now)
        if gateway is None and (row := await store.BY_ID.maybe(self.db, id=gateway_id)):
            gateway = row.gateway()
            self._known.put(gateway_id, gateway, now)
        return gateway

    def _raw(self, row: store.RawRow) -> Raw:
        plain = self.keyring.unseal(row.sealed, bound_to=row.id.bytes)
        kept = msgspec.msgpack.decode(plain, type=Sealed)
        return Raw(row.method, kept.url, kept.headers, kept.body, row.received_at)

    async def apply(self, listened: Sequence[Listening]) -> None:
        """Apply what was read and take its rows away, together; put aside what was not read."""
        read = sorted((one for one in listened if one.told is not None), key=_age)
        aside = [one for one in listened if one.told is None]
        for together in _apart(read):
            await self._apply(together)
        if aside:
            await store.PUT_RAW_ASIDE.all(self.db, **_held(aside))
            _read.labels("unreadable").inc(len(aside))
        await self._note(listened)

    async def _apply(self, read: Sequence[Listening]) -> None:
        by_id = {one.row.id: one.told or () for one in read}
        async with self.db.transaction() as tx:
            # Pieces stay for those that come after them; what they make together is one by its ref.
            taken = await store.TAKE_RAW.all(tx, **_held([o for o in read if not o.is_piece]))
            taken += await store.PUT_RAW_ASIDE.all(tx, **_held([o for o in read if o.is_piece]))
            for row_id in sorted(taken):
                for told in by_id[row_id]:
                    await self.takers[type(told.heard)](tx, told)
        _read.labels("read").inc(len(taken))

    async def release(self, listened: Sequence[Listening]) -> None:
        """Give back rows that were not begun."""
        await store.RELEASE_RAW.run(self.db, at=self.clock(), **_held(listened))

    async def _note(self, listened: Sequence[Listening]) -> None:
        """Write down when each gateway was heard, every few seconds at most."""
        for one in {one.row.gateway_id: one for one in listened if one.gateway}.values():
            gateway_id, at = one.row.gateway_id, one.row.received_at
            last = self._noted.get(gateway_id)
            if one.told is not None and last is not None and at - last < _NOTED_EVERY:
                continue
            self._noted[gateway_id] = at
            await store.NOTE_HEARING.run(
                self.db,
                gateway=gateway_id,
                heard_at=at,
                forged_at=None,
                unreadable_at=at if one.told is None else None,
            )


async def count_aside(on: Executor, gateway_id: UUID | None = None) -> int:
    """How much of what came for a gateway, or for all, could not be read and waits for a person."""
    return await store.COUNT_ASIDE.one(on, gateway=gateway_id)


async def oldest_due(on: Executor) -> datetime | None:
    """Since when, or until when, the first of what came in waits to be read."""
    return await store.OLDEST_RAW.maybe(on)


async def read_again(on: Executor, gateway_id: UUID, *, at: datetime) -> int:
    """Have it read once more; how much it was."""
    count = await store.READ_AGAIN.run(on, gateway=gateway_id, at=at)
    on.after_commit(jobs.wake(QUEUE).set)
    return count


async def sweep(db: Db, *, at: datetime) -> int:
    """Forget what could not be read a week ago, and pieces after a day; how many rows."""
    pieces = await store.SWEEP_PIECES.run(db, before=floor_id(at - PIECES_KEPT))
    return pieces + await store.SWEEP_RAW.run(db, before=floor_id(at - KEPT))


def _age(listening: Listening) -> UUID:
    return listening.row.id


def _apart(read: Sequence[Listening]) -> list[list[Listening]]:
    """Receipts go together; each row with a message in it by itself, for it locks the books of a
    number, and of two numbers at once nobody may."""
    receipts: list[Listening] = []
    messages: list[list[Listening]] = []
    for one in read:
        if any(isinstance(told.heard, Incoming) for told in one.told or ()):
            messages.append([one])
        else:
            receipts.append(one)
    return [*([receipts] if receipts else []), *messages]


def _held(listened: Sequence[Listening]) -> dict[str, list[Any]]:
    return {
        "ids": [one.row.id for one in listened],
        "fences": [one.row.fence for one in listened],
    }
