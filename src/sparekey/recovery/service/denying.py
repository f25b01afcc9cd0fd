""" "That wasn't me": calling one recovery off by its id, or freezing with a message's own token."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sparekey import accounts, events, guard, verification
from sparekey.db import Db, Tx
from sparekey.kit.ids import made_at
from sparekey.kit.keyring import Keyring
from sparekey.kit.problem import Problem
from sparekey.outbox import read_not_me_token
from sparekey.recovery import journal, store
from sparekey.recovery.model import FREEZE


async def deny(db: Db, recovery: UUID, brand_id: int, *, at: datetime) -> str:
    """Cancel this recovery and nothing else; the state it is in afterwards, 404 when unknown.

    The day's reserved link still proves afterwards: only its message's own token stops that one.
    """
    async with db.transaction() as tx:
        state = await store.DENY.one(tx, id=recovery, brand=brand_id, by_token=False, at=at)
        if state == "denied":
            await events.append(
                tx, at=at, kind=journal.DENIED, brand=brand_id, subject=recovery, data={}
            )
    if state == "unknown":
        raise Problem("recovery.unknown", 404, "This brand has no recovery of this id.")
    return state


async def repudiate(db: Db, keyring: Keyring, brand_id: int, token: str, *, at: datetime) -> bool:
    """The holder of a message says it was not them: what is pending dies, strangers' codes close
    for 30 days, a person is told. False when the token is not one of ours, or too old.

    Links by email, known browsers and agents stay open, so nobody is shut out by it.
    """
    about = read_not_me_token(keyring, token)
    if about is None or made_at(about) < at - FREEZE:
        return False
    async with db.transaction() as tx:
        await store.DENY.one(tx, id=about, brand=brand_id, by_token=True, at=at)
        await verification.cancel(tx, id=about, brand_id=brand_id, at=at)
        accused = await _accused(tx, keyring, brand_id, about, at)
        if accused is None:
            return False
        for key in accused.keys:
            await guard.block(
                tx,
                key=key,
                kind=guard.FREEZE,
                until=at + FREEZE,
                reason="that wasn't me",
                at=at,
            )
        await events.append(
            tx,
            at=at,
            kind=journal.REPUDIATED,
            brand=brand_id,
            subject=accused.account_id,
            data={"about": str(about), "state": accused.state},
        )
    return True


@dataclass(frozen=True, slots=True)
class _Accused:
    """What a message was about: the ledger keys of its accounts, and what became of it."""

    keys: Sequence[bytes]
    account_id: UUID | None
    state: str


async def _accused(
    tx: Tx, keyring: Keyring, brand_id: int, about: UUID, at: datetime
) -> _Accused | None:
    """A recovery, a challenge of its own, or a password that the company changed."""
    recovery = await store.FIND.maybe(tx, id=about, at=at)
    if recovery is not None and recovery.account_key is not None:
        is_ours = recovery.brand_id == brand_id
        found = _Accused([recovery.account_key], recovery.account_id, recovery.state)
        return found if is_ours else None
    challenge = await verification.find(tx, keyring, id=about, brand_id=brand_id, at=at)
    if challenge is not None:
        return _Accused(challenge.row.ledger_keys[1:], None, "none")
    subject = await events.subject_of(tx, id=about, kind=accounts.PASSWORD_CHANGED, brand=brand_id)
    account = subject and await accounts.get_by_id(tx, keyring, subject)
    if not account:
        return None
    return _Accused([accounts.account_key(keyring, brand_id, account.ref)], subject, "none")
