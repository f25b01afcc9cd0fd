"""What a guess costs, and how long codes must be: the price list of the takeover budget.

Units are 1e-15 of a takeover. Codes grow along a ladder of three rungs as a ledger fills to 50, 90
and 100 percent; the deployment's budget does the same for strangers. The sums are argued in
`docs/decisions/0007-takeover-budget.md`.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

Alphabet = Literal["digits", "base32"]

UNITS = 10**15
BURST = 450_000_000
BUDGET_BURST = 10**12
SHARDS = 64
#: Share of the burst that used and held may reach at each rung, in percent.
ROOM = (50, 90, 100)
#: Guesses by text may hold this much of the burst, in percent.
TEXT_ROOM = 10
BASE32_LENGTH = 8
LONGEST = 12


@dataclass(frozen=True, slots=True)
class Ladder:
    """Three rungs: the length of a code, what a guess at it costs, how full the books may be."""

    lengths: tuple[int, ...]
    costs: tuple[int, ...]
    room: tuple[int, ...]
    budget_room: tuple[int, ...]

    def least_rung(self, length: int | None) -> int:
        """The first rung (from 1) whose codes are at least this long; the last when none is."""
        for rung, offered in enumerate(self.lengths, start=1):
            if length is None or offered >= length:
                return rung
        return len(self.lengths)


@lru_cache
def ladder(*, is_light: bool, alphabet: Alphabet, is_stranger: bool, base: int = 8) -> Ladder:
    """The ladder of a purpose: light ones (weight 0.01) from 6 digits, others from `base`."""
    weight = UNITS // 100 if is_light else UNITS
    if alphabet == "base32":
        lengths, sizes = (BASE32_LENGTH,) * 3, (32**BASE32_LENGTH,) * 3
    else:
        lengths = (6, 8, 10) if is_light else (base, max(base, 10), LONGEST)
        sizes = tuple(10**length for length in lengths)
    budget_room = ROOM if is_stranger else (100, 100, 100)
    return Ladder(
        lengths,
        tuple(-(-weight // size) for size in sizes),
        tuple(BURST * percent // 100 for percent in ROOM),
        tuple(BUDGET_BURST // SHARDS * percent // 100 for percent in budget_room),
    )


def base_length(accounts: int) -> int:
    """Spraying grows with the number of accounts: 8 digits, 9 above 1.2e6, 10 above 1.2e7."""
    if accounts > 12_000_000:
        return 10
    return 9 if accounts > 1_200_000 else 8


def shard_of(account_key: bytes) -> int:
    """Which shard of the deployment's budget an account draws from."""
    return account_key[0] % SHARDS
