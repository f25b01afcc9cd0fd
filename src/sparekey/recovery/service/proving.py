"""Bringing a proof: a right one earns a grant, anything else earns one and the same answer."""

from datetime import datetime
from uuid import UUID

from sparekey import brands, guard, verification
from sparekey.db import Executor
from sparekey.kit.keyring import Keyring
from sparekey.recovery import store
from sparekey.recovery.model import GRANT_LIFE, Grant, draw_grant, grant_macs


async def prove_code(
    on: Executor, keyring: Keyring, brand: brands.Brand, recovery: UUID, typed: str, *, at: datetime
) -> Grant | None:
    """Evaluate a typed code; the grant goes to this request only. None for every failure."""
    code = verification.read_code(typed)
    if code is None:
        return None
    plain = code.reveal()
    macs = verification.code_macs(keyring, recovery, brand.id, plain)
    return await _prove(on, keyring, brand, recovery, macs, len(plain), at)


async def prove_link(
    on: Executor, keyring: Keyring, brand: brands.Brand, recovery: UUID, token: str, *, at: datetime
) -> Grant | None:
    """Evaluate a link's token; None for every failure."""
    read = verification.read_link_token(token)
    secret = read[1] if read is not None and read[0] == recovery else b""
    macs = verification.link_macs(keyring, recovery, brand.id, secret)
    return await _prove(on, keyring, brand, recovery, macs, 0, at)


async def link_stands(
    on: Executor, keyring: Keyring, brand: brands.Brand, recovery: UUID, token: str, *, at: datetime
) -> bool:
    """Whether this token would prove now; nothing is used up, and a wrong one learns nothing."""
    read = verification.read_link_token(token)
    if read is None or read[0] != recovery:
        return False
    macs = verification.link_macs(keyring, recovery, brand.id, read[1])
    return await store.LINK_STANDS.one(on, id=recovery, brand=brand.id, at=at, macs=macs)


async def _prove(
    on: Executor,
    keyring: Keyring,
    brand: brands.Brand,
    recovery: UUID,
    macs: list[bytes],
    length: int,
    at: datetime,
) -> Grant | None:
    token, secret = draw_grant(recovery)
    expires_at = at + GRANT_LIFE
    row = await store.PROVE.one(
        on,
        id=recovery,
        brand=brand.id,
        at=at,
        macs=macs,
        length=length,
        grant_mac=grant_macs(keyring, recovery, brand.id, secret)[0],
        grant_expires_at=expires_at,
    )
    if row.verdict == "right":
        return Grant(token, expires_at)
    if length > 0:
        await _count(on, brand, row, at)
    return None


async def _count(on: Executor, brand: brands.Brand, row: store.ProofRow, at: datetime) -> None:
    """The classic policy counts every failed code, whatever was left to check it against: what was
    typed, known or not, and silently the account."""
    attempts = brand.classic.attempts
    if attempts is None:
        return
    for key in (row.typed_key, row.account_key):
        if key is not None:
            await guard.count_failure(
                on, key=key, attempts=attempts, pause=brand.classic.pause, at=at
            )
