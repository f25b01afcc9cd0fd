"""What the settings of several nodes are made of."""

from datetime import timedelta
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import Meta

from sparekey.flows import WORD

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


def tidied(text: str) -> str:
    """Words as they are compared: one case, single spaces, nothing at the ends but words."""
    return " ".join(text.casefold().split()).strip(" .,!?;:'\"")
