"""Signing in against the built-in directory, without telling strangers from customers.

Every try is counted before its password is looked at, a stranger's password costs the same run
as that of some customer, and the answer comes at a deadline above the slowest allowed hash.
A try stays counted when what follows fails, unless its password certainly was never looked at.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, Literal
from uuid import UUID

from sparekey import events, guard
from sparekey.accounts import journal, store
from sparekey.accounts.identifiers import identifier_keys
from sparekey.accounts.passwords import hash_password, is_right, needs_new_hash, stand_in_hash
from sparekey.accounts.service.devices import known_device, remember_device
from sparekey.accounts.service.resolve import home_region
from sparekey.brands import Brand
from sparekey.db import Db, Executor
from sparekey.kit.keyring import Keyring
from sparekey.kit.problem import Problem
from sparekey.kit.secret import Secret

#: Above the slowest hash we take over and two runs of our own, on two cores.
ANSWER_AFTER_SECONDS: Final = 0.4
#: A timer wakes up to a millisecond late, which would show; the rest is spent yielding.
_COARSE_SECONDS = 0.0015


#: From so many failures of a day on the journal tells of each.
FAILURES_TOLD: Final = 3


class Outcome(StrEnum):
    """How a sign-in ended; the last three are told only to whoever knew the password."""

    OK = "ok"
    WRONG = "wrong"
    LOCKED = "locked"
    MUST_CHANGE = "must_change"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True)
class Grant:
    """Leave to set a new password, for a time."""

    token: Secret[str]
    expires_at: datetime


GrantOpener = Callable[[Db, Keyring, Brand, UUID, datetime], Awaitable[Grant]]
_openers: list[GrantOpener] = []


def opens_grants(opener: GrantOpener) -> GrantOpener:
    """Declare, from the floor that owns grants, how one is opened for a password to be changed."""
    _openers[:] = [opener]
    return opener


@dataclass(frozen=True, slots=True)
class SignIn:
    """The answer. A right password tells whose it is; `device` comes the first time in a browser,
    `grant` with MUST_CHANGE."""

    outcome: Outcome
    account_id: UUID | None = None
    ref: str | None = None
    device: Secret[str] | None = None
    grant: Grant | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """Who tries from where. `network` names the network as the guard counts it."""

    identifier: str
    network: str
    device: Secret[str] | None = None


_WRONG = SignIn(Outcome.WRONG)


async def sign_in(
    db: Db,
    keyring: Keyring,
    brand: Brand,
    attempt: Attempt,
    password: Secret[str],
    at: datetime,
    *,
    answer_after: float = ANSWER_AFTER_SECONDS,
) -> SignIn:
    """Whether this is the password of the account named; answered `answer_after` seconds on.

    When too many tries were wrong nothing is evaluated, and the answer is WRONG.
    """
    answer_at = asyncio.get_running_loop().time() + answer_after
    answer = await _evaluate(db, keyring, brand, attempt, password, at)
    await _until(answer_at)
    return answer


async def report_sign_in(
    db: Db,
    keyring: Keyring,
    brand: Brand,
    attempt: Attempt,
    outcome: Literal["ok", "wrong"],
    at: datetime,
) -> None:
    """The company checked a password itself; wrong ones count as they would have here."""
    keys, account = await _find(db, keyring, brand, attempt)
    if outcome == "wrong":
        tries = await _tries(db, keyring, brand, attempt, keys, account, at)
        is_counted = await guard.reserve_password_try(
            db, keys=tries.keys, is_known_browser=tries.is_known_browser, at=at
        )
        if is_counted:
            await _tell_of_failures(db, brand, tries, account, at)
    elif account is not None:
        await _append_signed_in(db, brand, account, "company", at)


async def _evaluate(
    db: Db,
    keyring: Keyring,
    brand: Brand,
    attempt: Attempt,
    password: Secret[str],
    at: datetime,
) -> SignIn:
    keys, account = await _find(db, keyring, brand, attempt)
    tries = await _tries(db, keyring, brand, attempt, keys, account, at)
    may_look = await guard.reserve_password_try(
        db, keys=tries.keys, is_known_browser=tries.is_known_browser, at=at
    )
    # Read for everybody: foreign hashes differ in cost, so strangers need one that is somebody's.
    beside = await store.identifiers.hash_beside.maybe(db, brand_id=brand.id, key=keys[-1])
    if not may_look:
        return _WRONG
    whose = account or beside
    stored = (whose and whose.password_hash) or stand_in_hash()
    bound_to = whose.key if whose else b""
    try:
        is_password = await is_right(keyring, password.reveal(), stored, bound_to=bound_to)
    except Problem:  # too many were waiting, so this one was turned away before it was looked at
        await _return_try(db, tries)
        raise
    if account is None or not is_password:
        await _tell_of_failures(db, brand, tries, account, at)
        return _WRONG
    await _return_try(db, tries)
    return await _welcome(db, keyring, brand, tries, account, password, at)


@dataclass(frozen=True, slots=True)
class _Tries:
    """What a try is counted against: a known browser has an allowance of its own."""

    keys: Sequence[bytes]
    is_known_browser: bool


async def _return_try(db: Db, tries: _Tries) -> None:
    await guard.return_password_try(db, keys=tries.keys, is_known_browser=tries.is_known_browser)


async def _find(
    on: Executor, keyring: Keyring, brand: Brand, attempt: Attempt
) -> tuple[list[bytes], store.identifiers.SignInRow | None]:
    keys = identifier_keys(keyring, brand.id, attempt.identifier, home_region(brand))
    return keys, await store.identifiers.find_for_sign_in.maybe(on, brand_id=brand.id, keys=keys)


async def _tries(
    on: Executor,
    keyring: Keyring,
    brand: Brand,
    attempt: Attempt,
    keys: Sequence[bytes],
    account: store.identifiers.SignInRow | None,
    at: datetime,
) -> _Tries:
    """A stranger's tries count against the account that the name would have."""
    subject = account.key if account else keyring.index("sign_in.stranger", *keys)
    if attempt.device is not None:
        token = attempt.device.reveal()
        account_id = account.id if account else None
        if await known_device(on, keyring, token, account_id, at):
            return _Tries([keyring.index("sign_in.device", subject, token)], True)
    return _Tries(
        [
            keyring.index("sign_in.account", subject),
            keyring.index("sign_in.network", str(brand.id), *keys, attempt.network),
        ],
        False,
    )


