"""Publishing: checked, tried, and never changed again; running people stay on their version."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec

from sparekey import events
from sparekey.db import Db, Executor, Tx
from sparekey.flows import journal
from sparekey.flows.checking import check, jumps_at_once
from sparekey.flows.graph import Graph, read
from sparekey.flows.model import Document, Finding, Report
from sparekey.flows.service import drafting
from sparekey.flows.service.drafting import find, read_document
from sparekey.flows.service.loading import fresh_graph, graph_from
from sparekey.flows.service.trying import failing
from sparekey.flows.store import drawings
from sparekey.flows.store.drawings import FlowRow, VersionRow
from sparekey.kit.problem import Problem

_LONGEST_HISTORY = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Publish the draft for a reason; to a share of those who start, or to all (None)."""

    reason: str
    share: int | None = None
    #: The revision that was looked at; another one is not published.
    revision: int | None = None


async def validate(on: Executor, brand_id: int, document: Document) -> Report:
    """What is wrong with a document, also with where it jumps to."""
    report = await asyncio.to_thread(check, document)
    graph, _ = read(document)
    rows = await drawings.listed.all(on, brand=brand_id)
    known = {row.name: row.live_version for row in rows if row.live_version}
    lost = [
        Finding("jump.nowhere", f"There is no live flow called {target} to jump to.", point.id)
        for point in graph.points
        if (target := point.node.jumps_to(point.settings)) and target not in known
    ]
    return Report([*report.findings, *lost, *await _rounds(on, graph, known)])


async def _rounds(on: Executor, graph: Graph, live: Mapping[str, int]) -> list[Finding]:
    """A finding for each jump by which a run would come back here, again and again, at once."""
    found: list[Finding] = []
    for number, target in jumps_at_once(graph, graph.starts).items():
        seen, ahead = {target}, [target]
        while ahead and graph.name not in seen:
            version = live.get(ahead.pop())
            if version is None:
                continue
            there = await fresh_graph(on, version)
            further = set(jumps_at_once(there, there.starts[:1]).values()) - seen
            seen |= further
            ahead += further
        if graph.name in seen:
            round_ = f"{target} comes back here without a wait; put a wait in between."
            found.append(Finding("flow.loop", round_, graph.points[number].id))
    return found


async def publish(
    db: Db, brand_id: int, name: str, wish: Wish, *, by: UUID | None, at: datetime
) -> VersionRow:
    """Make the draft a version and let people start it.

    Problem 422 with what is wrong, or with the tried ways that end otherwise now; 409 when the
    draft was changed or somebody else publishes; 422 for a trial without a live version beside it.
    """
    row = await find(db, brand_id, name)
    document = read_document(row.draft)
    report = await validate(db, brand_id, document)
    if report.errors:
        raise drafting.refused(report.errors)
    graph, _ = read(document)
    cases = await drawings.tried.all(db, flow=row.id)
    ended_otherwise = await asyncio.to_thread(failing, graph, cases)
    if ended_otherwise:
        raise drafting.refused(ended_otherwise)
    async with db.transaction() as tx:
        held = await drawings.lock.one(tx, brand=brand_id, name=name)
        if held.revision != row.revision or wish.revision not in {None, row.revision}:
            raise drafting.changed_meanwhile(held, document)
        if wish.share is not None and held.live_version is None:
            raise Problem(
                "flow.nothing_live", 422, "A trial needs a live version beside it; publish to all."
            )
        made = await _add(tx, held, graph, wish.reason, by, at)
        if wish.share is None:
            await _go_live(tx, held, made.id, graph)
        else:
            await drawings.go_on_trial.run(tx, id=held.id, version=made.id, share=wish.share)
        await _tell(tx, journal.PUBLISHED, held, made, at, share=wish.share or 100)
        return made


async def take_live(
    db: Db, brand_id: int, name: str, number: int, reason: str, *, at: datetime
) -> VersionRow:
    """Let people start this published version from now on: back to an earlier one, or a trial for
    all. Problem 404 when there is none of this number."""
    async with db.transaction() as tx:
        held = await drawings.lock.maybe(tx, brand=brand_id, name=name)
        if held is None:
            raise drafting.unknown()
        wanted = await numbered(tx, held, number)
        for left in {held.live_version, held.trial_version} - {None, wanted.id}:
            await drawings.end_version.run(tx, id=left, at=at, reason=reason)
        await _go_live(tx, held, wanted.id, graph_from(wanted))
        await _tell(tx, journal.ROLLED_BACK, held, wanted, at, by="person")
        return wanted


async def end_trial(db: Db, trial: drawings.Trial, *, at: datetime) -> bool:
    """Take a trial back because its outcome fell; False when somebody has decided meanwhile."""
    async with db.transaction() as tx:
        if not await drawings.end_trial.run(tx, id=trial.flow_id, version=trial.trial_version):
            return False
        await drawings.end_version.run(tx, id=trial.trial_version, at=at, reason="its outcome fell")
        await events.append(
            tx,
            at=at,
            kind=journal.ROLLED_BACK,
            brand=trial.brand_id,
            subject=trial.flow_id,
            data={"version": trial.trial_version, "by": "outcome"},
        )
        return True


async def numbered(on: Executor, row: FlowRow, number: int) -> VersionRow:
    """A version of a flow by its number; Problem 404."""
    found = await drawings.numbered.maybe(on, flow=row.id, number=number)
    if found is None:
        raise Problem("flow.version_unknown", 404, f"This flow has no version {number}.")
    return found


async def versions(on: Executor, row: FlowRow) -> list[VersionRow]:
    """What was published of a flow, newest first."""
    return await drawings.versions.all(on, flow=row.id, limit=_LONGEST_HISTORY)


async def version_numbers(on: Executor, rows: Sequence[FlowRow]) -> dict[int, int]:
    """The numbers of the versions that these flows name, by their ids."""
    ids = [one for row in rows for one in (row.live_version, row.trial_version) if one is not None]
    return {one.id: one.number for one in await drawings.numbers.all(on, ids=ids)}


async def _add(
    tx: Tx, row: FlowRow, graph: Graph, reason: str, by: UUID | None, at: datetime
) -> VersionRow:
    pins: dict[str, int] = {}
    for kind in {point.kind: point.node for point in graph.points}.values():
        pins.update(await kind.pins(tx, row.brand_id))
    return await drawings.publish.one(
        tx,
        flow=row.id,
        brand=row.brand_id,
        document=row.draft,
        pins=msgspec.json.encode(pins).decode(),
        reason=reason,
        by=by,
        at=at,
    )


async def _go_live(tx: Tx, row: FlowRow, version: int, graph: Graph) -> None:
    await drawings.go_live.run(tx, id=row.id, version=version)
    await drawings.forget_triggers.run(tx, flow=row.id)
    begun = {
        (point.kind, word): point.node.is_only
        for point in (graph.points[number] for number in graph.starts)
        for word in point.node.trigger(point.settings)
    }
    taken = await drawings.set_triggers.run(
        tx,
        brand=row.brand_id,
        flow=row.id,
        kinds=[kind for kind, _ in begun],
        words=[word for _, word in begun],
        only=list(begun.values()),
    )
    if taken < len(begun):
        raise Problem(
            "flow.start_taken",
            409,
            "Another live flow starts by the same; choose another word, or take that flow back.",
        )


async def _tell(
    tx: Tx, kind: str, row: FlowRow, version: VersionRow, at: datetime, **more: int | str
) -> None:
    data = {"flow": row.name, "version": version.number, **more}
    await events.append(tx, at=at, kind=kind, brand=row.brand_id, subject=row.id, data=data)
