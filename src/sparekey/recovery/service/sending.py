"""What a flow sends in a recovery: its proof, and words that prove nothing.

A flow says which words and which channel; where they go is found here. A proof goes to the
account's own verified address, or where a stranger's goes: nowhere, by the same rows.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from sparekey import accounts, brands, guard, outbox, templates, verification
from sparekey.db import Executor, Tx
from sparekey.kit.address import Address, Phone
from sparekey.kit.keyring import Keyring
from sparekey.kit.problem import Problem
from sparekey.recovery import store
from sparekey.recovery.model import BY_TEXT, State
from sparekey.recovery.service.reaching import (
    Person,
    Way,
    patience_of,
    person_again,
    reach,
    somebody,
    start_of,
    way_of,
)
from sparekey.verification import Channel

#: How long words that prove nothing may take to go out.
WORDS_LIFE = timedelta(hours=24)
#: Whoever answers by text may be anybody who can write in that number's name.
_TEXTED_CODE = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a flow wants to send: `channel` None leaves it to the brand's order."""

    template: str
    channel: str | None
    words_version: int
    is_known_browser: bool = False


class Sent(StrEnum):
    """What became of a proof that was to be sent."""

    #: It is on its way, or one that counts has been: the one before, or one that proved.
    SENT = "sent"
    #: The recovery was denied or is over, or its challenge has ended.
    OVER = "over"


async def send_proof(
    tx: Tx, keyring: Keyring, recovery: UUID, wanted: Wanted, *, at: datetime
) -> Sent | None:
    """Issue the recovery's challenge, or send it again; None when there is no such recovery.

    The first goes by the channel that the customer chose, a later one by what was drawn: by another
    channel at once, by the same a minute after the one before. A code that was drawn follows a code
    by email, too, for a page waits for one. A recovery that is proven, denied
    or over sends nothing, and neither does one whose challenge has ended: a new one belongs to
    whoever asks again, so that nobody gets more guesses at this one.
    """
    row = await store.FIND.maybe(tx, id=recovery, at=at)
    if row is None or row.account_key is None:
        return None
    if row.state != State.REQUESTED:
        return Sent.OVER if row.state in (State.DENIED, State.EXPIRED) else Sent.SENT
    brand = await brands.by_id(tx, row.brand_id)
    person = await person_again(tx, keyring, brand, row, at)
    challenge = await verification.find(tx, keyring, id=recovery, brand_id=brand.id, at=at)
    start = await _drawn(tx, keyring, brand, person, row, challenge, wanted, at)
    if challenge is None:
        await verification.issue(tx, keyring, start, at=at)
    elif not await _again(tx, keyring, challenge, start, person, row, at):
        return Sent.OVER
    tx.after_commit(outbox.wake)
    return Sent.SENT


async def proof_message(
    on: Executor, keyring: Keyring, recovery: UUID, *, brand_id: int, at: datetime
) -> UUID | None:
    """The message with the proof that counts now; None when none was ever sent."""
    sent = await verification.find(on, keyring, id=recovery, brand_id=brand_id, at=at)
    return None if sent is None else sent.row.message_id


async def _drawn(
    tx: Tx,
    keyring: Keyring,
    brand: brands.Brand,
    person: Person,
    row: store.Row,
    challenge: verification.Challenge | None,
    wanted: Wanted,
    at: datetime,
) -> verification.Start:
    """The challenge as it was drawn, by the way that is open to it."""
    allowance = guard.Allowance(challenge.row.allowance) if challenge else _allowance(wanted, row)
    asked_for = _asked_for(row, wanted, is_first=challenge is None)
    drawn = templates.find(wanted.template).proof
    keeps_code = drawn == "code" and challenge is not None and challenge.row.code_length > 0
    way = await way_of(
        tx, keyring, brand, person, allowance, asked_for, at, drawn=drawn, keeps_code=keeps_code
    )
    start = start_of(
        row.id,
        brand,
        await guard.base(tx),
        person,
        way,
        row.locale or person.locale or brand.locale,
        wanted.words_version,
        await patience_of(tx, brand, person, way, asked_for),
    )
    length = _TEXTED_CODE if row.channel == BY_TEXT else None
    return replace(start, template=_words(wanted, way), code_length=length)


