"""Keeping what sandbox brands send and what is typed there, and reading an inbox."""

from collections.abc import Sequence
from datetime import datetime
from email.message import EmailMessage
from uuid import UUID

from sparekey import gateways, inbox, jobs
from sparekey.brands import Brand
from sparekey.db import Db, Executor
from sparekey.kit.address import Address, Email, Phone
from sparekey.kit.grouping import Grouped
from sparekey.kit.ids import floor_id, new_id
from sparekey.kit.keyring import Keyring
from sparekey.kit.problem import Problem
from sparekey.sandbox import store

MOST_MESSAGES = 200
#: Wakes whoever watches a screen of this process.
SCREENS = "sandbox.screens"


class Inbox:
    """Where the sandbox wire leaves its messages; many at a time in one statement."""

    def __init__(self, db: Db, keyring: Keyring) -> None:
        self._db = db
        self._keyring = keyring
        self._grouped = Grouped(self._write)

    async def keep(self, message: gateways.Outgoing, is_dropped: bool) -> None:
        """Keep a message; a dropped one (a decoy's) where nobody sees it."""
        await self._grouped.add((message, is_dropped))

    async def _write(self, group: Sequence[tuple[gateways.Outgoing, bool]]) -> None:
        messages = [message for message, _ in group]
        await store.KEEP.run(
            self._db,
            ids=[message.id for message in messages],
            brands=[message.brand_id for message in messages],
            keys=[key_of(self._keyring, message.brand_id, message.to) for message in messages],
            dropped=[is_dropped for _, is_dropped in group],
            channels=[message.channel for message in messages],
            senders=[message.sender for message in messages],
            addresses=[message.to for message in messages],
            subjects=[message.subject for message in messages],
            texts=[message.text for message in messages],
            htmls=[message.html for message in messages],
            sent_at=[message.sent_at for message in messages],
        )
        jobs.wake(SCREENS).set()


async def read_inbox(
    on: Executor, keyring: Keyring, *, brand_id: int, address: Address
) -> list[store.Delivery]:
    """What this phone or mailbox received, oldest first; the first 200."""
    key = key_of(keyring, brand_id, address.value)
    return await store.INBOX.all(on, brand=brand_id, key=key, limit=MOST_MESSAGES)


async def keep_reply(
    db: Db,
    keyring: Keyring,
    brand: Brand,
    *,
    sender: Address,
    recipient: str,
    text: str,
    at: datetime,
) -> UUID:
    """Keep what was typed on a phone or in a mailbox; its id. A phone's text is taken as a
    carrier's would be, a mailbox's answer to its latest email as a mail server's; Problem 429
    where that one was answered too often.
    """
    reply = new_id(at)
    if isinstance(sender, Email):
        await _answer_latest(db, keyring, brand, sender, text, at=at)
    async with db.transaction() as tx:
        await store.REPLY.run(
            tx,
            id=reply,
            brand=brand.id,
            sender=sender.value,
            recipient=recipient,
            text=text,
            at=at,
        )
        if isinstance(sender, Phone):
            typed = inbox.Text(brand, "sms", sender.value, recipient, text)
            await inbox.take_text(tx, keyring, typed, at=at)
    jobs.wake(SCREENS).set()
    return reply


async def _answer_latest(
    db: Db, keyring: Keyring, brand: Brand, sender: Email, text: str, *, at: datetime
) -> None:
    key = key_of(keyring, brand.id, sender.value)
    for latest in await store.NEWEST.all(db, brand=brand.id, key=key, limit=1):
        mail = EmailMessage()
        mail["From"], mail["Subject"] = sender.value, f"Re: {latest.subject or ''}"
        mail.set_content(text)
        to = inbox.Addressed(latest.id, "reply")
        try:
            await inbox.keep_letter(db, keyring, to, sender.value, mail.as_bytes(), at=at)
        except inbox.Full as full:
            raise Problem("inbox.full", 429, "This email has been answered often enough.") from full


async def sweep(on: Executor, *, before: datetime) -> None:
    """Forget messages and replies from before this, messages ten thousand at a time."""
    await store.SWEEP_REPLIES.run(on, before=floor_id(before))
    while await store.SWEEP.run(on, before=floor_id(before)):
        pass


def key_of(keyring: Keyring, brand_id: int, address: str) -> bytes:
    return keyring.index("sandbox", str(brand_id), address)
