"""`sparekey gateways`: how a live brand's messages reach carriers and mail servers."""

import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich import print as show
from rich.markup import escape
from rich.table import Table

from sparekey.db import Db
from sparekey.gateways.commands import hooks, money, routing
from sparekey.gateways.commands.shared import Name, OnSealed, Slug, Work, brand_of, failed
from sparekey.gateways.kinds import KINDS
from sparekey.gateways.service import configuring
from sparekey.kit import finding
from sparekey.kit.clock import Clock
from sparekey.kit.keyring import Keyring
from sparekey.kit.problem import Problem

__all__ = ["Work", "app"]

KindName = Annotated[str, typer.Option("--kind", help="What it speaks: see gateways kinds.")]
Channels = Annotated[
    list[str] | None, typer.Option("--channel", help="Repeat it. Without it: all the kind carries.")
]
Given = Annotated[list[str] | None, typer.Option("--set", help="NAME=VALUE; repeat it.")]
Read = Annotated[
    list[str] | None,
    typer.Option("--read", help="NAME=FILE, or NAME=- for standard input; secrets go this way."),
]
Asked = Annotated[
    list[str] | None, typer.Option("--ask", help="NAME of a setting to type without it being seen.")
]
OneName = Annotated[str | None, typer.Argument(help="One gateway; without it all of the brand.")]


def app(on_sealed: OnSealed, clock: Clock, base_url: Callable[[], str]) -> typer.Typer:
    """The commands; `on_sealed` does their work, on the database and keyring that it opens;
    `base_url` says where this deployment answers."""
    commands = typer.Typer(help="Connections of live brands to carriers and mail servers.")
    commands.command("add")(_add_command(on_sealed, clock))
    commands.command("kinds")(_kinds)

    @commands.command("list")
    def listed(brand: Slug) -> None:
        """List a brand's gateways in the order in which they are chosen; secrets are dots."""
        on_sealed(partial(_list, slug=brand))

    @commands.command("check")
    def check(brand: Slug, name: OneName = None) -> None:
        """Connect, sign in and look at what is published; fails when somebody has to act."""
        on_sealed(partial(_check, slug=brand, name=name))

    @commands.command("on")
    def on(brand: Slug, name: Name) -> None:
        """Send through it again. Every process follows within five seconds."""
        on_sealed(partial(_switch, slug=brand, name=name, is_on=True))

    @commands.command("off")
    def off(brand: Slug, name: Name) -> None:
        """Send nothing through it any more. Every process follows within five seconds."""
        on_sealed(partial(_switch, slug=brand, name=name, is_on=False))

    @commands.command("remove")
    def remove(brand: Slug, name: Name) -> None:
        """Forget it and its secrets."""
        on_sealed(partial(_remove, slug=brand, name=name))

    hooks.add_to(commands, on_sealed, clock, base_url)
    routing.add_to(commands, on_sealed, clock)
    money.add_to(commands, on_sealed)
    return commands


def _add_command(on_sealed: OnSealed, clock: Clock) -> Callable[..., None]:
    def add(
        brand: Slug,
        name: Name,
        kind: KindName,
        channel: Channels = None,
        given: Given = None,
        read: Read = None,
        ask: Asked = None,
    ) -> None:
        """Add a gateway. It is used from the next message on; check it first with `check`."""
        values = _values(kind, given or (), read or (), ask or ())
        on_sealed(
            partial(
                _add, clock=clock, slug=brand, name=name, kind=kind,
                channels=channel or [], values=values,
            )
        )  # fmt: skip

    return add


def _values(
    kind: str, given: Iterable[str], read: Iterable[str], asked: Iterable[str]
) -> dict[str, str]:
    """Every setting by name; a secret on the command line is refused: others can see it there."""
    try:
        declared = configuring.configurable(kind)
    except Problem as problem:
        raise failed(problem.detail) from problem
    secrets = {setting.name for setting in declared.settings or () if setting.is_secret}
    values: dict[str, str] = {}
    for name, text in map(_pair, given):
        if name in secrets:
            raise failed(f"{name} is a secret: pass it with --read {name}=FILE or --ask {name}.")
        values[name] = text
    for name, path in map(_pair, read):
        values[name] = _content(path)
    for name in asked:
        values[name] = typer.prompt(name, hide_input=True, err=True)
    return {name: text for name, text in values.items() if text}


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise failed(f"{name} has no value: write NAME=….")
    return name, value


def _content(path: str) -> str:
    try:
        return (sys.stdin.read() if path == "-" else Path(path).read_text()).strip()
    except (OSError, UnicodeDecodeError) as error:
        raise failed(f"{path} cannot be read: {error}") from error


def _kinds() -> None:
    """List the kinds that can be configured and the settings that each takes."""
    for name in KINDS.names():
        settings = KINDS.get(name).settings
        if settings is None:
            continue
        table = Table("setting", "what it is for", "without it", title=name, title_justify="left")
        for one in settings:
            about = f"{one.about} (secret)" if one.is_secret else one.about
            table.add_row(*map(escape, (one.name, about, one.default or "it must be given")))
        show(table)


async def _add(
    db: Db, keyring: Keyring, *, clock: Clock, slug: str, name: str, kind: str,
    channels: list[str], values: dict[str, str],
) -> None:  # fmt: skip
    brand = await brand_of(db, slug)
    try:
        made = await configuring.add(
            db, keyring, brand, name=name, kind=kind, channels=channels, values=values, at=clock()
        )
    except Problem as problem:
        raise failed(problem.detail) from problem
    show(f"Made the gateway [bold]{made.name}[/bold] of {slug} for {', '.join(made.channels)}.")
    show(f"Next: sparekey gateways check {slug} {made.name}")


async def _list(db: Db, keyring: Keyring, *, slug: str) -> None:
    brand = await brand_of(db, slug)
    table = Table("name", "kind", "channels", "state", "settings")
    for one in await configuring.of_brand(db, brand.id):
        values = configuring.shown_values(keyring, one)
        said = "\n".join(f"{name}={text.splitlines()[0]}" for name, text in values.items())
        state = "on" if one.is_on else "off"
        table.add_row(*map(escape, (one.name, one.kind, ", ".join(one.channels), state, said)))
    show(table)


async def _check(db: Db, keyring: Keyring, *, slug: str, name: str | None) -> None:
    brand = await brand_of(db, slug)
    gateways = await configuring.of_brand(db, brand.id)
    found = [one for one in gateways if name in {None, one.name}]
    if not found:
        raise failed(f"{slug} has no gateway {name or ''}".rstrip() + ".")
    needs_somebody = False
    for gateway in found:
        async for one in configuring.examine(keyring, gateway):
            needs_somebody |= one.advice is not None
            finding.show(replace(one, about=f"{gateway.name}, {one.about}"))
    if needs_somebody:
        raise typer.Exit(1)


async def _switch(db: Db, _keyring: Keyring, *, slug: str, name: str, is_on: bool) -> None:
    if not await configuring.switch(db, await brand_of(db, slug), name, is_on=is_on):
        raise failed(f"{slug} has no gateway {name}.")
    show(f"{escape(name)} is {'on' if is_on else 'off'}.")


async def _remove(db: Db, _keyring: Keyring, *, slug: str, name: str) -> None:
    if not await configuring.remove(db, await brand_of(db, slug), name):
        raise failed(f"{slug} has no gateway {name}.")
    show(f"Removed {escape(name)}.")
