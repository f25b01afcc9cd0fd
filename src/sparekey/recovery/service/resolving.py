"""In the background: whose account is it, how is its owner reached, begin the brand's flow or send
the proof.

Whoever was named, the same statements run and the same rows are written: a stranger gets a decoy,
whose message is rendered and then dropped.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

import msgspec
import structlog

from sparekey import accounts, brands, flows, guard, jobs, outbox, templates, verification
from sparekey.db import Db
from sparekey.kit.address import Phone, read_phone
from sparekey.kit.keyring import Keyring
from sparekey.recovery import store
from sparekey.recovery.model import BY_TEXT, Asked
from sparekey.recovery.service.knowing import known_of_request
from sparekey.recovery.service.reaching import (
    Person,
    Way,
    number_key,
    patience_of,
    person_again,
    person_at,
    person_of,
    start_of,
    way_of,
)
from sparekey.verification import Channel

#: What a browser that brings no token is looked up by: nothing matches it.
_NO_DEVICE = "-"

_log = structlog.get_logger()


async def resolve(
    db: Db, keyring: Keyring, recovery: UUID, *, at: datetime, by_flow: bool = True
) -> None:
    """Look the identifier up, wipe it, and begin the brand's flow; once. A brand without one, or
    whose flow does not begin, issues the challenge and its message."""
    row = await store.UNRESOLVED.maybe(db, id=recovery, at=at)
    if row is None:
        return
    asked = msgspec.json.decode(keyring.unseal(row.asked, bound_to=recovery.bytes), type=Asked)
    brand = await brands.by_id(db, row.brand_id)
    person = (
        await person_of(db, keyring, brand, asked.identifier, at)
        if asked.number is None
        else await person_at(db, keyring, brand, asked.identifier, asked.number, at)
    )
    is_known = await accounts.known_device(
        db, keyring, asked.device or _NO_DEVICE, person.account_id, at
    )
    found = _Found(row, brand, person, asked, is_known)
    if by_flow and await _begin(db, keyring, found, at):
        return
    if asked.number is None:
        await _send(db, keyring, found, at)
    else:  # nothing but a flow knows what to do with a word
        await store.RESOLVED.run(
            db, id=row.id, account_id=person.account_id, account_key=person.key
        )


@dataclass(frozen=True, slots=True)
class _Found:
    """A request with whom it named."""

    row: store.UnresolvedRow
    brand: brands.Brand
    person: Person
    asked: Asked
    is_known_browser: bool


async def _begin(db: Db, keyring: Keyring, found: _Found, at: datetime) -> bool:
    """Begin the brand's flow with the recovery's own id; False when it has none that begins here:
    nobody stays outside because of a drawing."""
    person, row, brand = found.person, found.row, found.brand
    key = person.account_id or UUID(bytes=person.key[:16])
    kind = "start_page" if found.asked.number is None else "start_keyword"
    ready = await flows.prepare(db, brand.id, kind=kind, word=found.asked.word, key=key)
    if ready is None:
        return False
    start = flows.Start(
        id=row.id,
        account_id=person.account_id,
        facts=await known_of_request(
            db,
            keyring,
            brand,
            person,
            start=kind,
            channel="sms" if row.channel == BY_TEXT else row.channel or brand.channel_order[0],
            locale=row.locale,
            is_known_browser=found.is_known_browser,
            at=at,
        ),
        reply_key=_reply_key(keyring, found),
        door=_door(found),
    )
    try:
        async with db.transaction() as tx:
            resolved = await store.RESOLVED.run(
                tx, id=row.id, account_id=person.account_id, account_key=person.key
            )
            if resolved and not await flows.begin(tx, ready, start, keyring=keyring, at=at):
                raise flows.Stuck("account.too_many_runs")
    except flows.Stuck as stuck:
        _log.warning("flow_not_begun", brand=brand.slug, flow=ready.flow, reason=stuck.code)
        return False
    outbox.wake()
    return True


def _door(found: _Found) -> flows.Door:
    if found.asked.number is not None:
        return flows.Door.TEXT
    return flows.Door.KNOWN if found.is_known_browser else flows.Door.STRANGER


def _reply_key(keyring: Keyring, found: _Found) -> UUID | None:
    """Of the number that asked, else of the account's; a stranger's, too."""
    number = found.asked.number
    phone = found.person.address(Channel.SMS) if number is None else read_phone(number)
    return number_key(keyring, found.brand.id, phone) if isinstance(phone, Phone) else None


async def _send(db: Db, keyring: Keyring, found: _Found, at: datetime) -> None:
    """Issue the challenge and its message, as every brand does that draws nothing."""
    person, row, brand = found.person, found.row, found.brand
    allowance = (
        guard.Allowance.KNOWN_BROWSER if found.is_known_browser else guard.Allowance.STRANGER
    )
    way = await way_of(db, keyring, brand, person, allowance, row.channel, at)
    locale = row.locale or person.locale or brand.locale
    words_version = await templates.current_version(db, brand.id)
    patience = await patience_of(db, brand, person, way, row.channel)
    start = start_of(
        row.id, brand, await guard.base(db), person, way, locale, words_version, patience
    )
    async with db.transaction() as tx:
        resolved = await store.RESOLVED.run(
            tx, id=row.id, account_id=person.account_id, account_key=person.key
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
    person = await person_again(db, keyring, brand, row, at)
    allowance = guard.Allowance(challenge.row.allowance)
    way = await way_of(db, keyring, brand, person, allowance, channel or challenge.row.channel, at)
    wanted = replace(
        _again(brand, await guard.base(db), person, row, way),
        falls_back_after=await patience_of(db, brand, person, way, channel),
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
    person = await person_again(db, keyring, brand, row, at)
    way = _next_way(brand, person, challenge, failure)
    if way is None:
        return
    wanted = replace(
        _again(brand, await guard.base(db), person, row, way),
        falls_back_after=await patience_of(db, brand, person, way, None),
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
