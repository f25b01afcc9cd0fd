"""The opened house: what every root works with."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from sparekey import db as database
from sparekey import floors
from sparekey.db import Archive, Db, partitions
from sparekey.db.embedded import attach
from sparekey.kit.clock import Clock, SystemClock
from sparekey.kit.keyring import Keyring
from sparekey.opening.connecting import connected, keep_measuring, patiently
from sparekey.opening.failure import CannotStart
from sparekey.settings import Settings


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
        return base_url(self.settings)


def base_url(settings: Settings) -> str:
    """The same for whoever opens no house."""
    if settings.base_url is not None:
        return settings.base_url
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"http://{host}:{settings.port}"


@asynccontextmanager
async def open_house(
    settings: Settings, *, for_trial: bool = False, migrating: bool = False
) -> AsyncGenerator[House]:
    """Open everything, close it at the end. CannotStart when the keyring or migrations are missing.

    An embedded database is migrated as it is opened; a server of the operator's only when asked.
    """
    keyring = _keyring(settings)
    archives = _archives(settings)
    async with _dsn(settings, for_trial=for_trial) as dsn:

        async def begin() -> tuple[Db, SystemClock]:
            db = await connected(dsn, settings.db_pool)
            try:
                await _prepare(db, keyring, is_ours=settings.database_url is None or migrating)
                clock = SystemClock(await database.clock_offset(db))
                await partitions.ensure(db, archives, clock())
            except BaseException:
                await db.close()
                raise
            return db, clock

        db, clock = await patiently(begin)
        measuring = asyncio.create_task(keep_measuring(db, clock))
        try:
            yield House(settings, db, dsn, keyring, clock, archives)
        finally:
            measuring.cancel()
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
