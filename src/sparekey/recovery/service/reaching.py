"""Whom an identifier names, where they are reached, and how a proof goes there.

Whoever was named, the same statements run: a stranger has a phone and a mailbox of nobody's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sparekey import accounts, brands, guard, outbox, verification
from sparekey.db import Executor
from sparekey.kit.address import Address, Email, Phone, UnusableAddress, read_email, read_phone
from sparekey.kit.keyring import Keyring
from sparekey.recovery import store
from sparekey.recovery.model import BY_TEXT
from sparekey.verification import Channel, Proof, Purpose

#: A stranger's last send of a day is a link by email that lasts the day.
_STRANGERS_SENDS = 5
_LAST_LINK_TTL = timedelta(hours=24)
#: Read, and never written to, on behalf of strangers.
_ANYBODYS = (("phone", "+447400123456"), ("email", "somebody@mail.example"))


@dataclass(frozen=True, slots=True)
class Person:
    """Whom the identifier names, or a stand-in for nobody with an address of each kind."""

    account_id: UUID | None
    key: bytes
    ref: str | None
    name: str | None
    locale: str | None
    stored: Sequence[tuple[str, str]]
    stand_ins: Mapping[str, Address]
    has_second_factor: bool = False
    has_new_address: bool = False

    @property
    def is_stranger(self) -> bool:
        return self.account_id is None

    def address(self, channel: str) -> Address | None:
        """The first address that this channel reaches.

        Reading a number takes a fifteenth of a millisecond, which would show: a stranger's are
        read like anybody's before their stand-ins take their place.
        """
        kind = "email" if channel == Channel.EMAIL else "phone"
        value = next((value for of, value in self.stored if of == kind), None)
        if value is None:
            return None
        read = read_email(value) if kind == "email" else read_phone(value)
        return self.stand_ins.get(kind, read)


@dataclass(frozen=True, slots=True)
class Way:
    """How the proof travels."""

    channel: Channel
    to: Address
    proof: Proof
    ttl: timedelta
    allowance: guard.Allowance

    @property
    def template(self) -> str:
        return "recovery_link" if self.proof == "link" else "recovery_code"


async def patience_of(
    on: Executor, brand: brands.Brand, person: Person, way: Way, asked_for: str | None
) -> timedelta | None:
    """When to look whether a code has arrived: only if the channel was left to us and there is
    another one to try."""
    if asked_for is not None or way.proof == "link":
        return None
    channels = verification.next_channels(brand, way.channel)
    if not any(person.address(channel) for channel in channels):
        return None
    return await verification.falls_back_after(on, brand)


async def person_of(
    on: Executor, keyring: Keyring, brand: brands.Brand, identifier: str, at: datetime
) -> Person:
    """Whom the identifier names, or nobody."""
    found = await accounts.resolve(on, keyring, brand, identifier, at)
    stranger = _stranger(keyring, brand, identifier)
    return stranger if found is None else _member(found)


async def person_again(
    on: Executor, keyring: Keyring, brand: brands.Brand, row: store.Row, at: datetime
) -> Person:
    """The account as it is now; nobody, if it was nobody's or has been closed meanwhile."""
    found = await accounts.reach(on, keyring, row.account_id or UUID(int=0), at)
    nobody = _nobody(brand, row.account_key or b"")
    person = nobody if found is None else _member(found)
    if row.channel != BY_TEXT:
        return person
    return _at_number(keyring, brand, person, row.typed_key) or _by_phone(nobody)


async def person_at(
    on: Executor,
    keyring: Keyring,
    brand: brands.Brand,
    identifier: str,
    number: str,
    at: datetime,
) -> Person:
    """Whom the identifier names, reached at this number alone; nobody, if it is not theirs."""
    person = await person_of(on, keyring, brand, identifier, at)
    key = text_key(keyring, brand.id, number)
    nobody = _stranger(keyring, brand, number)
    return _at_number(keyring, brand, person, key) or _by_phone(nobody)


def text_key(keyring: Keyring, brand_id: int, number: str) -> bytes:
    """What a number asked by text, as a recovery keeps it."""
    return keyring.index("typed by text", str(brand_id), number)


def _at_number(keyring: Keyring, brand: brands.Brand, person: Person, key: bytes) -> Person | None:
    for kind, value in person.stored:
        is_own = not person.is_stranger and kind == "phone"
        if text_key(keyring, brand.id, read_phone(value).e164 if is_own else value) == key:
            return replace(person, stored=[(kind, value)])
    return None


def _by_phone(nobody: Person) -> Person:
    return replace(nobody, stored=[one for one in nobody.stored if one[0] == "phone"])


async def somebody(
    on: Executor, keyring: Keyring, account_id: UUID | None, at: datetime
) -> Person | None:
    """An account that can be reached now, or None."""
    if account_id is None:
        return None
    found = await accounts.reach(on, keyring, account_id, at)
    return None if found is None else _member(found)


