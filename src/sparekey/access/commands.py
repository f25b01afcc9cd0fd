"""`sparekey keys`: make a key, list them, end one."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from typing import Annotated

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

OpenDb = Callable[[], AbstractAsyncContextManager[Db]]

Slug = Annotated[str, typer.Argument(help="The brand's slug.")]
Name = Annotated[str, typer.Option(help="Where the key is used, for whoever finds it in the list.")]
Scopes = Annotated[
    list[str] | None,
    typer.Option("--scope", help="Repeat it. Without it: every scope. " + ", ".join(SCOPES)),
]
Days = Annotated[int | None, typer.Option(help="Days until the key ends by itself.", min=1)]
KeyId = Annotated[str, typer.Argument(help="The key_… of the list.")]


def app(open_db: OpenDb, clock: Clock) -> typer.Typer:
    """The commands, on the database that `open_db` opens."""
    commands = typer.Typer(help="API keys of a brand.")

    @commands.command("create")
    def create(brand: Slug, name: Name, scope: Scopes = None, days: Days = None) -> None:
        """Make a key and show it, once. Two may be in use while one replaces the other."""
        lasts = None if days is None else timedelta(days=days)
        asyncio.run(_create(open_db, clock, brand, name, scope or list(SCOPES), lasts))

    @commands.command("list")
    def listed(brand: Slug) -> None:
        """List a brand's keys, without the keys themselves."""
        asyncio.run(_list(open_db, clock, brand))

    @commands.command("revoke")
    def revoke(brand: Slug, key: KeyId) -> None:
        """End a key. Every process refuses it within five seconds."""
        asyncio.run(_revoke(open_db, clock, brand, key))

    return commands


async def _create(
    open_db: OpenDb,
    clock: Clock,
    slug: str,
    name: str,
    scopes: list[str],
    lasts: timedelta | None,
) -> None:
    async with open_db() as db:
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


async def _list(open_db: OpenDb, clock: Clock, slug: str) -> None:
    async with open_db() as db:
        brand = await _brand(db, slug)
        table = Table("id", "name", "state", "scopes")
        for key in await keys.keys_of(db, brand.id):
            state = "in use" if key.is_usable(clock()) else "ended"
            table.add_row(*map(escape, (ids.show("key", key.id), key.name, state, _scopes(key))))
        show(table)


async def _revoke(open_db: OpenDb, clock: Clock, slug: str, shown: str) -> None:
    key_id = ids.parse("key", shown)
    async with open_db() as db:
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
