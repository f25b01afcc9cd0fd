"""English."""

from datetime import datetime, timedelta

from sparekey.templates.model import Language

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MINUTES_OF_AN_HOUR = 60
_MINUTES_OF_A_DAY = 24 * 60


def _duration(minutes: int) -> str:
    return _counted(minutes, "minute", "hour", "day")


def _brief_duration(minutes: int) -> str:
    return _counted(minutes, "min", "hour", "day").replace("mins", "min")


def _counted(minutes: int, minute: str, hour: str, day: str) -> str:
    """In the largest unit that comes out whole; one day is better known as 24 hours."""
    if minutes % _MINUTES_OF_A_DAY == 0 and minutes > _MINUTES_OF_A_DAY:
        count, unit = minutes // _MINUTES_OF_A_DAY, day
    elif minutes % _MINUTES_OF_AN_HOUR == 0:
        count, unit = minutes // _MINUTES_OF_AN_HOUR, hour
    else:
        count, unit = minutes, minute
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"


def _moment(at: datetime) -> str:
    return f"{at.day} {_MONTHS[at.month - 1]} {at.year} at {at:%H:%M} {_zone(at)}"


def _brief_moment(at: datetime) -> str:
    return f"{at.day} {_MONTHS[at.month - 1]} at {at:%H:%M} {_zone(at)}"


def _zone(at: datetime) -> str:
    offset = at.utcoffset() or timedelta(0)
    sign = "-" if offset < timedelta(0) else "+"
    hours, minutes = divmod(abs(offset) // timedelta(minutes=1), 60)
    if not hours and not minutes:
        return "UTC"
    return f"UTC{sign}{hours}:{minutes:02}" if minutes else f"UTC{sign}{hours}"


language = Language(
    direction="ltr",
    duration=_duration,
    brief_duration=_brief_duration,
    moment=_moment,
    brief_moment=_brief_moment,
    purpose_words={
        "recovery": ("new password",),
        "sign_in": ("signs you in", "sign in at"),
        "second_factor": ("finishes your sign-in",),
        "verify_address": ("confirms this",),
        "approve": ("approves",),
        "caller_check": ("phone call",),
        "password_changed": ("password",),
        "address_changed": ("was changed",),
        "account_deleted": ("was deleted",),
        "recovery_denied": ("stopped",),
        "too_many_tries": ("too many",),
    },
    not_me_words=("not you?", "not calling us?", "was it you?"),
    reply_words=("reply", "answer this", "text back", "write back"),
    keyword_verbs=("reply", "text", "send", "answer", "type"),
    keyword_sentences=("Reply STOP to stop these messages.", "Reply HELP for help."),
)
