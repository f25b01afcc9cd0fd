"""Drafts: made, read and changed by several people, none of whom overwrites another unseen."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from sparekey import events
from sparekey.db import Db, Executor
from sparekey.flows import journal
from sparekey.flows.model import MOST_BYTES, Document, Finding, encode
from sparekey.flows.store import drawings
from sparekey.flows.store.drawings import FlowRow
from sparekey.kit.ids import new_id, show
from sparekey.kit.problem import Problem


def read_document(text: bytes | str) -> Document:
    """A document as somebody wrote it; Problem 422 says what is wrong and where."""
    if len(text) > MOST_BYTES:
        raise too_large()
    try:
        return msgspec.json.decode(text, type=Document)
    except (msgspec.DecodeError, RecursionError) as error:
        raise Problem("flow.unreadable", 422, f"This is no flow: {error}.") from None


async def find(on: Executor, brand_id: int, name: str) -> FlowRow:
    """A flow by its name; Problem 404 when the brand has none of it."""
    row = await drawings.find.maybe(on, brand=brand_id, name=name)
    if row is None:
        raise unknown()
    return row


async def listed(on: Executor, brand_id: int) -> list[FlowRow]:
    """Every flow of a brand, by name."""
    return await drawings.listed.all(on, brand=brand_id)


async def create(
    db: Db, brand_id: int, document: Document, *, by: UUID | None, at: datetime
) -> FlowRow:
    """A new flow with this draft; nothing is live yet. Problem 409 when the name is taken."""
    draft = _draft(document)
    async with db.transaction() as tx:
        flow = new_id(at)
        made = await drawings.add.run(
            tx, id=flow, brand=brand_id, name=document.name, draft=draft, by=by, at=at
        )
        if not made:
            raise Problem(
                "flow.exists", 409, f"There is a flow called {document.name}; change that one."
            )
        data = {"flow": document.name, "revision": 1}
        await events.append(
            tx, at=at, kind=journal.CHANGED, brand=brand_id, subject=flow, data=data
        )
        return await find(tx, brand_id, document.name)


async def change(
    db: Db, brand_id: int, document: Document, *, revision: int, by: UUID | None, at: datetime
) -> FlowRow:
    """Put this draft in the place of the one with `revision`; Problem 409 says who was faster."""
    async with db.transaction() as tx:
        row = await drawings.lock.maybe(tx, brand=brand_id, name=document.name)
        if row is None:
            raise unknown()
        draft = _draft(document)
        if not await drawings.change.run(
            tx, id=row.id, draft=draft, revision=revision, by=by, at=at
        ):
            raise changed_meanwhile(row, document)
        data = {"flow": document.name, "revision": revision + 1}
        await events.append(
            tx, at=at, kind=journal.CHANGED, brand=brand_id, subject=row.id, data=data
        )
        return await find(tx, brand_id, document.name)


def _draft(document: Document) -> str:
    """The document as it is stored; Problem 413 for what could not be read again."""
    encoded = encode(document)
    if len(encoded) > MOST_BYTES:
        raise too_large()
    return encoded.decode()


def too_large() -> Problem:
    """This document is none that is kept."""
    return Problem("flow.too_large", 413, f"A flow has at most {MOST_BYTES // 1024} KiB.")


def unknown() -> Problem:
    """There is no such flow."""
    return Problem("flow.unknown", 404, "There is no flow of this name.")


def changed_meanwhile(row: FlowRow, wanted: Document) -> Problem:
    """Somebody else changed the draft: who, when, and at which nodes theirs differs."""
    from sparekey.flows.service.comparing import compare

    theirs = read_document(row.draft)
    return Problem(
        "flow.changed",
        409,
        "Somebody changed this flow meanwhile; read it again and put your change into theirs.",
        extra={
            "revision": row.revision,
            "changed_by": None if row.changed_by is None else show("key", row.changed_by),
            "changed_at": row.changed_at.isoformat(),
            "nodes": sorted({one.node for one in compare(theirs, wanted) if one.node}),
        },
    )


def refused(findings: Sequence[Finding], what: str = "This flow was not published") -> Problem:
    """What keeps a document from being used."""
    return Problem(
        "flow.refused",
        422,
        f"{what}; each finding says at which node and what to do.",
        extra={"findings": [msgspec.to_builtins(one) for one in findings]},
    )
