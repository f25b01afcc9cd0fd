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

#: A letter that is handed over twice under one id is kept once.
KEEP_LETTER = statement(
    """INSERT INTO inbox.letter (id, message_id, purpose, sealed, received_at, due_at)
    VALUES (:id, :message, :purpose, :sealed, :at, :at)
    ON CONFLICT DO NOTHING"""
)

#: Of simultaneous workers one inserts; the others wait for it to commit, and insert nothing.
NOTE_FETCHED = statement(
    "INSERT INTO inbox.fetched (key, at) VALUES (:key, :at) ON CONFLICT DO NOTHING"
)

SWEEP_FETCHED = statement("DELETE FROM inbox.fetched WHERE at < :before")


@dataclass(frozen=True, slots=True)
class LetterRow:
    id: UUID
    fence: int
    message_id: UUID
    purpose: str
    sealed: bytes
    received_at: datetime


CLAIM_LETTERS = statement(
    """UPDATE inbox.letter AS l SET due_at = :until, attempts = l.attempts + 1
    WHERE l.id = ANY (ARRAY(
        SELECT w.id FROM inbox.letter AS w WHERE w.due_at <= :at
        ORDER BY w.due_at LIMIT :limit FOR UPDATE SKIP LOCKED))
    RETURNING l.id, l.attempts AS fence, l.message_id, l.purpose, l.sealed, l.received_at""",
    returns=LetterRow,
)

#: Whoever takes the row away acts on it: once, however often it was claimed.
TAKE_LETTER = statement("DELETE FROM inbox.letter WHERE id = :id AND attempts = :fence")

PUT_LETTER_ASIDE = statement(
    """UPDATE inbox.letter
    SET due_at = NULL, last_error_code = coalesce(:error_code, last_error_code)
    WHERE id = :id AND attempts = :fence"""
)

#: When it is tried again, its lease says.
NOTE_LETTER_ERROR = statement(
    """UPDATE inbox.letter SET last_error_code = :error_code
    WHERE id = :id AND attempts = :fence"""
)


@dataclass(frozen=True, slots=True)
class Aside:
    """A letter that waits for a person: when it came, and by what reading it failed."""

    id: UUID
    purpose: str
    received_at: datetime
    last_error_code: str | None


LETTERS_ASIDE = statement(
    """SELECT id, purpose, received_at, last_error_code FROM inbox.letter
    WHERE due_at IS NULL ORDER BY id LIMIT :limit""",
    returns=Aside,
)

#: Of those who say so at once one finds them aside. It begins as when it came: it is acted on by
#: whoever takes its row away, and that happens once.
READ_LETTERS_AGAIN = statement(
    """UPDATE inbox.letter SET due_at = :at, attempts = 0
    WHERE due_at IS NULL AND (:id::uuid IS NULL OR id = :id)"""
)

RELEASE_LETTERS = statement(
    """UPDATE inbox.letter AS l SET due_at = :at, attempts = l.attempts - 1
    FROM unnest(:ids::uuid[], :fences::integer[]) AS held (id, fence)
    WHERE l.id = held.id AND l.attempts = held.fence"""
)

RECALL_LETTERS = statement(
    "UPDATE inbox.letter SET due_at = :at WHERE due_at = ANY (:ends::timestamptz[])"
)

COUNT_LETTERS_ASIDE = statement(
    "SELECT count(*) FROM inbox.letter WHERE due_at IS NULL", returns=int
)

SWEEP_LETTERS = statement("DELETE FROM inbox.letter WHERE id < :before")
