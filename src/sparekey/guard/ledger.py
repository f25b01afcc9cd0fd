"""What a guess costs, and how long codes must be: the price list of the takeover budget.

Units are 1e-15 of a takeover. Codes grow along a ladder of three rungs as a ledger fills to 50, 90
and 100 percent; the deployment's budget does the same for strangers. The sums are argued in
`docs/decisions/0007-takeover-budget.md`.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from sparekey.kit.address import Address, Email
from sparekey.kit.keyring import Keyring

Alphabet = Literal["digits", "base32"]

UNITS = 10**15
BURST = 450_000_000
BUDGET_BURST = 10**12
SHARDS = 64
#: Share of the burst that used and held may reach at each rung, in percent.
ROOM = (50, 90, 100)
#: The same of the deployment's budget for the owners' own doors, which strangers cannot crowd out.
OWNERS_ROOM = (90, 99, 100)
BASE32_LENGTH = 8
LONGEST = 12


@dataclass(frozen=True, slots=True)
class Ladder:
    """Three rungs: the length of a code, what a guess at it costs, how full the books may be."""

    lengths: tuple[int, ...]
    costs: tuple[int, ...]
    room: tuple[int, ...]
    budget_room: tuple[int, ...]


@lru_cache
def ladder(
    *, is_light: bool, alphabet: Alphabet, is_stranger: bool, at_least: int = 0, base: int = 8
) -> Ladder:
    """The ladder of a purpose: light ones (weight 0.01) from 6 digits, others from `base`.

    `at_least` can only make codes longer.
    """
    weight = UNITS // 100 if is_light else UNITS
    if alphabet == "base32":
        lengths, sizes = (BASE32_LENGTH,) * 3, (32**BASE32_LENGTH,) * 3
    else:
        grown = 10 if base < 10 else LONGEST
        rungs = (6, 8, 10) if is_light else (base, grown, LONGEST)
        lengths = tuple(max(rung, at_least) for rung in rungs)
        sizes = tuple(10**length for length in lengths)
    budget_room = ROOM if is_stranger else OWNERS_ROOM
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


def shard_of(account_key: bytes, *, is_sandbox: bool) -> int:
    """Which shard of the deployment's budget an account draws from; sandboxes have a budget of
    their own, so that trying things out lengthens nobody's codes."""
    return account_key[0] % SHARDS + (SHARDS if is_sandbox else 0)


def address_ledger(keyring: Keyring, brand_id: int, to: Address) -> bytes:
    """The key of an address's ledger. Ledgers are a brand's own."""
    return keyring.index("ledger", str(brand_id), reached(to))


def reached(to: Address) -> str:
    """What an address reaches: no spelling of a mailbox has books of its own."""
    return to.lowered if isinstance(to, Email) else to.e164
