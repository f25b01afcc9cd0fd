"""Putting a message without a proof into the outbox, and reading what became of messages."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sparekey.db import Executor
from sparekey.kit.ids import new_id
from sparekey.kit.keyring import Keyring
from sparekey.outbox import store
from sparekey.outbox.model import Envelope, seal_envelope


@dataclass(frozen=True, slots=True)
class Message:
    """A notice to keep and send; `about` is what its "that wasn't me" speaks of."""

    brand_id: int
    channel: str
    template: str
    locale: str
    envelope: Envelope
    expires_at: datetime
    about: UUID | None = None
    is_decoy: bool = False


async def enqueue(on: Executor, keyring: Keyring, message: Message, *, at: datetime) -> UUID:
    """Keep it and make it due; its id. Call `wake` after the commit."""
    made = new_id(at)
    await store.ENQUEUE.all(
        on,
        id=made,
        at=at,
        brand=message.brand_id,
        about=message.about,
        channel=message.channel,
        template=message.template,
        locale=message.locale,
        is_decoy=message.is_decoy,
        code_length=0,
        sealed=seal_envelope(keyring, made, message.envelope),
        expires_at=message.expires_at,
    )
    return made


async def find(on: Executor, *, id: UUID, brand_id: int) -> store.Record | None:
    """One message of a brand, without its words."""
    return await store.FIND.maybe(on, id=id, brand=brand_id)


async def page(on: Executor, *, brand_id: int, after: UUID | None, size: int) -> list[store.Record]:
    """Messages of a brand from the oldest, and one more than `size` when there are."""
    start = after or UUID(int=0)
    return await store.PAGE.all(on, brand=brand_id, after=start, limit=size + 1)
