"""The statements of gateways: what is configured, and what came in for them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sparekey.db import statement
from sparekey.gateways.model import Gateway


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
        )


#: Of two gateways of one name that are added at once, one is.
INSERT = statement(
    """INSERT INTO gateways.gateway (id, brand_id, name, kind, channels, sealed, is_on, created_at)
    VALUES (:id, :brand, :name, :kind, :channels, :sealed, true, :at)
    ON CONFLICT (brand_id, name) DO NOTHING"""
)

#: The oldest comes first: ids count up with time.
OF_BRAND = statement(
    """SELECT id, brand_id, name, kind, channels, sealed, is_on, hook_number
    FROM gateways.gateway WHERE brand_id = :brand ORDER BY id""",
    returns=GatewayRow,
)

#: A worker looks after these, whatever their brands send.
SWITCHED_ON = statement(
    """SELECT id, brand_id, name, kind, channels, sealed, is_on, hook_number
    FROM gateways.gateway WHERE is_on ORDER BY id""",
    returns=GatewayRow,
)

SWITCH = statement(
    "UPDATE gateways.gateway SET is_on = :is_on WHERE brand_id = :brand AND name = :name"
)

DELETE = statement("DELETE FROM gateways.gateway WHERE brand_id = :brand AND name = :name")


BY_ID = statement(
    """SELECT id, brand_id, name, kind, channels, sealed, is_on, hook_number
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
