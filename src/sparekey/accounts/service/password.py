"""Setting a password, by whatever door it comes."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from sparekey import events, guard
from sparekey.accounts import journal, store
from sparekey.accounts.model import Account
from sparekey.accounts.passwords import (
    MIN_LENGTH,
    MIN_LENGTH_WITH_SECOND_FACTOR,
    password_problem,
)
from sparekey.brands import Brand
from sparekey.db import Tx
from sparekey.kit.problem import Problem

Door = Literal["recovery", "company", "agent"]


async def set_password(
    tx: Tx,
    account_id: UUID,
    password_hash: str,
    at: datetime,
    *,
    by: Door = "recovery",
    must_change: bool = False,
    secret_until: datetime | None = None,
) -> bool:
    """Store a hash made by `hash_password`; False when the account is gone, locked or disabled.
    With `secret_until` it is a secret for one sign-in, which must be changed at it.

    Challenges issued before are closed with it, and the event ends sessions and sends notices.
    Only the company may do this to a held account.
    """
    changed = await store.accounts.update_password.maybe(
        tx,
        id=account_id,
        password_hash=password_hash,
        must_change=must_change or secret_until is not None,
        secret_until=secret_until,
        even_if_held=by == "company",
        at=at,
    )
    if changed is None:
        return False
    await guard.close_all(tx, keys=[changed.key], at=at)
    await events.append(
        tx,
        at=at,
        kind=journal.PASSWORD_CHANGED,
        brand=changed.brand_id,
        subject=account_id,
        data={"by": by},
    )
    return True


def new_password_problem(brand: Brand, account: Account, password: str) -> Problem | None:
    """What is wrong with `password` as a new one for this account, or None."""
    return password_problem(
        password,
        context=context_words(brand, account),
        has_second_factor=account.second_factor,
    )


def least_length(account: Account) -> int:
    """The characters that a new password of this account must have at least."""
    return MIN_LENGTH_WITH_SECOND_FACTOR if account.second_factor else MIN_LENGTH


def context_words(brand: Brand, account: Account | None) -> list[str | None]:
    """What anybody would try first at this account."""
    if account is None:
        return [brand.name]
    addresses = [address.value for address in account.addresses]
    return [brand.name, account.name, account.username, account.customer_number, *addresses]
