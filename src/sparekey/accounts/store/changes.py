"""Changes of addresses: notices, confirming, undoing."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sparekey.db import statement
from sparekey.kit.address import Kind


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
        d.id AS address_id, d.kind, d.sealed, d.key
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
