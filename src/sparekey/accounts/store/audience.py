"""Many accounts at once, page by page: nobody ever holds all of them."""

from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from sparekey.db import statement


@dataclass(frozen=True, slots=True)
class ExpiringRow:
    id: UUID
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class RefRow:
    id: UUID
    ref: str


# What is NULL is not asked for. Held accounts hear nothing.
_WANTED: LiteralString = """
    FROM accounts.account AS a
    WHERE a.brand_id = :brand_id AND a.status = 'active' AND a.locked_at IS NULL
        AND (:languages::text[] IS NULL
            OR split_part(coalesce(a.locale, :brand_locale), '-', 1) = ANY (:languages))
        AND (:second_factor::boolean IS NULL OR a.second_factor = :second_factor)
        AND (:has_password::boolean IS NULL
            OR (a.password_hash IS NOT NULL) = :has_password)
        AND (:verified_email::boolean IS NULL OR :verified_email = EXISTS (
            SELECT FROM accounts.address AS d WHERE d.account_id = a.id AND d.kind = 'email'
                AND d.retired_at IS NULL AND d.verified_at IS NOT NULL))
        AND (:verified_phone::boolean IS NULL OR :verified_phone = EXISTS (
            SELECT FROM accounts.address AS d WHERE d.account_id = a.id AND d.kind = 'phone'
                AND d.retired_at IS NULL AND d.verified_at IS NOT NULL))
    """

count = statement("SELECT count(*)" + _WANTED, returns=int)

page = statement(
    "SELECT a.id" + _WANTED + " AND a.id > :after ORDER BY a.id LIMIT :limit", returns=UUID
)

of_refs = statement(
    """
    SELECT a.id, a.ref
    FROM accounts.account AS a
    WHERE a.brand_id = :brand_id AND a.ref = ANY (:refs::text[])
    """,
    returns=RefRow,
)

# Row by row in the order of the index, so a page costs its own size.
expiring = statement(
    """
    SELECT a.id, a.password_expires_at AS expires_at
    FROM accounts.account AS a
    WHERE a.brand_id = :brand_id AND a.status = 'active' AND a.locked_at IS NULL
        AND (a.password_expires_at, a.id) > (:after_at, :after_id)
        AND a.password_expires_at <= :until
    ORDER BY a.password_expires_at, a.id
    LIMIT :limit
    """,
    returns=ExpiringRow,
)
