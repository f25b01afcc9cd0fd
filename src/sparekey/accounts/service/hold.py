"""Holding an account: a person's lock, and the company's closing."""

from datetime import datetime
from typing import assert_never

from sparekey import events
from sparekey.accounts import journal, store
from sparekey.accounts.model import Hold
from sparekey.db import Tx

_EVENTS: dict[Hold, str] = {
    "lock": journal.LOCKED,
    "unlock": journal.UNLOCKED,
    "disable": journal.DISABLED,
    "enable": journal.ENABLED,
}


async def hold(tx: Tx, brand_id: int, ref: str, what: Hold, reason: str, at: datetime) -> bool:
    """Lock, unlock, disable or enable; True as well when it was so before, False if unknown.

    A second lock keeps the time and reason of the first.
    """
    account = await store.accounts.lock_account.maybe(tx, brand_id=brand_id, ref=ref)
    if account is None:
        return False
    if await _carry_out(tx, account, what, reason, at):
        await events.append(
            tx, at=at, kind=_EVENTS[what], brand=brand_id, subject=account.id, data={}
        )
    return True


async def _carry_out(
    tx: Tx, account: store.accounts.AccountRow, what: Hold, reason: str, at: datetime
) -> int:
    match what:
        case "lock":
            return await store.accounts.lock.run(tx, id=account.id, reason=reason, at=at)
        case "unlock":
            return await store.accounts.unlock.run(tx, id=account.id, at=at)
        case "disable":
            return await store.accounts.set_status.run(
                tx, id=account.id, status="disabled", reason=reason, at=at
            )
        case "enable":
            return await store.accounts.set_status.run(
                tx, id=account.id, status="active", reason=reason, at=at
            )
        case _:
            assert_never(what)
