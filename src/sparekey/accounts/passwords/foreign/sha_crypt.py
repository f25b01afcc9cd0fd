"""crypt(3) with SHA-256 and SHA-512, from /etc/shadow and whatever copied it."""

import re

from sparekey.accounts.passwords import libpass
from sparekey.accounts.passwords.contract import Check, Family, malformed

_WHOLE = re.compile(
    r"\$(?:5|6)\$(?:rounds=[1-9]\d{3,8}\$)?[./A-Za-z0-9]{1,16}\$(?:[./A-Za-z0-9]{43}){1,2}"
)
#: Twenty times what crypt(3) does unless told otherwise.
_MAX_ROUNDS = 100_000


def _read(text: str) -> Check:
    if not _WHOLE.fullmatch(text):
        raise malformed("crypt(3) with SHA-2")
    scheme = "sha512_crypt" if text.startswith("$6$") else "sha256_crypt"
    return libpass.read(scheme, text, most_rounds=_MAX_ROUNDS)


family = Family(example="SHA-512 crypt ($6$…)", begins=("$5$", "$6$"), read=_read)
