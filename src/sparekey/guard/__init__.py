"""May this happen? Limits, ledgers, locks and blocks; it knows subjects by key, not accounts."""

from sparekey.guard.ledger import Alphabet, Ladder, base_length, ladder, shard_of
from sparekey.guard.model import (
    BLOCK,
    FREEZE,
    PAUSE,
    STOP,
    Allowance,
    Asked,
    CapClass,
    Limits,
)
from sparekey.guard.service import (
    Standing,
    block,
    close_all,
    count_failure,
    limits,
    paused_until,
    reserve_password_try,
    return_password_try,
    standing,
    sweep,
    unblock,
)

__all__ = [
    "BLOCK",
    "FREEZE",
    "PAUSE",
    "STOP",
    "Allowance",
    "Alphabet",
    "Asked",
    "CapClass",
    "Ladder",
    "Limits",
    "Standing",
    "base_length",
    "block",
    "close_all",
    "count_failure",
    "ladder",
    "limits",
    "paused_until",
    "reserve_password_try",
    "return_password_try",
    "shard_of",
    "standing",
    "sweep",
    "unblock",
]
