"""The secret path of a gateway's hook: a name that tells nothing and is checked alone.

A token is the gateway's id and the number of its path with their MAC, so one that is not ours is
seen without asking the database; whether it is still the gateway's path, its row says.
"""

import hmac
from base64 import b32decode, b32encode
from dataclasses import dataclass
from uuid import UUID

from sparekey.kit.keyring import Keyring
from sparekey.kit.secret import Secret

_MAC_BYTES = 16
_NUMBER_BYTES = 2
_TOKEN_BYTES = 16 + _NUMBER_BYTES + _MAC_BYTES
_TOKEN_CHARACTERS = -(-_TOKEN_BYTES * 8 // 5)


@dataclass(frozen=True, slots=True)
class HookPath:
    """Which gateway a path belongs to, and which of its paths this is."""

    gateway_id: UUID
    number: int


def hook_token(keyring: Keyring, path: HookPath) -> Secret[str]:
    """The last part of the hook's address: 55 letters and digits."""
    named = _named(path)
    mac = keyring.mac("hook", named)[:_MAC_BYTES]
    return Secret(b32encode(named + mac).decode().rstrip("=").lower())


def read_hook_token(keyring: Keyring, text: str) -> HookPath | None:
    """Whose path this is; None when it is not one of ours, to the letter."""
    if len(text) != _TOKEN_CHARACTERS or not text.isascii() or text != text.lower():
        return None
    try:
        raw = b32decode(text.upper() + "=" * (-len(text) % 8))
    except ValueError:
        return None
    named, mac = raw[:-_MAC_BYTES], raw[-_MAC_BYTES:]
    if len(raw) != _TOKEN_BYTES or b32encode(raw).decode().rstrip("=").lower() != text:
        return None
    macs = keyring.macs("hook", named)
    if not any(hmac.compare_digest(mac, one[:_MAC_BYTES]) for one in macs):
        return None
    return HookPath(UUID(bytes=named[:16]), int.from_bytes(named[16:], "big"))


def hook_url(keyring: Keyring, path: HookPath, base_url: str) -> str:
    """Where a gateway's provider reports to."""
    return f"{base_url}/hooks/{hook_token(keyring, path).reveal()}"


def _named(path: HookPath) -> bytes:
    return path.gateway_id.bytes + path.number.to_bytes(_NUMBER_BYTES, "big")
