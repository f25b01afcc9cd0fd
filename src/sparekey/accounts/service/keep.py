"""Keeping accounts as the company tells them: put, patch, get, delete."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from sparekey import events
from sparekey.accounts import journal, store
from sparekey.accounts.identifiers import account_key
from sparekey.accounts.model import (
    TOMBSTONE_LIFE,
    WAIT,
    Account,
    AccountAddress,
    Keep,
    Wanted,
    checked,
    checked_ref,
)
from sparekey.accounts.service.addresses import change_addresses, set_first_addresses
from sparekey.accounts.service.farewells import keep_farewells
from sparekey.accounts.service.identify import identify
from sparekey.accounts.service.sealing import value_of
from sparekey.accounts.service.wanted_password import (
    PasswordMoved,
    Prepared,
    either,
    prepare_password,
    store_password,
)
from sparekey.brands import Brand
from sparekey.db import Db, Executor, Tx
from sparekey.kit.ids import new_id
from sparekey.kit.keyring import Keyring
from sparekey.kit.problem import Problem

_Answer = TypeVar("_Answer")

#: A put that meets a deletion may find the row gone between two statements; not twice in a row.
_TRIES = 5


async def put(
    db: Db, keyring: Keyring, brand: Brand, ref: str, wanted: Wanted, at: datetime
) -> tuple[Account, bool]:
    """Make the account what the company says; True beside it when it was made now.

    The same put twice leaves what one leaves; puts at once are carried out one after the other.
    """
    checked_ref(ref)
    checked(wanted)

    async def try_once() -> tuple[Account, bool]:
        _, password = await _prepare(db, keyring, brand, ref, wanted)
        async with db.transaction() as tx:
            account, is_new = await _locked(tx, keyring, brand.id, ref, at)
            await _apply(tx, keyring, account, wanted, password, is_new=is_new, at=at)
            return await _one(tx, keyring, account.id), is_new

    return await _until_undisturbed(try_once)


async def patch(
    db: Db, keyring: Keyring, brand: Brand, ref: str, wanted: Wanted, at: datetime
) -> Account:
    """Change what the company says anew; raises Problem 404."""
    checked(wanted)

    async def try_once() -> Account:
        known, password = await _prepare(db, keyring, brand, ref, wanted)
        if known is None:
            raise unknown_account()
        async with db.transaction() as tx:
            account = await store.accounts.lock_account.maybe(tx, brand_id=brand.id, ref=ref)
            if account is None:
                raise unknown_account()
            await _apply(tx, keyring, account, wanted, password, is_new=False, at=at)
            return await _one(tx, keyring, account.id)

    return await _until_undisturbed(try_once)


async def get(on: Executor, keyring: Keyring, brand_id: int, ref: str) -> Account | None:
    """The account with this id of the company's, with its current addresses."""
    row = await store.accounts.find_account.maybe(on, brand_id=brand_id, ref=ref)
    return None if row is None else await _whole(on, keyring, row)


async def get_by_id(on: Executor, keyring: Keyring, account_id: UUID) -> Account | None:
    """The account with this id of ours."""
    row = await store.accounts.account_by_id.maybe(on, id=account_id)
    return None if row is None else await _whole(on, keyring, row)


async def delete(tx: Tx, brand_id: int, ref: str, at: datetime) -> bool:
    """Forget the account but for a MAC that makes its re-creation wait; False if unknown.

    Its addresses stay, sealed, until the notices to them are queued: the event has that done.
    """
    account = await store.accounts.lock_account.maybe(tx, brand_id=brand_id, ref=ref)
    if account is None:
        return False
    await keep_farewells(tx, account.id, at)
    await events.append(
        tx, at=at, kind=journal.DELETED, brand=brand_id, subject=account.id, data={}
    )
    await store.accounts.bury.run(tx, key=account.key, at=at)
    await store.accounts.delete_account.run(tx, id=account.id)
    return True


def unknown_account() -> Problem:
    """The answer to an id that this brand has no account of."""
    return Problem("account.unknown", 404, "Check the id: this brand has no such account.")


