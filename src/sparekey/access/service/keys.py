"""Making, listing and revoking keys, and telling whose key a request carries."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from weakref import WeakKeyDictionary

from sparekey.access import store
from sparekey.access.model import (
    DEFAULT_PER_MINUTE,
    SCOPES,
    ApiKey,
    Caller,
    hash_of,
    looks_like_a_key,
    new_key,
)
from sparekey.brands import Brand
from sparekey.db import Db, Executor
from sparekey.kit.cache import Cache
from sparekey.kit.ids import new_id
from sparekey.kit.problem import Problem
from sparekey.kit.secret import Secret

#: A revoked key works this much longer, at most, in a process that has just seen it.
CACHED_SECONDS = 5.0
_CACHED_KEYS = 1000
_CACHED_STRANGERS = 10_000


@dataclass(frozen=True, slots=True)
class _Known:
    caller: Caller
    expires_at: datetime | None


class _Seen:
    """What a process remembers of keys. Strangers have a cache of their own, so that a flood of
    invented keys drives no customer out of the other."""

    def __init__(self) -> None:
        self.known: Cache[bytes, _Known] = Cache(size=_CACHED_KEYS, seconds=CACHED_SECONDS)
        self.strangers: Cache[bytes, bool] = Cache(size=_CACHED_STRANGERS, seconds=CACHED_SECONDS)


_seen: "WeakKeyDictionary[Db, _Seen]" = WeakKeyDictionary()


async def authenticate(db: Db, authorization: str | None, at: datetime) -> Caller:
    """The caller of an `Authorization` header; Problem 401 without a key that is usable now."""
    key = _bearer(authorization)
    seen = _seen.get(db)
    if seen is None:
        seen = _seen[db] = _Seen()
    digest, now = hash_of(key), at.timestamp()
    known = seen.known.get(digest, now)
    if known is None:
        if seen.strangers.get(digest, now):
            raise _refused()
        known = await _look_up(db, digest, at)
        if known is None:
            seen.strangers.put(digest, True, now)
            raise _refused()
        seen.known.put(digest, known, now)
    if known.expires_at is not None and at >= known.expires_at:
        raise _refused()
    return known.caller


async def create_key(
    on: Executor,
    brand: Brand,
    *,
    name: str,
    scopes: Collection[str],
    at: datetime,
    expires_at: datetime | None = None,
    per_minute: int = DEFAULT_PER_MINUTE,
) -> tuple[ApiKey, Secret[str]]:
    """A key of the brand's own kind, and its text, which nobody can show again.

    Problem 422 for an unknown scope or a name nobody can read.
    """
    unknown = sorted(set(scopes) - set(SCOPES))
    if unknown or not scopes:
        raise _unusable("scopes", f"takes some of {', '.join(SCOPES)}")
    if not (1 <= len(name) <= 80 and name.isprintable()):
        raise _unusable("name", "takes 1 to 80 printable characters")
    if not 1 <= per_minute <= 6_000_000:
        raise _unusable("per_minute", "takes a number from 1 to 6000000")
    key = new_key(is_test=brand.is_sandbox)
    row = await store.INSERT.one(
        on,
        id=new_id(at),
        brand_id=brand.id,
        name=name,
        hash=hash_of(key.reveal()),
        scopes=sorted(set(scopes)),
        is_test=brand.is_sandbox,
        per_minute=per_minute,
        at=at,
        expires_at=expires_at,
    )
    return row.api_key(), key


async def keys_of(on: Executor, brand_id: int) -> list[ApiKey]:
    """Every key of a brand, oldest first, also those that no longer work."""
    return [row.api_key() for row in await store.OF_BRAND.all(on, brand_id=brand_id)]


async def revoke(on: Executor, brand_id: int, key_id: UUID, at: datetime) -> bool:
    """End a key; False when the brand has no such key in use. Processes notice within 5 s."""
    return await store.REVOKE.run(on, brand_id=brand_id, id=key_id, at=at) == 1


async def _look_up(db: Db, digest: bytes, at: datetime) -> _Known | None:
    row = await store.USABLE.maybe(db, hash=digest, at=at)
    return None if row is None else _Known(row.caller(), row.expires_at)


def _bearer(authorization: str | None) -> str:
    scheme, _, key = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not looks_like_a_key(key):
        raise _refused()
    return key


def _refused() -> Problem:
    """One answer for every key that does not open: missing, garbled, unknown, ended."""
    return Problem(
        "access.key_refused",
        401,
        "Send a valid API key: Authorization: Bearer sk_….",
        headers={"WWW-Authenticate": 'Bearer realm="sparekey"'},
    )


def _unusable(field: str, otherwise: str) -> Problem:
    return Problem("access.unusable", 422, f"{field} {otherwise}.", extra={"field": field})
