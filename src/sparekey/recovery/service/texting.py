"""Asking by text, and proving by text: a number can be forged, so it names nobody and proves
nothing; what proves is the code that went to it.
"""

from datetime import datetime
from uuid import UUID

from sparekey import brands, guard, jobs, verification
from sparekey.db import Executor, Tx
from sparekey.kit.address import Phone
from sparekey.kit.keyring import Keyring
from sparekey.recovery import store
from sparekey.recovery.model import BY_TEXT, Asked
from sparekey.recovery.service.proving import prove_code
from sparekey.recovery.service.reaching import text_key
from sparekey.recovery.service.requesting import Asking, keep


async def ask_by_text(
    tx: Tx,
    keyring: Keyring,
    brand: brands.Brand,
    number: Phone,
    *,
    word: str,
    named: str | None,
    at: datetime,
) -> bool:
    """Keep it, to be looked up like any other recovery; False when this number asked too often.

    `named` is the customer number beside the word, for a number of several accounts.
    """
    typed_key = text_key(keyring, brand.id, number.e164)
    asking = Asking(
        brand_id=brand.id,
        asked=Asked(named or number.value, number=number.e164, word=word),
        typed_key=typed_key,
        limits=_limits(brand, typed_key),
        is_open_in_a_pause=False,
        channel=BY_TEXT,
        lane=jobs.Lane.CROWD,
    )
    row = await keep(tx, keyring, asking, at=at)
    tx.after_commit(jobs.wake(asking.lane.queue).set)
    return row.verdict == "requested"


def _limits(brand: brands.Brand, typed_key: bytes) -> guard.Limits:
    stranger = guard.Allowance.STRANGER
    return guard.limits(guard.Asked(brand.id, stranger, typed_key=typed_key))


async def prove_by_text(
    on: Executor,
    keyring: Keyring,
    brand: brands.Brand,
    recovery: UUID,
    number: Phone,
    text: str,
    *,
    at: datetime,
) -> bool | None:
    """Whether a code that came by text is right, for a recovery that this number asked for by text;
    None when nothing was looked at. The recovery's run hears what it came to."""
    row = await store.FIND.maybe(on, id=recovery, at=at)
    if row is None or row.channel != BY_TEXT or row.state != "requested":
        return None
    if row.typed_key != text_key(keyring, brand.id, number.e164):
        return None
    code = verification.read_code(text)
    if code is None or not code.reveal().isdigit():  # "RESET 471" is a word with its number
        return None
    return await prove_code(on, keyring, brand, recovery, text, at=at) is not None
