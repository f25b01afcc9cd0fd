"""The SQL of accounts: one statement each, no decision."""

from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from sparekey.accounts.model import Held, Status
from sparekey.db import statement
from sparekey.kit.address import Kind


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
    recoverable_from: datetime
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class AddressRow:
    id: UUID
    kind: Kind
    sealed: bytes
    key: bytes
    verified_at: datetime | None
    usable_from: datetime
    retired_at: datetime | None


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


@dataclass(frozen=True, slots=True)
class SignInRow:
    id: UUID
    key: bytes
    ref: str
    status: Status
    is_locked: bool
    password_hash: str | None
    must_change: bool


@dataclass(frozen=True, slots=True)
class NoticeRow:
    id: UUID
    change_id: UUID
    account_id: UUID
    brand_id: int
    ends_at: datetime
    sealed_token: bytes
    address_id: UUID
    kind: Kind
    sealed: bytes
    key: bytes


@dataclass(frozen=True, slots=True)
class ChangeRow:
    id: UUID
    account_id: UUID
    brand_id: int


# --- accounts --------------------------------------------------------------------------------

_ACCOUNT: LiteralString = """
    SELECT a.id, a.brand_id, a.ref, a.key, a.status, a.status_reason, a.locked_at, a.lock_reason,
        a.username, a.name, a.locale, a.customer_number, a.second_factor, a.password_hash,
        a.must_change, a.password_changed_at, a.recoverable_from, a.created_at, a.updated_at
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
    WHERE t.key = a.key AND a.id = :id
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

update_account = statement(
    """
    UPDATE accounts.account
    SET username = :username,
        name = :name,
        locale = :locale,
        customer_number = :customer_number,
        second_factor = :second_factor,
        updated_at = :at
    WHERE id = :id
    """
)

update_password = statement(
    """
    UPDATE accounts.account
    SET password_hash = :password_hash,
        must_change = :must_change,
        password_changed_at = :at,
        updated_at = :at
    WHERE id = :id AND (:even_if_held OR (status = 'active' AND locked_at IS NULL))
    RETURNING brand_id
    """,
    returns=int,
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

delete_account = statement("DELETE FROM accounts.account WHERE id = :id")

# --- identifiers -----------------------------------------------------------------------------

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

# One statement for all: a stranger's ends with no row, as does that of an account that is held,
# still waits or cannot be reached.
resolve = statement(
    """
    SELECT a.id, a.key, a.ref, a.name, a.locale, a.second_factor,
        array_agg(d.id ORDER BY d.number),
        array_agg(d.kind ORDER BY d.number),
        array_agg(d.sealed ORDER BY d.number),
        array_agg(d.key ORDER BY d.number)
    FROM accounts.account AS a
    JOIN accounts.address AS d ON d.account_id = a.id
    WHERE a.id = accounts.named(:brand_id, :keys)
        AND a.status = 'active'
        AND a.locked_at IS NULL
        AND a.recoverable_from <= :at
        AND d.retired_at IS NULL
        AND d.verified_at IS NOT NULL
        AND d.usable_from <= :at
    GROUP BY a.id
    """,
    returns=ResolvedRow,
)

find_for_sign_in = statement(
    """
    SELECT a.id, a.key, a.ref, a.status, a.locked_at IS NOT NULL, a.password_hash, a.must_change
    FROM accounts.account AS a
    WHERE a.id = accounts.named(:brand_id, :keys)
    """,
    returns=SignInRow,
)

# --- addresses -------------------------------------------------------------------------------

addresses_of = statement(
    """
    SELECT d.id, d.kind, d.sealed, d.key, d.verified_at, d.usable_from, d.retired_at
    FROM accounts.address AS d
    WHERE d.account_id = :account_id
    ORDER BY d.number
    """,
    returns=AddressRow,
)

held_addresses = statement(
    """
    SELECT d.id, d.key, d.verified_at, d.usable_from, d.retired_at
    FROM accounts.address AS d
    WHERE d.account_id = :account_id
    ORDER BY d.number
    """,
    returns=Held,
)

add_address = statement(
    """
    INSERT INTO accounts.address
        (id, account_id, kind, sealed, key, verified_at, usable_from, added_by, added_at)
    VALUES
        (:id, :account_id, :kind, :sealed, :key, :verified_at, :usable_from, :change_id, :at)
    """
)

retire_addresses = statement(
    """
    UPDATE accounts.address
    SET retired_at = :at, retired_by = :change_id
    WHERE id = ANY (:ids::uuid[]) AND retired_at IS NULL
    """
)

verify_addresses = statement(
    """
    UPDATE accounts.address
    SET verified_at = :at
    WHERE id = ANY (:ids::uuid[]) AND verified_at IS NULL
    """
)

# --- changes, notices, undo ------------------------------------------------------------------

add_change = statement(
    """
    INSERT INTO accounts.change (id, account_id, made_at, ends_at)
    VALUES (:id, :account_id, :at, :ends_at)
    """
)

add_notice = statement(
    """
    INSERT INTO accounts.notice (id, change_id, address_id, token_mac, sealed_token)
    VALUES (:id, :change_id, :address_id, :token_mac, :sealed_token)
    """
)

pending_notices = statement(
    """
    SELECT n.id, n.change_id, c.account_id, a.brand_id, c.ends_at, n.sealed_token,
        d.id, d.kind, d.sealed, d.key
    FROM accounts.notice AS n
    JOIN accounts.change AS c ON c.id = n.change_id
    JOIN accounts.account AS a ON a.id = c.account_id
    JOIN accounts.address AS d ON d.id = n.address_id
    WHERE c.account_id = :account_id AND n.sealed_token IS NOT NULL AND c.ends_at > :at
    ORDER BY n.id
    """,
    returns=NoticeRow,
)

# Whoever queues the notice takes its token; the row count says who did.
take_notice_token = statement(
    """
    UPDATE accounts.notice
    SET sealed_token = NULL
    WHERE id = :id AND sealed_token IS NOT NULL
    """
)

change_of_token = statement(
    """
    SELECT c.id, c.account_id, a.brand_id
    FROM accounts.notice AS n
    JOIN accounts.change AS c ON c.id = n.change_id
    JOIN accounts.account AS a ON a.id = c.account_id
    WHERE n.token_mac = ANY (:macs::bytea[]) AND c.ends_at > :at
    """,
    returns=ChangeRow,
)

# A thief of one address may confirm; whoever holds another old one can still undo.
settle_as_confirmed = statement(
    """
    UPDATE accounts.change
    SET outcome = 'confirmed', settled_at = :at
    WHERE id = :id AND outcome IS NULL AND ends_at > :at
    """
)

# Undoing a change undoes the later ones too: the account is again as it was before it.
settle_as_undone = statement(
    """
    UPDATE accounts.change AS c
    SET outcome = 'undone', settled_at = :at
    FROM accounts.change AS first
    WHERE first.id = :id
        AND first.ends_at > :at
        AND first.outcome IS DISTINCT FROM 'undone'
        AND c.account_id = first.account_id
        AND c.number >= first.number
        AND c.outcome IS DISTINCT FROM 'undone'
    RETURNING c.id
    """,
    returns=UUID,
)

lift_wait = statement(
    """
    UPDATE accounts.address
    SET usable_from = least(usable_from, :at)
    WHERE added_by = :change_id AND retired_at IS NULL
    """
)

drop_added = statement("DELETE FROM accounts.address WHERE added_by = ANY (:change_ids::uuid[])")

restore_retired = statement(
    """
    UPDATE accounts.address
    SET retired_at = NULL, retired_by = NULL
    WHERE retired_by = ANY (:change_ids::uuid[])
    """
)

# Changes go first: their notices go with them, and addresses lose the reference.
sweep_changes = statement("DELETE FROM accounts.change WHERE ends_at <= :at")

sweep_addresses = statement("DELETE FROM accounts.address WHERE retired_at <= :retired_before")

# --- devices ---------------------------------------------------------------------------------

add_device = statement(
    """
    INSERT INTO accounts.device (token_mac, account_id, expires_at)
    VALUES (:token_mac, :account_id, :expires_at)
    """
)

account_of_device = statement(
    """
    SELECT d.account_id
    FROM accounts.device AS d
    WHERE d.token_mac = ANY (:macs::bytea[]) AND d.expires_at > :at
    """,
    returns=UUID,
)

sweep_devices = statement("DELETE FROM accounts.device WHERE expires_at <= :at")

forget_devices = statement("DELETE FROM accounts.device WHERE account_id = :account_id")
