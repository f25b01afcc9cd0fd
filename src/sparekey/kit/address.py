"""Phone numbers and email addresses: however one is written, it is read into one canonical form.

Phones are E.164 (ITU-T: at most 15 digits) by libphonenumber's data, emails keep their local part
and carry the domain in its ASCII form (IDNA 2008 with UTS 46). One value is exactly one address:
lists, display names, extensions and control characters are refused, never cleaned away.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Literal

from sparekey.kit.problem import Problem

Kind = Literal["phone", "email"]
Reason = Literal[
    "unreadable", "too_long", "no_country", "extension", "no_such_number", "number_type", "kind"
]

MAX_EMAIL_CHARACTERS = 254  # RFC 3696 erratum 1690: the longest forward-path without brackets
MAX_LOCAL_BYTES = 64  # RFC 5321 4.5.3.1.1
MAX_PHONE_CHARACTERS = 64

_ADVICE: dict[Reason, str] = {
    "unreadable": "Send exactly one address, as a person would write it.",
    "too_long": "Shorten the address: this is longer than any address can be.",
    "no_country": "Write the number with a plus sign and its country code.",
    "extension": "Leave out the extension: messages cannot reach one.",
    "no_such_number": "Check the digits: no such number is in use in its country.",
    "number_type": "Use a mobile or ordinary line: this kind of number is never written to.",
    "kind": "Set kind to phone or email.",
}


class UnusableAddress(Problem):
    """The text is not one address that we would write to; `reason` says why, without echoing it."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(f"address.{reason}", 422, _ADVICE[reason])
        self.reason: Reason = reason


@dataclass(frozen=True, slots=True)
class Phone:
    """A number in E.164 and the country that its plan assigns it to (ISO 3166 alpha-2)."""

    e164: str
    region: str

    @property
    def kind(self) -> Kind:
        return "phone"

    @property
    def value(self) -> str:
        return self.e164

    @property
    def folded(self) -> str:
        """The form that limits count by."""
        return self.e164

    @property
    def masked(self) -> str:
        """Enough for its owner to recognise it, for screens after proof."""
        return f"{self.e164[:3]}{'•' * (len(self.e164) - 5)}{self.e164[-2:]}"


@dataclass(frozen=True, slots=True)
class Email:
    """A mailbox: the local part as written, the domain in lower-case ASCII."""

    local: str
    domain: str

    @property
    def kind(self) -> Kind:
        return "email"

    @property
    def value(self) -> str:
        return f"{self.local}@{self.domain}"

    @property
    def lowered(self) -> str:
        """The form that identifies: nobody tells mailboxes apart by capitals."""
        return f"{unicodedata.normalize('NFKC', self.local).casefold()}@{self.domain}"

    @property
    def folded(self) -> str:
        """The form that limits count by: lowered, and without its +tag."""
        local, _, domain = self.lowered.rpartition("@")
        return f"{local.partition('+')[0] or local}@{domain}"

    @property
    def masked(self) -> str:
        """Enough for its owner to recognise it, for screens after proof."""
        return f"{self.local[0]}•••@{self.domain}"


Address = Phone | Email


def read_address(kind: str, text: str, region: str | None = None) -> Address:
    """The address that `text` writes; raises UnusableAddress."""
    match kind:
        case "phone":
            return read_phone(text, region)
        case "email":
            return read_email(text)
        case _:
            raise UnusableAddress("kind")


# --- phones ----------------------------------------------------------------------------------

#: Reserved by Ofcom for drama and documentation, so never anybody's; libphonenumber calls them
#: unassigned, and demonstrations and sandboxes need numbers that can be nobody's.
_FICTIONAL = re.compile(r"\+447700900\d{3}")
#: Marks that travel along when a number is copied from a contact list or a page.
_INVISIBLE = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_TEL = re.compile(r"tel:", re.IGNORECASE)
#: What libphonenumber calls the country of freephone and other services of no country (+800).
_INTERNATIONAL = "001"
_LISTED = re.compile(r"[,;&|<>@]|\+.*\+")


