"""Where an account can be reached."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sparekey.accounts.model import Held
from sparekey.db import statement
from sparekey.kit.address import Kind


@dataclass(frozen=True, slots=True)
class AddressRow:
    id: UUID
    kind: Kind
    sealed: bytes
    key: bytes
    verified_at: datetime | None
    usable_from: datetime
    retired_at: datetime | None


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
