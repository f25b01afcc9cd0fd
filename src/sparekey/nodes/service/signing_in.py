"""Repeated failed sign-ins: the owner hears of them, at most once a day, without any code."""

from datetime import datetime
from uuid import UUID

from sparekey import accounts, flows, guard
from sparekey.db import Db, Tx
from sparekey.kit.ids import made_at
from sparekey.kit.keyring import Keyring
from sparekey.nodes.service.starting import Began, Trigger, start

KIND = "start_failed_sign_ins"


async def start_failed(
    db: Db,
    keyring: Keyring,
    *,
    event: UUID,
    brand_id: int,
    account_id: UUID,
    failures: int,
    at: datetime,
) -> list[Began]:
    """Begin what the brand has for so many failures; every one of its flows shares one allowance.

    A count that was passed over, because tries came at once, is heard by the next failure.
    """
    began: list[Began] = []
    account = await accounts.get_by_id(db, keyring, account_id)
    if account is None:
        return began
    key = accounts.account_key(keyring, brand_id, account.ref)

    async def allowed(tx: Tx) -> bool:
        return await guard.may_warn(tx, account_key=key, at=at)

    for one in await flows.standing_starts(db, KIND, brand_id):
        if failures >= int(one.word):
            trigger = Trigger(
                brand_id=brand_id,
                kind=KIND,
                flow=one.name,
                word=one.word,
                at=made_at(event),
                because=(str(event),),
            )
            door = flows.Door.WARNING
            began.append(
                await start(db, keyring, trigger, account_id, at=at, door=door, allowed=allowed)
            )
    return began
