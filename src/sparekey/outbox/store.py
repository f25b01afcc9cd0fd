"""The statements of the outbox."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sparekey.db import statement

ENQUEUE = statement(
    """SELECT outbox.enqueue(:id, :at, :brand, :about, :channel, :template, :locale,
        :words_version, :is_decoy, :code_length, :sealed, :expires_at, :lane,
        false)"""
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
    is_own_door: bool


#: A claim need not be durable: lost with its database, it is claimed anew, and what may not be
#: handed over twice is begun durably first (BEGIN).
CLAIM = statement(
    """SELECT id, fence, brand_id, about, channel, template, locale, words_version, is_decoy,
        code_length, sealed, expires_at, was_begun, is_own_door
    FROM outbox.claim(:lane, :at, :until, :limit)
    WHERE (SELECT set_config('synchronous_commit', 'off', true)) = 'off'""",
    returns=Claimed,
)


OLDEST_DUE = statement(
    "SELECT due_at FROM outbox.due WHERE lane = :lane ORDER BY lane, due_at LIMIT 1",
    returns=datetime,
)


@dataclass(frozen=True, slots=True)
class Unsent:
    """A message that will not arrive, and why."""

    id: UUID
    brand_id: int
    about: UUID | None
    template: str
    failure: str | None


SETTLE = statement(
    """SELECT id, brand_id, about, template, failure FROM outbox.settle(:at, :ids, :fences,
        :states, :due_at, :gateways, :failures, :gateway_ids, :countries, :prices, :days,
        :brands, :prefix_keys, :prefixes, :are_decoys, :refs, :refs_until)""",
    returns=Unsent,
)

BEGIN = statement("SELECT outbox.begin(:ids, :fences, :gateways, :names, :until)", returns=UUID)

CHARGE = statement(
    """SELECT outbox.charge_each(:ids, :fences, :brands, :days, :countries, :country_limits,
        :limits, :amounts, :are_decoys)""",
    returns=UUID,
)

RELEASE = statement(
    """UPDATE outbox.due AS d SET due_at = :at, attempts = d.attempts - 1
    FROM unnest(:ids::uuid[], :fences::integer[]) AS held (id, fence)
    WHERE d.message_id = held.id AND d.attempts = held.fence"""
)

RECALL = statement(
    """UPDATE outbox.due SET due_at = :at
    WHERE lane = :lane AND due_at = ANY (:ends::timestamptz[])"""
)

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
    gateway_id: UUID | None
    gateway: str | None
    failure: str | None


#: Decoys are messages like any other here: a brand's own key sees that they went nowhere.
FIND = statement(
    """SELECT id, about, channel, template, locale, words_version, state, created_at, sent_at,
        ended_at, gateway_id, gateway, failure
    FROM outbox.message WHERE id = :id AND brand_id = :brand""",
    returns=Record,
)

IS_DECOY = statement("SELECT is_decoy FROM outbox.message WHERE id = :id", returns=bool)

BRAND_OF = statement("SELECT brand_id FROM outbox.message WHERE id = :id", returns=int)

PAGE = statement(
    """SELECT id, about, channel, template, locale, words_version, state, created_at, sent_at,
        ended_at, gateway_id, gateway, failure
    FROM outbox.message WHERE brand_id = :brand AND id > :after ORDER BY id LIMIT :limit""",
    returns=Record,
)


# --- what became of them --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Reported:
    is_known: bool
    has_failed: bool
    named: UUID | None
    about: UUID | None
    template: str | None


REPORT = statement(
    """SELECT is_known, has_failed, named, about, template FROM outbox.report(:brand, :gateway,
        :message, :ref, :at, :outcome, :is_signed, :reason, :price, :currency, :expires_at)""",
    returns=Reported,
)

SWEEP_REFS = statement("DELETE FROM outbox.provider_ref WHERE expires_at < :at")
SWEEP_SPENT = statement("DELETE FROM outbox.spent WHERE day < :before")
SWEEP_CONVERSIONS = statement("DELETE FROM outbox.conversion WHERE day < :before")


@dataclass(frozen=True, slots=True)
class Heard:
    gateway_id: UUID
    sent: int
    reported: int


#: A look at the latest of what should have been reported on by now.
HEARD = statement(
    """SELECT gateway_id, count(*)::integer AS sent,
        (count(*) FILTER (WHERE state IN ('delivered', 'undelivered', 'failed', 'expired')))
            ::integer AS reported
    FROM (SELECT m.gateway_id, m.state FROM outbox.message AS m
        WHERE m.id >= :from_id AND m.id < :to_id AND m.gateway_id IS NOT NULL
            AND m.sent_at IS NOT NULL AND NOT m.is_decoy AND m.channel <> 'email'
        ORDER BY m.id DESC LIMIT :limit) AS latest
    GROUP BY gateway_id""",
    returns=Heard,
)


@dataclass(frozen=True, slots=True)
class Standing:
    """What a message's fallback goes by."""

    state: str
    is_confirmed: bool


STANDING = statement(
    """SELECT state, confirmed_at IS NOT NULL AS is_confirmed FROM outbox.message
    WHERE id = :id AND brand_id = :brand""",
    returns=Standing,
)

SPENT = statement(
    """SELECT amount FROM outbox.spent
    WHERE brand_id = :brand AND day = :day AND country = :country""",
    returns=int,
)


@dataclass(frozen=True, slots=True)
class Conversion:
    """How many texts went to numbers with these first digits, and how many were answered."""

    prefix: str
    country: str
    sent: int
    proven: int


CONVERSIONS = statement(
    """SELECT prefix, country, sent, proven FROM outbox.conversion
    WHERE brand_id = :brand AND day = :day ORDER BY prefix""",
    returns=Conversion,
)
