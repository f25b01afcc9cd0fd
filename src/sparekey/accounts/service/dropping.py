"""Taking addresses of one kind from an account: a phone that was lost, a mailbox that is closed."""

from datetime import datetime
from uuid import UUID

from sparekey import events
from sparekey.accounts import journal, store
from sparekey.accounts.model import WantedAddress
from sparekey.accounts.service.addresses import change_addresses
from sparekey.accounts.service.identify import identify
from sparekey.accounts.service.sealing import value_of
from sparekey.db import Tx
from sparekey.kit.address import Kind, read_address
from sparekey.kit.keyring import Keyring


async def drop_addresses(
    tx: Tx, keyring: Keyring, account_id: UUID, kind: Kind, at: datetime
) -> bool:
    """Retire the account's addresses of this kind, as any change: told to all of them, and undone
    from any of them for 72 hours.

    False, and nothing happens, when no proven address of the other kind that serves recovery now
    would be left.
    """
    account = await store.accounts.lock_account_by_id.maybe(tx, id=account_id)
    if account is None:
        return False
    rows = await store.addresses.addresses_of.all(tx, account_id=account_id)
    left = [row for row in rows if row.retired_at is None and row.kind != kind]
    if not any(row.verified_at is not None and row.usable_from <= at for row in left):
        return False
    wanted = [
        WantedAddress(
            read_address(row.kind, value_of(keyring, row.id, row.sealed), None),
            row.verified_at is not None,
        )
        for row in left
    ]
    if await change_addresses(tx, keyring, account, wanted, at):
        number = account.customer_number
        await identify(tx, keyring, account, username=account.username, customer_number=number)
        await events.append(
            tx, at=at, kind=journal.CHANGED, brand=account.brand_id, subject=account.id
        )
    return True
