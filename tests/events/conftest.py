"""Kinds of events that only exist in these tests, and a few verbs over the journal."""

from uuid import UUID

from sparekey import events
from sparekey.db import Db
from sparekey.kit.ids import new_id
from tests.world.basics import START

LENT = events.declare("library.book_lent", "A reader took a book home.")


async def lend(db: Db, book: str = "b1", *, brand: int | None = 1) -> UUID:
    """Append one event in a transaction of its own; its id."""
    async with db.transaction() as tx:
        event = await events.append(
            tx, at=START, kind=LENT, brand=brand, subject=new_id(START), data={"book": book}
        )
    return event.id


async def books(db: Db, *, after: int = 0, limit: int = 100) -> list[object]:
    """The books named in brand 1's journal."""
    return [e.data["book"] for e in await events.read(db, brand=1, after=after, limit=limit)]
