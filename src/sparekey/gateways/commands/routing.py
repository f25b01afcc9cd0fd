"""`sparekey gateways route|pace|routes|sender|stop|…`: the way that messages take."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Annotated

import typer
from rich import print as show
from rich.markup import escape
from rich.table import Table

from sparekey.db import Db
from sparekey.gateways.choose import Route
from sparekey.gateways.commands.shared import (
    Name,
    OnSealed,
    Slug,
    brand_of,
    saying_problems,
)
from sparekey.gateways.service import routing
from sparekey.gateways.service.routing import RouteWish
from sparekey.kit.clock import Clock
from sparekey.kit.keyring import Keyring

#: Lifts a condition, and a pace.
_ANY = "any"

Channel = Annotated[str, typer.Option("--channel", help="sms, voice, whatsapp, rcs or email.")]
Place = Annotated[
    int | None,
    typer.Option(help="1 is tried first; gateways of one place share by weight."),
]
Weight = Annotated[int | None, typer.Option(help="The share within its place, 1 to 1000.")]
Countries = Annotated[
    list[str] | None, typer.Option("--country", help="Only there; repeat it. any: everywhere.")
]
Prefixes = Annotated[
    list[str] | None, typer.Option("--prefix", help="Only such numbers; repeat it. any: all.")
]
Purposes = Annotated[
    list[str] | None, typer.Option("--purpose", help="Only for this; repeat it. any: all.")
]
PerSecond = Annotated[str, typer.Argument(help="Messages a second in each process, or any.")]
SenderText = Annotated[str, typer.Argument(help="A number, a short code, or a name.")]
Country = Annotated[str, typer.Option("--country", help="Two letters, or * for any other.")]
AtGateway = Annotated[
    str | None, typer.Option("--gateway", help="Only through this one; without it through all.")
]
CanReply = Annotated[bool, typer.Option("--can-reply", help="What is sent there reaches us.")]
Template = Annotated[str, typer.Argument(help="The template's name: see sparekey templates list.")]


def add_to(commands: typer.Typer, on_sealed: OnSealed, clock: Clock) -> None:
    """Add these commands."""
    commands.command("route")(_route_command(on_sealed))
    _add_senders(commands, on_sealed)
    _add_stops(commands, on_sealed, clock)

    @commands.command("routes")
    def routes(brand: Slug) -> None:
        """Show which gateways are tried for what, from whom, and what is stopped."""
        on_sealed(partial(_routes, slug=brand))

    @commands.command("pace")
    def pace(brand: Slug, name: Name, per_second: PerSecond) -> None:
        """Hand over no faster; three tenths of the pace are kept for what somebody waits for."""
        on_sealed(partial(_pace, slug=brand, name=name, per_second=per_second))


def _route_command(on_sealed: OnSealed) -> Callable[..., None]:
    def route(
        brand: Slug,
        name: Name,
        channel: Channel = "sms",
        place: Place = None,
        weight: Weight = None,
        country: Countries = None,
        prefix: Prefixes = None,
        purpose: Purposes = None,
    ) -> None:
        """Say in which order a gateway is tried, and for what. What is not said stays."""
        wish = RouteWish(place, weight, _words(country), _words(prefix), _words(purpose))
        on_sealed(partial(_route, slug=brand, name=name, channel=channel, wish=wish))

    return route


def _add_senders(commands: typer.Typer, on_sealed: OnSealed) -> None:
    @commands.command("sender")
    def sender(
        brand: Slug,
        sender: SenderText,
        channel: Channel = "sms",
        country: Country = "*",
        gateway: AtGateway = None,
        can_reply: CanReply = False,
    ) -> None:
        """Send from this number, short code or name; the closest rule is taken."""
        on_sealed(
            partial(
                _sender, slug=brand, sender=sender, channel=channel, country=country,
                gateway=gateway, can_reply=can_reply,
            )
        )  # fmt: skip

    @commands.command("remove-sender")
    def remove_sender(
        brand: Slug, channel: Channel = "sms", country: Country = "*", gateway: AtGateway = None
    ) -> None:
        """Forget a sender's rule."""
        on_sealed(
            partial(_remove_sender, slug=brand, channel=channel, country=country, gateway=gateway)
        )


