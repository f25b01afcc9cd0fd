"""The statements of the inbox."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sparekey.db import statement

KEEP = statement(
    """INSERT INTO inbox.message (id, brand_id, gateway_id, channel, kind, about, ref_key, sealed,
        received_at)
    VALUES (:id, :brand, :gateway, :channel, :kind, :about, :ref_key, :sealed, :at)
    ON CONFLICT (ref_key) WHERE ref_key IS NOT NULL DO NOTHING"""
)


@dataclass(frozen=True, slots=True)
class Row:
    id: UUID
    brand_id: int
    channel: str
    kind: str
    about: UUID | None
    sealed: bytes
    received_at: datetime


FIND = statement(
    """SELECT id, brand_id, channel, kind, about, sealed, received_at
    FROM inbox.message WHERE id = :id""",
    returns=Row,
)

SWEEP = statement("DELETE FROM inbox.message WHERE id < :before")
