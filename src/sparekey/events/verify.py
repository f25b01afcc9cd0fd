"""Proof that the journal is what was sealed: nothing edited, removed, added or reordered."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sparekey.db import Executor, statement
from sparekey.events.chain import BEGINNING, MISSING, Checkpoint, Link, Row, is_ours
from sparekey.kit.ids import made_at
from sparekey.kit.keyring import Keyring

_PAGE = 1000


@dataclass(frozen=True, slots=True)
class _Sealed:
    seq: int
    digest: bytes
    hash: bytes
    sealed_brand_id: int | None
    event_id: UUID
    at: datetime | None
    xid: int | None
    brand_id: int | None
    kind: str | None
    subject: UUID | None
    data: str | None
    checkpoint_at: datetime | None
    signature: bytes | None

    @property
    def link(self) -> Link:
        return Link(self.seq, self.hash)

    @property
    def row(self) -> Row:
        return Row(
            self.event_id, self.at, self.xid, self.brand_id, self.kind, self.subject, self.data
        )

    @property
    def checkpoint(self) -> Checkpoint | None:
        if self.checkpoint_at is None or self.signature is None:
            return None
        return Checkpoint(self.seq, self.checkpoint_at, self.signature)


_chain = statement(
    """
    SELECT seal.seq, seal.digest, seal.hash, seal.brand_id AS sealed_brand_id, seal.event_id,
           event.at, event.xid::text::bigint,
           event.brand_id, event.kind, event.subject, event.data,
           checkpoint.at AS checkpoint_at, checkpoint.signature
    FROM events.event_seal AS seal
    LEFT JOIN events.event ON event.id = seal.event_id
    LEFT JOIN events.checkpoint ON checkpoint.seq = seal.seq
    WHERE seal.seq > :after
    ORDER BY seal.seq
    LIMIT :limit
    """,
    returns=_Sealed,
)

# Seals cut off at the end leave a checkpoint behind them, or events that no seal names.
_beyond = statement(
    """
    SELECT EXISTS (SELECT FROM events.checkpoint WHERE seq > :last)
        OR EXISTS (
            SELECT FROM events.event
            WHERE NOT EXISTS (SELECT FROM events.event_seal WHERE event_id = event.id)
              AND NOT EXISTS (SELECT FROM events.unsealed WHERE event_id = event.id)
        )
    """,
    returns=bool,
)


async def verify(
    on: Executor, keyring: Keyring, *, expired_before: datetime | None = None
) -> int | None:
    """The first number at which the journal is not what was sealed, or None when all of it is.

    Events older than `expired_before` may be gone, with the partition they were in. A journal
    set back as a whole to an earlier state is itself unbroken: that shows only against a
    checkpoint kept elsewhere, which is why the sealer's are logged.
    """
    link, is_signed = BEGINNING, True
    while page := await _chain.all(on, after=link.seq, limit=_PAGE):
        for sealed in page:
            if not _holds(sealed, link, keyring, expired_before):
                return link.seq + 1
            link, is_signed = sealed.link, sealed.checkpoint is not None
    if not is_signed:  # the sealer always signs the end
        return link.seq
    return link.seq + 1 if await _beyond.one(on, last=link.seq) else None


def _holds(
    sealed: _Sealed, before: Link, keyring: Keyring, expired_before: datetime | None
) -> bool:
    """Whether `sealed` follows `before` and says what was signed."""
    if sealed.link != before.then(sealed.event_id, sealed.digest):
        return False
    if sealed.checkpoint is not None and not is_ours(keyring, sealed.link, sealed.checkpoint):
        return False
    if sealed.at is None:
        return sealed.digest != MISSING and _may_be_gone(sealed.event_id, expired_before)
    same_brand = sealed.sealed_brand_id == sealed.brand_id
    return same_brand and sealed.digest == sealed.row.digest()


def _may_be_gone(event_id: UUID, expired_before: datetime | None) -> bool:
    return expired_before is not None and made_at(event_id) < expired_before