def _member(found: accounts.Resolved) -> Person:
    stored = [(one.kind, one.value) for one in found.addresses]
    return Person(
        found.id, found.key, found.ref, found.name, found.locale, stored, {},
        found.second_factor, found.has_new_address,
    )  # fmt: skip


def _stranger(keyring: Keyring, brand: brands.Brand, identifier: str) -> Person:
    """Nobody: the same for the same identifier, however it is spelled."""
    typed = _read(identifier, accounts.home_region(brand))
    plain = typed.value if typed else " ".join(identifier.casefold().split())
    return _nobody(brand, keyring.index("stranger", str(brand.id), plain))


def _nobody(brand: brands.Brand, key: bytes) -> Person:
    """Somebody with a phone and a mailbox of nobody's, which are always the same two."""
    number = f"{int.from_bytes(key[:4], 'big'):010d}"
    stand_ins: dict[str, Address] = {
        "phone": Phone(f"+999{number}", accounts.home_region(brand) or "ZZ"),
        "email": Email(number, "stranger.invalid"),
    }
    return Person(None, key, None, None, None, _ANYBODYS, stand_ins)


def _read(identifier: str, region: str | None) -> Address | None:
    try:
        return read_email(identifier) if "@" in identifier else read_phone(identifier, region)
    except UnusableAddress:
        return None


async def way_of(
    on: Executor,
    keyring: Keyring,
    brand: brands.Brand,
    person: Person,
    allowance: guard.Allowance,
    wanted: str | None,
    at: datetime,
    *,
    drawn: Proof | None = None,
    keeps_code: bool = False,
) -> Way:
    """The wanted channel, else the brand's order; a link by email where a code is closed, and as
    the stranger's last send of a day, which has an allowance of its own. A flow may have `drawn`
    a link; it makes no code of what a brand's emails carry as a link, unless a page waits for one
    already (`keeps_code`)."""
    channel, to = reach(brand, person, "email" if drawn == "link" else wanted)
    standing = await guard.standing(
        on,
        account_key=person.key,
        sends_key=outbox.sends_key(keyring, brand.id, to, is_sandbox=brand.is_sandbox),
        keys=[person.key, guard.address_ledger(keyring, brand.id, to)],
        cap_class=allowance,
        at=at,
    )
    email = person.address(Channel.EMAIL)
    is_stranger = allowance is guard.Allowance.STRANGER
    if email is not None and is_stranger and standing.sends_today >= _STRANGERS_SENDS - 1:
        return Way(Channel.EMAIL, email, "link", _LAST_LINK_TTL, guard.Allowance.RESERVE)
    proof: Proof = "code"
    usual = "code" if keeps_code else brand.email_proof
    if channel is Channel.EMAIL and "link" in (drawn, usual):
        proof = "link"
    if proof == "code" and email is not None and _is_code_closed(standing, channel, is_stranger):
        return Way(Channel.EMAIL, email, "link", verification.EMAIL_LINK_TTL, allowance)
    ttl = verification.EMAIL_LINK_TTL if proof == "link" else verification.CODE_TTL
    return Way(channel, to, proof, ttl, allowance)


def reach(brand: brands.Brand, person: Person, wanted: str | None) -> tuple[Channel, Address]:
    """The wanted channel if it reaches them, else the first of the brand's that does."""
    offered = (*brand.channel_order, "sms", "email")
    for channel in (*((wanted,) if wanted in offered else ()), *offered):
        to = person.address(channel)
        if to is not None:
            return Channel(channel), to
    raise LookupError("a resolved person has an address")


def _is_code_closed(standing: guard.Standing, channel: Channel, is_stranger: bool) -> bool:
    stops = {guard.FREEZE, guard.PAUSE, *([guard.STOP] if channel is Channel.SMS else [])}
    ladder = guard.ladder(is_light=False, alphabet="digits", is_stranger=is_stranger)
    return (is_stranger and bool(standing.kinds & stops)) or not standing.has_room(ladder, 3)


def start_of(
    recovery: UUID,
    brand: brands.Brand,
    base: int,
    person: Person,
    way: Way,
    locale: str,
    words_version: int,
    patience: timedelta | None,
) -> verification.Start:
    """The challenge of this recovery."""
    return verification.Start(
        id=recovery,
        brand_id=brand.id,
        is_sandbox=brand.is_sandbox,
        base=base,
        purpose=Purpose.RECOVERY,
        channel=way.channel,
        to=way.to,
        template=way.template,
        locale=locale,
        words_version=words_version,
        account=person.ref,
        account_key=person.key,
        proof=way.proof,
        is_decoy=person.is_stranger,
        allowance=way.allowance,
        ttl=way.ttl,
        variables={"name": person.name} if person.name else {},
        allowed_countries=brand.allowed_countries,
        falls_back_after=patience,
    )


def number_key(keyring: Keyring, brand_id: int, number: Phone) -> UUID:
    """The key of a number that somebody texts from."""
    return UUID(bytes=keyring.index("flow reply", str(brand_id), number.e164)[:16])
