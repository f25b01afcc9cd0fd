"""Keeping the table of identifiers true: what names an account, after every change to it."""

from sparekey.accounts import identifiers, store
from sparekey.accounts.model import IdentifierKind
from sparekey.accounts.service.sealing import address_of
from sparekey.db import Tx
from sparekey.kit.keyring import Keyring


async def identify(
    tx: Tx,
    keyring: Keyring,
    account: store.accounts.AccountRow,
    *,
    username: str | None,
    customer_number: str | None,
) -> None:
    """Write anew what names this account; the caller holds its row.

    Of the addresses only proven ones count, or anybody could make an owner's address ambiguous
    by claiming it.
    """
    pairs: set[tuple[int, bytes]] = set()
    for row in await store.addresses.addresses_of.all(tx, account_id=account.id):
        if row.retired_at is None and row.verified_at is not None:
            address = address_of(keyring, row.id, row.kind, row.sealed)
            pairs.add(identifiers.address_identifier(keyring, account.brand_id, address))
    if username is not None:
        key = identifiers.username_key(keyring, account.brand_id, username)
        pairs.add((IdentifierKind.USERNAME, key))
    if customer_number is not None:
        key = identifiers.customer_number_key(keyring, account.brand_id, customer_number)
        pairs.add((IdentifierKind.CUSTOMER_NUMBER, key))
    await store.identifiers.forget_identifiers.run(tx, account_id=account.id)
    await store.identifiers.write_identifiers.run(
        tx,
        account_id=account.id,
        brand_id=account.brand_id,
        kinds=[int(kind) for kind, _ in pairs],
        keys=[key for _, key in pairs],
    )
