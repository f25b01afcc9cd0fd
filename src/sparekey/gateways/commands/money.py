"""`sparekey gateways prices|budget|terms|…`: what messages cost and may cost."""

import sys
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich import print as show
from rich.markup import escape
from rich.table import Table

from sparekey.db import Db
from sparekey.gateways import money
from sparekey.gateways.commands.shared import (
    Name,
    OnSealed,
    Slug,
    brand_of,
    failed,
    saying_problems,
)
from sparekey.gateways.money import Budget, Terms, UnreadableMoney
from sparekey.gateways.service import routing
from sparekey.kit.keyring import Keyring

File = Annotated[
    str, typer.Argument(help="A CSV file of prefix,price for one part; - for standard input.")
]
Country = Annotated[str, typer.Argument(help="Two letters, or * for all countries together.")]
PerDay = Annotated[str, typer.Argument(help="The most of a day, such as 250; none: no limit.")]
Reserve = Annotated[
    str | None,
    typer.Option(help="The part that only owners' own doors may use; without it a fifth."),
]
Currency = Annotated[str | None, typer.Option(help="The money it counts in, such as EUR.")]
FallBack = Annotated[
    int | None, typer.Option(help="Seconds without a confirmed delivery; 0: never fall back.")
]


def add_to(commands: typer.Typer, on_sealed: OnSealed) -> None:
    """Add these commands."""

    @commands.command("prices")
    def prices(brand: Slug, name: Name, file: File) -> None:
        """Replace a gateway's price table, whole. Every process follows within a minute."""
        on_sealed(partial(_prices, slug=brand, name=name, file=file))

    @commands.command("budget")
    def budget(brand: Slug, country: Country, per_day: PerDay, reserve: Reserve = None) -> None:
        """Spend no more in a day; what would cost more goes by email, or fails."""
        on_sealed(partial(_budget, slug=brand, country=country, per_day=per_day, reserve=reserve))

    @commands.command("terms")
    def terms(brand: Slug, currency: Currency = None, fall_back: FallBack = None) -> None:
        """Say in which money the brand counts, and when its next channel is tried."""
        on_sealed(partial(_terms, slug=brand, currency=currency, fall_back=fall_back))

    @commands.command("money")
    def shown(brand: Slug) -> None:
        """Show budgets and terms."""
        on_sealed(partial(_money, slug=brand))


async def _prices(db: Db, _keyring: Keyring, *, slug: str, name: str, file: str) -> None:
    brand = await brand_of(db, slug)
    try:
        prices = money.read_prices(_content(file))
    except (OSError, UnicodeDecodeError) as error:
        raise failed(f"{file} cannot be read: {error}") from error
    except UnreadableMoney as error:
        raise failed(f"{file}: {error}.") from error
    with saying_problems():
        await routing.put_prices(db, brand, name, prices)
    show(f"{escape(name)} has {len(prices)} prices.")


def _content(file: str) -> str:
    return sys.stdin.read() if file == "-" else Path(file).read_text()


async def _budget(
    db: Db, _keyring: Keyring, *, slug: str, country: str, per_day: str, reserve: str | None
) -> None:
    brand = await brand_of(db, slug)
    if per_day == "none":
        await routing.remove_budget(db, brand, country)
        show(f"{escape(country)} has no budget.")
        return
    try:
        most = money.read_amount(per_day)
        kept = most // 5 if reserve is None else money.read_amount(reserve)
    except UnreadableMoney as error:
        raise failed(f"{error}.".capitalize()) from error
    with saying_problems():
        await routing.put_budget(db, brand, Budget(country, most, kept))
    show(f"{escape(country)}: {money.shown(most)} a day, {money.shown(kept)} of it for owners.")


async def _terms(
    db: Db, _keyring: Keyring, *, slug: str, currency: str | None, fall_back: int | None
) -> None:
    brand = await brand_of(db, slug)
    now = await routing.terms(db, brand.id)
    wanted = Terms(
        currency or now.currency, now.fall_back_seconds if fall_back is None else fall_back
    )
    with saying_problems():
        await routing.put_terms(db, brand, wanted)
    await _money(db, _keyring, slug=slug)


async def _money(db: Db, _keyring: Keyring, *, slug: str) -> None:
    brand = await brand_of(db, slug)
    known = await routing.network(db, brand.id)
    table = Table("country", f"a day ({known.terms.currency})", "of it for owners")
    for one in known.budgets.values():
        table.add_row(one.country, money.shown(one.per_day), money.shown(one.reserve))
    show(table)
    seconds = known.terms.fall_back_seconds
    show(f"Falls back after {seconds} seconds." if seconds else "Never falls back.")
