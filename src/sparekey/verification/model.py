"""Challenges as values: what they are for, what state they are in, how their codes are made.

The states are drawn in `states.mermaid` beside this file.
"""

import re
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal
from uuid import UUID

from sparekey import guard
from sparekey.kit.address import Address, Email
from sparekey.kit.secret import Secret


class Purpose(StrEnum):
    """What a right code is good for: a closed list, for it decides weight and length."""

    RECOVERY = "recovery"
    SIGN_IN = "sign_in"
    SECOND_FACTOR = "second_factor"
    VERIFY_ADDRESS = "verify_address"
    APPROVE = "approve"
    CALLER_CHECK = "caller_check"

    @property
    def is_light(self) -> bool:
        """Looked at only after something else was right: a guess weighs a hundredth."""
        return self is Purpose.SECOND_FACTOR or self is Purpose.VERIFY_ADDRESS

    @property
    def kind(self) -> int:
        """Its place, from 1, in a ledger's closing times."""
        return _KINDS[self]


_KINDS = {purpose: number for number, purpose in enumerate(Purpose, start=1)}


class State(StrEnum):
    """What has become of a challenge."""

    PENDING = "pending"
    APPROVED = "approved"
    EXHAUSTED = "exhausted"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    CANCELLED = "cancelled"


class Channel(StrEnum):
    """How a message travels."""

    SMS = "sms"
    EMAIL = "email"
    VOICE = "voice"
    WHATSAPP = "whatsapp"
    RCS = "rcs"

    def reaches(self, to: Address) -> bool:
        """Whether it goes to an address of this kind."""
        return (self is Channel.EMAIL) is isinstance(to, Email)


CODE_TTL = timedelta(minutes=10)
EMAIL_LINK_TTL = timedelta(minutes=30)
LONGEST_CODE_TTL = timedelta(minutes=60)
RESEND_AFTER = timedelta(seconds=60)
#: How long the code before a fallback goes on being right.
EARLIER_CODE_LIFE = timedelta(minutes=2)
MAX_ATTEMPTS = 3
#: 128-bit tokens cannot be guessed, so wrong ones need no count.
LINK_ATTEMPTS = 32_767

Proof = Literal["code", "link"]


@dataclass(frozen=True, slots=True)
class Start:
    """One challenge to issue.

    `account` is the company's own id of the account; `account_key` its ledger where that is known
    already, or a stranger's, and then the address is one that may be written to. `id` names a
    challenge that belongs to something with an id already, such as a recovery. `base` is the
    length that codes begin with here, `guard.base`. With `falls_back_after` another channel is
    tried when no delivery was confirmed by then; `is_fallback` is such a try.
    """

    brand_id: int
    is_sandbox: bool
    base: int
    purpose: Purpose
    channel: Channel
    to: Address
    template: str
    locale: str
    words_version: int = 0
    id: UUID | None = None
    account: str | None = None
    account_key: bytes | None = None
    proof: Proof = "code"
    is_decoy: bool = False
    allowance: guard.Allowance = guard.Allowance.STRANGER
    ttl: timedelta = CODE_TTL
    code_length: int | None = None
    alphabet: guard.Alphabet = "digits"
    variables: Mapping[str, str] = field(default_factory=dict[str, str])
    networks: Sequence[bytes] = ()
    typed: str | None = None
    allowed_countries: frozenset[str] | None = None
    idempotency: tuple[bytes, bytes] | None = None
    falls_back_after: timedelta | None = None
    is_fallback: bool = False

    @property
    def max_attempts(self) -> int:
        """How many guesses are looked at: links have no need to count."""
        return LINK_ATTEMPTS if self.proof == "link" else MAX_ATTEMPTS


@dataclass(frozen=True, slots=True)
class Issued:
    """A challenge was issued (or a decoy was, which only `is_decoy` tells, inside)."""

    id: UUID
    expires_at: datetime
    next_send_at: datetime
    is_decoy: bool


@dataclass(frozen=True, slots=True)
class Limited:
    """The caller's network or what it typed asked too often; ask again at `retry_at`."""

    retry_at: datetime


@dataclass(frozen=True, slots=True)
class Checked:
    """What a guess came to: `right`, `wrong`, or the state that kept it from being looked at."""

    verdict: str
    attempts_left: int
    purpose: str | None
    is_decoy: bool | None

    @property
    def is_right(self) -> bool:
        return self.verdict == "right"


# --- codes -----------------------------------------------------------------------------------

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOKALIKES = str.maketrans("OIL", "011")
_SPACES = re.compile(r"[\s\-‐-―]+")
_DIGITS = re.compile(r"\d{6,12}", re.ASCII)
_LETTERS = re.compile(r"[0-9A-HJKMNP-TV-Z]{8}", re.ASCII)


def draw_code(alphabet: guard.Alphabet) -> Secret[str]:
    """A code of the greatest length, uniform, from the operating system's randomness."""
    if alphabet == "base32":
        return Secret("".join(secrets.choice(_CROCKFORD) for _ in range(8)))
    return Secret(f"{secrets.randbelow(10**12):012d}")


def read_code(text: str) -> Secret[str] | None:
    """The code in what a person typed, spaces, hyphens and case ignored; None if it is not one."""
    plain = _SPACES.sub("", text).upper()
    if _DIGITS.fullmatch(plain):
        return Secret(plain)
    plain = plain.translate(_LOOKALIKES)
    return Secret(plain) if _LETTERS.fullmatch(plain) else None


# --- links -----------------------------------------------------------------------------------

TOKEN_BYTES = 16


def link_token(about: UUID, secret: bytes) -> str:
    """The token of a link: the id of what it proves, and 128 random bits (base64url)."""
    return urlsafe_b64encode(about.bytes + secret).decode().rstrip("=")


def read_link_token(text: str) -> tuple[UUID, bytes] | None:
    """The id and the secret in a token; None when it cannot be one of ours."""
    try:
        raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        return None
    if len(raw) != 16 + TOKEN_BYTES or link_token(UUID(bytes=raw[:16]), raw[16:]) != text:
        return None
    return UUID(bytes=raw[:16]), raw[16:]
