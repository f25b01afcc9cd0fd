"""A grant without a recovery before it: a right password that has to be changed earns one."""

from datetime import datetime
from uuid import UUID

from sparekey import accounts, brands
from sparekey.db import Db, Tx
from sparekey.kit.ids import new_id
from sparekey.kit.keyring import Keyring
from sparekey.recovery import store
from sparekey.recovery.model import GRANT_LIFE, LIFE, draw_grant, grant_macs


@accounts.opens_grants
async def open_grant(
    db: Db, keyring: Keyring, brand: brands.Brand, account_id: UUID, at: datetime
) -> accounts.Grant:
    """A recovery that begins proven: who knows the old password may set a new one."""
    recovery = new_id(at)
    token, secret = draw_grant(recovery)
    account = await accounts.get_by_id(db, keyring, account_id)
    key = accounts.account_key(keyring, brand.id, account.ref if account else "")
    await store.INSERT_PROVEN.run(
        db,
        id=recovery,
        brand=brand.id,
        typed_key=key,
        account_id=account_id,
        account_key=key,
        grant_mac=grant_macs(keyring, recovery, brand.id, secret)[0],
        grant_expires_at=at + GRANT_LIFE,
        expires_at=at + LIFE,
        at=at,
    )
    return accounts.Grant(token, at + GRANT_LIFE)


async def renew_grant(tx: Tx, recovery: UUID, *, until: datetime, at: datetime) -> bool:
    """Let the grant of a proven recovery be used until then; False when it is used or closed.

    Its token is whose it was: nobody else learns of it.
    """
    return await store.RENEW_GRANT.run(tx, id=recovery, until=until, at=at) == 1
