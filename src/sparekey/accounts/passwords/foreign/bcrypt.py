"""bcrypt: PHP's password_hash, Ruby on Rails, Node, Spring, and whoever else took the default.

It looks at 72 bytes of a password at most and at none after a NUL, so neither do we.
"""

import re

import bcrypt

from sparekey.accounts.passwords.contract import Check, Family, costly, malformed

_WHOLE = re.compile(r"\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}")
_MAX_BYTES = 72
_MIN_COST = 4
#: A fifth of a second; each step more doubles it.
_MAX_COST = 12


def _read(text: str) -> Check:
    whole = _WHOLE.fullmatch(text)
    if whole is None or int(whole[1]) < _MIN_COST:
        raise malformed("bcrypt")
    if int(whole[1]) > _MAX_COST:
        raise costly()
    hashed = text.encode()
    return lambda password: bcrypt.checkpw(_seen(password), hashed)


def _seen(password: bytes) -> bytes:
    return password.partition(b"\0")[0][:_MAX_BYTES]


family = Family(example="bcrypt ($2b$…)", begins=("$2a$", "$2b$", "$2y$"), read=_read)
