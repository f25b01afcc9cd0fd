"""The guard's verbs: which limits apply, what is stopped, what is closed."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from weakref import WeakKeyDictionary

from sparekey.db import Db, Executor, Tx
from sparekey.guard import store
from sparekey.guard.ledger import BURST, Ladder, base_length
from sparekey.guard.model import Allowance, Asked, CapClass, Limits, Rule, flat
from sparekey.kit.cache import Cache
from sparekey.kit.registry import Registry

RULES = Registry("sparekey.guard.rules", "sparekey.guard_rules", declares="rule", of=Rule)

#: Longer than any cap counts back, and than any challenge lives that a closing time may end.
_LONGEST_WINDOW = timedelta(hours=48)
_LONGEST_BY_TEXT = timedelta(days=31)

#: Tries of a password before nothing is evaluated any more, per subject: (count, seconds).
PASSWORD_TRIES = ((10, 900), (30, 86_400))

#: An owner is told of tries at their account once in 24 hours.
WARNINGS = ((1, 86_400),)

#: How long a process may go by an earlier count of the accounts; they are counted once an hour.
_COUNTED_SECONDS = 60.0
_bases: "WeakKeyDictionary[Db, Cache[None, int]]" = WeakKeyDictionary()


def limits(asked: Asked) -> Limits:
    """Everything that limits this request, ready for the statement that carries it out."""
    return Limits.of(limit for rule in _rules() for limit in rule.limits(asked))


@cache
def _rules() -> tuple[Rule, ...]:
    return tuple(RULES.all().values())


async def base(on: Executor) -> int:
    """The digits that codes begin with here, by a count that was read a minute ago at most."""
    kept = _bases.get(on.home)
    if kept is None:
        kept = _bases[on.home] = Cache(size=1, seconds=_COUNTED_SECONDS)
    now = time.monotonic()
    found = kept.get(None, now)
    if found is None:
        found = base_length(await store.ACCOUNTS.one(on))
        kept.put(None, found, now)
    return found


async def keep_count(on: Executor, *, accounts: int) -> None:
    """So many accounts there are; every process goes by it within a minute."""
    await store.KEEP_ACCOUNTS.run(on, accounts=accounts)


async def ask(on: Executor, *, networks: Sequence[bytes], at: datetime) -> datetime | None:
    """Count one request of a network; when it may ask again, or None: go on."""
    asked = Asked(brand_id=0, allowance=Allowance.STRANGER, networks=networks)
    wanted = limits(asked)
    taken = await store.TAKE_RATES.one(
        on, at=at, keys=wanted.rate_keys, every=wanted.rate_every, burst=wanted.rate_burst
    )
    return taken.retry_at if taken.refused else None


@dataclass(frozen=True, slots=True)
class Reserved:
    """What was reserved for one send: `retry_at` refuses where the caller sees it, `is_silenced`
    without a word."""

    retry_at: datetime | None
    is_silenced: bool


async def reserve_send(tx: Tx, wanted: Limits, *, at: datetime) -> Reserved:
    """Count one send that no challenge belongs to against its rates and caps."""
    rates = await store.TAKE_RATES.one(
        tx, at=at, keys=wanted.rate_keys, every=wanted.rate_every, burst=wanted.rate_burst
    )
    if rates.refused:
        return Reserved(rates.retry_at, is_silenced=False)
    caps = await store.TAKE_CAPS.one(
        tx, at=at, keys=wanted.cap_keys, classes=wanted.cap_classes, rules=wanted.cap_rules
    )
    return Reserved(None, is_silenced=wanted.is_silenced or caps.refused > 0)


async def reserve_password_try(
    on: Executor, *, keys: Sequence[bytes], is_known_browser: bool, at: datetime
) -> bool:
    """Count one try against every key before the password is looked at; False: look at nothing."""
    cap_class = _password_class(is_known_browser)
    ordered = sorted(keys)
    taken = await store.TAKE_CAPS.one(
        on,
        at=at,
        keys=ordered,
        classes=[cap_class] * len(ordered),
        rules=flat(PASSWORD_TRIES) * len(ordered),
    )
    return taken.refused == 0


async def return_password_try(
    on: Executor, *, keys: Sequence[bytes], is_known_browser: bool
) -> None:
    """The password was right, so the try was its owner's, or never looked at: it costs nothing."""
    cap_class = _password_class(is_known_browser)
    ordered = sorted(keys)  # the order in which they are taken, too
    await store.RETURN_CAPS.all(on, keys=ordered, classes=[cap_class] * len(ordered))


async def password_failures(
    on: Executor, *, key: bytes, is_known_browser: bool, at: datetime
) -> int:
    """How many tries were counted against this key in the last 24 hours and not returned."""
    cap_class = _password_class(is_known_browser)
    return await store.TRIES_TODAY.one(on, key=key, cap_class=cap_class, at=at)


