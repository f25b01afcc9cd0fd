"""How many text messages a text is, where it is cut, and its GSM 7-bit code values.

3GPP TS 23.038, 6.2.1 gives the default alphabet and its extension table; 23.040, 9.2.3.24.1 the
header that a concatenated message spends 6 octets on: 160 septets or 70 UTF-16 units alone,
153 or 67 in a part of several.
"""

from dataclasses import dataclass
from typing import Literal

#: The default alphabet in the order of its code values; 0x1B is the escape to the extension.
BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION = {
    "\f": 0x0A, "^": 0x14, "{": 0x28, "}": 0x29, "\\": 0x2F,
    "[": 0x3C, "~": 0x3D, "]": 0x3E, "|": 0x40, "€": 0x65,
}  # fmt: skip
_ESCAPE = 0x1B

_CODES: dict[str, bytes] = {
    character: bytes((value,)) for value, character in enumerate(BASIC) if value != _ESCAPE
} | {character: bytes((_ESCAPE, value)) for character, value in _EXTENSION.items()}
_BASIC_VALUES = dict(enumerate(BASIC))
_EXTENSION_VALUES = {value: character for character, value in _EXTENSION.items()}

Encoding = Literal["gsm7", "ucs2"]
_ALONE: dict[Encoding, int] = {"gsm7": 160, "ucs2": 70}
_IN_A_PART: dict[Encoding, int] = {"gsm7": 153, "ucs2": 67}


@dataclass(frozen=True, slots=True)
class Segments:
    """What a text costs: `units` are septets (gsm7) or UTF-16 units (ucs2)."""

    count: int
    encoding: Encoding
    units: int
    per_segment: int


def is_gsm7(text: str) -> bool:
    """Whether the default alphabet and its extension table can say all of `text`."""
    return all(character in _CODES for character in text)


def segments(text: str) -> Segments:
    """What sending `text` takes, in the cheaper of GSM 7-bit and UCS-2; never less than 1."""
    encoding = _encoding(text)
    sizes = _sizes(text, encoding)
    units = sum(sizes)
    if units <= _ALONE[encoding]:
        return Segments(1, encoding, units, _ALONE[encoding])
    count = len(_cuts(sizes, _IN_A_PART[encoding]))
    return Segments(count, encoding, units, _IN_A_PART[encoding])


def split(text: str) -> list[str]:
    """The parts `text` is sent in; no escape pair and no surrogate pair is cut in two."""
    encoding = _encoding(text)
    sizes = _sizes(text, encoding)
    if sum(sizes) <= _ALONE[encoding]:
        return [text]
    starts = _cuts(sizes, _IN_A_PART[encoding])
    return [text[start:end] for start, end in zip(starts, [*starts[1:], len(text)], strict=True)]


def encode(text: str) -> bytes:
    """GSM 7-bit code values, one septet in each byte (`@` is 0x00); raises UnicodeEncodeError."""
    try:
        return b"".join([_CODES[character] for character in text])
    except KeyError:
        at = next(at for at, character in enumerate(text) if character not in _CODES)
        raise UnicodeEncodeError("gsm7", text, at, at + 1, "not in the GSM alphabet") from None


def decode(septets: bytes) -> str:
    """The text of GSM 7-bit code values, one septet in each byte; raises UnicodeDecodeError.

    An unknown extension shows as the basic character of its value, a lone escape as a space
    (23.038, 6.2.1.1).
    """
    text: list[str] = []
    is_extension = False
    for at, value in enumerate(septets):
        if value > 0x7F:
            raise UnicodeDecodeError("gsm7", septets, at, at + 1, "not a septet")
        if value == _ESCAPE and not is_extension:
            is_extension = True
            continue
        basic = " " if value == _ESCAPE else _BASIC_VALUES[value]
        text.append(_EXTENSION_VALUES.get(value, basic) if is_extension else basic)
        is_extension = False
    return "".join(text) + " " * is_extension


def _encoding(text: str) -> Encoding:
    return "gsm7" if is_gsm7(text) else "ucs2"


def _sizes(text: str, encoding: Encoding) -> list[int]:
    if encoding == "gsm7":
        return [len(_CODES[character]) for character in text]
    return [2 if character > "\uffff" else 1 for character in text]


def _cuts(sizes: list[int], limit: int) -> list[int]:
    """Where each part starts when every part takes as many whole characters as fit."""
    starts = [0]
    used = 0
    for at, size in enumerate(sizes):
        if used + size > limit:
            starts.append(at)
            used = 0
        used += size
    return starts
