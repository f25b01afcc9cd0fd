"""What the journal tells of an account begins flows, and wakes those that wait for a change."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sparekey import accounts, events, flows
from sparekey.db import Db, Tx
from sparekey.kit.ids import made_at
from sparekey.kit.keyring import Keyring
from sparekey.nodes.service.starting import Began, Trigger, start

KIND = "start_event"
#: What a flow may begin by: it is about an account that is still there. Failed sign-ins, which any
#: stranger causes, have a start of their own with an allowance.
HAPPENINGS: Final = (
    "account.created",
    "account.changed",
    "account.locked",
    "account.unlocked",
    "account.disabled",
    "account.enabled",
    accounts.ADDRESS_CHANGED,
    "account.address_change_confirmed",
    "account.address_change_undone",
    accounts.PASSWORD_CHANGED,
    "account.signed_in",
    "account.recovered",
)


async def is_awaited(tx: Tx, event: events.Event) -> bool:
    """Whether a live flow of the brand begins by this: most events nobody waits for."""
    if event.brand_id is None or event.subject is None:
        return False
    return await flows.is_awaited(tx, event.brand_id, kind=KIND, word=event.kind)


async def start_happened(
    db: Db,
    keyring: Keyring,
    *,
    event: UUID,
    kind: str,
    brand_id: int,
    account_id: UUID,
    at: datetime,
) -> list[Began]:
    """Begin every flow of the brand that waits for this kind of event."""
    began: list[Began] = []
    for one in await flows.standing_starts(db, KIND, brand_id):
        if one.word == kind:
            trigger = Trigger(
                brand_id=brand_id,
                kind=KIND,
                flow=one.name,
                word=kind,
                at=made_at(event),
                because=(str(event),),
            )
            began.append(await start(db, keyring, trigger, account_id, at=at))
    return began
