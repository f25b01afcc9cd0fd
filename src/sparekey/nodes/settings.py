"""What the settings of several nodes are made of."""

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import Meta

from sparekey.flows import WORD

#: Fields that croniter fills in by chance, or by a hash.
_DRAWN = re.compile(r"(?<![a-z])[hr](?![a-z])", re.IGNORECASE)
_SOME_DAY = datetime(2026, 3, 4, tzinfo=UTC)

Word = Annotated[str, Meta(pattern=WORD)]
#: From a second to 400 days.
Seconds = Annotated[int, Meta(ge=1, le=400 * 86_400)]
#: A time of day, such as 08:30.
Clock = Annotated[str, Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
Zone = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_+/-]{1,64}$")]
#: What somebody may write to us: a word or a few.
Phrase = Annotated[str, Meta(min_length=1, max_length=40)]


def seconds(number: int) -> timedelta:
    """A number of seconds as a length of time."""
    return timedelta(seconds=number)


def minutes_of(clock: str) -> int:
    """Minutes after midnight."""
    hours, _, minutes = clock.partition(":")
    return int(hours) * 60 + int(minutes)


def is_zone(name: str) -> bool:
    """Whether the IANA database has this time zone."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def is_time(cron: str) -> bool:
    """Whether these five fields name moments that come, and the same ones at every look."""
    if len(cron.split()) != 5 or _DRAWN.search(cron):
        return False
    return last_time(cron, _SOME_DAY) is not None


def last_time(cron: str, at: datetime) -> datetime | None:
    """The latest moment up to `at` that a cron expression (UTC) names; None when there is none."""
    from croniter import CroniterError, croniter  # 80 ms at import, and few need it

    try:
        # A moment later, so that the very second counts as come.
        return croniter(cron, at + timedelta(microseconds=1)).get_prev(datetime)
    except CroniterError:
        return None


def tidied(text: str) -> str:
    """Words as they are compared: one case, single spaces, nothing at the ends but words."""
    return " ".join(text.casefold().split()).strip(" .,!?;:'\"")
