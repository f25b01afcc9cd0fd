"""Beginning a run because something happened: the same thing twice begins it once.

A run's id is made from what began it, so whoever repeats a job finds the run there, or over.
"""

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sparekey import accounts, brands, flows, recovery
from sparekey.db import Db, Tx
from sparekey.flows import Stuck
from sparekey.kit.address import read_phone
from sparekey.kit.ids import new_id
from sparekey.kit.keyring import Keyring

Allowed = Callable[[Tx], Awaitable[bool]]


class Began(StrEnum):
    """What became of a start."""

    BEGUN = "begun"
    #: It had begun before.
    THERE = "there"
    TOO_MANY = "too_many"
    #: Its first steps lead nowhere.
    STUCK = "stuck"
    #: The account, or the live flow, is gone.
    NOBODY = "nobody"
    #: Its own allowance is used up.
    SPARED = "spared"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """What begins a run: `kind` and `word` of the start, the flow, and the moment it happened."""

    brand_id: int
    kind: str
    flow: str
    at: datetime
    word: str = ""
    #: What happened, by its ids: the same begins nothing twice.
    because: tuple[str, ...]


def run_id(trigger: Trigger, account_id: UUID | None) -> UUID:
    """The id of the run that this begins: always the same one."""
    whole = (trigger.kind, trigger.word, trigger.flow, str(trigger.brand_id), *trigger.because)
    text = "\0".join((*whole, str(account_id)))
    digest = hashlib.sha256(text.encode()).digest()
    return new_id(trigger.at, random_bytes=lambda count: digest[:count])


async def start(
    db: Db,
    keyring: Keyring,
    trigger: Trigger,
    account_id: UUID | None,
    *,
    at: datetime,
    door: flows.Door = flows.Door.COMPANY,
    allowed: Allowed | None = None,
) -> Began:
    """Begin the run, unless it has begun before or its account has too many by this door.

    `allowed` may still say no inside the same transaction, once everything else has said yes.
    """
    run = run_id(trigger, account_id)
    ready = await flows.prepare(
        db, trigger.brand_id, kind=trigger.kind, word=trigger.word, key=account_id or run,
        flow=trigger.flow,
    )  # fmt: skip
    account = await accounts.get_by_id(db, keyring, account_id) if account_id else None
    is_ours = account is not None and account.brand_id == trigger.brand_id
    if ready is None or (account_id is not None and not is_ours):
        return Began.NOBODY
    brand = await brands.by_id(db, trigger.brand_id)
    facts = await recovery.known_of_account(db, keyring, brand, account, start=trigger.kind, at=at)
    try:
        async with db.transaction() as tx:
            key = reply_key_of(keyring, brand, account)
            begin = flows.Start(
                id=run, account_id=account_id, facts=facts, reply_key=key, door=door
            )
            if not await flows.begin(tx, ready, begin, keyring=keyring, at=at):
                return Began.THERE if await flows.is_there(tx, run) else Began.TOO_MANY
            if allowed is not None and not await allowed(tx):
                raise _Spared
    except Stuck:
        return Began.STUCK
    except _Spared:
        return Began.SPARED
    return Began.BEGUN


def reply_key_of(
    keyring: Keyring, brand: brands.Brand, account: accounts.Account | None
) -> UUID | None:
    """Whose texts the run hears: the account's first proven number."""
    proven = [one for one in account.addresses if one.verified_at] if account else []
    numbers = [one.value for one in proven if one.kind == "phone"]
    return recovery.number_key(keyring, brand.id, read_phone(numbers[0])) if numbers else None


class _Spared(Exception):
    """Everything was ready, and the allowance used up: undo it."""
