"""A message that came in: its text, or the piece of a long one that it is, and joining the pieces.

Nothing is held here between one message and the next: pieces rest where everything that comes in is
stored, and are joined from there, in whatever order they came.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sparekey.gateways.wires.smpp import alphabets
from sparekey.gateways.wires.smpp.fields import (
    SEGMENT,
    SEGMENTS,
    SOURCE_REFERENCE,
    Malformed,
    found,
)
from sparekey.gateways.wires.smpp.pdu import Message
from sparekey.gateways.wires.smpp.profiles import Profile
from sparekey.gateways.wires.smpp.splitting import (
    CONCATENATED,
    CONCATENATED_16,
    HEADER_INDICATOR,
)

#: A reference is used again after 256 messages: pieces further apart are of different ones.
KEPT = timedelta(hours=24)
_LOCKING_SHIFT = 0x25
_SINGLE_SHIFT = 0x24


@dataclass(frozen=True, slots=True)
class Place:
    """Which piece of which long message; `group` names the latter without showing a number."""

    group: str
    number: int
    total: int


@dataclass(frozen=True, slots=True)
class Piece:
    """A message, or a piece of one, without its header; `place` None when it is whole."""

    octets: bytes = field(repr=False)
    data_coding: int
    shifts: tuple[int, int]
    place: Place | None


def piece_of(message: Message) -> Piece:
    """What it carries; raises Malformed when its header cannot be read."""
    content, elements = message.content, dict[int, bytes]()
    if message.esm_class & HEADER_INDICATOR:
        elements, content = _header(content)
    shifts = (_language(elements, _LOCKING_SHIFT), _language(elements, _SINGLE_SHIFT))
    return Piece(content, message.data_coding, shifts, _place(message, elements))


def text_of(pieces: Iterable[Piece], profile: Profile) -> str:
    """The text of pieces in order; raises Binary.

    Octets are joined before they are read where all are written alike: phones cut characters.
    """
    given = tuple(pieces)
    if len({(piece.data_coding, piece.shifts) for piece in given}) == 1:
        octets = b"".join(piece.octets for piece in given)
        return alphabets.read(octets, given[0].data_coding, profile, given[0].shifts)
    return "".join(
        alphabets.read(piece.octets, piece.data_coding, profile, piece.shifts) for piece in given
    )


def joined(pieces: Iterable[tuple[datetime, Piece]]) -> Iterator[tuple[datetime, list[Piece]]]:
    """The messages that are whole, each with the time of its last piece; for pieces of one group.

    A piece that came twice counts once; another in its place is of the next message, so that what
    came no later than the first of the two is given up.
    """
    held: dict[int, tuple[datetime, Piece]] = {}
    for at, piece in sorted(pieces, key=lambda one: one[0]):
        if piece.place is None:
            continue
        known = held.get(piece.place.number)
        if known is not None and known[1].octets != piece.octets:
            held = {number: one for number, one in held.items() if one[0] > known[0]}
        held = {number: one for number, one in held.items() if at - one[0] < KEPT}
        held.setdefault(piece.place.number, (at, piece))
        if len(held) == piece.place.total:
            yield at, [held[number][1] for number in sorted(held)]
            held = {}


def _header(content: bytes) -> tuple[dict[int, bytes], bytes]:
    """The elements of a header and what follows it (3GPP TS 23.040, 9.2.3.24)."""
    length = content[0] if content else 0
    if not content or length + 1 > len(content):
        raise Malformed("a header is longer than its message")
    elements: dict[int, bytes] = {}
    header, at = content[1 : length + 1], 0
    while at + 2 <= len(header):
        size = header[at + 1]
        elements.setdefault(header[at], header[at + 2 : at + 2 + size])
        at += 2 + size
    return elements, content[length + 1 :]


def _place(message: Message, elements: dict[int, bytes]) -> Place | None:
    optional = message.optional
    sar = tuple(found(optional, tag) for tag in (SOURCE_REFERENCE, SEGMENTS, SEGMENT))
    if len(short := elements.get(CONCATENATED, b"")) == 3:
        kind, reference, total, number = "8", short[:1], short[1], short[2]
    elif len(long := elements.get(CONCATENATED_16, b"")) == 4:
        kind, reference, total, number = "16", long[:2], long[2], long[3]
    elif sar[0] and sar[1] and sar[2]:
        kind, reference, total, number = "sar", sar[0], sar[1][-1], sar[2][-1]
    else:
        return None
    if total < 2 or not 1 <= number <= total:
        return None
    named = (message.source.value, message.destination.value, kind, reference.hex(), str(total))
    return Place(hashlib.sha256("\0".join(named).encode()).hexdigest()[:32], number, total)


def _language(elements: dict[int, bytes], element: int) -> int:
    value = elements.get(element, b"")
    return value[0] if len(value) == 1 else 0
