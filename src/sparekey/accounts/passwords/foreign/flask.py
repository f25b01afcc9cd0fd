"""Flask's hashes, which Werkzeug makes: the method with its costs, then salt and hexadecimal."""

import re

from sparekey.accounts.passwords.contract import Check, Family, malformed
from sparekey.accounts.passwords.foreign import _scrypt, pbkdf2

_PBKDF2 = re.compile(
    r"pbkdf2:(sha1|sha256|sha512):([1-9]\d{0,11})\$([^$\s]{1,64})\$((?:[0-9a-f]{2}){20,64})"
)
_SCRYPT = re.compile(r"scrypt:(\d{1,9}):(\d{1,3}):(\d{1,3})\$([^$\s]{1,64})\$((?:[0-9a-f]{2}){64})")


def _read(text: str) -> Check:
    if whole := _PBKDF2.fullmatch(text):
        expected = bytes.fromhex(whole[4])
        return pbkdf2.checking(whole[1], int(whole[2]), whole[3].encode(), expected)
    if whole := _SCRYPT.fullmatch(text):
        n, r, p = (int(whole[number]) for number in (1, 2, 3))
        expected = bytes.fromhex(whole[5])
        return _scrypt.checking(n=n, r=r, p=p, salt=whole[4].encode(), expected=expected)
    raise malformed("Flask")


family = Family(
    example="Flask (scrypt:…, pbkdf2:sha256:…)", begins=("pbkdf2:", "scrypt:"), read=_read
)
