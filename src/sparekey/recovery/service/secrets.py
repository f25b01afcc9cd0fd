"""A secret for one sign-in: what a proven recovery earns where no page is at hand."""

import secrets
from datetime import timedelta
from uuid import UUID

from sparekey import accounts, brands, events, jobs, outbox, templates, verification
from sparekey.recovery import journal, store

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
#: 80 bits.
_LENGTH = 16
_TEMPLATE = "one_time_password"


async def send_secret(
    context: jobs.Context, recovery: UUID, *, brand_id: int, life: timedelta
) -> bool:
    """Make the secret, let it open one sign-in, and send it to the address that was proven; once.

    False when the recovery is not proven, was denied or used, or when its account is held: then
    nothing changed.
    """
    at, keyring = context.clock(), context.keyring
    row = await store.FIND.maybe(context.db, id=recovery, at=at)
    if row is None or row.brand_id != brand_id or row.account_id is None:
        return False
    challenge = await verification.find(context.db, keyring, id=recovery, brand_id=brand_id, at=at)
    if challenge is None or challenge.kept is None:
        return False
    secret = "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
    hashed = await accounts.hash_password(keyring, secret)
    brand = await brands.by_id(context.db, brand_id)
    message = outbox.Message(
        brand_id=brand.id,
        channel=challenge.row.channel,
        template=_TEMPLATE,
        locale=challenge.kept.locale,
        words_version=await templates.current_version(context.db, brand.id),
        envelope=outbox.envelope_of(
            challenge.kept.address,
            {"code": secret, "valid_for": str(int(life.total_seconds() // 60))},
        ),
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
        await events.append(
            tx,
            at=at,
            kind=journal.ACCOUNT_RECOVERED,
            brand=brand_id,
            subject=row.account_id,
            data={"recovery": str(recovery), "by": "one_time_secret", "revoke_sessions": True},
        )
    return True
