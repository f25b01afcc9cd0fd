"""A message that came from a customer, what it was taken for, and what of it is sealed."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

import msgspec

from sparekey.kit.keyring import Keyring

#: How long support can read what came.
KEPT = timedelta(days=30)
#: A text that travelled longer says nothing about what is pending now.
LATE = timedelta(hours=24)


class Kind(StrEnum):
    """What a message was taken for."""

    STOP = "stop"
    START = "start"
    HELP = "help"
    NO = "no"
    #: Anything else: an answer to a flow, or for a person to read.
    OTHER = "other"
    #: From what cannot be a customer's address, or about what is long over.
    FOREIGN = "foreign"
    LATE = "late"
    #: Written by a machine: an absence, a list, another service.
    AUTOMATIC = "automatic"


class Contents(msgspec.Struct, frozen=True):
    """From whom to whom, and the words."""

    sender: str
    to: str
    text: str
    subject: str | None = None


@dataclass(frozen=True, slots=True)
class Received:
    """A message as support reads it."""

    id: UUID
    brand_id: int
    channel: str
    kind: Kind
    about: UUID | None
    received_at: datetime
    contents: Contents = field(repr=False)


def seal_contents(keyring: Keyring, id: UUID, contents: Contents) -> bytes:
    """Seal for the message's own row."""
    return keyring.seal(msgspec.json.encode(contents), bound_to=id.bytes)


def open_contents(keyring: Keyring, id: UUID, sealed: bytes) -> Contents:
    """What was sealed; raises BrokenSeal."""
    return msgspec.json.decode(keyring.unseal(sealed, bound_to=id.bytes), type=Contents)
