"""The account itself."""

from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from sparekey.accounts.model import Status
from sparekey.db import statement


@dataclass(frozen=True, slots=True)
class AccountRow:
    id: UUID
    brand_id: int
    ref: str
    key: bytes
    status: Status
    status_reason: str | None
    locked_at: datetime | None
    lock_reason: str | None
    username: str | None
    name: str | None
    locale: str | None
    customer_number: str | None
    second_factor: bool
    password_hash: str | None
    must_change: bool
    password_changed_at: datetime | None
    password_expires_at: datetime | None
    recoverable_from: datetime
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class PasswordRow:
    brand_id: int
    key: bytes


_ACCOUNT: LiteralString = """
    SELECT a.id, a.brand_id, a.ref, a.key, a.status, a.status_reason, a.locked_at, a.lock_reason,
        a.username, a.name, a.locale, a.customer_number, a.second_factor, a.password_hash,
        a.must_change, a.password_changed_at, a.password_expires_at, a.recoverable_from,
        a.created_at, a.updated_at
    FROM accounts.account AS a
    """

# Two first writers of one ref: the loser waits for the winner's commit, touches no row, and goes
# on to lock the winner's. A deletion in flight is waited for in the same way, so its tombstone
# is seen here or the row is gone.
insert_account = statement(
    """
    INSERT INTO accounts.account (id, brand_id, ref, key, recoverable_from, created_at, updated_at)
    VALUES (:id, :brand_id, :ref, :key, :at, :at, :at)
    ON CONFLICT (brand_id, ref) DO NOTHING
    """
)

wait_after_deletion = statement(
    """
    UPDATE accounts.account AS a
    SET recoverable_from = :recoverable_from
    FROM accounts.tombstone AS t
    WHERE t.key = a.key AND a.id = :id AND t.deleted_at > :buried_after
    """
)

lock_account = statement(
    _ACCOUNT
    + """
    WHERE a.brand_id = :brand_id AND a.ref = :ref
    FOR UPDATE
    """,
    returns=AccountRow,
)

lock_account_by_id = statement(
    _ACCOUNT
    + """
    WHERE a.id = :id
    FOR UPDATE
    """,
    returns=AccountRow,
)

find_account = statement(
    _ACCOUNT
    + """
    WHERE a.brand_id = :brand_id AND a.ref = :ref
    """,
    returns=AccountRow,
)

account_by_id = statement(
    _ACCOUNT
    + """
    WHERE a.id = :id
    """,
    returns=AccountRow,
)

# A company that tells the same again every night touches no row and writes no event.
update_account = statement(
    """
    UPDATE accounts.account
    SET username = :username,
        name = :name,
        locale = :locale,
        customer_number = :customer_number,
        second_factor = :second_factor,
        password_expires_at = :password_expires_at,
        updated_at = :at
    WHERE id = :id
        AND (username, name, locale, customer_number, second_factor, password_expires_at)
            IS DISTINCT FROM (:username, :name, :locale, :customer_number, :second_factor,
                :password_expires_at)
    """
)

# When the new one expires, the company says anew.
update_password = statement(
    """
    UPDATE accounts.account
    SET password_hash = :password_hash,
        must_change = :must_change,
        secret_until = :secret_until,
        password_changed_at = :at,
        password_expires_at = NULL,
        updated_at = :at
    WHERE id = :id AND (:even_if_held OR (status = 'active' AND locked_at IS NULL))
    RETURNING brand_id, key
    """,
    returns=PasswordRow,
)

# Whoever takes the secret away signs in with it: of simultaneous tries one.
take_secret = statement(
    """
    UPDATE accounts.account
    SET password_hash = NULL, secret_until = NULL
    WHERE id = :id AND password_hash = :hash AND secret_until > :at
    """
)

# By an upgrade at sign-in: the password did not change, and a change meanwhile wins.
replace_hash = statement(
    """
    UPDATE accounts.account
    SET password_hash = :new_hash
    WHERE id = :id AND password_hash = :old_hash
    """
)

# Holding twice keeps the first time and reason; each of the four touches one row or none.
lock = statement(
    """
    UPDATE accounts.account
    SET locked_at = :at, lock_reason = :reason, updated_at = :at
    WHERE id = :id AND locked_at IS NULL
    """
)

unlock = statement(
    """
    UPDATE accounts.account
    SET locked_at = NULL, lock_reason = NULL, updated_at = :at
    WHERE id = :id AND locked_at IS NOT NULL
    """
)

set_status = statement(
    """
    UPDATE accounts.account
    SET status = :status, status_reason = :reason, updated_at = :at
    WHERE id = :id AND status <> :status
    """
)

bury = statement(
    """
    INSERT INTO accounts.tombstone (key, deleted_at)
    VALUES (:key, :at)
    ON CONFLICT (key) DO UPDATE SET deleted_at = excluded.deleted_at
    """
)

sweep_tombstones = statement("DELETE FROM accounts.tombstone WHERE deleted_at <= :buried_before")

delete_account = statement("DELETE FROM accounts.account WHERE id = :id")

# A sandbox's are not counted: trying things out lengthens nobody's codes.
count_live = statement(
    """
    SELECT count(*)
    FROM accounts.account AS a
    JOIN brands.brand AS b ON b.id = a.brand_id
    WHERE NOT b.is_sandbox
    """,
    returns=int,
)
