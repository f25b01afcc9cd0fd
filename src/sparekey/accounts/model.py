"""What an account is, and how its addresses may change: pure data and rules."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, IntEnum
from typing import Final, Literal
from uuid import UUID

from sparekey.kit.address import Address, Kind
from sparekey.kit.problem import Problem
from sparekey.kit.secret import Secret

#: How long a changed address, or an account made again, waits before it serves recovery; as long
#: an old address is told what happens and can undo it (NIST SP 800-63B-4 4.2.1.2, 4.6).
WAIT: Final = timedelta(hours=72)
DEVICE_LIFE: Final = timedelta(days=365)
MAX_DEVICES: Final = 20
#: How long an account that is made again is known to be one.
TOMBSTONE_LIFE: Final = timedelta(days=365)
#: How long the addresses of a deleted account are kept for a notice that nobody could queue.
FAREWELL_LIFE: Final = timedelta(days=30)
#: How long the place of an import that was never finished is kept.
IMPORT_LIFE: Final = timedelta(days=30)
MAX_ADDRESSES: Final = 10
MAX_REF_CHARACTERS: Final = 128
MAX_TEXT_CHARACTERS: Final = 254

_LOCALE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?")
_LETTER = re.compile(r"[^\W_]")

Status = Literal["active", "disabled"]
Hold = Literal["lock", "unlock", "disable", "enable"]


class Keep(Enum):
    """Says of a field: leave it as it is."""

    KEEP = "keep"


KEEP: Final = Keep.KEEP


class IdentifierKind(IntEnum):
    """What was typed, the most trusted first: a username is the only one a person can choose.

    An account found by a more trusted kind hides those found by the others, so nobody starves
    another by choosing that person's address or number as a username.
    """

    EMAIL = 1
    PHONE = 2
    CUSTOMER_NUMBER = 3
    USERNAME = 4


@dataclass(frozen=True, slots=True)
class WantedAddress:
    """An address as the company tells it."""

    address: Address
    is_verified: bool


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a company says of an account; `KEEP` leaves a field, None empties it."""

    username: str | Keep | None = KEEP
    name: str | Keep | None = KEEP
    locale: str | Keep | None = KEEP
    customer_number: str | Keep | None = KEEP
    second_factor: bool | Keep = KEEP
    password: Secret[str] | Keep = KEEP
    password_hash: Secret[str] | Keep = KEEP
    addresses: tuple[WantedAddress, ...] | Keep = KEEP
    password_expires_at: datetime | Keep | None = KEEP


@dataclass(frozen=True, slots=True)
class AccountAddress:
    """One current address of an account."""

    id: UUID
    kind: Kind
    value: str
    key: bytes
    verified_at: datetime | None
    usable_from: datetime


@dataclass(frozen=True, slots=True)
class Account:
    """An account with its current addresses."""

    id: UUID
    brand_id: int
    ref: str
    status: Status
    status_reason: str | None
    locked_at: datetime | None
    lock_reason: str | None
    username: str | None
    name: str | None
    locale: str | None
    customer_number: str | None
    second_factor: bool
    has_password: bool
    must_change: bool
    password_changed_at: datetime | None
    password_expires_at: datetime | None
    recoverable_from: datetime
    created_at: datetime
    updated_at: datetime
    addresses: tuple[AccountAddress, ...]

    @property
    def is_open(self) -> bool:
        """Neither locked by a person nor disabled by the company."""
        return self.status == "active" and self.locked_at is None


@dataclass(frozen=True, slots=True)
class Reachable:
    """An address that recovery may use now."""

    id: UUID
    kind: Kind
    value: str
    key: bytes


@dataclass(frozen=True, slots=True)
class Resolved:
    """The one account that an identifier names, and where it can be reached (never nowhere).

    `key` is of the brand and the company's own id, so it survives deletion and re-creation. It
    `has_new_address` while one still waits until recovery may use it.
    """

    id: UUID
    key: bytes
    ref: str
    name: str | None
    locale: str | None
    second_factor: bool
    has_new_address: bool
    addresses: tuple[Reachable, ...]


@dataclass(frozen=True, slots=True)
class NoticeAddress:
    """Where an account's owner is told what happened to it.

    `is_usable` is true of addresses proven and past their wait, retired ones of the last 72
    hours included: only these may be given a link that stops or undoes something.
    """

    id: UUID
    kind: Kind
    value: str
    key: bytes
    is_usable: bool


