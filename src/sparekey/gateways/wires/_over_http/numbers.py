"""Numbers as providers write them, lives in their units, and moments in the forms they use."""

import re
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from email.utils import parsedate_to_datetime
from uuid import UUID

from sparekey.gateways.model import Outgoing

_DIGITS = re.compile(r"[0-9]{8,15}")
_CURRENCY = re.compile(r"[A-Z]{3}")


def e164(text: str) -> str:
    """With its + when it is a whole number; short codes and names stay as they are."""
    bare = text.strip().removeprefix("whatsapp:").removeprefix("+")
    return f"+{bare}" if _DIGITS.fullmatch(bare) else bare


def bare(number: str) -> str:
    """Without the +, as many providers want it."""
    return number.removeprefix("+")


def life(message: Outgoing, *, least: int, most: int) -> int:
    """Seconds that the message is still worth delivering, as far as the provider lets us say."""
    left = int((message.expires_at - message.sent_at).total_seconds())
    return min(max(left, least), most)


def money(text: str) -> Decimal | None:
    """A price without its sign; None when it is none."""
    try:
        found = abs(Decimal(text[:30]))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def currency(text: str) -> str | None:
    """The code of a currency (ISO 4217); None when it is none."""
    return text.upper() if _CURRENCY.fullmatch(text.upper()) else None


def count(text: str) -> int | None:
    """A small number; None when it is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else None


def moment(text: str) -> datetime | None:
    """An ISO 8601 or RFC 2822 moment, or seconds since 1970; None when it is none, or has no
    zone."""
    try:
        if text.isascii() and text.isdigit():
            return datetime.fromtimestamp(int(text[:13]) / (1000 if len(text) > 11 else 1), UTC)
        found = datetime.fromisoformat(text) if text[:4].isdigit() else parsedate_to_datetime(text)
    except (ValueError, OverflowError, OSError):
        return None
    return found.astimezone(UTC) if found.tzinfo else None


def ours(text: str) -> UUID | None:
    """The id of a message of ours; None when it is none."""
    try:
        return UUID(text)
    except ValueError:
        return None
