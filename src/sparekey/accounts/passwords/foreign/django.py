"""Django's encoded passwords: the name of the hasher, then what that hasher wrote."""

import hashlib
import re
from base64 import b64decode

from sparekey.accounts.passwords.contract import Check, Family, UnusableHash, malformed
from sparekey.accounts.passwords.foreign import _scrypt, argon2, bcrypt, pbkdf2

_PBKDF2 = re.compile(
    r"pbkdf2_(sha1|sha256)\$([1-9]\d{0,11})\$([^$\s]{1,128})\$([A-Za-z0-9+/]{27,43}=)"
)
_SCRYPT = re.compile(
    r"scrypt\$(\d{1,9})\$([^$\s]{1,64})\$(\d{1,3})\$(\d{1,3})\$([A-Za-z0-9+/]{86}==)"
)


def _read(text: str) -> Check:
    hasher, _, rest = text.partition("$")
    match hasher:
        case "pbkdf2_sha256" | "pbkdf2_sha1":
            return _read_pbkdf2(text)
        case "argon2":
            return argon2.family.read(f"${rest}")
        case "bcrypt":
            return bcrypt.family.read(rest)
        case "bcrypt_sha256":
            return _digested(bcrypt.family.read(rest))
        case "scrypt":
            return _read_scrypt(text)
        case _:
            raise UnusableHash("This hasher of Django's is not one we take: it is too weak.")


def _digested(check: Check) -> Check:
    return lambda password: check(hashlib.sha256(password).hexdigest().encode())


def _read_pbkdf2(text: str) -> Check:
    whole = _PBKDF2.fullmatch(text)
    if whole is None or len(whole[4]) % 4:
        raise malformed("Django's PBKDF2")
    return pbkdf2.checking(whole[1], int(whole[2]), whole[3].encode(), b64decode(whole[4]))


def _read_scrypt(text: str) -> Check:
    whole = _SCRYPT.fullmatch(text)
    if whole is None:
        raise malformed("Django's scrypt")
    n, r, p = (int(whole[number]) for number in (1, 3, 4))
    expected = b64decode(whole[5])
    return _scrypt.checking(n=n, r=r, p=p, salt=whole[2].encode(), expected=expected)


family = Family(
    example="Django (pbkdf2_sha256$…, argon2$…, bcrypt_sha256$…, scrypt$…)",
    begins=("pbkdf2_sha", "argon2$", "bcrypt$", "bcrypt_sha256$", "scrypt$", "md5$", "sha1$"),
    read=_read,
)
