"""What every root opens first: database, keyring, clock; and what it refuses to start without."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import timedelta

from sparekey import db as database
from sparekey import floors
from sparekey.db import Archive, Db, partitions
from sparekey.db.embedded import attach
from sparekey.kit.clock import Clock, SystemClock
from sparekey.kit.keyring import Keyring
from sparekey.settings import Settings

_MEASURE_CLOCK_EVERY = timedelta(minutes=1)


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
        own = f"http://{self.settings.host}:{self.settings.port}"
        return self.settings.base_url or own


@asynccontextmanager
async def open_house(
    settings: Settings, *, for_trial: bool = False, migrating: bool = False
) -> AsyncGenerator[House]:
    """Open everything, close it at the end. CannotStart when the keyring or migrations are missing.

    An embedded database is migrated as it is opened; a server of the operator's only when asked.
    """
    keyring = _keyring(settings)
    async with _dsn(settings, for_trial=for_trial) as dsn:
        db = await Db.connect(dsn, size=settings.db_pool)
        try:
            await _prepare(db, keyring, is_ours=settings.database_url is None or migrating)
            clock = SystemClock(await database.clock_offset(db))
            archives = _archives(settings)
            await partitions.ensure(db, archives, clock())
            measuring = asyncio.create_task(_keep_measuring(db, clock))
            yield House(settings, db, dsn, keyring, clock, archives)
            measuring.cancel()
        finally:
            await db.close()


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
        with suppress(OSError):
            clock.offset = await database.clock_offset(db)
