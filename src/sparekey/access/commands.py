"""`sparekey keys`: make a key, list them, end one."""

from collections.abc import Callable, Coroutine
from datetime import timedelta
from functools import partial
from typing import Annotated, Any

import typer
from rich import print as show
from rich.markup import escape
from rich.table import Table

from sparekey import brands
from sparekey.access.model import SCOPES, ApiKey
from sparekey.access.service import keys
from sparekey.db import Db
from sparekey.kit import ids
from sparekey.kit.clock import Clock
from sparekey.kit.problem import Problem

OnDb = Callable[[Callable[[Db], Coroutine[Any, Any, None]]], None]

Slug = Annotated[str, typer.Argument(help="The brand's slug.")]
Name = Annotated[str, typer.Option(help="Where the key is used, for whoever finds it in the list.")]
Scopes = Annotated[
    list[str] | None,
    typer.Option("--scope", help="Repeat it. Without it: every scope. " + ", ".join(SCOPES)),
]
Days = Annotated[int | None, typer.Option(help="Days until the key ends by itself.", min=1)]
KeyId = Annotated[str, typer.Argument(help="The key_… of the list.")]


def app(on_db: OnDb, clock: Clock) -> typer.Typer:
    """The commands; `on_db` does their work, on the database that it opens."""
    commands = typer.Typer(help="API keys of a brand.")

    @commands.command("create")
    def create(brand: Slug, name: Name, scope: Scopes = None, days: Days = None) -> None:
        """Make a key and show it, once. Two may be in use while one replaces the other."""
        lasts = None if days is None else timedelta(days=days)
        scopes = scope or list(SCOPES)
        on_db(partial(_create, clock=clock, slug=brand, name=name, scopes=scopes, lasts=lasts))

    @commands.command("list")
    def listed(brand: Slug) -> None:
        """List a brand's keys, without the keys themselves."""
        on_db(partial(_list, clock=clock, slug=brand))

    @commands.command("revoke")
    def revoke(brand: Slug, key: KeyId) -> None:
        """End a key. Every process refuses it within five seconds."""
        on_db(partial(_revoke, clock=clock, slug=brand, shown=key))

    return commands


async def _create(
    db: Db, clock: Clock, slug: str, name: str, scopes: list[str], lasts: timedelta | None
) -> None:
    brand, at = await _brand(db, slug), clock()
    try:
        made, key = await keys.create_key(
            db,
            brand,
            name=name,
            scopes=scopes,
            at=at,
            expires_at=None if lasts is None else at + lasts,
        )
    except Problem as problem:
        raise _failed(problem.detail) from problem
    show(f"Made {ids.show('key', made.id)} for [bold]{brand.slug}[/bold]. Keep this, it is not")
    show("shown again:")
    typer.echo(key.reveal())


async def _list(db: Db, clock: Clock, slug: str) -> None:
    brand = await _brand(db, slug)
    table = Table("id", "name", "state", "scopes")
    for key in await keys.keys_of(db, brand.id):
        state = "in use" if key.is_usable(clock()) else "ended"
        table.add_row(*map(escape, (ids.show("key", key.id), key.name, state, _scopes(key))))
    show(table)


async def _revoke(db: Db, clock: Clock, slug: str, shown: str) -> None:
    key_id = ids.parse("key", shown)
    brand = await _brand(db, slug)
    if key_id is None or not await keys.revoke(db, brand.id, key_id, clock()):
        raise _failed(f"{brand.slug} has no key {shown} in use.")
    show(f"Ended {shown}.")


async def _brand(db: Db, slug: str) -> brands.Brand:
    brand = await brands.find(db, slug)
    if brand is None:
        raise _failed(f"There is no brand {slug}; sparekey brands list shows them.")
    return brand


def _scopes(key: ApiKey) -> str:
    return "every" if set(key.scopes) == set(SCOPES) else ", ".join(key.scopes)


def _failed(sentence: str) -> typer.Exit:
    show(f"[red]{escape(sentence)}[/red]")
    return typer.Exit(1)
