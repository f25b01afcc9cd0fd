"""A recovery as a value: its states, its times, and the grant that proof earns.

The states are drawn in `states.mermaid` beside this file.
"""

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

import msgspec

from sparekey.kit.keyring import Keyring
from sparekey.kit.secret import Secret

LIFE = timedelta(hours=24)
GRANT_LIFE = timedelta(minutes=15)
#: How long a password may take to be hashed before somebody else may use the grant.
GRANT_LEASE = timedelta(seconds=60)
FREEZE = timedelta(days=30)
RESEND_AFTER = timedelta(seconds=60)
#: The channel of a recovery that was asked for by text: everything goes to that number.
BY_TEXT = "text"
_SECRET_BYTES = 16


class State(StrEnum):
    """How far somebody got."""

    REQUESTED = "requested"
    PROVEN = "proven"
    COMPLETED = "completed"
    DENIED = "denied"
    EXPIRED = "expired"


class Asked(msgspec.Struct, frozen=True):
    """What was typed, and the known browser's token if one came along; sealed until looked up."""

    identifier: str
    device: str | None = None
    #: The number that asked by text, and the word it sent.
    number: str | None = None
    word: str = ""


@dataclass(frozen=True, slots=True)
class Requested:
    """A recovery was requested; nobody has been looked up."""

    id: UUID
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Grant:
    """What proof earns: the right to set one new password, for a short time."""

    token: Secret[str]
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Completed:
    """Somebody is back in; the token lets this browser be known from now on."""

    account: str
    device_token: Secret[str]


def draw_grant(recovery: UUID) -> tuple[Secret[str], bytes]:
    """A fresh grant for a recovery, as it is shown, and its secret."""
    secret = secrets.token_bytes(_SECRET_BYTES)
    return Secret(_shown(recovery, secret)), secret


def grant_macs(keyring: Keyring, recovery: UUID, brand_id: int, secret: bytes) -> list[bytes]:
    """The MACs of a grant, newest key first: bound to its brand and its recovery."""
    return keyring.macs("grant", recovery.bytes, str(brand_id), secret)


def read_grant(text: str) -> tuple[UUID, bytes] | None:
    """The recovery and the secret in a grant; None when it cannot be one of ours."""
    if not text.startswith("grt_"):
        return None
    try:
        raw = urlsafe_b64decode(text[4:] + "=" * (-len(text[4:]) % 4))
    except ValueError:
        return None
    if len(raw) != 16 + _SECRET_BYTES or _shown(UUID(bytes=raw[:16]), raw[16:]) != text:
        return None
    return UUID(bytes=raw[:16]), raw[16:]


def _shown(recovery: UUID, secret: bytes) -> str:
    return "grt_" + urlsafe_b64encode(recovery.bytes + secret).decode().rstrip("=")
