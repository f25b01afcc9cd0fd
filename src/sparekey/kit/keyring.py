"""The keys that live outside the database: for codes, for sealed values, for lookups.

One JSON file, readable by its owner only. `code` keys MAC codes and tokens, `seal` keys encrypt
what is read back later (AES-256-GCM), the `index` key turns addresses and identifiers into the
16-byte keys that the database looks up. Code and seal keys rotate (the first one writes, all
read); the index key never does, and the database keeps its fingerprint.
"""

import hashlib
import hmac
import json
import os
import secrets
from base64 import b64decode, b64encode
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
_NONCE_BYTES = 12


class BrokenSeal(Exception):
    """A sealed value was altered, belongs to another row, or its key is not in the keyring."""


@dataclass(frozen=True, slots=True, repr=False)
class Keyring:
    """Keys in memory; make one with `generate` or `load`."""

    code: tuple[bytes, ...]
    seal_keys: tuple[bytes, ...]
    index_key: bytes
    _ciphers: dict[int, tuple[bytes, AESGCM]] = field(
        default_factory=dict[int, tuple[bytes, AESGCM]], compare=False
    )

    @classmethod
    def generate(cls) -> Self:
        """Fresh keys from the operating system."""
        return cls(
            (secrets.token_bytes(KEY_BYTES),),
            (secrets.token_bytes(KEY_BYTES),),
            secrets.token_bytes(KEY_BYTES),
        )

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a keyring file; ValueError when it is not one, OSError when it is not readable."""
        try:
            content = json.loads(path.read_text())
            code = tuple(b64decode(key, validate=True) for key in content["code"])
            seal_keys = tuple(b64decode(key, validate=True) for key in content["seal"])
            index_key = b64decode(content["index"], validate=True)
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"{path} is not a keyring file") from error
        if not code or not seal_keys or {len(k) for k in (*code, *seal_keys, index_key)} != {32}:
            raise ValueError(f"{path} is not a keyring file: every key has 32 bytes")
        return cls(code, seal_keys, index_key)

    def save(self, path: Path) -> None:
        """Write a new file with mode 0600; FileExistsError rather than overwrite one."""
        content = {
            "code": [b64encode(key).decode() for key in self.code],
            "seal": [b64encode(key).decode() for key in self.seal_keys],
            "index": b64encode(self.index_key).decode(),
        }
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(content, file, indent=2)
            file.flush()
            os.fsync(file.fileno())

    @property
    def fingerprint(self) -> bytes:
        """Names the index key without telling it; the database keeps this."""
        return hmac.digest(self.index_key, b"sparekey index key", "sha256")[:16]

    def index(self, domain: str, *parts: str | bytes) -> bytes:
        """The 16-byte lookup key of `parts` within `domain`; equal parts meet in equal keys."""
        return hmac.digest(self.index_key, _framed(domain, *parts), "sha256")[:16]

    def mac(self, domain: str, *parts: str | bytes) -> bytes:
        """The 32-byte MAC of a secret under the newest code key."""
        return hmac.digest(self.code[0], _framed(domain, *parts), "sha256")

    def macs(self, domain: str, *parts: str | bytes) -> list[bytes]:
        """The MAC under every code key, newest first, to compare while keys rotate."""
        framed = _framed(domain, *parts)
        return [hmac.digest(key, framed, "sha256") for key in self.code]

    def seal(self, plain: bytes, *, bound_to: bytes) -> bytes:
        """Encrypt for the row named by `bound_to` (its id): key number, nonce, ciphertext, tag."""
        name, cipher = self._cipher(0)
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return name + nonce + cipher.encrypt(nonce, plain, bound_to)

    def unseal(self, sealed: bytes, *, bound_to: bytes) -> bytes:
        """Decrypt; raises BrokenSeal."""
        for number in range(len(self.seal_keys)):
            name, cipher = self._cipher(number)
            if sealed[:4] == name:
                try:
                    nonce = sealed[4 : 4 + _NONCE_BYTES]
                    return cipher.decrypt(nonce, sealed[4 + _NONCE_BYTES :], bound_to)
                except InvalidTag as error:
                    raise BrokenSeal("altered, or of another row") from error
        raise BrokenSeal("its key is not in the keyring")

    def _cipher(self, number: int) -> tuple[bytes, AESGCM]:
        """A seal key's name and its cipher."""
        known = self._ciphers.get(number)
        if known is None:
            key = self.seal_keys[number]
            known = self._ciphers[number] = _key_name(key), AESGCM(key)
        return known


def _key_name(key: bytes) -> bytes:
    return hashlib.sha256(b"sparekey seal key" + key).digest()[:4]


def _framed(domain: str, *parts: str | bytes) -> bytes:
    """Length-prefixed, so that no two lists of parts share a frame."""
    frame: list[bytes] = []
    for part in (domain, *parts):
        raw = part.encode() if isinstance(part, str) else part
        frame += (len(raw).to_bytes(4, "big"), raw)
    return b"".join(frame)
