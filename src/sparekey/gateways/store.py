"""The gateway table."""

from dataclasses import dataclass
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
        )


#: Of two gateways of one name that are added at once, one is.
INSERT = statement(
    """INSERT INTO gateways.gateway (id, brand_id, name, kind, channels, sealed, is_on, created_at)
    VALUES (:id, :brand, :name, :kind, :channels, :sealed, true, :at)
    ON CONFLICT (brand_id, name) DO NOTHING"""
)

#: The oldest comes first: ids count up with time.
OF_BRAND = statement(
    """SELECT id, brand_id, name, kind, channels, sealed, is_on
    FROM gateways.gateway WHERE brand_id = :brand ORDER BY id""",
    returns=GatewayRow,
)

SWITCH = statement(
    "UPDATE gateways.gateway SET is_on = :is_on WHERE brand_id = :brand AND name = :name"
)

DELETE = statement("DELETE FROM gateways.gateway WHERE brand_id = :brand AND name = :name")
