"""What became of a message, as told by its gateway or by the mail that came back."""

from datetime import datetime
from uuid import UUID

from sparekey import gateways
from sparekey.db import Executor
from sparekey.outbox import store


async def report(
    on: Executor,
    *,
    brand_id: int,
    gateway_id: UUID | None,
    report: gateways.Report,
    at: datetime,
    is_signed: bool,
) -> bool:
    """Apply a receipt that names a message by our id; False when it changed nothing."""
    del gateway_id, is_signed
    if report.id is None:
        return False
    return bool(
        await store.REPORT.run(
            on,
            id=report.id,
            brand=brand_id,
            outcome=report.outcome.value,
            reason=report.reason[:40],
            at=report.at or at,
        )
    )
