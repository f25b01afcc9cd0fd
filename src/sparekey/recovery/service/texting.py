"""Asking by text, and proving by text: a number can be forged, so it names nobody and proves
nothing; what proves is the code that went to it.
"""

from datetime import datetime
from uuid import UUID

import msgspec

from sparekey import brands, guard, jobs, verification
from sparekey.db import Executor, Tx
from sparekey.kit.address import Phone
from sparekey.kit.ids import new_id
from sparekey.kit.keyring import Keyring
from sparekey.recovery import store
from sparekey.recovery.model import BY_TEXT, LIFE, RESEND_AFTER, Asked
from sparekey.recovery.service.proving import prove_code
from sparekey.recovery.service.reaching import text_key


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
    recovery = new_id(at)
    typed_key = text_key(keyring, brand.id, number.e164)
    limits = _limits(brand, typed_key)
    asked = Asked(named or number.value, number=number.e164, word=word)
    row = await store.REQUEST.one(
        tx,
        id=recovery,
        at=at,
        brand=brand.id,
        asked=keyring.seal(msgspec.json.encode(asked), bound_to=recovery.bytes),
        typed_key=typed_key,
        pause_key=typed_key,
        channel=BY_TEXT,
        locale=None,
        return_url=None,
        expires_at=at + LIFE,
        next_send_at=at + RESEND_AFTER,
        job=new_id(at),
        rate_keys=limits.rate_keys,
        rate_every=limits.rate_every,
        rate_burst=limits.rate_burst,
        idempotency_key=None,
        idempotency_mac=None,
    )
    tx.after_commit(jobs.wake("jobs.job").set)
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
