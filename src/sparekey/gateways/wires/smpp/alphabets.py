"""Text as octets: the plain alphabet of the carrier, national tables where it takes them, UCS-2.

The way that takes the fewest messages is chosen; among equals a national table comes last, since
not every phone has it. Sizes are what each
character takes of a message's 140 octets on the air (3GPP TS 23.040, 9.2.3.24).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from sparekey.gateways.wires.smpp.profiles import Profile
from sparekey.kit import gsm7_national

UCS2 = 0x08
_AIR_OCTETS = 140
_LOCKING_SHIFT = 0x25
_SINGLE_SHIFT = 0x24
#: The header of a concatenated message with a reference of 8 bits: five octets and their number.
_CONCATENATION = 5

#: Data codings of an SMSC whose text we read besides GSM's and UCS-2 (3.4, 5.2.19).
_CODECS = {1: "ascii", 3: "latin-1", 6: "iso8859-5", 7: "iso8859-8", 10: "iso2022-jp", 14: "euc-kr"}
_BINARY = frozenset({0x02, 0x04})


class Unwritable(ValueError):
    """No alphabet says this text."""


class Binary(ValueError):
    """This is not text."""


@dataclass(frozen=True, slots=True)
class Written:
    """A text as octets, character by character, and what each takes on the air.

    `shifts` are the header elements that every part of it begins with; `is_septets` says that
    characters take 7 bits each and not 8.
    """

    data_coding: int
    characters: tuple[bytes, ...] = field(repr=False)
    sizes: tuple[int, ...] = field(repr=False)
    is_septets: bool
    shifts: bytes = b""

    def room(self, header_octets: int) -> int:
        """How much a message holds beside a header of so many octets, its length octet included."""
        octets = _AIR_OCTETS - header_octets
        return octets * 8 // 7 if self.is_septets else octets

    @property
    def alone(self) -> int:
        """What one message holds that is not concatenated."""
        return self.room(len(self.shifts) + 1 if self.shifts else 0)


def write(text: str, profile: Profile) -> Written:
    """The text in as few messages as it can be; raises Unwritable."""
    return min(_ways(text, profile), key=_messages)


def read(octets: bytes, data_coding: int, profile: Profile, shifts: tuple[int, int]) -> str:
    """The text of what came in; unreadable octets show as such. Raises Binary.

    `shifts` are the locking and single shift table that its header names, 0 for none.
    """
    if data_coding & 0xF0 in {0x10, 0xF0}:  # with a message class (3GPP TS 23.038, 4)
        data_coding &= 0x0C if data_coding < 0x20 else 0x04
    if data_coding in {0, profile.data_coding}:
        if profile.alphabet != "gsm7" and not any(shifts):
            return octets.decode("latin-1")
    elif data_coding in _BINARY:
        raise Binary(f"data coding {data_coding} is not text")
    elif data_coding == UCS2:
        return octets.decode("utf-16-be", "replace").removeprefix("\ufeff")
    elif data_coding in _CODECS:
        return octets.decode(_CODECS[data_coding], "replace")
    return gsm7_national.decode(octets, locking=shifts[0], single=shifts[1])


def _messages(written: Written) -> int:
    total = sum(written.sizes)
    if total <= written.alone:
        return 1
    return -(-total // written.room(len(written.shifts) + _CONCATENATION + 1))


def _ways(text: str, profile: Profile) -> Iterator[Written]:
    if plain := _plain(text, profile):
        yield plain
    yield _ucs2(text)
    for language in profile.languages:
        yield from _national(text, profile.data_coding, language)


def _plain(text: str, profile: Profile) -> Written | None:
    """In GSM's own alphabet: as its code values, or as an SMSC that turns them into these wants."""
    codes = gsm7_national.alphabet().codes(text)
    if codes is None:
        return None
    sizes = tuple(map(len, codes))
    if profile.alphabet == "gsm7":
        return Written(profile.data_coding, codes, sizes, is_septets=True)
    try:
        foreign = text.encode("latin-1" if profile.alphabet == "latin1" else "ascii")
    except UnicodeEncodeError:
        return None
    characters = tuple(bytes((value,)) for value in foreign)
    return Written(profile.data_coding, characters, sizes, is_septets=True)


def _national(text: str, data_coding: int, language: int) -> Iterator[Written]:
    single = bytes((_SINGLE_SHIFT, 1, language))
    locking = bytes((_LOCKING_SHIFT, 1, language))
    for alphabet, shifts in (
        (gsm7_national.alphabet(single=language), single),
        (gsm7_national.alphabet(locking=language), locking),
        (gsm7_national.alphabet(locking=language, single=language), locking + single),
    ):
        codes = alphabet.codes(text)
        if codes is not None:
            yield Written(data_coding, codes, tuple(map(len, codes)), True, shifts)


def _ucs2(text: str) -> Written:
    try:
        characters = tuple(character.encode("utf-16-be") for character in text)
    except UnicodeEncodeError as error:
        raise Unwritable("half a character") from error
    return Written(UCS2, characters, tuple(map(len, characters)), is_septets=False)
