"""Making and finding brands."""

import time
from datetime import datetime
from weakref import WeakKeyDictionary

from sparekey.brands import store
from sparekey.brands.logos import read_logo
from sparekey.brands.model import (
    Brand,
    BrandWish,
    Logo,
    LookWish,
    Sender,
    checked,
    checked_look,
    is_slug,
)
from sparekey.db import Db, Executor
from sparekey.kit.cache import Cache
from sparekey.kit.problem import Problem

#: How long a process may act on what a brand was before somebody changed it.
CACHED_SECONDS = 5.0
_CACHED_BRANDS = 1000

_by_id: "WeakKeyDictionary[Db, Cache[int, Brand]]" = WeakKeyDictionary()
_by_slug: "WeakKeyDictionary[Db, Cache[str, Brand]]" = WeakKeyDictionary()


async def create(on: Executor, wish: BrandWish, at: datetime) -> Brand:
    """A new brand; Problem 422 for a wish that cannot be, 409 when the slug is taken.

    A live brand starts with no country to text to; a sandbox texts everywhere, to a screen.
    """
    wish = checked(wish)
    sender = wish.sender or Sender(wish.name)
    row = await store.INSERT.maybe(
        on,
        slug=wish.slug,
        name=wish.name,
        is_sandbox=wish.is_sandbox,
        locale=wish.locale,
        languages=list(wish.languages),
        countries=None if wish.is_sandbox and not wish.countries else list(wish.countries),
        channel_order=list(wish.channel_order),
        email_proof=wish.email_proof,
        base_url=wish.base_url,
        return_urls=list(wish.return_urls),
        support_phone=wish.support.phone,
        support_email=wish.support.email,
        support_chat_url=wish.support.chat_url,
        support_hours=wish.support.hours,
        sender_name=sender.name,
        sender_number=sender.number,
        sender_can_reply=sender.can_reply,
        classic_attempts=wish.classic.attempts,
        classic_pause=wish.classic.pause,
        colour=wish.colour,
        privacy_url=wish.privacy_url,
        time_zone=wish.time_zone,
        at=at,
    )
    if row is None:
        raise Problem("brand.slug_taken", 409, "Another brand has this slug; choose another.")
    return row.brand()


async def by_id(on: Executor, brand_id: int) -> Brand:
    """The brand with this id, at most five seconds old; LookupError when there is none."""
    cache = _by_id.get(on.home)
    if cache is None:
        cache = _by_id[on.home] = Cache(size=_CACHED_BRANDS, seconds=CACHED_SECONDS)
    now = time.monotonic()
    found = cache.get(brand_id, now)
    if found is None:
        found = (await store.BY_ID.one(on, id=brand_id)).brand()
        cache.put(brand_id, found, now)
    return found


async def find(db: Db, slug: str) -> Brand | None:
    """The brand of a page's address, at most five seconds old; None when there is none."""
    if not is_slug(slug):
        return None
    cache = _by_slug.get(db)
    if cache is None:
        cache = _by_slug[db] = Cache(size=_CACHED_BRANDS, seconds=CACHED_SECONDS)
    now = time.monotonic()
    found = cache.get(slug, now)
    if found is None and (row := await store.BY_SLUG.maybe(db, slug=slug)) is not None:
        found = row.brand()
        cache.put(slug, found, now)
    return found


async def change_look(db: Db, slug: str, wish: LookWish, *, logo: bytes | None = None) -> Brand:
    """Change what `wish` names, and the logo: None leaves it, empty bytes take it away.

    Problem 422 for what cannot be, 404 when there is no such brand. Pages follow in five seconds.
    """
    wish = checked_look(wish)
    picture = read_logo(logo) if logo else None
    async with db.transaction() as tx:
        brand_id = await store.CHANGE_LOOK.maybe(
            tx,
            slug=slug,
            colour=wish.colour,
            privacy_url=wish.privacy_url,
            time_zone=wish.time_zone,
        )
        if brand_id is None:
            raise Problem("brand.unknown", 404, f"There is no brand {slug}.")
        if picture is not None:
            await store.PUT_LOGO.run(
                tx,
                brand_id=brand_id,
                digest=picture.digest,
                media_type=picture.media_type,
                content=picture.content,
            )
        elif logo is not None:
            await store.DELETE_LOGO.run(tx, brand_id=brand_id)
        return (await store.BY_ID.one(tx, id=brand_id)).brand()


async def find_logo(on: Executor, digest: str) -> Logo | None:
    """The picture of this digest, if a brand has it."""
    return await store.LOGO.maybe(on, digest=digest)


async def everyone(on: Executor) -> list[Brand]:
    """Every brand, by slug."""
    return [row.brand() for row in await store.ALL.all(on)]
