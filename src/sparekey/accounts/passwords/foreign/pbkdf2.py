"""PBKDF2 in the form of passlib ($pbkdf2-sha256$…), and the check for whoever else stores it.

Derived by `cryptography`, twice as fast as the standard library: Django adds a fifth to its rounds
with each release, and a sign-in's deadline does not move.
"""

import hmac
import re
from base64 import b64decode
from typing import Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC

from sparekey.accounts.passwords.contract import Check, Family, costly, malformed

_DIGESTS: Final[dict[str, hashes.HashAlgorithm]] = {
    "sha1": hashes.SHA1(),  # noqa: S303  # what others chose
    "sha256": hashes.SHA256(),
    "sha512": hashes.SHA512(),
}
#: A quarter of a second each.
_MAX_ROUNDS: Final = {"sha1": 1_250_000, "sha256": 2_000_000, "sha512": 700_000}

_PASSLIB = re.compile(
    r"\$pbkdf2(?:-(sha1|sha256|sha512))?\$([1-9]\d{0,11})\$([A-Za-z0-9./]{1,128})"
    r"\$([A-Za-z0-9./]{27,86})"
)


def checking(digest: str, rounds: int, salt: bytes, expected: bytes) -> Check:
    """Whether a password derives `expected`, which has the digest's length; or UnusableHash."""
    algorithm = _DIGESTS[digest]
    if len(expected) != algorithm.digest_size:
        raise malformed("PBKDF2")
    if rounds > _MAX_ROUNDS[digest]:
        raise costly()

    def check(password: bytes) -> bool:
        made = PBKDF2HMAC(algorithm, algorithm.digest_size, salt, rounds).derive(password)
        return hmac.compare_digest(made, expected)

    return check


def _read(text: str) -> Check:
    whole = _PASSLIB.fullmatch(text)
    if whole is None:
        raise malformed("PBKDF2")
    salt, expected = _adapted(whole[3]), _adapted(whole[4])
    return checking(whole[1] or "sha1", int(whole[2]), salt, expected)


def _adapted(text: str) -> bytes:
    """passlib's base64: a dot for the plus, and no padding."""
    if len(text) % 4 == 1:
        raise malformed("PBKDF2")
    return b64decode(text.replace(".", "+") + "=" * (-len(text) % 4))


family = Family(example="PBKDF2 ($pbkdf2-sha256$…)", begins=("$pbkdf2",), read=_read)
