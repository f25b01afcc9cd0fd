"""In the background: whose account is it, how is its owner reached, send the proof.

Whoever was named, the same statements run and the same rows are written: a stranger gets a decoy,
whose message is rendered and then dropped.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from sparekey import accounts, brands, guard, jobs, outbox, templates, verification
from sparekey.db import Db, Executor
from sparekey.kit.address import Address, Email, Phone, UnusableAddress, read_email, read_phone
from sparekey.kit.keyring import Keyring
from sparekey.recovery import store
from sparekey.recovery.model import Asked
from sparekey.verification import Channel, Proof, Purpose

#: A stranger's last send of a day is a link by email that lasts the day.
_STRANGERS_SENDS = 5
_LAST_LINK_TTL = timedelta(hours=24)
#: What a browser that brings no token is looked up by: nothing matches it.
_NO_DEVICE = "-"
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


async def resolve(db: Db, keyring: Keyring, recovery: UUID, *, at: datetime) -> None:
    """Look the identifier up, wipe it, issue the challenge and its message; once."""
    row = await store.UNRESOLVED.maybe(db, id=recovery, at=at)
    if row is None:
        return
    asked = msgspec.json.decode(keyring.unseal(row.asked, bound_to=recovery.bytes), type=Asked)
    brand = await brands.by_id(db, row.brand_id)
    person = await _person(db, keyring, brand, asked.identifier, at)
    is_known = await accounts.known_device(
        db, keyring, asked.device or _NO_DEVICE, person.account_id, at
    )
    allowance = guard.Allowance.KNOWN_BROWSER if is_known else guard.Allowance.STRANGER
    way = await _way(db, keyring, brand, person, allowance, row.channel, at)
    locale = row.locale or person.locale or brand.locale
    words_version = await templates.current_version(db, brand.id)
    patience = await _patience(db, brand, person, way, row.channel)
    start = _start(
        recovery, brand, await guard.base(db), person, way, locale, words_version, patience
    )
    async with db.transaction() as tx:
        resolved = await store.RESOLVED.run(
            tx, id=recovery, account_id=person.account_id, account_key=person.key
        )
        if resolved == 0:
            return
        await verification.issue(tx, keyring, start, at=at)
    outbox.wake()


async def resend(
    db: Db, keyring: Keyring, recovery: UUID, channel: str | None, *, at: datetime
) -> None:
    """Replace the proof and send it, by another channel of the account if one was asked for; once a
    minute has passed since the last one, which may have gone out later than its door knows."""
    row = await store.FIND.maybe(db, id=recovery, at=at)
    if row is None or row.state != "requested":
        return
    challenge = await verification.find(db, keyring, id=recovery, brand_id=row.brand_id, at=at)
    if challenge is None or challenge.row.state != verification.State.PENDING:
        return
    if (due_at := challenge.row.next_send_at) > at:
        payload = {"recovery": str(recovery), "channel": channel}
        async with db.transaction() as tx:
            await jobs.queue(tx, kind="recovery.resend", payload=payload, due_at=due_at, at=at)
        return
    brand = await brands.by_id(db, row.brand_id)
    person = await _person_again(db, keyring, brand, row, at)
    allowance = guard.Allowance(challenge.row.allowance)
    way = await _way(db, keyring, brand, person, allowance, channel or challenge.row.channel, at)
    wanted = replace(
        _again(brand, await guard.base(db), person, row, way),
        falls_back_after=await _patience(db, brand, person, way, channel),
    )
    await verification.resend(db, keyring, challenge, wanted, at=at)
    outbox.wake()


async def fall_back(
    db: Db,
    keyring: Keyring,
    recovery: UUID,
    message: UUID,
    failure: str | None,
    *,
    at: datetime,
) -> None:
    """The code of this message has not arrived: one more by the brand's next channel that reaches
    the account, to be typed on the same page. Nothing when another has gone out meanwhile.

    When one may be asked for again stays as it was: it shows to strangers, and whether a message
    has arrived must not show in it.
    """
    row = await store.FIND.maybe(db, id=recovery, at=at)
    if row is None or row.state != "requested":
        return
    challenge = await verification.find(db, keyring, id=recovery, brand_id=row.brand_id, at=at)
    if challenge is None or not verification.is_meant(challenge, failure):
        return
    brand = await brands.by_id(db, row.brand_id)
    person = await _person_again(db, keyring, brand, row, at)
    way = _next_way(brand, person, challenge, failure)
    if way is None:
        return
    wanted = replace(
        _again(brand, await guard.base(db), person, row, way),
        falls_back_after=await _patience(db, brand, person, way, None),
        after=message,
    )
    await verification.resend(db, keyring, challenge, wanted, at=at)
    outbox.wake()


def _again(
    brand: brands.Brand, base: int, person: Person, row: store.Row, way: Way
) -> verification.Resend:
    """The proof once more, by this way."""
    return verification.Resend(
        brand_id=brand.id,
        is_sandbox=brand.is_sandbox,
        base=base,
        template=way.template,
        locale=row.locale or person.locale or brand.locale,
        ttl=way.ttl,
        allowed_countries=brand.allowed_countries,
        to=way.to,
        channel=way.channel,
        proof=way.proof,
        is_silenced=person.is_stranger and row.account_id is not None,
    )


def _next_way(
    brand: brands.Brand, person: Person, challenge: verification.Challenge, failure: str | None
) -> Way | None:
    """A code again, for the page waits for one; without money only email will do."""
    for channel in verification.next_channels(brand, challenge.row.channel):
        to = person.address(channel)
        if to is None or (failure == verification.OVER_BUDGET and channel is not Channel.EMAIL):
            continue
        allowance = guard.Allowance(challenge.row.allowance)
        return Way(channel, to, "code", verification.CODE_TTL, allowance)
    return None


async def _patience(
    db: Db, brand: brands.Brand, person: Person, way: Way, asked_for: str | None
) -> timedelta | None:
    """When to look whether a code has arrived: only if the channel was left to us and there is
    another one to try."""
    if asked_for is not None or way.proof == "link":
        return None
    channels = verification.next_channels(brand, way.channel)
    if not any(person.address(channel) for channel in channels):
        return None
    return await verification.falls_back_after(db, brand)


async def _person(
    on: Executor, keyring: Keyring, brand: brands.Brand, identifier: str, at: datetime
) -> Person:
    found = await accounts.resolve(on, keyring, brand, identifier, at)
    stranger = _stranger(keyring, brand, identifier)
    return stranger if found is None else _member(found)


async def _person_again(
    on: Executor, keyring: Keyring, brand: brands.Brand, row: store.Row, at: datetime
) -> Person:
    """The account as it is now; nobody, if it was nobody's or has been closed meanwhile."""
    found = await accounts.reach(on, keyring, row.account_id or UUID(int=0), at)
    return _nobody(brand, row.account_key or b"") if found is None else _member(found)


