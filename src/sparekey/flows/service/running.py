"""Beginning runs, and telling them what happened."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sparekey import jobs
from sparekey.db import Db, Executor, Tx
from sparekey.flows.engine import advance
from sparekey.flows.graph import Graph
from sparekey.flows.model import (
    Door,
    Event,
    Memory,
    Run,
    Signal,
    pack,
)
from sparekey.flows.service.loading import graph
from sparekey.flows.service.settling import QUEUE, carry_out, count, landed
from sparekey.flows.store import drawings, runs
from sparekey.flows.store.drawings import FlowRow, Trigger
from sparekey.kit.keyring import Keyring


@dataclass(frozen=True, slots=True)
class Prepared:
    """A version and the node of it at which a run shall begin."""

    brand_id: int
    flow: str
    version_id: int
    graph: Graph
    node: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """Who starts, and whose replies it hears: the key of their address.

    `id` names the run for ever. It may be another thing's id, a recovery's above all: whatever
    happens to that then reaches the run. Its `door` has a number of runs for each account.
    """

    id: UUID
    account_id: UUID | None = None
    facts: Mapping[str, str]
    reply_key: UUID | None = None
    door: Door = Door.COMPANY


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What somebody wrote, which message it is, and as of when: nothing that was asked later is
    answered. A mail replies to one message; a text to whatever had been sent when it came."""

    text: str = field(repr=False)
    ref: UUID | None
    as_of: datetime


async def prepare(
    db: Db, brand_id: int, *, kind: str, word: str = "", key: UUID, flow: str | None = None
) -> Prepared | None:
    """The version that a start of this kind begins now, or None when no live flow has one.

    `key` decides who takes part in a trial: the same account always does or never.
    """
    found = (
        await drawings.triggered.all(db, brand=brand_id, kind=kind, word=word)
        if flow is None
        else [row for row in [await drawings.find.maybe(db, brand=brand_id, name=flow)] if row]
    )
    for row in found:
        # A trial that has no such start leaves it to the live version.
        for version in dict.fromkeys((version_for(row, key), row.live_version)):
            if version is None:
                continue
            made = await graph(db, version)
            node = made.start(kind, word)
            if node is not None:
                return Prepared(brand_id, row.name, version, made, node)
    return None


def version_for(row: FlowRow, key: UUID) -> int | None:
    """The live version, or the one on trial for its share of keys."""
    if row.trial_version is not None and row.trial_share is not None:
        drawn = hashlib.sha256(row.id.bytes + row.trial_version.to_bytes(4, "big") + key.bytes)
        if int.from_bytes(drawn.digest()[:4], "big") % 100 < row.trial_share:
            return row.trial_version
    return row.live_version


async def begin(
    tx: Tx, prepared: Prepared, start: Start, *, keyring: Keyring, at: datetime
) -> bool:
    """Begin a run and let it take its first breath in `tx`; False when the account has too many.

    Beginning the same id twice does nothing the second time. Raises Stuck when it cannot even
    begin.
    """
    run = Run(
        id=start.id,
        brand_id=prepared.brand_id,
        version_id=prepared.version_id,
        account_id=start.account_id,
        node=prepared.node,
        wake_at=at,
        memory=Memory(facts=dict(start.facts)),
    )
    moved = await landed(tx, advance(prepared.graph, run, None, at=at), at=at)
    made = moved.run
    if moved.end is not None:
        began = await runs.archive.run(
            tx, id=run.id, version=run.version_id, brand=run.brand_id, account=run.account_id,
            outcome=moved.end.outcome, path=made.path, at=at,
        ) > 0  # fmt: skip
    else:
        began = await runs.start.one(
            tx, id=run.id, account=run.account_id, brand=run.brand_id, version=made.version_id,
            node=made.node, waits=int(made.waits), wake_at=made.wake_at, steps=made.steps,
            memory=pack(made.memory), path=made.path, reply_key=start.reply_key,
            door=int(start.door), most=start.door.most,
        )  # fmt: skip
    if began:
        await carry_out(tx, prepared.graph, moved, keyring=keyring, at=at)
        await count(tx, [moved])
    return began


