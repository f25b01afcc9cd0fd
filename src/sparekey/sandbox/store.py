"""The statements of the sandbox."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sparekey.db import statement

#: A message that comes twice (its worker died after the first time) is kept once.
KEEP = statement(
    """INSERT INTO sandbox.delivery (id, brand_id, to_key, is_dropped, channel, sender, address,
        subject, text, html, sent_at)
    SELECT * FROM unnest(:ids::uuid[], :brands::integer[], :keys::bytea[], :dropped::boolean[],
        :channels::text[], :senders::text[], :addresses::text[], :subjects::text[],
        :texts::text[], :htmls::text[], :sent_at::timestamptz[])
    ON CONFLICT DO NOTHING"""
)


@dataclass(frozen=True, slots=True)
class Delivery:
    id: UUID
    channel: str
    sender: str
    address: str
    subject: str | None
    text: str
    html: str | None
    sent_at: datetime


INBOX = statement(
    """SELECT id, channel, sender, address, subject, text, html, sent_at
    FROM sandbox.delivery
    WHERE brand_id = :brand AND to_key = :key AND NOT is_dropped
    ORDER BY id LIMIT :limit""",
    returns=Delivery,
)

REPLY = statement(
    """INSERT INTO sandbox.reply (id, brand_id, sender, recipient, text, created_at)
    VALUES (:id, :brand, :sender, :recipient, :text, :at)"""
)

SWEEP_REPLIES = statement("DELETE FROM sandbox.reply WHERE id < :before")

SWEEP = statement(
    """DELETE FROM sandbox.delivery WHERE id IN (
        SELECT id FROM sandbox.delivery WHERE id < :before ORDER BY id LIMIT 10000)"""
)
