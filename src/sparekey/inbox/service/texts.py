"""Texts that customers send: set words act, whatever else was written is for a person to read.

NO and STOP void what was sent to the number, in the books that every check reads, and let texts for
strangers rest for a day; whoever issues codes reacts to the event with what the books do not tell.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sparekey import events, gateways, guard
from sparekey.brands import Brand
from sparekey.db import Tx
from sparekey.inbox import journal, store
from sparekey.inbox.model import LATE, Contents, Kind, seal_contents
from sparekey.inbox.service.answering import Answer, answer
from sparekey.inbox.words import read_word
from sparekey.kit.address import Phone, UnusableAddress, read_phone
from sparekey.kit.ids import new_id
from sparekey.kit.keyring import Keyring

#: What a phone's message says with more than this is cut: a hundred texts in one.
MOST_CHARACTERS = 16_000
#: How long strangers' texts to a number rest after NO or STOP.
STOPPED = timedelta(hours=24)
#: How long texts that nobody asked for do after STOP: until START.
_FOR_GOOD = timedelta(days=100 * 365)


@dataclass(frozen=True, slots=True)
class Text:
    """What came from a phone: by a gateway (`gateway_id`), or typed in the sandbox."""

    brand: Brand
    channel: str
    sender: str = field(repr=False)
    to: str = field(repr=False)
    text: str = field(repr=False)
    gateway_id: UUID | None = None
    ref: str | None = None
    sent_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Texts:
    """Takes the texts that gateways tell of."""

    keyring: Keyring

    async def take(self, tx: Tx, told: gateways.Told) -> None:
        """Keep one and act on it."""
        heard = told.heard
        assert isinstance(heard, gateways.Incoming)
        text = Text(
            brand=told.brand,
            channel=heard.channel,
            sender=heard.sender,
            to=heard.to,
            text=heard.text,
            gateway_id=told.gateway.id,
            ref=heard.ref,
            sent_at=heard.at,
        )
        await take_text(tx, self.keyring, text, at=told.at)


async def take_text(tx: Tx, keyring: Keyring, text: Text, *, at: datetime) -> Kind | None:
    """Keep a text, tell of it, and answer a set word; None when it was here before."""
    sender = _sender(text)
    kind, locale = _read(text, sender, at)
    made = new_id(at)
    if not await store.KEEP.run(
        tx,
        id=made,
        brand=text.brand.id,
        gateway=text.gateway_id,
        channel=text.channel,
        kind=kind,
        about=None,
        ref_key=_ref_key(keyring, text),
        sealed=seal_contents(
            keyring,
            made,
            Contents(sender.value if sender else text.sender, text.to, text.text[:MOST_CHARACTERS]),
        ),
        at=at,
    ):
        return None
    await events.append(
        tx,
        at=at,
        kind=journal.OF_TEXT[kind],
        brand=text.brand.id,
        data={"message": made, "channel": text.channel, "as": kind.value},
    )
    if sender is not None:
        await answer(tx, keyring, Answer(text.brand, kind, sender, locale), at=at)
        await _act(tx, keyring, text.brand, kind, sender, at)
    return kind


async def _act(
    tx: Tx, keyring: Keyring, brand: Brand, kind: Kind, sender: Phone, at: datetime
) -> None:
    """What a set word does to strangers' codes for the number it came from. A number can be forged,
    so the words stop what strangers may start, and nothing that is the owner's."""
    key = guard.address_ledger(keyring, brand.id, sender)
    if kind in {Kind.STOP, Kind.NO}:
        await guard.block(
            tx, key=key, kind=guard.STOP, until=at + STOPPED, reason=f"{kind} by text", at=at
        )
        await guard.close_all(tx, keys=[key], at=at)
    if kind is Kind.STOP:
        until = at + _FOR_GOOD
        await guard.block(
            tx, key=key, kind=guard.OPT_OUT, until=until, reason="STOP by text", at=at
        )
    elif kind is Kind.START:
        await guard.unblock(tx, keys=[key], kinds=[guard.STOP, guard.OPT_OUT])


def _sender(text: Text) -> Phone | None:
    """The number it came from; None when that is a name, a short code or nothing that exists."""
    digits = text.sender.strip()
    try:
        return read_phone(digits if digits.startswith("+") else f"+{digits}")
    except UnusableAddress:
        return None


def _read(text: Text, sender: Phone | None, at: datetime) -> tuple[Kind, str | None]:
    if sender is None:
        return Kind.FOREIGN, None
    if text.sent_at is not None and text.sent_at < at - LATE:
        return Kind.LATE, None
    found = read_word(text.text)
    return (Kind(found[0].value), found[1]) if found else (Kind.OTHER, None)


def _ref_key(keyring: Keyring, text: Text) -> bytes | None:
    if text.gateway_id is None or not text.ref:
        return None
    return keyring.index("incoming", text.gateway_id.bytes, text.ref)
