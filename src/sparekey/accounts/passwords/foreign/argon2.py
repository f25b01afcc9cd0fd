"""Argon2 in the PHC string format, as libraries of every language write it.

Argon2d is refused: it was never meant for passwords (RFC 9106, 4).
"""

import re

from argon2 import Type, extract_parameters
from argon2.exceptions import VerifyMismatchError
from argon2.low_level import verify_secret

from sparekey.accounts.passwords.contract import (
    MAX_MEMORY_KIB,
    Check,
    Family,
    UnusableHash,
    costly,
    malformed,
)

_WHOLE = re.compile(
    r"\$argon2(?:id|i)\$(?:v=(?:16|19)\$)?m=[1-9]\d{0,8},t=[1-9]\d{0,8},p=[1-9]\d{0,2}"
    r"\$[A-Za-z0-9+/]{11,86}\$[A-Za-z0-9+/]{22,86}"
)
#: KiB filled in all passes: seven times ours. The defaults of Django and PHP are as much.
_MAX_WORK = 262_144
_MAX_LANES = 8


def _read(text: str) -> Check:
    if not _WHOLE.fullmatch(text):
        raise malformed("Argon2id or Argon2i with 8 bytes of salt and 16 of hash")
    cost = extract_parameters(text)
    is_heavy = cost.memory_cost > MAX_MEMORY_KIB or cost.parallelism > _MAX_LANES
    if is_heavy or cost.memory_cost * cost.time_cost > _MAX_WORK:
        raise costly()
    if cost.memory_cost < 8 * cost.parallelism:
        raise UnusableHash("This Argon2 hash names less memory than its lanes need.")
    return lambda password: _is_right(text, password, cost.type)


def _is_right(text: str, password: bytes, kind: Type) -> bool:
    try:
        return verify_secret(text.encode(), password, kind)
    except VerifyMismatchError:
        return False


family = Family(example="Argon2 ($argon2id$…)", begins=("$argon2",), read=_read)
