"""Whose account is it that somebody names, and where may recovery write to?"""

from datetime import datetime
from functools import lru_cache
from uuid import UUID

from sparekey.accounts import store
from sparekey.accounts.identifiers import identifier_keys
from sparekey.accounts.model import Reachable, Resolved
from sparekey.accounts.service.sealing import seal_address, value_of
from sparekey.brands import Brand
from sparekey.db import Executor
from sparekey.kit.address import read_email, read_phone
from sparekey.kit.keyring import Keyring


def home_region(brand: Brand) -> str | None:
    """The country in which this brand's customers write numbers without a country code."""
    return brand.countries[0] if brand.countries else None


async def resolve(
    on: Executor, keyring: Keyring, brand: Brand, identifier: str, at: datetime
) -> Resolved | None:
    """The one open account that `identifier` names, with the addresses that recovery may use.

    None for strangers, for a name that two accounts share, for accounts that are locked,
    disabled, still waiting or without a usable address: after one and the same statement.
    """
    keys = identifier_keys(keyring, brand.id, identifier, home_region(brand))
    # By the reading that every text has: without an @ all share one as an email, and one neighbour.
    row = await store.identifiers.resolve.maybe(
        on, brand_id=brand.id, keys=keys, beside=keys[-1], at=at
    )
    return _found(keyring, row)


async def reach(on: Executor, keyring: Keyring, account_id: UUID, at: datetime) -> Resolved | None:
    """An account that was resolved before, as it is now; None when it has been closed to recovery
    meanwhile, or was none: after one and the same statement."""
    row = await store.identifiers.reach.maybe(on, id=account_id, at=at)
    return _found(keyring, row)


def _found(keyring: Keyring, row: store.identifiers.ResolvedRow | None) -> Resolved | None:
    """Who is named, after opening the sealed addresses for everybody: that takes time that would
    show. Where there is no row at all, a stand-in's are opened."""
    read = row or _stand_in(keyring)
    found = _resolved(keyring, read)
    return found if read.is_named else None


def _resolved(keyring: Keyring, row: store.identifiers.ResolvedRow) -> Resolved:
    columns = zip(row.address_ids, row.kinds, row.sealed, row.address_keys, strict=True)
    return Resolved(
        id=row.id,
        key=row.key,
        ref=row.ref,
        name=row.name,
        locale=row.locale,
        second_factor=row.second_factor,
        has_new_address=row.has_new_address,
        addresses=tuple(
            Reachable(id_, kind, value_of(keyring, id_, sealed), key)
            for id_, kind, sealed, key in columns
        ),
    )


@lru_cache(maxsize=4)
def _stand_in(keyring: Keyring) -> store.identifiers.ResolvedRow:
    """A row as of somebody with a phone and a mailbox."""
    ids = [UUID(int=1), UUID(int=2)]
    addresses = (read_phone("+447400123456"), read_email("somebody@mail.example"))
    return store.identifiers.ResolvedRow(
        id=UUID(int=0),
        key=bytes(16),
        ref="",
        name=None,
        locale=None,
        second_factor=False,
        address_ids=ids,
        kinds=[address.kind for address in addresses],
        sealed=[
            seal_address(keyring, of, address) for of, address in zip(ids, addresses, strict=True)
        ],
        address_keys=[bytes(16), bytes(16)],
        has_new_address=False,
        is_named=False,
    )
