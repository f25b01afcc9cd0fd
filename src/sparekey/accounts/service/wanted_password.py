"""The password that a company tells us: judged and hashed before the transaction that stores it.

A password that the account has already is no change. A company that hears no answer sends its
request again, and nobody is told then that their password was changed.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sparekey.accounts import store
from sparekey.accounts.identifiers import account_key
from sparekey.accounts.model import Account, Keep, Wanted
from sparekey.accounts.passwords import (
    hash_password,
    import_hash,
    is_right,
    is_same_import,
    password_problem,
)
from sparekey.accounts.service.password import context_words, set_password
from sparekey.brands import Brand
from sparekey.db import Tx
from sparekey.kit.keyring import Keyring
from sparekey.kit.problem import Problem

_Value = TypeVar("_Value")


class PasswordMoved(Exception):
    """Somebody else changed what is stored after it was looked at: look again."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """What to store, or None to leave `before`: the stored hash that this was decided by."""

    before: str | None
    stored: str | None


async def prepare_password(
    keyring: Keyring,
    brand: Brand,
    ref: str,
    known: Account | None,
    row: store.accounts.AccountRow | None,
    wanted: Wanted,
) -> Prepared | None:
    """What the password in `wanted` asks to be stored, None without one; raises Problem 422, 503.

    `known` and `row` are the account as it was just read, if there is one.
    """
    before = None if row is None or row.must_change else row.password_hash
    key = account_key(keyring, brand.id, ref)
    if not isinstance(wanted.password_hash, Keep):
        if not isinstance(wanted.password, Keep):
            raise Problem("password.given_twice", 422, "Send password or password_hash, not both.")
        foreign = wanted.password_hash.reveal()
        stored = import_hash(keyring, foreign, bound_to=key)
        is_same = before is not None and is_same_import(keyring, foreign, before, bound_to=key)
    elif not isinstance(wanted.password, Keep):
        password = wanted.password.reveal()
        _judge(brand, known, wanted, password)
        is_same = before is not None and await is_right(keyring, password, before, bound_to=key)
        stored = None if is_same else await hash_password(keyring, password)
    else:
        return None
    return Prepared(None if row is None else row.password_hash, None if is_same else stored)


async def store_password(
    tx: Tx,
    account: store.accounts.AccountRow,
    password: Prepared,
    *,
    is_new: bool,
    at: datetime,
) -> None:
    """Store it in the locked `account`; raises PasswordMoved.

    The password an account is made with is no change that anybody needs to hear of.
    """
    if account.password_hash != password.before:
        raise PasswordMoved
    if password.stored is None:
        return
    if not is_new:
        await set_password(tx, account.id, password.stored, at, by="company")
        return
    await store.accounts.update_password.maybe(
        tx,
        id=account.id,
        password_hash=password.stored,
        must_change=False,
        secret_until=None,
        even_if_held=True,
        at=at,
    )


def either(wanted: _Value | Keep, kept: _Value) -> _Value:
    """What is wanted, or what is kept."""
    return kept if isinstance(wanted, Keep) else wanted


def _judge(brand: Brand, known: Account | None, wanted: Wanted, password: str) -> None:
    problem = password_problem(
        password,
        context=(*context_words(brand, known), *_words(wanted)),
        has_second_factor=either(wanted.second_factor, known is not None and known.second_factor),
    )
    if problem is not None:
        raise problem


def _words(wanted: Wanted) -> list[str | None]:
    texts = (wanted.username, wanted.name, wanted.customer_number)
    words = [None if isinstance(text, Keep) else text for text in texts]
    if not isinstance(wanted.addresses, Keep):
        words += [one.address.value for one in wanted.addresses]
    return words
