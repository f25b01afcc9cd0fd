"""May this happen? Limits, ledgers, locks and blocks; it knows subjects by key, not accounts."""

from sparekey.guard.ledger import Alphabet, Ladder, base_length, ladder, shard_of
from sparekey.guard.model import Allowance, Asked, CapClass, Limits
from sparekey.guard.service import (
    block,
    close_all,
    limits,
    reserve_password_try,
    return_password_try,
    unblock,
)

__all__ = [
    "Allowance",
    "Alphabet",
    "Asked",
    "CapClass",
    "Ladder",
    "Limits",
    "base_length",
    "block",
    "close_all",
    "ladder",
    "limits",
    "reserve_password_try",
    "return_password_try",
    "shard_of",
    "unblock",
]
