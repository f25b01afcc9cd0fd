"""Brands and keys for the tests of access."""

from datetime import timedelta

from sparekey import access, brands
from sparekey.db import Db
from tests.world.basics import MovableClock


async def a_brand(
    db: Db, clock: MovableClock, *, slug: str = "acme", is_sandbox: bool = False
) -> brands.Brand:
    """A brand."""
    wish = brands.BrandWish(slug=slug, name=slug.title(), is_sandbox=is_sandbox)
    return await brands.create(db, wish, clock())


async def a_key(
    db: Db,
    clock: MovableClock,
    brand: brands.Brand,
    *scopes: str,
    per_minute: int = access.DEFAULT_PER_MINUTE,
    lasts: timedelta | None = None,
) -> str:
    """A key of the brand, with every scope unless some are named."""
    _, key = await access.create_key(
        db,
        brand,
        name="web",
        scopes=scopes or list(access.SCOPES),
        at=clock(),
        expires_at=None if lasts is None else clock() + lasts,
        per_minute=per_minute,
    )
    return key.reveal()
