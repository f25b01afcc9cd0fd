"""The tables of API keys and of their request rates."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sparekey.access.model import ApiKey, Caller
from sparekey.db import statement


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A row as it is stored, without the hash."""

    id: UUID
    brand_id: int
    name: str
    scopes: list[str]
    is_test: bool
    per_minute: int
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None

    def api_key(self) -> ApiKey:
        """The key this row describes."""
        return ApiKey(
            id=self.id,
            brand_id=self.brand_id,
            name=self.name,
            scopes=tuple(self.scopes),
            is_test=self.is_test,
            per_minute=self.per_minute,
            created_at=self.created_at,
            expires_at=self.expires_at,
            revoked_at=self.revoked_at,
        )


@dataclass(frozen=True, slots=True)
class UsableRow:
    """What an incoming request needs to know of a key."""

    id: UUID
    brand_id: int
    scopes: list[str]
    is_test: bool
    per_minute: int
    expires_at: datetime | None

    def caller(self) -> Caller:
        """Who calls with this key."""
        return Caller(self.id, self.brand_id, frozenset(self.scopes), self.is_test, self.per_minute)


#: The kind of the key is the kind of the brand: nobody chooses it.
INSERT = statement(
    """
    INSERT INTO access.api_key
        (id, brand_id, name, hash, scopes, is_test, per_minute, created_at, expires_at)
    SELECT :id, b.id, :name, :hash, :scopes, b.is_sandbox, :per_minute, :at, :expires_at
    FROM brands.brand AS b
    WHERE b.id = :brand_id AND b.is_sandbox = :is_test
    RETURNING id, brand_id, name, scopes, is_test, per_minute, created_at, expires_at, revoked_at
    """,
    returns=KeyRow,
)

USABLE = statement(
    """
    SELECT id, brand_id, scopes, is_test, per_minute, expires_at
    FROM access.api_key
    WHERE hash = :hash AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > :at)
    """,
    returns=UsableRow,
)

OF_BRAND = statement(
    """
    SELECT id, brand_id, name, scopes, is_test, per_minute, created_at, expires_at, revoked_at
    FROM access.api_key
    WHERE brand_id = :brand_id
    ORDER BY id
    """,
    returns=KeyRow,
)

#: Touches a row only if it was not revoked before: the first revocation keeps its time.
REVOKE = statement(
    """
    UPDATE access.api_key SET revoked_at = :at
    WHERE id = :id AND brand_id = :brand_id AND revoked_at IS NULL
    """
)

#: A block of requests as one step of a token bucket (GCRA): the row moves by the block's time if
#: that stays within the window, else nothing is returned and nothing is taken.
LEASE = statement(
    """
    INSERT INTO access.key_rate AS rate (key_id, full_at)
    VALUES (:key_id, :at::timestamptz + :cost::interval)
    ON CONFLICT (key_id) DO UPDATE
    SET full_at = greatest(rate.full_at, :at) + :cost
    WHERE greatest(rate.full_at, :at) + :cost <= :at + :window::interval
    RETURNING full_at
    """,
    returns=datetime,
)

FULL_AT = statement("SELECT full_at FROM access.key_rate WHERE key_id = :key_id", returns=datetime)
