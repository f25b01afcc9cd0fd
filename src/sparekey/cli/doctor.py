"""`sparekey doctor`: what works, what will not, and what to do about it."""

from collections.abc import AsyncIterator
from datetime import timedelta

from sparekey import brands, db, floors
from sparekey.cli import findings
from sparekey.db import partitions
from sparekey.kit.finding import Finding, show
from sparekey.opening import House, open_house
from sparekey.settings import Settings

_LEAST_WEEKS_AHEAD = 2
_FAR_CLOCK = timedelta(seconds=2)
_MAJORS = range(15, 19)


async def examine(settings: Settings, only: str | None = None) -> int:
    """Print every finding, of one brand or of all; 1 when one needs somebody, else 0."""
    needs_somebody = False
    async with open_house(settings) as house:
        async for finding in _findings(house, only):
            needs_somebody |= finding.advice is not None
            show(finding)
    return int(needs_somebody)


async def _findings(house: House, only: str | None) -> AsyncIterator[Finding]:
    yield await _version(house)
    yield await _migrations(house)
    yield await _partitions(house)
    yield await _clock(house)
    yield _keyring(house)
    async for finding in findings.of_work(house):
        yield finding
    async for finding in findings.of_time(house):
        yield finding
    async for finding in findings.of_mail(house):
        yield finding
    looked_at = [one for one in await brands.everyone(house.db) if only in {None, one.slug}]
    if not looked_at and only is not None:
        yield Finding(f"brand {only}", "there is none; sparekey brands list shows them")
    for brand in looked_at:
        async for finding in findings.of_brand(house, brand):
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
