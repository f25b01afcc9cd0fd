"""Passwords: which are good enough, how they are stored, and how one is compared."""

from sparekey.accounts.passwords.hashing import (
    hash_password,
    import_hash,
    is_right,
    is_same_import,
    needs_new_hash,
    stand_in_hash,
)
from sparekey.accounts.passwords.policy import (
    MAX_LENGTH,
    MIN_LENGTH,
    MIN_LENGTH_WITH_SECOND_FACTOR,
    password_problem,
)
from sparekey.accounts.passwords.suggesting import suggest_password

__all__ = [
    "MAX_LENGTH",
    "MIN_LENGTH",
    "MIN_LENGTH_WITH_SECOND_FACTOR",
    "hash_password",
    "import_hash",
    "is_right",
    "is_same_import",
    "needs_new_hash",
    "password_problem",
    "stand_in_hash",
    "suggest_password",
]
