"""`sparekey brands`: make a brand, change how it looks, list them."""

from collections.abc import Callable, Coroutine
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
from rich import print as show
from rich.markup import escape
from rich.table import Table

from sparekey.brands import service
from sparekey.brands.model import Brand, BrandWish, LookWish, Sender, Support
from sparekey.db import Db
from sparekey.kit.clock import Clock
from sparekey.kit.problem import Problem

OnDb = Callable[[Callable[[Db], Coroutine[Any, Any, None]]], None]

Slug = Annotated[str, typer.Argument(help="Its word in page addresses: a-z, 0-9 and -.")]
Name = Annotated[str, typer.Option(help="As customers know it, in every message.")]
Sandbox = Annotated[bool, typer.Option(help="A sandbox for ever: nothing is really sent.")]
Countries = Annotated[list[str] | None, typer.Option(help="Texts may go here; repeat it.")]
ReturnUrls = Annotated[list[str] | None, typer.Option(help="Where pages may lead; repeat it.")]
BaseUrl = Annotated[str | None, typer.Option(help="Its own origin, if not the deployment's.")]
Colour = Annotated[str | None, typer.Option(help="The colour of its buttons, such as #2b50d8.")]
Privacy = Annotated[str | None, typer.Option(help="Its privacy page, linked from every page.")]
TimeZone = Annotated[str | None, typer.Option(help="Where its customers are: Europe/Berlin.")]
LogoFile = Annotated[Path | None, typer.Option("--logo", help="An SVG or PNG file.")]

#: What takes a part of the look away again.
_NOTHING = "none"


def app(on_db: OnDb, clock: Clock) -> typer.Typer:
    """The commands; `on_db` does their work, on the database that it opens."""
    commands = typer.Typer(help="Companies and products whose customers are served.")
    commands.command("create")(_create_command(on_db, clock))
    commands.command("look")(_look_command(on_db))
    commands.command("list")(_list_command(on_db))
    return commands


def _create_command(on_db: OnDb, clock: Clock) -> Callable[..., None]:
    def create(
        slug: Slug,
        name: Name,
        sandbox: Sandbox = False,
        locale: str = "en",
        country: Countries = None,
        return_url: ReturnUrls = None,
        base_url: BaseUrl = None,
        support_phone: str | None = None,
        support_email: str | None = None,
        support_chat_url: str | None = None,
        support_hours: str | None = None,
        colour: Colour = None,
        privacy_url: Privacy = None,
        time_zone: TimeZone = None,
        sender_number: str | None = None,
        can_reply: bool = False,
    ) -> None:
        """Make a brand. A live one texts nowhere until --country names where."""
        wish = BrandWish(
            slug=slug,
            name=name,
            is_sandbox=sandbox,
            locale=locale,
            countries=tuple(country or ()),
            return_urls=tuple(return_url or ()),
            base_url=base_url,
            support=Support(support_phone, support_email, support_chat_url, support_hours),
            colour=colour,
            privacy_url=privacy_url,
            time_zone=time_zone or "UTC",
            sender=Sender(name[:11].strip(), sender_number, can_reply),
        )
        on_db(partial(_create, clock=clock, wish=wish))

    return create


def _look_command(on_db: OnDb) -> Callable[..., None]:
    def look(
        slug: Slug,
        colour: Colour = None,
        logo: LogoFile = None,
        privacy_url: Privacy = None,
        time_zone: TimeZone = None,
    ) -> None:
        """Change how a brand's pages look; the word none takes a colour, logo or page away."""
        wish = LookWish(
            colour=_wished(colour), privacy_url=_wished(privacy_url), time_zone=time_zone
        )
        on_db(partial(_look, slug=slug, wish=wish, logo=_read_file(logo)))

    return look


def _wished(text: str | None) -> str | None:
    return "" if text == _NOTHING else text


def _read_file(path: Path | None) -> bytes | None:
    if path is None or str(path) == _NOTHING:
        return None if path is None else b""
    try:
        return path.read_bytes()
    except OSError as error:
        show(f"[red]{escape(str(path))} cannot be read: {escape(error.strerror or '')}.[/red]")
        raise typer.Exit(1) from error


def _list_command(on_db: OnDb) -> Callable[..., None]:
    def listed() -> None:
        """List every brand."""
        on_db(_list)

    return listed


async def _create(db: Db, clock: Clock, wish: BrandWish) -> None:
    try:
        brand = await service.create(db, wish, clock())
    except Problem as problem:
        show(f"[red]{escape(problem.detail)}[/red]")
        raise typer.Exit(1) from problem
    kind = "sandbox brand" if brand.is_sandbox else "brand"
    show(f"Made the {kind} [bold]{brand.slug}[/bold].")
    show(f"Next: sparekey keys create {brand.slug} --name …")


async def _look(db: Db, slug: str, wish: LookWish, logo: bytes | None) -> None:
    try:
        brand = await service.change_look(db, slug, wish, logo=logo)
    except Problem as problem:
        show(f"[red]{escape(problem.detail)}[/red]")
        raise typer.Exit(1) from problem
    parts = {
        "colour": brand.colour or "the default",
        "logo": "yes" if brand.logo else "its initial",
        "privacy page": brand.privacy_url or "none",
        "time zone": brand.time_zone,
    }
    show(f"[bold]{brand.slug}[/bold] looks like this within five seconds:")
    for name, value in parts.items():
        show(f"  {name}: {escape(value)}")


async def _list(db: Db) -> None:
    table = Table("slug", "name", "kind", "texts to", "languages")
    for brand in await service.everyone(db):
        table.add_row(*map(escape, _cells(brand)))
    show(table)


def _cells(brand: Brand) -> tuple[str, ...]:
    countries = "everywhere" if brand.countries is None else ", ".join(brand.countries) or "nowhere"
    kind = "sandbox" if brand.is_sandbox else "live"
    return brand.slug, brand.name, kind, countries, ", ".join(brand.languages)
