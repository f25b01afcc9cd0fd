"""Which gateways a message is tried through, and in which order: a pure function over facts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

NOW = timedelta(0)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a route goes by: never the words, and the address only for its prefix.

    `country` is that of the number's plan; None for an email. `attempt` counts from 1.
    """

    channel: str
    to: str = field(repr=False)
    country: str | None
    purpose: str
    template: str
    is_urgent: bool
    attempt: int = 1

    @property
    def digits(self) -> str:
        """The number as prefixes are written; empty for an email."""
        return self.to.removeprefix("+") if self.country is not None else ""


@dataclass(frozen=True, slots=True)
class Route:
    """One gateway for one channel, and when it may be used. An empty condition fits everything.

    Routes of one `place` share by `weight`; without a place a route comes after all others, in
    the order in which routes are given.
    """

    gateway: UUID
    place: int | None = None
    weight: int = 1
    countries: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()

    def fits(self, wanted: Wanted) -> bool:
        """Whether this message may take it."""
        return (
            (not self.countries or wanted.country in self.countries)
            and (not self.prefixes or wanted.digits.startswith(self.prefixes))
            and (not self.purposes or wanted.purpose in self.purposes)
        )


@dataclass(frozen=True, slots=True)
class Fact:
    """How a gateway stands: how long until it takes a message; whether its receipts stay away."""

    wait: timedelta = NOW
    is_silent: bool = False


@dataclass(frozen=True, slots=True)
class Order:
    """The gateways to try, first to last. Without any: `wait` until one is to be had again, or,
    when that is None too, none fits this message at all."""

    gateways: tuple[UUID, ...]
    wait: timedelta | None


def order(
    routes: Sequence[Route],
    wanted: Wanted,
    facts: Mapping[UUID, Fact],
    draw: Callable[[], float],
) -> Order:
    """The gateways for a message: by place, within a place by weighted lot, silent ones last.

    Gateways that take nothing now are left out. A second attempt begins with the second gateway,
    for the first has just failed it. `draw` gives numbers from 0 to 1.
    """
    fitting = [route for route in routes if route.fits(wanted)]
    waits = {route.gateway: facts.get(route.gateway, Fact()).wait for route in fitting}
    if not fitting or min(waits.values()) > NOW:
        return Order((), min(waits.values(), default=None))
    at_once = [route for route in fitting if waits[route.gateway] == NOW]
    placed = _by_place(at_once, draw)
    heard = [one for one in placed if not facts.get(one, Fact()).is_silent]
    silent = [one for one in placed if one not in heard]
    return Order((*_begun_at(heard, wanted.attempt), *silent), None)


def _by_place(routes: Sequence[Route], draw: Callable[[], float]) -> list[UUID]:
    def place(numbered: tuple[int, Route]) -> tuple[bool, int, float]:
        number, route = numbered
        if route.place is None:
            return True, number, 0
        return False, route.place, -_lot(route.weight, draw())

    return [route.gateway for _, route in sorted(enumerate(routes), key=place)]


def _lot(weight: int, drawn: float) -> float:
    """Efraimidis and Spirakis (2006): the greatest of these is each with the odds of its weight."""
    return drawn ** (1 / weight)


def _begun_at(gateways: Sequence[UUID], attempt: int) -> list[UUID]:
    turn = (attempt - 1) % len(gateways) if gateways else 0
    return [*gateways[turn:], *gateways[:turn]]


def longest_prefix(prices: Mapping[str, int], digits: str) -> int | None:
    """What the longest prefix of a number costs; None where no prefix fits."""
    if not prices:
        return None
    found = (prices.get(digits[:length]) for length in range(len(digits), -1, -1))
    return next((price for price in found if price is not None), None)
