"""Mail that comes back: kept when it arrives at the address of one of our messages, read later.

The token in the address proves which message is meant; who says so is anybody who has seen it. So a
reply may deny what the message was about, as the link in it may, and allow nothing; and a bounce
tells of that message alone.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

import msgspec
import structlog
from prometheus_client import Counter

from sparekey import brands, events, guard, jobs, outbox, receipts
from sparekey.db import Db, Executor, Tx
from sparekey.inbox import journal, letters, store
from sparekey.inbox.letters import Letter
from sparekey.inbox.model import Contents, Kind, seal_contents
from sparekey.inbox.service.answering import Answer, answer
from sparekey.inbox.words import Word, read_word
from sparekey.kit.clock import Clock
from sparekey.kit.ids import floor_id, made_at, new_id
from sparekey.kit.keyring import BrokenSeal, Keyring

QUEUE = "inbox.letter"
#: What is larger is refused where it arrives: nobody says no in five megabytes.
MOST_BYTES = 5 * 1024 * 1024
#: How long an answer to a message of ours is about something.
LATE = timedelta(days=30)
LEASE = timedelta(seconds=60)
MOST_ATTEMPTS = 5
#: How long what could not be read waits for somebody to look at it.
KEPT = timedelta(days=7)
_MOST_TEXT = 4000
_ADDRESSEES = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "To", "Cc")

Purpose = Literal["bounce", "reply"]
_log = structlog.get_logger()
_came = Counter("sparekey_letters", "Mail that arrived, by outcome", ["outcome"])


class Sealed(msgspec.Struct, frozen=True):
    """What of a letter's row is sealed: all of it."""

    envelope_sender: str
    octets: bytes


@dataclass(frozen=True, slots=True)
class Addressed:
    """A message of ours, and which of its two addresses a mail came to."""

    message_id: UUID
    purpose: Purpose


class Full(Exception):
    """The address of this message has got more mail than anybody writes: try again then."""

    def __init__(self, again_at: datetime) -> None:
        super().__init__(again_at)
        self.again_at = again_at


def read_recipient(keyring: Keyring, address: str) -> Addressed | None:
    """What the token behind the + of an address names; None for anybody else's address."""
    return read_tag(keyring, address.rpartition("@")[0].partition("+")[2])


def read_tag(keyring: Keyring, tag: str) -> Addressed | None:
    """What a token names."""
    purposes: tuple[Purpose, ...] = ("reply", "bounce")
    for purpose in purposes:
        message_id = outbox.read_answer_token(keyring, purpose, tag)
        if message_id is not None:
            return Addressed(message_id, purpose)
    return None


def addressed(keyring: Keyring, octets: bytes) -> list[Addressed]:
    """Whose addresses the headers of a mail name, for mail that comes without an envelope."""
    found = (read_tag(keyring, tag) for tag in letters.tags(octets, _ADDRESSEES))
    return list(dict.fromkeys(one for one in found if one is not None))


async def keep_letter(
    db: Db,
    keyring: Keyring,
    to: Addressed,
    envelope_sender: str,
    octets: bytes,
    *,
    at: datetime,
    fetched: str | None = None,
) -> bool:
    """Keep a mail; when this returns it is durable. Raises Full.

    `fetched` says which mail of which mailbox it is, where several may bring the same one: False
    when it was kept before.
    """
    made = new_id(at)
    plain = msgspec.msgpack.encode(Sealed(envelope_sender, octets))
    sealed = keyring.seal(plain, bound_to=made.bytes)
    async with db.transaction() as tx:
        if not await _is_first(tx, keyring, to, fetched, at):
            return False
        await _take_room(tx, keyring, to, at)
        await store.KEEP_LETTER.run(
            tx, id=made, message=to.message_id, purpose=to.purpose, sealed=sealed, at=at
        )
    _came.labels("kept").inc()
    jobs.wake(QUEUE).set()
    return True


async def refuse_letter(
    db: Db, keyring: Keyring, to: Addressed, *, at: datetime, fetched: str | None = None
) -> None:
    """Tell that a mail was too large to be kept, and lies where it came to. Raises Full."""
    async with db.transaction() as tx:
        if not await _is_first(tx, keyring, to, fetched, at):
            return
        await _take_room(tx, keyring, to, at)
        brand_id = await outbox.brand_of(tx, to.message_id)
        if brand_id is not None:
            await events.append(
                tx,
                at=at,
                kind=journal.LETTER_TOO_LARGE,
                brand=brand_id,
                data={"channel": "email", "about": to.message_id},
            )
    _came.labels("too_large").inc()


async def _is_first(
    tx: Tx, keyring: Keyring, to: Addressed, fetched: str | None, at: datetime
) -> bool:
    if fetched is None:
        return True
    key = keyring.index("fetched", fetched, to.message_id.bytes, to.purpose)
    return await store.NOTE_FETCHED.run(tx, key=key, at=at) > 0


async def _take_room(tx: Tx, keyring: Keyring, to: Addressed, at: datetime) -> None:
    key = keyring.index("letter", to.message_id.bytes)
    again_at = await guard.take_letter(tx, letter_key=key, at=at)
    if again_at is not None:
        _came.labels("full").inc()
        raise Full(again_at)