def _member(found: accounts.Resolved) -> Person:
    stored = [(one.kind, one.value) for one in found.addresses]
    return Person(found.id, found.key, found.ref, found.name, found.locale, stored, {})


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


async def _way(
    on: Executor,
    keyring: Keyring,
    brand: brands.Brand,
    person: Person,
    allowance: guard.Allowance,
    wanted: str | None,
    at: datetime,
) -> Way:
    """The wanted channel, else the brand's order; a link by email where a code is closed, and as
    the stranger's last send of a day, which has an allowance of its own."""
    channel, to = _reach(brand, person, wanted)
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
    if channel is Channel.EMAIL and brand.email_proof == "link":
        proof = "link"
    if proof == "code" and email is not None and _is_code_closed(standing, channel, is_stranger):
        return Way(Channel.EMAIL, email, "link", verification.EMAIL_LINK_TTL, allowance)
    ttl = verification.EMAIL_LINK_TTL if proof == "link" else verification.CODE_TTL
    return Way(channel, to, proof, ttl, allowance)


def _reach(brand: brands.Brand, person: Person, wanted: str | None) -> tuple[Channel, Address]:
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


def _start(
    recovery: UUID,
    brand: brands.Brand,
    base: int,
    person: Person,
    way: Way,
    locale: str,
    words_version: int,
    patience: timedelta | None,
) -> verification.Start:
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
