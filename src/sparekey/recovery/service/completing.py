"""Using a grant: a new password in the built-in directory, or the company sets one itself."""

from datetime import datetime
from uuid import UUID

from sparekey import accounts, brands, events, guard
from sparekey.db import Db, Executor, Tx
from sparekey.kit.keyring import Keyring
from sparekey.kit.problem import Problem
from sparekey.kit.secret import Secret
from sparekey.recovery import journal, store
from sparekey.recovery.model import GRANT_LEASE, Completed, grant_macs, read_grant


async def set_password(
    db: Db,
    keyring: Keyring,
    brand: brands.Brand,
    recovery: UUID,
    grant: str,
    password: str,
    *,
    at: datetime,
) -> Completed:
    """Set the password and end the recovery; of simultaneous uses of a grant one succeeds.

    Problem 422: `recovery.grant_refused`, or `password.…`, which leaves the grant as it was.
    """
    macs = _macs(keyring, brand, grant, recovery)
    usable = await store.USABLE_GRANT.maybe(db, id=recovery, brand=brand.id, macs=macs, at=at)
    account = usable and await _open_account(db, keyring, usable)
    if usable is None or account is None:
        raise refused()
    problem = accounts.new_password_problem(brand, account, password)
    if problem is not None:
        raise problem
    fence = await store.TAKE_GRANT.maybe(
        db, id=recovery, brand=brand.id, macs=macs, lease=at + GRANT_LEASE, at=at
    )
    if fence is None:
        raise refused()
    try:
        hashed = await accounts.hash_password(keyring, password)
    except Problem:  # too many wait to be hashed: the grant must not pay for it
        await store.REOPEN_GRANT.run(db, id=recovery, fence=fence)
        raise
    async with db.transaction() as tx:
        await _complete(tx, recovery, fence, at)
        if not await accounts.set_password(tx, usable.account_id, hashed, at, by="recovery"):
            raise refused()
        return await _back_in(tx, keyring, brand, usable, account.ref, by="password", at=at)


async def least_length(
    db: Db, keyring: Keyring, brand: brands.Brand, recovery: UUID, grant: str, *, at: datetime
) -> int | None:
    """The characters that a password set with this grant must have; None when it is not usable."""
    read = read_grant(grant)
    if read is None or read[0] != recovery:
        return None
    macs = grant_macs(keyring, recovery, brand.id, read[1])
    usable = await store.USABLE_GRANT.maybe(db, id=recovery, brand=brand.id, macs=macs, at=at)
    account = usable and await _open_account(db, keyring, usable)
    return accounts.least_length(account) if account else None


async def redeem(
    db: Db, keyring: Keyring, brand: brands.Brand, grant: str, *, at: datetime
) -> Completed:
    """The company takes it from here: whose account it is, once. Notices go out as usual."""
    read = read_grant(grant)
    if read is None:
        raise refused()
    recovery = read[0]
    macs = _macs(keyring, brand, grant, recovery)
    async with db.transaction() as tx:
        usable = await store.USABLE_GRANT.maybe(tx, id=recovery, brand=brand.id, macs=macs, at=at)
        account = usable and await _open_account(tx, keyring, usable)
        fence = await store.TAKE_GRANT.maybe(
            tx, id=recovery, brand=brand.id, macs=macs, lease=at + GRANT_LEASE, at=at
        )
        if usable is None or account is None or fence is None:
            raise refused()
        await _complete(tx, recovery, fence, at)
        return await _back_in(tx, keyring, brand, usable, account.ref, by="redeemed", at=at)


async def _open_account(
    on: Executor, keyring: Keyring, usable: store.GrantRow
) -> accounts.Account | None:
    """Whose the grant is; None when the account is gone, locked or disabled by now."""
    account = await accounts.get_by_id(on, keyring, usable.account_id)
    return account if account is not None and account.is_open else None


def _macs(keyring: Keyring, brand: brands.Brand, grant: str, recovery: UUID) -> list[bytes]:
    read = read_grant(grant)
    if read is None or read[0] != recovery:
        raise refused()
    return grant_macs(keyring, recovery, brand.id, read[1])


async def _complete(tx: Tx, recovery: UUID, fence: int, at: datetime) -> None:
    if not await store.COMPLETE.one(tx, id=recovery, fence=fence, at=at):
        raise refused()


async def _back_in(
    tx: Tx,
    keyring: Keyring,
    brand: brands.Brand,
    usable: store.GrantRow,
    ref: str,
    *,
    by: str,
    at: datetime,
) -> Completed:
    """What every completed recovery does: challenges die, stops are lifted, the journal is told."""
    await guard.close_all(tx, keys=[usable.account_key], at=at)
    stops = [guard.FREEZE, guard.STOP, guard.PAUSE]
    await guard.unblock(tx, keys=[usable.account_key], kinds=stops)
    device: Secret[str] = await accounts.remember_device(tx, keyring, usable.account_id, at)
    await events.append(
        tx,
        at=at,
        kind=journal.ACCOUNT_RECOVERED,
        brand=brand.id,
        subject=usable.account_id,
        data={"recovery": str(usable.id), "by": by, "revoke_sessions": True},
    )
    return Completed(ref, device)


def refused() -> Problem:
    """One answer for a grant that is foreign, used, too old, or none."""
    return Problem("recovery.grant_refused", 422, "Start a new recovery: this grant is not usable.")
