"""The statements of the outbox."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sparekey.db import statement

ENQUEUE = statement(
    """SELECT outbox.enqueue(:id, :at, :brand, :about, :channel, :template, :locale,
        :words_version, :is_decoy, :code_length, :sealed, :expires_at)"""
)


@dataclass(frozen=True, slots=True)
class Claimed:
    id: UUID
    fence: int
    brand_id: int
    about: UUID | None
    channel: str
    template: str
    locale: str
    words_version: int
    is_decoy: bool
    code_length: int
    sealed: bytes | None
    expires_at: datetime
    was_begun: bool


#: A claim need not be durable: lost with its database, it is claimed anew, and what may not be
#: handed over twice is begun durably first (BEGIN).
CLAIM = statement(
    """SELECT id, fence, brand_id, about, channel, template, locale, words_version, is_decoy,
        code_length, sealed, expires_at, was_begun
    FROM outbox.claim(:at, :until, :limit)
    WHERE (SELECT set_config('synchronous_commit', 'off', true)) = 'off'""",
    returns=Claimed,
)

SETTLE = statement(
    "SELECT outbox.settle(:at, :ids, :fences, :states, :due_at, :gateways, :failures)"
)

BEGIN = statement("SELECT outbox.begin(:ids, :fences, :until)", returns=UUID)

RELEASE = statement(
    """UPDATE outbox.due AS d SET due_at = :at, attempts = d.attempts - 1
    FROM unnest(:ids::uuid[], :fences::integer[]) AS held (id, fence)
    WHERE d.message_id = held.id AND d.attempts = held.fence"""
)

RECALL = statement("UPDATE outbox.due SET due_at = :at WHERE due_at = ANY (:ends::timestamptz[])")

PUT_BACK = statement(
    "UPDATE outbox.due SET due_at = :due_at WHERE message_id = :id AND attempts = :fence"
)


@dataclass(frozen=True, slots=True)
class Record:
    id: UUID
    about: UUID | None
    channel: str
    template: str
    locale: str
    words_version: int
    state: str
    created_at: datetime
    sent_at: datetime | None
    ended_at: datetime | None
    gateway: str | None
    failure: str | None


#: Decoys are messages like any other here: a brand's own key sees that they went nowhere.
FIND = statement(
    """SELECT id, about, channel, template, locale, words_version, state, created_at, sent_at,
        ended_at, gateway, failure
    FROM outbox.message WHERE id = :id AND brand_id = :brand""",
    returns=Record,
)

BRAND_OF = statement("SELECT brand_id FROM outbox.message WHERE id = :id", returns=int)

PAGE = statement(
    """SELECT id, about, channel, template, locale, words_version, state, created_at, sent_at,
        ended_at, gateway, failure
    FROM outbox.message WHERE brand_id = :brand AND id > :after ORDER BY id LIMIT :limit""",
    returns=Record,
)

#: Status moves forward only; what a text or mail is after a receipt, nothing takes back.
REPORT = statement(
    """UPDATE outbox.message
    SET state = :outcome, ended_at = :at, failure = nullif(:reason, ''), sealed = NULL
    WHERE id = :id AND brand_id = :brand AND :outcome <> 'sent'
        AND (state IN ('sending', 'sent', 'unsure')
            OR (state = 'delivered' AND :outcome = 'undelivered'))"""
)
