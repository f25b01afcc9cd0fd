"""Reading what was kept, for whoever acts on it, and forgetting it."""

from datetime import datetime
from uuid import UUID

from sparekey.db import Executor
from sparekey.inbox import store
from sparekey.inbox.model import KEPT, Kind, Received, open_contents
from sparekey.kit.ids import floor_id
from sparekey.kit.keyring import Keyring


async def read(on: Executor, keyring: Keyring, id: UUID) -> Received | None:
    """One message with its words; None once it has been forgotten."""
    row = await store.FIND.maybe(on, id=id)
    if row is None:
        return None
    return Received(
        id=row.id,
        brand_id=row.brand_id,
        channel=row.channel,
        kind=Kind(row.kind),
        about=row.about,
        received_at=row.received_at,
        contents=open_contents(keyring, row.id, row.sealed),
    )


async def sweep(on: Executor, *, at: datetime) -> int:
    """Forget what came a month ago; how many messages."""
    return await store.SWEEP.run(on, before=floor_id(at - KEPT))
