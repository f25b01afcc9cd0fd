"""Writing the journal and reading it: an event stands or falls with what it tells of."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sparekey.db import Executor, Tx, statement
from sparekey.events.kinds import Event, Scalar, hooks_of
from sparekey.kit.ids import new_id

#: Ids and words of our own. An email address, a phone number in E.164 and a line break have
#: characters outside of this, so none can get into the journal by mistake.
_WORD = re.compile(r"[A-Za-z0-9_.:/-]{0,128}")

_append = statement(
    """
    SELECT events.append(:id, :at, :brand, :kind, :subject, :data)
    """
)


_append_each = statement(
    """
    SELECT events.append_each(:ids, :at, :brand, :kind, :subjects)
    """
)


@dataclass(frozen=True, slots=True)
class Entry:
    """An event with its number in the journal."""

    seq: int
    id: UUID
    at: datetime
    kind: str
    brand_id: int | None
    subject: UUID | None
    json: str

    @property
    def data(self) -> dict[str, Scalar]:
        return json.loads(self.json)


_page = statement(
    """
    SELECT seal.seq, event.id, event.at, event.kind, event.brand_id, event.subject,
           event.data AS json
    FROM events.event_seal AS seal
    JOIN events.event ON event.id = seal.event_id
    WHERE seal.brand_id = :brand AND seal.seq > :after
    ORDER BY seal.seq
    LIMIT :limit
    """,
    returns=Entry,
)


@dataclass(frozen=True, slots=True)
class _Found:
    kind: str
    brand_id: int | None
    subject: UUID | None


_find = statement("SELECT kind, brand_id, subject FROM events.event WHERE id = :id", returns=_Found)


async def subject_of(on: Executor, *, id: UUID, kind: str, brand: int) -> UUID | None:
    """Whom an event of this kind and brand is about; None when there is no such event."""
    found = await _find.maybe(on, id=id)
    if found is None or (found.kind, found.brand_id) != (kind, brand):
        return None
    return found.subject


async def append(
    tx: Tx,
    *,
    at: datetime,
    kind: str,
    brand: int | None,
    subject: UUID | None = None,
    data: Mapping[str, Scalar | UUID] | None = None,
) -> Event:
    """Add an event and let those who declared a reaction to its kind act in the same transaction.

    ValueError when `data` holds text that is not an id or a word of our own.
    """
    hooks = hooks_of(kind)
    words = {name: _plain(name, value) for name, value in (data or {}).items()}
    event = Event(new_id(at), at, kind, brand, subject, words)
    await _append.run(
        tx, id=event.id, at=at, brand=brand, kind=kind, subject=subject, data=json.dumps(words)
    )
    for hook in hooks:
        await hook(tx, event)
    return event


async def append_each(
    tx: Tx, *, at: datetime, kind: str, brand: int, subjects: Sequence[UUID]
) -> None:
    """Add an event without data about each subject, as `append` would, in one statement."""
    hooks = hooks_of(kind)
    ids = [new_id(at) for _ in subjects]
    await _append_each.run(tx, ids=ids, at=at, brand=brand, kind=kind, subjects=list(subjects))
    for hook in hooks:
        for event_id, subject in zip(ids, subjects, strict=True):
            await hook(tx, Event(event_id, at, kind, brand, subject, {}))


async def read(on: Executor, *, brand: int, after: int, limit: int) -> list[Entry]:
    """The next entries of a brand after the number `after`, in the order of the journal.

    An entry shows up once it is numbered, about a second after its commit; none is ever numbered
    below one that was already read.
    """
    return await _page.all(on, brand=brand, after=after, limit=limit)


def _plain(name: str, value: Scalar | UUID) -> Scalar:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, str) and _WORD.fullmatch(value) is None:
        raise ValueError(f"an event's data holds ids only, and {name} is something else")
    return value
