"""What every language needs to say times: the zone, and the unit that comes out whole."""

from datetime import datetime, timedelta

_MINUTES_OF_AN_HOUR = 60
_MINUTES_OF_A_DAY = 24 * 60


def zone(at: datetime) -> str:
    """`UTC`, `UTC+2` or `UTC+5:30`."""
    offset = at.utcoffset() or timedelta(0)
    sign = "-" if offset < timedelta(0) else "+"
    hours, minutes = divmod(abs(offset) // timedelta(minutes=1), 60)
    if not hours and not minutes:
        return "UTC"
    return f"UTC{sign}{hours}:{minutes:02}" if minutes else f"UTC{sign}{hours}"


def in_days(minutes: int) -> tuple[int, int]:
    """(count, 0 for minutes, 1 for hours, 2 for days): the largest unit that comes out whole; one
    day is better known as 24 hours."""
    if minutes % _MINUTES_OF_A_DAY == 0 and minutes > _MINUTES_OF_A_DAY:
        return minutes // _MINUTES_OF_A_DAY, 2
    return in_hours(minutes)


def in_hours(minutes: int) -> tuple[int, int]:
    """As `in_days`, with hours as the largest unit."""
    if minutes % _MINUTES_OF_AN_HOUR == 0:
        return minutes // _MINUTES_OF_AN_HOUR, 1
    return minutes, 0


def counted(
    count_and_unit: tuple[int, int], singular: tuple[str, ...], plural: tuple[str, ...]
) -> str:
    """`1 hour`, `2 hours`, by the unit's place in both lists."""
    count, unit = count_and_unit
    return f"{count} {singular[unit] if count == 1 else plural[unit]}"