@dataclass(slots=True)
class Letters:
    """The verbs of the loop over `inbox.letter`."""

    db: Db
    keyring: Keyring
    clock: Clock
    _leases: jobs.Leases = field(init=False)

    def __post_init__(self) -> None:
        self._leases = jobs.Leases(LEASE, self.clock, self._recall)

    def loop(self) -> jobs.ClaimLoop[store.LetterRow]:
        """The loop, ready to run."""
        return jobs.ClaimLoop(
            name=QUEUE,
            claim=self.claim,
            work=self.read,
            release=self.release,
            failed=self.failed,
            wake=jobs.wake(QUEUE),
            concurrency=2,
            batch=10,
            lease=LEASE,
            poll=timedelta(seconds=1),
        )

    async def claim(self, limit: int) -> list[store.LetterRow]:
        """Take letters under a lease."""

        async def take(at: datetime, until: datetime) -> list[store.LetterRow]:
            return await store.CLAIM_LETTERS.all(self.db, at=at, until=until, limit=limit)

        return await self._leases.claim(take)

    async def _recall(self, at: datetime, ends: Sequence[datetime]) -> None:
        await store.RECALL_LETTERS.run(self.db, at=at, ends=ends)

    async def release(self, rows: Sequence[store.LetterRow]) -> None:
        """Give back letters that were not begun."""
        await store.RELEASE_LETTERS.run(
            self.db,
            at=self.clock(),
            ids=[row.id for row in rows],
            fences=[row.fence for row in rows],
        )

    async def read(self, row: store.LetterRow) -> None:
        """Read one letter and act on it, once."""
        if row.fence > MOST_ATTEMPTS:
            await self._put_aside(row)
            return
        try:
            plain = self.keyring.unseal(row.sealed, bound_to=row.id.bytes)
        except BrokenSeal:
            await self._put_aside(row, "BrokenSeal")
            return
        kept = msgspec.msgpack.decode(plain, type=Sealed)
        letter = await asyncio.to_thread(letters.read_letter, kept.octets, kept.envelope_sender)
        brand_id = await outbox.brand_of(self.db, row.message_id)
        brand = None if brand_id is None else await brands.by_id(self.db, brand_id)
        bounce = None
        if row.purpose == "bounce":
            bounce = await asyncio.to_thread(receipts.read_bounce, letter.mail)
        async with self.db.transaction() as tx:
            if not await store.TAKE_LETTER.run(tx, id=row.id, fence=row.fence) or brand is None:
                return
            if row.purpose == "reply":
                await take_reply(tx, self.keyring, brand, row.message_id, letter, at=self.clock())
            elif bounce is not None:
                await receipts.bounced(tx, row.message_id, brand.id, bounce, at=row.received_at)
        _came.labels("read").inc()

    async def failed(self, row: store.LetterRow, error: Exception) -> None:
        """Keep by what it failed, never in which words: they may be the letter's."""
        await store.NOTE_LETTER_ERROR.run(
            self.db, id=row.id, fence=row.fence, error_code=type(error).__name__
        )

    async def _put_aside(self, row: store.LetterRow, code: str | None = None) -> None:
        await store.PUT_LETTER_ASIDE.run(self.db, id=row.id, fence=row.fence, error_code=code)
        _came.labels("unreadable").inc()
        _log.warning(
            "letter_unreadable", purpose=row.purpose, reason=code or "it failed again and again"
        )


async def take_reply(
    tx: Tx, keyring: Keyring, brand: brands.Brand, message_id: UUID, letter: Letter, *, at: datetime
) -> Kind | None:
    """Keep a reply, tell of it, and answer who asks for help; None when it was here before.

    What may be an answer to a flow is left to whoever knows whether one waits for it.
    """
    kind, locale = _read(letter, message_id, at)
    made = new_id(at)
    contents = Contents(
        letter.sender.value if letter.sender else "",
        "",
        letter.text[:_MOST_TEXT],
        letter.subject,
    )
    ref_key = letter.name and keyring.index("letter", message_id.bytes, letter.name)
    if not await store.KEEP.run(
        tx,
        id=made,
        brand=brand.id,
        gateway=None,
        channel="email",
        kind=kind,
        about=message_id,
        ref_key=ref_key,
        sealed=seal_contents(keyring, made, contents),
        at=at,
    ):
        return None
    await events.append(
        tx,
        at=at,
        kind=journal.OF_LETTER[kind],
        brand=brand.id,
        data={"message": made, "channel": "email", "as": kind.value, "about": message_id},
    )
    if letter.sender is not None and kind is Kind.HELP:
        wanted = Answer(brand, kind, letter.sender, locale, about=message_id)
        await answer(tx, keyring, wanted, at=at)
    return kind


def _read(letter: Letter, message_id: UUID, at: datetime) -> tuple[Kind, str | None]:
    """Of the set words only "that was not me" and help mean something in an email."""
    if letter.is_automatic:
        return Kind.AUTOMATIC, None
    if made_at(message_id) < at - LATE:
        return Kind.LATE, None
    found = read_word(letter.text)
    if found is not None and found[0] in {Word.NO, Word.HELP}:
        return Kind(found[0].value), found[1]
    return Kind.OTHER, None


async def count_aside(on: Executor) -> int:
    """How many letters could not be read and wait for a person."""
    return await store.COUNT_LETTERS_ASIDE.one(on)


async def aside(on: Executor, *, limit: int = 100) -> list[store.Aside]:
    """The letters that wait for a person, the oldest first."""
    return await store.LETTERS_ASIDE.all(on, limit=limit)


async def read_again(on: Executor, letter_id: UUID | None = None, *, at: datetime) -> int:
    """Have what lies aside read as when it came, all of it or one letter; how many it was."""
    count = await store.READ_LETTERS_AGAIN.run(on, id=letter_id, at=at)
    on.after_commit(jobs.wake(QUEUE).set)
    return count


async def sweep_letters(db: Db, *, at: datetime) -> int:
    """Forget what could not be read a week ago, and which mails were fetched; how many letters."""
    await store.SWEEP_FETCHED.run(db, before=at - LATE)
    return await store.SWEEP_LETTERS.run(db, before=floor_id(at - KEPT))
