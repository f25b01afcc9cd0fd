"""The userPassword values of LDAP directories: a scheme in braces, then what it stored (RFC 2307).

A digest without a salt is refused. Tables of such digests are public, so whoever once saw the
directory may know the passwords already; their owners get in by a code and choose new ones.
"""

import re

from sparekey.accounts.passwords import libpass
from sparekey.accounts.passwords.contract import Check, Family, UnusableHash
from sparekey.accounts.passwords.foreign import argon2, bcrypt, pbkdf2, sha_crypt

_SCHEME = re.compile(r"\{([A-Za-z0-9-]{1,20})\}(.*)", re.DOTALL)
_SALTED = {
    "SSHA": "ldap_salted_sha1",
    "SSHA256": "ldap_salted_sha256",
    "SSHA512": "ldap_salted_sha512",
}
_PBKDF2 = {
    "PBKDF2": "$pbkdf2$",
    "PBKDF2-SHA1": "$pbkdf2$",
    "PBKDF2-SHA256": "$pbkdf2-sha256$",
    "PBKDF2-SHA512": "$pbkdf2-sha512$",
}
_UNSALTED = frozenset({"SHA", "SHA256", "SHA384", "SHA512", "MD5"})


def _read(text: str) -> Check:
    scheme = _SCHEME.fullmatch(text)
    name, rest = (scheme[1].upper(), scheme[2]) if scheme else ("", "")
    if name in _SALTED:
        return libpass.read(_SALTED[name], f"{{{name}}}{rest}")
    if name in _PBKDF2:
        return pbkdf2.family.read(f"{_PBKDF2[name]}{rest}")
    if name == "ARGON2":
        return argon2.family.read(rest)
    if name in {"CRYPT", "BCRYPT"}:
        return _read_crypt(rest)
    if name in _UNSALTED:
        raise UnusableHash(
            "This hash has no salt. Leave it out: its owner gets in by a code and chooses anew."
        )
    raise UnusableHash("This scheme of LDAP's is not one we take.")


def _read_crypt(text: str) -> Check:
    for inner in (bcrypt.family, sha_crypt.family):
        if text.startswith(inner.begins):
            return inner.read(text)
    raise UnusableHash("This scheme of crypt(3) is not one we take: it is too old.")


family = Family(
    example="LDAP ({SSHA}…, {SSHA512}…, {PBKDF2-SHA512}…, {CRYPT}…)", begins=("{",), read=_read
)
