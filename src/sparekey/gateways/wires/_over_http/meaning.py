"""What a provider's answer means: each becomes one of the five failures, or none.

A status below 500 is an answer to the request; one above says that somebody broke while holding it.
"""

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from sparekey.gateways.model import (
    Misconfigured,
    Outgoing,
    Refused,
    Throttled,
    Unsure,
    WireFailure,
)
from sparekey.gateways.wires._over_http.calls import Answer

#: When to come again to who did not say: sooner for a code than any provider means by "later".
_AGAIN = tuple(timedelta(seconds=seconds) for seconds in (2, 5, 15, 30, 60))
_SOONEST, _LATEST = timedelta(seconds=1), timedelta(minutes=10)
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,39}")


def unless_success(answer: Answer, message: Outgoing, code: str = "") -> None:
    """Raise what any status but 2xx means; `code` is the provider's own for it."""
    if not answer.is_success:
        raise failure(answer, message, code)


def failure(answer: Answer, message: Outgoing, code: str = "") -> WireFailure:
    """What a status says of the message."""
    reason = f"{answer.status} {plain_code(code)}".rstrip()
    match answer.status:
        case 401 | 402 | 403 | 407:
            return Misconfigured(f"{reason}: the provider does not serve us")
        case 429:
            return Throttled(retry_in(answer, message), reason)
        case status if 300 <= status < 400:
            return Misconfigured(f"{reason}: the provider points elsewhere; nobody follows")
        case status if 400 <= status < 500 and status not in {408, 425}:
            return Refused(reason)
        case _:
            return Unsure(reason)


def throttled(answer: Answer, message: Outgoing, code: str = "") -> Throttled:
    """Too fast, said in whatever way."""
    reason = f"{answer.status} {plain_code(code)}".rstrip()
    return Throttled(retry_in(answer, message), reason)


def retry_in(answer: Answer, message: Outgoing) -> timedelta:
    """When to come again: in seconds or at a date as was said (RFC 9110, 10.2.3), within bounds."""
    said = answer.retry_after or ""
    if said.isascii() and said.isdigit():
        wanted = timedelta(seconds=int(said[:7])) if len(said) < 8 else _LATEST
        return min(max(wanted, _SOONEST), _LATEST)
    try:
        wanted = _aware(parsedate_to_datetime(said)) - message.sent_at
    except (ValueError, OverflowError):
        return _AGAIN[min(message.attempt, len(_AGAIN)) - 1]
    return min(max(wanted, _SOONEST), _LATEST)


def plain_code(code: str) -> str:
    """A provider's code where it is one; its words may quote an address."""
    return code if _CODE.fullmatch(code) else ""


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
