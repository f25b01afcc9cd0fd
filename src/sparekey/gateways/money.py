"""What messages cost and how much of it a brand may spend: amounts, price tables, limits.

Amounts are whole millionths of the brand's currency, so that they add up to the last digit.
"""

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from io import StringIO
from math import ceil

MICROS = 1_000_000
ALTOGETHER = "*"
DEFAULT_CURRENCY = "EUR"
DEFAULT_FALL_BACK_SECONDS = 30

MOST = Decimal(1_000_000_000)
_PREFIX = re.compile(r"\+?([0-9]{0,15})")


class UnreadableMoney(ValueError):
    """No amount, or no price table; says what is wrong, and in which line."""


@dataclass(frozen=True, slots=True)
class Terms:
    """In which money a brand counts, and how soon its next channel is tried (0: never)."""

    currency: str = DEFAULT_CURRENCY
    fall_back_seconds: int = DEFAULT_FALL_BACK_SECONDS


@dataclass(frozen=True, slots=True)
class Budget:
    """What may be spent in a day; only an owner's own doors may spend the `reserve` of it."""

    country: str
    per_day: int
    reserve: int

    def limit(self, *, is_own_door: bool) -> int:
        """What the day's spending may reach with this message."""
        return self.per_day if is_own_door else self.per_day - self.reserve


@dataclass(frozen=True, slots=True)
class Pot:
    """One of the sums that a message is charged to, and what that sum may reach."""

    country: str
    limit: int


def pots(
    budgets: Mapping[str, Budget], country: str | None, *, is_own_door: bool
) -> tuple[Pot, ...]:
    """What a message to a country is charged to: the country's sum, and the one of all together."""
    if country is None:
        return ()
    found = (budgets.get(name) for name in (ALTOGETHER, country))
    return tuple(
        Pot(one.country, one.limit(is_own_door=is_own_door)) for one in found if one is not None
    )


def micros(amount: Decimal) -> int:
    """An amount in millionths, rounded up: nothing is cheaper than it says."""
    return ceil(amount * MICROS)


def shown(amount: int) -> str:
    """An amount as people write it: at least two places, no more than it has."""
    text = f"{Decimal(amount) / MICROS:.6f}".rstrip("0")
    whole, _, places = text.partition(".")
    return f"{whole}.{places:<02}"


def read_amount(text: str) -> int:
    """An amount in millionths; UnreadableMoney when it is none."""
    try:
        amount = Decimal(text.strip())
    except InvalidOperation:
        raise UnreadableMoney("an amount is a number such as 0.0425") from None
    if not amount.is_finite() or not 0 <= amount <= MOST:
        raise UnreadableMoney("an amount is a number from 0 to 1000000000")
    return micros(amount)


def read_prices(text: str) -> dict[str, int]:
    """A price table: lines of `prefix,price`, a heading allowed; UnreadableMoney with the line.

    The empty prefix is the price of every number that no other prefix fits.
    """
    prices: dict[str, int] = {}
    for number, row in enumerate(_rows(text), start=1):
        cells = [cell.strip() for cell in row]
        if not any(cells) or (number == 1 and cells[:2] == ["prefix", "price"]):
            continue
        prefix = _PREFIX.fullmatch(cells[0])
        if len(cells) != 2 or prefix is None:
            raise UnreadableMoney(f"line {number}: write a prefix of digits, a comma and a price")
        if prefix[1] in prices:
            raise UnreadableMoney(f"line {number}: +{prefix[1]} has a price already")
        try:
            prices[prefix[1]] = read_amount(cells[1])
        except UnreadableMoney as error:
            raise UnreadableMoney(f"line {number}: {error}") from error
    if not prices:
        raise UnreadableMoney("it has no prices")
    return prices


def _rows(text: str) -> list[list[str]]:
    try:
        return list(csv.reader(StringIO(text.removeprefix("\ufeff"), newline="")))
    except csv.Error as error:
        raise UnreadableMoney(f"it is no CSV: {error}") from error


def named(budgets: Sequence[Budget]) -> dict[str, Budget]:
    """Budgets by country."""
    return {budget.country: budget for budget in budgets}
