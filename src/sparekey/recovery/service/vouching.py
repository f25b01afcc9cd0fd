"""Saying of a recovery that it is proven, to whoever may act on that only."""

from datetime import datetime
from uuid import UUID

from sparekey.db import Tx
from sparekey.recovery import store


async def is_proven(
    tx: Tx, recovery: UUID, *, brand_id: int, account_id: UUID, at: datetime
) -> bool:
    """Whether this recovery of this account was proven and is neither denied nor over; it stays so
    until `tx` ends."""
    found = await store.IS_PROVEN.maybe(tx, id=recovery, brand=brand_id, account=account_id, at=at)
    return found is not None
