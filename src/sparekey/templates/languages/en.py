"""English."""

from datetime import date, datetime

from sparekey.templates.languages._times import counted, in_days, zone
from sparekey.templates.model import Ease, Language, Tone

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _duration(minutes: int) -> str:
    return counted(in_days(minutes), ("minute", "hour", "day"), ("minutes", "hours", "days"))


def _brief_duration(minutes: int) -> str:
    return counted(in_days(minutes), ("min", "hour", "day"), ("min", "hours", "days"))


def _day(day: date) -> str:
    return f"{_brief_day(day)} {day.year}"


def _brief_day(day: date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]}"


def _moment(at: datetime) -> str:
    return f"{_day(at)} at {at:%H:%M} {zone(at)}"


def _brief_moment(at: datetime) -> str:
    return f"{_brief_day(at)} at {at:%H:%M} {zone(at)}"


_TONE = Tone(
    hard={
        "immediately": "",
        "at once": "",
        "urgent": "",
        "asap": "",
        "act now": "",
        "final notice": "",
        "last chance": "",
        "warning": "",
        "failure to": "say what happens next",
        "will be suspended": "say what happens next",
        "will be closed": "say what happens next",
        "will be deleted": "say what happens next",
        "legal action": "",
        "you must": "say what to do: “Open this link”",
        "discount": "",
        "special offer": "",
        "newsletter": "",
        "for free": "",
    },
    stiff={
        "please": "",
        "kindly": "",
        "oops": "",
        "sorry": "",
        "dear": "Hello",
        "invalid": "wrong",
        "successfully": "",
        "in order to": "to",
        "utilize": "use",
        "initiate": "start",
        "terminate": "end",
        "prior to": "before",
        "hereby": "",
        "we regret": "",
        "do not hesitate": "call or write to us",
        "valued customer": "their name",
        "credentials": "password",
        "authenticate": "sign in",
        "verification code": "code",
        "one-time password": "code",
        "otp": "code",
        "unauthorized": "not yours",
        "end user": "you",
    },
)

language = Language(
    direction="ltr",
    script="LATIN",
    duration=_duration,
    brief_duration=_brief_duration,
    day=_day,
    brief_day=_brief_day,
    moment=_moment,
    brief_moment=_brief_moment,
    purpose_words={
        "recovery": ("new password",),
        "sign_in": ("signs you in", "sign in at"),
        "second_factor": ("finishes your sign-in",),
        "verify_address": ("confirm this", "confirms this"),
        "approve": ("approves",),
        "caller_check": ("phone call",),
        "password_changed": ("password",),
        "address_changed": ("was changed",),
        "account_deleted": ("was deleted",),
        "recovery_denied": ("stopped",),
        "too_many_tries": ("too many",),
        "username": ("username",),
        "unusual_activity": ("unusual",),
        "texts_stopped": ("no codes",),
        "texts_allowed": ("again",),
        "help": ("help",),
        "password_expiring": ("expires soon", "expires on"),
        "rating": ("how was it",),
        "enrol": ("mobile number",),
    },
    not_me_words=("not you?", "not calling us?", "was it you?", "did you not ask for it?"),
    reply_words=("reply", "answer this", "text back", "write back"),
    keyword_verbs=("reply", "text", "send", "answer", "type"),
    keyword_sentences=(
        "Reply STOP to stop these messages.",
        "Reply HELP for help.",
        "Reply START to allow them.",
    ),
    carrier_words=(),
    tells_secret=(
        r"\b(?:reply|send|text|tell|give|email) (?:\w+ ){0,4}(?:your|the|this) (?:\w+ )?"
        r"(?:code|password|pin)\b",
        r"\byour (?:new |old |current )?password (?:is|was)\b(?! (?:changed|new))",
        r"\bpassword ?:",
    ),
    tone=_TONE,
    ease=Ease(206.835, 1.015, 84.6, "aeiouy", silent_endings=("e", "es", "ed")),
    test_mark="Test:",
)