def _asked_for(row: store.Row, wanted: Wanted, *, is_first: bool) -> str | None:
    chosen = row.channel, wanted.channel
    return next((one for one in (chosen if is_first else chosen[::-1]) if one), None)


def _allowance(wanted: Wanted, row: store.Row) -> guard.Allowance:
    if row.channel == BY_TEXT:
        return guard.Allowance.TEXT
    known = wanted.is_known_browser
    return guard.Allowance.KNOWN_BROWSER if known else guard.Allowance.STRANGER


def _words(wanted: Wanted, way: Way) -> str:
    """The template that was drawn, where it carries this proof on this channel; else the usual."""
    found = templates.find(wanted.template)
    written = "email" if way.channel is Channel.EMAIL else "sms"
    fits = found.purpose == "recovery" and found.proof == way.proof and written in found.channels
    return wanted.template if fits else way.template


async def _again(
    tx: Tx,
    keyring: Keyring,
    challenge: verification.Challenge,
    start: verification.Start,
    person: Person,
    row: store.Row,
    at: datetime,
) -> bool:
    """The same challenge once more, unless that is too soon; False when it has ended."""
    wanted = verification.Resend(
        brand_id=start.brand_id,
        is_sandbox=start.is_sandbox,
        base=start.base,
        template=start.template,
        locale=start.locale,
        ttl=start.ttl,
        allowed_countries=start.allowed_countries,
        to=start.to,
        channel=start.channel,
        proof=start.proof,
        is_silenced=person.is_stranger and row.account_id is not None,
        falls_back_after=start.falls_back_after,
        after=challenge.row.message_id if start.channel != challenge.row.channel else None,
    )
    try:
        await verification.resend(tx, keyring, challenge, wanted, at=at)
    except Problem as problem:
        if problem.code not in {"verification.too_soon", "verification.ended"}:
            raise
        return problem.code != "verification.ended"
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Words that prove nothing, for the person of a run: of a recovery, or of an account."""

    about: UUID
    brand_id: int
    account_id: UUID | None
    wanted: Wanted
    #: To where the proof went, if one did.
    is_to_challenge: bool


async def send_words(tx: Tx, keyring: Keyring, words: Words, *, at: datetime) -> UUID | None:
    """Queue them for one of the account's own addresses; the message's id, None when there is
    nobody to write to. For a stranger the same rows are written, and nothing goes out; neither does
    what is too much, or stopped, of what anybody may have begun in the account's name."""
    brand = await brands.by_id(tx, words.brand_id)
    row = await store.FIND.maybe(tx, id=words.about, at=at)
    if row is not None and (row.brand_id != brand.id or row.state == "denied"):
        return None
    person = (
        await somebody(tx, keyring, words.account_id, at)
        if row is None
        else await person_again(tx, keyring, brand, row, at)
    )
    if person is None:
        return None
    letter = await _letter_of(tx, keyring, brand, person, row, words, at)
    account = await accounts.get_by_id(tx, keyring, person.account_id or UUID(int=0))
    is_silent = await _is_silent(tx, keyring, brand, person, letter, at)
    values = {
        "name": person.name or "",
        "happened_at": at.isoformat(),
        **_values_of(brand, account),
    }
    message = outbox.Message(
        brand_id=brand.id,
        channel=letter.channel,
        template=words.wanted.template,
        locale=(row.locale if row else None) or person.locale or brand.locale,
        words_version=words.wanted.words_version,
        envelope=outbox.envelope_of(letter.to, values),
        expires_at=at + WORDS_LIFE,
        about=words.about,
        is_decoy=person.is_stranger or is_silent,
    )
    return await outbox.enqueue(tx, keyring, message, at=at)


def _values_of(brand: brands.Brand, account: accounts.Account | None) -> dict[str, str]:
    """What the words may say of an account; its days are those of the brand's time zone."""
    if account is None:
        return {}
    expires_at = account.password_expires_at
    zone = ZoneInfo(brand.time_zone)
    day = None if expires_at is None else expires_at.astimezone(zone).date().isoformat()
    given = {"login": account.username, "expires_on": day}
    return {name: value for name, value in given.items() if value is not None}


