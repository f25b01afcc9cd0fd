"""Addresses of deleted accounts that have not been told yet."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sparekey.db import statement
from sparekey.kit.address import Kind


@dataclass(frozen=True, slots=True)
class FarewellRow:
    address_id: UUID
    locale: str | None
    kind: Kind
    sealed: bytes
    deleted_at: datetime


# An address that was taken away and has come back is one address.
keep_farewells = statement(
    """
    INSERT INTO accounts.farewell (address_id, account_id, locale, kind, sealed, deleted_at)
    SELECT DISTINCT ON (d.key) d.id, a.id, a.locale, d.kind, d.sealed, :at
    FROM accounts.address AS d
    JOIN accounts.account AS a ON a.id = d.account_id
    WHERE d.id = ANY (:address_ids::uuid[])
    ORDER BY d.key, d.number DESC
    """
)

# Of those who would tell at once, one gets the rows.
take_farewells = statement(
    """
    DELETE FROM accounts.farewell
    WHERE account_id = :account_id
    RETURNING address_id, locale, kind, sealed, deleted_at
    """,
    returns=FarewellRow,
)

sweep_farewells = statement("DELETE FROM accounts.farewell WHERE deleted_at <= :deleted_before")
