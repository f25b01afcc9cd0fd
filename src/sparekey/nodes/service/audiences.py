"""Starting a flow for many: counted before, so many an hour, and gone on with whatever stops.

A batch is a page of accounts; each is begun by itself, and a run knows itself what it was begun by.
So a batch that is done twice begins nobody twice, and the second does not count.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from uuid import UUID

import msgspec

from sparekey import accounts, brands, flows, jobs
from sparekey.db import Db, Executor, Tx
from sparekey.kit.ids import new_id
from sparekey.kit.keyring import Keyring
from sparekey.kit.problem import Problem
from sparekey.nodes import store
from sparekey.nodes.model import Audience, AudienceState, faults_of, read_filter
from sparekey.nodes.service.starting import Began, Trigger, start

KIND, JOB = "start_audience", "nodes.audience"
#: So many ids of a list are read and written at a time.
_LINES = 1000

Where = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Count:
    """How many it would be, and how long it would take; of a list, how many nobody knows."""

    accounts: int
    unknown: int
    per_hour: int

    @property
    def seconds(self) -> int:
        """From the first to the last."""
        return round(self.accounts * 3600 / self.per_hour)


async def preview(
    db: Db, brand: brands.Brand, flow: str, refs: Iterable[str] | None = None
) -> Count:
    """Count whom the flow would be started for, and start nobody; Problem 422."""
    per_hour, where = await _settings(db, brand.id, flow)
    if refs is None:
        found = await accounts.count_audience(db, brand, read_filter(where))
        return Count(found, 0, per_hour)
    known = lines = 0
    ahead = iter(refs)
    while page := list(islice(ahead, _LINES)):
        known += len(await accounts.ids_of(db, brand.id, page))
        lines += len(page)
    return Count(known, lines - known, per_hour)


async def begin_for_many(
    db: Db, brand: brands.Brand, flow: str, refs: Iterable[str] | None, *, at: datetime
) -> Audience:
    """Start the flow for everybody its filter finds, or for those of a list; Problem 422."""
    per_hour, where = await _settings(db, brand.id, flow)
    audience = new_id(at)
    made = {"id": audience, "brand": brand.id, "flow": flow, "per_hour": per_hour, "at": at}
    if refs is None:
        expected = await accounts.count_audience(db, brand, read_filter(where))
        wanted = msgspec.json.encode(where).decode()
        async with db.transaction() as tx:
            state = AudienceState.RUNNING
            await store.add.run(tx, **made, filter=wanted, state=state, expected=expected)
            await _queue(tx, audience, 0, due_at=at, at=at)
    else:
        await store.add.run(db, **made, filter=None, state=AudienceState.FILLING, expected=0)
        count = await _fill(db, audience, refs)
        async with db.transaction() as tx:
            await store.run_filled.run(tx, id=audience, expected=count, at=at)
            await _queue(tx, audience, 0, due_at=at, at=at)
    return await store.find.one(db, id=audience)


async def find(on: Executor, brand_id: int, id: UUID) -> Audience:
    """How far it has come; Problem 404."""
    found = await store.find.maybe(on, id=id)
    if found is None or found.brand_id != brand_id:
        raise Problem("audience.unknown", 404, "There is no audience of this id.")
    return found


async def stop(db: Db, brand_id: int, id: UUID, *, at: datetime) -> Audience:
    """Begin nobody any more; whoever has begun goes on."""
    async with db.transaction() as tx:
        if await store.stop.run(tx, id=id, brand=brand_id, at=at):
            await store.forget_stopped.run(tx, id=id)
    return await find(db, brand_id, id)


async def begin_batch(db: Db, keyring: Keyring, id: UUID, turn: int, *, at: datetime) -> None:
    """Begin the next few, and have the next batch begun when its time comes."""
    audience = await store.find.maybe(db, id=id)
    if audience is None or audience.turn != turn or audience.state != AudienceState.RUNNING:
        return
    page = await _page(db, audience)
    began = [await _one(db, keyring, audience, account, at) for account in page.accounts]
    begun = sum(one in (Began.BEGUN, Began.THERE) for one in began)
    async with db.transaction() as tx:
        moved = await store.move_on.run(
            tx,
            id=id,
            turn=turn,
            last=page.accounts[-1] if page.accounts and audience.filter else None,
            begun=begun,
            spared=page.size - begun,
            is_over=page.is_last,
            at=at,
        )
        if not moved:
            return
        if page.number is not None:
            await store.forget_invited.run(tx, id=id, number=page.number)
        if not page.is_last:
            await _queue(tx, id, turn + 1, due_at=at + audience.pause, at=at)


@dataclass(frozen=True, slots=True)
class _Page:
    """The accounts of a batch; of `size` that were named, some may be unknown."""

    accounts: Sequence[UUID]
    size: int
    is_last: bool
    number: int | None = None


async def _page(db: Db, audience: Audience) -> _Page:
    if audience.filter is None:
        rows = await store.invited.all(db, id=audience.id, limit=audience.batch)
        known = await accounts.ids_of(db, audience.brand_id, [row.ref for row in rows])
        ids = [known[ref] for ref in dict.fromkeys(row.ref for row in rows) if ref in known]
        number = rows[-1].number if rows else None
        return _Page(ids, len(rows), len(rows) < audience.batch, number)
    brand = await brands.by_id(db, audience.brand_id)
    wanted = read_filter(msgspec.json.decode(audience.filter, type=Where))
    ids = await accounts.page_of_audience(
        db, brand, wanted, after=audience.last, limit=audience.batch
    )
    return _Page(ids, len(ids), len(ids) < audience.batch)


async def _one(db: Db, keyring: Keyring, audience: Audience, account: UUID, at: datetime) -> Began:
    trigger = Trigger(
        brand_id=audience.brand_id,
        kind=KIND,
        flow=audience.flow,
        at=audience.made_at,
        because=(str(audience.id),),
    )
    return await start(db, keyring, trigger, account, at=at)


async def _settings(db: Db, brand_id: int, flow: str) -> tuple[int, Where]:
    """What the live start says: how many an hour, and who."""
    ready = await flows.prepare(db, brand_id, kind=KIND, key=UUID(int=0), flow=flow)
    if ready is None:
        raise Problem(
            "flow.not_live",
            422,
            "No live version of this flow starts for many; publish one.",
        )
    settings = msgspec.to_builtins(ready.graph.points[ready.node].settings)
    where: Where = settings["where"]
    if faults := faults_of(where):
        raise Problem(faults[0].code, 422, faults[0].message)
    return settings["per_hour"], where


async def _fill(db: Db, id: UUID, refs: Iterable[str]) -> int:
    """Write a list down, a thousand at a time; how many there were."""
    first, ahead = 0, iter(refs)
    while page := list(islice(ahead, _LINES)):
        await store.invite.run(db, id=id, first=first, refs=page)
        first += len(page)
    return first


async def _queue(tx: Tx, id: UUID, turn: int, *, due_at: datetime, at: datetime) -> None:
    digest = hashlib.sha256(id.bytes + turn.to_bytes(4, "big")).digest()
    job = new_id(at, random_bytes=lambda count: digest[:count])
    payload = {"audience": str(id), "turn": turn}
    await jobs.queue(tx, kind=JOB, payload=payload, due_at=due_at, at=at, id=job)
