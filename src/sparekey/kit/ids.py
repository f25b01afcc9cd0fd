"""Ids: UUIDv7 made in the application, shown with a prefix that says what they name.

An id is a name, never a capability. The shown form is the TypeID of the field: a prefix, an
underscore and 26 characters of lower-case Crockford base32 (github.com/jetify-com/typeid).
"""

import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
#: Every pair of characters: an id is written in 13 steps and not in 26.
_PAIRS = [first + second for first in _ALPHABET for second in _ALPHABET]
_SHIFTS = range(120, -1, -10)
_VALUES = {character: value for value, character in enumerate(_ALPHABET)}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def new_id(at: datetime, *, random_bytes: Callable[[int], bytes] = secrets.token_bytes) -> UUID:
    """A UUIDv7 of the millisecond `at` with 74 fresh random bits (RFC 9562, 5.7)."""
    noise = int.from_bytes(random_bytes(10), "big")
    value = _milliseconds(at) << 80
    value |= 0x7 << 76 | (noise >> 62 & 0xFFF) << 64
    value |= 0b10 << 62 | noise & (1 << 62) - 1
    return UUID(int=value)


def floor_id(at: datetime) -> UUID:
    """The least id of the millisecond `at`: partition bounds and keyset pages start here."""
    return UUID(int=_milliseconds(at) << 80)


def made_at(value: UUID) -> datetime:
    """When an id was made, to the millisecond."""
    return _EPOCH + timedelta(milliseconds=value.int >> 80)


def show(prefix: str, value: UUID) -> str:
    """`show("ver", id)` is `ver_` and 26 characters."""
    number = value.int
    digits = [_PAIRS[number >> shift & 1023] for shift in _SHIFTS]
    return f"{prefix}_{''.join(digits)}"


def parse(prefix: str, text: str) -> UUID | None:
    """The id shown as `text`, or None when it is not one with this prefix."""
    head, _, body = text.rpartition("_")
    if head != prefix or len(body) != 26 or body[0] > "7":
        return None
    number = 0
    for character in body:
        value = _VALUES.get(character)
        if value is None:
            return None
        number = number << 5 | value
    return UUID(int=number)


def _milliseconds(at: datetime) -> int:
    since = at - _EPOCH
    return since.days * 86_400_000 + since.seconds * 1000 + since.microseconds // 1000
