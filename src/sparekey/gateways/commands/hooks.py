"""`sparekey gateways hook|move-hook|read-again`: where a provider reports to, and what came."""

from collections.abc import Callable
from functools import partial

import typer

from sparekey.brands import Brand
from sparekey.db import Db
from sparekey.gateways.commands.shared import (
    Name,
    OnSealed,
    Slug,
    brand_of,
    failed,
    saying_problems,
)
from sparekey.gateways.hooks import hook_url
from sparekey.gateways.kinds import KINDS
from sparekey.gateways.model import Gateway
from sparekey.gateways.service import arriving, configuring, hearing
from sparekey.kit.clock import Clock
from sparekey.kit.keyring import Keyring


def add_to(
    commands: typer.Typer, on_sealed: OnSealed, clock: Clock, base_url: Callable[[], str]
) -> None:
    """Add these commands."""

    @commands.command("hook")
    def hook(brand: Slug, name: Name) -> None:
        """Show the secret address that its provider reports to."""
        on_sealed(partial(_hook, slug=brand, name=name, base_url=base_url()))

    @commands.command("read-again")
    def read_again(brand: Slug, name: Name) -> None:
        """Read what came in and could not be read, once its cause is mended; it is kept a week."""
        on_sealed(partial(_read_again, clock=clock, slug=brand, name=name))

    @commands.command("move-hook")
    def move_hook(brand: Slug, name: Name) -> None:
        """Give its hook another address; the former one ends within five seconds."""
        on_sealed(partial(_move_hook, clock=clock, slug=brand, name=name, base_url=base_url()))


async def _hook(db: Db, keyring: Keyring, *, slug: str, name: str, base_url: str) -> None:
    brand = await brand_of(db, slug)
    gateway = await _gateway_of(db, brand, name)
    _require_hook(gateway)
    _show(keyring, brand, gateway, base_url)


async def _move_hook(
    db: Db, keyring: Keyring, *, clock: Clock, slug: str, name: str, base_url: str
) -> None:
    brand = await brand_of(db, slug)
    _require_hook(await _gateway_of(db, brand, name))
    with saying_problems():
        moved = await arriving.move_hook(db, brand, name, at=clock())
    _show(keyring, brand, moved, base_url)


async def _read_again(db: Db, _keyring: Keyring, *, clock: Clock, slug: str, name: str) -> None:
    gateway = await _gateway_of(db, await brand_of(db, slug), name)
    print(f"{await hearing.read_again(db, gateway.id, at=clock())} are read again.")


async def _gateway_of(db: Db, brand: Brand, name: str) -> Gateway:
    of_brand = await configuring.of_brand(db, brand.id)
    gateway = next((one for one in of_brand if one.name == name), None)
    if gateway is None:
        raise failed(f"{brand.slug} has no gateway {name}.")
    return gateway


def _require_hook(gateway: Gateway) -> None:
    """Nobody calls a gateway that hears nothing, or hears by its own connection."""
    kind = KINDS.get(gateway.kind)
    if kind.hears is None or kind.listens:
        raise failed(f"A gateway of kind {gateway.kind} has no hook.")


def _show(keyring: Keyring, brand: Brand, gateway: Gateway, base_url: str) -> None:
    """On one line, however long: it is copied from here."""
    print(hook_url(keyring, arriving.path_of(gateway), brand.base_url or base_url))