async def may_warn(on: Executor, *, account_key: bytes, at: datetime) -> bool:
    """Count one warning to an owner; False when they had today's. No other send uses this up."""
    taken = await store.TAKE_CAPS.one(
        on, at=at, keys=[account_key], classes=[CapClass.WARNING], rules=flat(WARNINGS)
    )
    return taken.refused == 0


def _password_class(is_known_browser: bool) -> int:
    return CapClass.PASSWORD_KNOWN if is_known_browser else CapClass.PASSWORD_STRANGER


async def block(
    on: Executor, *, key: bytes, kind: str, until: datetime, reason: str, at: datetime
) -> None:
    """Stop a subject until a time; a longer block of the same kind stays as it is."""
    await store.BLOCK.run(on, key=key, kind=kind, until=until, reason=reason, at=at)


async def unblock(on: Executor, *, keys: Sequence[bytes], kinds: Sequence[str]) -> None:
    """Lift blocks of these kinds."""
    await store.UNBLOCK.run(on, keys=list(keys), kinds=list(kinds))


async def sweep(on: Executor, *, at: datetime) -> None:
    """Forget rates, caps, blocks and ledgers that decide nothing any more."""
    before = at - _LONGEST_WINDOW
    await store.SWEEP_RATES.run(on, at=at)
    await store.SWEEP_CAPS.run(on, before=before, by_text=at - _LONGEST_BY_TEXT)
    await store.SWEEP_BLOCKS.run(on, at=at)
    await store.SWEEP_LEDGERS.run(on, at=at, before=before)


async def close_all(on: Executor, *, keys: Sequence[bytes], at: datetime) -> None:
    """Close every challenge of these accounts issued before `at`: a password changed."""
    await store.CLOSE_ALL.all(on, keys=list(keys), at=at)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a subject stands at the moment: what stops it, what it used up today, what is left."""

    kinds: frozenset[str]
    sends_today: int
    used: int

    def has_room(self, ladder: Ladder, attempts: int) -> bool:
        """Whether its ledgers could carry the longest code."""
        return self.used + attempts * ladder.costs[-1] <= BURST


async def standing(
    on: Executor,
    *,
    account_key: bytes,
    sends_key: bytes,
    keys: Sequence[bytes],
    cap_class: int,
    at: datetime,
) -> Standing:
    """Look at one subject: one statement, the same for strangers. Only to choose by: it locks
    nothing, and what acts on it decides again."""
    row = await store.STANDING.one(
        on,
        account_key=account_key,
        sends_key=sends_key,
        keys=list(keys),
        cap_class=cap_class,
        at=at,
    )
    return Standing(frozenset(row.kinds), row.sends_today, row.most_used)


async def count_failure(
    on: Executor, *, key: bytes, attempts: int, pause: timedelta, at: datetime
) -> bool:
    """The classic policy: count one failed attempt; True when it starts a pause."""
    return await store.COUNT_FAILURE.one(
        on, key=key, cap_class=CapClass.CLASSIC, attempts=attempts, pause=pause, at=at
    )


async def take_letter(on: Executor, *, letter_key: bytes, at: datetime) -> datetime | None:
    """Count one mail to the address of a message; when it may get another, or None: go on."""
    wanted = limits(Asked(brand_id=0, allowance=Allowance.STRANGER, letter_key=letter_key))
    taken = await store.TAKE_RATES.one(
        on, at=at, keys=wanted.rate_keys, every=wanted.rate_every, burst=wanted.rate_burst
    )
    return taken.retry_at if taken.refused else None


async def take_batch(on: Executor, *, hook_key: bytes, at: datetime) -> datetime | None:
    """Count one batch of what a gateway brings; when it may bring more, or None: go on."""
    wanted = limits(Asked(brand_id=0, allowance=Allowance.STRANGER, hook_key=hook_key))
    taken = await store.TAKE_RATES.one(
        on, at=at, keys=wanted.rate_keys, every=wanted.rate_every, burst=wanted.rate_burst
    )
    return taken.retry_at if taken.refused else None


async def may_answer(
    tx: Tx,
    *,
    answer_keys: Sequence[bytes],
    country: str | None,
    allowed_countries: frozenset[str] | None,
    at: datetime,
) -> bool:
    """Count one answer against every key; False, for the rest of a day, once one has had its."""
    wanted = limits(
        Asked(
            brand_id=0,
            allowance=Allowance.AGENT,
            answer_keys=answer_keys,
            country=country,
            allowed_countries=allowed_countries,
        )
    )
    reserved = await reserve_send(tx, wanted, at=at)
    return not reserved.is_silenced
