"""Messages as values, their states, and what is sealed until a message is handed over.

The states are drawn in `states.mermaid` beside this file.
"""

from datetime import timedelta
from enum import IntEnum, StrEnum
from uuid import UUID

import msgspec

from sparekey.db import Archive
from sparekey.kit.keyring import Keyring

ARCHIVES = [Archive("outbox.message", keep=timedelta(days=90), storage="fillfactor = 80")]

#: Receipts of one message come for so long at most.
REF_LIFE = timedelta(days=8)
_LONGEST_REF = 200


class State(StrEnum):
    """What has become of a message."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    FAILED = "failed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    UNSURE = "unsure"


class Lane(IntEnum):
    """Which queue a message waits in: nobody waits for what is in the second."""

    URGENT = 0
    BULK = 1


class Envelope(msgspec.Struct, frozen=True):
    """To whom and with which values: sealed with the message, wiped when its outcome is known.

    `is_test` marks a message that only shows how one would look; `country` is that of a number;
    `is_answer`: it answers what its recipient wrote.
    """

    to: str
    variables: dict[str, str]
    is_test: bool = False
    country: str | None = None
    is_answer: bool = False


def plain_ref(named: str | None) -> str | None:
    """What a gateway calls a message, as it is kept: short and printable, whatever it wrote."""
    return "".join(sign for sign in named or "" if sign.isprintable())[:_LONGEST_REF] or None


def seal_envelope(keyring: Keyring, message: UUID, envelope: Envelope) -> bytes:
    """Seal for the message's own row."""
    return keyring.seal(msgspec.json.encode(envelope), bound_to=message.bytes)


def open_envelope(keyring: Keyring, message: UUID, sealed: bytes) -> Envelope:
    """What was sealed; raises BrokenSeal."""
    return msgspec.json.decode(keyring.unseal(sealed, bound_to=message.bytes), type=Envelope)