async def _locked(
    tx: Tx, keyring: Keyring, brand_id: int, ref: str, at: datetime
) -> tuple[store.accounts.AccountRow, bool]:
    key = account_key(keyring, brand_id, ref)
    for _ in range(_TRIES):
        account_id = new_id(at)
        is_new = await store.accounts.insert_account.run(
            tx, id=account_id, brand_id=brand_id, ref=ref, key=key, at=at
        )
        if is_new:
            await store.accounts.wait_after_deletion.run(
                tx,
                id=account_id,
                recoverable_from=at + WAIT,
                buried_after=at - TOMBSTONE_LIFE,
            )
        account = await store.accounts.lock_account.maybe(tx, brand_id=brand_id, ref=ref)
        if account is not None:
            return account, bool(is_new)
    raise Problem("account.busy", 409, "Try again: this account is being deleted and made anew.")


async def _apply(
    tx: Tx,
    keyring: Keyring,
    account: store.accounts.AccountRow,
    wanted: Wanted,
    password: Prepared | None,
    *,
    is_new: bool,
    at: datetime,
) -> None:
    if password is not None:
        await store_password(tx, account, password, is_new=is_new, at=at)
    is_renewed = password is not None and password.stored is not None
    expires_at = None if is_renewed else account.password_expires_at
    username = either(wanted.username, account.username)
    customer_number = either(wanted.customer_number, account.customer_number)
    is_changed = await store.accounts.update_account.run(
        tx,
        id=account.id,
        username=username,
        name=either(wanted.name, account.name),
        locale=either(wanted.locale, account.locale),
        customer_number=customer_number,
        second_factor=either(wanted.second_factor, account.second_factor),
        password_expires_at=either(wanted.password_expires_at, expires_at),
        at=at,
    )
    is_moved = await _apply_addresses(tx, keyring, account, wanted, is_new=is_new, at=at)
    if is_new or is_changed or is_moved:
        await identify(tx, keyring, account, username=username, customer_number=customer_number)
        kind = journal.CREATED if is_new else journal.CHANGED
        await events.append(tx, at=at, kind=kind, brand=account.brand_id, subject=account.id)


async def _apply_addresses(
    tx: Tx,
    keyring: Keyring,
    account: store.accounts.AccountRow,
    wanted: Wanted,
    *,
    is_new: bool,
    at: datetime,
) -> bool:
    if isinstance(wanted.addresses, Keep):
        return False
    if not is_new:
        return await change_addresses(tx, keyring, account, wanted.addresses, at)
    await set_first_addresses(
        tx, keyring, account, wanted.addresses, usable_from=account.recoverable_from, at=at
    )
    return True


async def _prepare(
    db: Db, keyring: Keyring, brand: Brand, ref: str, wanted: Wanted
) -> tuple[Account | None, Prepared | None]:
    """The account as it is, and the password to store: hashing takes a while, so it comes first."""
    row = await store.accounts.find_account.maybe(db, brand_id=brand.id, ref=ref)
    known = None if row is None else await _whole(db, keyring, row)
    return known, await prepare_password(keyring, brand, ref, known, row, wanted)


async def _until_undisturbed(try_once: Callable[[], Awaitable[_Answer]]) -> _Answer:
    """What `try_once` answers when nobody changes the password between its look and its write."""
    for _ in range(_TRIES):
        with suppress(PasswordMoved):
            return await try_once()
    raise Problem("account.busy", 409, "Try again: this account's password is being changed.")


async def _one(tx: Tx, keyring: Keyring, account_id: UUID) -> Account:
    return await _whole(tx, keyring, await store.accounts.account_by_id.one(tx, id=account_id))


async def _whole(on: Executor, keyring: Keyring, row: store.accounts.AccountRow) -> Account:
    addresses = await store.addresses.addresses_of.all(on, account_id=row.id)
    return Account(
        id=row.id,
        brand_id=row.brand_id,
        ref=row.ref,
        status=row.status,
        status_reason=row.status_reason,
        locked_at=row.locked_at,
        lock_reason=row.lock_reason,
        username=row.username,
        name=row.name,
        locale=row.locale,
        customer_number=row.customer_number,
        second_factor=row.second_factor,
        has_password=row.password_hash is not None,
        must_change=row.must_change,
        password_changed_at=row.password_changed_at,
        password_expires_at=row.password_expires_at,
        recoverable_from=row.recoverable_from,
        created_at=row.created_at,
        updated_at=row.updated_at,
        addresses=tuple(
            AccountAddress(
                one.id,
                one.kind,
                value_of(keyring, one.id, one.sealed),
                one.key,
                one.verified_at,
                one.usable_from,
            )
            for one in addresses
            if one.retired_at is None
        ),
    )
