"""A connection to the database, awaited while it starts; and its clock, which is everybody's."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar

import structlog

from sparekey import db as database
from sparekey.db import Db
from sparekey.kit.clock import SystemClock
from sparekey.kit.outlived import outlive
from sparekey.opening.failure import CannotStart

Opened = TypeVar("Opened")

#: A machine starts its database and us at once, and a restarted database recovers first.
_PATIENCE = timedelta(seconds=30)
_LOOK_AGAIN = timedelta(milliseconds=200)
_MEASURE_CLOCK_EVERY = timedelta(minutes=1)

_log = structlog.get_logger()


async def patiently(begin: Callable[[], Awaitable[Opened]]) -> Opened:
    """What `begin` returns, begun again while the database is away; CannotStart if it stays so."""
    patience_ends = time.monotonic() + _PATIENCE.total_seconds()
    is_told = False
    while True:
        try:
            return await begin()
        except Exception as error:
            if not database.is_passing(error):
                raise
            if time.monotonic() > patience_ends:
                raise CannotStart(f"The database is not there: {error}") from error
            if not is_told:
                _log.warning("database_awaited", error=type(error).__name__)
                is_told = True
        await asyncio.sleep(_LOOK_AGAIN.total_seconds())


async def connected(dsn: str, size: int) -> Db:
    """A pool; CannotStart when the database refuses us, for that does not pass."""
    try:
        return await Db.connect(dsn, size=size)
    except Exception as error:
        if database.is_passing(error):
            raise
        raise CannotStart(f"The database cannot be used: {error}") from error


async def keep_measuring(db: Db, clock: SystemClock) -> None:
    """Put our clock right once a minute."""
    while True:
        await asyncio.sleep(_MEASURE_CLOCK_EVERY.total_seconds())
        try:
            clock.offset = await database.clock_offset(db)
        except Exception as error:  # this loop outlives a restart of its database
            outlive("clock_not_measured", error)
