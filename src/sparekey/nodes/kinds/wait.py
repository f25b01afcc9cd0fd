"""Waits for a time; if told so, on until a time of day at which people like to hear from us.

>>> from sparekey.nodes.example import run
>>> run(node, {"seconds": 600}, "time")
waits, 600 s at most
goes on by then
>>> run(node, {"seconds": 60, "opens": "08:00", "closes": "11:00"})
waits, 72000 s at most
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sparekey.flows import Event, Finding, Go, Hold, Node, Settings, Situation, Step, then
from sparekey.nodes.settings import Clock, Seconds, Zone, is_zone, minutes_of, seconds

_DAY = 24 * 60


class Length(Settings, frozen=True, kw_only=True):
    """How long; and between which times of day it may end, where."""

    seconds: Seconds
    opens: Clock = "00:00"
    closes: Clock = "00:00"
    time_zone: Zone = "UTC"


def _step(settings: Length, situation: Situation, event: Event | None) -> Step:
    if event is not None:
        return Go("then")
    ends = situation.at + seconds(settings.seconds)
    return Hold(_open(settings, ends) - situation.at)


def _open(settings: Length, ends: datetime) -> datetime:
    """The first moment from `ends` on at which the day is open; the two times alike mean always."""
    opens, closes = minutes_of(settings.opens), minutes_of(settings.closes)
    local = ends.astimezone(ZoneInfo(settings.time_zone))
    since_opening = (local.hour * 60 + local.minute - opens) % _DAY
    if opens == closes or since_opening < (closes - opens) % _DAY:
        return ends
    past = timedelta(seconds=local.second, microseconds=local.microsecond)
    return ends + timedelta(minutes=_DAY - since_opening) - past


def _check(settings: Length) -> Iterator[Finding]:
    if not is_zone(settings.time_zone):
        yield Finding("wait.zone", f"There is no time zone {settings.time_zone}.")


node = Node(
    about="Wait for a time.", settings=Length, exits=then, step=_step, waits=True, check=_check
)
