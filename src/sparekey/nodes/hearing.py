"""What people write, for the flows that wait for it: words that start one, codes, replies.

The words that always mean something (STOP, NO, HELP, START) never come here. What nobody waits for
stays what it is: a message for a person; by email, its writer is told who helps.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sparekey import brands, flows, inbox, jobs, outbox, recovery
from sparekey.flows import Signal
from sparekey.kit.address import Phone, read_email, read_phone
from sparekey.nodes.settings import tidied


@dataclass(frozen=True, slots=True)
class _Text:
    """A text from a number."""

    context: jobs.Context
    brand: brands.Brand
    number: Phone
    words: str
    id: UUID
    received_at: datetime
    at: datetime


async def hear(context: jobs.Context, received: UUID) -> bool:
    """Let flows hear it; False when none waited for it."""
    message = await inbox.read(context.db, context.keyring, received)
    if message is None:
        return False
    if message.channel == "email":
        return await _by_email(context, message)
    brand = await brands.by_id(context.db, message.brand_id)
    number, words = read_phone(message.contents.sender), message.contents.text
    at = context.clock()
    text = _Text(context, brand, number, words, received, message.received_at, at)
    return await _as_code(text) or await _as_keyword(text) or await _as_reply(text)


async def _as_code(text: _Text) -> bool:
    """What can be a code is looked at by every run that sent this number one, the youngest first,
    until it is right: of several that were asked for, people send back whichever they see."""
    context, brand = text.context, text.brand
    key = recovery.number_key(context.keyring, brand.id, text.number)
    was_looked_at = False
    for run in await flows.waiting_for(context.db, brand.id, key, Signal.CODE_CHECKED):
        is_right = await recovery.prove_by_text(
            context.db, context.keyring, brand, run, text.number, text.words, at=text.at
        )
        if is_right:
            return True
        was_looked_at = was_looked_at or is_right is not None
    return was_looked_at


async def _as_keyword(text: _Text) -> bool:
    """A word that starts a flow, alone or with a customer number: the answer is the same whoever
    it is, and what is looked up is looked up later."""
    context, said = text.context, tidied(text.words)
    word, _, named = said.partition(" ")
    for begins, who in ((said, ""), (word, named)):
        ready = await flows.prepare(
            context.db, text.brand.id, kind="start_keyword", word=begins, key=text.id
        )
        if ready is not None:
            await _ask(text, begins, who.strip() or None)
            return True
    return False


async def _ask(text: _Text, word: str, named: str | None) -> None:
    context, brand = text.context, text.brand
    answer = inbox.Answer(brand, inbox.Kind.OTHER, text.number, words="text_asked")
    async with context.db.transaction() as tx:
        if await recovery.ask_by_text(
            tx, context.keyring, brand, text.number, word=word, named=named, at=text.at
        ):
            await inbox.answer(tx, context.keyring, answer, at=text.at)
        await jobs.settle(tx, context)


async def _as_reply(text: _Text) -> bool:
    context, brand = text.context, text.brand
    key = recovery.number_key(context.keyring, brand.id, text.number)
    reply = flows.Reply(text=text.words, ref=text.id, as_of=text.received_at)
    return await flows.hear_reply(context.db, brand.id, key, reply, at=text.at)


async def _by_email(context: jobs.Context, message: inbox.Received) -> bool:
    """A reply to an email of a run answers that run, and proves nothing; who wrote what no run
    waits for is told who helps. One of the two happens, once, however often the job is begun."""
    at, brand = context.clock(), await brands.by_id(context.db, message.brand_id)
    to = read_email(message.contents.sender)
    helps = inbox.Answer(brand, message.kind, to, about=message.about)
    sent = await _answered(context, message)
    async with context.db.transaction() as tx:
        is_taken = False
        if sent is not None and sent.about is not None:
            text = message.contents.text
            reply = flows.Reply(text=text, ref=message.id, as_of=sent.created_at)
            is_taken = await flows.hear_words(tx, brand.id, sent.about, reply, at=at)
        if not is_taken:
            await inbox.answer(tx, context.keyring, helps, at=at)
        await jobs.settle(tx, context)
    return is_taken


async def _answered(context: jobs.Context, message: inbox.Received) -> outbox.Record | None:
    """The email that this replies to; a run, or a recovery, sent it."""
    if message.about is None:
        return None
    return await outbox.find(context.db, id=message.about, brand_id=message.brand_id)
