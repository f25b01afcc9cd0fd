"""What the server says of itself: its version, and its clock, whose time all processes share."""

from datetime import UTC, datetime, timedelta

from sparekey.db.statement import Executor, statement

_VERSION = statement("SELECT current_setting('server_version_num')::integer", returns=int)
_NOW = statement("SELECT clock_timestamp()", returns=datetime)


async def clock_offset(on: Executor) -> timedelta:
    """What to add to our time to get the database's, half a round trip exact."""
    before = datetime.now(UTC)
    theirs = await _NOW.one(on)
    return theirs - (before + (datetime.now(UTC) - before) / 2)


async def server_major(on: Executor) -> int:
    """PostgreSQL's major version: 18 of 18.6."""
    return await _VERSION.one(on) // 10_000
