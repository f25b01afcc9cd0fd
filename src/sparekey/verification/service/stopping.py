"""What NO or STOP by text ends beyond what the number's own books tell."""

from datetime import datetime, timedelta

from sparekey.db import Db
from sparekey.kit.address import Phone
from sparekey.kit.ids import floor_id
from sparekey.kit.keyring import Keyring
from sparekey.verification import keys, store

#: No challenge lives longer, however often it is sent again.
_BACK = timedelta(days=2)


async def cancel_sent_on(
    db: Db, keyring: Keyring, brand_id: int, to: Phone, *, at: datetime
) -> int:
    """Call off what began elsewhere and was then texted to this number; how many challenges.

    Each by itself: they lock the books of different accounts.
    """
    key = keys.ledger_key(keyring, brand_id, to)
    found = await store.SENT_ON.all(
        db, brand=brand_id, key=key, from_id=floor_id(at - _BACK), at=at
    )
    for challenge in found:
        await store.CANCEL.one(db, id=challenge, brand=brand_id, at=at)
    return len(found)
