"""When no delivery is confirmed in time: the same challenge once more, by the brand's next channel.

Nothing that an unsigned gateway says has a part in it: only what we know ourselves, and receipts
whose sender is proven.
"""

from datetime import datetime, timedelta
from uuid import UUID

from sparekey import accounts, brands, events, gateways, guard, outbox
from sparekey.brands import Brand
from sparekey.db import Db, Executor
from sparekey.kit.address import Address, read_email
from sparekey.kit.keyring import Keyring
from sparekey.verification import store
from sparekey.verification.journal import UNCONFIRMED
from sparekey.verification.model import Channel, Purpose, State
from sparekey.verification.service.checking import Challenge, find
from sparekey.verification.service.resending import Resend, resend

#: For these a mailbox of the account may stand in for its number. A second factor, an approval or
#: an address to be proven is about that one address.
_BY_EMAIL = frozenset({Purpose.RECOVERY, Purpose.SIGN_IN})
#: What went over budget goes by email, whoever chose the channel.
OVER_BUDGET = "budget"


async def falls_back_after(on: Executor, brand: Brand) -> timedelta | None:
    """How long a brand waits for a confirmed delivery; None when it never falls back.

    Everything that a sandbox sends arrives.
    """
    if brand.is_sandbox:
        return None
    seconds = (await gateways.current_terms(on, brand.id)).fall_back_seconds
    return timedelta(seconds=seconds) if seconds else None


def next_channels(brand: Brand, current: str) -> list[Channel]:
    """The brand's channels after this one; nothing comes after email, which nobody confirms."""
    if current == Channel.EMAIL:
        return []
    order = [Channel(channel) for channel in brand.channel_order]
    return order[order.index(Channel(current)) + 1 :] if current in order else order


def may_fall_back(
    brand: Brand, current: str, to: Address, purpose: Purpose, *, named: bool
) -> bool:
    """Whether there is a channel to try after this one, as far as can be told unseen."""
    return any(
        channel.reaches(to) or (named and purpose in _BY_EMAIL)
        for channel in next_channels(brand, current)
    )


async def fall_back(
    db: Db, keyring: Keyring, id: UUID, message: UUID, *, failure: str | None, at: datetime
) -> None:
    """Try the next channel, unless the message has arrived, another has gone out since, or the
    challenge is over. `failure` says why it will not arrive; None: nobody said so yet.

    What belongs to a recovery is the recovery's to send: it is told by an event.
    """
    waiting = await store.WAITING.maybe(db, id=id, message=message, at=at)
    if waiting is None:
        return
    standing = await outbox.standing(db, id=message, brand_id=waiting.brand_id)
    if standing is None or standing.is_confirmed:
        return
    if waiting.is_owned:
        async with db.transaction() as tx:
            data = {"message": message, "failure": failure}
            await events.append(
                tx, at=at, kind=UNCONFIRMED, brand=waiting.brand_id, subject=id, data=data
            )
        return
    challenge = await find(db, keyring, id=id, brand_id=waiting.brand_id, at=at)
    if challenge is not None and is_meant(challenge, failure):
        brand = await brands.by_id(db, waiting.brand_id)
        await _send_elsewhere(db, keyring, brand, challenge, message, failure, at)


async def _send_elsewhere(
    db: Db,
    keyring: Keyring,
    brand: Brand,
    challenge: Challenge,
    message: UUID,
    failure: str | None,
    at: datetime,
) -> None:
    found, kept = await _next(db, keyring, brand, challenge, failure, at), challenge.kept
    if found is None or kept is None:
        return
    channel, to = found
    has_more = may_fall_back(
        brand, channel, to, Purpose(challenge.row.purpose), named=kept.account is not None
    )
    wanted = Resend(
        brand_id=brand.id,
        is_sandbox=brand.is_sandbox,
        base=await guard.base(db),
        template=kept.template,
        locale=kept.locale,
        ttl=kept.ttl,
        allowed_countries=brand.allowed_countries,
        to=to,
        channel=channel,
        falls_back_after=await falls_back_after(db, brand) if has_more else None,
        after=message,
    )
    await resend(db, keyring, challenge, wanted, at=at)
    outbox.wake()


def is_meant(challenge: Challenge, failure: str | None) -> bool:
    """Whether this challenge falls back: the channel was left to us, or there is no money for it.
    A link needs no other way: it goes by email."""
    kept = challenge.kept
    if kept is None or challenge.is_by_link or challenge.row.state != State.PENDING:
        return False
    return kept.falls_back or failure == OVER_BUDGET


async def _next(
    db: Db, keyring: Keyring, brand: Brand, challenge: Challenge, failure: str | None, at: datetime
) -> tuple[Channel, Address] | None:
    """The next channel that reaches the person, and where; without money only email will do."""
    kept = challenge.kept
    assert kept is not None
    for channel in next_channels(brand, challenge.row.channel):
        if channel is Channel.EMAIL:
            to = await _mailbox(db, keyring, brand, challenge, at)
            if to is not None:
                return channel, to
        elif failure != OVER_BUDGET and channel.reaches(kept.address):
            return channel, kept.address
    return None


async def _mailbox(
    db: Db, keyring: Keyring, brand: Brand, challenge: Challenge, at: datetime
) -> Address | None:
    """The verified mailbox of the account that the caller named, where one may stand in."""
    kept = challenge.kept
    if kept is None or kept.account is None or Purpose(challenge.row.purpose) not in _BY_EMAIL:
        return None
    account = await accounts.get(db, keyring, brand.id, kept.account)
    for one in account.addresses if account is not None else ():
        if one.kind == "email" and one.verified_at is not None and one.usable_from <= at:
            return read_email(one.value)
    return None
