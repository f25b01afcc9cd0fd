"""Accounts by the thousand, and how far their import has come.

Each statement takes columns as arrays of one length. An import only adds: whoever makes an account
of the same id at the same time, or has made it before, keeps it as it is.
"""

from dataclasses import dataclass
from uuid import UUID

from sparekey.db import statement


@dataclass(frozen=True, slots=True)
class ThereRow:
    """An account that is there, as far as a line of a file can say the same of it."""

    ref: str
    username: str | None
    name: str | None
    locale: str | None
    customer_number: str | None
    second_factor: bool
    address_keys: list[bytes]
    verified_keys: list[bytes]


@dataclass(frozen=True, slots=True)
class NamedRow:
    key: bytes
    ref: str


# Of two who make one ref the later waits for the other's commit and gets no row. Callers sort by
# ref, so that no two imports wait for each other.
add_accounts = statement(
    """
    INSERT INTO accounts.account (
        id, brand_id, ref, key, username, name, locale, customer_number, second_factor,
        password_hash, password_changed_at, password_expires_at, recoverable_from, created_at,
        updated_at
    )
    SELECT n.id, :brand_id, n.ref, n.key, n.username, n.name, n.locale, n.customer_number,
        n.second_factor, n.password_hash,
        CASE WHEN n.password_hash IS NOT NULL THEN :at::timestamptz END, n.password_expires_at,
        :at, :at, :at
    FROM unnest(
        :ids::uuid[], :refs::text[], :keys::bytea[], :usernames::text[], :names::text[],
        :locales::text[], :customer_numbers::text[], :second_factors::boolean[],
        :password_hashes::text[], :passwords_expire::timestamptz[]
    ) AS n (
        id, ref, key, username, name, locale, customer_number, second_factor, password_hash,
        password_expires_at
    )
    ON CONFLICT (brand_id, ref) DO NOTHING
    RETURNING id
    """,
    returns=UUID,
)

add_addresses = statement(
    """
    INSERT INTO accounts.address
        (id, account_id, kind, sealed, key, verified_at, usable_from, added_at)
    SELECT n.id, n.account_id, n.kind, n.sealed, n.key,
        CASE WHEN n.is_verified THEN :at::timestamptz END, :at, :at
    FROM unnest(
        :ids::uuid[], :account_ids::uuid[], :kinds::text[], :sealed::bytea[], :keys::bytea[],
        :are_verified::boolean[]
    ) AS n (id, account_id, kind, sealed, key, is_verified)
    """
)

add_identifiers = statement(
    """
    INSERT INTO accounts.identifier (account_id, brand_id, kind, key)
    SELECT n.account_id, :brand_id, n.kind, n.key
    FROM unnest(:account_ids::uuid[], :kinds::smallint[], :keys::bytea[])
        AS n (account_id, kind, key)
    """
)

# After the insert, as with a single account: a deletion that the insert waited for is seen here.
wait_after_deletions = statement(
    """
    UPDATE accounts.account AS a
    SET recoverable_from = :recoverable_from
    FROM accounts.tombstone AS t
    WHERE t.key = ANY (:keys::bytea[])
        AND t.deleted_at > :buried_after
        AND a.key = t.key
        AND a.id = ANY (:ids::uuid[])
    RETURNING a.id
    """,
    returns=UUID,
)

make_addresses_wait = statement(
    """
    UPDATE accounts.address
    SET usable_from = :usable_from
    WHERE account_id = ANY (:account_ids::uuid[])
    """
)

accounts_there = statement(
    """
    SELECT a.ref, a.username, a.name, a.locale, a.customer_number, a.second_factor,
        ARRAY(
            SELECT d.key FROM accounts.address AS d
            WHERE d.account_id = a.id AND d.retired_at IS NULL
        ) AS address_keys,
        ARRAY(
            SELECT d.key FROM accounts.address AS d
            WHERE d.account_id = a.id AND d.retired_at IS NULL AND d.verified_at IS NOT NULL
        ) AS verified_keys
    FROM accounts.account AS a
    WHERE a.brand_id = :brand_id AND a.ref = ANY (:refs::text[])
    """,
    returns=ThereRow,
)

# Whom names of the file name already.
names_there = statement(
    """
    SELECT i.key, a.ref
    FROM accounts.identifier AS i
    JOIN accounts.account AS a ON a.id = i.account_id
    WHERE i.brand_id = :brand_id AND i.key = ANY (:keys::bytea[])
    """,
    returns=NamedRow,
)

position_of = statement("SELECT line FROM accounts.import_position WHERE key = :key", returns=int)

keep_position = statement(
    """
    INSERT INTO accounts.import_position (key, line, at)
    VALUES (:key, :line, :at)
    ON CONFLICT (key) DO UPDATE SET line = excluded.line, at = excluded.at
    """
)

forget_position = statement("DELETE FROM accounts.import_position WHERE key = :key")

sweep_positions = statement("DELETE FROM accounts.import_position WHERE at <= :kept_before")
