"""One link of the journal's chain: what is hashed, and how a checkpoint is signed.

Each hash covers the one before it (OWASP ASVS 5.0, 16.4.2), the event's id and the digest of its
row. The seal keeps that digest, so the chain can be followed where retention dropped rows. Whoever
can write to the database could compute the chain anew, but not the signatures: their key is not in
it.
"""

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sparekey.kit.keyring import Keyring


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The chain up to `seq` is what it was when this was signed."""

    seq: int
    at: datetime
    signature: bytes


#: The digest of an event that was gone before it got its number.
MISSING = hashlib.sha256(b"missing").digest()


@dataclass(frozen=True, slots=True)
class Row:
    """An event as stored; all but its id are None when there is no such row any more."""

    event_id: UUID
    at: datetime | None
    xid: int | None
    brand_id: int | None
    kind: str | None
    subject: UUID | None
    data: str | None

    def digest(self) -> bytes:
        """The same hash for the same event, whatever the database's way to print it."""
        if self.at is None:
            return MISSING
        return hashlib.sha256(self._canonical(self.at)).digest()

    def _canonical(self, at: datetime) -> bytes:
        return json.dumps(
            {
                "id": str(self.event_id),
                "at": at.astimezone(UTC).isoformat(timespec="microseconds"),
                "xid": self.xid,
                "brand": self.brand_id,
                "kind": self.kind,
                "subject": None if self.subject is None else str(self.subject),
                "data": json.loads(self.data or "null"),
            },
            sort_keys=True,
            separators=(",", ":"),
        ).encode()


@dataclass(frozen=True, slots=True)
class Link:
    """A number given, and the hash of the journal up to it."""

    seq: int
    hash: bytes

    def then(self, event_id: UUID, digest: bytes) -> "Link":
        """The link of the next event, whose row has this digest."""
        # The first two have fixed lengths: no other three parts give the same bytes.
        return Link(self.seq + 1, hashlib.sha256(self.hash + event_id.bytes + digest).digest())


#: What the first event is chained to.
BEGINNING = Link(0, bytes(32))


def sign(keyring: Keyring, link: Link, at: datetime) -> Checkpoint:
    """Vouch for the chain up to `link`."""
    return Checkpoint(link.seq, at, keyring.mac("checkpoint", *_signed(link, at)))


def is_ours(keyring: Keyring, link: Link, checkpoint: Checkpoint) -> bool:
    """Whether one of our keys signed this checkpoint for this very link."""
    macs = keyring.macs("checkpoint", *_signed(link, checkpoint.at))
    return any(hmac.compare_digest(checkpoint.signature, mac) for mac in macs)


def _signed(link: Link, at: datetime) -> tuple[str | bytes, ...]:
    return (str(link.seq), link.hash, at.astimezone(UTC).isoformat(timespec="microseconds"))