async def _welcome(
    db: Db,
    keyring: Keyring,
    brand: Brand,
    tries: _Tries,
    account: store.identifiers.SignInRow,
    password: Secret[str],
    at: datetime,
) -> SignIn:
    if account.status == "disabled":
        return SignIn(Outcome.DISABLED, account.id, account.ref)
    if account.is_locked:
        return SignIn(Outcome.LOCKED, account.id, account.ref)
    if account.secret_until is not None:
        if not await store.accounts.take_secret.run(
            db, id=account.id, hash=account.password_hash, at=at
        ):
            return _WRONG
    else:
        await _renew_hash(db, keyring, account, password)
    if account.must_change:
        grants = [await opener(db, keyring, brand, account.id, at) for opener in _openers]
        grant = grants[0] if grants else None
        return SignIn(Outcome.MUST_CHANGE, account.id, account.ref, grant=grant)
    await _append_signed_in(db, brand, account, "sparekey", at)
    if tries.is_known_browser:
        return SignIn(Outcome.OK, account.id, account.ref)
    device = await remember_device(db, keyring, account.id, at)
    return SignIn(Outcome.OK, account.id, account.ref, device)


async def _renew_hash(
    db: Db, keyring: Keyring, account: store.identifiers.SignInRow, password: Secret[str]
) -> None:
    """Old costs, an old key or an imported hash end here: only now is the password at hand."""
    old = account.password_hash
    if old is not None and needs_new_hash(keyring, old):
        new = await hash_password(keyring, password.reveal())
        await store.accounts.replace_hash.run(db, id=account.id, old_hash=old, new_hash=new)


async def _tell_of_failures(
    db: Db,
    brand: Brand,
    tries: _Tries,
    account: store.identifiers.SignInRow | None,
    at: datetime,
) -> None:
    """Write down that sign-ins to an account keep failing; a stranger's are looked at as well."""
    failures = await guard.password_failures(
        db, key=tries.keys[0], is_known_browser=tries.is_known_browser, at=at
    )
    if account is None or failures < FAILURES_TOLD:
        return
    async with db.transaction() as tx:
        await events.append(
            tx,
            at=at,
            kind=journal.SIGN_INS_FAILED,
            brand=brand.id,
            subject=account.id,
            data={"failures": failures},
        )


async def _append_signed_in(
    db: Db, brand: Brand, account: store.identifiers.SignInRow, at_directory: str, at: datetime
) -> None:
    async with db.transaction() as tx:
        await events.append(
            tx,
            at=at,
            kind=journal.SIGNED_IN,
            brand=brand.id,
            subject=account.id,
            data={"directory": at_directory},
        )


async def _until(deadline: float) -> None:
    """Return at `deadline` on the loop's clock, closer than timers are."""
    clock = asyncio.get_running_loop().time
    remaining = deadline - clock() - _COARSE_SECONDS
    if remaining > 0:
        await asyncio.sleep(remaining)
    while clock() < deadline:  # noqa: ASYNC110  # a moment is waited for, not an event
        await asyncio.sleep(0)