def _add_stops(commands: typer.Typer, on_sealed: OnSealed, clock: Clock) -> None:
    @commands.command("stop")
    def stop(brand: Slug, template: Template) -> None:
        """Send nothing of a template any more. Every process follows within five seconds."""
        on_sealed(partial(_stop, slug=brand, template=template, clock=clock))

    @commands.command("resume")
    def resume(brand: Slug, template: Template) -> None:
        """Send a stopped template again."""
        on_sealed(partial(_resume, slug=brand, template=template))


def _words(given: Sequence[str] | None) -> list[str] | None:
    """Conditions as they were given; `any` lifts them."""
    return None if given is None else [word for word in given if word != _ANY]


async def _route(
    db: Db, _keyring: Keyring, *, slug: str, name: str, channel: str, wish: RouteWish
) -> None:
    with saying_problems():
        await routing.route(db, await brand_of(db, slug), name, channel, wish)
    show(f"{escape(name)} is used for {channel} like this from now on.")


async def _pace(db: Db, _keyring: Keyring, *, slug: str, name: str, per_second: str) -> None:
    pace = int(per_second) if per_second.isdecimal() else 0
    wanted = None if per_second == _ANY else pace
    with saying_problems():
        await routing.pace(db, await brand_of(db, slug), name, wanted)
    said = "as fast as it goes" if wanted is None else f"{wanted} a second"
    show(f"{escape(name)} is given {said}.")


async def _routes(db: Db, _keyring: Keyring, *, slug: str) -> None:
    known = await routing.network(db, (await brand_of(db, slug)).id)
    table = Table("channel", "gateway", "place", "weight", "only", "pace", "state")
    for gateway in known.gateways:
        for channel in gateway.channels:
            route = known.routes.get((gateway.id, channel)) or Route(gateway.id)
            only = ", ".join(
                (*route.countries, *map("+{}".format, route.prefixes), *route.purposes)
            )
            pace = "" if gateway.per_second is None else f"{gateway.per_second}/s"
            state = "off" if not gateway.is_on else "silent" if gateway.is_silent else "on"
            place = "by age" if route.place is None else str(route.place)
            cells = (channel, gateway.name, place, str(route.weight), only, pace, state)
            table.add_row(*map(escape, cells))
    show(table)
    names = {gateway.id: gateway.name for gateway in known.gateways}
    for rule in known.senders:
        where = f" through {names[rule.gateway]}" if rule.gateway else ""
        reply = ", takes replies" if rule.can_reply else ""
        show(escape(f"{rule.channel} to {rule.country}{where} from {rule.sender}{reply}"))
    for template in sorted(known.stops):
        show(f"[red]{escape(template)} is stopped[/red]")


async def _sender(
    db: Db, _keyring: Keyring, *, slug: str, sender: str, channel: str, country: str,
    gateway: str | None, can_reply: bool,
) -> None:  # fmt: skip
    with saying_problems():
        await routing.put_sender(
            db, await brand_of(db, slug), channel=channel, country=country, sender=sender,
            can_reply=can_reply, gateway=gateway,
        )  # fmt: skip
    show(f"{channel} to {escape(country)} comes from {escape(sender)}.")


async def _remove_sender(
    db: Db, _keyring: Keyring, *, slug: str, channel: str, country: str, gateway: str | None
) -> None:
    with saying_problems():
        brand = await brand_of(db, slug)
        is_gone = await routing.remove_sender(
            db, brand, channel=channel, country=country, gateway=gateway
        )
    show("Removed." if is_gone else "There was no such rule.")


async def _stop(db: Db, _keyring: Keyring, *, slug: str, template: str, clock: Clock) -> None:
    with saying_problems():
        await routing.stop(db, await brand_of(db, slug), template, at=clock())
    show(f"{escape(template)} is stopped; resume lets it go again.")


async def _resume(db: Db, _keyring: Keyring, *, slug: str, template: str) -> None:
    was_stopped = await routing.lift(db, await brand_of(db, slug), template)
    show(f"{escape(template)} goes again." if was_stopped else "It was not stopped.")