@dataclass(frozen=True, slots=True)
class Farewell:
    """An address that has yet to be told that its account is gone."""

    locale: str | None
    kind: Kind
    value: str
    deleted_at: datetime


@dataclass(frozen=True, slots=True)
class PendingNotice:
    """A change of addresses that one old address has not been told of yet."""

    id: UUID
    change_id: UUID
    account_id: UUID
    brand_id: int
    ends_at: datetime
    address: NoticeAddress
    token: Secret[str]


@dataclass(frozen=True, slots=True)
class SettledChange:
    """A change of addresses that was confirmed or undone."""

    id: UUID
    account_id: UUID
    brand_id: int


@dataclass(frozen=True, slots=True)
class Held:
    """An address as stored, as far as a change needs it."""

    id: UUID
    key: bytes
    verified_at: datetime | None
    usable_from: datetime
    retired_at: datetime | None

    @property
    def is_current(self) -> bool:
        return self.retired_at is None

    def may_object(self, at: datetime) -> bool:
        """Whether its owner is the account's owner beyond doubt: proven, waited, not long gone.

        An address that still waits may be a thief's, so it is never handed a link.
        """
        served_until = self.retired_at or at
        is_recent = self.retired_at is None or self.retired_at > at - WAIT
        return is_recent and self.verified_at is not None and self.usable_from <= served_until


@dataclass(frozen=True, slots=True)
class Difference:
    """What has to happen to an account's addresses to become those wanted."""

    added: tuple[tuple[bytes, WantedAddress], ...]
    retired: tuple[UUID, ...]
    verified: tuple[UUID, ...]

    @property
    def is_change(self) -> bool:
        return bool(self.added or self.retired)


def checked_ref(ref: str) -> str:
    """A company's own id as we take it; raises Problem 422."""
    if not ref or len(ref) > MAX_REF_CHARACTERS or not ref.isprintable() or ref != ref.strip():
        detail = f"The account's id takes 1 to {MAX_REF_CHARACTERS} printable characters."
        raise Problem("account.unusable_id", 422, detail)
    return ref


def checked(wanted: Wanted) -> Wanted:
    """`wanted` as it is, unless a text in it could not be shown on one line; raises Problem 422."""
    texts = {
        "username": wanted.username,
        "name": wanted.name,
        "locale": wanted.locale,
        "customer_number": wanted.customer_number,
    }
    for field, text in texts.items():
        if isinstance(text, Keep) or text is None:
            continue
        if not text.strip() or len(text) > MAX_TEXT_CHARACTERS or not text.isprintable():
            raise _unusable(field, f"takes 1 to {MAX_TEXT_CHARACTERS} printable characters")
    if isinstance(wanted.locale, str) and not _LOCALE.fullmatch(wanted.locale):
        raise _unusable("locale", "takes a language tag such as en or pt-BR")
    if isinstance(wanted.customer_number, str) and not _LETTER.search(wanted.customer_number):
        raise _unusable("customer_number", "needs a letter or a digit")
    return wanted


def _unusable(field: str, otherwise: str) -> Problem:
    return Problem("account.unusable", 422, f"`{field}` {otherwise}.", extra={"field": field})


def difference(held: Sequence[Held], wanted: Sequence[tuple[bytes, WantedAddress]]) -> Difference:
    """Compare by key; an address that stays keeps its age, whatever is said of it again.

    A proven address of which the company now says that it is not is retired and added anew:
    otherwise a stolen key could silence an old address before it removes it.
    """
    by_key = dict(wanted)
    if len(by_key) < len(wanted):
        raise Problem("account.duplicate_address", 422, "Name each address once.")
    if len(by_key) > MAX_ADDRESSES:
        detail = f"An account has at most {MAX_ADDRESSES} addresses."
        raise Problem("account.too_many_addresses", 422, detail)
    staying = {
        one.key: one
        for one in held
        if one.is_current and one.key in by_key and _may_stay(one, by_key[one.key])
    }
    return Difference(
        added=tuple((key, one) for key, one in wanted if key not in staying),
        retired=tuple(one.id for one in held if one.is_current and one.key not in staying),
        verified=tuple(
            one.id
            for key, one in staying.items()
            if by_key[key].is_verified and one.verified_at is None
        ),
    )


def _may_stay(held: Held, wanted: WantedAddress) -> bool:
    return wanted.is_verified or held.verified_at is None