def read_phone(text: str, region: str | None = None) -> Phone:
    """The number `text` writes, national forms read in `region`; raises UnusableAddress.

    Every way of writing one number gives the same Phone. Numbers that cost their caller or
    caught money before (premium, shared cost, toll-free, pager, voicemail, personal, unknown)
    are refused: nothing may be sent there.
    """
    if len(text) > MAX_PHONE_CHARACTERS:
        raise UnusableAddress("too_long")
    plain = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).strip()
    plain = _TEL.sub("", plain, count=1) if _TEL.match(plain) else plain
    if not plain or _has_control(text) or _LISTED.search(plain):
        raise UnusableAddress("unreadable")
    if region is None and plain.startswith("00"):
        plain = f"+{plain[2:]}"
    return _assigned(plain, region)


def is_sendable(e164: str) -> bool:
    """Whether a canonical number is one we would send a message to."""
    try:
        return read_phone(e164).e164 == e164
    except UnusableAddress:
        return False


def _assigned(plain: str, region: str | None) -> Phone:
    # libphonenumber's tables take 75 ms and 7 MiB, so only who reads a number loads them; its
    # geocoder and carrier tables (4.6 s, 131 MiB) are never loaded.
    import phonenumbers
    from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType

    try:
        number = phonenumbers.parse(plain, region)
    except NumberParseException as error:
        without_country = error.error_type == NumberParseException.INVALID_COUNTRY_CODE
        raise UnusableAddress("no_country" if without_country else "unreadable") from None
    if number.extension:
        raise UnusableAddress("extension")
    if any(character.isalpha() for character in plain):
        raise UnusableAddress("unreadable")
    e164 = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    if _FICTIONAL.fullmatch(e164):
        return Phone(e164, "GB")
    country = phonenumbers.region_code_for_number(number)
    if country == _INTERNATIONAL:
        raise UnusableAddress("number_type")
    # A number is valid when it has a type; asking is_valid_number, too, would match it all again.
    number_type = phonenumbers.number_type(number)
    if country is None or number_type == PhoneNumberType.UNKNOWN:
        raise UnusableAddress("no_such_number")
    if number_type not in _sendable_types():
        raise UnusableAddress("number_type")
    return Phone(e164, country)


@cache
def _sendable_types() -> frozenset[int]:
    from phonenumbers import PhoneNumberType

    return frozenset(
        {
            PhoneNumberType.MOBILE,
            PhoneNumberType.FIXED_LINE_OR_MOBILE,
            PhoneNumberType.FIXED_LINE,
            PhoneNumberType.VOIP,
        }
    )


# --- emails ----------------------------------------------------------------------------------

#: RFC 5322 atext in dot-atom form, and letters of any script (RFC 6531). Quoted local parts are
#: refused: nobody has one, and every parser reads them differently.
_LOCAL = re.compile(r"[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*")
_LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN = re.compile(rf"(?=.{{4,253}}\Z)(?:{_LABEL}\.)+(?![0-9]){_LABEL}")


def read_email(text: str) -> Email:
    """The one mailbox `text` writes; raises UnusableAddress."""
    plain = text.strip()
    if len(plain) > MAX_EMAIL_CHARACTERS:
        raise UnusableAddress("too_long")
    local, at_sign, domain = plain.partition("@")
    if not at_sign or _has_control(text):
        raise UnusableAddress("unreadable")
    local = unicodedata.normalize("NFC", local)
    if not _LOCAL.fullmatch(local) or len(local.encode()) > MAX_LOCAL_BYTES:
        raise UnusableAddress("unreadable")
    email = Email(local, _ascii_domain(domain))
    if len(email.value) > MAX_EMAIL_CHARACTERS:
        raise UnusableAddress("too_long")
    return email


def _ascii_domain(domain: str) -> str:
    lowered = domain.lower()
    if not domain.isascii() or "xn--" in lowered:
        import idna

        try:
            lowered = idna.encode(domain, uts46=True, std3_rules=True).decode("ascii")
        except UnicodeError:  # idna.IDNAError is one
            raise UnusableAddress("unreadable") from None
    if not _DOMAIN.fullmatch(lowered):
        raise UnusableAddress("unreadable")
    return lowered


def _has_control(text: str) -> bool:
    """Line ends, NUL, lone surrogates: what splits a header, a log line or a C string."""
    return any(unicodedata.category(character) in _CONTROL for character in text)


_CONTROL = frozenset({"Cc", "Cs", "Zl", "Zp"})
