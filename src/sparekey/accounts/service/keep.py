"""Keeping accounts as the company tells them: put, patch, get, delete."""

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
from sparekey.accounts.passwords import hash_password, import_hash, password_problem
from sparekey.accounts.service.addresses import change_addresses, set_first_addresses
from sparekey.accounts.service.farewells import keep_farewells
from sparekey.accounts.service.identify import identify
from sparekey.accounts.service.password import context_words, set_password
from sparekey.accounts.service.sealing import value_of
from sparekey.brands import Brand
from sparekey.db import Db, Executor, Tx
from sparekey.kit.ids import new_id
from sparekey.kit.keyring import Keyring
from sparekey.kit.problem import Problem

_Value = TypeVar("_Value")

#: A put that meets a deletion may find the row gone between two statements; not twice in a row.
_TRIES = 5


async def put(
    db: Db, keyring: Keyring, brand: Brand, ref: str, wanted: Wanted, at: datetime
) -> tuple[Account, bool]:
    """Make the account what the company says; True beside it when it was made now.

    The same put twice leaves what one leaves; puts at once are carried out one after the other.
    """
    checked_ref(ref)
    known = await get(db, keyring, brand.id, ref)
    password_hash = await _new_hash(keyring, brand, ref, known, checked(wanted))
    async with db.transaction() as tx:
        account, is_new = await _locked(tx, keyring, brand.id, ref, at)
        await _apply(tx, keyring, account, wanted, password_hash, is_new=is_new, at=at)
        return await _one(tx, keyring, account.id), is_new


async def patch(
    db: Db, keyring: Keyring, brand: Brand, ref: str, wanted: Wanted, at: datetime
) -> Account:
    """Change what the company says anew; raises Problem 404."""
    known = await get(db, keyring, brand.id, ref)
    if known is None:
        raise unknown_account()
    password_hash = await _new_hash(keyring, brand, ref, known, checked(wanted))
    async with db.transaction() as tx:
        account = await store.accounts.lock_account.maybe(tx, brand_id=brand.id, ref=ref)
        if account is None:
            raise unknown_account()
        await _apply(tx, keyring, account, wanted, password_hash, is_new=False, at=at)
        return await _one(tx, keyring, account.id)


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
    password_hash: str | None,
    *,
    is_new: bool,
    at: datetime,
) -> None:
    username = _or(wanted.username, account.username)
    customer_number = _or(wanted.customer_number, account.customer_number)
    is_changed = await store.accounts.update_account.run(
        tx,
        id=account.id,
        username=username,
        name=_or(wanted.name, account.name),
        locale=_or(wanted.locale, account.locale),
        customer_number=customer_number,
        second_factor=_or(wanted.second_factor, account.second_factor),
        at=at,
    )
    is_moved = await _apply_addresses(tx, keyring, account, wanted, is_new=is_new, at=at)
    if password_hash is not None:
        await _store_password(tx, account.id, password_hash, is_new=is_new, at=at)
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


async def _store_password(
    tx: Tx, account_id: UUID, password_hash: str, *, is_new: bool, at: datetime
) -> None:
    """The password an account is made with is no change that anybody needs to hear of."""
    if not is_new:
        await set_password(tx, account_id, password_hash, at, by="company")
        return
    await store.accounts.update_password.maybe(
        tx,
        id=account_id,
        password_hash=password_hash,
        must_change=False,
        even_if_held=True,
        at=at,
    )


async def _new_hash(
    keyring: Keyring, brand: Brand, ref: str, known: Account | None, wanted: Wanted
) -> str | None:
    """What to store for the password in `wanted`: made before the transaction, it takes a while."""
    if isinstance(wanted.password, Keep):
        if isinstance(wanted.password_hash, Keep):
            return None
        key = account_key(keyring, brand.id, ref)
        return import_hash(keyring, wanted.password_hash.reveal(), bound_to=key)
    if not isinstance(wanted.password_hash, Keep):
        raise Problem("password.given_twice", 422, "Send password or password_hash, not both.")
    password = wanted.password.reveal()
    problem = password_problem(
        password,
        context=(*context_words(brand, known), *_words(wanted)),
        has_second_factor=_or(wanted.second_factor, known is not None and known.second_factor),
    )
    if problem is not None:
        raise problem
    return await hash_password(keyring, password)


def _words(wanted: Wanted) -> list[str | None]:
    texts = (wanted.username, wanted.name, wanted.customer_number)
    words = [None if isinstance(text, Keep) else text for text in texts]
    if not isinstance(wanted.addresses, Keep):
        words += [one.address.value for one in wanted.addresses]
    return words


def _or(wanted: _Value | Keep, kept: _Value) -> _Value:
    return kept if isinstance(wanted, Keep) else wanted


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
