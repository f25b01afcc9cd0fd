"""The statements of the sandbox."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sparekey.db import statement

#: A message that comes twice (its worker died after the first time) is kept once. It is durable: a
#: worker writes down that it was sent even to a database that has been killed since.
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


@dataclass(frozen=True, slots=True)
class Owner:
    address: str
    channel: str


#: Whose phones and mailboxes received something lately; it looks at so many rows and no more.
OWNERS = statement(
    """SELECT address, channel FROM (
        SELECT DISTINCT ON (address) address, channel, id
        FROM (
            SELECT id, brand_id, is_dropped, address, channel
            FROM sandbox.delivery ORDER BY id DESC LIMIT 2000
        ) AS latest
        WHERE brand_id = :brand AND NOT is_dropped
        ORDER BY address, id DESC
    ) AS owners
    ORDER BY id DESC LIMIT :limit""",
    returns=Owner,
)

LATEST_BRAND = statement(
    """SELECT brand_id FROM (
        SELECT id, brand_id, is_dropped FROM sandbox.delivery ORDER BY id DESC LIMIT 2000
    ) AS latest
    WHERE NOT is_dropped ORDER BY id DESC LIMIT 1""",
    returns=int,
)


@dataclass(frozen=True, slots=True)
class Listed:
    id: UUID
    sender: str
    subject: str | None
    text: str
    sent_at: datetime


NEWEST = statement(
    """SELECT id, sender, subject, text, sent_at
    FROM sandbox.delivery
    WHERE brand_id = :brand AND to_key = :key AND NOT is_dropped
    ORDER BY id DESC LIMIT :limit""",
    returns=Listed,
)


@dataclass(frozen=True, slots=True)
class Typed:
    id: UUID
    recipient: str
    text: str
    created_at: datetime


TYPED = statement(
    """SELECT id, recipient, text, created_at
    FROM sandbox.reply WHERE brand_id = :brand AND sender = :sender
    ORDER BY id DESC LIMIT :limit""",
    returns=Typed,
)

MAIL = statement(
    """SELECT id, channel, sender, address, subject, text, html, sent_at
    FROM sandbox.delivery WHERE id = :id AND brand_id = :brand AND NOT is_dropped""",
    returns=Delivery,
)


@dataclass(frozen=True, slots=True)
class Arrival:
    brand_id: int
    id: UUID


#: What came last to all screens together. A message is named when it is made and kept when it is
#: handed over, so a late one lies among earlier ones: its id is looked for, not a greater one.
LATEST = statement(
    """SELECT brand_id, id FROM (
        SELECT id, brand_id, is_dropped FROM sandbox.delivery ORDER BY id DESC LIMIT 500
    ) AS latest
    WHERE NOT is_dropped
    UNION ALL
    SELECT brand_id, id FROM (
        SELECT id, brand_id FROM sandbox.reply ORDER BY id DESC LIMIT 100
    ) AS typed""",
    returns=Arrival,
)
