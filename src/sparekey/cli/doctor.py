"""`sparekey doctor`: what works, what will not, and what to do about it."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

from sparekey import brands, db, floors, gateways
from sparekey.db import partitions
from sparekey.kit.finding import Finding, show
from sparekey.opening import House, open_house
from sparekey.settings import Settings

_LEAST_WEEKS_AHEAD = 2
_FAR_CLOCK = timedelta(seconds=2)
_MAJORS = range(15, 19)


async def examine(settings: Settings) -> int:
    """Print every finding; 1 when one needs somebody, else 0."""
    needs_somebody = False
    async with open_house(settings) as house:
        async for finding in _findings(house):
            needs_somebody |= finding.advice is not None
            show(finding)
    return int(needs_somebody)


async def _findings(house: House) -> AsyncIterator[Finding]:
    yield await _version(house)
    yield await _migrations(house)
    yield await _partitions(house)
    yield await _clock(house)
    yield _keyring(house)
    for brand in await brands.everyone(house.db):
        for finding in _brand(brand):
            yield finding
        if not brand.is_sandbox:
            async for finding in _gateways(house, brand):
                yield finding


async def _version(house: House) -> Finding:
    major = await db.server_major(house.db)
    advice = None if major in _MAJORS else "use PostgreSQL 15 to 18"
    return Finding(f"PostgreSQL {major}", advice)


async def _migrations(house: House) -> Finding:
    missing = await db.pending(house.db, floors.PACKAGES)
    return Finding("migrations", "run sparekey migrate" if missing else None)


async def _partitions(house: House) -> Finding:
    ahead = await partitions.weeks_ahead(house.db, house.archives, house.clock())
    advice = None if ahead >= _LEAST_WEEKS_AHEAD else "start a worker: it makes them"
    return Finding(f"partitions for {ahead} weeks ahead", advice)


async def _clock(house: House) -> Finding:
    offset = await db.clock_offset(house.db)
    advice = "correct it, by NTP for example: logs would disagree"
    return Finding(
        f"this clock and the database's are {abs(offset.total_seconds()):.3f} s apart",
        advice if abs(offset) > _FAR_CLOCK else None,
    )


def _keyring(house: House) -> Finding:
    mode = house.settings.keyring.stat().st_mode & 0o077
    return Finding(
        "keyring", f"make it its owner's only: chmod 600 {house.settings.keyring}" if mode else None
    )


def _brand(brand: brands.Brand) -> list[Finding]:
    name = f"brand {brand.slug}"
    texts_nowhere = not brand.is_sandbox and not brand.countries
    has_own_door = "email" in brand.channel_order or brand.sender.can_reply
    return [
        Finding(
            f"{name}, countries to text to",
            "it texts nowhere; allow countries one by one" if texts_nowhere else None,
        ),
        Finding(
            f"{name}, the owner's own door",
            None
            if has_own_door
            else "with neither email nor a number that takes replies, only agents can help an "
            "owner whose codes strangers use up",
        ),
        Finding(
            f"{name}, support contact",
            None if brand.support.is_reachable else "customers who are stuck find no person",
        ),
    ]


async def _gateways(house: House, brand: brands.Brand) -> AsyncIterator[Finding]:
    configured = await gateways.of_brand(house.db, brand.id)
    for channel in brand.channel_order:
        has_one = any(gateway.carries(channel) for gateway in configured)
        yield Finding(
            f"brand {brand.slug}, a gateway for {channel}",
            None if has_one else f"nothing is sent: sparekey gateways add {brand.slug} …",
        )
    for gateway in configured:
        if gateway.is_on:
            named = f"brand {brand.slug}, {gateway.name}"
            async for finding in gateways.examine(house.keyring, gateway):
                yield replace(finding, about=f"{named}, {finding.about}")
            async for finding in gateways.examine_hook(
                house.db, house.keyring, gateway, base_url=house.base_url
            ):
                yield replace(finding, about=f"{named}, {finding.about}")
