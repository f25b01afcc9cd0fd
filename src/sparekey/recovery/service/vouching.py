"""Saying of a recovery that it is proven, to whoever may act on that only; and whom it is about."""

from datetime import datetime
from uuid import UUID

from sparekey.db import Executor, Tx
from sparekey.recovery import store


async def is_proven(
    tx: Tx, recovery: UUID, *, brand_id: int, account_id: UUID, at: datetime
) -> bool:
    """Whether this recovery of this account was proven and is neither denied nor over; it stays so
    until `tx` ends."""
    found = await store.IS_PROVEN.maybe(tx, id=recovery, brand=brand_id, account=account_id, at=at)
    return found is not None


async def party(on: Executor, recovery: UUID) -> UUID | None:
    """Whom a recovery is about: the same for all that named the same, a stranger, too. None of what
    is no recovery, or was not looked up yet."""
    return await store.PARTY.maybe(on, id=recovery)
