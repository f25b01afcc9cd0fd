"""What every root opens first: database, keyring, clock; and what it refuses to start without."""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit

import structlog

from sparekey import brands, floors
from sparekey import db as database
from sparekey.db import Archive, Db, partitions
from sparekey.db.embedded import attach
from sparekey.kit.clock import Clock, SystemClock
from sparekey.kit.keyring import Keyring
from sparekey.settings import Settings

_MEASURE_CLOCK_EVERY = timedelta(minutes=1)
#: A machine starts its database and us at once, and a restarted database recovers first.
_AWAIT_DATABASE = timedelta(seconds=30)
_LOOK_AGAIN = timedelta(milliseconds=200)

_log = structlog.get_logger()


class CannotStart(Exception):
    """Something that has to be there is not; the message says what to do."""


@dataclass(frozen=True, slots=True)
class House:
    """An opened installation."""

    settings: Settings
    db: Db
    database_url: str
    keyring: Keyring
    clock: Clock
    archives: list[Archive]

    @property
    def base_url(self) -> str:
        """The only host links are made of; the loopback address when none is set."""
        if self.settings.base_url is not None:
            return self.settings.base_url
        host = f"[{self.settings.host}]" if ":" in self.settings.host else self.settings.host
        return f"http://{host}:{self.settings.port}"


@asynccontextmanager
async def open_house(
    settings: Settings, *, for_trial: bool = False, migrating: bool = False
) -> AsyncGenerator[House]:
    """Open everything, close it at the end. CannotStart when the keyring or migrations are missing.

    An embedded database is migrated as it is opened; a server of the operator's only when asked.
    """
    keyring = _keyring(settings)
    async with _dsn(settings, for_trial=for_trial) as dsn:
        db = await _connected(dsn, settings.db_pool)
        try:
            await _prepare(db, keyring, is_ours=settings.database_url is None or migrating)
            clock = SystemClock(await database.clock_offset(db))
            archives = _archives(settings)
            await partitions.ensure(db, archives, clock())
            measuring = asyncio.create_task(_keep_measuring(db, clock))
            try:
                yield House(settings, db, dsn, keyring, clock, archives)
            finally:
                measuring.cancel()
        finally:
            await db.close()


async def require_address(house: House) -> None:
    """CannotStart unless the links in messages lead those who get them to us.

    Without a base URL only this machine is served; a loopback base URL is for sandbox brands.
    """
    settings = house.settings
    if settings.base_url is None and not _is_loopback(settings.host):
        raise CannotStart(
            f"Others reach {settings.host}, but links need an address: set SPAREKEY_BASE_URL to"
            " where customers reach Sparekey, such as https://recover.example.com"
        )
    for brand in await brands.everyone(house.db):
        address = brand.base_url or house.base_url
        if not brand.is_sandbox and _is_loopback(urlsplit(address).hostname or ""):
            raise CannotStart(
                f"{brand.slug} is a live brand, and none of its customers reaches {address}: set"
                " SPAREKEY_BASE_URL to where they reach Sparekey, such as"
                " https://recover.example.com"
            )


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@asynccontextmanager
async def _dsn(settings: Settings, *, for_trial: bool) -> AsyncGenerator[str]:
    if settings.database_url is not None:
        yield settings.database_url.reveal()
        return
    lease = await attach(
        settings.data_dir / "postgres",
        binaries=settings.db_binaries,
        user=settings.db_user,
        for_trial=for_trial,
    )
    try:
        yield lease.dsn
    finally:
        lease.close()


async def _connected(dsn: str, size: int) -> Db:
    """Wait for a database that is starting; CannotStart when there is none, or it refuses us."""
    patience = time.monotonic() + _AWAIT_DATABASE.total_seconds()
    while True:
        try:
            return await Db.connect(dsn, size=size)
        except Exception as error:
            if not database.is_passing(error) or time.monotonic() > patience:
                raise CannotStart(f"The database cannot be used: {error}") from error
            _log.warning("database_awaited", error=type(error).__name__)
            await asyncio.sleep(_LOOK_AGAIN.total_seconds())


def _keyring(settings: Settings) -> Keyring:
    try:
        return Keyring.load(settings.keyring)
    except FileNotFoundError:
        raise CannotStart(
            f"There is no keyring at {settings.keyring}. Make one with: sparekey init"
        ) from None
    except (OSError, ValueError) as error:
        raise CannotStart(f"The keyring at {settings.keyring} cannot be read: {error}") from error


async def _prepare(db: Db, keyring: Keyring, *, is_ours: bool) -> None:
    if is_ours:
        await database.migrate(db, floors.PACKAGES)
    elif missing := await database.pending(db, floors.PACKAGES):
        raise CannotStart(
            f"The database lacks {len(missing)} migrations. Apply them with: sparekey migrate"
        )
    await database.adopt_keyring(db, keyring.fingerprint)


def _archives(settings: Settings) -> list[Archive]:
    keep = {
        "verification.verification": settings.keep_verifications,
        "outbox.message": settings.keep_messages,
        "recovery.recovery": settings.keep_recoveries,
        "events.event": settings.keep_events,
    }
    return [replace(one, keep=keep.get(one.table, one.keep)) for one in floors.archives()]


async def _keep_measuring(db: Db, clock: SystemClock) -> None:
    """The database's clock is everybody's: ours is put right once a minute."""
    while True:
        await asyncio.sleep(_MEASURE_CLOCK_EVERY.total_seconds())
        try:
            clock.offset = await database.clock_offset(db)
        except Exception as error:  # this loop outlives a restart of its database
            _log.warning("clock_not_measured", error=type(error).__name__)
