"""GSM 7-bit with the tables of a language: Turkish, Spanish and Portuguese.

3GPP TS 23.038, annex A: a locking table replaces the default alphabet, a single shift table the
extension; a header of the message names them (23.040, 9.2.3.24.15 and 16). A language whose tables
are not here is read with the default ones, as 23.038 asks of a phone that lacks them.
"""

from dataclasses import dataclass, field
from functools import cache

from sparekey.kit import gsm7

_ESCAPE = 0x1B

_LOCKING = {
    1: (
        "@£$¥€éùıòÇ\nĞğ\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bŞşßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
        "İABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§çabcdefghijklmnopqrstuvwxyzäöñüà"
    ),
    3: (
        "@£$¥êéúíóç\nÔô\rÁáΔ_ªÇÀ∞^\\€Ó|\x1bÂâÊÉ !\"#º%&'()*+,-./0123456789:;<=>?"
        "ÍABCDEFGHIJKLMNOPQRSTUVWXYZÃÕÚÜ§~abcdefghijklmnopqrstuvwxyzãõ`üà"
    ),
}
_EXTENSION = {
    0x0A: "\f", 0x14: "^", 0x28: "{", 0x29: "}", 0x2F: "\\",
    0x3C: "[", 0x3D: "~", 0x3E: "]", 0x40: "|", 0x65: "€",
}  # fmt: skip
_SINGLE = {
    1: _EXTENSION | {
        0x47: "Ğ", 0x49: "İ", 0x53: "Ş", 0x63: "ç", 0x67: "ğ", 0x69: "ı", 0x73: "ş",
    },
    2: _EXTENSION | {
        0x09: "ç", 0x41: "Á", 0x49: "Í", 0x4F: "Ó", 0x55: "Ú",
        0x61: "á", 0x69: "í", 0x6F: "ó", 0x75: "ú",
    },
    3: _EXTENSION | {
        0x05: "ê", 0x09: "ç", 0x0B: "Ô", 0x0C: "ô", 0x0E: "Á", 0x0F: "á", 0x12: "Φ", 0x13: "Γ",
        0x15: "Ω", 0x16: "Π", 0x17: "Ψ", 0x18: "Σ", 0x19: "Θ", 0x1F: "Ê",
        0x41: "À", 0x49: "Í", 0x4F: "Ó", 0x55: "Ú", 0x5B: "Ã", 0x5C: "Õ",
        0x61: "Â", 0x69: "í", 0x6F: "ó", 0x75: "ú", 0x7B: "ã", 0x7C: "õ", 0x7F: "â",
    },
}  # fmt: skip

#: The languages with tables, as the header of a message numbers them.
LANGUAGES = {"turkish": 1, "spanish": 2, "portuguese": 3}


@dataclass(frozen=True, slots=True)
class Alphabet:
    """A pair of tables; `locking` and `single` are 0 for the default alphabet and extension."""

    locking: int = 0
    single: int = 0
    _codes: dict[str, bytes] = field(default_factory=dict[str, bytes], repr=False, compare=False)

    def codes(self, text: str) -> tuple[bytes, ...] | None:
        """The code values of each character; None when one of them has none here."""
        known = self._codes
        if all(character in known for character in text):
            return tuple([known[character] for character in text])
        return None


@cache
def alphabet(*, locking: int = 0, single: int = 0) -> Alphabet:
    """The alphabet of these tables; those that are not here are the default ones."""
    basic, extension = _tables(locking, single)
    codes = {
        character: bytes((_ESCAPE, value))
        for value, character in extension.items()
        if value != _ESCAPE
    }
    codes |= {
        character: bytes((value,)) for value, character in enumerate(basic) if value != _ESCAPE
    }
    return Alphabet(locking, single, codes)


def decode(septets: bytes, *, locking: int = 0, single: int = 0) -> str:
    """The text of code values, one in each byte; what is none shows as a question mark.

    An unknown extension shows as the basic character of its value, a lone escape as a space.
    """
    basic, extension = _tables(locking, single)
    text: list[str] = []
    is_extension = False
    for value in septets:
        if value == _ESCAPE and not is_extension:
            is_extension = True
            continue
        plain = "?" if value > 0x7F else " " if value == _ESCAPE else basic[value]
        text.append(extension.get(value, plain) if is_extension else plain)
        is_extension = False
    return "".join(text) + " " * is_extension


def _tables(locking: int, single: int) -> tuple[str, dict[int, str]]:
    return _LOCKING.get(locking, gsm7.BASIC), _SINGLE.get(single, _EXTENSION)
