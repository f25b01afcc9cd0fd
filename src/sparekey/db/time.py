"""How far this machine's clock is from the database's, whose time all processes share."""

from datetime import UTC, datetime, timedelta

from sparekey.db.statement import Executor, statement

_NOW = statement("SELECT clock_timestamp()", returns=datetime)


async def clock_offset(on: Executor) -> timedelta:
    """What to add to our time to get the database's, half a round trip exact."""
    before = datetime.now(UTC)
    theirs = await _NOW.one(on)
    return theirs - (before + (datetime.now(UTC) - before) / 2)
