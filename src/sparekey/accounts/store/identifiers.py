"""What names an account, and who is named."""

from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from sparekey.accounts.model import Status
from sparekey.db import statement
from sparekey.kit.address import Kind


@dataclass(frozen=True, slots=True)
class ResolvedRow:
    id: UUID
    key: bytes
    ref: str
    name: str | None
    locale: str | None
    second_factor: bool
    address_ids: list[UUID]
    kinds: list[Kind]
    sealed: list[bytes]
    address_keys: list[bytes]
    has_new_address: bool
    is_named: bool


@dataclass(frozen=True, slots=True)
class SignInRow:
    id: UUID
    key: bytes
    ref: str
    status: Status
    is_locked: bool
    password_hash: str | None
    must_change: bool
    secret_until: datetime | None


@dataclass(frozen=True, slots=True)
class BesideRow:
    key: bytes
    password_hash: str | None


# The caller holds the account's row, so the two statements are one to everybody else.
forget_identifiers = statement("DELETE FROM accounts.identifier WHERE account_id = :account_id")

write_identifiers = statement(
    """
    INSERT INTO accounts.identifier (account_id, brand_id, kind, key)
    SELECT :account_id, :brand_id, t.kind, t.key
    FROM unnest(:kinds::smallint[], :keys::bytea[]) AS t (kind, key)
    ON CONFLICT DO NOTHING
    """
)

# An open account with the addresses that recovery may use: no row for one that is held, still
# waits or cannot be reached.
_REACHABLE: LiteralString = """
    SELECT a.id, a.key, a.ref, a.name, a.locale, a.second_factor,
        array_agg(d.id ORDER BY d.number) AS address_ids,
        array_agg(d.kind ORDER BY d.number) AS kinds,
        array_agg(d.sealed ORDER BY d.number) AS sealed,
        array_agg(d.key ORDER BY d.number) AS address_keys,
        EXISTS (
            SELECT FROM accounts.address AS n
            WHERE n.account_id = a.id AND n.retired_at IS NULL AND n.usable_from > :at
        ) AS has_new_address,
        wanted.named IS NOT NULL AS is_named
    FROM wanted
    JOIN accounts.account AS a ON a.id = coalesce(wanted.named, wanted.beside)
    JOIN accounts.address AS d ON d.account_id = a.id
    WHERE a.status = 'active'
        AND a.locked_at IS NULL
        AND a.recoverable_from <= :at
        AND d.retired_at IS NULL
        AND d.verified_at IS NOT NULL
        AND d.usable_from <= :at
    GROUP BY a.id, wanted.named
    """

# One statement for all, and the same work: a stranger's reads the row of somebody else, whose
# `is_named` is false.
resolve = statement(
    """
    WITH wanted AS MATERIALIZED (
        SELECT accounts.named(:brand_id, :keys) AS named,
            accounts.beside(:brand_id, :beside) AS beside
    )
    """
    + _REACHABLE,
    returns=ResolvedRow,
)

reach = statement(
    """
    WITH wanted AS MATERIALIZED (
        SELECT :id::uuid AS named, NULL::uuid AS beside
    )
    """
    + _REACHABLE,
    returns=ResolvedRow,
)

find_for_sign_in = statement(
    """
    SELECT a.id, a.key, a.ref, a.status, a.locked_at IS NOT NULL AS is_locked, a.password_hash,
        a.must_change, a.secret_until
    FROM accounts.account AS a
    WHERE a.id = accounts.named(:brand_id, :keys)
    """,
    returns=SignInRow,
)

# The hash of the account beside: what a stranger's password costs says as little as what a
# customer's costs.
hash_beside = statement(
    """
    SELECT a.key, a.password_hash
    FROM accounts.account AS a
    WHERE a.id = accounts.beside(:brand_id, :key)
    """,
    returns=BesideRow,
)