async def hear(on: Executor, run: UUID, event: Event, *, at: datetime) -> bool:
    """Tell a run what happened to it; True when it waited for that and nothing was faster.

    What comes while the run is at work is kept for its next wait; a run that waits for other
    things, or is over, hears nothing.
    """
    outcome = await runs.hear.one(
        on, id=run, signal=int(event.signal), word=event.word, ref=event.ref, at=at
    )
    if outcome == "woken":
        on.after_commit(jobs.wake(QUEUE).set)
    return outcome in {"woken", "kept"}


async def await_receipt(tx: Tx, run: UUID, message: UUID | None, *, at: datetime) -> None:
    """Have a run that waits for a receipt wait for this message's: it hears of no other. For the
    effect that sends it; None when there was nobody to send to."""
    await runs.await_receipt.run(tx, id=run, message=message, at=at)


async def hold(tx: Tx, run: UUID) -> None:
    """Keep a run as it stands until `tx` ends: what is looked at then is so when it hears."""
    await runs.hold.run(tx, id=run)


async def still_waits(on: Executor, run: UUID, fence: int) -> bool:
    """Whether a run still waits as this claim of it left it, which stays so until `on` ends."""
    return bool(await runs.still_waits.maybe(on, id=run, fence=fence))


async def is_awaited(on: Executor, brand_id: int, *, kind: str, word: str | None = None) -> bool:
    """Whether a live flow starts by this; without a word, by any start of the kind."""
    return await drawings.is_triggered.one(on, brand=brand_id, kind=kind, word=word)


async def standing_starts(on: Executor, kind: str, brand_id: int | None = None) -> list[Trigger]:
    """The starts of a kind in the live flows of a brand, or of all."""
    return await drawings.standing.all(on, kind=kind, brand=brand_id)


async def is_there(on: Executor, run: UUID) -> bool:
    """Whether a run of this id goes on, or has ended."""
    return await runs.is_there.one(on, id=run)


async def those_there(on: Executor, ids: Sequence[UUID]) -> set[UUID]:
    """Of many ids, those of runs that go on or have ended."""
    return set(await runs.those_there.all(on, ids=ids))


async def hear_reply(db: Db, brand_id: int, key: UUID, reply: Reply, *, at: datetime) -> bool:
    """Give a reply to the youngest run that waits for one of this key and knows its words."""
    for run in await waiting_for(db, brand_id, key, Signal.REPLY):
        async with db.transaction() as tx:
            if await hear_words(tx, brand_id, run, reply, at=at):
                return True
    return False


async def hear_of_account(db: Db, account: UUID, event: Event, *, at: datetime) -> int:
    """Tell the runs of an account that wait for it; how many heard."""
    waiting = await runs.of_account.all(db, account=account, signal=int(event.signal))
    return sum([await hear(db, run, event, at=at) for run in waiting])


async def waiting_for(on: Executor, brand_id: int, key: UUID, signal: Signal) -> list[UUID]:
    """The runs of a number or mailbox that wait for this, the youngest first."""
    return await runs.of_number.all(on, brand=brand_id, key=key, signal=int(signal))


async def hear_words(tx: Tx, brand_id: int, run: UUID, reply: Reply, *, at: datetime) -> bool:
    """Give a reply to this very run, if it waits for one and knows its words; True when it took it.

    The run is held until `tx` ends: nothing else comes first once it was looked at, or the words of
    one question would answer the next. They are compared here and forgotten: a run hears one of the
    designer's own words only.
    """
    await hold(tx, run)
    row = await runs.find.maybe(tx, id=run, brand=brand_id)
    if row is None or not row.waits & Signal.REPLY:
        return False
    point = (await graph(tx, row.version_id)).points[row.node]
    if not row.run.memory.is_about(point.id, reply.as_of):
        return False
    word = point.node.hears(point.settings, reply.text)
    heard = None if word is None else Event(Signal.REPLY, word, reply.ref)
    return heard is not None and await hear(tx, run, heard, at=at)