@dataclass(frozen=True, slots=True)
class _Letter:
    """Words on their way to an address, about a recovery or none. `is_unwanted`: nobody asked for
    them, and the number that is all there is has said STOP."""

    row: store.Row | None
    words: Words
    channel: Channel
    to: Address
    is_unwanted: bool = False


async def _letter_of(
    tx: Tx,
    keyring: Keyring,
    brand: brands.Brand,
    person: Person,
    row: store.Row | None,
    words: Words,
    at: datetime,
) -> _Letter:
    """Where they go. What nobody asked for goes by email where the number has said STOP."""
    channel, to = await _destination(tx, keyring, brand, person, words, at)
    letter = _Letter(row, words, channel, to)
    if row is not None or not await _has_opted_out(tx, keyring, brand, person, letter, at):
        return letter
    email = person.address(Channel.EMAIL)
    if email is None or "email" not in templates.find(words.wanted.template).channels:
        return replace(letter, is_unwanted=True)
    return replace(letter, channel=Channel.EMAIL, to=email)


async def _is_silent(
    tx: Tx, keyring: Keyring, brand: brands.Brand, person: Person, letter: _Letter, at: datetime
) -> bool:
    """Whether these words go nowhere. Until somebody has proven, a stranger may have begun it: what
    stops strangers' codes to a number stops their words, and both have an allowance each."""
    if letter.row is None:
        return letter.is_unwanted
    if letter.row.state in {State.PROVEN, State.COMPLETED}:
        return False
    to, allowance = letter.to, _allowance(letter.words.wanted, letter.row)
    sends_key = outbox.sends_key(keyring, brand.id, to, is_sandbox=brand.is_sandbox)
    standing = await guard.standing(
        tx,
        account_key=person.key,
        sends_key=sends_key,
        keys=[person.key, guard.address_ledger(keyring, brand.id, to)],
        cap_class=allowance,
        at=at,
    )
    limits = guard.limits(
        guard.Asked(
            brand_id=brand.id,
            allowance=allowance,
            is_words=True,
            account_key=person.key,
            address_key=sends_key,
            country=to.region if isinstance(to, Phone) else None,
            allowed_countries=brand.allowed_countries,
        )
    )
    reserved = await guard.reserve_send(tx, limits, at=at)
    return reserved.is_silenced or bool(standing.kinds & _stops(allowance, letter.channel))


async def _has_opted_out(
    on: Executor,
    keyring: Keyring,
    brand: brands.Brand,
    person: Person,
    letter: _Letter,
    at: datetime,
) -> bool:
    is_unasked = templates.find(letter.words.wanted.template).is_unasked
    if letter.channel is Channel.EMAIL or not is_unasked:
        return False
    standing = await guard.standing(
        on,
        account_key=person.key,
        sends_key=outbox.sends_key(keyring, brand.id, letter.to, is_sandbox=brand.is_sandbox),
        keys=[guard.address_ledger(keyring, brand.id, letter.to)],
        cap_class=guard.CapClass.WORDS,
        at=at,
    )
    return guard.OPT_OUT in standing.kinds


def _stops(allowance: guard.Allowance, channel: Channel) -> set[str]:
    if allowance is guard.Allowance.KNOWN_BROWSER or channel is Channel.EMAIL:
        return {guard.BLOCK}
    return {guard.BLOCK, guard.FREEZE, guard.STOP}


async def _destination(
    on: Executor,
    keyring: Keyring,
    brand: brands.Brand,
    person: Person,
    words: Words,
    at: datetime,
) -> tuple[Channel, Address]:
    found = templates.find(words.wanted.template).channels
    wanted = words.wanted.channel
    if words.is_to_challenge:
        sent = await verification.find(on, keyring, id=words.about, brand_id=brand.id, at=at)
        if sent is not None and sent.kept is not None:
            channel = Channel(sent.row.channel)
            written = "email" if channel is Channel.EMAIL else "sms"
            if written in found:
                return channel, sent.kept.address
    if wanted not in found:
        wanted = found[0] if len(found) == 1 else None
    return reach(brand, person, wanted)
