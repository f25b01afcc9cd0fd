"""Tokens that a message carries and no table holds: "that wasn't me", and where answers go.

Each is an id with a MAC of that id, so it can be checked from the keyring alone and a stolen
database yields none. The not-me token names what the message is about; the tokens of the addresses
that bounces and replies come back to name the message.
"""

import hmac
from base64 import b32decode, b32encode, urlsafe_b64decode, urlsafe_b64encode
from typing import Literal
from uuid import UUID

from sparekey.kit.keyring import Keyring
from sparekey.kit.secret import Secret

_MAC_BYTES = 16


def not_me_token(keyring: Keyring, about: UUID) -> Secret[str]:
    """The token for what the message is about."""
    mac = keyring.mac("not me", about.bytes)[:_MAC_BYTES]
    return Secret(urlsafe_b64encode(about.bytes + mac).decode().rstrip("="))


def read_not_me_token(keyring: Keyring, text: str) -> UUID | None:
    """What the token is about; None when it is not one of ours."""
    try:
        raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        return None
    if len(raw) != 16 + _MAC_BYTES:
        return None
    macs = keyring.macs("not me", raw[:16])
    is_ours = any(hmac.compare_digest(raw[16:], mac[:_MAC_BYTES]) for mac in macs)
    return UUID(bytes=raw[:16]) if is_ours else None


def answer_token(keyring: Keyring, what: Literal["bounce", "reply"], message: UUID) -> Secret[str]:
    """The token that names a message in the address its bounces, or its replies, come back to.

    52 letters and digits that may change their case on the way: mail servers fold local parts.
    """
    mac = keyring.mac(what, message.bytes)[:_MAC_BYTES]
    return Secret(b32encode(message.bytes + mac).decode().rstrip("=").lower())


def read_answer_token(keyring: Keyring, what: Literal["bounce", "reply"], text: str) -> UUID | None:
    """Which message such an address names, in whatever case; None when it is not one of ours."""
    try:
        raw = b32decode(text.upper() + "=" * (-len(text) % 8))
    except ValueError:
        return None
    if len(raw) != 16 + _MAC_BYTES:
        return None
    macs = keyring.macs(what, raw[:16])
    is_ours = any(hmac.compare_digest(raw[16:], mac[:_MAC_BYTES]) for mac in macs)
    return UUID(bytes=raw[:16]) if is_ours else None
