"""A text as the parts it is sent in: by a header in each, by parameters, or whole as a payload.

No escape pair and no surrogate pair is cut in two: characters go whole.
"""

from dataclasses import dataclass, field

from sparekey.gateways.wires.smpp.alphabets import Written
from sparekey.gateways.wires.smpp.fields import (
    PAYLOAD,
    SEGMENT,
    SEGMENTS,
    SOURCE_REFERENCE,
    Tlvs,
)
from sparekey.gateways.wires.smpp.profiles import LongTexts

HEADER_INDICATOR = 0x40
MOST_PARTS = 255
#: Header elements of a concatenated message: reference of 8 and of 16 bits (23.040, 9.2.3.24.1, 8).
CONCATENATED = 0x00
CONCATENATED_16 = 0x08
#: An SMSC makes the header of 7 octets itself from parameters whose reference has 16 bits.
_SAR_HEADER = 7
_MOST_PAYLOAD = 0xFFFF


class TooLong(ValueError):
    """More parts than can be counted."""


@dataclass(frozen=True, slots=True)
class Part:
    """What one submit_sm carries."""

    short: bytes = field(repr=False)
    data_coding: int
    esm_class: int = 0
    optional: Tlvs = field(default=(), repr=False)


def split(written: Written, how: LongTexts, reference: int) -> list[Part]:
    """The parts of a text, in order; `reference` tells them from those of other texts."""
    if sum(written.sizes) <= written.alone:
        return [_headed(written, b"", b"".join(written.characters))]
    if how == "payload":
        return [_payload(written)]
    shown = reference % (256 if how == "udh" else 65536)
    contents = _cut(written, written.room(_header_octets(written, how)))
    total = len(contents)
    if total > MOST_PARTS:
        raise TooLong(f"{total} parts")
    if how == "sar":
        return [
            _with_parameters(written, content, shown, total, number)
            for number, content in enumerate(contents, 1)
        ]
    return [
        _headed(written, _concatenation(how, shown, total, number), content)
        for number, content in enumerate(contents, 1)
    ]


def _header_octets(written: Written, how: LongTexts) -> int:
    if how == "sar":
        return _SAR_HEADER
    return 1 + len(_concatenation(how, 0, 0, 0)) + len(written.shifts)


def _concatenation(how: LongTexts, reference: int, total: int, number: int) -> bytes:
    if how == "udh16":
        return bytes((CONCATENATED_16, 4)) + reference.to_bytes(2) + bytes((total, number))
    return bytes((CONCATENATED, 3, reference, total, number))


def _headed(written: Written, concatenation: bytes, content: bytes) -> Part:
    elements = concatenation + written.shifts
    if not elements:
        return Part(content, written.data_coding)
    short = bytes((len(elements),)) + elements + content
    return Part(short, written.data_coding, HEADER_INDICATOR)


def _with_parameters(
    written: Written, content: bytes, reference: int, total: int, number: int
) -> Part:
    optional = (
        (SOURCE_REFERENCE, reference.to_bytes(2)),
        (SEGMENTS, bytes((total,))),
        (SEGMENT, bytes((number,))),
    )
    return Part(content, written.data_coding, optional=optional)


def _payload(written: Written) -> Part:
    whole = b"".join(written.characters)
    if len(whole) > _MOST_PAYLOAD:
        raise TooLong(f"{len(whole)} octets")
    return Part(b"", written.data_coding, optional=((PAYLOAD, whole),))


def _cut(written: Written, room: int) -> list[bytes]:
    """As many whole characters in every part as it holds."""
    contents: list[bytes] = []
    held: list[bytes] = []
    used = 0
    for character, size in zip(written.characters, written.sizes, strict=True):
        if used + size > room:
            contents.append(b"".join(held))
            held, used = [], 0
        held.append(character)
        used += size
    return [*contents, b"".join(held)]
