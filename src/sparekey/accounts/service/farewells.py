"""What a deletion leaves behind so that it can be told: addresses, sealed as they were.

They are kept in the transaction of the deletion and go in the one that queues the notices.
"""

from datetime import datetime
from uuid import UUID

from sparekey.accounts import store
from sparekey.accounts.model import Farewell
from sparekey.accounts.service.addresses import is_told
from sparekey.accounts.service.sealing import value_of
from sparekey.db import Tx
from sparekey.kit.keyring import Keyring


async def keep_farewells(tx: Tx, account_id: UUID, at: datetime) -> None:
    """Keep every address that other notices go to. The caller holds the account's row."""
    rows = await store.addresses.addresses_of.all(tx, account_id=account_id)
    told = [row.id for row in rows if is_told(row, at)]
    await store.farewells.keep_farewells.run(tx, address_ids=told, at=at)


async def take_farewells(tx: Tx, keyring: Keyring, account_id: UUID) -> tuple[Farewell, ...]:
    """The addresses to tell, each given once: queue their notices in `tx`."""
    return tuple(
        Farewell(
            row.locale,
            row.kind,
            value_of(keyring, row.address_id, row.sealed),
            row.deleted_at,
        )
        for row in await store.farewells.take_farewells.all(tx, account_id=account_id)
    )
