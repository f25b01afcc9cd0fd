"""The verbs of receipts: whoever tells it, one way leads to the message."""

from datetime import datetime
from uuid import UUID

from sparekey import gateways, outbox
from sparekey.db import Tx
from sparekey.receipts.bounces import Bounce


async def take(tx: Tx, told: gateways.Told) -> None:
    """Apply what a gateway said of a message; what is known, or nobody's, changes nothing."""
    assert isinstance(told.heard, gateways.Report)
    await outbox.report(
        tx,
        brand_id=told.gateway.brand_id,
        gateway_id=told.gateway.id,
        report=told.heard,
        at=told.at,
        is_signed=told.is_signed,
    )


async def bounced(tx: Tx, message_id: UUID, brand_id: int, bounce: Bounce, *, at: datetime) -> bool:
    """Apply what a mail said that came back to the address of one message; True if it was news.

    The address proves which message is meant, and nothing about who says so: its recipient's
    server has it, too.
    """
    if bounce.outcome is None:
        return False
    message = await outbox.find(tx, id=message_id, brand_id=brand_id)
    if message is None or message.gateway_id is None:
        return False
    told = gateways.Report(bounce.outcome, id=message_id, reason=bounce.reason)
    await outbox.report(
        tx, brand_id=brand_id, gateway_id=message.gateway_id, report=told, at=at, is_signed=False
    )
    return True
