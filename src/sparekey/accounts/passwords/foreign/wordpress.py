"""WordPress: the portable hashes of phpass until 6.7, bcrypt over an HMAC since 6.8.

WordPress takes blanks off both ends of what is typed, at every door, so that belongs to its hashes.
"""

import hmac
import re
from base64 import b64encode

from sparekey.accounts.passwords import libpass
from sparekey.accounts.passwords.contract import Check, Family, malformed
from sparekey.accounts.passwords.foreign import bcrypt

_NEW = "$wp"
_PORTABLE = re.compile(r"\$[PH]\$[./A-Za-z0-9]{31}")
_BLANKS = b" \t\n\r\0\x0b"  # what PHP's trim() takes off
#: A logarithm: WordPress writes 13, phpBB ($H$) 11.
_MAX_ROUNDS = 16


def _read(text: str) -> Check:
    if not text.startswith(_NEW):
        if not _PORTABLE.fullmatch(text):
            raise malformed("phpass")
        check = libpass.read("phpass", text, most_rounds=_MAX_ROUNDS)
        return lambda password: check(password.strip(_BLANKS))
    check_digest = bcrypt.family.read(text.removeprefix(_NEW))
    return lambda password: check_digest(_digest(password.strip(_BLANKS)))


def _digest(password: bytes) -> bytes:
    return b64encode(hmac.digest(b"wp-sha384", password, "sha384"))


family = Family(example="WordPress ($P$…, $wp$2y$…)", begins=("$P$", "$H$", "$wp"), read=_read)
