"""`sparekey gateways hook|move-hook`: the secret address that a gateway's provider reports to."""

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
from sparekey.gateways.service import arriving, configuring
from sparekey.kit.clock import Clock
from sparekey.kit.keyring import Keyring


def add_to(commands: typer.Typer, on_sealed: OnSealed, clock: Clock) -> None:
    """Add these commands."""

    @commands.command("hook")
    def hook(brand: Slug, name: Name) -> None:
        """Show the secret address that its provider reports to."""
        on_sealed(partial(_hook, slug=brand, name=name))

    @commands.command("move-hook")
    def move_hook(brand: Slug, name: Name) -> None:
        """Give its hook another address; the former one ends within five seconds."""
        on_sealed(partial(_move_hook, clock=clock, slug=brand, name=name))


async def _hook(db: Db, keyring: Keyring, *, slug: str, name: str) -> None:
    brand = await brand_of(db, slug)
    of_brand = await configuring.of_brand(db, brand.id)
    gateway = next((one for one in of_brand if one.name == name), None)
    if gateway is None:
        raise failed(f"{slug} has no gateway {name}.")
    if KINDS.get(gateway.kind).hears is None:
        raise failed(f"A gateway of kind {gateway.kind} has no hook.")
    _show(keyring, brand, gateway)


async def _move_hook(db: Db, keyring: Keyring, *, clock: Clock, slug: str, name: str) -> None:
    brand = await brand_of(db, slug)
    with saying_problems():
        moved = await arriving.move_hook(db, brand, name, at=clock())
    _show(keyring, brand, moved)


def _show(keyring: Keyring, brand: Brand, gateway: Gateway) -> None:
    """On one line, however long: it is copied from here."""
    base = brand.base_url or "SPAREKEY_BASE_URL"
    print(hook_url(keyring, arriving.path_of(gateway), base))
