"""Whom a company means when it means many: counted, and read page by page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sparekey.accounts import store
from sparekey.brands import Brand
from sparekey.db import Executor

_FIRST = UUID(int=0)
_LAST = UUID(int=2**128 - 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Open accounts that fit all that is said; None says nothing."""

    languages: Sequence[str] | None = None
    second_factor: bool | None = None
    has_password: bool | None = None
    verified_email: bool | None = None
    verified_phone: bool | None = None


@dataclass(frozen=True, slots=True)
class Expiring:
    """An account whose password is about to expire."""

    id: UUID
    expires_at: datetime


async def count_audience(on: Executor, brand: Brand, wanted: Filter) -> int:
    """How many accounts the filter finds now."""
    return await store.audience.count.one(on, **_values(brand, wanted))


async def page_of_audience(
    on: Executor, brand: Brand, wanted: Filter, *, after: UUID | None, limit: int
) -> list[UUID]:
    """The next accounts of the filter in the order of their ids."""
    values = _values(brand, wanted)
    return await store.audience.page.all(on, **values, after=after or _FIRST, limit=limit)


async def ids_of(on: Executor, brand_id: int, refs: Sequence[str]) -> dict[str, UUID]:
    """Our ids of those of the company's that we know."""
    rows = await store.audience.of_refs.all(on, brand_id=brand_id, refs=list(refs))
    return {row.ref: row.id for row in rows}


async def expiring(
    on: Executor,
    brand_id: int,
    *,
    since: datetime,
    until: datetime,
    after: Expiring | None,
    limit: int,
) -> list[Expiring]:
    """Open accounts whose password expires after `since` and by `until`, the first ones first."""
    rows = await store.audience.expiring.all(
        on,
        brand_id=brand_id,
        after_at=after.expires_at if after else since,
        after_id=after.id if after else _LAST,
        until=until,
        limit=limit,
    )
    return [Expiring(row.id, row.expires_at) for row in rows]


def _values(brand: Brand, wanted: Filter) -> dict[str, object]:
    return {
        "brand_id": brand.id,
        "brand_locale": brand.locale,
        "languages": None if wanted.languages is None else list(wanted.languages),
        "second_factor": wanted.second_factor,
        "has_password": wanted.has_password,
        "verified_email": wanted.verified_email,
        "verified_phone": wanted.verified_phone,
    }
