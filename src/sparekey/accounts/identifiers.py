"""What people type to name their account, in every spelling: one place where spellings meet.

Each text is read in all the ways an identifier can be meant, always the same number of them, so
that a stranger's text costs the same statement as a customer's.
"""

import re
import unicodedata

from sparekey.accounts.model import IdentifierKind
from sparekey.kit.address import Address, Email, UnusableAddress, read_email, read_phone
from sparekey.kit.keyring import Keyring

MAX_CHARACTERS = 254
_SEPARATORS = re.compile(r"[\s\-‐‑‒–—.·_/]+")


def account_key(keyring: Keyring, brand_id: int, ref: str) -> bytes:
    """The key of a company's own id: ledgers and tombstones know an account by it for ever."""
    return keyring.index("account", str(brand_id), ref)


def address_key(keyring: Keyring, address: Address) -> bytes:
    """The key of an address, equal for everything that reaches the same handset or mailbox."""
    same = address.lowered if isinstance(address, Email) else address.e164
    return keyring.index("address", address.kind, same)


def identifier_keys(keyring: Keyring, brand_id: int, text: str, region: str | None) -> list[bytes]:
    """One lookup key for each kind of identifier that `text` could be, in the order of kinds."""
    readings = (_as_email(text), _as_phone(text, region), _as_number(text), _as_username(text))
    return [
        _key(keyring, brand_id, kind, reading)
        for kind, reading in zip(IdentifierKind, readings, strict=True)
    ]


def username_key(keyring: Keyring, brand_id: int, username: str) -> bytes:
    """The key under which an account's username is found."""
    return _key(keyring, brand_id, IdentifierKind.USERNAME, _as_username(username))


def customer_number_key(keyring: Keyring, brand_id: int, number: str) -> bytes:
    """The key under which an account's customer number is found."""
    return _key(keyring, brand_id, IdentifierKind.CUSTOMER_NUMBER, _as_number(number))


def address_identifier(keyring: Keyring, brand_id: int, address: Address) -> tuple[int, bytes]:
    """The kind and key under which an account's address is found."""
    if isinstance(address, Email):
        kind, reading = IdentifierKind.EMAIL, address.lowered
    else:
        kind, reading = IdentifierKind.PHONE, address.e164
    return kind, _key(keyring, brand_id, kind, reading)


def _key(keyring: Keyring, brand_id: int, kind: IdentifierKind, reading: str) -> bytes:
    return keyring.index(f"identifier.{kind.name.lower()}", str(brand_id), reading)


def _as_email(text: str) -> str:
    try:
        return read_email(text).lowered
    except UnusableAddress:
        return ""


def _as_phone(text: str, region: str | None) -> str:
    try:
        return read_phone(text, region).e164
    except UnusableAddress:
        return ""


def _as_number(text: str) -> str:
    return _SEPARATORS.sub("", _plain(text)).upper()


def _as_username(text: str) -> str:
    """Case and width do not tell usernames apart (RFC 8265 3.3, with compatibility forms)."""
    return " ".join(_plain(text).casefold().split())


def _plain(text: str) -> str:
    """Bounded and encodable, so that any text a stranger sends can be read."""
    bounded = text[:MAX_CHARACTERS].encode(errors="replace").decode()
    return unicodedata.normalize("NFKC", bounded).strip()
