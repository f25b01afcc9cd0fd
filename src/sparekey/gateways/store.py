"""The statements of gateways: what is configured, how messages find their way, what came in."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sparekey.db import statement
from sparekey.gateways.choose import Route
from sparekey.gateways.model import Gateway
from sparekey.gateways.money import Budget, Terms
from sparekey.gateways.senders import SenderRule


@dataclass(frozen=True, slots=True)
class GatewayRow:
    """A row as it is stored."""

    id: UUID
    brand_id: int
    name: str
    kind: str
    channels: list[str]
    sealed: bytes
    is_on: bool
    hook_number: int
    per_second: int | None
    is_silent: bool

    def gateway(self) -> Gateway:
        """The gateway this row is."""
        return Gateway(
            id=self.id,
            brand_id=self.brand_id,
            name=self.name,
            kind=self.kind,
            channels=tuple(self.channels),
            sealed=self.sealed,
            is_on=self.is_on,
            hook_number=self.hook_number,
            per_second=self.per_second,
            is_silent=self.is_silent,
        )


#: Of two gateways of one name that are added at once, one is.
INSERT = statement(
    """INSERT INTO gateways.gateway (id, brand_id, name, kind, channels, sealed, is_on, created_at)
    VALUES (:id, :brand, :name, :kind, :channels, :sealed, true, :at)
    ON CONFLICT (brand_id, name) DO NOTHING"""
)

#: The oldest comes first: ids count up with time.
OF_BRAND = statement(
    """SELECT id, brand_id, name, kind, channels, sealed, is_on, hook_number, per_second, is_silent
    FROM gateways.gateway WHERE brand_id = :brand ORDER BY id""",
    returns=GatewayRow,
)

#: A worker looks after these, whatever their brands send.
SWITCHED_ON = statement(
    """SELECT id, brand_id, name, kind, channels, sealed, is_on, hook_number, per_second, is_silent
    FROM gateways.gateway WHERE is_on ORDER BY id""",
    returns=GatewayRow,
)

SWITCH = statement(
    "UPDATE gateways.gateway SET is_on = :is_on WHERE brand_id = :brand AND name = :name"
)

DELETE = statement("DELETE FROM gateways.gateway WHERE brand_id = :brand AND name = :name")


BY_ID = statement(
    """SELECT id, brand_id, name, kind, channels, sealed, is_on, hook_number, per_second, is_silent
    FROM gateways.gateway WHERE id = :id""",
    returns=GatewayRow,
)

#: The former path leads nowhere from the next look on; after 65,535 of them it begins anew.
MOVE_HOOK = statement(
    """UPDATE gateways.gateway SET hook_number = hook_number % 65535 + 1
    WHERE brand_id = :brand AND name = :name RETURNING id""",
    returns=UUID,
)

KEEP_RAW = statement(
    """INSERT INTO gateways.raw (id, gateway_id, method, sealed, is_signed, group_key, received_at,
        due_at)
    SELECT id, gateway_id, method, sealed, is_signed, group_key, received_at, received_at
    FROM unnest(:ids::uuid[], :gateways::uuid[], :methods::text[], :sealed::bytea[],
        :signed::boolean[], :groups::bytea[], :received_at::timestamptz[])
        AS came (id, gateway_id, method, sealed, is_signed, group_key, received_at)"""
)


@dataclass(frozen=True, slots=True)
class RawRow:
    id: UUID
    fence: int
    gateway_id: UUID
    method: str
    sealed: bytes
    is_signed: bool
    group_key: bytes | None
    received_at: datetime


CLAIM_RAW = statement(
    """UPDATE gateways.raw AS r SET due_at = :until, attempts = r.attempts + 1
    WHERE r.id = ANY (ARRAY(
        SELECT w.id FROM gateways.raw AS w WHERE w.due_at <= :at
        ORDER BY w.due_at LIMIT :limit FOR UPDATE SKIP LOCKED))
    RETURNING r.id, r.attempts AS fence, r.gateway_id, r.method, r.sealed, r.is_signed,
        r.group_key, r.received_at""",
    returns=RawRow,
)

#: What was read goes, and only who makes it go applies it: once, however often it was claimed.
TAKE_RAW = statement(
    """DELETE FROM gateways.raw AS r
    USING unnest(:ids::uuid[], :fences::integer[]) AS held (id, fence)
    WHERE r.id = held.id AND r.attempts = held.fence
    RETURNING r.id""",
    returns=UUID,
)

PUT_RAW_ASIDE = statement(
    """UPDATE gateways.raw AS r SET due_at = NULL
    FROM unnest(:ids::uuid[], :fences::integer[]) AS held (id, fence)
    WHERE r.id = held.id AND r.attempts = held.fence
    RETURNING r.id""",
    returns=UUID,
)

#: Every stored piece of one long message, whether or not it has been looked at.
PIECES = statement(
    """SELECT id, attempts AS fence, gateway_id, method, sealed, is_signed, group_key, received_at
    FROM gateways.raw
    WHERE group_key = :group_key AND gateway_id = :gateway AND received_at > :since
    ORDER BY id LIMIT :limit""",
    returns=RawRow,
)

SWEEP_PIECES = statement("DELETE FROM gateways.raw WHERE group_key IS NOT NULL AND id < :before")

RELEASE_RAW = statement(
    """UPDATE gateways.raw AS r SET due_at = :at, attempts = r.attempts - 1
    FROM unnest(:ids::uuid[], :fences::integer[]) AS held (id, fence)
    WHERE r.id = held.id AND r.attempts = held.fence"""
)

RECALL_RAW = statement(
    "UPDATE gateways.raw SET due_at = :at WHERE due_at = ANY (:ends::timestamptz[])"
)

#: Pieces of long messages lie aside until the last one is there: nobody has to look at those.
COUNT_ASIDE = statement(
    """SELECT count(*) FROM gateways.raw
    WHERE due_at IS NULL AND group_key IS NULL
        AND (:gateway::uuid IS NULL OR gateway_id = :gateway)""",
    returns=int,
)

OLDEST_RAW = statement(
    "SELECT due_at FROM gateways.raw WHERE due_at IS NOT NULL ORDER BY due_at LIMIT 1",
    returns=datetime,
)

READ_AGAIN = statement(
    """UPDATE gateways.raw SET due_at = :at, attempts = 0
    WHERE due_at IS NULL AND group_key IS NULL AND gateway_id = :gateway"""
)

SWEEP_RAW = statement("DELETE FROM gateways.raw WHERE id < :before")

#: One row a gateway, written now and then: the greatest of what is known and what is told.
NOTE_HEARING = statement(
    """INSERT INTO gateways.hearing AS h (gateway_id, heard_at, forged_at, unreadable_at)
    VALUES (:gateway, :heard_at, :forged_at, :unreadable_at)
    ON CONFLICT (gateway_id) DO UPDATE
    SET heard_at = greatest(h.heard_at, excluded.heard_at),
        forged_at = greatest(h.forged_at, excluded.forged_at),
        unreadable_at = greatest(h.unreadable_at, excluded.unreadable_at)"""
)


@dataclass(frozen=True, slots=True)
class Hearing:
    """When a gateway was last heard, and how that went."""

    heard_at: datetime | None
    forged_at: datetime | None
    unreadable_at: datetime | None


HEARING = statement(
    """SELECT heard_at, forged_at, unreadable_at FROM gateways.hearing WHERE gateway_id = :id""",
    returns=Hearing,
)

PACE = statement(
    """UPDATE gateways.gateway SET per_second = :per_second
    WHERE brand_id = :brand AND name = :name"""
)

#: Receipts that never came do not stay away: a gateway is silent only after it has reported.
HEARD = statement(
    """UPDATE gateways.gateway
    SET is_silent = h.sent_enough AND h.reports = 0 AND gateway.has_reported,
        has_reported = gateway.has_reported OR h.reports > 0
    FROM unnest(:ids::uuid[], :reports::integer[], :sent_enough::boolean[])
        AS h (id, reports, sent_enough)
    WHERE gateway.id = h.id AND (h.sent_enough OR h.reports > 0)"""
)

# --- routes -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RouteRow:
    """A route as it is stored."""

    gateway_id: UUID
    channel: str
    place: int | None
    weight: int
    countries: list[str]
    prefixes: list[str]
    purposes: list[str]

    def route(self) -> Route:
        """The route this row is."""
        return Route(
            self.gateway_id,
            self.place,
            self.weight,
            tuple(self.countries),
            tuple(self.prefixes),
            tuple(self.purposes),
        )


ROUTES = statement(
    """SELECT r.gateway_id, r.channel, r.place, r.weight, r.countries, r.prefixes, r.purposes
    FROM gateways.route AS r JOIN gateways.gateway AS g ON g.id = r.gateway_id
    WHERE g.brand_id = :brand""",
    returns=RouteRow,
)

#: What is not said stays as it was.
ROUTE = statement(
    """INSERT INTO gateways.route AS r
        (gateway_id, channel, place, weight, countries, prefixes, purposes)
    SELECT g.id, :channel, :place::integer, coalesce(:weight::integer, 1),
        coalesce(:countries::text[], '{}'), coalesce(:prefixes::text[], '{}'),
        coalesce(:purposes::text[], '{}')
    FROM gateways.gateway AS g
    WHERE g.brand_id = :brand AND g.name = :name AND :channel = ANY (g.channels)
    ON CONFLICT (gateway_id, channel) DO UPDATE
    SET place = coalesce(:place, r.place), weight = coalesce(:weight, r.weight),
        countries = coalesce(:countries, r.countries),
        prefixes = coalesce(:prefixes, r.prefixes),
        purposes = coalesce(:purposes, r.purposes)"""
)

# --- senders ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SenderRow:
    gateway_id: UUID | None
    channel: str
    country: str
    sender: str
    can_reply: bool

    def rule(self) -> SenderRule:
        """The rule this row is."""
        return SenderRule(self.gateway_id, self.channel, self.country, self.sender, self.can_reply)


SENDERS = statement(
    """SELECT gateway_id, channel, country, sender, can_reply FROM gateways.sender
    WHERE brand_id = :brand ORDER BY channel, country, gateway_id NULLS LAST""",
    returns=SenderRow,
)

PUT_SENDER = statement(
    """INSERT INTO gateways.sender AS s
        (brand_id, gateway_id, channel, country, sender, can_reply)
    VALUES (:brand, :gateway, :channel, :country, :sender, :can_reply)
    ON CONFLICT (brand_id, gateway_id, channel, country) DO UPDATE
    SET sender = excluded.sender, can_reply = excluded.can_reply"""
)

DELETE_SENDER = statement(
    """DELETE FROM gateways.sender
    WHERE brand_id = :brand AND gateway_id IS NOT DISTINCT FROM :gateway::uuid
        AND channel = :channel AND country = :country"""
)

# --- stops --------------------------------------------------------------------------------------

STOPS = statement(
    "SELECT template FROM gateways.stop WHERE brand_id = :brand ORDER BY template", returns=str
)

STOP = statement(
    """INSERT INTO gateways.stop (brand_id, template, stopped_at) VALUES (:brand, :template, :at)
    ON CONFLICT DO NOTHING"""
)

LIFT = statement("DELETE FROM gateways.stop WHERE brand_id = :brand AND template = :template")

# --- money --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PriceRow:
    prefix: str
    micros: int


PRICES = statement(
    "SELECT prefix, micros FROM gateways.price WHERE gateway_id = :gateway", returns=PriceRow
)

CLEAR_PRICES = statement("DELETE FROM gateways.price WHERE gateway_id = :gateway")

PUT_PRICES = statement(
    """INSERT INTO gateways.price (gateway_id, prefix, micros)
    SELECT :gateway, p.prefix, p.micros
    FROM unnest(:prefixes::text[], :micros::bigint[]) AS p (prefix, micros)"""
)

BUDGETS = statement(
    """SELECT country, per_day, reserve FROM gateways.budget
    WHERE brand_id = :brand ORDER BY country""",
    returns=Budget,
)

PUT_BUDGET = statement(
    """INSERT INTO gateways.budget (brand_id, country, per_day, reserve)
    VALUES (:brand, :country, :per_day, :reserve)
    ON CONFLICT (brand_id, country) DO UPDATE
    SET per_day = excluded.per_day, reserve = excluded.reserve"""
)

DELETE_BUDGET = statement(
    "DELETE FROM gateways.budget WHERE brand_id = :brand AND country = :country"
)

TERMS = statement(
    "SELECT currency, fall_back_seconds FROM gateways.terms WHERE brand_id = :brand",
    returns=Terms,
)

PUT_TERMS = statement(
    """INSERT INTO gateways.terms (brand_id, currency, fall_back_seconds)
    VALUES (:brand, :currency, :fall_back_seconds)
    ON CONFLICT (brand_id) DO UPDATE
    SET currency = excluded.currency, fall_back_seconds = excluded.fall_back_seconds"""
)
