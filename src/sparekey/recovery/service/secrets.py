"""A secret for one sign-in: what a proven recovery earns where no page is at hand."""

import secrets
from datetime import datetime, timedelta
from uuid import UUID

from sparekey import accounts, events, jobs, outbox, templates, verification
from sparekey.db import Tx
from sparekey.kit.address import Address
from sparekey.recovery import journal, store

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
#: 80 bits.
_LENGTH = 16
_TEMPLATE = "one_time_password"


async def send_secret(
    context: jobs.Context, recovery: UUID, *, brand_id: int, life: timedelta
) -> bool:
    """Make the secret, let it open one sign-in, and send it to the address that was proven; once.

    False, and nothing was sent, when the recovery is not proven, was denied or used, when its
    account is held, or when that address has been taken from it since.
    """
    at, keyring = context.clock(), context.keyring
    row = await store.FIND.maybe(context.db, id=recovery, at=at)
    proven = await verification.find(context.db, keyring, id=recovery, brand_id=brand_id, at=at)
    if row is None or row.account_id is None or proven is None or proven.kept is None:
        return False
    if not await _is_still_theirs(context, row.account_id, proven.kept.address, at):
        return False
    secret = "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
    hashed = await accounts.hash_password(keyring, secret)
    message = outbox.Message(
        brand_id=brand_id,
        channel=proven.row.channel,
        template=_TEMPLATE,
        locale=proven.kept.locale,
        words_version=await templates.current_version(context.db, brand_id),
        envelope=_envelope(proven.kept.address, secret, life),
        expires_at=at + life,
        about=recovery,
        code_length=_LENGTH,
    )
    async with context.db.transaction() as tx:
        await jobs.settle(tx, context)
        completed = await store.COMPLETE_BY_SECRET.run(
            tx, id=recovery, brand=brand_id, account=row.account_id, at=at
        )
        if not completed or not await accounts.set_password(
            tx, row.account_id, hashed, at, by="recovery", secret_until=at + life
        ):
            return False
        await outbox.enqueue(tx, keyring, message, at=at)
        await _append(tx, recovery, brand_id, row.account_id, at)
    return True


async def _is_still_theirs(
    context: jobs.Context, account: UUID, address: Address, at: datetime
) -> bool:
    reached = await accounts.reach(context.db, context.keyring, account, at)
    return reached is not None and address.value in {one.value for one in reached.addresses}


async def _append(tx: Tx, recovery: UUID, brand_id: int, account: UUID, at: datetime) -> None:
    data = {"recovery": str(recovery), "by": "one_time_secret", "revoke_sessions": True}
    kind = journal.ACCOUNT_RECOVERED
    await events.append(tx, at=at, kind=kind, brand=brand_id, subject=account, data=data)


def _envelope(to: Address, secret: str, life: timedelta) -> outbox.Envelope:
    minutes = int(life.total_seconds() // 60)
    return outbox.envelope_of(to, {"code": secret, "valid_for": str(minutes)})
