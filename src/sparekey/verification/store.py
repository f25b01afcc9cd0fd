"""The statements of challenges. The hot ones are one function call each (see functions.sql)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sparekey.db import statement


@dataclass(frozen=True, slots=True)
class Started:
    verdict: str
    id: UUID
    retry_at: datetime | None
    is_decoy: bool | None
    expires_at: datetime | None
    next_send_at: datetime | None


START = statement(
    """SELECT verdict, id, retry_at, is_decoy, expires_at, next_send_at FROM verification.start(
        :id, :at, :brand, :purpose, :kind, :channel, :is_owned, :is_decoy, :macs,
        :lengths::text::smallint[], :alphabet, :junk, :max_attempts, :expires_at, :next_send_at,
        :account_key, :is_named, :address_key, :identifier_key, :shard, :costs::text::bigint[],
        :room::text::bigint[], :budget_room::text::bigint[], :block_kinds::text::text[],
        :rate_keys, :rate_every, :rate_burst, :cap_keys, :cap_classes::text::smallint[],
        :cap_rules::text::integer[], :allowance, :prefix_key, :prefix_rules::text::integer[],
        :sealed, :message, :template, :locale, :words_version, :message_sealed, :fall_back_at,
        :idempotency_key, :idempotency_mac)""",
    returns=Started,
)


@dataclass(frozen=True, slots=True)
class Guessed:
    verdict: str
    attempts_left: int
    purpose: str | None
    is_decoy: bool | None


CHECK = statement(
    """SELECT verdict, attempts_left, purpose, is_decoy
    FROM verification.check(:id, :brand, false, :at, :macs, :length)""",
    returns=Guessed,
)


@dataclass(frozen=True, slots=True)
class Resent:
    verdict: str
    retry_at: datetime | None
    expires_at: datetime | None


RESEND = statement(
    """SELECT verdict, retry_at, expires_at FROM verification.resend(
        :id, :brand, :at, :channel, :silenced, :address_key, :sealed, :max_attempts, :macs,
        :lengths::text::smallint[], :junk, :expires_at, :next_send_at, :costs::text::bigint[],
        :room::text::bigint[], :budget_room::text::bigint[], :block_kinds::text::text[],
        :cap_keys, :cap_classes::text::smallint[], :cap_rules::text::integer[], :message,
        :template, :locale, :words_version, :message_sealed, :fall_back_at, :after,
        :keep_until)""",
    returns=Resent,
)

CANCEL = statement("SELECT verification.cancel(:id, :brand, :at)", returns=str)


@dataclass(frozen=True, slots=True)
class Row:
    id: UUID
    purpose: str
    channel: str
    state: str
    is_owned: bool
    is_decoy: bool
    alphabet: str
    attempts: int
    max_attempts: int
    code_length: int
    account_key: bytes
    ledger_keys: list[bytes]
    allowance: int
    sealed: bytes | None
    sends: int
    expires_at: datetime
    next_send_at: datetime
    message_id: UUID


#: The state as it is at `:at`: time and the ledger's closing may have ended what the row calls
#: pending.
FIND = statement(
    """SELECT v.id, v.purpose, v.channel, verification.state_at(v.state, v.channel, v.closings,
            v.expires_at, guard.closings(v.ledger_keys, verification.kind(v.purpose)), :at)
            AS state,
        v.is_owned, v.is_decoy, v.alphabet, v.attempts, v.max_attempts, v.code_length,
        v.account_key, v.ledger_keys, v.allowance, v.sealed, v.sends, v.expires_at, v.next_send_at,
        v.message_id
    FROM verification.verification AS v
    WHERE v.id = :id AND v.brand_id = :brand""",
    returns=Row,
)

#: Challenges that began at another address and were sent on to this one: their own address's ledger
#: tells nothing of it. The index holds these alone.
SENT_ON = statement(
    """SELECT v.id FROM verification.verification AS v
    WHERE v.brand_id = :brand AND v.ledger_keys @> ARRAY[:key::bytea]
        AND cardinality(v.ledger_keys) > cardinality(v.closings)
        AND v.state = 'pending' AND v.channel <> 'email'
        AND v.id >= :from_id AND v.expires_at > :at""",
    returns=UUID,
)

#: Ids carry their time, so the partitions tell where to look: nothing lives longer than a day.
WIPE = statement(
    """UPDATE verification.verification SET mac = NULL, earlier_mac = NULL, sealed = NULL
    WHERE id >= :from_id AND id < :to_id AND expires_at < :before AND mac IS NOT NULL"""
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A pending challenge whose present code went out with a certain message."""

    brand_id: int
    is_owned: bool


WAITING = statement(
    """SELECT brand_id, is_owned FROM verification.verification
    WHERE id = :id AND message_id = :message AND state = 'pending' AND expires_at > :at""",
    returns=Waiting,
)
